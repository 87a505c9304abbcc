//! The board: every car in the shop, a column a state, with what somebody has to do next said on top.

mod bar;
mod car;
mod first_day;
mod job;
pub mod pages;
mod queries;

use crate::desk::Desk;
use crate::inspections::Status;
pub use bar::Bar;
use car::Car;

/// How many cars a column shows. More than that nobody looks through; the search finds the others.
const MOST_SHOWN: usize = 100;
/// How many are counted: a shop that leaves everything as it is must not wait for its past.
const MOST_COUNTED: usize = 1000;

/// The cars in one state.
#[derive(Debug)]
struct Column {
    status: Status,
    /// Those that have waited longest first; of the reports that are out, today's: those first that somebody has to do
    /// something about, then the latest.
    cars: Vec<Car>,
    /// How many there are, also of those that are not shown.
    count: usize,
}

/// Sorts the cars into columns, in the order in which a car goes through them.
fn columns(desk: &Desk, mut cars: Vec<Car>) -> Vec<Column> {
    cars.retain(|car| car.sent_at().is_none_or(|at| desk.is_today(&at)));
    let mut columns: Vec<Column> = Status::ALL.iter().map(|status| Column::new(*status)).collect();
    for car in cars {
        let place = columns.iter().position(|column| column.status == car.status()).unwrap_or_default();
        let column = &mut columns[place];
        column.count = car.of_so_many.max(column.cars.len() + 1);
        column.cars.push(car);
    }
    if let Some(sent) = columns.last_mut() {
        sent.cars.reverse();
        // What somebody has to do something about stands before what is on its way.
        sent.cars.sort_by_key(|car| !car.needs_somebody());
        // Counted with them were yesterday's.
        sent.count = sent.cars.len();
    }
    columns
}

impl Column {
    fn new(status: Status) -> Self {
        Self { status, cars: Vec::new(), count: 0 }
    }

    fn title(&self) -> &'static str {
        match self.status {
            Status::Created => "Created",
            Status::Assigned => "Assigned",
            Status::InProgress => "In progress",
            Status::Completed => "Completed, not sent",
            Status::Sent => "Sent today",
        }
    }

    /// The same where there is little room.
    fn short_title(&self) -> &'static str {
        match self.status {
            Status::Completed => "To send",
            Status::Sent => "Sent",
            _ => self.title(),
        }
    }

    /// What is said where there is no car.
    fn words_when_empty(&self) -> &'static str {
        match self.status {
            Status::Created => "No car waits to be assigned.",
            Status::Assigned => "No car waits for its mechanic.",
            Status::InProgress => "No mechanic is at a car.",
            Status::Completed => "Nothing waits to be sent.",
            Status::Sent => "No report was sent today.",
        }
    }

    /// How many there are, as it is written above them.
    fn many(&self) -> String {
        number(self.count)
    }

    /// What is said of those that are not shown.
    fn words_about_rest(&self) -> Option<String> {
        let rest = self.count - self.cars.len();
        match self.status {
            Status::Sent if self.count >= MOST_SHOWN => {
                Some(format!("These are the latest {MOST_SHOWN}. Search finds the others."))
            }
            _ if rest == 0 => None,
            _ if self.count >= MOST_COUNTED => Some("Many older ones are not shown. Search finds them.".to_owned()),
            _ if rest == 1 => Some("1 older one is not shown. Search finds it.".to_owned()),
            _ => Some(format!("{rest} older ones are not shown. Search finds them.")),
        }
    }
}

/// So many of something, in words: "1 car", "3 cars".
fn some(count: usize, what: &str) -> String {
    format!("{} {what}{}", number(count), if count == 1 { "" } else { "s" })
}

/// A number of cars, as far as they were counted.
fn number(count: usize) -> String {
    if count < MOST_COUNTED { count.to_string() } else { format!("{MOST_COUNTED}+") }
}
