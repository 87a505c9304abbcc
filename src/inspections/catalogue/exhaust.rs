//! From the manifold to the tailpipe.

use super::{Category, Component, WITH_ENGINE};

pub(super) const CATEGORY: Category = Category {
    key: "exhaust",
    label: "Exhaust",
    components: &[
        Component::new("pipes_hangers", "Exhaust pipes and hangers")
            .only(WITH_ENGINE)
            .required()
            .yellow(&["Rusty, no holes yet", "Hanger rubber cracked", "Soot at a joint"])
            .red(&["Hole, fumes can get inside", "Hanger broken, pipe hangs low", "Flange broken, leaks"]),
        Component::new("muffler", "Muffler")
            .only(WITH_ENGINE)
            .yellow(&["Rusty at the seams", "Rattles inside"])
            .red(&["Rusted through", "Loose, can fall off"]),
        Component::new("catalytic_converter", "Catalytic converter")
            .only(WITH_ENGINE)
            .yellow(&["Efficiency code stored", "Dented from below"])
            .red(&["Clogged, no power", "Core loose, rattles", "Missing, cut out"]),
        Component::new("heat_shields", "Exhaust heat shields")
            .only(WITH_ENGINE)
            .yellow(&["Rattles, needs a clamp", "Rusted around a bolt"])
            .red(&["Hangs down, can drag", "Missing, heat reaches the floor", "Rubs on the driveshaft"]),
    ],
};
