//! A car arrives: whose it is and whether it has been here before, what brought it, and who is to look at it.

mod arrival;
mod guess;
mod odometer;
pub mod pages;
mod queries;
pub mod search_pages;

use jiff::Timestamp;

pub use arrival::{Arrival, Comer};
pub use guess::guess;
pub use odometer::Likely;
pub use queries::odometer;

use crate::customers::Customer;
use crate::ids::{CustomerId, InspectionId, VehicleId};
use crate::inspections::severity::Severity;
use crate::inspections::{Answer, Status};
use crate::vehicles::Vehicle;

/// A customer, with those of their cars that were looked for.
#[derive(Debug)]
pub struct Hit {
    /// The customer.
    pub customer: Customer,
    /// Their cars; none where only they were found.
    pub cars: Vec<Car>,
}

/// A car that has been here before.
#[derive(Debug)]
pub struct Car {
    /// The car.
    pub vehicle: Vehicle,
    /// The visit that it is here for or, where it isn't here, its last one.
    pub visit: Option<Visit>,
}

/// When a car came, and what became of that.
#[derive(Debug, Clone, Copy)]
pub struct Visit {
    /// Its inspection.
    pub id: InspectionId,
    /// How far that is.
    pub status: Status,
    /// When it came.
    pub came_at: Timestamp,
}

/// Somebody who inspects, and what they have to do.
#[derive(Debug)]
pub struct Hand {
    /// Their id, as a form names it.
    pub id: String,
    /// What they are called.
    pub name: String,
    /// How many cars they are at.
    pub in_progress: i64,
    /// How many more wait for them.
    pub waiting: i64,
}

/// What came back yellow or red on a car's last visit.
#[derive(Debug)]
pub struct LastTime {
    /// When that was.
    pub came_at: Timestamp,
    /// In the order of the catalogue.
    pub found: Vec<Found>,
}

/// Something that was yellow or red.
#[derive(Debug)]
pub struct Found {
    /// What.
    pub label: &'static str,
    /// Which of the two.
    pub severity: Severity,
    /// What the customer said to it.
    pub answer: Option<Answer>,
}

/// What the odometer showed when it was last read.
#[derive(Debug, Clone, Copy)]
pub struct OdometerReading {
    /// In the shop's unit.
    pub shown: i32,
    /// On which visit; unknown where it was noted with the car itself.
    pub read_at: Option<Timestamp>,
}

/// The one thing that a search found.
#[derive(Debug, PartialEq, Eq)]
pub enum Only {
    /// A car.
    Car(VehicleId),
    /// A customer without one.
    Customer(CustomerId),
}

/// Rows as they are read: a customer, and a car of theirs.
type KnownRow = (Customer, Option<Car>);

/// Puts cars under their owners, and behind them the customers who were found without any.
fn hits(rows: Vec<KnownRow>, customers: Vec<Customer>) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    for (customer, car) in rows.into_iter().chain(customers.into_iter().map(|customer| (customer, None))) {
        match hits.iter_mut().find(|hit| hit.customer.id == customer.id) {
            Some(hit) => hit.cars.extend(car),
            None => hits.push(Hit { customer, cars: car.into_iter().collect() }),
        }
    }
    hits
}

/// What was found, where that is one thing only.
fn only(hits: &[Hit]) -> Option<Only> {
    match hits {
        [Hit { customer, cars }] => match cars.as_slice() {
            [] => Some(Only::Customer(customer.id)),
            [car] => Some(Only::Car(car.vehicle.id)),
            _ => None,
        },
        _ => None,
    }
}

/// How many were found, in words: "2 cars, 1 customer".
fn counted(hits: &[Hit]) -> String {
    let cars = hits.iter().map(|hit| hit.cars.len()).sum();
    let customers = hits.iter().filter(|hit| hit.cars.is_empty()).count();
    let words: Vec<String> = [(cars, "car"), (customers, "customer")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") })
        .collect();
    if words.is_empty() { "Nothing found".to_owned() } else { words.join(", ") }
}

/// Whether everything of this was shown to whoever says "anyway"; `shown` has the ids, with spaces between.
fn is_known(hits: &[Hit], shown: &str) -> bool {
    let was_shown = |id: String| shown.split(' ').any(|known| known == id);
    hits.iter().flat_map(ids).all(was_shown)
}

/// What is to be shown before somebody can say "anyway".
fn ids(hit: &Hit) -> impl Iterator<Item = String> {
    let cars = hit.cars.iter().map(|car| car.vehicle.id.to_string());
    std::iter::once(hit.customer.id.to_string()).chain(cars)
}

impl Car {
    /// The inspection that it is here for.
    #[must_use]
    pub fn open_visit(&self) -> Option<&Visit> {
        self.visit.as_ref().filter(|visit| visit.status != Status::Sent)
    }

    /// Whether it may be taken in: it is not here for another inspection, or whoever says "anyway" was shown that one.
    fn may_come(&self, shown: &str) -> bool {
        self.open_visit().is_none_or(|visit| shown.split(' ').any(|known| known == visit.id.to_string()))
    }
}

impl Visit {
    /// How far the inspection is, in the board's words.
    #[must_use]
    pub fn stage(&self) -> &'static str {
        match self.status {
            Status::Created => "not assigned yet",
            Status::Assigned => "assigned",
            Status::InProgress => "in progress",
            Status::Completed => "completed, not sent",
            Status::Sent => "sent",
        }
    }
}

impl LastTime {
    /// How many were of this colour.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.found.iter().filter(|found| found.severity == severity).count()
    }
}

impl Hand {
    /// How much they have to do: "1 in progress, 2 waiting".
    #[must_use]
    pub fn load(&self) -> String {
        let counts = [(self.in_progress, "in progress"), (self.waiting, "waiting")];
        let words = counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
        let words = words.collect::<Vec<_>>().join(", ");
        if words.is_empty() { "free".to_owned() } else { words }
    }
}

impl Found {
    /// What the customer said to it, in words.
    #[must_use]
    pub fn answered(&self) -> Option<&'static str> {
        self.answer.map(Answer::told)
    }
}
