//! Photos from the desk: several at once, the words below one, and taking one away.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use uuid::Uuid;

use super::pages::{Reach, Shown, again};
use super::shot::label;
use crate::auth::Staff;
use crate::desk::{Desk, Here};
use crate::error::{Error, FieldError, Result};
use crate::ids::{InspectionId, PhotoId};
use crate::inspections::{self, Photo, Status, WholeInspection};
use crate::photos::{Lab, NOT_HEIC, Placing, api};
use crate::web::{At, Files, Filled, Form, Page, Params, Piece};

#[derive(Template)]
#[template(path = "review/photo.html")]
struct PhotoPage {
    desk: Desk,
    whole: WholeInspection,
    photo: Photo,
    form: Filled,
}

impl PhotoPage {
    /// What it shows.
    fn label(&self) -> &'static str {
        label(&self.photo)
    }

    /// Whether whoever looks may take it away as things stand.
    fn may_remove(&self) -> bool {
        super::may_photograph(&self.desk, &self.whole)
    }

    /// Whether they may change the words below it.
    fn may_describe(&self) -> bool {
        let is_reviewed = self.whole.inspection.stage.status == Status::Completed;
        self.may_remove() || (is_reviewed && self.desk.is_manager())
    }
}

/// `GET /inspections/{id}/photos/{photo}`.
pub async fn show(staff: Staff, At((id, photo)): At<(InspectionId, PhotoId)>) -> Result<Response> {
    page(&staff, id, photo, Filled::default()).await
}

/// `POST /inspections/{id}/photos/{photo}/caption`.
pub async fn describe(staff: Staff, at: At<(InspectionId, PhotoId)>, form: Form) -> Result<Response> {
    let (id, photo) = at.0;
    match api::change(staff.clone(), at, form.body()).await {
        Ok(_) => Ok(Redirect::to(&format!("/inspections/{id}/photos/{photo}")).into_response()),
        Err(error) => page(&staff, id, photo, form.again(error)?).await,
    }
}

/// `POST /inspections/{id}/photos/{photo}/remove`.
pub async fn remove(staff: Staff, at: At<(InspectionId, PhotoId)>) -> Result<Redirect> {
    let (id, _) = at.0;
    api::remove(staff, at).await?;
    Ok(Redirect::to(&format!("/inspections/{id}")))
}

/// `POST /inspections/{id}/photos`: every file of a form, all of the same thing. What can't be taken in is told by its
/// name, and the others are.
pub async fn add(
    staff: Staff,
    reach: Reach,
    State(lab): State<Lab>,
    At(id): At<InspectionId>,
    mut files: Files,
) -> Result<Response> {
    let added = match staff.read(inspections::queries::vehicle_of(id)).await {
        Ok(_) => add_each(&staff, &lab, id, &mut files).await,
        Err(error) => Err(error),
    };
    // Whoever still sends would never hear why they were refused.
    files.turn_away().await;
    let Added { number, mut refusals, is_cut_short } = added?;
    if number == 0 {
        refusals.push("No photo was chosen.".into());
    }
    if refusals.is_empty() {
        return Ok(Redirect::to(&format!("/inspections/{id}#photos")).into_response());
    }
    let shown = Shown { refusal: Some(refusals.join(" ")), ..Shown::default() };
    let mut page = again(&staff, &reach, id, shown).await?;
    if is_cut_short {
        *page.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    Ok(page)
}

/// What became of the files of a form.
#[derive(Default)]
struct Added {
    /// How many came.
    number: u128,
    /// A sentence for each that was not taken in.
    refusals: Vec<String>,
    /// Whether those behind the last one were not even looked at.
    is_cut_short: bool,
}

async fn add_each(staff: &Staff, lab: &Lab, id: InspectionId, files: &mut Files) -> Result<Added> {
    let (mut batch, mut shows, mut added) = (Uuid::now_v7(), String::new(), Added::default());
    while let Some(piece) = files.next().await? {
        let (name, upload) = match piece {
            Piece::Field(name, value) => {
                match name.as_str() {
                    "batch" => batch = value.parse().unwrap_or(batch),
                    "shows" => shows = value,
                    _ => {}
                }
                continue;
            }
            // Nothing was chosen.
            Piece::File(name, _) if name.is_empty() => continue,
            Piece::File(name, upload) => (name, upload),
        };
        // The same form sent twice is the same photos.
        let photo = Uuid::from_u128(batch.as_u128().wrapping_add(added.number)).into();
        added.number += 1;
        let placing: Params<Placing> = Params::read(&shows);
        let Err(error) = api::add(staff.clone(), State(lab.clone()), At((id, photo)), placing, upload).await else {
            continue;
        };
        added.is_cut_short = error.status() == StatusCode::SERVICE_UNAVAILABLE;
        added.refusals.push(sentence(&name, error)?);
        if added.is_cut_short {
            break;
        }
    }
    Ok(added)
}

/// Why a file was not taken in, where that is about this file.
fn sentence(name: &str, error: Error) -> Result<String> {
    match error {
        Error::Invalid(fields) => Ok(fields.iter().map(|field| about(name, field)).collect()),
        Error::TooLarge(most) => Ok(format!("{name} is larger than {} MB.", most >> 20)),
        Error::UnsupportedMediaType(NOT_HEIC) => {
            Ok(format!("{name} is HEIC or AVIF, not JPEG: choose “Most Compatible” in the camera's settings."))
        }
        Error::UnsupportedMediaType(_) => Ok(format!("{name} is no JPEG, PNG or WebP.")),
        Error::Conflict(_) => Ok(format!("{name}: {}.", error.public_detail())),
        Error::StoreAway(_) | Error::Busy(_) => {
            error.log();
            let why = error.public_detail();
            Ok(format!("{name}: {why}. Add it again in a moment, with those behind it."))
        }
        error => Err(error),
    }
}

fn about(name: &str, FieldError { field, detail }: &FieldError) -> String {
    // The body is the file itself.
    if field == "body" { format!("{name} {detail}.") } else { format!("{name}: {field} {detail}.") }
}

async fn page(staff: &Staff, id: InspectionId, photo: PhotoId, form: Filled) -> Result<Response> {
    let (around, whole) = staff.read((Desk::read(), inspections::whole(id))).await?;
    let desk = Desk::new(staff, around, Here::Elsewhere);
    let photo = whole.photos.iter().find(|known| known.id == photo).cloned().ok_or(Error::NotFound)?;
    Ok(Page(PhotoPage { desk, whole, photo, form }).into_response())
}
