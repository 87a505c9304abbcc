//! `/shop`.

use super::{Shop, ShopChange, queries};
use crate::auth::{Manager, Staff};
use crate::db::NamedConstraint as _;
use crate::error::{Conflict, Result};
use crate::web::{Body, Json};

/// The shop of whoever asks.
#[utoipa::path(get, path = "/shop", operation_id = "showShop", tag = "Shop")]
pub async fn show(staff: Staff) -> Result<Json<Shop>> {
    staff.read(queries::find()).await.map(Json)
}

/// Changes the shop.
#[utoipa::path(
    patch, path = "/shop", operation_id = "changeShop", tag = "Shop",
    responses((status = 409, description = "duplicate"))
)]
pub async fn change(manager: Manager, body: Body<ShopChange>) -> Result<Json<Shop>> {
    let (write, shop) = manager.begin(queries::find_for_change()).await?;
    let shop = shop.changed(body.get()?)?;
    let taken = Conflict::Duplicate { field: "sms_number", detail: "already belongs to a shop" };
    let saved = write.commit(queries::save(shop)).await;
    saved.on_constraint("shops_sms_number_key", || taken.into()).map(Json)
}
