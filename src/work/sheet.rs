//! What the page at the car begins with: the inspection as it is, the catalogue as far as it is about this car, and the
//! words. It stands in the page as data, so that the page is whole when it opens, with network or without.

use serde::Serialize;
use serde_json::{Value, json};

use super::words::Words;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::inspections::catalogue::{Canned, Category, Component, Measurement, Reader, catalogue};
use crate::inspections::{Gauge, WholeInspection};
use crate::language::Language;

/// All of it.
#[derive(Serialize)]
pub(super) struct Sheet {
    /// The moment that this is of; what a phone has learned later is newer.
    made: String,
    shop: String,
    person: String,
    name: String,
    is_manager: bool,
    language: &'static str,
    distance: &'static str,
    inspection: Value,
    /// How many writes to its findings this knows of.
    version: i32,
    categories: Vec<SheetCategory>,
    words: &'static Words,
}

#[derive(Serialize)]
struct SheetCategory {
    key: &'static str,
    label: &'static str,
    components: Vec<SheetComponent>,
}

#[derive(Serialize)]
struct SheetComponent {
    key: &'static str,
    label: &'static str,
    required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    scale: Option<Scale>,
    canned: &'static Canned,
}

/// How a component is measured, and the parts of its gauge that never move.
#[derive(Serialize)]
struct Scale {
    #[serde(flatten)]
    measurement: &'static Measurement,
    /// What stands behind a number of it, for whoever reads the page.
    suffix: &'static str,
    /// How many millimetres one is, where that is what is typed and shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    millimetres: Option<f64>,
    from: f64,
    to: f64,
    /// Colour, left end, upper edge, width and height of each band.
    bands: Vec<(&'static str, f64, f64, f64, f64)>,
    ticks: Vec<f64>,
    numbers: Vec<(f64, String)>,
}

impl Sheet {
    pub(super) fn of(desk: &Desk, whole: &WholeInspection, language: Language) -> Self {
        let powertrain = whole.vehicle.powertrain;
        let reader = Reader { language, units: desk.shop.settings.units };
        let is_shown = |category: &Category, component: &Component| {
            let is_rated =
                || whole.items.iter().any(|it| it.category == category.key && it.component == component.key);
            component.applies_to(powertrain) || is_rated()
        };
        let categories = catalogue().categories.iter().map(|category| SheetCategory {
            key: category.key,
            label: category.label_in(language),
            components: category
                .components
                .iter()
                .filter(|component| is_shown(category, component))
                .map(|component| SheetComponent::of(component, component.required_for(powertrain), reader))
                .collect(),
        });
        Self {
            made: desk.now.to_string(),
            shop: desk.shop.id.to_string(),
            person: desk.person.id.to_string(),
            name: desk.person.short_name(),
            is_manager: desk.is_manager(),
            language: language.code(),
            distance: desk.shop.settings.units.of_distance(language),
            inspection: without_people(whole),
            version: whole.inspection.findings_version,
            categories: categories.filter(|category| !category.components.is_empty()).collect(),
            words: Words::of(language),
        }
    }

    /// As data within a page: nothing in it can end the element that it stands in.
    pub(super) fn as_data(&self) -> Result<String> {
        let text = serde_json::to_string(self).map_err(|error| Error::Internal(format!("a sheet: {error}")))?;
        Ok(text.replace('<', "\\u003c"))
    }
}

impl SheetComponent {
    fn of(component: &'static Component, required: bool, reader: Reader) -> Self {
        let scale = component.measurement.as_ref().map(|measurement| Scale::of(measurement, reader));
        let label = component.label_in(reader.language);
        Self { key: component.key, label, required, scale, canned: &component.canned }
    }
}

impl Scale {
    fn of(measurement: &'static Measurement, reader: Reader) -> Self {
        let dial = measurement.dial;
        let gauge = Gauge::new(measurement, dial.from, None, reader);
        let bands = gauge.bands.iter().map(|band| (band.severity.as_str(), band.x, band.y, band.width, band.height));
        Self {
            measurement,
            suffix: measurement.suffix(reader),
            millimetres: measurement.millimetres(reader.units),
            from: dial.from,
            to: dial.to,
            bands: bands.collect(),
            ticks: gauge.ticks,
            numbers: gauge.numbers,
        }
    }
}

/// What stays on the phone need not know whose car it is.
fn without_people(whole: &WholeInspection) -> Value {
    let mut whole = json!(whole);
    if let Some(fields) = whole.as_object_mut() {
        for people in ["customer", "assignee"] {
            fields.remove(people);
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shops::Units;

    #[test]
    fn every_scale_has_its_gauge() {
        let measured = catalogue().entries().filter_map(|entry| entry.component.measurement.as_ref());
        let reader = Reader { language: Language::Spanish, units: Units::Metric };
        for scale in measured.map(|measurement| Scale::of(measurement, reader)) {
            assert!(scale.from < scale.to && scale.bands.len() >= 2 && scale.ticks.len() > 2);
        }
    }
}
