//! Statements about who is behind a phone number.

use crate::db::Query;
use crate::ids::{CustomerId, MessageId};
use crate::params;
use crate::text::Phone;

/// Holds a phone number until the transaction ends: two first texts from one stranger don't make two customers, and a
/// text that the provider hands over twice at once comes in once.
pub(in super::super) fn hold_phone(phone: Phone) -> Query<()> {
    Query::run("SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text || $2, 0))", params![phone])
}

/// Holds everybody who has this phone, deleted or not, as [`super::hold_sharers`] does.
pub(in super::super) fn hold_all_with(phone: Phone) -> Query<()> {
    Query::run(
        "SELECT FROM customers WHERE shop_id = $1 AND phone = $2 ORDER BY id FOR NO KEY UPDATE",
        params![phone],
    )
}

/// What is known of a text and of the phone that it comes from.
pub(in super::super) struct Sender {
    /// The text, where it came in before.
    pub(in super::super) known_text: Option<MessageId>,
    /// The customer with this phone. Where several share it, the one whom the shop texted last, else whoever came last.
    pub(in super::super) customer: Option<CustomerId>,
    /// Whether the phone's last word is a STOP.
    pub(in super::super) has_opted_out: bool,
}

/// Who sent the text that the provider knows by this id. The customer is held until the transaction ends, as by
/// [`super::open`]; those who share the phone are held before.
pub(in super::super) fn find_sender(phone: Phone, provider: &'static str, its_id: String) -> Query<Sender> {
    Query::one(
        "SELECT courtesy.has_opted_out($1, $2) AS has_opted_out,
                (SELECT m.id FROM messages m
                  WHERE m.shop_id = $1 AND m.provider = $3 AND m.provider_message_id = $4) AS known_text,
                (SELECT c.id FROM customers c
                  WHERE c.shop_id = $1 AND c.phone = $2 AND c.deleted_at IS NULL
                  ORDER BY (SELECT max(m.created_at) FROM messages m
                             WHERE m.shop_id = $1 AND m.customer_id = c.id AND m.direction = 'outbound'
                               AND m.phone_number = $2) DESC NULLS LAST,
                           c.created_at DESC, c.id DESC
                  LIMIT 1 FOR NO KEY UPDATE OF c) AS customer",
        params![phone, provider, its_id],
        |row| {
            Ok(Sender {
                known_text: row.try_get("known_text")?,
                customer: row.try_get("customer")?,
                has_opted_out: row.try_get("has_opted_out")?,
            })
        },
    )
}

/// Adds somebody of whom only the phone is known.
pub(in super::super) fn insert_stranger(id: CustomerId, phone: Phone) -> Query<()> {
    Query::run("INSERT INTO customers (shop_id, id, phone) VALUES ($1, $2, $3)", params![id, phone])
}
