//! Statements about what a provider reports.

use super::super::provider::Taken;
use super::super::{Failure, Fared, MessageStatus};
use crate::db::Query;
use crate::ids::MessageId;
use crate::params;

/// Notes how far a text has come, where that is further than it was, and masks a link that has arrived or never will. Who
/// carries it under which id is noted too, where the answer that should have told is missing. Yields whether the report is
/// about this text at all.
pub(in super::super) fn note_report(id: MessageId, provider: &'static str, taken: Taken) -> Query<bool> {
    let Taken { provider_message_id, status, failure } = taken;
    let is_final = ends(status, failure.as_ref());
    Query::optional(
        "WITH known AS (
             SELECT m.id, m.provider_message_id IS NULL AND m.status = 'pending' AS is_new,
                    array_position(way.ranks, $5::text) > array_position(way.ranks, m.status::text) AS is_further
               FROM messages m, (VALUES (ARRAY['pending', 'sent', 'failed', 'delivered'])) AS way (ranks)
              WHERE m.shop_id = $1 AND m.id = $2 AND m.direction = 'outbound'
                AND (m.provider = $3 AND m.provider_message_id = $4
                     OR m.provider_message_id IS NULL AND m.attempt_started_at IS NOT NULL)
                FOR NO KEY UPDATE OF m),
         noted AS (
             UPDATE messages m
                SET provider = $3, provider_message_id = $4,
                    status = CASE WHEN is_further THEN $5::text ELSE m.status END,
                    error_code = CASE WHEN is_further THEN $6 ELSE m.error_code END,
                    sent_at = CASE WHEN $5::text IN ('sent', 'delivered') THEN coalesce(m.sent_at, now())
                                   ELSE m.sent_at END,
                    delivered_at = CASE WHEN $5::text = 'delivered' THEN coalesce(m.delivered_at, now())
                                        ELSE m.delivered_at END,
                    content = CASE WHEN is_further AND $7
                                   THEN coalesce(replace(m.content, m.link_token, '…'), m.content) ELSE m.content END,
                    link_token = CASE WHEN is_further AND $7 THEN NULL ELSE m.link_token END
               FROM known
              WHERE m.shop_id = $1 AND m.id = known.id
                AND (is_further OR is_new OR $5::text = 'sent' AND m.sent_at IS NULL))
         SELECT FROM known",
        params![id, provider, provider_message_id, status, failure, is_final],
        |_| Ok(()),
    )
    .map(|known| known.is_some())
}

/// How the texts fared that the shop sent last.
#[must_use]
pub fn fared() -> Query<Fared> {
    Query::one(
        "SELECT count(*) FILTER (WHERE recent.status = 'failed') AS failed, count(*) AS texts
           FROM (SELECT m.status FROM messages m
                  WHERE m.shop_id = $1 AND m.direction = 'outbound' AND m.status <> 'pending'
                    AND m.updated_at > now() - interval '90 days'
                  ORDER BY m.updated_at DESC LIMIT 100) recent",
        params![],
        |row| Ok(Fared { failed: row.try_get("failed")?, texts: row.try_get("texts")? }),
    )
}

/// Whether a text's content is no longer needed to send it again.
pub(super) fn ends(status: MessageStatus, failure: Option<&Failure>) -> bool {
    match status {
        MessageStatus::Delivered => true,
        MessageStatus::Failed => !failure.is_some_and(Failure::may_pass),
        MessageStatus::Pending | MessageStatus::Sent => false,
    }
}
