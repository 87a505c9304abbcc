//! The shop's customers and their cars as its people read them: found while somebody types, and each on a page with
//! everything about it: what came back yellow or red last time and what the customer answered to that, every visit, and
//! what was measured over the years.
//!
//! There is one list for both, because a shop looks for a person or a plate and wants the same row: whose car that is.

mod chart;
mod consent;
pub mod customer_pages;
pub mod form_pages;
pub mod list_pages;
mod queries;
pub mod vehicle_pages;

use jiff::Timestamp;

use crate::conversations::MessageStatus;
use crate::customers::Customer;
use crate::ids::{InspectionId, VehicleId};
use crate::inspections::severity::Severity;
use crate::inspections::{Answer, ListedInspection, Status};
use crate::intake::Car;
use crate::powertrain::Powertrain;

/// How many cars of a customer the list has room for.
const CARS_LISTED: usize = 3;
/// How many visits a page shows; the older ones are on the pages of the cars.
const MOST_VISITS: usize = 40;

/// A customer in the list.
#[derive(Debug)]
struct Listed {
    customer: Customer,
    /// Those of their cars that there is room for; first what was searched for.
    cars: Vec<Car>,
    /// How many cars they have.
    many: usize,
}

/// A visit in a timeline.
#[derive(Debug)]
struct Visit {
    listed: ListedInspection,
    /// How far the last text with its report has come.
    text: Option<MessageStatus>,
}

/// What came back yellow or red on a car's last visit that was completed.
#[derive(Debug)]
struct LastTime {
    car: VehicleId,
    inspection: InspectionId,
    came_at: Timestamp,
    /// What is worst first, and then in the order of the catalogue.
    found: Vec<Found>,
}

/// Something that was yellow or red.
#[derive(Debug)]
struct Found {
    label: &'static str,
    severity: Severity,
    /// The number with its unit.
    measured: Option<String>,
    /// Why, in the mechanic's words.
    notes: Option<String>,
    /// What the customer said to it.
    answer: Option<Answer>,
}

/// A row of what was found last time: of a car where nothing was, without a finding.
type FoundRow = (VehicleId, InspectionId, Timestamp, Option<Found>);

/// Puts customers together of rows that have a car each.
fn listed(rows: Vec<(Customer, Option<(Car, usize)>)>) -> Vec<Listed> {
    let mut listed: Vec<Listed> = Vec::new();
    for (customer, car) in rows {
        let (car, many) = car.unzip();
        match listed.last_mut().filter(|last| last.customer.id == customer.id) {
            Some(last) => last.cars.extend(car),
            None => {
                listed.push(Listed { customer, cars: car.into_iter().collect(), many: many.unwrap_or_default() });
            }
        }
    }
    listed
}

/// Puts together what was found on each car.
fn last_times(rows: Vec<FoundRow>) -> Vec<LastTime> {
    let mut times: Vec<LastTime> = Vec::new();
    for (car, inspection, came_at, found) in rows {
        match times.last_mut().filter(|last| last.car == car) {
            Some(last) => last.found.extend(found),
            None => times.push(LastTime { car, inspection, came_at, found: found.into_iter().collect() }),
        }
    }
    times
}

impl Listed {
    /// How many of their cars are not in the list.
    fn more(&self) -> usize {
        self.many.saturating_sub(self.cars.len())
    }
}

impl Visit {
    fn status(&self) -> Status {
        self.listed.inspection.stage.status
    }

    /// How far it has come, as a timeline says it.
    fn stage(&self) -> String {
        let words = match (self.status(), self.text) {
            (Status::Created, _) => "In the shop, not assigned yet",
            (Status::Assigned, _) => "In the shop, assigned",
            (Status::InProgress, _) => "In the shop, in progress",
            (Status::Completed, _) => "Completed, not sent",
            (Status::Sent, _) if self.listed.inspection.viewed_at.is_some() => "Report viewed",
            (Status::Sent, None) => "Report handed over",
            (Status::Sent, Some(text)) => return format!("Report {}", text.words().to_lowercase()),
        };
        words.to_owned()
    }
}

/// What moves a car, as the desk says it.
fn moved_by(powertrain: Powertrain) -> &'static str {
    match powertrain {
        Powertrain::Combustion => "Gasoline or diesel",
        Powertrain::Hybrid => "Hybrid",
        Powertrain::Electric => "Electric",
    }
}

/// So many of something, in words: "1 car", "3 cars".
fn some(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
