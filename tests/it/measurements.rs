//! Which colour a measured value proposes, and how it is written.

use courtesy::inspections::{
    catalogue::{Direction, Measurement, Reader, catalogue},
    severity::Severity::{self, Green, Red, Yellow},
};
use courtesy::language::Language;
use courtesy::shops::Units;

fn scale(path: &str) -> Measurement {
    let (category, component) = path.split_once('.').expect("category.component");
    let found = catalogue().find(category, component).and_then(|component| component.measurement);
    found.unwrap_or_else(|| panic!("{path} is not measured"))
}

fn proposed(scale: &Measurement, value: f64) -> Severity {
    scale.read(value).unwrap_or_else(|refused| panic!("{value}: {refused}")).proposed
}

/// The values next to each threshold and at the ends of the scale.
fn assert_colours(path: &str, red: &[f64], yellow: &[f64], green: &[f64]) {
    let scale = scale(path);
    for (values, severity) in [(red, Red), (yellow, Yellow), (green, Green)] {
        for &value in values {
            assert_eq!(proposed(&scale, value), severity, "{path} at {value}");
        }
    }
}

#[test]
fn thresholds_hold_on_both_sides() {
    assert_colours("tires.tread_depth_rr", &[0.0, 2.0], &[3.0, 4.0], &[5.0, 20.0]);
    assert_colours("brakes.front_pads_left", &[0.0, 3.0], &[3.5, 5.0], &[5.5, 20.0]);
    assert_colours("brakes.rear_pads_right", &[0.0, 3.0], &[3.5, 5.0], &[5.5, 20.0]);
    assert_colours("battery.resting_voltage", &[0.0, 11.9], &[12.0, 12.3], &[12.4, 18.0]);
    assert_colours("battery.charging_voltage", &[0.0, 12.9], &[13.0, 13.7], &[13.8, 18.0]);
    assert_colours("brakes.fluid_condition", &[200.0, 1000.0], &[], &[0.0, 199.0]);
}

#[test]
fn arithmetic_noise_changes_neither_value_nor_colour() {
    let volts = scale("battery.resting_voltage");
    let noisy = 12.3_f64.next_up();
    assert_eq!(proposed(&volts, noisy), Yellow);
    assert_eq!(volts.propose(noisy), Yellow);
    assert_eq!(volts.read(noisy).expect("a step").value.to_string(), "12.3");
    assert_eq!(proposed(&volts, 12.4_f64.next_down()), Green);

    let pads = scale("brakes.front_pads_left");
    assert_eq!(proposed(&pads, 3.0_f64.next_up()), Red);
    assert_eq!(proposed(&pads, 3.5_f64.next_down()), Yellow);
    assert_eq!(proposed(&pads, 5.0_f64.next_up()), Yellow);
    assert_eq!(pads.propose(5.0_f64.next_up()), Yellow);
    assert_eq!(volts.read(-0.0).expect("zero").value.to_string(), "0");
}

#[test]
fn a_value_off_the_scale_is_refused_with_the_scale() {
    let pads = scale("brakes.front_pads_left");
    for value in [-0.5, 20.5, 3.2, 3.49, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX] {
        let refused = pads.read(value).expect_err("off the scale");
        assert_eq!(refused.to_string(), "must be from 0 mm to 20 mm in steps of 0.5 mm", "{value}");
    }
    let refused = scale("tires.tread_depth_lf").read(4.5).expect_err("between two steps");
    assert_eq!(refused.to_string(), "must be from 0/32 in to 20/32 in in steps of 1/32 in");
}

#[test]
fn values_are_written_as_people_write_them() {
    let written = [
        ("brakes.front_pads_left", 2.5, "2.5 mm"),
        ("brakes.front_pads_left", 7.0, "7 mm"),
        ("tires.tread_depth_lf", 2.0, "2/32 in"),
        ("battery.resting_voltage", 12.0, "12.0 V"),
        ("battery.resting_voltage", 12.1, "12.1 V"),
        ("brakes.fluid_condition", 150.0, "150 ppm"),
    ];
    for (path, value, expected) in written {
        assert_eq!(scale(path).with_unit(value), expected);
    }
}

#[test]
fn the_sentence_for_the_customer_names_the_thresholds() {
    for path in ["tires.tread_depth_lf", "brakes.front_pads_left", "brakes.fluid_condition"] {
        let scale = scale(path);
        for units in [Units::Us, Units::Metric] {
            let reader = |language| Reader { language, units };
            let red = |language| scale.with_unit_for(reader(language), scale.red_from);
            let advice = |language| scale.advice_for(reader(language));
            let english = format!("at {}", red(Language::English));
            assert!(advice(Language::English).contains(&english), "{path}");
            assert!(advice(Language::Spanish).contains(&red(Language::Spanish)), "{path}");
        }
    }
    for path in ["battery.resting_voltage", "battery.charging_voltage"] {
        let scale = scale(path);
        let first_better = |limit: f64| format!("below {}", scale.with_unit(limit + scale.step));
        assert!(scale.advice.english.contains(&first_better(scale.red_from)), "{path}");
        assert!(scale.advice.english.contains(&first_better(scale.yellow_from.expect("a yellow"))), "{path}");
        let numbers = |text: &str| text.split(' ').filter(|word| word.starts_with('1')).collect::<String>();
        assert_eq!(numbers(scale.advice.english), numbers(scale.advice.spanish), "{path}");
    }
}

#[test]
fn every_threshold_lies_on_its_scale() {
    for scale in catalogue().entries().filter_map(|entry| entry.component.measurement) {
        for value in [Some(scale.min), Some(scale.max), Some(scale.red_from), scale.yellow_from].into_iter().flatten()
        {
            assert!(scale.read(value).is_ok(), "{value} on {scale:?}");
        }
        let (worst, best) = match scale.direction {
            Direction::LowerIsWorse => (scale.min, scale.max),
            Direction::HigherIsWorse => (scale.max, scale.min),
        };
        assert_eq!((proposed(&scale, worst), proposed(&scale, best)), (Red, Green), "{scale:?}");
    }
}
