//! What the page of conversations reads, all of it in one flight.

use postgres_types::Json;
use tokio_postgres::Error;

use super::correspondent::Correspondent;
use super::entry::Said;
use super::talk::{LastText, Talk};
use crate::conversations::{Direction, Message, TextedPicture, wordless};
use crate::customers::Customer;
use crate::db::{Query, Row};
use crate::ids::{ConversationId, CustomerId, InspectionId};
use crate::inspections::ListedInspection;
use crate::params;
use crate::vehicles::Vehicle;
use crate::web::{Cursor, Limit, Search};

/// A page of the conversations that are searched for: by the customer's name, phone, plate or VIN, or by words that were
/// said. The one where something was said last comes first.
pub(super) fn talks(search: &Search, limit: Limit, behind: Cursor) -> Query<Vec<Talk>> {
    Query::list(
        "SELECT x.id, x.status, x.unread, x.active_at, c.first_name, c.last_name, c.phone,
                NOT c.sms_opt_in OR courtesy.has_opted_out($1, c.phone) AS has_opted_out,
                m.content, m.pictures, m.direction, m.status AS text_status
           FROM (SELECT * FROM conversations x
                  WHERE x.shop_id = $1 AND (x.active_at, x.id) < ($3, $4)
                    AND CASE WHEN cardinality($5::text[]) = 0 THEN true ELSE
                        EXISTS (SELECT FROM customers c
                                 WHERE c.shop_id = $1 AND c.id = x.customer_id
                                   AND (c.search_key LIKE ALL (ARRAY(SELECT lower(word) FROM unnest($5::text[]) AS word))
                                        OR c.phone LIKE $6))
                        OR EXISTS (SELECT FROM vehicles v
                                    WHERE v.shop_id = $1 AND v.customer_id = x.customer_id AND v.deleted_at IS NULL
                                      AND (v.plate_key LIKE $7 OR v.vin LIKE $7))
                        OR EXISTS (SELECT FROM messages m
                                    WHERE m.shop_id = $1 AND m.conversation_id = x.id
                                      AND lower(m.content) LIKE ALL (ARRAY(SELECT lower(word) FROM unnest($5::text[]) AS word))) END
                  ORDER BY x.active_at DESC, x.id DESC LIMIT $2) x
           JOIN customers c ON c.shop_id = $1 AND c.id = x.customer_id
           LEFT JOIN LATERAL (
                SELECT * FROM messages m WHERE m.shop_id = $1 AND m.conversation_id = x.id
                 ORDER BY m.created_at DESC, m.id DESC LIMIT 1) m ON true
          ORDER BY x.active_at DESC, x.id DESC",
        params![limit.and_one_more(), behind.at, behind.id, search.words(), search.phone(), search.plate_or_vin()],
        Talk::from_row,
    )
}

impl Talk {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let words: Option<String> = row.try_get("content")?;
        let last = words.map(|words| {
            let (direction, status) = (row.try_get::<Direction>("direction")?, row.try_get("text_status")?);
            let Json(pictures) = row.try_get::<Json<Vec<TextedPicture>>>("pictures")?;
            let words = if words.trim().is_empty() { wordless(&pictures) } else { words };
            Ok(LastText { words, direction, status })
        });
        Ok(Self {
            id: row.try_get("id")?,
            status: row.try_get("status")?,
            unread: row.try_get("unread")?,
            active_at: row.try_get("active_at")?,
            first_name: row.try_get("first_name")?,
            last_name: row.try_get("last_name")?,
            phone: row.try_get("phone")?,
            has_opted_out: row.try_get("has_opted_out")?,
            last: last.transpose()?,
        })
    }
}

/// Whom a conversation is with.
pub(super) fn correspondent(id: ConversationId) -> Query<Correspondent> {
    Query::one(
        "SELECT c.*, courtesy.has_opted_out($1, c.phone) AS has_opted_out,
                courtesy.was_texted($1, c.phone) AS was_texted, '' AS \"/conversation\", x.*
           FROM conversations x
           JOIN customers c ON c.shop_id = $1 AND c.id = x.customer_id
          WHERE x.shop_id = $1 AND x.id = $2",
        params![id],
        |row| {
            let conversation = row.part("conversation");
            Ok(Correspondent {
                id: conversation.try_get("id")?,
                status: conversation.try_get("status")?,
                unread: conversation.try_get("unread")?,
                wants_no_texts: conversation.try_get("wants_no_texts")?,
                customer: Customer::from_row(row)?,
                has_opted_out: row.try_get("has_opted_out")?,
                was_texted: row.try_get("was_texted")?,
            })
        },
    )
}

