//! Statements that read one inspection with everything beside it.

use tokio_postgres::Error;

use super::findings_queries::finding_columns;
use super::queries::{WithPeople, inspection_columns, people_columns, with_people};
use super::{Finding, Photo, Previous, WholeInspection};
use crate::db::{Batch, Query, Row, then};
use crate::ids::InspectionId;
use crate::params;

/// The inspection with everything that is read beside it.
#[must_use]
pub fn whole(id: InspectionId) -> impl Batch<Output = WholeInspection> {
    then((find_with_people(id), list_beside(id)), |(people, beside)| WholeInspection::new(people, beside))
}

/// The inspection with its vehicle, whose that is, and who inspects; also when they have been deleted since.
fn find_with_people(id: InspectionId) -> Query<WithPeople> {
    Query::one(
        concat!(
            "SELECT ",
            inspection_columns!(),
            ", ",
            people_columns!(),
            " FROM inspections i
           JOIN vehicles v ON v.shop_id = $1 AND v.id = i.vehicle_id
           JOIN customers c ON c.shop_id = $1 AND c.id = v.customer_id
           LEFT JOIN users u ON u.shop_id = $1 AND u.id = i.assigned_to
          WHERE i.shop_id = $1 AND i.id = $2 AND i.deleted_at IS NULL"
        ),
        params![id],
        with_people,
    )
}

/// What hangs on an inspection.
#[derive(Default)]
pub(super) struct Beside {
    /// What was found, in the order of the catalogue, without photos.
    pub(super) findings: Vec<Finding>,
    /// What was last found about each component on the same vehicle's earlier visits, as far as they were completed, in the
    /// same order.
    pub(super) previous: Vec<Previous>,
    /// The photos, in the order in which they were taken in.
    pub(super) photos: Vec<Photo>,
}

impl Beside {
    fn read(&mut self, row: &Row) -> Result<(), Error> {
        match row.try_get::<i32>("row_kind")? {
            1 => self.findings.push(Finding::from_row(row)?),
            2 => self.previous.push(Previous::from_row(row)?),
            _ => self.photos.push(Photo::from_row(row)?),
        }
        Ok(())
    }
}

/// Everything that hangs on an inspection. One statement, because each of several costs the program and PostgreSQL an
/// answer more; its rows are of three kinds, what was found, what was found before, and photos.
fn list_beside(inspection: InspectionId) -> Query<Beside> {
    Query::fold(
        concat!(
            "SELECT 1 AS row_kind, NULL::uuid AS inspection_id, x.sort_order AS place, ",
            finding_columns!(),
            ", NULL AS kind, NULL AS caption, NULL::int AS width, NULL::int AS height
               FROM inspection_items x WHERE x.shop_id = $1 AND x.inspection_id = $2
             UNION ALL
             (SELECT DISTINCT ON (x.sort_order, x.category, x.component) 2, x.inspection_id, x.sort_order, ",
            finding_columns!(),
            ", NULL, NULL, NULL, NULL
                FROM inspections present
                JOIN inspections i ON i.shop_id = $1 AND i.vehicle_id = present.vehicle_id
                 AND (i.created_at, i.id) < (present.created_at, present.id)
                 AND i.status IN ('completed', 'sent') AND i.deleted_at IS NULL
                JOIN inspection_items x ON x.shop_id = $1 AND x.inspection_id = i.id
               WHERE present.shop_id = $1 AND present.id = $2
               ORDER BY x.sort_order, x.category, x.component, i.created_at DESC, i.id DESC)
             UNION ALL
             SELECT 3, NULL, p.position, p.id, p.category, p.component, NULL, NULL, NULL, NULL, NULL,
                    NULL, NULL, NULL, NULL, p.kind, p.caption, p.width, p.height
               FROM inspection_photos p WHERE p.shop_id = $1 AND p.inspection_id = $2 AND p.deleted_at IS NULL
             ORDER BY row_kind, place, id"
        ),
        params![inspection],
        Beside::read,
    )
}
