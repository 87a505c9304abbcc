//! The thread of texts with one customer.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::Message;
use super::consent::Recipient;
use crate::customers::CustomerStatus;
use crate::error::Result;
use crate::ids::{ConversationId, CustomerId, ShopId};
use crate::text::{Email, Line, Phone, text_enum};

text_enum! {
    /// Whether a conversation goes on. A customer has one active one at most.
    pub enum ConversationStatus {
        /// It goes on.
        Active = "active",
        /// It has come to an end; the next text, in or out, reopens the latest.
        Closed = "closed",
    }
}

/// The thread of texts with one customer.
#[derive(Clone, Serialize, ToSchema)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Whom it is with.
    pub customer_id: CustomerId,
    /// The tenant.
    pub shop_id: ShopId,
    /// What it is about.
    pub subject: Option<Line<500>>,
    /// Whether it goes on.
    pub status: ConversationStatus,
    /// When the last text came or went.
    pub last_message_at: Option<Timestamp>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// How many texts from the customer nobody in the shop has read yet.
    pub unread: i32,
    /// Whom it is with.
    pub customer: Correspondent,
    /// The text that came or went last.
    pub last_message: Option<Message>,
    /// Whether the customer may be texted now.
    pub may_text: bool,
    /// Whether the customer said something that sounds like a STOP and is none by its words: somebody has to look, and record
    /// what was meant.
    pub wants_no_texts: bool,
    /// What the list is sorted by.
    #[serde(skip)]
    pub(super) active_at: Timestamp,
    /// Whether the last word from the customer's phone is a STOP.
    #[serde(skip)]
    pub(super) has_opted_out: bool,
}

/// What a conversation shows of its customer.
#[derive(Clone, Serialize, ToSchema)]
pub struct Correspondent {
    /// Their id.
    pub id: CustomerId,
    /// Their name; a stranger who texted has none.
    pub first_name: Option<Line<100>>,
    /// Their family name.
    pub last_name: Option<Line<100>>,
    /// Where they read mail.
    pub email: Option<Email>,
    /// Where they read texts.
    pub phone: Option<Phone>,
    /// Whether they want texts at all.
    pub sms_opt_in: bool,
    /// Whether they still come.
    pub status: CustomerStatus,
    /// When they were deleted. Their conversations stay readable, but nobody can be texted in them.
    pub deleted_at: Option<Timestamp>,
}

impl Correspondent {
    /// The number by which they may be texted, as [`super::may_text`] has it.
    pub(super) fn may_text(&self, has_opted_out: bool) -> Result<Phone> {
        Recipient {
            phone: self.phone.as_ref(),
            wants_texts: self.sms_opt_in,
            has_opted_out,
            is_deleted: self.deleted_at.is_some(),
        }
        .number_to_text()
    }
}

impl Conversation {
    /// The number by which the customer may be texted, or what stands in the way.
    pub fn number_to_text(&self) -> Result<Phone> {
        self.customer.may_text(self.has_opted_out)
    }
}
