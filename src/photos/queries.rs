//! Statements about photos.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::print::Print;
use super::{Kept, Subject};
use crate::db::Query;
use crate::ids::{InspectionId, PhotoId};
use crate::inspections::{Caption, Event, Photo};
use crate::params;

/// The photo with this id, also one that was taken away.
pub(super) fn find_kept(photo: PhotoId) -> Query<Option<Kept>> {
    Query::optional(
        "SELECT p.id, p.category, p.component, p.kind, p.caption, p.width, p.height, p.inspection_id, p.digest,
                p.deleted_at IS NOT NULL AS is_removed
           FROM inspection_photos p WHERE p.shop_id = $1 AND p.id = $2",
        params![photo],
        |row| {
            Ok(Kept {
                photo: Photo::from_row(row)?,
                inspection: row.try_get("inspection_id")?,
                digest: row.try_get("digest")?,
                is_removed: row.try_get("is_removed")?,
            })
        },
    )
}

/// How many photos an inspection has.
pub(super) fn count(inspection: InspectionId) -> Query<i64> {
    Query::one(
        "SELECT count(*) FROM inspection_photos
          WHERE shop_id = $1 AND inspection_id = $2 AND deleted_at IS NULL",
        params![inspection],
        |row| row.try_get(0),
    )
}

/// The digest of a photo that may be looked at: neither it nor its inspection was taken away.
pub(super) fn find_digest(photo: PhotoId) -> Query<Vec<u8>> {
    Query::one(
        "SELECT p.digest FROM inspection_photos p
           JOIN inspections i ON i.shop_id = $1 AND i.id = p.inspection_id
          WHERE p.shop_id = $1 AND p.id = $2 AND p.deleted_at IS NULL AND i.deleted_at IS NULL",
        params![photo],
        |row| row.try_get("digest"),
    )
}

/// What is to be noted of a photo that was taken.
pub(super) struct Taken {
    pub(super) id: PhotoId,
    pub(super) subject: Subject,
    pub(super) caption: Option<Caption>,
    /// Of the upload, in bytes.
    pub(super) size: usize,
    /// Its SHA-256.
    pub(super) digest: Vec<u8>,
    pub(super) print: Print,
}

/// Notes a photo, with the event that says so; nothing happens where the id is taken.
pub(super) fn insert(inspection: InspectionId, taken: Taken) -> Query<()> {
    let told = told(taken.id, taken.subject);
    let (category, component, kind) = match taken.subject {
        Subject::Component(entry) => (Some(entry.category.key), Some(entry.component.key), None),
        Subject::Car(kind) => (None, None, Some(kind)),
    };
    Query::run(
        "WITH made AS (
             INSERT INTO inspection_photos (shop_id, inspection_id, id, category, component, kind, caption, position,
                                            width, height, size, digest, uploaded_by)
             SELECT $1, $2, $3, $4, $5, $6, $7,
                    (SELECT coalesce(max(position), 0) + 1 FROM inspection_photos
                      WHERE shop_id = $1 AND inspection_id = $2),
                    $8, $9, $10, $11, courtesy.current_person()
             ON CONFLICT (id) DO NOTHING RETURNING id)
         INSERT INTO inspection_events (shop_id, inspection_id, user_id, kind, after)
         SELECT $1, $2, courtesy.current_person(), $12, $13 FROM made",
        params![
            inspection,
            taken.id,
            category,
            component,
            kind,
            taken.caption,
            i32::from(taken.print.width),
            i32::from(taken.print.height),
            i32::try_from(taken.size).unwrap_or(i32::MAX),
            taken.digest,
            Event::Photographed,
            told
        ],
    )
}

/// Changes the words below a photo, with the event that says so.
pub(super) fn describe(
    inspection: InspectionId,
    photo: PhotoId,
    before: &Photo,
    caption: Option<Caption>,
) -> Query<()> {
    let told = |caption: &Option<Caption>| json!({ "id": photo, "caption": caption });
    let (before, after) = (told(&before.caption), told(&caption));
    Query::run(
        "WITH described AS (
             UPDATE inspection_photos SET caption = $4 WHERE shop_id = $1 AND inspection_id = $2 AND id = $3)
         INSERT INTO inspection_events (shop_id, inspection_id, user_id, kind, before, after)
         VALUES ($1, $2, courtesy.current_person(), $5, $6, $7)",
        params![inspection, photo, caption, Event::Captioned, before, after],
    )
}

