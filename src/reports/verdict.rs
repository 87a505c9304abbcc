//! A yellow or red finding as the customer reads it: the mechanic's words, and the number with what it means.

use super::picture::Picture;
use super::words::Words;
use crate::inspections::catalogue::{Entry, Measurement, Reader};
use crate::inspections::severity::Severity;
use crate::inspections::{Finding, Gauge, Previous};
use crate::language::Language;
use crate::shops::Shop;

/// A yellow or red finding.
#[derive(Debug)]
pub struct Verdict {
    /// The category's key.
    pub category: &'static str,
    /// The component's key.
    pub component: &'static str,
    /// What was looked at.
    pub label: &'static str,
    /// The colour.
    pub severity: Option<Severity>,
    /// The number, where it was measured.
    pub reading: Option<Reading>,
    /// The mechanic's words; those that were canned, in the language of the page.
    pub notes: Option<String>,
    /// What the mechanic shows.
    pub photos: Vec<Picture>,
    /// What the customer wants done about it, in words.
    pub answered: Option<&'static str>,
}

/// A measured number.
#[derive(Debug)]
pub struct Reading {
    /// With its unit: "2.5 mm".
    pub value: String,
    /// What it means: "Replace at 3 mm."
    pub advice: &'static str,
    /// The number against its thresholds.
    pub gauge: Gauge,
    /// What it was last time, which the gauge's open mark shows.
    pub last_time: Option<String>,
    /// That the number proposed another colour, where the mechanic chose this one.
    pub proposed: Option<&'static str>,
}

impl Verdict {
    pub(super) fn new(
        Entry { category, component }: Entry,
        finding: &Finding,
        before: Option<&Previous>,
        (shop, photos_at): (&Shop, &str),
        language: Language,
    ) -> Self {
        let (scale, words) = (component.measurement.as_ref(), Words::of(language));
        Self {
            category: category.key,
            component: component.key,
            label: component.label_in(language),
            severity: finding.verdict.severity,
            reading: scale.and_then(|scale| Reading::new(scale, finding, before, shop, words)),
            notes: finding.verdict.notes.as_ref().map(|notes| words.notes(notes.as_str())),
            photos: Picture::list(&finding.photos, component.label_in(language), words, photos_at),
            answered: finding.customer_answer.map(|answer| words.answered(answer)),
        }
    }

    /// Where on the page it stands.
    #[must_use]
    pub fn anchor(&self) -> String {
        anchor(self.category, self.component)
    }

    /// Whether doing it is what we would advise: only what needs attention now.
    #[must_use]
    pub fn is_urgent(&self) -> bool {
        self.severity == Some(Severity::Red)
    }
}

/// Where on the page the finding about a component stands: a name that is unique there, and stays.
pub(super) fn anchor(category: &str, component: &str) -> String {
    format!("{category}-{component}")
}

impl Reading {
    fn new(
        scale: &Measurement,
        finding: &Finding,
        before: Option<&Previous>,
        shop: &Shop,
        words: &Words,
    ) -> Option<Self> {
        let value = finding.verdict.measurement?;
        let reader = Reader { language: words.language, units: shop.settings.units };
        let before = before.and_then(|before| Some((before.verdict.measurement?, before.rated_at)));
        let last_time = before.map(|(value, at)| {
            let at = at.to_zoned(shop.settings.timezone.rules());
            words.last_time(&scale.with_unit_for(reader, value), &at)
        });
        let proposed =
            finding.verdict.proposed_severity.filter(|proposed| Some(*proposed) != finding.verdict.severity);
        Some(Self {
            value: scale.with_unit_for(reader, value),
            advice: scale.advice_for(reader),
            gauge: Gauge::new(scale, value, before.map(|(value, _)| value), reader),
            last_time,
            proposed: proposed.map(|proposed| words.by_the_number(proposed)),
        })
    }
}
