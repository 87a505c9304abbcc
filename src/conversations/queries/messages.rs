//! Statements about texts.

use jiff::Timestamp;
use postgres_types::Json;
use tokio_postgres::Error;

use super::super::retry::Linked;
use super::super::segments::Segments;
use super::super::{Failure, Message, Outgoing};
use crate::db::{Query, Row};
use crate::ids::{ConversationId, CustomerId, InspectionId, MessageId};
use crate::params;
use crate::text::Phone;
use crate::web::{Cursor, Limit};

impl Message {
    /// Reads a row of `messages.*`.
    pub fn from_row(row: &Row) -> Result<Self, Error> {
        let failure: Option<Failure> = row.try_get("error_code")?;
        let Json(pictures) = row.try_get("pictures")?;
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
            pictures,
            inspection_id: row.try_get("inspection_id")?,
            retry_of: row.try_get("retry_of")?,
        })
    }
}

/// Queues a text in the customer's active conversation (see [`super::open`]), in the name of whoever asks. Nothing is yielded
/// where there is a text with this id, or one that repeats the same failed text, already. After the commit
/// [`super::super::Wake::ring`] spares it the wait for the outbox's next look.
///
/// A text that could not be handed over for a day is given up: what it says is no longer news. One that no person sends
/// waits for the morning.
#[must_use]
pub fn enqueue(text: Outgoing) -> Query<Option<Message>> {
    let segments = segments(&text.content);
    Query::optional(
        "WITH made AS (
             INSERT INTO messages (shop_id, id, conversation_id, customer_id, user_id, direction, phone_number, content,
                                   segments, inspection_id, link_token, client_digest, retry_of, created_at, expires_at,
                                   next_attempt_at)
             SELECT $1, $2, x.id, x.customer_id, courtesy.current_person(), 'outbound', $4, $5, $6, $7, $8, $9, $10,
                    clock_timestamp(), now() + interval '1 day',
                    CASE WHEN courtesy.current_person() IS NULL THEN courtesy.waking_moment($1) ELSE now() END
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

/// One text.
pub(in super::super) fn find_message(id: MessageId) -> Query<Message> {
    Query::one("SELECT * FROM messages WHERE shop_id = $1 AND id = $2", params![id], Message::from_row)
}

/// A text of a conversation, and whether the link in it still opens the report.
pub(in super::super) fn find_in(conversation: ConversationId, id: MessageId) -> Query<Linked> {
    Query::one(
        "SELECT m.*, EXISTS (SELECT FROM report_links l
                              WHERE l.shop_id = $1 AND l.token_hash = sha256(convert_to(m.link_token, 'UTF8'))
                                AND l.revoked_at IS NULL AND l.expires_at > now()) AS has_live_link
           FROM messages m WHERE m.shop_id = $1 AND m.id = $3 AND m.conversation_id = $2",
        params![conversation, id],
        |row| {
            let message = Message::from_row(row)?;
            Ok(Linked {
                message,
                link_token: row.try_get("link_token")?,
                has_live_link: row.try_get("has_live_link")?,
            })
        },
    )
}

/// The text that repeats a failed one, if it was repeated.
pub(in super::super) fn find_retry_of(id: MessageId) -> Query<Option<Message>> {
    Query::optional("SELECT * FROM messages WHERE shop_id = $1 AND retry_of = $2", params![id], Message::from_row)
}

/// A page of a conversation's texts, the latest first.
pub(in super::super) fn list_of(conversation: ConversationId, limit: Limit, behind: Cursor) -> Query<Vec<Message>> {
    Query::list(
        "SELECT * FROM messages
          WHERE shop_id = $1 AND conversation_id = $5
            AND (created_at, id) < ($3, $4)
          ORDER BY created_at DESC, id DESC LIMIT $2",
        params![limit.and_one_more(), behind.at, behind.id, conversation],
        Message::from_row,
    )
}

/// Masks the link in a text that another one carries from now on.
pub(in super::super) fn mask_link(id: MessageId) -> Query<()> {
    Query::run(
        "UPDATE messages SET content = coalesce(replace(content, link_token, '…'), content), link_token = NULL
          WHERE shop_id = $1 AND id = $2",
        params![id],
    )
}

/// The text that a provider knows by this id.
pub(in super::super) fn find_by_provider(provider: &'static str, its_id: String) -> Query<Option<Message>> {
    Query::optional(
        "SELECT * FROM messages WHERE shop_id = $1 AND provider = $2 AND provider_message_id = $3",
        params![provider, its_id],
        Message::from_row,
    )
}

/// What a customer said, by text or on their report.
pub struct Said {
    /// Its id.
    pub id: MessageId,
    /// The customer's phone: for a text the one that it came from; for an answer on the report the one they have, if any.
    pub phone: Option<Phone>,
    /// The number that was texted, where it was a text.
    pub shop_number: Option<String>,
    /// What they said.
    pub content: String,
    /// Who carried it; `report` for an answer on the report, which no phone sent.
    pub provider: &'static str,
    /// The carrier's id for it.
    pub provider_message_id: Option<String>,
    /// The inspection that it is about, where that is known.
    pub inspection: Option<InspectionId>,
    /// When it was said, where that is told later than it was.
    pub said_at: Option<Timestamp>,
}

/// Adds what a customer said to their active conversation (see [`super::open`]), as unread. What is told late stands where it
/// was said, and brings the conversation up all the same.
#[must_use]
pub fn insert_inbound(customer: CustomerId, said: Said) -> Query<Message> {
    let segments = segments(&said.content);
    Query::one(
        "WITH made AS (
             INSERT INTO messages (shop_id, id, conversation_id, customer_id, direction, phone_number, content, segments,
                                   provider, provider_message_id, shop_number, inspection_id, status, delivered_at,
                                   created_at)
             SELECT $1, $2, x.id, x.customer_id, 'inbound', $4, $5, $6, $7, $8, $9, $10, 'delivered', now(),
                    least($11::timestamptz, clock_timestamp())
               FROM conversations x
              WHERE x.shop_id = $1 AND x.customer_id = $3 AND x.status = 'active'
             RETURNING *),
         moved AS (
             UPDATE conversations x SET last_message_at = greatest(made.created_at, now()), unread = x.unread + 1
               FROM made WHERE x.shop_id = $1 AND x.id = made.conversation_id)
         SELECT * FROM made",
        params![
            said.id,
            customer,
            said.phone,
            said.content,
            segments,
            said.provider,
            said.provider_message_id,
            said.shop_number,
            said.inspection,
            said.said_at
        ],
        Message::from_row,
    )
}

fn segments(content: &str) -> i32 {
    i32::try_from(Segments::of(content).segments).unwrap_or(i32::MAX)
}
