//! Statements that read a page of a list.

use tokio_postgres::Error;

use super::filter::Filter;
use super::queries::with_people;
use super::{ListedInspection, Progress, Rating};
use crate::db::{Query, Row};
use crate::params;

/// The page of inspections that the filter asks for, cut before anything is joined: a shop's history never slows it. Of a
/// filter written with OR, PostgreSQL expects so few rows that it reads and sorts all of them; a CASE leaves it at the index.
macro_rules! page {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "(SELECT * FROM inspections i
               WHERE i.shop_id = $1 AND i.deleted_at IS NULL
                 AND (i.created_at, i.id) < ($3, $4)
                 AND CASE WHEN $5::text[] IS NULL THEN true ELSE i.status = ANY ($5) END
                 AND CASE WHEN $6::uuid IS NULL THEN true ELSE i.vehicle_id = $6 END
                 AND CASE WHEN $7::uuid[] IS NULL THEN true
                          ELSE i.assigned_to = ANY ($7) OR $8 AND i.assigned_to = courtesy.current_person()
                               OR $9 AND i.assigned_to IS NULL END
               ORDER BY i.created_at DESC, i.id DESC LIMIT $2) i",
            $after
        )
    };
}

fn page_params(filter: &Filter) -> Vec<crate::db::Param> {
    let assignees = filter.assigned_to.clone();
    params![
        filter.limit.and_one_more(),
        filter.cursor.at,
        filter.cursor.id,
        filter.status.clone().map(|statuses| statuses.0),
        filter.vehicle_id,
        assignees.clone().map(|assignees| assignees.ids),
        assignees.as_ref().is_some_and(|assignees| assignees.me),
        assignees.is_some_and(|assignees| assignees.none)
    ]
}

/// A page of a list, those created last first, each with what is read beside it and, in one text, its ratings.
pub(super) fn page(filter: &Filter) -> Query<Vec<ListedInspection>> {
    Query::list(
        page!(
            "SELECT i.*,
                    (SELECT string_agg(x.category || ' ' || x.component || ' '
                                       || CASE WHEN x.not_applicable THEN '-' ELSE x.severity END || ' '
                                       || CASE WHEN x.notes IS NULL THEN '-' ELSE 'noted' END, ' ')
                       FROM inspection_items x WHERE x.shop_id = $1 AND x.inspection_id = i.id) AS ratings,
                    '' AS \"/vehicle\", v.*, '' AS \"/customer\", c.*,
                    '' AS \"/assignee\", u.id, u.shop_id, u.email, u.role, u.first_name, u.last_name, u.phone, u.status,
                    u.created_at, u.updated_at, u.deleted_at
               FROM ",
            " JOIN vehicles v ON v.shop_id = $1 AND v.id = i.vehicle_id
               JOIN customers c ON c.shop_id = $1 AND c.id = v.customer_id
               LEFT JOIN users u ON u.shop_id = $1 AND u.id = i.assigned_to
              ORDER BY i.created_at DESC, i.id DESC"
        ),
        page_params(filter),
        ListedInspection::from_row,
    )
}

impl ListedInspection {
    /// Reads a row of a list: `inspections.*`, `ratings`, and the parts `vehicle`, `customer` and `assignee`.
    pub fn from_row(row: &Row) -> Result<Self, Error> {
        let rated: Option<&str> = row.try_get("ratings")?;
        let (inspection, vehicle, customer, assignee) = with_people(row)?;
        let progress = Progress::of(vehicle.powertrain, ratings(rated.unwrap_or_default()));
        Ok(Self { inspection, vehicle, customer, assignee, progress })
    }
}

/// Reads four words a rating. Keys are words without spaces.
fn ratings(text: &str) -> impl Iterator<Item = Rating> {
    let mut words = text.split_ascii_whitespace();
    std::iter::from_fn(move || {
        let (category, component, severity, reason) = (words.next()?, words.next()?, words.next()?, words.next()?);
        Some(Rating::new(category, component, severity.parse().ok(), reason == "noted"))
    })
}
