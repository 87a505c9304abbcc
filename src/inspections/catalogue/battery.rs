//! The 12 V battery, which every car has, and what charges it.

use super::{Category, Component, Dial, Direction, Measurement, Unit, WITH_ENGINE};
use crate::language::Both;

pub(super) const CATEGORY: Category = Category {
    key: "battery",
    label: "Battery",
    spanish: "Batería",
    components: &[
        Component::new("resting_voltage", "Battery at rest", "Batería en reposo")
            .required()
            .measured(RESTING_VOLTAGE)
            .yellow(&["Holds for now, test before winter", "Charge fully and test again", "Drained while parked"])
            .red(&["Does not hold a charge, replace", "Dead cell, replace", "Deeply discharged, charge and test"]),
        // An electric car charges its 12 V battery on its own schedule, so one voltage tells little.
        Component::new("charging_voltage", "Charging voltage", "Voltaje de carga")
            .only(WITH_ENGINE)
            .measured(CHARGING_VOLTAGE)
            .yellow(&["Drops with lights and fan on", "Varies, check belt and connections"])
            .red(&["Not charging", "Overcharging, can damage the battery", "Charging lamp on"]),
        Component::new("cca_test", "Battery cranking test", "Prueba de arranque de la batería")
            .only(WITH_ENGINE)
            .yellow(&["Below its rating, plan to replace", "Low result, charge and test again"])
            .red(&["Failed the test, replace", "Far below its rating, may not start", "Bad cell found"]),
        Component::new("terminals_cables", "Battery terminals and cables", "Terminales y cables de la batería")
            .required()
            .yellow(&["Corroded, clean and protect", "Hold-down loose", "Cable insulation chafed"])
            .red(&[
                "Clamp loose, loses contact",
                "Cable corroded through",
                "Bare cable, can short",
                "Post leaks acid",
            ]),
    ],
};

/// After an hour or more without load or charge. Common practice for lead batteries, not a maker's figure.
const RESTING_VOLTAGE: Measurement = Measurement {
    unit: Unit::Volts,
    min: 0.0,
    max: 18.0,
    step: 0.1,
    yellow_from: Some(12.3),
    red_from: 11.9,
    direction: Direction::LowerIsWorse,
    advice: Both {
        english: "Weak below 12.4 V, replace below 12.0 V.",
        spanish: "Débil por debajo de 12.4 V, reemplazar por debajo de 12.0 V.",
    },
    metric_advice: None,
    dial: &Dial { from: 11.0, to: 13.0, tick: 0.1, numbered: &[12.0, 12.4] },
};

/// With the engine on, or a hybrid ready to drive. Common practice, not a maker's figure.
const CHARGING_VOLTAGE: Measurement = Measurement {
    unit: Unit::Volts,
    min: 0.0,
    max: 18.0,
    step: 0.1,
    yellow_from: Some(13.7),
    red_from: 12.9,
    direction: Direction::LowerIsWorse,
    advice: Both {
        english: "Weak below 13.8 V, repair below 13.0 V.",
        spanish: "Débil por debajo de 13.8 V, reparar por debajo de 13.0 V.",
    },
    metric_advice: None,
    dial: &Dial { from: 12.0, to: 15.0, tick: 0.2, numbered: &[13.0, 13.8] },
};
