//! One inspection as the desk reviews it: what needs attention first, what was not looked at said plainly, last visit's
//! values beside today's, and what the customer is about to get, or has got.

pub mod pages;
pub mod photos_pages;
mod queries;
mod row;
mod sending;
mod shot;
mod step;
pub mod steps_pages;

use std::collections::HashMap;

use crate::desk::Desk;
use crate::inspections::catalogue::{Entry, catalogue};
use crate::inspections::severity::Severity;
use crate::inspections::{Finding, Missing, Needs, Status, WholeInspection};
use crate::shops::Units;
use row::Row;

/// What was found, in the order in which it is reviewed.
#[derive(Debug, Default)]
struct Review {
    reds: Vec<Row>,
    yellows: Vec<Row>,
    greens: Vec<Row>,
    /// Required on such a car, and not rated.
    not_inspected: Vec<&'static str>,
    /// Said not to apply to this car.
    not_applicable: Vec<&'static str>,
}

impl Review {
    /// Sorts what was found, with its numbers in the shop's units.
    fn of(whole: &WholeInspection, units: Units) -> Self {
        let key = |finding: &Finding| (finding.category.clone(), finding.component.clone());
        let found: HashMap<_, _> = whole.items.iter().map(|finding| (key(finding), finding)).collect();
        let mut review = Self::default();
        for entry in catalogue().entries() {
            let Entry { category, component } = entry;
            let finding = found.get(&(category.key.to_owned(), component.key.to_owned()));
            match finding.map(|finding| (finding, finding.verdict.severity)) {
                Some((_, None)) => review.not_applicable.push(component.label),
                Some((finding, Some(severity))) => {
                    let row = Row::of(entry, (finding, severity), whole, units);
                    review.group(severity).push(row);
                }
                None if component.required_for(whole.vehicle.powertrain) => {
                    review.not_inspected.push(component.label);
                }
                None => {}
            }
        }
        review
    }

    fn group(&mut self, severity: Severity) -> &mut Vec<Row> {
        match severity {
            Severity::Red => &mut self.reds,
            Severity::Yellow => &mut self.yellows,
            Severity::Green => &mut self.greens,
        }
    }

    /// How many of these rows neither say nor show the customer why.
    fn unexplained(rows: &[Row]) -> usize {
        rows.iter().filter(|row| row.notes.is_empty() && row.photos.is_empty()).count()
    }
}

/// Whether whoever looks may add and remove photos as things stand.
fn may_photograph(desk: &Desk, whole: &WholeInspection) -> bool {
    let stage = whole.inspection.stage;
    let is_theirs = stage.assigned_to.is_none_or(|mechanic| mechanic == desk.person.id);
    stage.status == Status::InProgress && (desk.is_manager() || is_theirs)
}

/// What is missing, as people read it.
fn label(missing: &Missing) -> &'static str {
    missing.entry().component.label
}

/// What it lacks.
fn need(missing: &Missing) -> &'static str {
    match missing.needs {
        Needs::Rating => "not inspected",
        Needs::NoteOrPhoto => "say or show why",
    }
}
