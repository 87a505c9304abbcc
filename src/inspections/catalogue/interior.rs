//! What is checked from the driver's seat.

use super::{Category, Component};

pub(super) const CATEGORY: Category = Category {
    key: "interior",
    label: "Interior",
    spanish: "Interior",
    components: &[
        Component::new("hvac_output", "Heating and air conditioning", "Calefacción y aire acondicionado")
            .yellow(&["A/C not cold enough", "One fan speed out", "Smells musty"])
            .red(&["A/C blows warm", "No heat", "Windshield does not defrost", "Fan does not run"]),
        Component::new("seat_belts", "Seat belts", "Cinturones de seguridad")
            .required()
            .yellow(&["Retracts slowly", "Buckle hard to release"])
            .red(&["Webbing cut or frayed", "Does not lock when pulled", "Buckle does not latch"]),
        Component::new("controls_switches", "Controls and switches", "Controles e interruptores")
            .yellow(&["Window slow", "Switch works only sometimes", "Switch not lit"])
            .red(&["Window does not close", "Door does not open from inside", "Defroster switch dead"]),
    ],
};
