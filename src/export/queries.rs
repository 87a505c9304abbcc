//! Statements that read a page of what is taken away, those made last first.

use serde_json::Value;
use tokio_postgres::Error;
use uuid::Uuid;

use super::{Finding, Found, Kept, Owned};
use crate::customers::Customer;
use crate::db::{Query, Row};
use crate::ids::PhotoId;
use crate::params;
use crate::vehicles::Vehicle;
use crate::web::{Cursor, Limit};

/// Vehicles with their owners.
pub(super) fn vehicles(limit: Limit, behind: Cursor) -> Query<Vec<Owned>> {
    Query::list(
        "SELECT v.*, '' AS \"/owner\", c.*
           FROM (SELECT * FROM vehicles
                  WHERE shop_id = $1 AND deleted_at IS NULL AND (created_at, id) < ($3, $4)
                  ORDER BY created_at DESC, id DESC LIMIT $2) v
           JOIN customers c ON c.shop_id = $1 AND c.id = v.customer_id
          ORDER BY v.created_at DESC, v.id DESC",
        params![limit.and_one_more(), behind.at, behind.id],
        |row| Ok(Owned { vehicle: Vehicle::from_row(row)?, owner: Customer::from_row(&row.part("owner"))? }),
    )
}

/// Inspections with everything that was found, a row each.
pub(super) fn findings(limit: Limit, behind: Cursor) -> Query<Vec<Found>> {
    Query::list(
        "SELECT i.id, i.status, i.created_at, i.completed_at, i.sent_at, i.odometer_reading,
                nullif(concat_ws(' ', u.first_name, u.last_name), '') AS mechanic,
                '' AS \"/vehicle\", v.*, '' AS \"/owner\", c.*, '' AS \"/finding\", x.category, x.component,
                CASE WHEN NOT x.not_applicable THEN x.severity END AS severity, x.measurement::float8 AS measurement,
                x.notes, x.customer_answer
           FROM (SELECT * FROM inspections
                  WHERE shop_id = $1 AND deleted_at IS NULL AND (created_at, id) < ($3, $4)
                  ORDER BY created_at DESC, id DESC LIMIT $2) i
           JOIN vehicles v ON v.shop_id = $1 AND v.id = i.vehicle_id
           JOIN customers c ON c.shop_id = $1 AND c.id = v.customer_id
           LEFT JOIN users u ON u.shop_id = $1 AND u.id = i.assigned_to
           LEFT JOIN inspection_items x ON x.shop_id = $1 AND x.inspection_id = i.id
          ORDER BY i.created_at DESC, i.id DESC, x.category, x.component",
        params![limit.and_one_more(), behind.at, behind.id],
        Found::from_row,
    )
}

impl Found {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let part = row.part("finding");
        let category: Option<String> = part.try_get("category")?;
        let finding = category.map(|category| {
            Ok::<_, Error>(Finding {
                category,
                component: part.try_get("component")?,
                severity: part.try_get("severity")?,
                measurement: part.try_get("measurement")?,
                notes: part.try_get("notes")?,
                answer: part.try_get("customer_answer")?,
            })
        });
        Ok(Self {
            inspection: row.try_get("id")?,
            vehicle: Vehicle::from_row(&row.part("vehicle"))?,
            owner: Customer::from_row(&row.part("owner"))?,
            mechanic: row.try_get("mechanic")?,
            status: row.try_get("status")?,
            created_at: row.try_get("created_at")?,
            completed_at: row.try_get("completed_at")?,
            sent_at: row.try_get("sent_at")?,
            odometer: row.try_get("odometer_reading")?,
            finding: finding.transpose()?,
        })
    }
}

impl Kept {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self { id: row.try_get("id")?, row: row.try_get::<Value>("kept")? })
    }
}

/// The shop itself.
pub(super) fn shop(limit: Limit, behind: Uuid) -> Query<Vec<Kept>> {
    Query::list(
        "SELECT s.id, to_jsonb(s) - 'client_digest' AS kept FROM shops s WHERE s.id = $1 AND s.id < $3 LIMIT $2",
        params![limit.and_one_more(), behind],
        Kept::from_row,
    )
}

/// Its people: what may be read of them, which is never a password's hash.
pub(super) fn people(limit: Limit, behind: Uuid) -> Query<Vec<Kept>> {
    Query::list(
        "SELECT u.id, to_jsonb(u) AS kept
           FROM (SELECT id, shop_id, email, role, first_name, last_name, phone, status, created_at, updated_at, deleted_at
                   FROM users WHERE shop_id = $1 AND id < $3 ORDER BY id DESC LIMIT $2) u
          ORDER BY u.id DESC",
        params![limit.and_one_more(), behind],
        Kept::from_row,
    )
}

/// Customers, also those who were deleted.
pub(super) fn customers(limit: Limit, behind: Uuid) -> Query<Vec<Kept>> {
    Query::list(
        "SELECT c.id, to_jsonb(c) - '{client_digest,search_key}'::text[] AS kept FROM customers c
          WHERE c.shop_id = $1 AND c.id < $3 ORDER BY c.id DESC LIMIT $2",
        params![limit.and_one_more(), behind],
        Kept::from_row,
    )
}

