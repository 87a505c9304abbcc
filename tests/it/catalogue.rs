//! The checklist: its keys and words, and what is required of which vehicle.

use std::collections::HashSet;

use courtesy::{
    inspections::catalogue::{Component, Entry, catalogue},
    language::Language,
    powertrain::Powertrain::{Combustion, Electric, Hybrid},
};
use serde_json::json;

/// What an inspection of a car with an engine demands; an electric car lacks the marked ones.
const REQUIRED: [(&str, &[&str]); 11] = [
    ("tires", &["tread_depth_lf", "tread_depth_rf", "tread_depth_lr", "tread_depth_rr"]),
    ("brakes", &["front_pads_left", "front_pads_right", "rear_pads_left", "rear_pads_right", "fluid_level"]),
    ("battery", &["resting_voltage", "terminals_cables"]),
    ("fluids", &["engine_oil", "coolant", "washer"]),
    ("lights", &["headlamps", "tail_lamps", "brake_lamps", "turn_signals", "horn", "warning_lamps"]),
    ("glass", &["windshield", "front_wipers"]),
    ("steering_suspension", &["tie_rods", "ball_joints", "struts_front", "struts_rear"]),
    ("belts_hoses", &["serpentine_belt", "radiator_hoses"]),
    ("filters_ignition", &["engine_air_filter"]),
    ("exhaust", &["pipes_hangers"]),
    ("interior", &["seat_belts"]),
];

/// Required of a car with an engine, absent from one without.
const REQUIRED_OF_ENGINES: [&str; 4] = [
    "fluids.engine_oil",
    "belts_hoses.serpentine_belt",
    "filters_ignition.engine_air_filter",
    "exhaust.pipes_hangers",
];

fn path(entry: Entry) -> String {
    format!("{}.{}", entry.category.key, entry.component.key)
}

fn component(path: &str) -> &'static Component {
    let (category, component) = path.split_once('.').expect("category.component");
    catalogue().find(category, component).unwrap_or_else(|| panic!("{path} is not in the catalogue"))
}

#[test]
fn the_categories_stand_in_inspection_order() {
    let keys: Vec<_> = catalogue().categories.iter().map(|category| category.key).collect();
    let expected = [
        "tires",
        "brakes",
        "battery",
        "fluids",
        "lights",
        "glass",
        "steering_suspension",
        "drivetrain",
        "belts_hoses",
        "filters_ignition",
        "exhaust",
        "leaks",
        "interior",
        "ev_hybrid",
    ];
    assert_eq!(keys, expected);
}

#[test]
fn keys_are_unique_and_fit_their_columns() {
    let well_formed = |key: &str| {
        key.starts_with(|c: char| c.is_ascii_lowercase())
            && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let mut seen = HashSet::new();
    for entry in catalogue().entries() {
        let (category, component) = (entry.category.key, entry.component.key);
        assert!(well_formed(category) && category.len() <= 100, "{category}");
        assert!(well_formed(component) && component.len() <= 100, "{component}");
        assert!(seen.insert(path(entry)), "{} twice", path(entry));
    }
    assert_eq!(seen.len(), 90);
}

#[test]
fn labels_are_distinct_and_fit_a_phone() {
    let mut seen = HashSet::new();
    for entry in catalogue().entries() {
        let label = entry.component.label;
        assert!((4..=32).contains(&label.len()), "{label}");
        assert!(label.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit()), "{label}");
        assert!(seen.insert(label), "{label} twice");
    }
}

#[test]
fn every_label_is_there_in_spanish_too() {
    let categories = catalogue().categories.iter().map(|category| (category.label, category.spanish));
    let components = catalogue().entries().map(|entry| (entry.component.label, entry.component.spanish));
    let mut seen = HashSet::new();
    for (label, spanish) in components.chain(categories) {
        assert!((4..=44).contains(&spanish.chars().count()), "{label}: {spanish}");
        assert!(spanish.starts_with(char::is_uppercase), "{label}: {spanish}");
        assert!(spanish != label || label == "Interior", "{label} is not translated");
        assert!(seen.insert(spanish), "{label}: {spanish} twice");
    }
    assert_eq!(seen.len(), 90 + 14);
    let horn = component("lights.horn");
    assert_eq!((horn.label_in(Language::English), horn.label_in(Language::Spanish)), ("Horn", "Claxon"));
}

#[test]
fn yellow_and_red_have_two_to_four_distinct_notes() {
    for entry in catalogue().entries() {
        let canned = &entry.component.canned;
        for notes in [canned.yellow, canned.red] {
            assert!((2..=4).contains(&notes.len()), "{}: {notes:?}", path(entry));
            for note in notes {
                assert!((4..=50).contains(&note.len()) && note.is_ascii(), "{}: {note}", path(entry));
                assert!(!note.ends_with('.'), "{}: {note}", path(entry));
            }
        }
        let distinct: HashSet<_> = canned.yellow.iter().chain(canned.red).collect();
        assert_eq!(distinct.len(), canned.yellow.len() + canned.red.len(), "{}", path(entry));
    }
}

