//! Statements about the shop itself.

use tokio_postgres::Error;

use super::Shop;
use crate::db::{Query, Row};
use crate::params;

impl Shop {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            address: row.try_get("address")?,
            phone: row.try_get("phone")?,
            email: row.try_get("email")?,
            subscription_tier: row.try_get("subscription_tier")?,
            subscription_status: row.try_get("subscription_status")?,
            settings: row.try_get("settings")?,
            sms_number: row.try_get("sms_number")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
            deleted_at: row.try_get("deleted_at")?,
        })
    }
}

/// The tenant's shop.
#[must_use]
pub fn find() -> Query<Shop> {
    Query::one("SELECT * FROM shops WHERE id = $1", vec![], Shop::from_row)
}

/// The tenant's shop, held until the transaction ends.
#[must_use]
pub fn find_for_change() -> Query<Shop> {
    Query::one("SELECT * FROM shops WHERE id = $1 FOR NO KEY UPDATE", vec![], Shop::from_row)
}

/// Writes what a manager may change.
pub(super) fn save(shop: Shop) -> Query<Shop> {
    Query::one(
        "UPDATE shops SET name = $2, phone = $3, email = $4, address = $5, settings = $6, sms_number = $7
          WHERE id = $1 RETURNING *",
        params![shop.name, shop.phone, shop.email, shop.address, shop.settings, shop.sms_number],
        Shop::from_row,
    )
}
