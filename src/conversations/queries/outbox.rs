//! Statements of the outbox, sent as `courtesy_worker`.

use std::time::Duration;

use jiff::Timestamp;
use tokio_postgres::Error;
use uuid::Uuid;

use super::super::provider::Taken;
use super::super::{Failure, MessageStatus, caps};
use super::delivery::ends;
use crate::db::{Query, Row};
use crate::ids::MessageId;
use crate::params;
use crate::shops::Settings;
use crate::text::Phone;

/// How long a text belongs to whoever claimed it; longer than looking it up and handing it over may take together.
const LEASE: Duration = Duration::from_secs(90);

/// A text that is ours to send while the lease lasts.
pub(in super::super) struct Claim {
    pub(in super::super) id: MessageId,
    pub(in super::super) lease: Uuid,
    /// The shop's number; `None` where it has none that may be used.
    pub(in super::super) from: Option<Phone>,
    pub(in super::super) to: Phone,
    pub(in super::super) content: String,
    /// How often it was claimed, this time included.
    pub(in super::super) attempts: i32,
    /// When the attempt began whose outcome nobody knows, otherwise now.
    pub(in super::super) started_at: Timestamp,
    /// Whether an earlier attempt may have reached the provider.
    pub(in super::super) is_in_doubt: bool,
    /// Why it must not be sent any more.
    pub(in super::super) hindrance: Option<Failure>,
    /// How long it has to wait for the morning, where no person sent it.
    pub(in super::super) sleep: Option<Duration>,
    /// How the shop counts, and where it is.
    pub(in super::super) settings: Settings,
}

impl Claim {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.try_get("id")?,
            lease: row.try_get("lease_token")?,
            from: row.try_get("shop_number")?,
            to: row.try_get("phone_number")?,
            content: row.try_get("content")?,
            attempts: row.try_get("attempts")?,
            started_at: row.try_get("attempt_started_at")?,
            is_in_doubt: row.try_get("is_in_doubt")?,
            hindrance: row.try_get("hindrance")?,
            sleep: row.try_get::<Option<f64>>("sleep")?.filter(|wait| *wait > 0.0).map(Duration::from_secs_f64),
            settings: row.try_get("settings")?,
        })
    }
}

/// How a text's time in the outbox ended.
pub(in super::super) enum Ending {
    /// The provider has it. True whoever says so, also a worker that was thought dead.
    Taken(Taken),
    /// It will never be sent. Counts only while the lease is held.
    Failed(Failure),
}

/// Claims what is due in the shop, oldest first, and only the oldest to each number, so that texts arrive in order. From
/// here on the attempt may have reached the provider, unless its outcome says otherwise. Whether it may be sent at all is
/// judged here, at the last moment; one in doubt keeps the number that it may have been sent from.
pub(in super::super) fn claim(provider_is_sandbox: bool, has_caps: bool, most: usize) -> Query<Vec<Claim>> {
    Query::list(
        "WITH due AS (
             SELECT m.id, m.attempt_started_at IS NOT NULL AND m.attempt_outcome IS DISTINCT FROM 'not_sent'
                          AS is_in_doubt
               FROM messages m
              WHERE m.shop_id = $1 AND m.direction = 'outbound' AND m.status = 'pending'
                AND m.provider_message_id IS NULL
                AND m.next_attempt_at <= now() AND (m.lease_until IS NULL OR m.lease_until < now())
                AND m.id = (SELECT o.id FROM messages o
                             WHERE o.shop_id = $1 AND o.phone_number = m.phone_number
                               AND o.status = 'pending' AND o.provider_message_id IS NULL
                             ORDER BY o.created_at, o.id LIMIT 1)
              ORDER BY m.created_at, m.id LIMIT $2
                FOR NO KEY UPDATE SKIP LOCKED)
         UPDATE messages m
            SET lease_token = $3, lease_until = now() + make_interval(secs => $4), attempts = m.attempts + 1,
                attempt_outcome = NULL,
                attempt_started_at = CASE WHEN due.is_in_doubt THEN m.attempt_started_at ELSE now() END,
                shop_number = CASE WHEN due.is_in_doubt THEN m.shop_number
                                   WHEN s.deleted_at IS NOT NULL THEN NULL
                                   ELSE coalesce(s.sms_number, CASE WHEN $5 THEN s.sandbox_number END) END
           FROM due, shops s, customers c
          WHERE m.shop_id = $1 AND m.id = due.id AND s.id = $1 AND c.shop_id = $1 AND c.id = m.customer_id
         RETURNING m.id, m.lease_token, m.shop_number, m.phone_number, m.content, m.attempts, m.attempt_started_at,
                   due.is_in_doubt, s.settings,
                   CASE WHEN m.user_id IS NULL
                        THEN extract(epoch FROM courtesy.waking_moment($1) - now())::float8 END AS sleep,
                   CASE WHEN c.deleted_at IS NOT NULL THEN 'deleted'
                        WHEN NOT c.sms_opt_in OR courtesy.has_opted_out($1, m.phone_number) THEN '21610'
                        WHEN m.expires_at <= now() THEN 'expired'
                        WHEN m.link_token IS NOT NULL AND NOT EXISTS (
                             SELECT FROM report_links l
                              WHERE l.shop_id = $1 AND l.token_hash = sha256(convert_to(m.link_token, 'UTF8'))
                                AND l.revoked_at IS NULL AND l.expires_at > now()) THEN 'revoked'
                        WHEN $6::boolean AND (
                             $7::bigint <= (SELECT count(*) FROM messages d
                                     WHERE d.shop_id = $1 AND d.phone_number = m.phone_number
                                       AND d.created_at > now() - interval '2 days' AND d.direction = 'outbound'
                                       AND d.provider_message_id IS NOT NULL
                                       AND d.attempt_started_at > now() - interval '1 day')
                             OR CASE WHEN s.created_at > now() - make_interval(days => $10)
                                     THEN $8::bigint ELSE $9::bigint END <= (SELECT count(*) FROM messages d
                                     WHERE d.shop_id = $1 AND d.direction = 'outbound'
                                       AND d.provider_message_id IS NOT NULL
                                       AND d.attempt_started_at > now() - interval '1 day')) THEN 'capped' END AS hindrance",
        params![
            i64::try_from(most).unwrap_or(i64::MAX),
            Uuid::new_v4(),
            LEASE.as_secs_f64(),
            provider_is_sandbox,
            has_caps,
            caps::A_PHONE_A_DAY,
            caps::A_NEW_SHOP_A_DAY,
            caps::A_SHOP_A_DAY,
            caps::NEW_FOR_DAYS
        ],
        Claim::from_row,
    )
}

