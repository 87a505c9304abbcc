//! What there is to do, in one sentence: the board's headline.

use jiff::Timestamp;

use super::car::Car;
use super::{Column, some};
use crate::inspections::Status;
use crate::users::User;

/// The most pressing thing to do.
#[derive(Debug, Default)]
pub(super) struct Job {
    /// What is to be done.
    pub(super) words: String,
    /// With how many cars; none where nothing waits.
    pub(super) count: usize,
    /// Since when the first of them has waited.
    pub(super) since: Option<Timestamp>,
    /// What there is beside it.
    pub(super) more: Option<String>,
}

impl Job {
    /// What a manager has to do: what is finished goes out first, because what no customer reads was done in vain.
    pub(super) fn of_desk(columns: &[Column]) -> Self {
        let of = |status| count(columns, status);
        let (created, completed, sent) = (of(Status::Created), of(Status::Completed), of(Status::Sent));
        let with_mechanics = of(Status::Assigned) + of(Status::InProgress);
        let cars_to_assign = (created > 0).then(|| format!("{} to assign", some(created, "car")));
        if completed > 0 {
            let words = format!("Send {}", some(completed, "finished report"));
            return Self { words, count: completed, since: oldest(columns, Status::Completed), more: cars_to_assign };
        }
        if created > 0 {
            let words = format!("Assign {}", some(created, "car"));
            return Self { words, count: created, since: oldest(columns, Status::Created), more: None };
        }
        if with_mechanics + sent == 0 {
            return Self::idle("The board is empty", "A car appears here as soon as you take it in.".to_owned());
        }
        let more = match with_mechanics {
            0 => "Every report is out.".to_owned(),
            1 => "1 car is with its mechanic.".to_owned(),
            cars => format!("{cars} cars are with the mechanics."),
        };
        Self::idle("Nothing waits for you", more)
    }

    /// What a mechanic has to do: go on with what was begun, then what is theirs, then what is anybody's.
    pub(super) fn of_mechanic(columns: &[Column], person: &User) -> Self {
        let mine = |status| -> Vec<&Car> {
            let column = columns.iter().find(|column| column.status == status);
            column.into_iter().flat_map(|column| &column.cars).filter(|car| car.is_with(person)).collect()
        };
        let (begun, waiting) = (mine(Status::InProgress), mine(Status::Assigned));
        let free = count(columns, Status::Created);
        let more = (free > 0).then(|| format!("{} free to take", some(free, "car")));
        if let Some(first) = begun.first() {
            let words = match begun.len() {
                1 => format!("Finish the {}", first.vehicle()),
                many => format!("Finish {many} inspections"),
            };
            return Self { words, count: begun.len(), since: None, more };
        }
        if let Some(first) = waiting.first() {
            let words = format!("Inspect {}", some(waiting.len(), "car"));
            return Self { words, count: waiting.len(), since: Some(*first.since()), more };
        }
        match more {
            Some(words) => Self { words, count: free, since: oldest(columns, Status::Created), more: None },
            None => {
                Self::idle("Nothing waits for you", "A car appears here as soon as the desk takes it in.".to_owned())
            }
        }
    }

    fn idle(words: &str, more: String) -> Self {
        Self { words: words.to_owned(), more: Some(more), ..Self::default() }
    }
}

fn count(columns: &[Column], status: Status) -> usize {
    columns.iter().find(|column| column.status == status).map_or(0, |column| column.count)
}

fn oldest(columns: &[Column], status: Status) -> Option<Timestamp> {
    let column = columns.iter().find(|column| column.status == status)?;
    column.cars.first().map(|car| *car.since())
}
