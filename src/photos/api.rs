//! `/inspections/{id}/photos/{photo_id}` and `/photos/{id}/{size}`.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use utoipa::PartialSchema as _;
use utoipa::openapi::{RefOr, Schema};

use super::lab::{Lab, Negative};
use super::queries::{self, Taken};
use super::store::Key;
use super::{Kept, PhotoChange, Placing, Size, Standing, demand_open, demand_room, demand_wording};
use crate::auth::Staff;
use crate::db::Actor;
use crate::error::{Conflict, Error, Result};
use crate::ids::{InspectionId, PhotoId};
use crate::inspections::{self, Photo, Stage};
use crate::users;
use crate::web::operation::{Draft, Part};
use crate::web::{At, Body, Created, FromPath, Gone, Json, Params, Upload};

type Place = (InspectionId, PhotoId);

/// Takes a photo in. The same bytes under the same id are answered with the photo as it is now.
#[utoipa::path(
    put, path = "/inspections/{id}/photos/{photo_id}", operation_id = "addPhoto", tag = "Photos",
    responses((status = 409, description = "state, photo-limit, id-taken"))
)]
pub async fn add(
    staff: Staff,
    State(lab): State<Lab>,
    At(place): At<Place>,
    params: Params<Placing>,
    upload: Upload,
) -> Result<Created<Photo>> {
    let before = match admit(&staff, place).await {
        Ok(before) => before,
        Err(refusal) => {
            upload.turn_away().await;
            return Err(refusal);
        }
    };
    let negative = lab.receive(staff.shop(), upload).await?;
    let (placing, complaint) = params.or_default();
    complaint?;
    take_in(&staff, &lab, place, &placing, (negative, before)).await
}

/// Changes the words below a photo.
#[utoipa::path(
    patch, path = "/inspections/{id}/photos/{photo_id}", operation_id = "changePhoto", tag = "Photos",
    responses((status = 409, description = "state"))
)]
pub async fn change(staff: Staff, At((id, photo)): At<Place>, body: Body<PhotoChange>) -> Result<Json<Photo>> {
    let (write, (inspection, kept)) =
        staff.begin((inspections::queries::lock(id), queries::find_kept(photo))).await?;
    inspection.stage.demand_hands(write.actor())?;
    let kept = kept.filter(|kept| kept.inspection == id && !kept.is_removed).ok_or(Error::NotFound)?;
    let caption = body.get()?.caption.apply(kept.photo.caption.clone());
    if caption == kept.photo.caption {
        return Ok(Json(kept.photo));
    }
    demand_wording(inspection.stage, write.actor().role)?;
    write.commit(queries::describe(id, photo, &kept.photo, caption.clone())).await?;
    Ok(Json(Photo { caption, ..kept.photo }))
}

/// Takes a photo away. Taken away before, it is no error.
#[utoipa::path(
    delete, path = "/inspections/{id}/photos/{photo_id}", operation_id = "removePhoto", tag = "Photos",
    responses((status = 409, description = "state"))
)]
pub async fn remove(staff: Staff, At((id, photo)): At<Place>) -> Result<Gone> {
    let (write, (inspection, kept)) =
        staff.begin((inspections::queries::lock(id), queries::find_kept(photo))).await?;
    inspection.stage.demand_hands(write.actor())?;
    let kept = kept.filter(|kept| kept.inspection == id).ok_or(Error::NotFound)?;
    if kept.is_removed {
        return Ok(Gone);
    }
    demand_open(inspection.stage)?;
    write.commit(queries::remove(id, photo)).await?;
    Ok(Gone)
}

/// A photo, for the shop's people.
#[utoipa::path(
    get, path = "/photos/{id}/{size}", operation_id = "showPhoto", tag = "Photos",
    responses((status = 200, description = "The picture.", content_type = "image/jpeg", body = Vec<u8>))
)]
pub async fn show(
    staff: Staff,
    State(lab): State<Lab>,
    At((photo, size)): At<(PhotoId, Option<Size>)>,
) -> Result<Response> {
    let digest = staff.read(queries::find_digest(photo)).await?;
    let size = size.ok_or(Error::NotFound)?;
    let print = lab.store.fetch(&Key { shop: staff.shop(), photo, digest }, size).await?;
    Ok(picture(print))
}

