//! `/inspections/{id}/inspect`: the inspection, at the car. The page is an application of its own that sends what was tapped
//! to the operations that programs use.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::sheet::Sheet;
use super::words::Words;
use crate::auth::Staff;
use crate::desk::{Desk, Here};
use crate::error::{Error, Result};
use crate::ids::InspectionId;
use crate::inspections::{self, Status, WholeInspection, workflow_api};
use crate::language::Language;
use crate::web::{Action, At, Form, Page, Params};

#[derive(Template)]
#[template(path = "work/inspect.html")]
struct InspectPage {
    desk: Desk,
    whole: WholeInspection,
    language: Language,
    words: &'static Words,
    data: String,
}

#[derive(Template)]
#[template(path = "work/start.html")]
struct StartPage {
    desk: Desk,
    whole: WholeInspection,
    words: &'static Words,
}

/// What is wanted of the page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    /// To see what waits on the phone, whatever has become of the inspection.
    unsent: Option<String>,
}

/// `GET /inspections/{id}/inspect`. What is not to be inspected any more, or not by whoever asks, is shown as the desk
/// reviews it.
pub async fn show(
    staff: Staff,
    At(id): At<InspectionId>,
    params: Params<Wish>,
    language: Language,
) -> Result<Response> {
    let (Wish { unsent }, _) = params.or_default();
    let (around, whole) = staff.read((Desk::read(), inspections::whole(id))).await?;
    let desk = Desk::new(&staff, around, Here::Elsewhere);
    let words = Words::of(language);
    let stage = whole.inspection.stage;
    let is_theirs = desk.is_manager() || stage.assigned_to.is_none_or(|mechanic| mechanic == desk.person.id);
    match stage.status {
        status if unsent.is_some() || (is_theirs && status == Status::InProgress) => {
            let data = Sheet::of(&desk, &whole, language).as_data()?;
            Ok(Page(InspectPage { desk, whole, language, words, data }).into_response())
        }
        Status::Created | Status::Assigned if is_theirs => Ok(Page(StartPage { desk, whole, words }).into_response()),
        _ => Ok(Redirect::to(&format!("/inspections/{id}")).into_response()),
    }
}

/// `POST /inspections/{id}/inspect`: starts, and goes on to the car.
pub async fn start(staff: Staff, at: At<InspectionId>, form: Form) -> Result<Response> {
    let id = at.0;
    match workflow_api::start(staff, at, Action(form.body())).await {
        Ok(_) => Ok(Redirect::to(&format!("/inspections/{id}/inspect")).into_response()),
        Err(Error::Conflict(_) | Error::Forbidden(_)) => Ok(Redirect::to("/work?taken=yes").into_response()),
        Err(error) => Err(error),
    }
}

impl StartPage {
    fn is_free(&self) -> bool {
        self.whole.inspection.stage.assigned_to.is_none()
    }
}
