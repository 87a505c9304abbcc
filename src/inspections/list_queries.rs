//! Statements that read a page of a list.

use jiff::Timestamp;
use tokio_postgres::{Error, Row};

use super::filter::Filter;
use super::{Inspection, Rating};
use crate::customers::Customer;
use crate::db::{Batch, Query};
use crate::ids::InspectionId;
use crate::params;
use crate::users::User;
use crate::vehicles::Vehicle;

/// The page of inspections that the filter asks for, cut before anything is joined: a shop's history never slows it.
macro_rules! page {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "(SELECT * FROM inspections i
               WHERE i.shop_id = $1 AND i.deleted_at IS NULL
                 AND ($3::timestamptz IS NULL OR (i.created_at, i.id) < ($3, $4))
                 AND ($5::text[] IS NULL OR i.status = ANY ($5))
                 AND ($6::uuid IS NULL OR i.vehicle_id = $6)
                 AND ($7::uuid[] IS NULL OR i.assigned_to = ANY ($7)
                      OR $8 AND i.assigned_to = courtesy.current_person() OR $9 AND i.assigned_to IS NULL)
               ORDER BY i.created_at DESC, i.id DESC LIMIT $2) i",
            $after
        )
    };
}

fn page_params(filter: &Filter) -> Vec<crate::db::Param> {
    let assignees = filter.assigned_to.clone();
    let at: Option<Timestamp> = filter.cursor.map(|cursor| cursor.at);
    params![
        filter.limit.and_one_more(),
        at,
        filter.cursor.map(|cursor| cursor.id),
        filter.status.clone().map(|statuses| statuses.0),
        filter.vehicle_id,
        assignees.clone().map(|assignees| assignees.ids),
        assignees.as_ref().is_some_and(|assignees| assignees.me),
        assignees.is_some_and(|assignees| assignees.none)
    ]
}

/// What a page of a list is made of: the inspections, those created last first, and what is read beside them.
pub(super) type PageRows = (Vec<Inspection>, Vec<Vehicle>, Vec<Customer>, Vec<User>, Vec<Ratings>);

/// A page of a list, in one flight and so of one moment.
pub(super) fn page(filter: &Filter) -> impl Batch<Output = PageRows> + use<> {
    (list(filter), list_vehicles(filter), list_customers(filter), list_assignees(filter), list_ratings(filter))
}

fn list(filter: &Filter) -> Query<Vec<Inspection>> {
    Query::list(
        page!("SELECT i.* FROM ", " ORDER BY i.created_at DESC, i.id DESC"),
        page_params(filter),
        Inspection::from_row,
    )
}

/// The vehicles of the same page.
fn list_vehicles(filter: &Filter) -> Query<Vec<Vehicle>> {
    Query::list(
        page!(
            "SELECT v.* FROM vehicles v JOIN (SELECT DISTINCT i.vehicle_id FROM ",
            ") p ON v.id = p.vehicle_id WHERE v.shop_id = $1"
        ),
        page_params(filter),
        Vehicle::from_row,
    )
}

/// The customers of the same page.
fn list_customers(filter: &Filter) -> Query<Vec<Customer>> {
    Query::list(
        page!(
            "SELECT c.* FROM customers c JOIN (SELECT DISTINCT v.customer_id FROM ",
            " JOIN vehicles v ON v.shop_id = $1 AND v.id = i.vehicle_id) p ON c.id = p.customer_id
             WHERE c.shop_id = $1"
        ),
        page_params(filter),
        Customer::from_row,
    )
}

/// The assignees of the same page.
fn list_assignees(filter: &Filter) -> Query<Vec<User>> {
    Query::list(
        page!(
            "SELECT u.id, u.shop_id, u.email, u.role, u.first_name, u.last_name, u.phone, u.status, u.created_at,
                    u.updated_at, u.deleted_at
               FROM users u JOIN (SELECT DISTINCT i.assigned_to FROM ",
            ") p ON u.id = p.assigned_to WHERE u.shop_id = $1"
        ),
        page_params(filter),
        User::from_row,
    )
}

/// The ratings of one inspection of a page, as far as its progress needs them.
#[derive(Debug)]
pub(super) struct Ratings {
    pub(super) inspection: InspectionId,
    pub(super) ratings: Vec<Rating>,
}

impl Ratings {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let lines: &str = row.try_get("ratings")?;
        Ok(Self { inspection: row.try_get("id")?, ratings: lines.lines().map(rating).collect() })
    }
}

/// Reads one line of [`list_ratings`]: keys are words, so a space ends each.
fn rating(line: &str) -> Rating {
    let mut words = line.split(' ');
    let mut word = || words.next().unwrap_or_default();
    let (category, component, severity, reason) = (word(), word(), word(), word());
    Rating::new(category, component, severity.parse().ok(), !reason.is_empty())
}

/// The ratings of the same page, a row an inspection with a line a rating: read many times faster than arrays.
fn list_ratings(filter: &Filter) -> Query<Vec<Ratings>> {
    Query::list(
        page!(
            "SELECT i.id,
                    string_agg(x.category || ' ' || x.component || ' '
                               || CASE WHEN x.not_applicable THEN '-' ELSE x.severity END
                               || CASE WHEN x.notes IS NULL THEN '' ELSE ' noted' END, E'\\n') AS ratings
               FROM ",
            " JOIN inspection_items x ON x.shop_id = $1 AND x.inspection_id = i.id GROUP BY i.id"
        ),
        page_params(filter),
        Ratings::from_row,
    )
}
