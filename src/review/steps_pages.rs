//! What the desk does from the review: the steps of the workflow, the words of a finding, and the report's way to the
//! customer. Each form is a face of the operation that programs use.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::pages::{Reach, Shown, again};
use crate::auth::{Manager, Staff};
use crate::conversations::{Texting, Wake, obstacle};
use crate::desk::{Desk, Here};
use crate::error::{Conflict, Error, Result};
use crate::ids::InspectionId;
use crate::inspections::{api, findings_api, workflow_api};
use crate::reports;
use crate::web::{Action, At, Form, Json, Page, PublicUrl};

#[derive(Template)]
#[template(path = "review/link.html")]
struct LinkPage {
    desk: Desk,
    id: InspectionId,
    address: String,
}

/// `POST /inspections/{id}/start`.
pub async fn start(staff: Staff, reach: Reach, at: At<InspectionId>, form: Form) -> Result<Response> {
    let id = at.0;
    let done = workflow_api::start(staff.clone(), at, Action(form.body())).await;
    back(&staff, &reach, id, form, done.map(drop)).await
}

/// `POST /inspections/{id}/complete`.
pub async fn complete(staff: Staff, reach: Reach, at: At<InspectionId>, form: Form) -> Result<Response> {
    let id = at.0;
    let done = workflow_api::complete(staff.clone(), at, Action(form.body())).await;
    back(&staff, &reach, id, form, done.map(drop)).await
}

/// `POST /inspections/{id}/reopen`.
pub async fn reopen(manager: Manager, reach: Reach, at: At<InspectionId>, form: Form) -> Result<Response> {
    let id = at.0;
    let done = workflow_api::reopen(manager.clone(), at, Action(form.body())).await;
    back(&manager, &reach, id, form, done.map(drop)).await
}

/// `POST /inspections/{id}/notes`: the words of one finding.
pub async fn mend_words(staff: Staff, reach: Reach, at: At<InspectionId>, form: Form) -> Result<Response> {
    let id = at.0;
    let place = format!("{}-{}", form.typed("category"), form.typed("component"));
    match findings_api::rate(staff.clone(), at, form.body()).await {
        Ok(Json(rated)) if rated.was_late() => {
            let words = "were changed by somebody else meanwhile; look at theirs before you save yours";
            let shown = Shown { form: form.again(Error::invalid("notes", words))?, refusal: None };
            again(&staff, &reach, id, shown).await
        }
        Ok(_) => Ok(Redirect::to(&format!("/inspections/{id}#{place}")).into_response()),
        Err(error) => back(&staff, &reach, id, form, Err(error)).await,
    }
}

/// `POST /inspections/{id}/send`: by text, or as a link that is handed over.
pub async fn send(
    manager: Manager,
    reach: Reach,
    (State(public_url), State(texting), State(wake)): (State<PublicUrl>, State<Texting>, State<Wake>),
    at: At<InspectionId>,
    form: Form,
) -> Result<Response> {
    let id = at.0;
    let is_handed_over = form.typed("via") == "link";
    let asked = (State(public_url), State(texting), State(wake));
    let sent = reports::api::send(manager.clone(), asked.0, asked.1, asked.2, at, Action(form.body())).await;
    match sent {
        Ok(Json(sent)) if is_handed_over => {
            let desk = Desk::new(&manager, manager.read(Desk::read()).await?, Here::Elsewhere);
            Ok(Page(LinkPage { desk, id, address: sent.report_url().to_owned() }).into_response())
        }
        sent => back(&manager, &reach, id, form, sent.map(drop)).await,
    }
}

/// `POST /inspections/{id}/revoke`.
pub async fn revoke(manager: Manager, at: At<InspectionId>) -> Result<Redirect> {
    let id = at.0;
    reports::api::revoke(manager, at).await?;
    Ok(to(id))
}

/// `POST /inspections/{id}/delete`.
pub async fn delete(manager: Manager, at: At<InspectionId>) -> Result<Redirect> {
    api::delete(manager, at).await?;
    Ok(Redirect::to("/board"))
}

fn to(id: InspectionId) -> Redirect {
    Redirect::to(&format!("/inspections/{id}"))
}

/// Back to the review: as it is now, or with what stands in the way.
async fn back(staff: &Staff, reach: &Reach, id: InspectionId, form: Form, done: Result<()>) -> Result<Response> {
    let refusal = match done {
        Ok(()) => return Ok(to(id).into_response()),
        Err(Error::Conflict(conflict)) => Some(in_words(&conflict)),
        Err(Error::Invalid(fields)) => {
            let shown = Shown { form: form.again(Error::Invalid(fields))?, refusal: None };
            return again(staff, reach, id, shown).await;
        }
        Err(error) => return Err(error),
    };
    let form = form.again(Error::Invalid(Vec::new()))?;
    again(staff, reach, id, Shown { form, refusal }).await
}

/// What stands in the way, as the desk says it.
fn in_words(conflict: &Conflict) -> String {
    match conflict {
        Conflict::State { .. } => {
            "That is no longer possible: somebody was faster. This is how it is now.".to_owned()
        }
        Conflict::Incomplete { .. } => {
            "Something is still missing, so it is not complete yet. The list says what.".into()
        }
        other => obstacle(other).to_owned(),
    }
}
