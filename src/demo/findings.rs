//! What a mechanic found on a visit: what stands out is told, the rest follows from how worn the car is.

use crate::inspections::Answer;
use crate::inspections::catalogue::{Component, Entry, catalogue};
use crate::inspections::severity::Severity;
use crate::powertrain::Powertrain;

/// What the gauges show where nothing stands out.
pub(super) struct Wear {
    /// Tire tread front and rear, in 32nds of an inch.
    pub(super) tread: [f64; 2],
    /// Brake lining front and rear, in millimetres.
    pub(super) lining: [f64; 2],
    /// The battery at rest, in volts.
    pub(super) battery: f64,
}

/// Something that stands out.
pub(super) struct Spot {
    category: &'static str,
    component: &'static str,
    look: Look,
    /// The mechanic's words; else the first canned note of the colour.
    words: Option<&'static str>,
    answer: Option<Answer>,
}

enum Look {
    Colour(Severity),
    Measured(f64),
    Overruled(f64, Severity),
    NotApplicable,
}

/// May need attention soon.
pub(super) const fn yellow(category: &'static str, component: &'static str) -> Spot {
    Spot::new(category, component, Look::Colour(Severity::Yellow))
}

/// Needs attention now.
pub(super) const fn red(category: &'static str, component: &'static str) -> Spot {
    Spot::new(category, component, Look::Colour(Severity::Red))
}

/// Another number than the car's wear tells; it proposes the colour.
pub(super) const fn measured(category: &'static str, component: &'static str, value: f64) -> Spot {
    Spot::new(category, component, Look::Measured(value))
}

/// A number whose proposal the mechanic overruled.
pub(super) const fn overruled(
    category: &'static str,
    component: &'static str,
    value: f64,
    severity: Severity,
) -> Spot {
    Spot::new(category, component, Look::Overruled(value, severity))
}

/// This car has no such part.
pub(super) const fn not_applicable(category: &'static str, component: &'static str) -> Spot {
    Spot::new(category, component, Look::NotApplicable)
}

impl Spot {
    const fn new(category: &'static str, component: &'static str, look: Look) -> Self {
        Self { category, component, look, words: None, answer: None }
    }

    /// The mechanic's own choice of words.
    pub(super) const fn saying(mut self, words: &'static str) -> Self {
        self.words = Some(words);
        self
    }

    /// What the customer wants done about it.
    pub(super) const fn answered(mut self, answer: Answer) -> Self {
        self.answer = Some(answer);
        self
    }

    /// Whether it is about this component.
    pub(super) fn is_about(&self, entry: &Entry) -> bool {
        self.category == entry.category.key && self.component == entry.component.key
    }
}

/// A rated component.
pub(super) struct Rated {
    pub(super) entry: Entry,
    /// None is not applicable.
    pub(super) severity: Option<Severity>,
    pub(super) measurement: Option<f64>,
    pub(super) proposed: Option<Severity>,
    pub(super) notes: Option<&'static str>,
    pub(super) answer: Option<Answer>,
}

/// What is looked at as well where it need not be, as long as the car has it.
const ALSO: [(&str, &str); 9] = [
    ("tires", "pressure"),
    ("brakes", "rotors_front"),
    ("brakes", "parking_brake"),
    ("lights", "warning_lamps"),
    ("filters_ignition", "cabin_filter"),
    ("leaks", "coolant"),
    ("ev_hybrid", "hv_warnings"),
    ("ev_hybrid", "hv_cables"),
    ("ev_hybrid", "aux_battery_12v"),
];

/// A whole inspection, in the order of the catalogue.
pub(super) fn all(wear: &Wear, spots: &'static [Spot], powertrain: Powertrain) -> Vec<Rated> {
    let is_rated = |entry: &Entry| {
        let key = (entry.category.key, entry.component.key);
        entry.component.required_for(powertrain)
            || (ALSO.contains(&key) && entry.component.applies_to(powertrain))
            || spots.iter().any(|spot| spot.is_about(entry))
    };
    catalogue().entries().filter(is_rated).map(|entry| rate(entry, wear, spots)).collect()
}

/// The beginning of one: so many of the required components.
pub(super) fn first(required: usize, wear: &Wear, spots: &'static [Spot], powertrain: Powertrain) -> Vec<Rated> {
    catalogue().required_for(powertrain).take(required).map(|entry| rate(entry, wear, spots)).collect()
}

fn rate(entry: Entry, wear: &Wear, spots: &'static [Spot]) -> Rated {
    let spot = spots.iter().find(|spot| spot.is_about(&entry));
    let usual = usual_reading(&entry, wear).map_or(Look::Colour(Severity::Green), Look::Measured);
    let (severity, measurement) = match spot.map_or(&usual, |spot| &spot.look) {
        Look::NotApplicable => (None, None),
        Look::Colour(severity) => (Some(*severity), None),
        Look::Measured(value) => (proposal(entry.component, *value), Some(*value)),
        Look::Overruled(value, severity) => (Some(*severity), Some(*value)),
    };
    let words = spot.and_then(|spot| spot.words);
    Rated {
        entry,
        severity,
        measurement,
        proposed: measurement.and_then(|value| proposal(entry.component, value)),
        notes: words.or_else(|| canned(entry.component, severity)),
        answer: spot.and_then(|spot| spot.answer),
    }
}

fn usual_reading(entry: &Entry, wear: &Wear) -> Option<f64> {
    match entry.component.key {
        "tread_depth_lf" | "tread_depth_rf" => Some(wear.tread[0]),
        "tread_depth_lr" | "tread_depth_rr" => Some(wear.tread[1]),
        "front_pads_left" | "front_pads_right" => Some(wear.lining[0]),
        "rear_pads_left" | "rear_pads_right" => Some(wear.lining[1]),
        "resting_voltage" => Some(wear.battery),
        _ => None,
    }
}

fn proposal(component: &Component, value: f64) -> Option<Severity> {
    component.measurement.as_ref().and_then(|scale| scale.read(value).ok()).map(|reading| reading.proposed)
}

fn canned(component: &Component, severity: Option<Severity>) -> Option<&'static str> {
    let notes = match severity? {
        Severity::Green => return None,
        Severity::Yellow => component.canned.yellow,
        Severity::Red => component.canned.red,
    };
    notes.first().copied()
}
