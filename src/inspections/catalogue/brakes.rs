//! Everything that stops the car.

use super::{Category, Component, Dial, Direction, Measurement, Unit};
use crate::language::Both;

pub(super) const CATEGORY: Category = Category {
    key: "brakes",
    label: "Brakes",
    spanish: "Frenos",
    components: &[
        front_pads("front_pads_left", "Front brake pads, left", "Pastillas de freno delanteras, izquierda"),
        front_pads("front_pads_right", "Front brake pads, right", "Pastillas de freno delanteras, derecha"),
        rear_pads("rear_pads_left", "Rear brake pads or shoes, left", "Pastillas o zapatas traseras, izquierda"),
        rear_pads("rear_pads_right", "Rear brake pads or shoes, right", "Pastillas o zapatas traseras, derecha"),
        Component::new("rotors_front", "Front rotors", "Discos de freno delanteros")
            .yellow(&["Scored, resurface with next pads", "Lip at the edge", "Surface rust", "Pulsates lightly"])
            .red(&["Below minimum thickness, replace", "Cracked", "Deep grooves, replace with the pads"]),
        Component::new("rotors_rear", "Rear rotors or drums", "Discos o tambores traseros")
            .yellow(&["Scored, resurface with next pads", "Rust on the braking surface", "Ridge in the drum"])
            .red(&["Rotor below minimum thickness", "Drum over maximum diameter", "Cracked"]),
        Component::new("calipers_hoses", "Calipers and brake hoses", "Calibradores y mangueras de freno")
            .yellow(&["Slide pins dry, clean and grease", "Hose cracked on the outside", "Dust boot torn"])
            .red(&["Caliper seized, brake drags", "Caliper leaks", "Hose bulges under pressure"]),
        Component::new("fluid_level", "Brake fluid level", "Nivel del líquido de frenos")
            .required()
            .yellow(&["Near minimum, fits the pad wear", "Dropped since the last visit"])
            .red(&["Below minimum, find the leak", "Reservoir nearly empty, do not drive"]),
        Component::new("fluid_condition", "Brake fluid condition", "Estado del líquido de frenos")
            .measured(COPPER)
            .yellow(&["Over three years old, flush is due", "Some moisture, flush at the next service"])
            .red(&["Copper too high, flush", "Too much moisture, boils early", "Oil in the fluid, seals swell"]),
        Component::new("parking_brake", "Parking brake", "Freno de estacionamiento")
            .yellow(&["Travels too far, adjust", "Releases slowly, cable sticky", "Electric actuator noisy"])
            .red(&["Does not hold the car", "Cable broken", "Does not release, brake drags"]),
        Component::new("pedal_feel", "Brake pedal feel", "Tacto del pedal de freno")
            .yellow(&["A little soft, bleed the brakes", "Pulsates when braking", "Pulls to one side"])
            .red(&["Sinks to the floor", "Spongy, air in the lines", "Hard, no brake assist"]),
    ],
};

/// The thinner lining of the pair, without its backing plate.
///
/// Trade gauges turn yellow at 6 mm and red at 3. Yellow at 6 would over-sell, so here it begins at 5.
const LINING: Measurement = Measurement {
    unit: Unit::Millimetres,
    min: 0.0,
    max: 20.0,
    step: 0.5,
    yellow_from: Some(5.0),
    red_from: 3.0,
    direction: Direction::LowerIsWorse,
    advice: Both { english: "Replace at 3 mm.", spanish: "Reemplazar a los 3 mm." },
    metric_advice: None,
    dial: &Dial { from: 0.0, to: 12.0, tick: 1.0, numbered: &[3.0, 5.0] },
};

/// Copper dissolved in the fluid, by test strip, where the test is done: the colour of fluid is no evidence.
///
/// Makers of the strips cite the Motorist Assurance Program for 200 ppm.
const COPPER: Measurement = Measurement {
    unit: Unit::PartsPerMillion,
    min: 0.0,
    max: 1000.0,
    step: 1.0,
    yellow_from: None,
    red_from: 200.0,
    direction: Direction::HigherIsWorse,
    advice: Both {
        english: "Replace the fluid at 200 ppm of copper.",
        spanish: "Cambiar el líquido a las 200 ppm de cobre.",
    },
    metric_advice: None,
    dial: &Dial { from: 0.0, to: 400.0, tick: 50.0, numbered: &[200.0] },
};

const fn front_pads(key: &'static str, label: &'static str, spanish: &'static str) -> Component {
    Component::new(key, label, spanish)
        .required()
        .measured(LINING)
        .yellow(&["Worn, plan for pads", "Uneven with the other side", "Inner pad wears faster, check slide pins"])
        .red(&["Worn out, replace pads", "Worn to the metal", "Pads and rotors"])
}

const fn rear_pads(key: &'static str, label: &'static str, spanish: &'static str) -> Component {
    Component::new(key, label, spanish)
        .required()
        .measured(LINING)
        .yellow(&["Worn, plan for pads or shoes", "Uneven with the other side", "Lining glazed"])
        .red(&["Worn out, replace", "Worn to the metal", "Pads and rotors", "Lining soaked with fluid"])
}
