//! Statements about consent, which belongs to a shop and a phone, not to a customer's row.

use jiff::Timestamp;

use crate::db::Query;
use crate::ids::{ConversationId, CustomerId, MessageId};
use crate::params;
use crate::text::{Line, Phone};

/// Holds everybody who has the phone of a conversation's customer, deleted or not, until the transaction ends. A word about
/// being texted holds for all of them. Whoever writes one down takes them before anything else and in the order of their
/// ids, whomever it is about: two who began with different ones would wait for each other.
pub(in super::super) fn hold_sharers(id: ConversationId) -> Query<()> {
    Query::run(
        "SELECT FROM conversations x
           JOIN customers c ON c.shop_id = $1 AND c.id = x.customer_id
           JOIN customers o ON o.shop_id = $1 AND o.phone = c.phone
          WHERE x.shop_id = $1 AND x.id = $2
          ORDER BY o.id FOR NO KEY UPDATE OF o",
        params![id],
    )
}

/// Whether this shop has texted the phone of a conversation's customer before; fails where there is no such conversation.
pub(in super::super) fn was_texted_in(conversation: ConversationId) -> Query<bool> {
    Query::one(
        "SELECT courtesy.was_texted($1, c.phone)
           FROM conversations x
           JOIN customers c ON c.shop_id = $1 AND c.id = x.customer_id
          WHERE x.shop_id = $1 AND x.id = $2",
        params![conversation],
        |row| row.try_get(0),
    )
}

/// Keeps the customer's own word: `welcome` for START, otherwise STOP. The rows of whoever has this phone say the same from
/// then on, so that writing a row back as it was read changes nothing. A word that is told late counts from when it was
/// said, so that an older START does not lift a STOP.
pub(in super::super) fn record_keyword(
    phone: Phone,
    welcome: bool,
    said_in: MessageId,
    said_at: Option<Timestamp>,
) -> Query<()> {
    Query::run(
        "WITH noted AS (
             UPDATE customers SET sms_opt_in = $3 WHERE shop_id = $1 AND phone = $2 AND sms_opt_in <> $3
                AND NOT EXISTS (SELECT FROM consent_events e
                                 WHERE e.shop_id = $1 AND e.phone = $2 AND e.created_at > $5::timestamptz))
         INSERT INTO consent_events (shop_id, phone, kind, source, message_id, created_at)
         VALUES ($1, $2, CASE WHEN $3 THEN 'opt_in' ELSE 'opt_out' END, 'keyword', $4,
                 coalesce($5, clock_timestamp()))",
        params![phone, welcome, said_in, said_at],
    )
}

/// Notes on the customer's active conversation whether what they said sounds like a STOP that somebody has to look at.
pub(in super::super) fn note_wish(customer: CustomerId, wants_no_texts: bool) -> Query<()> {
    Query::run(
        "UPDATE conversations SET wants_no_texts = $3
          WHERE shop_id = $1 AND customer_id = $2 AND status = 'active' AND wants_no_texts <> $3",
        params![customer, wants_no_texts],
    )
}

/// Keeps what somebody said in person, with who recorded it and how it was given, unless that is their last word already.
/// The rows of whoever has this phone say the same from then on.
pub(in super::super) fn record_in_person(phone: Phone, welcome: bool, reason: Line<500>) -> Query<()> {
    Query::run(
        "WITH noted AS (
             UPDATE customers SET sms_opt_in = $3::boolean
              WHERE shop_id = $1 AND phone = $2::text AND sms_opt_in <> $3),
         last AS (
             SELECT e.kind, e.source, e.reason FROM consent_events e WHERE e.shop_id = $1 AND e.phone = $2::text
              ORDER BY e.created_at DESC, e.id DESC LIMIT 1)
         INSERT INTO consent_events (shop_id, phone, kind, source, user_id, reason)
         SELECT $1, $2::text, said.kind, 'staff', courtesy.current_person(), $4::text
           FROM (VALUES (CASE WHEN $3::boolean THEN 'opt_in' ELSE 'opt_out' END)) AS said (kind)
          WHERE NOT EXISTS (SELECT FROM last
                             WHERE last.kind = said.kind AND last.source = 'staff' AND last.reason = $4::text)",
        params![phone, welcome, reason],
    )
}

/// Somebody has looked at what the customer said.
pub(in super::super) fn wish_was_heard(id: ConversationId) -> Query<()> {
    Query::run(
        "UPDATE conversations SET wants_no_texts = false WHERE shop_id = $1 AND id = $2 AND wants_no_texts",
        params![id],
    )
}
