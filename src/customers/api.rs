//! `/customers`.

use super::{Customer, CustomerChange, NewCustomer, queries};
use crate::auth::{Manager, Staff};
use crate::db::is_held;
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
    let wanted = match body.get() {
        Ok(wanted) => wanted,
        Err(complaint) => {
            manager.begin(queries::lock(id)).await?;
            return Err(complaint);
        }
    };
    // A phone that comes with the word can be read once the shop's country is known. Whoever shares it is held then, unless
    // somebody else has one of them: everybody is held from the start in a second attempt.
    let mut foreseen = None;
    loop {
        let sharers = wanted.sms_opt_in().map(|_| queries::hold_sharers(id, foreseen.clone()));
        let (write, (_, shop, customer)) = manager.begin((sharers, shops::find(), queries::lock(id))).await?;
        let is_news = |welcome: &bool| *welcome != customer.sms_opt_in;
        let consent = wanted.sms_opt_in().filter(is_news).map(|welcome| queries::record_consent(id, welcome));
        let known = [customer.phone.clone(), foreseen];
        let customer = customer.changed(wanted.clone(), shop.settings.country)?;
        let surprise =
            customer.phone.clone().filter(|_| wanted.sms_opt_in().is_some() && !known.contains(&customer.phone));
        let hold = surprise.clone().map(queries::hold_at_once);
        match (write.commit((hold, queries::save(customer), consent)).await, surprise) {
            (Err(error), Some(phone)) if is_held(&error) => foreseen = Some(phone),
            (saved, _) => return saved.map(|(_, customer, _)| Json(customer)),
        }
    }
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
