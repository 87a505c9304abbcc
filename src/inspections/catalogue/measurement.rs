//! How a component is measured, and which colour a value proposes.

use serde::Serialize;
use utoipa::ToSchema;

use crate::inspections::severity::Severity;
use crate::language::{Both, Language};
use crate::shops::Units;

/// A scale for one kind of measurement, with the thresholds that propose a colour.
///
/// The whole rule, for the server and for every client, with values on the grid of `step`:
/// where lower is worse, a value at or below `red_from` is red, else at or below `yellow_from` yellow, else
/// green; where higher is worse, the same with "at or above". A null `yellow_from` means there is no yellow.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Measurement {
    /// What the number counts.
    pub unit: Unit,
    /// The least value that can be entered.
    pub min: f64,
    /// The greatest value that can be entered.
    pub max: f64,
    /// The distance between two neighbouring values; a whole number of steps makes one unit.
    pub step: f64,
    /// The first value, coming from the good side, that is yellow.
    pub yellow_from: Option<f64>,
    /// The first value, coming from the good side, that is red.
    pub red_from: f64,
    /// Which side is the bad one.
    pub direction: Direction,
    /// The thresholds in a sentence for the customer.
    #[serde(skip)]
    pub advice: Both,
    /// The same for a shop that counts in millimetres, where the scale itself does not.
    #[serde(skip)]
    pub metric_advice: Option<&'static Both>,
    /// The stretch of it that a gauge shows.
    #[serde(skip)]
    pub dial: &'static Dial,
}

/// The stretch of a scale that a gauge shows: around the thresholds, because beyond it nothing more is learned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dial {
    /// Its left end; lesser values stand there.
    pub from: f64,
    /// Its right end; greater values stand there.
    pub to: f64,
    /// From one tick to the next.
    pub tick: f64,
    /// The ticks that have their number: those that the advice names, or that divide the colours.
    pub numbered: &'static [f64],
}

/// What a measured number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MeasurementUnit)]
pub enum Unit {
    /// Tread depth, as American gauges show it.
    #[serde(rename = "1/32 in")]
    ThirtySecondsOfAnInch,
    /// Brake lining.
    #[serde(rename = "mm")]
    Millimetres,
    /// Battery and charging system.
    #[serde(rename = "V")]
    Volts,
    /// Copper in the brake fluid, parts per million.
    #[serde(rename = "ppm")]
    PartsPerMillion,
}

/// Which end of a scale is the bad one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ScaleDirection)]
pub enum Direction {
    /// Tread, lining, voltage.
    LowerIsWorse,
    /// Contamination.
    HigherIsWorse,
}

/// Who reads a number: in which language, and in the units of which shop. The number itself is kept as the scale has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    /// What the words around it are in.
    pub language: Language,
    /// What the shop counts in.
    pub units: Units,
}

/// Millimetres in a 32nd of an inch.
const MM_IN_A_32ND: f64 = 25.4 / 32.0;

/// A value that lies on its scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The nearest decimal number to the step that was meant, free of arithmetic noise.
    pub value: f64,
    /// The colour that the value proposes; the mechanic may choose another.
    pub proposed: Severity,
}

/// The value is too small, too great, between two steps, or no number.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error(
    "must be from {} to {} in steps of {}",
    .0.with_unit(.0.min), .0.with_unit(.0.max), .0.with_unit(.0.step)
)]
pub struct OutOfScale(Measurement);

/// How far from a step, in steps, a number may lie and still mean it: far above the noise of a sum of decimal
/// fractions, far below anything a gauge shows.
const NOISE: f64 = 1e-6;

impl Measurement {
    /// Takes a value as it was entered.
    pub fn read(&self, entered: f64) -> Result<Reading, OutOfScale> {
        let value = self.nearest(entered);
        let meant = (entered - value).abs() <= NOISE * self.step;
        if meant && (self.min..=self.max).contains(&value) {
            Ok(Reading { value, proposed: self.propose(value) })
        } else {
            Err(OutOfScale(*self))
        }
    }

    /// The colour that a value proposes, by the rule above.
    ///
    /// A value from an older catalogue's scale counts as its nearest step on this one.
    #[must_use]
    pub fn propose(&self, value: f64) -> Severity {
        if self.reaches(value, self.red_from) {
            Severity::Red
        } else if self.yellow_from.is_some_and(|limit| self.reaches(value, limit)) {
            Severity::Yellow
        } else {
            Severity::Green
        }
    }

    /// The value on the scale itself, as people write it: `2.5 mm`, `2/32 in`, `12.0 V`, `150 ppm`.
    #[must_use]
    pub fn with_unit(&self, value: f64) -> String {
        self.with_unit_for(Reader { language: Language::English, units: Units::Us }, value)
    }

    /// The same as this reader knows it: `2/32 pulg`, `1.6 mm`.
    #[must_use]
    pub fn with_unit_for(&self, reader: Reader, value: f64) -> String {
        format!("{}{}", self.number(reader.units, value), self.suffix(reader))
    }

    /// What this reader finds behind a number: `/32 pulg`, ` mm`.
    #[must_use]
    pub fn suffix(&self, reader: Reader) -> &'static str {
        match (self.unit, reader.units) {
            (Unit::ThirtySecondsOfAnInch, Units::Us) => {
                Both { english: "/32 in", spanish: "/32 pulg" }.in_language(reader.language)
            }
            (Unit::ThirtySecondsOfAnInch, Units::Metric) | (Unit::Millimetres, _) => " mm",
            (Unit::Volts, _) => " V",
            (Unit::PartsPerMillion, _) => " ppm",
        }
    }

    /// How many millimetres one on the scale is, where the shop counts in those and the scale itself does not.
    #[must_use]
    pub fn millimetres(&self, units: Units) -> Option<f64> {
        (self.unit == Unit::ThirtySecondsOfAnInch && units == Units::Metric).then_some(MM_IN_A_32ND)
    }

    /// The thresholds in a sentence for this reader.
    #[must_use]
    pub fn advice_for(&self, reader: Reader) -> &'static str {
        let metric = self.metric_advice.filter(|_| reader.units == Units::Metric).copied();
        metric.unwrap_or(self.advice).in_language(reader.language)
    }

    /// The value without its unit: `2.5`, `12.0`.
    #[must_use]
    pub fn number(&self, units: Units, value: f64) -> String {
        let value = self.nearest(value);
        match (self.unit, self.millimetres(units)) {
            (_, Some(millimetres)) => format!("{:.1}", value * millimetres),
            (Unit::Volts, None) => format!("{value:.1}"),
            (Unit::ThirtySecondsOfAnInch | Unit::Millimetres | Unit::PartsPerMillion, None) => value.to_string(),
        }
    }

    /// Compares whole steps, because 12.3 has no exact binary form.
    fn reaches(&self, value: f64, limit: f64) -> bool {
        let (value, limit) = (self.steps(value), self.steps(limit));
        match self.direction {
            Direction::LowerIsWorse => value <= limit,
            Direction::HigherIsWorse => value >= limit,
        }
    }

    /// A division, not a product with `step`: only that gives the very number that "12.3" is read as.
    fn nearest(&self, value: f64) -> f64 {
        self.steps(value) / self.steps_per_unit()
    }

    /// The whole number of steps from zero. Adding zero turns a negative zero into a plain one.
    fn steps(&self, value: f64) -> f64 {
        (value * self.steps_per_unit()).round() + 0.0
    }

    fn steps_per_unit(&self) -> f64 {
        self.step.recip().round()
    }
}
