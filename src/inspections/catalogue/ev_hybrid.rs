//! High voltage, looked at and never opened here, and the small battery that wakes it.

use super::{Category, Component, WITH_HIGH_VOLTAGE};
use crate::powertrain::Powertrain;

pub(super) const CATEGORY: Category = Category {
    key: "ev_hybrid",
    label: "EV and hybrid",
    spanish: "Eléctricos e híbridos",
    components: &[
        // Hybrids without a plug are rated not applicable.
        Component::new("charge_port", "Charge port", "Puerto de carga")
            .only(WITH_HIGH_VOLTAGE)
            .yellow(&["Dirt in the port", "Door sticks", "Door seal torn"])
            .red(&["Pins burnt or bent", "Plug does not lock", "Does not charge", "Water in the port"]),
        Component::new("hv_warnings", "High-voltage warnings", "Avisos de alto voltaje")
            .only(WITH_HIGH_VOLTAGE)
            .yellow(&["Stored code, no lamp on", "Reduced range message"])
            .red(&["High-voltage warning on", "Insulation fault stored", "Runs on reduced power"]),
        Component::new(
            "hv_battery_coolant",
            "High-voltage battery coolant",
            "Refrigerante de la batería de alto voltaje",
        )
        .only(WITH_HIGH_VOLTAGE)
        .yellow(&["Slightly low", "Change due by schedule"])
        .red(&["Below minimum, find the leak", "Wrong or dirty coolant, flush", "Leaks at the battery"]),
        Component::new("hv_cables", "High-voltage cables", "Cables de alto voltaje")
            .only(WITH_HIGH_VOLTAGE)
            .yellow(&["Outer sleeve chafed, orange jacket intact", "Clip missing, cable can rub"])
            .red(&["Orange jacket damaged, do not drive", "Connector corroded", "Chewed by rodents"]),
        Component::new("aux_battery_12v", "12 V auxiliary battery", "Batería auxiliar de 12 V")
            .only(WITH_HIGH_VOLTAGE)
            .yellow(&["Old by its date code, plan to replace", "Weak in the test", "Vent tube off"])
            .red(&["Failed the test, car may not wake up", "Case swollen or leaks", "Converter does not charge it"]),
        // Hybrids often cool their battery with cabin air, electric cars hardly ever.
        Component::new("battery_fan", "Battery cooling fan", "Ventilador de la batería")
            .only(&[Powertrain::Hybrid])
            .yellow(&["Intake dusty", "Filter dirty", "Bearing noisy"])
            .red(&["Does not run", "Intake blocked, battery runs hot"]),
    ],
};
