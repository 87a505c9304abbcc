//! What a mechanic holds in one hand: the cars that are theirs, and the inspection at the car.

pub mod inspect_pages;
pub mod installed;
pub mod pages;
mod queries;
mod sheet;
mod words;

use jiff::Timestamp;

use crate::board::Bar;
use crate::inspections::{ListedInspection, Status};
use crate::text::Line;

/// A car that is one's own, or anybody's.
#[derive(Debug)]
struct Job {
    listed: ListedInspection,
    /// Why it came back; without words where nobody said why.
    sent_back: Option<String>,
}

/// The cars in the order in which they are done: what was begun, what is waited for, what is anybody's.
#[derive(Debug, Default)]
struct Jobs {
    begun: Vec<Job>,
    mine: Vec<Job>,
    free: Vec<Job>,
}

impl Jobs {
    fn of(jobs: Vec<Job>) -> Self {
        let mut sorted = Self::default();
        for job in jobs {
            match job.listed.inspection.stage.status {
                Status::InProgress => sorted.begun.push(job),
                Status::Assigned => sorted.mine.push(job),
                _ => sorted.free.push(job),
            }
        }
        sorted
    }

    /// What there is to do next, in one sentence.
    fn headline(&self) -> String {
        match (self.begun.as_slice(), self.mine.len(), self.free.len()) {
            ([one], ..) => format!("Finish the {}", one.vehicle()),
            ([_, ..], ..) => format!("Finish {} inspections", self.begun.len()),
            (_, 0, 0) => "Nothing waits for you".to_owned(),
            (_, 0, 1) => "Take the car that is free".to_owned(),
            (_, 0, free) => format!("Take one of {free} cars"),
            (_, 1, _) => format!("Inspect the {}", self.mine[0].vehicle()),
            (_, mine, _) => format!("Inspect {mine} cars"),
        }
    }

    fn is_empty(&self) -> bool {
        self.begun.is_empty() && self.mine.is_empty() && self.free.is_empty()
    }
}

impl Job {
    fn vehicle(&self) -> String {
        self.listed.vehicle.name()
    }

    fn since(&self) -> &Timestamp {
        &self.listed.inspection.status_changed_at
    }

    fn concern(&self) -> Option<&str> {
        self.listed.inspection.customer_concerns.first().map(Line::as_str)
    }

    fn bar(&self) -> Bar {
        Bar::of(self.listed.vehicle.powertrain, &self.listed.progress)
    }

    fn is_begun(&self) -> bool {
        self.listed.inspection.stage.status == Status::InProgress
    }

    /// What is pressed to begin.
    fn first_step(&self) -> &'static str {
        match self.listed.inspection.stage.status {
            Status::Created => "Take it and start",
            _ => "Start",
        }
    }
}
