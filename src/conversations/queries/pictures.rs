//! Statements about what came along with texts. Those of the worker that fetches it are sent as `courtesy_worker`.

use std::time::Duration;

use super::super::inbound::Picture;
use super::super::{PictureState, Trouble};
use crate::db::Query;
use crate::ids::{MessageId, PhotoId};
use crate::params;
use crate::photos::Developed;

/// How long a picture belongs to whoever claimed it: longer than fetching and keeping it may take.
const CLAIM: Duration = Duration::from_mins(2);

/// A picture that is to be fetched.
pub(in super::super) struct Waiting {
    pub(in super::super) id: PhotoId,
    /// Where it is to be had.
    pub(in super::super) address: String,
    /// How often it was claimed, this time included.
    pub(in super::super) attempts: i32,
    /// Whether it came so lately that the provider may not have it yet.
    pub(in super::super) is_new: bool,
}

/// Keeps what came along with a text: where it is to be had, or what is here already.
pub(in super::super) fn add_pictures(message: MessageId, pictures: Vec<Picture>) -> Query<()> {
    let of = |side: fn(&Developed) -> i32| -> Vec<Option<i32>> {
        pictures.iter().map(|picture| picture.kept.as_ref().map(side)).collect()
    };
    let (widths, heights) = (of(|kept| kept.width.into()), of(|kept| kept.height.into()));
    let sizes = of(|kept| i32::try_from(kept.size).unwrap_or(i32::MAX));
    let digests: Vec<_> =
        pictures.iter().map(|picture| picture.kept.as_ref().map(|kept| kept.digest.clone())).collect();
    let ids: Vec<_> = pictures.iter().map(|picture| picture.id).collect();
    let (urls, kinds): (Vec<_>, Vec<_>) =
        pictures.into_iter().map(|picture| (picture.url, picture.content_type)).unzip();
    Query::run(
        "INSERT INTO message_media (shop_id, message_id, place, id, source_url, content_type, width, height, size, digest,
                                    state)
         SELECT $1, $2, p.place - 1, p.id, p.url, p.kind, p.width, p.height, p.size, p.digest,
                CASE WHEN p.digest IS NULL THEN 'waiting' ELSE 'kept' END
           FROM unnest($3::uuid[], $4::text[], $5::text[], $6::integer[], $7::integer[], $8::integer[], $9::bytea[])
                WITH ORDINALITY AS p (id, url, kind, width, height, size, digest, place)",
        params![message, ids, urls, kinds, widths, heights, sizes, digests],
    )
}

/// The digest of a picture that is here.
pub(in super::super) fn find_picture(picture: PhotoId) -> Query<Vec<u8>> {
    Query::one(
        "SELECT digest FROM message_media WHERE shop_id = $1 AND id = $2 AND state = 'kept'",
        params![picture],
        |row| row.try_get("digest"),
    )
}

/// Claims the picture that has waited longest, if one is due.
pub(in super::super) fn claim_picture() -> Query<Option<Waiting>> {
    Query::optional(
        "WITH due AS (
             SELECT x.id FROM message_media x
              WHERE x.shop_id = $1 AND x.state = 'waiting' AND x.next_attempt_at <= now()
              ORDER BY x.next_attempt_at LIMIT 1
                FOR NO KEY UPDATE SKIP LOCKED)
         UPDATE message_media x
            SET attempts = x.attempts + 1, next_attempt_at = now() + make_interval(secs => $2)
           FROM due WHERE x.shop_id = $1 AND x.id = due.id
         RETURNING x.id, x.source_url, x.attempts, x.created_at > now() - interval '10 minutes' AS is_new",
        params![CLAIM.as_secs_f64()],
        |row| {
            Ok(Waiting {
                id: row.try_get("id")?,
                address: row.try_get("source_url")?,
                attempts: row.try_get("attempts")?,
                is_new: row.try_get("is_new")?,
            })
        },
    )
}

/// Notes that a picture is here.
pub(in super::super) fn note_kept(picture: PhotoId, kept: Developed) -> Query<()> {
    Query::run(
        "UPDATE message_media SET state = $3, width = $4, height = $5, size = $6, digest = $7
          WHERE shop_id = $1 AND id = $2 AND state = 'waiting'",
        params![
            picture,
            PictureState::Kept,
            i32::from(kept.width),
            i32::from(kept.height),
            i32::try_from(kept.size).unwrap_or(i32::MAX),
            kept.digest
        ],
    )
}

/// Notes that a picture will never be here, and why.
pub(in super::super) fn give_picture_up(picture: PhotoId, trouble: Trouble) -> Query<()> {
    Query::run(
        "UPDATE message_media SET state = $3, trouble = $4 WHERE shop_id = $1 AND id = $2 AND state = 'waiting'",
        params![picture, PictureState::GivenUp, trouble],
    )
}

/// Lets a picture wait for so long; whether this attempt counts is told.
pub(in super::super) fn put_picture_off(picture: PhotoId, wait: Duration, counts: bool) -> Query<()> {
    Query::run(
        "UPDATE message_media
            SET next_attempt_at = now() + make_interval(secs => $3),
                attempts = attempts - CASE WHEN $4::boolean THEN 0 ELSE 1 END
          WHERE shop_id = $1 AND id = $2 AND state = 'waiting'",
        params![picture, wait.as_secs_f64(), counts],
    )
}
