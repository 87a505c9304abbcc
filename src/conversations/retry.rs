//! Sending a failed text again. A text's status never goes back, so it is another text that says the same.

use super::{Failure, Message, MessageStatus, Outgoing};
use crate::error::{Conflict, Result};
use crate::ids::MessageId;
use crate::text::Phone;

/// A text together with the secret part of the link that it still carries.
pub(super) struct Linked {
    pub(super) message: Message,
    pub(super) link_token: Option<String>,
    /// Whether that link opens anything.
    pub(super) has_live_link: bool,
}

impl Linked {
    /// The same text once more, to the number that the customer has now. Refused while it may still arrive, where the
    /// reason of the failure lasts, and where its link has ended or is masked already: then the report has to be sent anew.
    pub(super) fn again(self, number_to_text: impl FnOnce() -> Result<Phone>) -> Result<Outgoing> {
        let Self { message, link_token, has_live_link } = self;
        let refusal = Conflict::State { current: message.status.as_str() };
        if !message.is_worth_repeating(has_live_link) {
            return Err(refusal.into());
        }
        let phone = number_to_text()?;
        if !message.may_reach(&phone) {
            return Err(refusal.into());
        }
        Ok(Outgoing {
            inspection: message.inspection_id,
            link_token,
            retry_of: Some(message.id),
            ..Outgoing::plain(MessageId::new(), message.customer_id, phone, message.content)
        })
    }
}

impl Message {
    /// Whether saying it once more makes sense: it did not arrive, and the link in it, if it carried one, still opens.
    #[must_use]
    pub fn is_worth_repeating(&self, has_live_link: bool) -> bool {
        let has_lost_link = self.inspection_id.is_some() && !has_live_link;
        self.status == MessageStatus::Failed && !has_lost_link
    }

    /// Whether it may arrive at this number: what failed for a reason that lasts arrives at another one at most.
    #[must_use]
    pub fn may_reach(&self, phone: &Phone) -> bool {
        let may_pass = self.error_code.as_ref().is_none_or(Failure::may_pass);
        may_pass || self.phone_number.as_ref() != Some(phone)
    }
}
