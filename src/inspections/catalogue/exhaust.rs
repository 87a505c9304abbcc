//! From the manifold to the tailpipe.

use super::{Category, Component, WITH_ENGINE};

pub(super) const CATEGORY: Category = Category {
    key: "exhaust",
    label: "Exhaust",
    spanish: "Escape",
    components: &[
        Component::new("pipes_hangers", "Exhaust pipes and hangers", "Tubos y soportes del escape")
            .only(WITH_ENGINE)
            .required()
            .yellow(&["Rusty, no holes yet", "Hanger rubber cracked", "Soot at a joint"])
            .red(&["Hole, fumes can get inside", "Hanger broken, pipe hangs low", "Flange broken, leaks"]),
        Component::new("muffler", "Muffler", "Silenciador")
            .only(WITH_ENGINE)
            .yellow(&["Rusty at the seams", "Rattles inside"])
            .red(&["Rusted through", "Loose, can fall off"]),
        Component::new("catalytic_converter", "Catalytic converter", "Convertidor catalítico")
            .only(WITH_ENGINE)
            .yellow(&["Efficiency code stored", "Dented from below"])
            .red(&["Clogged, no power", "Core loose, rattles", "Missing, cut out"]),
        Component::new("heat_shields", "Exhaust heat shields", "Protectores de calor del escape")
            .only(WITH_ENGINE)
            .yellow(&["Rattles, needs a clamp", "Rusted around a bolt"])
            .red(&["Hangs down, can drag", "Missing, heat reaches the floor", "Rubs on the driveshaft"]),
    ],
};
