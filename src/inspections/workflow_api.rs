//! The steps of an inspection: assign, start, complete, reopen. (`send` stands with the report.)

use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{Event, Finding, Inspection, Progress, Stage, Status, WholeInspection, list_findings, queries, whole};
use crate::auth::{Manager, Staff};
use crate::db::Write;
use crate::error::{Conflict, Error, Result};
use crate::ids::{InspectionId, UserId};
use crate::role::Role;
use crate::text::Line;
use crate::users;
use crate::web::{Action, At, Body, Json, NoWords};

/// Who is to inspect; null for nobody.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    user_id: Option<UserId>,
}

/// Whether what is missing may stay missing.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Completion {
    allow_incomplete: bool,
}

/// Why it goes back to the car.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Reopening {
    reason: Option<Line<1000>>,
}

/// Tells somebody to look at the car, or nobody.
#[utoipa::path(
    post, path = "/inspections/{id}/assign", operation_id = "assignInspection", tag = "Workflow",
    responses((status = 409, description = "state"))
)]
pub async fn assign(
    manager: Manager,
    At(id): At<InspectionId>,
    body: Body<Assignment>,
) -> Result<Json<WholeInspection>> {
    // Whom the body names is looked up in the first flight, so it is read before; what is wrong with it waits.
    let named = body.peek().and_then(|assignment| assignment.user_id);
    let (write, (inspection, user)) =
        manager.begin((queries::lock(id), named.map(|user| users::find(user).or_none()))).await?;
    let Assignment { user_id } = body.get()?;
    if let Some(user) = user {
        users::demand_active(user.as_ref(), "user_id")?;
    }
    let to = inspection.stage.assign(user_id)?;
    finish(write, &inspection, to, Event::Assigned, None).await
}

/// Begins at the car.
#[utoipa::path(
    post, path = "/inspections/{id}/start", operation_id = "startInspection", tag = "Workflow",
    responses((status = 409, description = "state"))
)]
pub async fn start(
    staff: Staff,
    At(id): At<InspectionId>,
    Action(body): Action<NoWords>,
) -> Result<Json<WholeInspection>> {
    let (write, inspection) = staff.begin(queries::lock(id)).await?;
    inspection.stage.demand_hands(write.actor())?;
    body.get()?;
    let to = inspection.stage.start(write.actor())?;
    finish(write, &inspection, to, Event::Started, None).await
}

/// Is done at the car, if nothing is missing or a manager lets it stay missing.
#[utoipa::path(
    post, path = "/inspections/{id}/complete", operation_id = "completeInspection", tag = "Workflow",
    responses((status = 409, description = "state, incomplete"))
)]
pub async fn complete(
    staff: Staff,
    At(id): At<InspectionId>,
    Action(body): Action<Completion>,
) -> Result<Json<WholeInspection>> {
    let (write, ((inspection, powertrain), findings)) =
        staff.begin((queries::lock_with_powertrain(id), list_findings(id))).await?;
    let actor = write.actor();
    inspection.stage.demand_hands(actor)?;
    let Completion { allow_incomplete } = body.get()?;
    if allow_incomplete && actor.role == Role::Mechanic {
        return Err(Error::Forbidden("only a shop manager may complete what is incomplete"));
    }
    let to = inspection.stage.complete()?;
    let progress = Progress::of(powertrain, findings.iter().map(Finding::rating));
    let is_done_now = inspection.stage.status == Status::InProgress;
    if is_done_now && !allow_incomplete && !progress.missing.is_empty() {
        return Err(Conflict::Incomplete { missing: json!(progress.missing) }.into());
    }
    finish(write, &inspection, to, Event::Completed, None).await
}

/// Sends it back to the car; a report that is out says from then on that it is being updated.
#[utoipa::path(
    post, path = "/inspections/{id}/reopen", operation_id = "reopenInspection", tag = "Workflow",
    responses((status = 409, description = "state"))
)]
pub async fn reopen(
    manager: Manager,
    At(id): At<InspectionId>,
    Action(body): Action<Reopening>,
) -> Result<Json<WholeInspection>> {
    let (write, inspection) = manager.begin(queries::lock(id)).await?;
    let Reopening { reason } = body.get()?;
    let to = inspection.stage.reopen()?;
    finish(write, &inspection, to, Event::Reopened, reason).await
}

/// Writes the step with its event, unless it leads to where the inspection already is.
async fn finish(
    write: Write,
    inspection: &Inspection,
    to: Stage,
    event: Event,
    reason: Option<Line<1000>>,
) -> Result<Json<WholeInspection>> {
    let id = inspection.id;
    let step = (to != inspection.stage).then(|| {
        let mut after = json!(to);
        if let Some(reason) = reason {
            after["reason"] = json!(reason);
        }
        (queries::move_to(id, to), queries::tell(event, id, json!(inspection.stage), after))
    });
    let (_, whole) = write.commit((step, whole(id))).await?;
    Ok(Json(whole))
}
