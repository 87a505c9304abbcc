//! Statements about the people of a shop. What decides over access is written by functions in the database that check
//! the caller once more.

use tokio_postgres::Error;

use super::{NewUser, User, UserChange, UserStatus};
use crate::db::{Query, Row, TokenHash};
use crate::ids::UserId;
use crate::params;
use crate::role::Role;
use crate::text::{Email, Line, Phone};
use crate::web::{Cursor, Limit};

impl User {
    /// Reads a row with the columns that may be read: all but the password's hash.
    pub fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.try_get("id")?,
            shop_id: row.try_get("shop_id")?,
            email: row.try_get("email")?,
            role: row.try_get("role")?,
            first_name: row.try_get("first_name")?,
            last_name: row.try_get("last_name")?,
            phone: row.try_get("phone")?,
            status: row.try_get("status")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
            deleted_at: row.try_get("deleted_at")?,
        })
    }
}

/// The columns that may be read: all but the password's hash.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, shop_id, email, role, first_name, last_name, phone, status, created_at, updated_at, \
             deleted_at, client_digest FROM users ",
            $rest
        )
    };
}

/// Whoever asks.
#[must_use]
pub fn find_self() -> Query<User> {
    Query::one(select!("WHERE shop_id = $1 AND id = courtesy.current_person()"), vec![], User::from_row)
}

/// Somebody of the shop who has not been removed.
#[must_use]
pub fn find(id: UserId) -> Query<User> {
    Query::one(select!("WHERE shop_id = $1 AND id = $2 AND deleted_at IS NULL"), params![id], User::from_row)
}

/// Whether somebody of the shop ever had this id: removing is repeatable.
pub(super) fn find_even_removed(id: UserId) -> Query<User> {
    Query::one(select!("WHERE shop_id = $1 AND id = $2"), params![id], User::from_row)
}

/// The person with this id and the fingerprint of the request that added them.
pub(super) fn find_with_digest(id: UserId) -> Query<Option<(User, Option<Vec<u8>>)>> {
    Query::optional(select!("WHERE shop_id = $1 AND id = $2 AND deleted_at IS NULL"), params![id], |row| {
        Ok((User::from_row(row)?, row.try_get("client_digest")?))
    })
}

/// A page of the people, those added last first.
pub(super) fn list(limit: Limit, behind: Cursor) -> Query<Vec<User>> {
    Query::list(
        select!(
            "WHERE shop_id = $1 AND deleted_at IS NULL
               AND (created_at, id) < ($3, $4)
             ORDER BY created_at DESC, id DESC LIMIT $2"
        ),
        params![limit.and_one_more(), behind.at, behind.id],
        User::from_row,
    )
}

/// Everybody who may be given work, by name.
#[must_use]
pub fn active() -> Query<Vec<User>> {
    Query::list(
        select!(
            "WHERE shop_id = $1 AND deleted_at IS NULL AND status = 'active'
             ORDER BY role, first_name, last_name, id LIMIT 200"
        ),
        vec![],
        User::from_row,
    )
}

/// Adds somebody; false if the id is taken.
pub(super) fn add(id: UserId, new: &NewUser, phone: Option<Phone>, hash: String, digest: Vec<u8>) -> Query<bool> {
    Query::one(
        "SELECT courtesy.add_user($2, $3, $4, $5, $6, $7, $8, $9) FROM shops WHERE id = $1",
        params![id, new.email.clone(), hash, new.role, new.first_name.clone(), new.last_name.clone(), phone, digest],
        |row| row.try_get(0),
    )
}

/// Gives somebody who is nobody a login with this e-mail: fails where it is taken, in whichever shop. To be undone.
pub(super) fn try_email(email: Email) -> Query<()> {
    Query::run(
        "SELECT courtesy.add_user($2, $3, '', 'mechanic', NULL, NULL, NULL, NULL) FROM shops WHERE id = $1",
        params![UserId::new(), email],
    )
}

/// Changes what decides over access; `None` keeps.
pub(super) fn change_access(id: UserId, change: &UserChange, hash: Option<String>) -> Query<()> {
    access(id, change.email.clone(), change.role, change.status, hash, false)
}

/// Removes somebody and ends their sessions.
pub(super) fn remove(id: UserId) -> Query<()> {
    access(id, None, None, None, None, true)
}

fn access(
    id: UserId,
    email: Option<Email>,
    role: Option<Role>,
    status: Option<UserStatus>,
    hash: Option<String>,
    is_removed: bool,
) -> Query<()> {
    Query::run(
        "SELECT courtesy.change_user($2, $3, $4, $5, $6, $7) FROM shops WHERE id = $1",
        params![id, email, role, status, hash, is_removed],
    )
}

/// Changes how somebody is called and reached.
pub(super) fn save_profile(
    id: UserId,
    first_name: Option<Line<100>>,
    last_name: Option<Line<100>>,
    phone: Option<Phone>,
) -> Query<()> {
    Query::run(
        "UPDATE users SET first_name = $3, last_name = $4, phone = $5 WHERE shop_id = $1 AND id = $2",
        params![id, first_name, last_name, phone],
    )
}

/// The hash of the password of whoever asks.
pub(super) fn own_password_hash() -> Query<String> {
    Query::one("SELECT courtesy.own_password_hash() FROM shops WHERE id = $1", vec![], |row| row.try_get(0))
}

/// Changes the password of whoever asks and ends their other sessions; false if it changed meanwhile.
pub(super) fn change_own_password(known_hash: String, new_hash: String, bearer: TokenHash) -> Query<bool> {
    Query::one(
        "SELECT courtesy.change_own_password($2, $3, $4) FROM shops WHERE id = $1",
        params![known_hash, new_hash, bearer.0.to_vec()],
        |row| row.try_get(0),
    )
}

/// Ends a session.
pub(super) fn end_session(bearer: TokenHash) -> Query<()> {
    Query::run("DELETE FROM sessions WHERE shop_id = $1 AND token_hash = $2", params![bearer.0.to_vec()])
}
