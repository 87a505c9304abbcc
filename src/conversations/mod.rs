//! Texting with customers: what a text costs, what an answer means, the words of our own, and how texts come and go.

pub mod api;
mod caps;
mod consent;
pub mod consent_api;
mod conversation;
pub mod delivery;
mod desk_words;
mod failure;
pub mod fetching;
pub mod inbound;
pub mod keywords;
pub mod message_api;
pub mod outbox;
mod picture;
pub mod picture_api;
pub mod provider;
pub mod queries;
mod retry;
pub mod sandbox;
pub mod sandbox_api;
pub mod sandbox_pages;
pub mod segments;
pub mod stray;
pub mod twilio;
mod wake;
pub mod wording;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

pub use caps::Fared;
pub use consent::may_text;
pub use conversation::{Conversation, ConversationStatus, Correspondent};
pub use desk_words::obstacle;
pub use failure::Failure;
pub use picture::{PictureState, TextedPicture, Trouble, wordless};
pub use wake::Wake;

use crate::error::{Conflict, Result};
use crate::ids::{ConversationId, CustomerId, InspectionId, MessageId, ShopId, UserId};
use crate::shops::Shop;
use crate::text::{Phone, text_enum};

/// Where texts go, decided once for the whole program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Texting {
    /// They stay in this server, and a shop without a number of its own texts from an invented one.
    Sandbox,
    /// A provider takes them, from the shop's own number.
    Provider,
}

impl Texting {
    /// Refuses a shop that has no number to text from ([`Conflict::NoNumber`]).
    pub fn demand_number(self, shop: &Shop) -> Result<()> {
        match self {
            Self::Provider if shop.sms_number.is_none() => Err(Conflict::NoNumber.into()),
            _ => Ok(()),
        }
    }
}

text_enum! {
    /// Which way a text goes.
    #[schema(as = MessageDirection)]
    pub enum Direction {
        /// From the customer.
        Inbound = "inbound",
        /// To the customer.
        Outbound = "outbound",
    }
}

text_enum! {
    /// How far a text has come. It only ever gets further: pending, sent, failed, delivered.
    pub enum MessageStatus {
        /// It waits, or is being handed over right now.
        Pending = "pending",
        /// The provider has it and sends it.
        Sent = "sent",
        /// It is on the customer's phone; texts from customers always are.
        Delivered = "delivered",
        /// It did not arrive.
        Failed = "failed",
    }
}

/// One text, in or out. Its content shows a report's link only until delivery is final; then the link is masked.
#[derive(Clone, Serialize, ToSchema)]
pub struct Message {
    /// Its id; chosen by the client where a repeated request must not text twice.
    pub id: MessageId,
    /// The conversation it stands in.
    pub conversation_id: ConversationId,
    /// Whom the conversation is with.
    pub customer_id: CustomerId,
    /// The tenant.
    pub shop_id: ShopId,
    /// Who wrote it; nobody of the shop for a text from the customer.
    pub user_id: Option<UserId>,
    /// Which way it goes.
    pub direction: Direction,
    /// Always `sms`.
    pub r#type: String,
    /// The customer's number, E.164, as it was then.
    pub phone_number: Option<Phone>,
    /// What it says.
    pub content: String,
    /// Who carried it.
    pub provider: Option<String>,
    /// The carrier's id for it.
    pub provider_message_id: Option<String>,
    /// How far it has come.
    pub status: MessageStatus,
    /// When the provider took it.
    pub sent_at: Option<Timestamp>,
    /// When it arrived.
    pub delivered_at: Option<Timestamp>,
    /// When it was written, or came in.
    pub created_at: Timestamp,
    /// Why it failed: the provider's number for it, or a word of our own.
    pub error_code: Option<Failure>,
    /// The same in words for staff.
    pub error: Option<&'static str>,
    /// In how many segments it is sent and paid.
    pub segments: i32,
    /// What came along with a text from the customer.
    pub pictures: Vec<TextedPicture>,
    /// The inspection whose report it links to.
    pub inspection_id: Option<InspectionId>,
    /// The failed text that this one repeats.
    pub retry_of: Option<MessageId>,
}

/// A text that is about to be queued.
pub struct Outgoing {
    /// Its id: the same one is never queued twice.
    pub id: MessageId,
    /// To whom.
    pub customer: CustomerId,
    /// To which number; [`may_text`] gives it.
    pub phone: Phone,
    /// What it says, whole.
    pub content: String,
    /// The inspection whose report it links to.
    pub inspection: Option<InspectionId>,
    /// The secret part of that link, which stands in the content and is masked there once delivery is final.
    pub link_token: Option<String>,
    /// The fingerprint of the request: tells a repetition from another text with the same id.
    pub digest: Vec<u8>,
    /// The failed text that this one repeats.
    pub retry_of: Option<MessageId>,
}

impl Outgoing {
    /// A text of which nothing else is known.
    #[must_use]
    pub fn plain(id: MessageId, customer: CustomerId, phone: Phone, content: String) -> Self {
        Self { id, customer, phone, content, inspection: None, link_token: None, digest: Vec::new(), retry_of: None }
    }
}
