//! Live events: what changes in a shop is told to whoever has a stream open there. An event names what changed and how it
//! stands; what else it says now is asked for as ever.

pub mod api;
mod feed;
mod hub;
mod queries;

pub use hub::Live;

use std::collections::HashMap;

use jiff::Timestamp;
use uuid::Uuid;

use crate::db::TokenHash;
use crate::role::Role;
use crate::text::text_enum;

text_enum! {
    /// What an event is about.
    pub enum Subject {
        /// An inspection, its findings and the customer's answers included.
        Inspection = "inspection",
        /// A conversation.
        Conversation = "conversation",
        /// A text.
        Message = "message",
    }
}

impl Subject {
    /// Whether somebody in this role is told; texting is the desk's.
    fn concerns(self, role: Role) -> bool {
        self == Self::Inspection || role == Role::ShopManager
    }
}

/// Something changed.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Change {
    subject: Subject,
    id: Uuid,
    /// How it stands now; `deleted` for what is hidden.
    status: String,
    /// When the transaction began that changed it.
    at: Timestamp,
}

/// What is read of a shop at one moment.
struct Look {
    /// The moment.
    moment: Timestamp,
    /// Of the sessions that were asked about, those that let somebody in, and in which role.
    sessions: HashMap<TokenHash, Role>,
    /// What changed lately, in order of time.
    changes: Vec<Change>,
}
