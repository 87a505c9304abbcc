//! What became of a text, and why none can be sent, in the words of the desk.

use super::{Message, MessageStatus};
use crate::error::Conflict;

impl Message {
    /// What became of it, in one word or two.
    #[must_use]
    pub fn delivery(&self) -> &'static str {
        match self.status {
            MessageStatus::Pending => "Waiting to be sent",
            MessageStatus::Sent => "Sent, not yet delivered",
            MessageStatus::Delivered => "Delivered",
            MessageStatus::Failed => "Not delivered",
        }
    }

    /// The icon beside that.
    #[must_use]
    pub fn delivery_icon(&self) -> &'static str {
        match self.status {
            MessageStatus::Pending => "waiting",
            MessageStatus::Sent => "done",
            MessageStatus::Delivered => "delivered",
            MessageStatus::Failed => "lost",
        }
    }
}

/// Why a text can't be sent.
#[must_use]
pub fn obstacle(conflict: &Conflict) -> &'static str {
    match conflict {
        Conflict::NoPhone => "There is no phone number to text.",
        Conflict::OptedOut => "They said STOP, so they can't be texted.",
        Conflict::NoNumber => "The shop has no number to text from yet.",
        _ => "They can't be texted at the moment.",
    }
}
