//! `/r/{token}/photos/{id}/{size}`: the photos of a report, for whoever holds its link.

use axum::extract::State;
use axum::response::Response;

use super::queries;
use crate::auth::token::LinkToken;
use crate::db::Database;
use crate::error::{Error, Result};
use crate::ids::PhotoId;
use crate::photos::api::picture;
use crate::photos::{Key, Lab, Size};
use crate::web::At;

/// A photo in one of its sizes.
type SizedPhoto = (PhotoId, Option<Size>);

/// A photo that stands on the report, as long as the report can be read.
#[utoipa::path(
    get, path = "/r/{token}/photos/{id}/{size}", operation_id = "showReportPhoto", tag = "Reports",
    responses((status = 200, description = "The picture.", content_type = "image/jpeg", body = Vec<u8>))
)]
pub async fn show(
    State(database): State<Database>,
    State(lab): State<Lab>,
    At((token, (photo, size))): At<(Option<LinkToken>, SizedPhoto)>,
) -> Result<Response> {
    let visit = database.by_report_link(token.ok_or(Error::NotFound)?.hash()).await?;
    if !visit.is_live {
        return Err(Error::NotFound);
    }
    let digest = visit.tenant.read(queries::find_photo(visit.inspection, photo)).await?;
    let size = size.ok_or(Error::NotFound)?;
    let print = lab.store.fetch(&Key { shop: visit.tenant.shop(), photo, digest }, size).await?;
    Ok(picture(print))
}
