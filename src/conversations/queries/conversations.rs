//! Statements about conversations.

use tokio_postgres::Error;

use super::super::{Conversation, ConversationStatus, Correspondent, Message};
use crate::db::{Query, Row};
use crate::ids::{ConversationId, CustomerId, MessageId};
use crate::params;
use crate::text::Line;
use crate::web::{Cursor, Limit};

/// Dresses chosen rows of `conversations` with the customer and the last message, so that a page is cut before the joins.
macro_rules! dressed {
    ($chosen:literal) => {
        concat!(
            "SELECT x.*, courtesy.has_opted_out($1, c.phone) AS has_opted_out,
                    '' AS \"/customer\", c.*, '' AS \"/last_message\", m.*
               FROM (",
            $chosen,
            ") x
               JOIN customers c ON c.shop_id = $1 AND c.id = x.customer_id
               LEFT JOIN LATERAL (
                    SELECT * FROM messages m WHERE m.shop_id = $1 AND m.conversation_id = x.id
                     ORDER BY m.created_at DESC, m.id DESC LIMIT 1) m ON true
              ORDER BY x.active_at DESC, x.id DESC"
        )
    };
}

impl Conversation {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let has_opted_out = row.try_get("has_opted_out")?;
        let (customer, message) = (row.part("customer"), row.part("last_message"));
        let customer = Correspondent::from_row(&customer)?;
        let has_message = message.try_get::<Option<MessageId>>("id")?.is_some();
        Ok(Self {
            id: row.try_get("id")?,
            customer_id: row.try_get("customer_id")?,
            shop_id: row.try_get("shop_id")?,
            subject: row.try_get("subject")?,
            status: row.try_get("status")?,
            last_message_at: row.try_get("last_message_at")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
            unread: row.try_get("unread")?,
            active_at: row.try_get("active_at")?,
            last_message: has_message.then(|| Message::from_row(&message)).transpose()?,
            may_text: customer.may_text(has_opted_out).is_ok(),
            wants_no_texts: row.try_get("wants_no_texts")?,
            customer,
            has_opted_out,
        })
    }
}

impl Correspondent {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.try_get("id")?,
            first_name: row.try_get("first_name")?,
            last_name: row.try_get("last_name")?,
            email: row.try_get("email")?,
            phone: row.try_get("phone")?,
            sms_opt_in: row.try_get("sms_opt_in")?,
            status: row.try_get("status")?,
            deleted_at: row.try_get("deleted_at")?,
        })
    }
}

/// A page of the conversations, the one where something was said last first.
pub(in super::super) fn list(limit: Limit, behind: Cursor) -> Query<Vec<Conversation>> {
    Query::list(
        dressed!(
            "SELECT * FROM conversations
              WHERE shop_id = $1 AND (active_at, id) < ($3, $4)
              ORDER BY active_at DESC, id DESC LIMIT $2"
        ),
        params![limit.and_one_more(), behind.at, behind.id],
        Conversation::from_row,
    )
}

/// One conversation.
pub(in super::super) fn find(id: ConversationId) -> Query<Conversation> {
    Query::one(
        dressed!("SELECT * FROM conversations WHERE shop_id = $1 AND id = $2"),
        params![id],
        Conversation::from_row,
    )
}

/// The conversation with this id, if there is one.
pub(in super::super) fn find_any(id: ConversationId) -> Query<Option<Conversation>> {
    Query::optional(
        dressed!("SELECT * FROM conversations WHERE shop_id = $1 AND id = $2"),
        params![id],
        Conversation::from_row,
    )
}

/// The customer's active conversation.
pub(in super::super) fn find_active(customer: CustomerId) -> Query<Option<Conversation>> {
    Query::optional(
        dressed!("SELECT * FROM conversations WHERE shop_id = $1 AND customer_id = $2 AND status = 'active'"),
        params![customer],
        Conversation::from_row,
    )
}

/// Makes sure that the customer has an active conversation, and holds it until the transaction ends: the one there is,
/// or the latest closed one reopened, or a new one. The customer is held first, deleted or not, so that two who open at
/// once don't make two of them: who was deleted can still answer on their report.
#[must_use]
pub fn open(customer: CustomerId) -> (Query<()>, Query<()>) {
    (hold_customer(customer).map(drop), open_held(customer))
}

/// The same of a customer who is held already, or whom nobody else knows yet.
pub(in super::super) fn open_held(customer: CustomerId) -> Query<()> {
    Query::run(
        "WITH latest AS (
             UPDATE conversations SET status = 'active'
              WHERE shop_id = $1
                AND id = (SELECT x.id FROM conversations x WHERE x.shop_id = $1 AND x.customer_id = $2
                           ORDER BY x.status = 'active' DESC, x.active_at DESC, x.id DESC LIMIT 1)
             RETURNING id)
         INSERT INTO conversations (shop_id, customer_id, id)
         SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT FROM latest)",
        params![customer, ConversationId::new()],
    )
}

/// Holds a customer, deleted or not, until the transaction ends, against whoever else opens, closes or reopens their
/// conversations. False where there is no such customer, or no longer.
pub(in super::super) fn hold_customer(customer: CustomerId) -> Query<bool> {
    Query::optional(
        "SELECT deleted_at IS NULL FROM customers WHERE shop_id = $1 AND id = $2 FOR NO KEY UPDATE",
        params![customer],
        |row| row.try_get(0),
    )
    .map(Option::unwrap_or_default)
}

/// Holds the customer of a conversation, likewise.
pub(in super::super) fn hold(id: ConversationId) -> Query<()> {
    Query::run(
        "SELECT FROM customers c JOIN conversations x ON x.shop_id = $1 AND x.customer_id = c.id
          WHERE c.shop_id = $1 AND x.id = $2 FOR NO KEY UPDATE OF c",
        params![id],
    )
}

/// Begins a conversation with a customer, unless one is active or the id is taken; tells whether it did.
pub(in super::super) fn begin_with(
    customer: CustomerId,
    id: ConversationId,
    subject: Option<Line<500>>,
) -> Query<bool> {
    Query::optional(
        "INSERT INTO conversations (shop_id, customer_id, id, subject)
         SELECT $1, c.id, $3, $4 FROM customers c WHERE c.shop_id = $1 AND c.id = $2 AND c.deleted_at IS NULL
         ON CONFLICT DO NOTHING RETURNING id",
        params![customer, id, subject],
        |_| Ok(()),
    )
    .map(|made| made.is_some())
}

/// Makes a conversation the active one; the constraint `conversations_one_active` refuses where another is.
pub(in super::super) fn reopen(id: ConversationId) -> Query<()> {
    save(id, Some(ConversationStatus::Active), None)
}

/// Closes or reopens a conversation, and notes that it was read, or is to be read again.
pub(in super::super) fn save(
    id: ConversationId,
    status: Option<ConversationStatus>,
    is_read: Option<bool>,
) -> Query<()> {
    Query::run(
        "UPDATE conversations
            SET status = coalesce($3, status),
                unread = CASE $4::boolean WHEN true THEN 0 WHEN false THEN greatest(unread, 1) ELSE unread END
          WHERE shop_id = $1 AND id = $2",
        params![id, status, is_read],
    )
}
