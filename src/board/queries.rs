//! What the board reads: all of it in one statement.

use std::str::SplitAsciiWhitespace;

use tokio_postgres::Error;

use super::car::{Answered, Car};
use super::first_day::Begun;
use super::{MOST_COUNTED, MOST_SHOWN};
use crate::conversations::MessageStatus;
use crate::db::{Query, Row};
use crate::ids::UserId;
use crate::inspections::ListedInspection;
use crate::inspections::catalogue::catalogue;
use crate::params;

/// The cars in the shop, those that have waited longest in their state first: all of one mechanic and what is anybody's, or
/// everybody's. Of what is out, only what went out lately: a day has 25 hours at most, and which of these are today's is
/// said by the shop's clock.
///
/// Each state is cut before anything is joined, at those that came last: what was forgotten years ago must not hide today.
pub(super) fn cars(who: Option<UserId>) -> Query<Vec<Car>> {
    Query::list(
        "SELECT coalesce(i.ratings, courtesy.ratings_of($1, i.id)) AS ratings, i.*,
                CASE WHEN i.status = 'in_progress' AND i.completed_at IS NOT NULL THEN
                     (SELECT coalesce(e.after ->> 'reason', '') FROM inspection_events e
                       WHERE e.shop_id = $1 AND e.inspection_id = i.id AND e.kind = 'reopened'
                       ORDER BY e.created_at DESC LIMIT 1) END AS sent_back,
                CASE WHEN i.status = 'completed' THEN courtesy.has_opted_out($1, c.phone) ELSE false END
                     AS has_opted_out,
                CASE WHEN i.status = 'sent' THEN
                     (SELECT string_agg(x.category || ' ' || x.component || ' ' || x.severity || ' ' || x.customer_answer,
                                        ' ' ORDER BY x.sort_order)
                        FROM inspection_items x
                       WHERE x.shop_id = $1 AND x.inspection_id = i.id AND x.customer_answer IS NOT NULL) END AS answers,
                m.status AS text_status, m.error_code AS text_failure,
                '' AS \"/vehicle\", v.*, '' AS \"/customer\", c.*,
                '' AS \"/assignee\", u.id, u.shop_id, u.email, u.role, u.first_name, u.last_name, u.phone, u.status,
                u.created_at, u.updated_at, u.deleted_at
           FROM (SELECT present.* FROM unnest(ARRAY['created', 'assigned', 'in_progress', 'completed']) AS s (status)
                  CROSS JOIN LATERAL (
                      SELECT *, count(*) OVER () AS of_so_many
                        FROM (SELECT * FROM inspections i
                               WHERE i.shop_id = $1 AND i.status = s.status AND i.deleted_at IS NULL
                                 AND CASE WHEN $2::uuid IS NULL THEN true
                                          ELSE coalesce(i.assigned_to, $2) = $2 END
                               ORDER BY i.created_at DESC, i.id DESC LIMIT $3) AS counted
                       ORDER BY created_at DESC, id DESC LIMIT $4) AS present
                 UNION ALL
                 (SELECT i.*, 0 AS of_so_many FROM inspections i
                   WHERE i.shop_id = $1 AND i.status = 'sent' AND i.deleted_at IS NULL
                     AND i.sent_at > now() - interval '25 hours'
                     AND CASE WHEN $2::uuid IS NULL THEN true ELSE coalesce(i.assigned_to, $2) = $2 END
                   ORDER BY i.sent_at DESC, i.id DESC LIMIT $4)) AS i
           JOIN vehicles v ON v.shop_id = $1 AND v.id = i.vehicle_id
           JOIN customers c ON c.shop_id = $1 AND c.id = v.customer_id
           LEFT JOIN users u ON u.shop_id = $1 AND u.id = i.assigned_to
           LEFT JOIN LATERAL (
               SELECT m.status, m.error_code FROM messages m
                WHERE m.shop_id = $1 AND m.inspection_id = i.id AND i.status = 'sent' AND m.direction = 'outbound'
                  AND m.created_at >= i.sent_at
                ORDER BY m.created_at DESC, m.id DESC LIMIT 1) AS m ON true
          ORDER BY i.status_changed_at, i.id",
        params![who, as_count(MOST_COUNTED), as_count(MOST_SHOWN)],
        Car::from_row,
    )
}

/// Whether there is a customer, and whether there is an inspection: counted no further than the first.
pub(super) fn begun() -> Query<Begun> {
    Query::one(
        "SELECT (SELECT count(*) FROM (
                    SELECT FROM customers WHERE shop_id = $1 AND deleted_at IS NULL LIMIT $2) c) > 0 AS has_customers,
                (SELECT count(*) FROM (
                    SELECT FROM inspections WHERE shop_id = $1 AND deleted_at IS NULL LIMIT $2) i) > 0 AS has_inspections",
        params![1_i64],
        |row| {
            Ok(Begun {
                has_customers: row.try_get("has_customers")?,
                has_inspections: row.try_get("has_inspections")?,
            })
        },
    )
}

impl Car {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let listed = ListedInspection::from_row(row)?;
        let so_many: i64 = row.try_get("of_so_many")?;
        let text_status: Option<MessageStatus> = row.try_get("text_status")?;
        let failure = row.try_get("text_failure")?;
        let answers: Option<&str> = row.try_get("answers")?;
        Ok(Self {
            listed,
            of_so_many: usize::try_from(so_many).unwrap_or_default(),
            sent_back: row.try_get("sent_back")?,
            has_opted_out: row.try_get("has_opted_out")?,
            text: text_status.map(|status| (status, failure)),
            answers: read_answers(answers.unwrap_or_default().split_ascii_whitespace()),
        })
    }
}

/// Reads four words an answer. Keys are words without spaces.
fn read_answers(mut words: SplitAsciiWhitespace) -> Vec<Answered> {
    let next = || {
        let component = catalogue().find(words.next()?, words.next()?);
        let (severity, answer) = (words.next()?.parse(), words.next()?.parse());
        Some((component, severity, answer))
    };
    let read = std::iter::from_fn(next).filter_map(|(component, severity, answer)| {
        Some(Answered { label: component?.label, severity: severity.ok()?, answer: answer.ok()? })
    });
    read.collect()
}

fn as_count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
