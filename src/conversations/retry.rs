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
        let has_lost_link = message.inspection_id.is_some() && !has_live_link;
        if message.status != MessageStatus::Failed || has_lost_link {
            return Err(refusal.into());
        }
        let phone = number_to_text()?;
        let may_pass = message.error_code.as_ref().is_none_or(Failure::may_pass);
        if !may_pass && message.phone_number.as_ref() == Some(&phone) {
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