#[test]
fn a_car_with_an_engine_needs_every_starred_component_and_no_other() {
    let starred: Vec<_> = REQUIRED
        .iter()
        .flat_map(|(category, components)| components.iter().map(move |component| format!("{category}.{component}")))
        .collect();
    assert_eq!(starred.len(), 31);
    for powertrain in [Combustion, Hybrid] {
        let required: Vec<_> = catalogue().required_for(powertrain).map(path).collect();
        assert_eq!(required, starred, "{powertrain}");
    }

    let without_engine: Vec<_> =
        starred.into_iter().filter(|path| !REQUIRED_OF_ENGINES.contains(&path.as_str())).collect();
    let required: Vec<_> = catalogue().required_for(Electric).map(path).collect();
    assert_eq!(required, without_engine);
}

#[test]
fn an_electric_car_has_no_engine_around_it() {
    let absent = [
        "fluids.engine_oil",
        "fluids.power_steering",
        "battery.charging_voltage",
        "drivetrain.clutch",
        "belts_hoses.serpentine_belt",
        "belts_hoses.timing_belt",
        "filters_ignition.engine_air_filter",
        "filters_ignition.fuel_filter",
        "filters_ignition.spark_plugs",
        "leaks.engine_oil",
        "leaks.fuel",
    ];
    for path in absent {
        assert!(!component(path).applies_to(Electric), "{path}");
        assert!(component(path).applies_to(Combustion), "{path}");
    }
    let exhaust = catalogue().category("exhaust").expect("exhaust");
    assert!(exhaust.components.iter().all(|component| !component.applies_to(Electric)));

    for path in ["fluids.coolant", "fluids.washer", "brakes.front_pads_left", "filters_ignition.cabin_filter"] {
        assert!(component(path).applies_to(Electric), "{path}");
    }
}

#[test]
fn a_hybrid_has_both_worlds_and_a_combustion_car_no_high_voltage() {
    for entry in catalogue().entries() {
        let high_voltage = entry.category.key == "ev_hybrid";
        assert!(entry.component.applies_to(Hybrid), "{}", path(entry));
        assert_eq!(entry.component.applies_to(Combustion), !high_voltage, "{}", path(entry));
    }
}

#[test]
fn positions_sort_findings_as_the_catalogue_stands() {
    let catalogue = catalogue();
    for (index, entry) in catalogue.entries().enumerate() {
        assert_eq!(catalogue.position(entry.category.key, entry.component.key), Some(index));
    }
    assert_eq!(catalogue.position("tires", "front_pads_left"), None);
    assert!(catalogue.find("tires", "front_pads_left").is_none());
    assert!(catalogue.find("paint", "front_pads_left").is_none());
}

#[test]
fn exactly_the_components_with_a_scale_are_measured() {
    let measured: Vec<_> =
        catalogue().entries().filter(|entry| entry.component.measurement.is_some()).map(path).collect();
    let expected = [
        "tires.tread_depth_lf",
        "tires.tread_depth_rf",
        "tires.tread_depth_lr",
        "tires.tread_depth_rr",
        "brakes.front_pads_left",
        "brakes.front_pads_right",
        "brakes.rear_pads_left",
        "brakes.rear_pads_right",
        "brakes.fluid_condition",
        "battery.resting_voltage",
        "battery.charging_voltage",
    ];
    assert_eq!(measured, expected);
}

#[test]
fn the_catalogue_reads_as_the_api_promises() {
    let sent = serde_json::to_value(catalogue()).expect("plain data");
    assert_eq!(sent["version"], "2026-11");
    assert_eq!(sent["categories"][1]["label"], "Brakes");

    let brakes = &sent["categories"][1]["components"];
    let expected = json!({
        "key": "front_pads_left",
        "label": "Front brake pads, left",
        "required": true,
        "applies_to": ["combustion", "hybrid", "electric"],
        "measurement": {
            "unit": "mm", "min": 0.0, "max": 20.0, "step": 0.5,
            "yellow_from": 5.0, "red_from": 3.0, "direction": "lower_is_worse",
        },
        "canned": {
            "yellow": [
                "Worn, plan for pads",
                "Uneven with the other side",
                "Inner pad wears faster, check slide pins",
            ],
            "red": ["Worn out, replace pads", "Worn to the metal", "Pads and rotors"],
        },
    });
    assert_eq!(brakes[0], expected);
    let copper = json!({
        "unit": "ppm", "min": 0.0, "max": 1000.0, "step": 1.0,
        "yellow_from": null, "red_from": 200.0, "direction": "higher_is_worse",
    });
    assert_eq!(brakes[8]["measurement"], copper);
    assert!(brakes[9].get("measurement").is_none(), "{}", brakes[9]);
    assert_eq!(sent["categories"][0]["components"][0]["measurement"]["unit"], "1/32 in");
}
