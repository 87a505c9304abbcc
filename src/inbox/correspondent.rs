//! Whom a conversation is with.

use crate::conversations::{ConversationStatus, Texting, may_text};
use crate::customers::Customer;
use crate::desk::Desk;
use crate::error::{Conflict, Error, Result};
use crate::ids::ConversationId;
use crate::text::Phone;

use super::talk::name;

/// A customer, and how they stand to texts.
#[derive(Debug)]
pub(super) struct Correspondent {
    /// The conversation with them.
    pub(super) id: ConversationId,
    pub(super) status: ConversationStatus,
    /// How many of their texts nobody has read yet.
    pub(super) unread: i32,
    pub(super) customer: Customer,
    /// Whether the last word from their phone is a STOP.
    pub(super) has_opted_out: bool,
    /// Whether something they said sounds like a STOP, and nobody has looked yet.
    pub(super) wants_no_texts: bool,
    /// Whether the shop has texted their phone before.
    pub(super) was_texted: bool,
}

impl Correspondent {
    pub(super) fn name(&self, desk: &Desk) -> String {
        name(desk, [&self.customer.first_name, &self.customer.last_name], self.customer.phone.as_ref())
    }

    /// What the desk calls them in a sentence.
    pub(super) fn short_name(&self) -> String {
        self.customer.short_name()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.status == ConversationStatus::Closed
    }

    /// The number that they are texted by, or what stands in the way.
    pub(super) fn number_to_text(&self, desk: &Desk, texting: Texting) -> Result<Phone> {
        let phone = may_text(&self.customer, self.has_opted_out)?;
        texting.demand_number(&desk.shop)?;
        Ok(phone)
    }

    /// Why they can't be texted, and what helps.
    pub(super) fn obstacle(&self, desk: &Desk, texting: Texting) -> Option<String> {
        let Err(Error::Conflict(conflict)) = self.number_to_text(desk, texting) else { return None };
        let name = sentence_case(&self.short_name());
        Some(match conflict {
            Conflict::OptedOut if !self.has_opted_out => {
                format!(
                    "{name} has not agreed to texts yet, so none can be sent. Once they do, note it beside their number."
                )
            }
            Conflict::OptedOut => {
                format!("{name} does not want texts, so none can be sent. START from their phone changes that.")
            }
            Conflict::NoPhone => format!("{name} has no phone number here, so there is nowhere to text to."),
            Conflict::State { .. } => "This customer was deleted, so nobody can be texted here.".to_owned(),
            other => crate::conversations::obstacle(&other).to_owned(),
        })
    }

    /// Whether it is their own wish that stands in the way.
    pub(super) fn refuses_texts(&self) -> bool {
        self.has_opted_out || !self.customer.sms_opt_in
    }

    /// Whether staff may note what they say about texts: about a phone that there is.
    pub(super) fn may_be_asked(&self) -> bool {
        self.customer.phone.is_some() && self.customer.deleted_at.is_none()
    }
}

/// "the customer" at the beginning of a sentence.
fn sentence_case(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
