//! Which cars are one's own, and which are free.

use tokio_postgres::Error;

use super::Job;
use crate::db::{Query, Row};
use crate::inspections::ListedInspection;
use crate::params;

/// More cars than this nobody has before them.
const MOST_SHOWN: i64 = 50;

/// The cars that whoever asks has begun or been told to inspect, and those that anybody may take; what has waited longest
/// comes first. Both are cut before anything is joined. What is
/// created is nobody's yet: with somebody to inspect it, it is assigned.
pub(super) fn jobs() -> Query<Vec<Job>> {
    Query::list(
        "SELECT coalesce(i.ratings, courtesy.ratings_of($1, i.id)) AS ratings, i.*,
                CASE WHEN i.status = 'in_progress' AND i.completed_at IS NOT NULL THEN
                     (SELECT coalesce(e.after ->> 'reason', '') FROM inspection_events e
                       WHERE e.shop_id = $1 AND e.inspection_id = i.id AND e.kind = 'reopened'
                       ORDER BY e.created_at DESC LIMIT 1) END AS sent_back,
                '' AS \"/vehicle\", v.*, '' AS \"/customer\", c.*,
                '' AS \"/assignee\", u.id, u.shop_id, u.email, u.role, u.first_name, u.last_name, u.phone, u.status,
                u.created_at, u.updated_at, u.deleted_at
           FROM ((SELECT * FROM inspections i
                   WHERE i.shop_id = $1 AND i.assigned_to = courtesy.current_person()
                     AND i.status IN ('assigned', 'in_progress') AND i.deleted_at IS NULL
                   ORDER BY i.created_at DESC, i.id DESC LIMIT $2)
                 UNION ALL
                 (SELECT * FROM inspections i
                   WHERE i.shop_id = $1 AND i.status = 'created' AND i.deleted_at IS NULL
                   ORDER BY i.created_at DESC, i.id DESC LIMIT $2)) AS i
           JOIN vehicles v ON v.shop_id = $1 AND v.id = i.vehicle_id
           JOIN customers c ON c.shop_id = $1 AND c.id = v.customer_id
           LEFT JOIN users u ON u.shop_id = $1 AND u.id = i.assigned_to
          ORDER BY i.status_changed_at, i.id",
        params![MOST_SHOWN],
        Job::from_row,
    )
}

impl Job {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self { listed: ListedInspection::from_row(row)?, sent_back: row.try_get("sent_back")? })
    }
}
