//! What live events read.

use std::collections::HashMap;

use jiff::Timestamp;
use tokio_postgres::Error;

use super::feed::MOST;
use super::{Change, Look, Subject};
use crate::db::{Batch, Query, Row, TokenHash};
use crate::params;
use crate::role::Role;

type Rows = (Timestamp, HashMap<TokenHash, Role>, Vec<Change>);

impl From<Rows> for Look {
    fn from((moment, sessions, changes): Rows) -> Self {
        Self { moment, sessions, changes }
    }
}

impl Change {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let subject: Subject = row.try_get("subject")?;
        Ok(Self { subject, id: row.try_get("id")?, status: row.try_get("status")?, at: row.try_get("at")? })
    }
}

/// A look at the shop: which of these sessions are live, and what changed since then, or lately where nothing was seen
/// before.
pub(super) fn look(sessions: Vec<TokenHash>, since: Option<Timestamp>) -> impl Batch<Output = Rows> {
    (moment(), live(sessions), changes(since))
}

fn moment() -> Query<Timestamp> {
    Query::one("SELECT now() WHERE courtesy.current_shop() = $1", vec![], |row| row.try_get(0))
}

fn live(sessions: Vec<TokenHash>) -> Query<HashMap<TokenHash, Role>> {
    let bearers: Vec<Vec<u8>> = sessions.into_iter().map(|session| session.0.to_vec()).collect();
    let live = Query::list("SELECT token_hash, role FROM courtesy.live_sessions($1, $2)", params![bearers], |row| {
        let hash: &[u8] = row.try_get("token_hash")?;
        Ok((hash.try_into().map(TokenHash).ok(), row.try_get("role")?))
    });
    live.map(|rows| rows.into_iter().filter_map(|(hash, role)| Some((hash?, role))).collect())
}

/// Goes back a minute further than asked, because a change is dated by its transaction's beginning: one that began before
/// the last look may have been committed after it. No further than a good hour, and no more than [`MOST`] and one.
///
/// Inspections are found by their events: whatever is done to one leaves one. `AND 'infinity'` tells the planner, who does
/// not know the bound, that it cuts off a little rather than a third, so that it takes the indexes by age.
fn changes(since: Option<Timestamp>) -> Query<Vec<Change>> {
    let latest_first = Query::list(
        "WITH bound AS MATERIALIZED (
             SELECT greatest(coalesce($2, now()) - interval '1 minute', now() - interval '61 minutes') AS at)
         SELECT * FROM (
             SELECT DISTINCT 'inspection' AS subject, i.id,
                    CASE WHEN i.deleted_at IS NULL THEN i.status ELSE 'deleted' END AS status, e.created_at AS at
               FROM inspection_events e JOIN inspections i ON i.shop_id = $1 AND i.id = e.inspection_id
              WHERE e.shop_id = $1 AND e.created_at BETWEEN (SELECT at FROM bound) AND 'infinity'
             UNION ALL
             SELECT 'conversation', x.id, x.status, x.updated_at FROM conversations x
              WHERE x.shop_id = $1 AND x.updated_at BETWEEN (SELECT at FROM bound) AND 'infinity'
             UNION ALL
             SELECT 'message', m.id, m.status, m.updated_at FROM messages m
              WHERE m.shop_id = $1 AND m.updated_at BETWEEN (SELECT at FROM bound) AND 'infinity') AS change
          ORDER BY at DESC LIMIT $3",
        params![since, i64::try_from(MOST + 1).unwrap_or(i64::MAX)],
        Change::from_row,
    );
    latest_first.map(|mut changes| {
        changes.reverse();
        changes
    })
}
