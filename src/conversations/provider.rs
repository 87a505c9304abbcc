//! What the outbox asks of whoever carries texts.

use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::Timestamp;

use super::{Failure, MessageStatus};
use crate::ids::{MessageId, ShopId};
use crate::text::Phone;
use crate::web::Upload;

/// A text that is handed over.
pub struct Text {
    /// Our id for it, which the provider gives back when it reports on the delivery.
    pub id: MessageId,
    /// Whose text.
    pub shop: ShopId,
    /// The shop's number.
    pub from: Phone,
    /// The customer's number.
    pub to: Phone,
    /// What it says, 1,600 characters at most.
    pub body: String,
}

/// What the provider has of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its own id for the text.
    pub provider_message_id: String,
    /// How far the text has come there; pending while it is queued.
    pub status: MessageStatus,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
}

/// How handing a text over went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// The provider has it.
    Accepted(Taken),
    /// The provider certainly does not have it: it was not reached, or asks for patience. Trying again is safe.
    NotSent {
        /// How long it asks us to wait.
        retry_after: Option<Duration>,
    },
    /// The provider does not take it, for good.
    Refused(Failure),
    /// The provider takes nothing from this account, whatever the text: that is not the text's fault.
    Unable,
    /// Nobody knows: the answer was lost. Sending again could text twice, so it is looked up first.
    InDoubt,
}

/// What became of a text that was taken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The provider has it, or was found to have it.
    Accepted,
    /// It was put off.
    PutOff,
    /// Nobody knows yet.
    InDoubt,
    /// The provider does not take it.
    Refused,
    /// It was not handed over: for the customer's sake, for a cap, or because it came too late.
    HeldBack,
}

impl Outcome {
    /// The word that it is counted under.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::PutOff => "put_off",
            Self::InDoubt => "in_doubt",
            Self::Refused => "refused",
            Self::HeldBack => "held_back",
        }
    }
}

/// The provider did not say what it has.
#[derive(Debug, thiserror::Error)]
#[error("the provider did not answer")]
pub struct Unanswered;

/// Why a picture is not to be had from the provider.
#[derive(Debug, thiserror::Error)]
pub enum Missing {
    /// It does not have it; not yet, perhaps.
    #[error("the provider does not have it")]
    NotThere,
    /// It was not reached, or something is the matter with it: another time, it may be.
    #[error("not now: {0}")]
    NotNow(String),
    /// It is not with the provider: nobody else is asked.
    #[error("it is said to be somewhere else than with the provider")]
    Elsewhere,
}

/// Whoever carries texts. The outbox stops waiting for either call after fifteen seconds.
pub trait Provider: Send + Sync {
    /// The name that is kept with every text it carries.
    fn name(&self) -> &'static str;

    /// Whether texts stay in this server, so that a shop may text from an invented number.
    fn is_sandbox(&self) -> bool {
        false
    }

    /// Whether it takes texts at all at the moment. While it does not, none is claimed, and none tried in vain.
    fn is_ready(&self) -> BoxFuture<'_, bool> {
        async { true }.boxed()
    }

    /// Whether what is sent costs somebody something, so that there are limits to it.
    fn has_caps(&self) -> bool {
        false
    }

    /// Told what became of each text that was taken up, for whoever counts.
    fn count(&self, _: Outcome) {}

    /// Hands a text over.
    fn send<'a>(&'a self, text: &'a Text) -> BoxFuture<'a, Attempt>;

    /// Begins to fetch what came along with a text, from where the provider said that it is.
    fn picture<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Upload, Missing>> {
        async { Err(Missing::Elsewhere) }.boxed()
    }

    /// What the provider has that may be this text: the same numbers and words, not older than `since`, oldest first.
    fn find<'a>(&'a self, text: &'a Text, since: Timestamp) -> BoxFuture<'a, Result<Vec<Taken>, Unanswered>>;
}