/// Vehicles, also those that were deleted.
pub(super) fn all_vehicles(limit: Limit, behind: Uuid) -> Query<Vec<Kept>> {
    Query::list(
        "SELECT v.id, to_jsonb(v) - '{client_digest,search_key,plate_key}'::text[] AS kept FROM vehicles v
          WHERE v.shop_id = $1 AND v.id < $3 ORDER BY v.id DESC LIMIT $2",
        params![limit.and_one_more(), behind],
        Kept::from_row,
    )
}

/// Inspections with what was found, what happened, and the links that were handed out, without what opens them.
pub(super) fn inspections(limit: Limit, behind: Uuid) -> Query<Vec<Kept>> {
    Query::list(
        "SELECT i.id, to_jsonb(i) - '{client_digest,ratings}'::text[] || jsonb_build_object(
                    'findings', (SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.category, x.component), '[]')
                                   FROM inspection_items x WHERE x.shop_id = $1 AND x.inspection_id = i.id),
                    'events', (SELECT coalesce(jsonb_agg(to_jsonb(e) ORDER BY e.created_at, e.id), '[]')
                                 FROM inspection_events e WHERE e.shop_id = $1 AND e.inspection_id = i.id),
                    'links', (SELECT coalesce(jsonb_agg(to_jsonb(l) - 'token_hash' ORDER BY l.created_at, l.id), '[]')
                                FROM report_links l WHERE l.shop_id = $1 AND l.inspection_id = i.id),
                    'photos', (SELECT coalesce(jsonb_agg(to_jsonb(p) - 'digest' ORDER BY p.position, p.id), '[]')
                                 FROM inspection_photos p
                                WHERE p.shop_id = $1 AND p.inspection_id = i.id)) AS kept
           FROM (SELECT * FROM inspections WHERE shop_id = $1 AND id < $3 ORDER BY id DESC LIMIT $2) i
          ORDER BY i.id DESC",
        params![limit.and_one_more(), behind],
        Kept::from_row,
    )
}

/// Threads of texts.
pub(super) fn conversations(limit: Limit, behind: Uuid) -> Query<Vec<Kept>> {
    Query::list(
        "SELECT c.id, to_jsonb(c) AS kept FROM conversations c
          WHERE c.shop_id = $1 AND c.id < $3 ORDER BY c.id DESC LIMIT $2",
        params![limit.and_one_more(), behind],
        Kept::from_row,
    )
}

/// Texts. One that still carries a report's link is shown as it will be once it has arrived.
pub(super) fn messages(limit: Limit, behind: Uuid) -> Query<Vec<Kept>> {
    Query::list(
        "SELECT m.id, to_jsonb(m) - '{client_digest,link_token,lease_token,lease_until}'::text[]
                    || jsonb_build_object('content', replace(m.content, coalesce(m.link_token, ''), '••••'),
                    'pictures', (SELECT coalesce(jsonb_agg(to_jsonb(x) - '{digest,source_url}'::text[] ORDER BY x.place), '[]')
                                   FROM message_media x WHERE x.shop_id = $1 AND x.message_id = m.id)) AS kept
           FROM messages m WHERE m.shop_id = $1 AND m.id < $3 ORDER BY m.id DESC LIMIT $2",
        params![limit.and_one_more(), behind],
        Kept::from_row,
    )
}

/// Every yes and no to being texted.
pub(super) fn consents(limit: Limit, behind: Uuid) -> Query<Vec<Kept>> {
    Query::list(
        "SELECT e.id, to_jsonb(e) AS kept FROM consent_events e
          WHERE e.shop_id = $1 AND e.id < $3 ORDER BY e.id DESC LIMIT $2",
        params![limit.and_one_more(), behind],
        Kept::from_row,
    )
}

/// Photos that are still there, with the digests by which the store knows them.
pub(super) fn photos(limit: Limit, behind: PhotoId) -> Query<Vec<(PhotoId, Vec<u8>)>> {
    Query::list(
        "SELECT p.id, p.digest FROM inspection_photos p
          WHERE p.shop_id = $1 AND p.deleted_at IS NULL AND p.id < $3 ORDER BY p.id DESC LIMIT $2",
        params![limit.and_one_more(), behind],
        |row| Ok((row.try_get("id")?, row.try_get("digest")?)),
    )
}

/// Pictures that customers texted and that are here, likewise.
pub(super) fn pictures(limit: Limit, behind: PhotoId) -> Query<Vec<(PhotoId, Vec<u8>)>> {
    Query::list(
        "SELECT x.id, x.digest FROM message_media x
          WHERE x.shop_id = $1 AND x.state = 'kept' AND x.id < $3 ORDER BY x.id DESC LIMIT $2",
        params![limit.and_one_more(), behind],
        |row| Ok((row.try_get("id")?, row.try_get("digest")?)),
    )
}