/// The texts of a conversation, the latest first: all from this one on, and a page of those before it. More than a thousand
/// nobody reads.
pub(super) fn texts(conversation: ConversationId, limit: Limit, since: Cursor) -> Query<Vec<Said>> {
    Query::list(
        "SELECT m.*, u.first_name AS written_by,
                CASE WHEN m.direction = 'outbound' AND m.created_at <= i.viewed_at AND NOT EXISTS (
                          SELECT FROM messages o
                           WHERE o.shop_id = $1 AND o.inspection_id = m.inspection_id AND o.direction = 'outbound'
                             AND o.status <> 'failed' AND o.created_at <= i.viewed_at
                             AND (o.created_at, o.id) > (m.created_at, m.id))
                     THEN i.viewed_at END AS report_viewed_at,
                EXISTS (SELECT FROM messages o WHERE o.shop_id = $1 AND o.retry_of = m.id) AS is_repeated,
                EXISTS (SELECT FROM report_links l
                         WHERE l.shop_id = $1 AND l.token_hash = sha256(convert_to(m.link_token, 'UTF8'))
                           AND l.revoked_at IS NULL AND l.expires_at > now()) AS has_live_link
           FROM ((SELECT * FROM messages m
                   WHERE m.shop_id = $1 AND m.conversation_id = $5 AND (m.created_at, m.id) >= ($3, $4)
                   ORDER BY m.created_at DESC, m.id DESC LIMIT 1000)
                 UNION ALL
                 (SELECT * FROM messages m
                   WHERE m.shop_id = $1 AND m.conversation_id = $5 AND (m.created_at, m.id) < ($3, $4)
                   ORDER BY m.created_at DESC, m.id DESC LIMIT $2)) m
           LEFT JOIN users u ON u.shop_id = $1 AND u.id = m.user_id
           LEFT JOIN inspections i ON i.shop_id = $1 AND i.id = m.inspection_id
          ORDER BY m.created_at DESC, m.id DESC",
        params![limit.and_one_more(), since.at, since.id, conversation],
        |row| {
            Ok(Said {
                message: Message::from_row(row)?,
                by: row.try_get("written_by")?,
                viewed_at: row.try_get("report_viewed_at")?,
                is_repeated: row.try_get("is_repeated")?,
                has_live_link: row.try_get("has_live_link")?,
            })
        },
    )
}

/// The cars of whom a conversation is with, those added last first.
pub(super) fn cars(conversation: ConversationId) -> Query<Vec<Vehicle>> {
    Query::list(
        "SELECT v.* FROM vehicles v
          WHERE v.shop_id = $1 AND v.deleted_at IS NULL
            AND v.customer_id = (SELECT x.customer_id FROM conversations x WHERE x.shop_id = $1 AND x.id = $2)
          ORDER BY v.created_at DESC, v.id DESC LIMIT 5",
        params![conversation],
        Vehicle::from_row,
    )
}

/// The last visits of these cars, the latest first.
pub(super) fn visits(conversation: ConversationId) -> Query<Vec<ListedInspection>> {
    Query::list(
        "SELECT coalesce(i.ratings, courtesy.ratings_of($1, i.id)) AS ratings, i.*,
                '' AS \"/vehicle\", v.*, '' AS \"/customer\", c.*,
                '' AS \"/assignee\", u.id, u.shop_id, u.email, u.role, u.first_name, u.last_name, u.phone, u.status,
                u.created_at, u.updated_at, u.deleted_at
           FROM conversations x
           JOIN customers c ON c.shop_id = $1 AND c.id = x.customer_id
           JOIN LATERAL (
                SELECT * FROM vehicles v
                 WHERE v.shop_id = $1 AND v.customer_id = c.id AND v.deleted_at IS NULL
                 ORDER BY v.created_at DESC, v.id DESC LIMIT 5) v ON true
           JOIN LATERAL (
                SELECT * FROM inspections i
                 WHERE i.shop_id = $1 AND i.vehicle_id = v.id AND i.deleted_at IS NULL
                 ORDER BY i.created_at DESC, i.id DESC LIMIT 3) i ON true
           LEFT JOIN users u ON u.shop_id = $1 AND u.id = i.assigned_to
          WHERE x.shop_id = $1 AND x.id = $2
          ORDER BY i.created_at DESC, i.id DESC",
        params![conversation],
        ListedInspection::from_row,
    )
}

/// The report that went out last to whom a conversation is with.
pub(super) fn last_report(conversation: ConversationId) -> Query<Option<InspectionId>> {
    Query::optional(
        "SELECT i.id FROM conversations x
           JOIN vehicles v ON v.shop_id = $1 AND v.customer_id = x.customer_id AND v.deleted_at IS NULL
           JOIN inspections i ON i.shop_id = $1 AND i.vehicle_id = v.id
          WHERE x.shop_id = $1 AND x.id = $2 AND i.status = 'sent' AND i.deleted_at IS NULL
          ORDER BY i.sent_at DESC, i.id DESC LIMIT 1",
        params![conversation],
        |row| row.try_get("id"),
    )
}

/// The conversation in which a customer is texted: the one that goes on, or else the latest.
pub(super) fn last_talk_with(customer: CustomerId) -> Query<Option<ConversationId>> {
    Query::optional(
        "SELECT x.id FROM conversations x WHERE x.shop_id = $1 AND x.customer_id = $2
          ORDER BY x.status = 'active' DESC, x.active_at DESC, x.id DESC LIMIT 1",
        params![customer],
        |row| row.try_get("id"),
    )
}
