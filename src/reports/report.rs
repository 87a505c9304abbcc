//! The report as the customer reads it: plain words, reds first, and what was not inspected said plainly. Nothing here
//! names the customer, the plate or the VIN: a link may be passed on.

use std::collections::HashMap;

use super::picture::{self, Picture};
use super::sentences::Counts;
use super::verdict::Verdict;
use super::words::Words;
use crate::inspections::catalogue::{Entry, Reader, catalogue};
use crate::inspections::severity::Severity;
use crate::inspections::{Finding, Photo, WholeInspection};
use crate::language::Language;
use crate::shops::{Shop, Units};
use crate::text::Phone;

/// What the page shows.
#[derive(Debug)]
pub struct Report {
    /// The words around it.
    pub words: &'static Words,
    /// Whose report it is.
    pub shop: String,
    /// Where the shop is, on one line.
    pub shop_address: Option<String>,
    /// The number to call.
    pub call: Option<Number>,
    /// The number to text.
    pub text: Option<Number>,
    /// What was inspected: "2018 Honda Civic".
    pub vehicle: String,
    /// Who inspected, when, and at which mileage, in a sentence.
    pub checked: String,
    /// Who wrote the notes, with what they are: "Tomasz, mechanic".
    pub signature: Option<String>,
    /// What the customer came with.
    pub concerns: Vec<String>,
    /// How the car was when it came.
    pub car: Vec<Picture>,
    /// What needs attention now.
    pub reds: Vec<Verdict>,
    /// What may need attention soon.
    pub yellows: Vec<Verdict>,
    /// What was checked and is fine, by category.
    pub greens: Vec<Category>,
    /// What should have been looked at and was not.
    pub not_inspected: Vec<&'static str>,
}

/// A phone number, for the machine and for people.
#[derive(Debug)]
pub struct Number {
    /// E.164.
    pub dialled: String,
    /// As people in the shop's country write it.
    pub shown: String,
}

/// The green components of a category.
#[derive(Debug)]
pub struct Category {
    /// The category's name.
    pub label: &'static str,
    /// Its green components.
    pub lines: Vec<Line>,
}

/// A green component.
#[derive(Debug)]
pub struct Line {
    /// What was looked at.
    pub label: &'static str,
    /// The number with its unit, where it was measured.
    pub measured: Option<String>,
}

impl Number {
    /// The number that customers of this shop call.
    #[must_use]
    pub fn to_call(shop: &Shop) -> Option<Self> {
        shop.phone.as_ref().map(|phone| Self::of(phone, shop))
    }

    fn of(phone: &Phone, shop: &Shop) -> Self {
        Self { dialled: phone.as_str().to_owned(), shown: phone.shown_in(shop.settings.country) }
    }
}

impl Report {
    /// Makes the report of an inspection, whose photos are found below this address.
    #[must_use]
    pub fn new(shop: &Shop, whole: &WholeInspection, photos_at: &str, language: Language) -> Self {
        let found: HashMap<_, _> =
            whole.items.iter().map(|f| ((f.category.as_str(), f.component.as_str()), f)).collect();
        let previous: HashMap<_, _> =
            whole.previous.iter().map(|p| ((p.category.as_str(), p.component.as_str()), p)).collect();
        let mut report = Self::without_findings(shop, whole, Words::of(language));
        let is_shown = |photo: &&Photo| photo.kind.is_some_and(|kind| !picture::HIDDEN.contains(&kind));
        report.car = Picture::list(whole.photos.iter().filter(is_shown), "", report.words, photos_at);
        for entry in catalogue().entries() {
            let key = (entry.category.key, entry.component.key);
            let Some(finding) = found.get(&key) else {
                if entry.component.required_for(whole.vehicle.powertrain) {
                    report.not_inspected.push(entry.component.label_in(language));
                }
                continue;
            };
            let verdict = || Verdict::new(entry, finding, previous.get(&key).copied(), (shop, photos_at), language);
            match finding.verdict.severity {
                Some(Severity::Red) => report.reds.push(verdict()),
                Some(Severity::Yellow) => report.yellows.push(verdict()),
                Some(Severity::Green) => report.add_green(entry, finding, shop.settings.units),
                None => {}
            }
        }
        report
    }

    /// How many components were checked and are fine.
    #[must_use]
    pub fn green_count(&self) -> usize {
        self.greens.iter().map(|category| category.lines.len()).sum()
    }

    /// Whether any photo stands on it.
    #[must_use]
    pub fn has_photos(&self) -> bool {
        !self.car.is_empty() || self.reds.iter().chain(&self.yellows).any(|verdict| !verdict.photos.is_empty())
    }

    /// What the page says first: "Your 2018 Honda Civic needs 2 things now".
    #[must_use]
    pub fn headline(&self) -> String {
        let counts = Counts {
            reds: self.reds.len(),
            yellows: self.yellows.len(),
            greens: self.green_count(),
            not_inspected: self.not_inspected.len(),
        };
        self.words.headline(&self.vehicle, counts)
    }

    fn without_findings(shop: &Shop, whole: &WholeInspection, words: &'static Words) -> Self {
        let inspected = whole.inspection.completed_at.unwrap_or(whole.inspection.created_at);
        let inspector = whole.assignee.as_ref().and_then(|user| Some((user.first_name.as_ref()?, user.role)));
        let mileage = whole.inspection.odometer_reading.map(|shown| words.mileage(shown, shop.settings.units));
        let name = inspector.map(|(name, _)| name.as_str());
        Self {
            words,
            shop: shop.name.to_string(),
            shop_address: address(shop),
            call: Number::to_call(shop),
            text: shop.sms_number.as_ref().map(|phone| Number::of(phone, shop)),
            vehicle: words.vehicle(&whole.vehicle),
            checked: words.checked(
                name,
                &words.day(&inspected.to_zoned(shop.settings.timezone.rules())),
                mileage.as_deref(),
            ),
            signature: inspector.map(|(name, role)| words.signature(name.as_str(), role)),
            concerns: whole.inspection.customer_concerns.iter().map(ToString::to_string).collect(),
            car: Vec::new(),
            reds: Vec::new(),
            yellows: Vec::new(),
            greens: Vec::new(),
            not_inspected: Vec::new(),
        }
    }

    fn add_green(&mut self, Entry { category, component }: Entry, finding: &Finding, units: Units) {
        let language = self.words.language;
        let (category, label) = (category.label_in(language), component.label_in(language));
        let (scale, reader) = (component.measurement.as_ref(), Reader { language, units });
        let measured =
            scale.zip(finding.verdict.measurement).map(|(scale, value)| scale.with_unit_for(reader, value));
        let line = Line { label, measured };
        match self.greens.last_mut() {
            Some(last) if last.label == category => last.lines.push(line),
            _ => self.greens.push(Category { label: category, lines: vec![line] }),
        }
    }
}

fn address(shop: &Shop) -> Option<String> {
    let address = &shop.address;
    let street = [address.line1.as_ref(), address.line2.as_ref()].into_iter().flatten().map(ToString::to_string);
    let city = address.city.as_ref().map(ToString::to_string);
    let parts: Vec<String> = street.chain(city).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
