//! `/pictures/{id}/{size}`.

use axum::extract::State;
use axum::response::Response;

use super::queries;
use crate::auth::Manager;
use crate::error::{Error, Result};
use crate::ids::PhotoId;
use crate::photos::api::picture;
use crate::photos::{Key, Lab, Size};
use crate::web::At;

/// A picture that a customer texted, for managers, who read texts.
#[utoipa::path(
    get, path = "/pictures/{id}/{size}", operation_id = "showPicture", tag = "Conversations",
    responses((status = 200, description = "The picture.", content_type = "image/jpeg", body = Vec<u8>))
)]
pub async fn show(
    manager: Manager,
    State(lab): State<Lab>,
    At((photo, size)): At<(PhotoId, Option<Size>)>,
) -> Result<Response> {
    let digest = manager.read(queries::find_picture(photo)).await?;
    let size = size.ok_or(Error::NotFound)?;
    let print = lab.store.fetch(&Key { shop: manager.shop(), photo, digest }, size).await?;
    Ok(picture(print))
}
