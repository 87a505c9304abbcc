//! A car on the board: what its card says of it.

use jiff::Timestamp;

use super::bar::Bar;
use crate::conversations::{Failure, MessageStatus, may_text};
use crate::desk::Desk;
use crate::error::{Conflict, Error};
use crate::ids::InspectionId;
use crate::inspections::severity::Severity;
use crate::inspections::{Answer, ListedInspection, Status};
use crate::text::Line;
use crate::users::User;

/// A car with its inspection, and what has become of that.
#[derive(Debug)]
pub(super) struct Car {
    pub(super) listed: ListedInspection,
    /// How many cars are in the same state.
    pub(super) of_so_many: usize,
    /// Why it went back to the mechanic; without words where nobody said why.
    pub(super) sent_back: Option<String>,
    pub(super) has_opted_out: bool,
    /// How far the last text with this report has come.
    pub(super) text: Option<(MessageStatus, Option<Failure>)>,
    pub(super) answers: Vec<Answered>,
}

/// What the customer wants done about one finding.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) label: &'static str,
    pub(super) severity: Severity,
    pub(super) answer: Answer,
}

/// What the customer wants done about findings, in one line.
#[derive(Debug)]
pub(super) struct Wish {
    answer: Answer,
    pub(super) words: String,
}

/// How a report got to its customer, as far as it did.
#[derive(Debug)]
pub(super) enum Delivery {
    Viewed(Timestamp),
    HandedOver,
    Texted(MessageStatus),
    Lost(Failure),
}

impl Car {
    pub(super) fn id(&self) -> InspectionId {
        self.listed.inspection.id
    }

    pub(super) fn status(&self) -> Status {
        self.listed.inspection.stage.status
    }

    /// Since when it is in this state.
    pub(super) fn since(&self) -> &Timestamp {
        &self.listed.inspection.status_changed_at
    }

    /// When its report went out, where it is out.
    pub(super) fn sent_at(&self) -> Option<Timestamp> {
        self.listed.inspection.sent_at.filter(|_| self.status() == Status::Sent)
    }

    /// After how many minutes in this state somebody should look at it.
    pub(super) fn late_after(&self) -> Option<i64> {
        match self.status() {
            Status::Completed => Some(30),
            Status::Created | Status::Assigned => Some(60),
            Status::InProgress => Some(90),
            Status::Sent => None,
        }
    }

    pub(super) fn is_late(&self, desk: &Desk) -> bool {
        self.late_after().is_some_and(|minutes| desk.minutes_since(self.since()) >= minutes)
    }

    pub(super) fn vehicle(&self) -> String {
        self.listed.vehicle.name()
    }

    /// Whose it is; of somebody without a name, what they text from.
    pub(super) fn customer(&self, desk: &Desk) -> String {
        let customer = &self.listed.customer;
        let is_named = customer.first_name.is_some() || customer.last_name.is_some();
        self.phone_shown(desk).filter(|_| !is_named).unwrap_or_else(|| customer.name())
    }

    /// The customer's number, as people here write it.
    pub(super) fn phone_shown(&self, desk: &Desk) -> Option<String> {
        self.listed.customer.phone.as_ref().map(|phone| phone.shown_in(desk.shop.settings.country))
    }

    /// The first thing that the customer told the desk.
    pub(super) fn concern(&self) -> Option<&str> {
        self.listed.inspection.customer_concerns.first().map(Line::as_str)
    }

    pub(super) fn mechanic(&self) -> Option<&User> {
        self.listed.assignee.as_ref()
    }

    pub(super) fn is_with(&self, person: &User) -> bool {
        self.listed.inspection.stage.assigned_to == Some(person.id)
    }

    /// Where its card leads: a mechanic to the car, if it is theirs or anybody's and not done; everybody else to the review.
    pub(super) fn address(&self, desk: &Desk) -> String {
        let is_to_do = matches!(self.status(), Status::Created | Status::Assigned | Status::InProgress);
        let is_theirs = self.mechanic().is_none() || self.is_with(&desk.person);
        let rest = if is_to_do && is_theirs && !desk.is_manager() { "/inspect" } else { "" };
        format!("/inspections/{}{rest}", self.id())
    }

