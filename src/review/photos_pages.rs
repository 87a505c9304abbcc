//! Photos from the desk: several at once, the words below one, and taking one away.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use uuid::Uuid;

use super::pages::{Reach, Shown, again};
use super::shot::label;
use crate::auth::Staff;
use crate::desk::{Desk, Here};
use crate::error::{Error, Result};
use crate::ids::{InspectionId, PhotoId};
use crate::inspections::{self, Photo, Status, WholeInspection};
use crate::photos::{Lab, Placing, api};
use crate::web::{At, Files, Filled, Form, Page, Params, Piece, Upload};

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
    staff.read(inspections::queries::vehicle_of(id)).await?;
    let (mut batch, mut shows, mut number) = (Uuid::now_v7(), String::new(), 0);
    let mut refusals = Vec::new();
    while let Some(piece) = files.next().await? {
        match piece {
            Piece::Field(name, value) if name == "batch" => batch = value.parse().unwrap_or(batch),
            Piece::Field(name, value) if name == "shows" => shows = value,
            Piece::Field(..) => {}
            // Nothing was chosen.
            Piece::File(name, _) if name.is_empty() => {}
            Piece::File(name, upload) => {
                // The same form sent twice is the same photos.
                let photo = Uuid::from_u128(batch.as_u128().wrapping_add(number)).into();
                number += 1;
                refusals.extend(
                    add_one(&staff, &lab, (id, photo), &shows, upload).await?.map(|why| format!("{name}: {why}.")),
                );
            }
        }
    }
    if number == 0 {
        refusals.push("No photo was chosen.".into());
    }
    if refusals.is_empty() {
        return Ok(Redirect::to(&format!("/inspections/{id}#photos")).into_response());
    }
    again(&staff, &reach, id, Shown { refusal: Some(refusals.join(" ")), ..Shown::default() }).await
}

/// Why it could not be taken in, where that is about this one.
async fn add_one(
    staff: &Staff,
    lab: &Lab,
    place: (InspectionId, PhotoId),
    shows: &str,
    upload: Upload,
) -> Result<Option<String>> {
    let placing: Params<Placing> = Params::read(shows);
    match api::add(staff.clone(), State(lab.clone()), At(place), placing, upload).await {
        Ok(_) => Ok(None),
        Err(Error::Invalid(fields)) => Ok(fields.first().map(|field| field.detail.clone())),
        Err(error @ (Error::Conflict(_) | Error::TooLarge(_) | Error::UnsupportedMediaType(_))) => {
            Ok(Some(error.public_detail()))
        }
        Err(error) => Err(error),
    }
}

async fn page(staff: &Staff, id: InspectionId, photo: PhotoId, form: Filled) -> Result<Response> {
    let (around, whole) = staff.read((Desk::read(), inspections::queries::whole(id))).await?;
    let desk = Desk::new(staff, around, Here::Elsewhere);
    let whole = WholeInspection::new(whole);
    let photo = whole.photos.iter().find(|known| known.id == photo).cloned().ok_or(Error::NotFound)?;
    Ok(Page(PhotoPage { desk, whole, photo, form }).into_response())
}
