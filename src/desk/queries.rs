//! Statements about what every page says: the moment, and how many texts wait to be read.

use jiff::Timestamp;

use crate::db::Query;
use crate::params;

/// The moment, by the database's clock, which every age is counted by.
pub(super) fn now() -> Query<Timestamp> {
    Query::one("SELECT now() AS now WHERE $1::uuid IS NOT NULL", vec![], |row| row.try_get("now"))
}

/// Of so many conversations the unread texts are counted; a shop that never reads any must not wait for its past.
const MOST_COUNTED: i64 = 100;

/// How many texts from customers nobody has read yet.
pub(super) fn unread() -> Query<i64> {
    Query::one(
        "SELECT coalesce(sum(x.unread), 0) AS unread
           FROM (SELECT unread FROM conversations WHERE shop_id = $1 AND unread > 0 LIMIT $2) x",
        params![MOST_COUNTED],
        |row| row.try_get("unread"),
    )
}
