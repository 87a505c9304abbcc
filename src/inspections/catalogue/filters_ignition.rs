//! Parts that are replaced by schedule.

use super::{Category, Component, WITH_ENGINE};

pub(super) const CATEGORY: Category = Category {
    key: "filters_ignition",
    label: "Filters and ignition",
    spanish: "Filtros y encendido",
    components: &[
        Component::new("engine_air_filter", "Engine air filter", "Filtro de aire del motor")
            .only(WITH_ENGINE)
            .required()
            .yellow(&["Dirty, replace at the next service", "Leaves in the housing, cleaned out"])
            .red(&["Clogged, costs power and fuel", "Torn, lets dirt into the engine", "Soaked with water or oil"]),
        Component::new("cabin_filter", "Cabin air filter", "Filtro de aire de la cabina")
            .yellow(&["Clogged with dust and leaves", "Dirty, replace at the next service", "Smells musty"])
            .red(&["Blocked, hardly any air at the vents", "Moldy", "Rodent nest in the housing"]),
        Component::new("fuel_filter", "Fuel filter", "Filtro de combustible")
            .only(WITH_ENGINE)
            .yellow(&["Due by mileage", "No record of a change", "Housing rusty, dry so far"])
            .red(&["Overdue, hesitates under load", "Leaks at the connection", "Water in the filter"]),
        Component::new("spark_plugs", "Spark plugs, by mileage", "Bujías, por millaje")
            .only(WITH_ENGINE)
            .yellow(&["Due by mileage", "Gap worn wide", "No record of a change"])
            .red(&["Overdue, engine misfires", "Fouled with oil", "Insulator cracked"]),
    ],
};
