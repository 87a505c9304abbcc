//! Statements about photos that are read along with an inspection; those that change them are in `photos`.

use tokio_postgres::Error;

use super::Photo;
use super::photo::PhotoUrls;
use crate::db::{Query, Row};
use crate::ids::InspectionId;
use crate::params;

/// Below this address the shop's people find their photos.
const ADDRESS: &str = "/api/v1";

impl Photo {
    /// Reads a row of `inspection_photos.*`.
    pub fn from_row(row: &Row) -> Result<Self, Error> {
        let id = row.try_get("id")?;
        Ok(Self {
            id,
            category: row.try_get("category")?,
            component: row.try_get("component")?,
            kind: row.try_get("kind")?,
            caption: row.try_get("caption")?,
            width: row.try_get("width")?,
            height: row.try_get("height")?,
            urls: PhotoUrls::below(ADDRESS, id),
        })
    }
}

/// The photos of an inspection, in the order in which they were taken in.
#[must_use]
pub fn list_photos(inspection: InspectionId) -> Query<Vec<Photo>> {
    Query::list(
        "SELECT p.id, p.category, p.component, p.kind, p.caption, p.width, p.height FROM inspection_photos p
          WHERE p.shop_id = $1 AND p.inspection_id = $2 AND p.deleted_at IS NULL ORDER BY p.position, p.id",
        params![inspection],
        Photo::from_row,
    )
}
