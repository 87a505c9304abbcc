//! Statements about conversations and their messages.

use tokio_postgres::{Error, Row};

use super::segments::Segments;
use super::{Failure, Message, Outgoing};
use crate::db::Query;
use crate::ids::{ConversationId, CustomerId, MessageId};
use crate::params;

impl Message {
    /// Reads a row of `messages.*`.
    pub fn from_row(row: &Row) -> Result<Self, Error> {
        let failure: Option<Failure> = row.try_get("error_code")?;
        Ok(Self {
            id: row.try_get("id")?,
            conversation_id: row.try_get("conversation_id")?,
            customer_id: row.try_get("customer_id")?,
            shop_id: row.try_get("shop_id")?,
            user_id: row.try_get("user_id")?,
            direction: row.try_get("direction")?,
            r#type: row.try_get("type")?,
            phone_number: row.try_get("phone_number")?,
            content: row.try_get("content")?,
            provider: row.try_get("provider")?,
            provider_message_id: row.try_get("provider_message_id")?,
            status: row.try_get("status")?,
            sent_at: row.try_get("sent_at")?,
            delivered_at: row.try_get("delivered_at")?,
            created_at: row.try_get("created_at")?,
            error: failure.as_ref().map(Failure::words),
            error_code: failure,
            segments: row.try_get("segments")?,
            inspection_id: row.try_get("inspection_id")?,
            retry_of: row.try_get("retry_of")?,
        })
    }
}

/// Whether the last word from the customer's phone is a STOP.
#[must_use]
pub fn has_opted_out(customer: CustomerId) -> Query<bool> {
    Query::one(
        "SELECT EXISTS (SELECT FROM customers c
                         WHERE c.shop_id = $1 AND c.id = $2 AND courtesy.has_opted_out($1, c.phone))",
        params![customer],
        |row| row.try_get(0),
    )
}

/// Whether this shop has texted the customer's phone before, to whomever it belonged: the first text to a number says
/// who writes and how to stop. One that failed was not read.
#[must_use]
pub fn was_texted(customer: CustomerId) -> Query<bool> {
    Query::one(
        "SELECT EXISTS (SELECT FROM customers c
                          JOIN messages m ON m.shop_id = $1 AND m.phone_number = c.phone
                         WHERE c.shop_id = $1 AND c.id = $2 AND m.direction = 'outbound' AND m.status <> 'failed')",
        params![customer],
        |row| row.try_get(0),
    )
}

/// Makes sure that the customer has an active conversation, and holds it until the transaction ends: the one there is,
/// or the latest closed one reopened, or a new one. The customer is held first, so that two who open at once don't make
/// two of them.
#[must_use]
pub fn open(customer: CustomerId) -> (Query<()>, Query<()>) {
    let hold =
        Query::run("SELECT FROM customers WHERE shop_id = $1 AND id = $2 FOR NO KEY UPDATE", params![customer]);
    let open = Query::run(
        "WITH latest AS (
             UPDATE conversations SET status = 'active'
              WHERE shop_id = $1
                AND id = (SELECT x.id FROM conversations x WHERE x.shop_id = $1 AND x.customer_id = $2
                           ORDER BY x.status = 'active' DESC, x.active_at DESC, x.id DESC LIMIT 1)
             RETURNING id)
         INSERT INTO conversations (shop_id, customer_id, id)
         SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT FROM latest)",
        params![customer, ConversationId::new()],
    );
    (hold, open)
}

/// Queues a text in the customer's active conversation (see [`open`]), in the name of whoever asks. Nothing is yielded
/// where there is a text with this id, or one that repeats the same failed text, already. After the commit
/// [`super::Wake::ring`] spares it the wait for the outbox's next look.
///
/// A text that could not be handed over for a day is given up: what it says is no longer news.
#[must_use]
pub fn enqueue(text: Outgoing) -> Query<Option<Message>> {
    let segments = segments(&text.content);
    Query::optional(
        "WITH made AS (
             INSERT INTO messages (shop_id, id, conversation_id, customer_id, user_id, direction, phone_number, content,
                                   segments, inspection_id, link_token, client_digest, retry_of, created_at, expires_at)
             SELECT $1, $2, x.id, x.customer_id, courtesy.current_person(), 'outbound', $4, $5, $6, $7, $8, $9, $10,
                    clock_timestamp(), now() + interval '1 day'
               FROM conversations x
              WHERE x.shop_id = $1 AND x.customer_id = $3 AND x.status = 'active'
             ON CONFLICT DO NOTHING RETURNING *),
         moved AS (
             UPDATE conversations x SET last_message_at = made.created_at
               FROM made WHERE x.shop_id = $1 AND x.id = made.conversation_id)
         SELECT * FROM made",
        params![
            text.id,
            text.customer,
            text.phone,
            text.content,
            segments,
            text.inspection,
            text.link_token,
            text.digest,
            text.retry_of
        ],
        Message::from_row,
    )
}

/// The message with this id and the fingerprint of the request that made it.
#[must_use]
pub fn find_message_with_digest(id: MessageId) -> Query<Option<(Message, Option<Vec<u8>>)>> {
    Query::optional("SELECT * FROM messages WHERE shop_id = $1 AND id = $2", params![id], |row| {
        Ok((Message::from_row(row)?, row.try_get("client_digest")?))
    })
}

fn segments(content: &str) -> i32 {
    i32::try_from(Segments::of(content).segments).unwrap_or(i32::MAX)
}
