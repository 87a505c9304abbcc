//! `/vehicles`, and `/customers/{id}/vehicles`.

use serde::Serialize;
use utoipa::ToSchema;

use super::{NewVehicle, Vehicle, VehicleChange, queries};
use crate::auth::{Manager, Staff};
use crate::customers;
use crate::db::NamedConstraint as _;
use crate::error::Result;
use crate::ids::{CustomerId, VehicleId};
use crate::text::Warning;
use crate::web::{Action, At, Body, Created, Cursor, Gone, Json, Limit, List, NoWords, Paging, Params, SearchPaging};

/// Tell the cursors of these lists from those of others: of the shop's vehicles, and of one customer's.
const LIST: u8 = b'v';
const LIST_OF_CUSTOMER: u8 = b'o';

/// A vehicle with what looks mistyped about it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CheckedVehicle)]
pub struct Answer {
    #[serde(flatten)]
    vehicle: Vehicle,
    warnings: Vec<Warning>,
}

impl From<Vehicle> for Answer {
    fn from(vehicle: Vehicle) -> Self {
        Self { warnings: vehicle.warnings(), vehicle }
    }
}

/// The vehicles, or those that are searched for.
#[utoipa::path(get, path = "/vehicles", operation_id = "listVehicles", tag = "Vehicles")]
pub async fn list(staff: Staff, params: Params<SearchPaging>) -> Result<Json<List<Answer>>> {
    let (SearchPaging { q, limit, .. }, behind) = params.in_list(LIST).accept(&staff).await?;
    let vehicles = staff.read(queries::list(&q, limit, behind)).await?;
    Ok(Json(page(LIST, vehicles, limit)))
}

/// A customer's vehicles.
#[utoipa::path(get, path = "/customers/{id}/vehicles", operation_id = "listVehiclesOfCustomer", tag = "Vehicles")]
pub async fn list_of_customer(
    staff: Staff,
    At(customer): At<CustomerId>,
    params: Params<Paging>,
) -> Result<Json<List<Answer>>> {
    let ((Paging { limit, .. }, behind), complaint) = params.in_list(LIST_OF_CUSTOMER).or_default();
    let (_, vehicles) =
        staff.read((customers::queries::find(customer), queries::list_of(customer, limit, behind))).await?;
    complaint?;
    Ok(Json(page(LIST_OF_CUSTOMER, vehicles, limit)))
}

/// One vehicle.
#[utoipa::path(get, path = "/vehicles/{id}", operation_id = "showVehicle", tag = "Vehicles")]
pub async fn show(staff: Staff, At(id): At<VehicleId>) -> Result<Json<Answer>> {
    staff.read(queries::find(id)).await.map(|vehicle| Json(vehicle.into()))
}

/// Adds a vehicle to a customer. The same id with the same words is answered with what was added then.
#[utoipa::path(
    post, path = "/customers/{id}/vehicles", operation_id = "addVehicle", tag = "Vehicles",
    responses((status = 409, description = "id-taken"))
)]
pub async fn add(manager: Manager, At(customer): At<CustomerId>, body: Body<NewVehicle>) -> Result<Created<Answer>> {
    let (write, _) = manager.begin(customers::queries::lock(customer)).await?;
    let digest = body.digest();
    let new = body.get()?;
    let id = new.id.unwrap_or_default();
    let insert = queries::insert(id, customer, new, digest.clone());
    let added = write.commit((insert, queries::find_with_digest(id))).await;
    let (made, kept) = added.on_constraint("valid_year", || super::not_a_year("year"))?;
    let kept = kept.filter(|(vehicle, _)| vehicle.customer_id == customer);
    Created::judge(made, kept, &digest).map(|created| created.map(Answer::from))
}

/// Changes a vehicle.
#[utoipa::path(patch, path = "/vehicles/{id}", operation_id = "changeVehicle", tag = "Vehicles")]
pub async fn change(staff: Staff, At(id): At<VehicleId>, body: Body<VehicleChange>) -> Result<Json<Answer>> {
    let (write, (vehicle, is_inspecting)) = staff.begin((queries::lock(id), queries::is_inspecting(id))).await?;
    let role = write.actor().role;
    super::demand_access(role, is_inspecting)?;
    let change = body.get()?.allowed_for(role)?;
    let saved = write.commit(queries::save(vehicle.changed(change))).await;
    saved.on_constraint("valid_year", || super::not_a_year("year")).map(|vehicle| Json(vehicle.into()))
}

/// Hides a vehicle; its inspections stay.
#[utoipa::path(delete, path = "/vehicles/{id}", operation_id = "deleteVehicle", tag = "Vehicles")]
pub async fn delete(manager: Manager, At(id): At<VehicleId>) -> Result<Gone> {
    manager.write(queries::delete(id)).await?;
    Ok(Gone)
}

/// Brings back a vehicle that was deleted in the last 30 days, while its owner is here. One that is here stays as it is.
#[utoipa::path(post, path = "/vehicles/{id}/restore", operation_id = "restoreVehicle", tag = "Vehicles")]
pub async fn restore(manager: Manager, At(id): At<VehicleId>, Action(body): Action<NoWords>) -> Result<Json<Answer>> {
    let (write, _) = manager.begin((queries::hold_owner(id), queries::find_lately(id))).await?;
    body.get()?;
    let ((), vehicle) = write.commit((queries::restore(id), queries::find(id))).await?;
    Ok(Json(vehicle.into()))
}

fn page(list: u8, vehicles: Vec<Vehicle>, limit: Limit) -> List<Answer> {
    let vehicles = vehicles.into_iter().map(Answer::from).collect();
    List::page(list, vehicles, limit, |answer: &Answer| Cursor {
        at: answer.vehicle.created_at,
        id: answer.vehicle.id.uuid(),
    })
}
