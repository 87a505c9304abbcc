//! `/customers`.

use super::{Customer, CustomerChange, NewCustomer, queries};
use crate::auth::{Manager, Staff};
use crate::db::Batch;
use crate::error::Result;
use crate::ids::CustomerId;
use crate::shops;
use crate::web::{Action, At, Body, Created, Cursor, Gone, Json, List, NoWords, Params, SearchPaging};

/// Tells the cursors of this list from those of others.
const LIST: u8 = b'c';

/// The customers, or those that are searched for.
#[utoipa::path(get, path = "/customers", operation_id = "listCustomers", tag = "Customers")]
pub async fn list(staff: Staff, params: Params<SearchPaging>) -> Result<Json<List<Customer>>> {
    let (SearchPaging { q, limit, .. }, behind) = params.in_list(LIST).accept(&staff).await?;
    let customers = staff.read(queries::list(&q, limit, behind)).await?;
    Ok(Json(List::page(LIST, customers, limit, |c| Cursor { at: c.created_at, id: c.id.uuid() })))
}

/// One customer.
#[utoipa::path(get, path = "/customers/{id}", operation_id = "showCustomer", tag = "Customers")]
pub async fn show(staff: Staff, At(id): At<CustomerId>) -> Result<Json<Customer>> {
    staff.read(queries::find(id)).await.map(Json)
}

/// Adds a customer. The same id with the same words is answered with who was added then.
#[utoipa::path(
    post, path = "/customers", operation_id = "addCustomer", tag = "Customers",
    responses((status = 409, description = "id-taken"))
)]
pub async fn add(manager: Manager, body: Body<NewCustomer>) -> Result<Created<Customer>> {
    let digest = body.digest();
    let new = body.accept(&manager).await?;
    let id = new.id.unwrap_or_default();
    let (write, shop) = manager.begin(shops::find()).await?;
    let phone = new.phone(shop.settings.country)?;
    let insert = queries::insert(id, new, phone, digest.clone());
    let (made, kept) = write.commit((insert, queries::find_with_digest(id))).await?;
    Created::judge(made, kept, &digest)
}

/// Changes a customer. Saying whether they want texts records their word for their phone, and so lifts a STOP, or stands
/// like one.
#[utoipa::path(patch, path = "/customers/{id}", operation_id = "changeCustomer", tag = "Customers")]
pub async fn change(manager: Manager, At(id): At<CustomerId>, body: Body<CustomerChange>) -> Result<Json<Customer>> {
    let sharers = sharers(&manager, id, &body).await?;
    let (write, (_, shop, customer)) = manager.begin((sharers, shops::find(), queries::lock(id))).await?;
    let change = body.get()?;
    let consent = change
        .sms_opt_in()
        .filter(|welcome| *welcome != customer.sms_opt_in)
        .map(|welcome| queries::record_consent(id, welcome));
    let customer = customer.changed(change, shop.settings.country)?;
    let (customer, _) = write.commit((queries::save(customer), consent)).await?;
    Ok(Json(customer))
}

/// Those for whom the customer's word would hold, where the change says one. A phone that comes with it is read first, with the
/// shop's country, because whoever shares that one is to be held as well.
async fn sharers(
    manager: &Manager,
    id: CustomerId,
    body: &Body<CustomerChange>,
) -> Result<Option<impl Batch + use<>>> {
    let Some(change) = body.peek().filter(|change| change.sms_opt_in().is_some()) else { return Ok(None) };
    let new_phone = match change.typed_phone() {
        Some(typed) => typed.parse(manager.read(shops::find()).await?.settings.country).ok(),
        None => None,
    };
    Ok(Some(queries::hold_sharers(id, new_phone)))
}

/// Hides a customer and their vehicles; inspections and reports stay.
#[utoipa::path(delete, path = "/customers/{id}", operation_id = "deleteCustomer", tag = "Customers")]
pub async fn delete(manager: Manager, At(id): At<CustomerId>) -> Result<Gone> {
    manager.write((queries::hold(id), queries::delete(id))).await?;
    Ok(Gone)
}

/// Brings back a customer who was deleted in the last 30 days, and the vehicles that were hidden with them. Whoever is
/// here stays as they are.
#[utoipa::path(post, path = "/customers/{id}/restore", operation_id = "restoreCustomer", tag = "Customers")]
pub async fn restore(
    manager: Manager,
    At(id): At<CustomerId>,
    Action(body): Action<NoWords>,
) -> Result<Json<Customer>> {
    let (write, _) = manager.begin((queries::hold(id), queries::find_lately(id))).await?;
    body.get()?;
    let ((), customer) = write.commit((queries::restore(id), queries::find(id))).await?;
    Ok(Json(customer))
}
