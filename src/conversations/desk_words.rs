//! What became of a text, and why none can be sent, in the words of the desk.

use super::MessageStatus;
use crate::error::Conflict;

impl MessageStatus {
    /// What became of a text, in the words that stand wherever that is told, to whomever.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Pending => "Waiting to be sent",
            Self::Sent => "Sent, not yet delivered",
            Self::Delivered => "Delivered",
            Self::Failed => "Not delivered",
        }
    }

    /// The icon beside that.
    #[must_use]
    pub fn icon(self) -> &'static str {
        match self {
            Self::Pending => "waiting",
            Self::Sent => "done",
            Self::Delivered => "delivered",
            Self::Failed => "lost",
        }
    }
}

/// Why a text can't be sent.
#[must_use]
pub fn obstacle(conflict: &Conflict) -> &'static str {
    match conflict {
        Conflict::NoPhone => "There is no phone number to text.",
        Conflict::OptedOut => "They said STOP or have not agreed to texts, so they can't be texted.",
        Conflict::NoNumber => "The shop has no number to text from yet.",
        _ => "They can't be texted at the moment.",
    }
}
