//! Statements about who is behind a phone number.

use crate::db::Query;
use crate::ids::CustomerId;
use crate::params;
use crate::text::Phone;

/// Holds a phone number until the transaction ends: two first texts from one stranger don't make two customers, and a
/// text that the provider hands over twice at once comes in once.
pub(in super::super) fn hold_phone(phone: Phone) -> Query<()> {
    Query::run("SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text || $2, 0))", params![phone])
}

/// The customer with this phone, and whether its last word is a STOP. Where several customers share it, the one whom the
/// shop texted last, else whoever came last.
pub(in super::super) fn find_sender(phone: Phone) -> Query<(Option<CustomerId>, bool)> {
    Query::one(
        "SELECT courtesy.has_opted_out($1, $2) AS has_opted_out,
                (SELECT c.id FROM customers c
                  WHERE c.shop_id = $1 AND c.phone = $2 AND c.deleted_at IS NULL
                  ORDER BY (SELECT max(m.created_at) FROM messages m
                             WHERE m.shop_id = $1 AND m.customer_id = c.id AND m.direction = 'outbound'
                               AND m.phone_number = $2) DESC NULLS LAST,
                           c.created_at DESC, c.id DESC
                  LIMIT 1) AS customer_id",
        params![phone],
        |row| Ok((row.try_get("customer_id")?, row.try_get("has_opted_out")?)),
    )
}

/// Adds somebody of whom only the phone is known.
pub(in super::super) fn insert_stranger(id: CustomerId, phone: Phone) -> Query<()> {
    Query::run("INSERT INTO customers (shop_id, id, phone) VALUES ($1, $2, $3)", params![id, phone])
}
