//! Statements that read a page of a list.

use jiff::Timestamp;

use super::filter::Filter;
use super::severity::Severity;
use super::{Inspection, Progress, Rating};
use crate::customers::Customer;
use crate::db::{Batch, Query};
use crate::ids::InspectionId;
use crate::params;
use crate::powertrain::Powertrain;
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
    rows: Vec<(String, String, Option<Severity>, bool)>,
}

impl Ratings {
    pub(super) fn progress(&self, powertrain: Powertrain) -> Progress {
        let ratings = self.rows.iter().map(|(category, component, severity, has_reason)| Rating {
            category,
            component,
            severity: *severity,
            has_reason: *has_reason,
        });
        Progress::of(powertrain, ratings)
    }
}

/// The ratings of the same page, a row an inspection.
fn list_ratings(filter: &Filter) -> Query<Vec<Ratings>> {
    Query::list(
        page!(
            "SELECT i.id, array_agg(x.category::text) AS categories, array_agg(x.component::text) AS components,
                    array_agg(CASE WHEN NOT x.not_applicable THEN x.severity::text END) AS severities,
                    array_agg(x.notes IS NOT NULL) AS reasons
               FROM ",
            " JOIN inspection_items x ON x.shop_id = $1 AND x.inspection_id = i.id GROUP BY i.id"
        ),
        page_params(filter),
        |row| {
            let categories: Vec<String> = row.try_get("categories")?;
            let components: Vec<String> = row.try_get("components")?;
            let severities: Vec<Option<Severity>> = row.try_get("severities")?;
            let reasons: Vec<bool> = row.try_get("reasons")?;
            let rows = categories.into_iter().zip(components).zip(severities).zip(reasons);
            let rows =
                rows.map(|(((category, component), severity), reason)| (category, component, severity, reason));
            Ok(Ratings { inspection: row.try_get("id")?, rows: rows.collect() })
        },
    )
}
