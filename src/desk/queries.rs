//! Statements about nothing but the moment.

use jiff::Timestamp;

use crate::db::Query;

/// The moment, by the database's clock, which every age is counted by.
pub(super) fn now() -> Query<Timestamp> {
    Query::one("SELECT now() AS now WHERE $1::uuid IS NOT NULL", vec![], |row| row.try_get("now"))
}
