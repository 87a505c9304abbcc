//! What the driver sees through and by.

use super::{Category, Component};

pub(super) const CATEGORY: Category = Category {
    key: "glass",
    label: "Glass and wipers",
    components: &[
        Component::new("windshield", "Windshield")
            .required()
            .yellow(&["Stone chip, can be repaired", "Pitted, glares at night", "Short crack outside the view"])
            .red(&["Crack in the driver's view, replace", "Crack runs to the edge", "Seal leaks water"]),
        Component::new("front_wipers", "Front wiper blades")
            .required()
            .yellow(&["Streak", "Chatter across the glass", "Rubber hardening"])
            .red(&["Rubber torn", "Metal scratches the glass", "Do not move"]),
        Component::new("rear_wiper", "Rear wiper blade").yellow(&["Streaks", "Rubber hardening"]).red(&[
            "Rubber torn",
            "Does not move",
            "Arm broken",
        ]),
        Component::new("washer_spray", "Windshield washer spray")
            .yellow(&["Weak, nozzle clogged", "Misses the glass, adjust"])
            .red(&["Pump runs, no spray", "Pump does not run"]),
        Component::new("mirrors", "Mirrors")
            .yellow(&["Glass cracked at the edge", "Power adjustment out", "Inside mirror loose"])
            .red(&["Glass missing", "Glass shattered, no clear view", "Housing broken, mirror hangs"]),
    ],
};
