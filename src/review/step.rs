//! What happened to an inspection, as the desk tells it.

use jiff::Timestamp;

use crate::inspections::Event;
use crate::text::Line;

/// A step of an inspection.
#[derive(Debug)]
pub(super) struct Step {
    /// What happened.
    pub(super) kind: Event,
    /// Who did it, by first name; nobody of the shop where the customer did.
    pub(super) by: Option<Line<100>>,
    /// When.
    pub(super) at: Timestamp,
    /// Why, where a reason was given.
    pub(super) reason: Option<String>,
}

impl Step {
    /// What happened, to be read before who did it.
    pub(super) fn words(&self) -> &'static str {
        match self.kind {
            Event::Created => "Taken in",
            Event::Assigned => "Assigned",
            Event::Started => "Started",
            Event::Completed => "Completed",
            Event::Reopened => "Sent back",
            Event::Sent => "Report sent",
            Event::Revoked => "Links ended",
            Event::Viewed => "Viewed by the customer",
            Event::Answered => "Answered by the customer",
            Event::Changed => "Changed",
            Event::Rated => "Rated",
            Event::Cleared => "Rating taken back",
            Event::Photographed => "Photographed",
            Event::PhotoRemoved => "Photo removed",
            Event::Captioned => "Photo described",
            Event::Deleted => "Deleted",
        }
    }
}
