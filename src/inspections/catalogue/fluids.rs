//! What has to be in the car, and in what state; where it gets out stands under leaks.

use super::{Category, Component, WITH_ENGINE};

pub(super) const CATEGORY: Category = Category {
    key: "fluids",
    label: "Fluids",
    spanish: "Líquidos",
    components: &[
        Component::new("engine_oil", "Engine oil", "Aceite del motor")
            .only(WITH_ENGINE)
            .required()
            .yellow(&["A quart low", "Dark, change is due", "Past its change interval"])
            .red(&["Not on the dipstick", "Milky, coolant in the oil", "Smells of fuel", "Sludge under the cap"]),
        Component::new("coolant", "Coolant", "Refrigerante")
            .required()
            .yellow(&["Slightly low", "Weak freeze protection", "Flush due by age or mileage"])
            .red(&["Reservoir empty, find the leak", "Rusty, flush", "Oil in the coolant", "No freeze protection"]),
        Component::new("transmission", "Transmission fluid", "Aceite de transmisión")
            .only(WITH_ENGINE)
            .yellow(&["Darkened, service is due", "Slightly low", "Past its service interval"])
            .red(&["Smells burnt", "Low, slips between gears", "Metal in the fluid"]),
        Component::new("power_steering", "Power steering fluid", "Líquido de la dirección hidráulica")
            .only(WITH_ENGINE)
            .yellow(&["Slightly low", "Dark, flush is due"])
            .red(&["Empty, pump howls", "Foams, air in the system", "Metal in the fluid"]),
        // An electric car has gear oil too, in its reduction gear.
        Component::new("differential", "Differential and gear oil", "Aceite de diferencial y engranajes")
            .yellow(&["Change due by mileage", "Slightly low", "Dark, change with the next service"])
            .red(&["Low, seal leaks", "Metal flakes on the drain plug", "Water in the oil"]),
        Component::new("washer", "Washer fluid", "Líquido limpiaparabrisas")
            .required()
            .yellow(&["Low, top up", "Plain water, will freeze"])
            .red(&["Empty", "Tank leaks, will not stay full"]),
    ],
};
