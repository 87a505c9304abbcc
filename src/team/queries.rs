//! Statements about the team as its page shows it.

use jiff::Timestamp;
use tokio_postgres::Error;

use super::Member;
use crate::db::{Query, Row, TokenHash};
use crate::ids::UserId;
use crate::params;
use crate::users::User;

impl Member {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self { person: User::from_row(row)?, last_seen: row.try_get("last_seen_at")? })
    }
}

/// Somebody of the team, with when their sessions were last used.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, shop_id, email, role, first_name, last_name, phone, status, created_at, updated_at, deleted_at, \
             (SELECT max(x.last_seen_at) FROM sessions x WHERE x.shop_id = $1 AND x.user_id = users.id) \
             AS last_seen_at FROM users ",
            $rest
        )
    };
}

/// The team: those who may come in first, and managers before mechanics.
pub(super) fn team() -> Query<Vec<Member>> {
    Query::list(
        select!(
            "WHERE shop_id = $1 AND deleted_at IS NULL
             ORDER BY status, role DESC, first_name, last_name, id LIMIT 500"
        ),
        vec![],
        Member::from_row,
    )
}

/// One of them.
pub(super) fn member(id: UserId) -> Query<Member> {
    Query::one(select!("WHERE shop_id = $1 AND id = $2 AND deleted_at IS NULL"), params![id], Member::from_row)
}

/// Ends all of somebody's sessions.
pub(super) fn end_sessions(id: UserId) -> Query<()> {
    Query::run("DELETE FROM sessions WHERE shop_id = $1 AND user_id = $2", params![id])
}

/// Ends the code that could open another one.
pub(super) fn end_login_code(id: UserId) -> Query<()> {
    Query::run("DELETE FROM login_codes WHERE shop_id = $1 AND user_id = $2", params![id])
}

/// Makes a code that lets somebody in, and says until when; nothing where they may not come in.
pub(super) fn add_login_code(id: UserId, code: TokenHash) -> Query<Option<Timestamp>> {
    Query::one(
        "SELECT courtesy.add_login_code($2, $3) FROM shops WHERE id = $1",
        params![id, code.0.to_vec()],
        |row| row.try_get(0),
    )
}
