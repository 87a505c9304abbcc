//! Rubber that ages under the hood.

use super::{Category, Component, WITH_ENGINE};

pub(super) const CATEGORY: Category = Category {
    key: "belts_hoses",
    label: "Belts and hoses",
    spanish: "Bandas y mangueras",
    components: &[
        // Some hybrids have no belt at all; there it is rated not applicable.
        Component::new("serpentine_belt", "Serpentine belt", "Banda de accesorios")
            .only(WITH_ENGINE)
            .required()
            .yellow(&["Fine cracks in the ribs", "Glazed, squeals when cold", "Tensioner near its end"])
            .red(&["Chunks missing from the ribs", "Edge frayed, about to break", "Soaked with oil or coolant"]),
        Component::new("timing_belt", "Timing belt, by mileage", "Banda de distribución, por millaje")
            .only(WITH_ENGINE)
            .yellow(&["Due within 10,000 miles", "Due soon by age", "No record of a change"])
            .red(&["Overdue, engine damage if it breaks", "Cracked or frayed", "Soaked with oil"]),
        // Motors, inverters and batteries of electric cars are cooled through a radiator as well.
        Component::new("radiator_hoses", "Radiator hoses", "Mangueras del radiador")
            .required()
            .yellow(&["Getting soft", "Dried coolant at the end", "Fine cracks on the outside"])
            .red(&["Bulges, can burst", "Leaks", "Soaked with oil, falling apart"]),
        Component::new("heater_hoses", "Heater hoses", "Mangueras de la calefacción")
            .only(WITH_ENGINE)
            .yellow(&["Soft near the firewall", "Rubs on a bracket", "Fine cracks on the outside"])
            .red(&["Leaks", "Bulges, can burst", "Rubbed nearly through"]),
        Component::new("clamps", "Hose clamps", "Abrazaderas de mangueras")
            .yellow(&["Rusty", "Loose, tightened today"])
            .red(&["Hose leaks at the clamp", "Clamp broken", "Clamp missing"]),
    ],
};
