//! `/shop`.

use axum::extract::State;

use super::numbers::Verdict;
use super::{ChangedShop, NUMBER, Numbers, Shop, ShopChange, queries};
use crate::auth::{Manager, Staff};
use crate::db::NamedConstraint as _;
use crate::error::{Conflict, Error, Result};
use crate::text::Phone;
use crate::web::operation::Part;
use crate::web::{Body, Json};

/// All settings that there may be, twenty quick replies among them.
pub const MOST_KIB: usize = 192;

impl Part for State<Numbers> {}

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
pub async fn change(
    manager: Manager,
    State(numbers): State<Numbers>,
    body: Body<ShopChange, MOST_KIB>,
) -> Result<Json<ChangedShop>> {
    // Whoever has to be asked about a number is asked outside of any transaction.
    let verdict = judge_number(&manager, &numbers, &body).await?;
    let (write, shop) = manager.begin(queries::find_for_change()).await?;
    let shop = shop.changed(body.get()?)?;
    verdict.demand()?;
    let saved = write.commit(queries::save(shop)).await;
    saved.on_constraint("shops_sms_number_key", taken).map(|shop| Json(verdict.about(shop)))
}

/// Refuses a number that the shop can't text from, for a form that is refused anyway. Whether another shop has it is known to the
/// database alone, which is asked by writing it down: a transaction that is dropped is undone.
pub async fn demand_free(manager: &Manager, numbers: &Numbers, number: Phone) -> Result<()> {
    super::demand_real(&number)?;
    numbers.judge(&number).await.demand()?;
    let shop = manager.read(queries::find()).await?;
    let shop = Shop { sms_number: Some(number), ..shop };
    manager.begin(queries::save(shop)).await.map(drop).on_constraint("shops_sms_number_key", taken)
}

fn taken() -> Error {
    Conflict::Duplicate { field: NUMBER, detail: "already belongs to a shop" }.into()
}

async fn judge_number(manager: &Manager, numbers: &Numbers, body: &Body<ShopChange, MOST_KIB>) -> Result<Verdict> {
    let (Some(_), Some(change)) = (&numbers.0, body.peek()) else { return Ok(Verdict::Fine) };
    let wanted = manager.read(queries::find()).await?.new_number(change);
    match wanted {
        Some(number) => Ok(numbers.judge(&number).await),
        None => Ok(Verdict::Fine),
    }
}