    /// How many findings there are of each colour, what is worst first.
    pub(super) fn tally(&self) -> [(&'static str, usize); 3] {
        let progress = &self.listed.progress;
        [("red", progress.red), ("yellow", progress.yellow), ("green", progress.green)]
    }

    pub(super) fn bar(&self) -> Bar {
        Bar::of(self.listed.vehicle.powertrain, &self.listed.progress)
    }

    /// What stands in the way of texting its customer.
    pub(super) fn obstacle(&self) -> Option<&'static str> {
        match may_text(&self.listed.customer, self.has_opted_out) {
            Ok(_) => None,
            Err(Error::Conflict(Conflict::NoPhone)) => Some("No phone number"),
            Err(Error::Conflict(Conflict::OptedOut)) if !self.has_opted_out => Some("Has not agreed to texts"),
            Err(Error::Conflict(Conflict::OptedOut)) => Some("Does not want texts"),
            Err(_) => Some("No customer any more"),
        }
    }

    /// How far the report has come on its way to the customer.
    pub(super) fn delivery(&self) -> Option<Delivery> {
        self.sent_at()?;
        if let Some(at) = self.listed.inspection.viewed_at {
            return Some(Delivery::Viewed(at));
        }
        Some(match &self.text {
            None => Delivery::HandedOver,
            Some((MessageStatus::Failed, why)) => Delivery::Lost(why.clone().unwrap_or_else(|| Failure::new(""))),
            Some((status, _)) => Delivery::Texted(*status),
        })
    }

    /// Whether its report did not arrive, or its customer wants to be called.
    pub(super) fn needs_somebody(&self) -> bool {
        matches!(self.delivery(), Some(Delivery::Lost(_)))
            || self.answers.iter().any(|answered| answered.answer == Answer::CallMe)
    }

    /// What the customer wants done, those with most to do for us first: "Please do it: 2 red, 1 yellow".
    pub(super) fn wishes(&self) -> Vec<Wish> {
        let wishes = [Answer::CallMe, Answer::DoIt, Answer::Later].into_iter().filter_map(|answer| {
            let about: Vec<&Answered> = self.answers.iter().filter(|answered| answered.answer == answer).collect();
            let what = match answer {
                _ if about.is_empty() => return None,
                Answer::CallMe => named(&about),
                Answer::DoIt | Answer::Later => counted(&about),
            };
            Some(Wish { answer, words: format!("{}: {what}", answer.words()) })
        });
        wishes.collect()
    }

    /// What is said aloud when the card comes to say it; nothing where it concerns somebody else.
    pub(super) fn news(&self, desk: &Desk) -> Option<String> {
        let vehicle = self.vehicle();
        let is_mine = self.is_with(&desk.person);
        match self.status() {
            Status::Created => Some(format!("A car is here: {vehicle}")),
            Status::Assigned if is_mine => Some(format!("Assigned to you: {vehicle}")),
            Status::InProgress if is_mine && self.sent_back.is_some() => Some(format!("Sent back to you: {vehicle}")),
            Status::Completed if desk.is_manager() => Some(format!("A report is ready to send: {vehicle}")),
            Status::Sent if desk.is_manager() => self.news_from_customer(desk),
            _ => None,
        }
    }

    fn news_from_customer(&self, desk: &Desk) -> Option<String> {
        if let Some(wish) = self.wishes().first() {
            return Some(format!("{} answered. {}", self.customer(desk), wish.words));
        }
        let is_lost = matches!(self.delivery(), Some(Delivery::Lost(_)));
        is_lost.then(|| format!("Not delivered: the report on the {}", self.vehicle()))
    }
}

/// What is to be talked about, as far as a card has room for it.
fn named(about: &[&Answered]) -> String {
    match about {
        [one] => one.label.to_owned(),
        [one, rest @ ..] => format!("{} and {} more", one.label, rest.len()),
        [] => String::new(),
    }
}

/// "2 red, 1 yellow".
fn counted(about: &[&Answered]) -> String {
    let counts = [(Severity::Red, "red"), (Severity::Yellow, "yellow")].map(|(severity, word)| {
        let count = about.iter().filter(|answered| answered.severity == severity).count();
        (count > 0).then(|| format!("{count} {word}"))
    });
    counts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

impl Delivery {
    pub(super) fn words(&self) -> &'static str {
        match self {
            Self::Viewed(_) => "Viewed",
            Self::HandedOver => "Link handed over",
            Self::Texted(status) => status.words(),
            Self::Lost(_) => MessageStatus::Failed.words(),
        }
    }

    pub(super) fn icon(&self) -> &'static str {
        match self {
            Self::Viewed(_) => "eye",
            Self::HandedOver => "done",
            Self::Texted(status) => status.icon(),
            Self::Lost(_) => MessageStatus::Failed.icon(),
        }
    }

    /// What somebody can do about a text that did not arrive.
    pub(super) fn way_out(why: &Failure) -> &'static str {
        if why.may_pass() { "Text again" } else { "Hand the link over" }
    }
}

impl Wish {
    pub(super) fn icon(&self) -> &'static str {
        self.answer.icon()
    }
}
