//! Statements of the sandbox.

use super::super::Message;
use crate::db::Query;
use crate::ids::MessageId;
use crate::params;
use crate::text::{Line, Phone};
use crate::web::{Cursor, Limit};

/// Puts a text on the customer's phone, once.
pub(in super::super) fn keep_sandbox_text(id: MessageId, content: &str) -> Query<()> {
    Query::run(
        "INSERT INTO sandbox_texts (shop_id, id, content) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
        params![id, content.to_owned()],
    )
}

/// Whether a text is on the customer's phone.
pub(in super::super) fn has_sandbox_text(id: MessageId) -> Query<bool> {
    Query::one("SELECT EXISTS (SELECT FROM sandbox_texts WHERE shop_id = $1 AND id = $2)", params![id], |row| {
        row.try_get(0)
    })
}

/// A page of what a phone shows, or every phone, the latest first: what it sent, and what reached it, word for word.
/// An answer on the report was not texted.
pub(in super::super) fn list_on_phone(phone: Option<Phone>, limit: Limit, behind: Cursor) -> Query<Vec<Message>> {
    Query::list(
        "SELECT coalesce(t.content, m.content) AS content, m.*
           FROM (SELECT * FROM messages
                  WHERE shop_id = $1 AND (direction = 'inbound' OR status IN ('sent', 'delivered'))
                    AND provider IS DISTINCT FROM 'report'
                    AND ($5::text IS NULL OR phone_number = $5)
                    AND (created_at, id) < ($3, $4)
                  ORDER BY created_at DESC, id DESC LIMIT $2) m
           LEFT JOIN sandbox_texts t ON t.shop_id = $1 AND t.id = m.id
          ORDER BY m.created_at DESC, m.id DESC",
        params![limit.and_one_more(), behind.at, behind.id, phone],
        Message::from_row,
    )
}

/// The number that the shop's customers text: its own, or the invented one.
pub(in super::super) fn line() -> Query<String> {
    Query::one("SELECT coalesce(sms_number, sandbox_number) FROM shops WHERE id = $1", params![], |row| {
        row.try_get(0)
    })
}

/// Whose phone it is, as far as the shop knows.
pub(in super::super) struct Owner {
    pub(in super::super) first_name: Option<Line<100>>,
    pub(in super::super) last_name: Option<Line<100>>,
    pub(in super::super) phone: Phone,
}

/// The customers' phones, those first with whom something was texted last.
pub(in super::super) fn owners(limit: Limit) -> Query<Vec<Owner>> {
    Query::list(
        "SELECT c.first_name, c.last_name, c.phone
           FROM (SELECT * FROM conversations x WHERE x.shop_id = $1
                  ORDER BY x.active_at DESC, x.id DESC LIMIT $2) x
           JOIN customers c ON c.shop_id = $1 AND c.id = x.customer_id
          WHERE c.phone IS NOT NULL AND c.deleted_at IS NULL
          ORDER BY x.active_at DESC, x.id DESC",
        params![limit.and_one_more()],
        |row| {
            Ok(Owner {
                first_name: row.try_get("first_name")?,
                last_name: row.try_get("last_name")?,
                phone: row.try_get("phone")?,
            })
        },
    )
}