/// Takes a photo away, with the event that says so. Its print stays for a while, so that it can be brought back.
pub(super) fn remove(inspection: InspectionId, photo: PhotoId) -> Query<()> {
    Query::run(
        "WITH gone AS (
             UPDATE inspection_photos SET deleted_at = now()
              WHERE shop_id = $1 AND inspection_id = $2 AND id = $3 AND deleted_at IS NULL RETURNING id)
         INSERT INTO inspection_events (shop_id, inspection_id, user_id, kind, before)
         SELECT $1, $2, courtesy.current_person(), $4, $5 FROM gone",
        params![inspection, photo, Event::PhotoRemoved, json!({ "id": photo })],
    )
}

/// Brings a photo back that was taken away, with the event that says so.
pub(super) fn bring_back(inspection: InspectionId, photo: PhotoId) -> Query<()> {
    Query::run(
        "WITH back AS (
             UPDATE inspection_photos SET deleted_at = NULL
              WHERE shop_id = $1 AND inspection_id = $2 AND id = $3 AND deleted_at IS NOT NULL RETURNING id)
         INSERT INTO inspection_events (shop_id, inspection_id, user_id, kind, after)
         SELECT $1, $2, courtesy.current_person(), $4, $5 FROM back",
        params![inspection, photo, Event::Photographed, json!({ "id": photo })],
    )
}

fn told(photo: PhotoId, subject: Subject) -> Value {
    match subject {
        Subject::Component(entry) => {
            json!({ "id": photo, "category": entry.category.key, "component": entry.component.key })
        }
        Subject::Car(kind) => json!({ "id": photo, "kind": kind }),
    }
}

/// Lets the rows go for good of what was taken away long ago. Their prints then belong to nothing, and are swept.
pub(super) fn let_go() -> Query<Vec<PhotoId>> {
    Query::list(
        "DELETE FROM inspection_photos WHERE shop_id = $1 AND deleted_at < now() - interval '30 days' RETURNING id",
        params![],
        |row| row.try_get("id"),
    )
}

/// Which of these prints belong to no row, by their places in the list. What was kept lately may still get its row.
pub(super) fn list_orphans(photos: Vec<PhotoId>, digests: Vec<String>, kept: Vec<Timestamp>) -> Query<Vec<i64>> {
    Query::list(
        "SELECT t.place FROM unnest($2::uuid[], $3::text[], $4::timestamptz[]) WITH ORDINALITY AS t (id, digest, kept, place)
          WHERE t.kept < now() - interval '1 day'
            AND NOT EXISTS (SELECT FROM inspection_photos p
                             WHERE p.shop_id = $1 AND p.id = t.id
                               AND encode(substring(p.digest FROM 1 FOR 8), 'hex') = t.digest)
            AND NOT EXISTS (SELECT FROM message_media x
                             WHERE x.shop_id = $1 AND x.id = t.id AND x.state = 'kept'
                               AND encode(substring(x.digest FROM 1 FOR 8), 'hex') = t.digest)",
        params![photos, digests, kept],
        |row| row.try_get("place"),
    )
}

/// The next photos behind this one that were there a day ago, pictures of texts among them: their prints must be there.
pub(super) fn list_older(behind: PhotoId, most: i64) -> Query<Vec<PhotoId>> {
    Query::list(
        "SELECT id FROM (
            (SELECT p.id FROM inspection_photos p
              WHERE p.shop_id = $1 AND p.id > $2 AND p.deleted_at IS NULL AND p.created_at < now() - interval '1 day'
              ORDER BY p.id LIMIT $3)
            UNION ALL
            (SELECT x.id FROM message_media x
              WHERE x.shop_id = $1 AND x.id > $2 AND x.state = 'kept' AND x.created_at < now() - interval '1 day'
              ORDER BY x.id LIMIT $3)) older
          ORDER BY id LIMIT $3",
        params![behind, most],
        |row| row.try_get("id"),
    )
}
