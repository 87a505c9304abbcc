//! Statements about report links and what happens under them.

use serde_json::json;

use super::answers::Answered;
use super::picture;
use crate::db::{Query, TokenHash};
use crate::ids::{InspectionId, ItemId, LinkId, MessageId, PhotoId};
use crate::inspections::{Answer, Event, SentVia};
use crate::params;

/// How the customer of an inspection stands to texts.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// Whether their phone said STOP.
    pub has_opted_out: bool,
    /// Whether it was texted before.
    pub was_texted: bool,
}

/// How the customer of an inspection stands to texts.
#[must_use]
pub fn standing_of(id: InspectionId) -> Query<Standing> {
    Query::one(
        "SELECT courtesy.has_opted_out($1, c.phone) AS has_opted_out,
                courtesy.was_texted($1, c.phone) AS was_texted
           FROM inspections i
           JOIN vehicles v ON v.shop_id = $1 AND v.id = i.vehicle_id
           JOIN customers c ON c.shop_id = $1 AND c.id = v.customer_id
          WHERE i.shop_id = $1 AND i.id = $2",
        params![id],
        |row| Ok(Standing { has_opted_out: row.try_get("has_opted_out")?, was_texted: row.try_get("was_texted")? }),
    )
}

/// Makes a link that opens for 90 days, and moves the inspection to sent if it was not: when and how is kept of the
/// sending that did so. What is sent again after a correction has not been looked at yet.
pub(super) fn send(id: InspectionId, link: TokenHash, via: SentVia) -> Query<()> {
    Query::run(
        "WITH link AS (
             INSERT INTO report_links (shop_id, id, inspection_id, token_hash, created_by, expires_at)
             VALUES ($1, $3, $2, $4, courtesy.current_person(), now() + interval '90 days')
             RETURNING expires_at)
         UPDATE inspections i
            SET status = 'sent', report_expires_at = link.expires_at,
                sent_at = CASE WHEN i.status = 'sent' THEN i.sent_at ELSE now() END,
                sent_via = CASE WHEN i.status = 'sent' THEN i.sent_via ELSE $5 END,
                viewed_at = CASE WHEN i.status = 'sent' THEN i.viewed_at END
           FROM link WHERE i.shop_id = $1 AND i.id = $2",
        params![id, LinkId::new(), link.0.to_vec(), via],
    )
}

/// Fails the transaction unless this text about this inspection is queued: its id may belong to something else.
pub(super) fn demand_queued(inspection: InspectionId, message: MessageId) -> Query<()> {
    Query::run(
        "SELECT courtesy.demand(EXISTS (SELECT FROM messages m
                                         WHERE m.shop_id = $1 AND m.id = $2 AND m.inspection_id = $3), 'CIIDT')",
        params![message, inspection],
    )
}

/// The digest of a photo that stands on a report which can be read now: see [`super::picture`].
pub(super) fn find_photo(inspection: InspectionId, photo: PhotoId) -> Query<Vec<u8>> {
    Query::one(
        "SELECT p.digest FROM inspection_photos p
           JOIN inspections i ON i.shop_id = $1 AND i.id = p.inspection_id
          WHERE p.shop_id = $1 AND p.inspection_id = $2 AND p.id = $3 AND p.deleted_at IS NULL
            AND (p.kind IS NULL OR p.kind <> ALL ($4)) AND i.status = 'sent' AND i.deleted_at IS NULL",
        params![inspection, photo, picture::HIDDEN.to_vec()],
        |row| row.try_get("digest"),
    )
}

/// Revokes every link of a report, with the event that says so; fails where there is no such inspection.
pub(super) fn revoke(id: InspectionId) -> Query<()> {
    Query::one(
        "WITH revoked AS (
             UPDATE report_links SET revoked_at = now()
              WHERE shop_id = $1 AND inspection_id = $2 AND revoked_at IS NULL RETURNING id),
         told AS (
             INSERT INTO inspection_events (shop_id, inspection_id, user_id, kind)
             SELECT $1, $2, courtesy.current_person(), $3 WHERE EXISTS (SELECT FROM revoked))
         SELECT FROM inspections WHERE shop_id = $1 AND id = $2 AND deleted_at IS NULL",
        params![id, Event::Revoked],
        |_| Ok(()),
    )
}

/// Notes what the customer wants done, with the event that says so.
pub(super) fn note_answers(inspection: InspectionId, answers: &[Answered]) -> Query<()> {
    let ids: Vec<ItemId> = answers.iter().map(|answered| answered.finding).collect();
    let said: Vec<Answer> = answers.iter().map(|answered| answered.answer).collect();
    let told: Vec<_> = answers.iter().map(|a| json!({ "component": a.label, "answer": a.answer })).collect();
    Query::run(
        "WITH told AS (
             INSERT INTO inspection_events (shop_id, inspection_id, kind, after) VALUES ($1, $2, $5, $6))
         UPDATE inspection_items x SET customer_answer = t.answer, customer_answered_at = now()
           FROM unnest($3::uuid[], $4::text[]) AS t (id, answer)
          WHERE x.shop_id = $1 AND x.inspection_id = $2 AND x.id = t.id",
        params![inspection, ids, said, Event::Answered, json!(told)],
    )
}

/// Notes that the customer has looked, the first time they do.
pub(super) fn note_viewed(id: InspectionId) -> Query<()> {
    Query::run(
        "WITH seen AS (
             UPDATE inspections SET viewed_at = now()
              WHERE shop_id = $1 AND id = $2 AND status = 'sent' AND viewed_at IS NULL RETURNING id)
         INSERT INTO inspection_events (shop_id, inspection_id, kind, after)
         SELECT $1, seen.id, $3, $4 FROM seen",
        params![id, Event::Viewed, json!({})],
    )
}
