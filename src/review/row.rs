//! One finding, beside what it was last time.

use crate::inspections::catalogue::{Component, Entry, Reader};
use crate::inspections::severity::Severity;
use crate::inspections::{Answer, Finding, Gauge, Photo, Previous, Verdict, WholeInspection};
use crate::language::Language;
use crate::shops::Units;

/// One finding, as the desk reads it.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) category: &'static str,
    pub(super) component: &'static str,
    pub(super) label: &'static str,
    pub(super) severity: Severity,
    /// The number with its unit.
    pub(super) measured: Option<String>,
    /// The same against its thresholds, as a picture.
    pub(super) gauge: Option<Gauge>,
    /// What it was last time: a number or a colour.
    pub(super) before: Option<Before>,
    /// That the mechanic chose another colour than the number proposes.
    pub(super) overridden: Option<String>,
    pub(super) notes: String,
    pub(super) photos: Vec<Photo>,
    /// What a change of the words has to know.
    pub(super) version: i32,
    pub(super) answer: Option<Answer>,
}

/// What a component was on the visit before.
#[derive(Debug)]
pub(super) enum Before {
    /// The number with its unit.
    Measured(String),
    /// Its colour.
    Rated(Severity),
}

impl Row {
    pub(super) fn of(
        Entry { category, component }: Entry,
        (finding, severity): (&Finding, Severity),
        whole: &WholeInspection,
        units: Units,
    ) -> Self {
        // The desk reads English, whatever its customers read.
        let reader = Reader { language: Language::English, units };
        let verdict = &finding.verdict;
        let is_same = |before: &&Previous| before.category == category.key && before.component == component.key;
        let before = whole.previous.iter().find(is_same).map(|before| &before.verdict);
        Self {
            category: category.key,
            component: component.key,
            label: component.label,
            severity,
            measured: measured(component, verdict, reader),
            gauge: gauge(component, verdict, before, reader),
            before: before.and_then(|before| Before::of(component, before, reader)),
            overridden: overridden(component, verdict, reader),
            notes: verdict.notes.as_ref().map(ToString::to_string).unwrap_or_default(),
            photos: finding.photos.clone(),
            version: finding.version,
            answer: finding.customer_answer,
        }
    }

    /// What the page calls the row, for links and labels.
    pub(super) fn anchor(&self) -> String {
        format!("{}-{}", self.category, self.component)
    }
}

impl Before {
    fn of(component: &Component, verdict: &Verdict, reader: Reader) -> Option<Self> {
        measured(component, verdict, reader).map(Self::Measured).or_else(|| verdict.severity.map(Self::Rated))
    }
}

fn measured(component: &Component, verdict: &Verdict, reader: Reader) -> Option<String> {
    component.measurement.as_ref().zip(verdict.measurement).map(|(scale, value)| scale.with_unit_for(reader, value))
}

fn gauge(component: &Component, verdict: &Verdict, before: Option<&Verdict>, reader: Reader) -> Option<Gauge> {
    let (scale, now) = component.measurement.as_ref().zip(verdict.measurement)?;
    Some(Gauge::new(scale, now, before.and_then(|before| before.measurement), reader))
}

/// "3.5 mm proposes yellow, the mechanic chose red."
fn overridden(component: &Component, verdict: &Verdict, reader: Reader) -> Option<String> {
    let (proposed, chosen) = (verdict.proposed_severity?, verdict.severity?);
    let measured = measured(component, verdict, reader)?;
    (proposed != chosen).then(|| format!("{measured} proposes {proposed}, the mechanic chose {chosen}."))
}
