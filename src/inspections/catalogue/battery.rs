//! The 12 V battery, which every car has, and what charges it.

use super::{Category, Component, Direction, Measurement, Unit, WITH_ENGINE};

pub(super) const CATEGORY: Category = Category {
    key: "battery",
    label: "Battery",
    components: &[
        Component::new("resting_voltage", "Battery at rest")
            .required()
            .measured(RESTING_VOLTAGE)
            .yellow(&["Holds for now, test before winter", "Charge fully and test again", "Drained while parked"])
            .red(&["Does not hold a charge, replace", "Dead cell, replace", "Deeply discharged, charge and test"]),
        // An electric car charges its 12 V battery on its own schedule, so one voltage tells little.
        Component::new("charging_voltage", "Charging voltage")
            .only(WITH_ENGINE)
            .measured(CHARGING_VOLTAGE)
            .yellow(&["Drops with lights and fan on", "Varies, check belt and connections"])
            .red(&["Not charging", "Overcharging, can damage the battery", "Charging lamp on"]),
        Component::new("cca_test", "Battery cranking test")
            .only(WITH_ENGINE)
            .yellow(&["Below its rating, plan to replace", "Low result, charge and test again"])
            .red(&["Failed the test, replace", "Far below its rating, may not start", "Bad cell found"]),
        Component::new("terminals_cables", "Battery terminals and cables")
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
    advice: "Weak below 12.4 V, replace below 12.0 V.",
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
    advice: "Weak below 13.8 V, repair below 13.0 V.",
};
