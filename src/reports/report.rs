//! The report as the customer reads it: plain words, reds first, and what was not inspected said plainly. Nothing here
//! names the customer, the plate or the VIN: a link may be passed on.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::inspections::catalogue::{Component, Entry, Measurement, catalogue};
use crate::inspections::severity::Severity;
use crate::inspections::{Finding, Previous, WholeInspection};
use crate::role::Role;
use crate::shops::Shop;
use crate::text::Phone;

/// What the page shows.
#[derive(Debug)]
pub struct Report {
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
    /// Who inspected, by first name.
    pub inspector: Option<String>,
    /// The same with what they are: "Tomasz, mechanic".
    pub signature: Option<String>,
    /// When, in the shop's zone: "Sunday, November 22".
    pub day: String,
    /// At which mileage: "112,480 miles".
    pub mileage: Option<String>,
    /// What the customer came with.
    pub concerns: Vec<String>,
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

/// A yellow or red finding.
#[derive(Debug)]
pub struct Verdict {
    /// What was looked at.
    pub label: &'static str,
    /// The number with its unit: "2.5 mm".
    pub measured: Option<String>,
    /// What the number means: "Replace at 3 mm."
    pub advice: Option<&'static str>,
    /// What it was last time: "4.5 mm in March 2026".
    pub last_time: Option<String>,
    /// The mechanic's words.
    pub notes: Option<String>,
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
    /// Makes the report of an inspection.
    #[must_use]
    pub fn new(shop: &Shop, whole: &WholeInspection) -> Self {
        let found: HashMap<_, _> =
            whole.items.iter().map(|f| ((f.category.as_str(), f.component.as_str()), f)).collect();
        let previous: HashMap<_, _> =
            whole.previous.iter().map(|p| ((p.category.as_str(), p.component.as_str()), p)).collect();
        let mut report = Self::without_findings(shop, whole);
        for Entry { category, component } in catalogue().entries() {
            let key = (category.key, component.key);
            let Some(finding) = found.get(&key) else {
                if component.required_for(whole.vehicle.powertrain) {
                    report.not_inspected.push(component.label);
                }
                continue;
            };
            let verdict = || verdict(shop, component, finding, previous.get(&key).copied());
            match finding.verdict.severity {
                Some(Severity::Red) => report.reds.push(verdict()),
                Some(Severity::Yellow) => report.yellows.push(verdict()),
                Some(Severity::Green) => report.add_green(category.label, component, finding),
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

    /// What the page says first: "Your 2018 Honda Civic needs 2 things now".
    #[must_use]
    pub fn headline(&self) -> String {
        let vehicle = &self.vehicle;
        match (self.reds.len(), self.yellows.len()) {
            (1, _) => format!("Your {vehicle} needs 1 thing now"),
            (reds @ 2.., _) => format!("Your {vehicle} needs {reds} things now"),
            (0, 1) => format!("Your {vehicle} has 1 thing to watch"),
            (0, yellows @ 2..) => format!("Your {vehicle} has {yellows} things to watch"),
            (0, 0) if self.not_inspected.is_empty() => format!("Your {vehicle} is in good shape"),
            (0, 0) => format!("Your {vehicle}: nothing found where we looked"),
        }
    }

    fn without_findings(shop: &Shop, whole: &WholeInspection) -> Self {
        let inspected = whole.inspection.completed_at.unwrap_or(whole.inspection.created_at);
        let inspector = whole.assignee.as_ref().and_then(|user| Some((user.first_name.as_ref()?, user.role)));
        Self {
            shop: shop.name.to_string(),
            shop_address: address(shop),
            call: Number::to_call(shop),
            text: shop.sms_number.as_ref().map(|phone| Number::of(phone, shop)),
            vehicle: whole.vehicle.name(),
            inspector: inspector.map(|(name, _)| name.to_string()),
            signature: inspector.map(|(name, role)| match role {
                Role::Mechanic => format!("{name}, mechanic"),
                Role::ShopManager => format!("{name}, shop manager"),
            }),
            day: in_zone(shop, inspected, "%A, %B %-d, %Y"),
            mileage: whole.inspection.odometer_reading.map(|shown| shop.settings.units.distance(shown)),
            concerns: whole.inspection.customer_concerns.iter().map(ToString::to_string).collect(),
            reds: Vec::new(),
            yellows: Vec::new(),
            greens: Vec::new(),
            not_inspected: Vec::new(),
        }
    }

    fn add_green(&mut self, category: &'static str, component: &Component, finding: &Finding) {
        let line = Line { label: component.label, measured: measured(component, finding.verdict.measurement) };
        match self.greens.last_mut() {
            Some(last) if last.label == category => last.lines.push(line),
            _ => self.greens.push(Category { label: category, lines: vec![line] }),
        }
    }
}

fn verdict(shop: &Shop, component: &Component, finding: &Finding, before: Option<&Previous>) -> Verdict {
    let measured_now = measured(component, finding.verdict.measurement);
    let last_time = before.filter(|_| measured_now.is_some()).and_then(|before| {
        let value = measured(component, before.verdict.measurement)?;
        Some(format!("{value} in {}", in_zone(shop, before.rated_at, "%B %Y")))
    });
    Verdict {
        label: component.label,
        advice: component.measurement.as_ref().filter(|_| measured_now.is_some()).map(|scale| scale.advice.english),
        measured: measured_now,
        last_time,
        notes: finding.verdict.notes.as_ref().map(ToString::to_string),
    }
}

fn measured(component: &Component, value: Option<f64>) -> Option<String> {
    let scale: &Measurement = component.measurement.as_ref()?;
    value.map(|value| scale.with_unit(value))
}

fn address(shop: &Shop) -> Option<String> {
    let address = &shop.address;
    let street = [address.line1.as_ref(), address.line2.as_ref()].into_iter().flatten().map(ToString::to_string);
    let city = address.city.as_ref().map(ToString::to_string);
    let parts: Vec<String> = street.chain(city).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn in_zone(shop: &Shop, at: Timestamp, format: &str) -> String {
    at.to_zoned(shop.settings.timezone.rules()).strftime(format).to_string()
}
