//! The desk's side of texting: who wrote last, what was said with one customer, and whatever the desk answers there.

mod correspondent;
mod entry;
pub mod pages;
mod queries;
mod reply;
mod talk;
pub mod writing_pages;

use crate::inspections::Status;
use crate::vehicles::Vehicle;
use crate::web::Limit;

/// So many conversations, and so many texts of one, are shown at once.
const SHOWN: Limit = Limit::of(50);

/// Where the conversations are.
const CONVERSATIONS: &str = "/conversations";

/// What is said on top: how many texts wait to be answered.
fn headline(unread: i64) -> String {
    match unread {
        0 => "All texts are read".to_owned(),
        1 => "1 text to answer".to_owned(),
        many => format!("{many} texts to answer"),
    }
}

/// How far a visit is, where no report of it is out.
fn stage(status: Status) -> &'static str {
    match status {
        Status::Created | Status::Assigned => "waits for a mechanic",
        Status::InProgress => "in progress",
        Status::Completed => "completed, not sent",
        Status::Sent => "sent",
    }
}

/// The car that a customer's texts are about, as far as anybody can tell: the one that was here last.
fn car_in_question<'a>(visited: Option<&'a Vehicle>, owned: &'a [Vehicle]) -> Option<&'a Vehicle> {
    visited.or_else(|| owned.first())
}
