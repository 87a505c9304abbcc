//! `/inspections`, `/vehicles/{id}/inspections` and `/catalogue`.

use serde_json::json;

use super::catalogue::{self, Catalogue};
use super::filter::Filter;
use super::list_queries;
use super::{Event, InspectionChange, ListedInspection, NewInspection, Status, WholeInspection, queries, whole};
use crate::auth::{Manager, Staff};
use crate::error::{Conflict, Error, Result};
use crate::ids::{InspectionId, VehicleId};
use crate::role::Role;
use crate::users;
use crate::vehicles;
use crate::web::{At, Body, Created, Cursor, Gone, Json, List, Params};

/// Tell the cursors of these lists from those of others: of the shop's inspections, and of one vehicle's.
const LIST: u8 = b'i';
const LIST_OF_VEHICLE: u8 = b'h';

/// All concerns and notes that there may be.
const MOST_KIB: usize = 384;

/// The checklist.
#[utoipa::path(get, path = "/catalogue", operation_id = "showCatalogue", tag = "Inspections")]
pub async fn catalogue(staff: Staff) -> Result<Json<Catalogue>> {
    staff.enter(false).await?;
    Ok(Json(*catalogue::catalogue()))
}

/// The inspections that the filter asks for.
#[utoipa::path(get, path = "/inspections", operation_id = "listInspections", tag = "Inspections")]
pub async fn list(staff: Staff, params: Params<Filter>) -> Result<Json<List<ListedInspection>>> {
    let (filter, behind) = params.in_list(LIST).accept(&staff).await?;
    let rows = staff.read(list_queries::page(&filter, behind)).await?;
    Ok(Json(page(LIST, rows, &filter)))
}

/// A vehicle's history.
#[utoipa::path(
    get,
    path = "/vehicles/{id}/inspections",
    operation_id = "listInspectionsOfVehicle",
    tag = "Inspections"
)]
pub async fn list_of_vehicle(
    staff: Staff,
    At(vehicle): At<VehicleId>,
    params: Params<Filter>,
) -> Result<Json<List<ListedInspection>>> {
    let ((filter, behind), complaint) = params.in_list(LIST_OF_VEHICLE).or_default();
    let filter = filter.of_vehicle(vehicle);
    let (_, rows) = staff.read((vehicles::queries::find(vehicle), list_queries::page(&filter, behind))).await?;
    complaint?;
    Ok(Json(page(LIST_OF_VEHICLE, rows, &filter)))
}

/// One inspection with everything beside it.
#[utoipa::path(get, path = "/inspections/{id}", operation_id = "showInspection", tag = "Inspections")]
pub async fn show(staff: Staff, At(id): At<InspectionId>) -> Result<Json<WholeInspection>> {
    Ok(Json(staff.read(whole(id)).await?))
}

/// Takes a car in. The same id with the same words is answered with the inspection as it is now.
#[utoipa::path(
    post, path = "/inspections", operation_id = "addInspection", tag = "Inspections",
    responses((status = 409, description = "id-taken"))
)]
pub async fn add(manager: Manager, body: Body<NewInspection, MOST_KIB>) -> Result<Created<WholeInspection>> {
    let digest = body.digest();
    let new = body.accept(&manager).await?;
    let id = new.id.unwrap_or_default();
    let (write, (kept, vehicle, assignee)) = manager
        .begin((
            queries::find_digest(id),
            vehicles::queries::find(new.vehicle_id).or_none(),
            new.assigned_to.map(|user| users::find(user).or_none()),
        ))
        .await?;
    if let Some(kept) = kept {
        let whole = write.commit(whole(id)).await?;
        return Created::judge(None, Some((whole, Some(kept))), &digest);
    }
    vehicle.ok_or_else(|| Error::invalid("vehicle_id", "is not a vehicle of this shop"))?;
    if let Some(assignee) = assignee {
        users::demand_active(assignee.as_ref(), "assigned_to")?;
    }
    let insert = queries::insert(id, new, catalogue::VERSION, digest.clone());
    match write.commit((insert, queries::find_digest(id), whole(id))).await {
        Ok((true, _, whole)) => Ok(Created::Now(whole)),
        // Somebody was faster: perhaps the same request, once more.
        Ok((false, kept, whole)) => Created::judge(None, Some((whole, kept)), &digest),
        // Nothing was inserted and nothing is to be seen: the id is another shop's.
        Err(Error::NotFound) => Err(Conflict::IdTaken.into()),
        Err(error) => Err(error),
    }
}

/// Changes concerns, odometer or notes. A mechanic does so in what they are inspecting.
#[utoipa::path(
    patch, path = "/inspections/{id}", operation_id = "changeInspection", tag = "Inspections",
    responses((status = 409, description = "state"))
)]
pub async fn change(
    staff: Staff,
    At(id): At<InspectionId>,
    body: Body<InspectionChange, MOST_KIB>,
) -> Result<Json<WholeInspection>> {
    let (write, inspection) = staff.begin(queries::lock(id)).await?;
    let stage = inspection.stage;
    stage.demand_hands(write.actor())?;
    let change = body.get()?;
    if write.actor().role == Role::Mechanic && stage.status != Status::InProgress {
        return Err(stage.stands_in_the_way().into());
    }
    let before = json!(inspection);
    let after = inspection.changed(change);
    let is_news = json!(after) != before;
    let news = is_news.then(|| (queries::save(&after), queries::tell(Event::Changed, id, before, json!(after))));
    let (_, whole) = write.commit((news, whole(id))).await?;
    Ok(Json(whole))
}

/// Hides an inspection; its report opens no longer.
#[utoipa::path(delete, path = "/inspections/{id}", operation_id = "deleteInspection", tag = "Inspections")]
pub async fn delete(manager: Manager, At(id): At<InspectionId>) -> Result<Gone> {
    manager.write((queries::hold(id), queries::delete(id))).await?;
    Ok(Gone)
}

fn page(list: u8, inspections: Vec<ListedInspection>, filter: &Filter) -> List<ListedInspection> {
    List::page(list, inspections, filter.limit, |row| Cursor {
        at: row.inspection.created_at,
        id: row.inspection.id.uuid(),
    })
}