/// A picture as it is answered: it never changes, and whatever it may be, a browser shows it as nothing but a picture.
pub(crate) fn picture(print: Bytes) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/jpeg"),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let mut response = (headers, print).into_response();
    let same_origin = HeaderValue::from_static("same-origin");
    response.headers_mut().insert("cross-origin-resource-policy", same_origin);
    response
}

/// How things are before an upload is received.
pub(super) struct Before {
    stage: Stage,
    kept: Option<Kept>,
    photos: i64,
}

/// Finds out whether whoever asks may add photos here, in one flight: nothing of the database is held while an upload
/// arrives.
async fn admit(staff: &Staff, (id, photo): Place) -> Result<Before> {
    // An id that can't be one is nobody's.
    if photo.uuid().is_nil() {
        staff.read(inspections::queries::vehicle_of(id)).await?;
        return Err(Error::NotFound);
    }
    let known = (inspections::queries::lock(id), queries::find_kept(photo), queries::count(id));
    let (me, (inspection, kept, photos)) = staff.write((users::find_self(), known)).await?;
    inspection.stage.demand_hands(Actor { user: me.id, role: me.role })?;
    Ok(Before { stage: inspection.stage, kept, photos })
}

/// Makes a print, keeps it, and notes the photo: in this order, so that no row points to nothing.
async fn take_in(
    staff: &Staff,
    lab: &Lab,
    (id, photo): Place,
    placing: &Placing,
    (negative, before): (Negative, Before),
) -> Result<Created<Photo>> {
    let (subject, caption) = (placing.subject()?, placing.caption()?);
    if let Ok(Standing::Same(photo)) = Standing::of(before.kept.clone(), id, &negative.digest) {
        return Ok(Created::Before(photo));
    }
    let print = lab.print(&negative).await?;
    if let Standing::New = Standing::of(before.kept, id, &negative.digest)? {
        demand_open(before.stage)?;
        demand_room(before.photos)?;
    }
    let digest = negative.digest.to_vec();
    lab.store.keep(&Key { shop: staff.shop(), photo, digest: digest.clone() }, &print).await?;
    let taken = Taken { id: photo, subject, caption, size: negative.size(), digest, print };
    note(staff, id, taken).await
}

async fn note(staff: &Staff, id: InspectionId, taken: Taken) -> Result<Created<Photo>> {
    let (photo, digest) = (taken.id, taken.digest.clone());
    let known = (inspections::queries::lock(id), queries::find_kept(photo), queries::count(id));
    let (write, (inspection, kept, photos)) = staff.begin(known).await?;
    inspection.stage.demand_hands(write.actor())?;
    let standing = Standing::of(kept, id, &digest)?;
    if let Standing::Same(photo) = standing {
        return Ok(Created::Before(photo));
    }
    demand_open(inspection.stage)?;
    demand_room(photos)?;
    let is_new = matches!(standing, Standing::New);
    let (insert, back) =
        if is_new { (Some(queries::insert(id, taken)), None) } else { (None, Some(queries::bring_back(id, photo))) };
    let (_, _, kept) = write.commit((insert, back, queries::find_kept(photo))).await?;
    match Standing::of(kept, id, &digest)? {
        Standing::Same(photo) if is_new => Ok(Created::Now(photo)),
        Standing::Same(photo) => Ok(Created::Before(photo)),
        // Nothing was inserted and nothing is to be seen: the id is another shop's.
        Standing::New | Standing::Removed => Err(Conflict::IdTaken.into()),
    }
}

impl FromPath for Option<Size> {
    fn from_path<'a>(parts: &mut impl Iterator<Item = &'a str>) -> Self {
        parts.next().and_then(|part| part.parse().ok())
    }

    fn schemas() -> Vec<RefOr<Schema>> {
        vec![Size::schema()]
    }
}

impl Part for State<Lab> {
    fn describe(draft: &mut Draft) {
        draft.may_fail([503]);
    }
}