/// Which of these ids of the provider belong to texts already; `None` where the text itself is no longer this claim's, because
/// whoever held it before had its end written down after all, or somebody else claimed it.
pub(in super::super) fn known_to_us(
    claim: &Claim,
    provider: &'static str,
    ids: Vec<String>,
) -> Query<Option<Vec<String>>> {
    Query::optional(
        "SELECT ARRAY (SELECT k.provider_message_id FROM messages k
                        WHERE k.shop_id = $1 AND k.provider = $4 AND k.provider_message_id = ANY ($5)) AS known
           FROM messages m WHERE m.shop_id = $1 AND m.id = $2 AND m.lease_token = $3 AND m.status = 'pending'",
        params![claim.id, claim.lease, provider, ids],
        |row| row.try_get("known"),
    )
}

/// Writes down how it ended, and masks a link that has arrived or never will. Changes nothing where somebody else has
/// written down an end before.
pub(in super::super) fn finish(claim: &Claim, provider: &'static str, ending: Ending) -> Query<()> {
    let (provider, provider_message_id, status, failure) = match ending {
        Ending::Taken(taken) => (Some(provider), Some(taken.provider_message_id), taken.status, taken.failure),
        Ending::Failed(failure) => (None, None, MessageStatus::Failed, Some(failure)),
    };
    let is_final = ends(status, failure.as_ref());
    Query::run(
        "UPDATE messages
            SET status = $4::text, provider = $5, provider_message_id = $6::text, error_code = $7,
                sent_at = CASE WHEN $4::text IN ('sent', 'delivered') THEN now() END,
                delivered_at = CASE WHEN $4::text = 'delivered' THEN now() END,
                content = CASE WHEN $8 THEN coalesce(replace(content, link_token, '…'), content) ELSE content END,
                link_token = CASE WHEN $8 THEN NULL ELSE link_token END,
                lease_token = NULL, lease_until = NULL
          WHERE shop_id = $1 AND id = $2 AND status = 'pending' AND provider_message_id IS NULL
            AND (lease_token = $3 OR $6::text IS NOT NULL)",
        params![claim.id, claim.lease, status, provider, provider_message_id, failure, is_final],
    )
}

/// Gives a text back until later; `has_surely_not_left` rules out that the provider has it.
pub(in super::super) fn postpone(claim: &Claim, wait: Duration, has_surely_not_left: bool) -> Query<()> {
    Query::run(
        "UPDATE messages
            SET next_attempt_at = now() + make_interval(secs => $4), lease_token = NULL, lease_until = NULL,
                attempt_outcome = CASE WHEN $5 THEN 'not_sent' ELSE 'in_doubt' END
          WHERE shop_id = $1 AND id = $2 AND lease_token = $3 AND status = 'pending'",
        params![claim.id, claim.lease, wait.as_secs_f64(), has_surely_not_left],
    )
}

/// Gives a text back as if it had not been claimed: what kept it from being sent has nothing to do with it.
pub(in super::super) fn give_back(claim: &Claim) -> Query<()> {
    Query::run(
        "UPDATE messages
            SET next_attempt_at = now() + interval '1 second', lease_token = NULL, lease_until = NULL,
                attempt_outcome = 'not_sent', attempts = attempts - 1
          WHERE shop_id = $1 AND id = $2 AND lease_token = $3 AND status = 'pending'",
        params![claim.id, claim.lease],
    )
}

/// Holds everybody who has the phone that a text went to, deleted or not, as [`super::hold_sharers`] does.
pub(in super::super) fn hold_recipients(id: MessageId) -> Query<()> {
    Query::run(
        "SELECT FROM messages m JOIN customers c ON c.shop_id = $1 AND c.phone = m.phone_number
          WHERE m.shop_id = $1 AND m.id = $2 ORDER BY c.id FOR NO KEY UPDATE OF c",
        params![id],
    )
}

/// Keeps the provider's word that this phone opted out, which it may know of before we do.
pub(in super::super) fn record_refusal(id: MessageId) -> Query<()> {
    Query::run(
        "WITH noted AS (
             UPDATE customers c SET sms_opt_in = false FROM messages m
              WHERE c.shop_id = $1 AND m.shop_id = $1 AND m.id = $2 AND m.status = 'failed'
                AND m.error_code = '21610' AND c.phone = m.phone_number AND c.sms_opt_in)
         INSERT INTO consent_events (shop_id, phone, kind, source, message_id)
         SELECT $1, m.phone_number, 'opt_out', 'provider', m.id FROM messages m
          WHERE m.shop_id = $1 AND m.id = $2 AND m.status = 'failed' AND m.error_code = '21610'
            AND NOT courtesy.has_opted_out($1, m.phone_number)",
        params![id],
    )
}
