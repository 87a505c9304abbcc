//! A provider whose texts stay in this server: they arrive at once, and `/sandbox/messages` is the customer's phone.

use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio::time::sleep;

use super::provider::{Attempt, Provider, Taken, Text, Unanswered};
use super::{Failure, MessageStatus, queries};
use crate::db::Database;
use crate::ids::MessageId;
use crate::text::Phone;

/// The name kept with texts that stay here.
pub const SANDBOX: &str = "sandbox";

/// How long a text to the slow phone takes.
const DELAY: Duration = Duration::from_secs(5);
const SLOW: &str = "+15005550010";

/// Phones of the sandbox's own, each with what becomes of texts to it: for trying out what rarely happens. All but the last
/// three are the provider's own for that (twilio.com/docs/iam/test-credentials).
pub const PHONES: [(&str, &str); 7] = [
    ("+15005550001", "is no number at all"),
    ("+15005550004", "has opted out with the carrier"),
    ("+15005550003", "is in a country that can't be texted from here"),
    ("+15005550009", "can't get texts"),
    ("+15005550011", "is a landline"),
    ("+15005550012", "is switched off"),
    (SLOW, "gets its texts after some seconds"),
];

/// The provider of the sandbox.
pub struct Sandbox {
    database: Database,
}

impl Sandbox {
    /// A sandbox whose texts are kept in this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

impl Provider for Sandbox {
    fn name(&self) -> &'static str {
        SANDBOX
    }

    fn is_sandbox(&self) -> bool {
        true
    }

    fn send<'a>(&'a self, text: &'a Text) -> BoxFuture<'a, Attempt> {
        async move {
            if let Some(code) = refusal(&text.to) {
                return Attempt::Refused(Failure::new(code));
            }
            if text.to.as_str() == SLOW {
                sleep(DELAY).await;
            }
            let kept =
                self.database.worker_in(text.shop).write(queries::keep_sandbox_text(text.id, &text.body)).await;
            if kept.is_ok() { Attempt::Accepted(taken(text.id)) } else { Attempt::InDoubt }
        }
        .boxed()
    }

    fn find<'a>(&'a self, text: &'a Text, _: Timestamp) -> BoxFuture<'a, Result<Vec<Taken>, Unanswered>> {
        async move {
            let has = self.database.worker_in(text.shop).read(queries::has_sandbox_text(text.id)).await;
            let has = has.map_err(|_| Unanswered)?;
            Ok(has.then(|| taken(text.id)).into_iter().collect())
        }
        .boxed()
    }
}

/// Why a text to this number never arrives.
fn refusal(to: &Phone) -> Option<&'static str> {
    match to.as_str() {
        "+15005550001" => Some("21211"),
        "+15005550002" => Some("21612"),
        "+15005550003" => Some("21408"),
        "+15005550004" => Some(Failure::OPTED_OUT),
        "+15005550009" => Some("21614"),
        "+15005550011" => Some("30006"),
        "+15005550012" => Some("30003"),
        _ => None,
    }
}

fn taken(id: MessageId) -> Taken {
    Taken { provider_message_id: id.to_string(), status: MessageStatus::Delivered, failure: None }
}
