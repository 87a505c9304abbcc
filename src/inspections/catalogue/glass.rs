//! What the driver sees through and by.

use super::{Category, Component};

pub(super) const CATEGORY: Category = Category {
    key: "glass",
    label: "Glass and wipers",
    spanish: "Vidrios y limpiaparabrisas",
    components: &[
        Component::new("windshield", "Windshield", "Parabrisas")
            .required()
            .yellow(&["Stone chip, can be repaired", "Pitted, glares at night", "Short crack outside the view"])
            .red(&["Crack in the driver's view, replace", "Crack runs to the edge", "Seal leaks water"]),
        Component::new("front_wipers", "Front wiper blades", "Plumas limpiaparabrisas delanteras")
            .required()
            .yellow(&["Streak", "Chatter across the glass", "Rubber hardening"])
            .red(&["Rubber torn", "Metal scratches the glass", "Do not move"]),
        Component::new("rear_wiper", "Rear wiper blade", "Pluma limpiaparabrisas trasera")
            .yellow(&["Streaks", "Rubber hardening"])
            .red(&["Rubber torn", "Does not move", "Arm broken"]),
        Component::new("washer_spray", "Windshield washer spray", "Chorro limpiaparabrisas")
            .yellow(&["Weak, nozzle clogged", "Misses the glass, adjust"])
            .red(&["Pump runs, no spray", "Pump does not run"]),
        Component::new("mirrors", "Mirrors", "Espejos")
            .yellow(&["Glass cracked at the edge", "Power adjustment out", "Inside mirror loose"])
            .red(&["Glass missing", "Glass shattered, no clear view", "Housing broken, mirror hangs"]),
    ],
};
