//! Statements about customers and cars with everything beside them.

use tokio_postgres::Error;

use super::chart::Measured;
use super::consent::{LastWord, Source};
use super::{CARS_LISTED, Found, FoundRow, LastTime, Listed, MOST_VISITS, Visit, last_times, listed};
use crate::conversations::Message;
use crate::customers::Customer;
use crate::db::{Query, Row};
use crate::ids::{CustomerId, VehicleId};
use crate::inspections::ListedInspection;
use crate::inspections::catalogue::catalogue;
use crate::intake::Car;
use crate::params;
use crate::vehicles::Vehicle;
use crate::web::{Cursor, Limit, Search};

/// How many cars a customer's page shows. A fleet has more, and they are searched for.
const MOST_CARS: i64 = 100;
/// How many texts.
const MOST_TEXTS: i64 = 5;
/// How many visits a drawing reaches back.
const MOST_MEASURED: i64 = 12;
/// More namesakes than this are not worth reading.
const MOST_ALIKE: i64 = 10;

/// A page of the customers that are searched for, those added last first: as programs search, and by year, make and model
/// of their cars too.
pub(super) fn list(search: &Search, limit: Limit, behind: Cursor) -> Query<Vec<Listed>> {
    let rows = Query::list(
        "SELECT c.*, '' AS \"/vehicle\", v.*, '' AS \"/visit\", i.id, i.status, i.created_at
           FROM (SELECT * FROM customers c
                  WHERE c.shop_id = $1 AND c.deleted_at IS NULL
                    AND (c.created_at, c.id) < ($3, $4)
                    AND (c.search_key LIKE ALL (ARRAY(SELECT lower(word) FROM unnest($5::text[]) AS word)) OR c.phone LIKE $6
                         OR EXISTS (SELECT FROM vehicles v
                                     WHERE v.shop_id = $1 AND v.customer_id = c.id AND v.deleted_at IS NULL
                                       AND (v.search_key LIKE ALL (ARRAY(SELECT lower(word) FROM unnest($5::text[]) AS word))
                                            OR v.plate_key LIKE $7 OR v.vin LIKE $7)))
                  ORDER BY c.created_at DESC, c.id DESC LIMIT $2) c
           LEFT JOIN LATERAL (
                SELECT o.*, count(*) OVER () AS many,
                       coalesce(o.search_key LIKE ALL (ARRAY(SELECT lower(word) FROM unnest($5::text[]) AS word))
                                OR o.plate_key LIKE $7 OR o.vin LIKE $7, false) AS is_sought
                  FROM vehicles o
                 WHERE o.shop_id = $1 AND o.customer_id = c.id AND o.deleted_at IS NULL
                 ORDER BY is_sought DESC, o.created_at DESC, o.id DESC LIMIT $8) v ON true
           LEFT JOIN LATERAL (
                SELECT * FROM inspections i
                 WHERE i.shop_id = $1 AND i.vehicle_id = v.id AND i.deleted_at IS NULL
                 ORDER BY i.status = 'sent', i.created_at DESC, i.id DESC LIMIT 1) i ON true
          ORDER BY c.created_at DESC, c.id DESC, v.is_sought DESC, v.created_at DESC, v.id DESC",
        params![
            limit.and_one_more(),
            behind.at,
            behind.id,
            search.words(),
            search.phone(),
            search.plate_or_vin(),
            as_count(CARS_LISTED)
        ],
        |row| Ok((Customer::from_row(row)?, listed_car(row)?)),
    );
    rows.map(listed)
}

/// A customer's cars; of somebody who was deleted, those that went with them.
pub(super) fn cars(owner: CustomerId) -> Query<Vec<Car>> {
    Query::list(
        "SELECT '' AS \"/vehicle\", v.*, '' AS \"/visit\", i.id, i.status, i.created_at
           FROM (SELECT v.* FROM vehicles v
                   JOIN customers c ON c.shop_id = $1 AND c.id = v.customer_id
                  WHERE v.shop_id = $1 AND v.customer_id = $2 AND v.deleted_at IS NOT DISTINCT FROM c.deleted_at
                  ORDER BY v.created_at DESC, v.id DESC LIMIT $3) v
           LEFT JOIN LATERAL (
                SELECT * FROM inspections i
                 WHERE i.shop_id = $1 AND i.vehicle_id = v.id AND i.deleted_at IS NULL
                 ORDER BY i.status = 'sent', i.created_at DESC, i.id DESC LIMIT 1) i ON true
          ORDER BY v.created_at DESC, v.id DESC",
        params![owner, MOST_CARS],
        Car::from_row,
    )
}

/// The latest visits of the vehicles of which this column has the value.
macro_rules! visits {
    ($column:literal) => {
        concat!(
            "SELECT coalesce(i.ratings, courtesy.ratings_of($1, i.id)) AS ratings, i.*, m.status AS text_status,
                    '' AS \"/vehicle\", v.*, '' AS \"/customer\", c.*,
                    '' AS \"/assignee\", u.id, u.shop_id, u.email, u.role, u.first_name, u.last_name, u.phone,
                    u.status, u.created_at, u.updated_at, u.deleted_at
               FROM (SELECT i.* FROM vehicles v
                       JOIN inspections i ON i.shop_id = $1 AND i.vehicle_id = v.id AND i.deleted_at IS NULL
                      WHERE v.shop_id = $1 AND ",
            $column,
            " = $2
                      ORDER BY i.created_at DESC, i.id DESC LIMIT $3) i
               JOIN vehicles v ON v.shop_id = $1 AND v.id = i.vehicle_id
               JOIN customers c ON c.shop_id = $1 AND c.id = v.customer_id
               LEFT JOIN users u ON u.shop_id = $1 AND u.id = i.assigned_to
               LEFT JOIN LATERAL (
                    SELECT m.status FROM messages m
                     WHERE m.shop_id = $1 AND m.inspection_id = i.id AND i.status = 'sent' AND m.direction = 'outbound'
                       AND m.created_at >= i.sent_at
                     ORDER BY m.created_at DESC, m.id DESC LIMIT 1) m ON true
              ORDER BY i.created_at DESC, i.id DESC"
        )
    };
}

/// The latest visits of a customer's cars, also of those that were deleted.
pub(super) fn visits_of_customer(owner: CustomerId) -> Query<Vec<Visit>> {
    Query::list(visits!("v.customer_id"), params![owner, as_count(MOST_VISITS) + 1], Visit::from_row)
}

/// The latest visits of a car.
pub(super) fn visits_of_vehicle(car: VehicleId) -> Query<Vec<Visit>> {
    Query::list(visits!("v.id"), params![car, as_count(MOST_VISITS) + 1], Visit::from_row)
}

/// What was yellow or red on the last completed visit of the vehicles of which this column has the value.
macro_rules! last_time {
    ($column:literal) => {
        concat!(
            "SELECT v.id AS vehicle_id, i.id AS inspection_id, i.created_at, x.category, x.component, x.severity,
                    x.measurement::float8 AS measured, x.notes, x.customer_answer
               FROM vehicles v
              CROSS JOIN LATERAL (
                    SELECT i.id, i.created_at FROM inspections i
                     WHERE i.shop_id = $1 AND i.vehicle_id = v.id AND i.deleted_at IS NULL
                       AND i.status IN ('completed', 'sent')
                     ORDER BY i.created_at DESC, i.id DESC LIMIT 1) i
               LEFT JOIN inspection_items x ON x.shop_id = $1 AND x.inspection_id = i.id
                AND NOT x.not_applicable AND x.severity <> 'green'
              WHERE v.shop_id = $1 AND ",
            $column,
            " = $2 AND v.deleted_at IS NULL
              ORDER BY v.id, x.severity, x.sort_order"
        )
    };
}

/// What was yellow or red last time on each of a customer's cars.
pub(super) fn last_times_of_customer(owner: CustomerId) -> Query<Vec<LastTime>> {
    Query::list(last_time!("v.customer_id"), params![owner], found_row).map(last_times)
}

/// What was yellow or red last time on a car.
pub(super) fn last_time_of_vehicle(car: VehicleId) -> Query<Vec<LastTime>> {
    Query::list(last_time!("v.id"), params![car], found_row).map(last_times)
}

/// What was measured on a car's latest completed visits, the first of them first.
pub(super) fn measured(car: VehicleId) -> Query<Vec<Measured>> {
    Query::list(
        "SELECT i.id, i.created_at, x.category, x.component, x.measurement::float8 AS measured, x.severity
           FROM (SELECT i.id, i.created_at FROM inspections i
                  WHERE i.shop_id = $1 AND i.vehicle_id = $2 AND i.deleted_at IS NULL
                    AND i.status IN ('completed', 'sent')
                  ORDER BY i.created_at DESC, i.id DESC LIMIT $3) i
           JOIN inspection_items x ON x.shop_id = $1 AND x.inspection_id = i.id AND x.measurement IS NOT NULL
          ORDER BY i.created_at, i.id",
        params![car, MOST_MEASURED],
        |row| {
            Ok(Measured {
                visit: row.try_get("id")?,
                at: row.try_get("created_at")?,
                category: row.try_get("category")?,
                component: row.try_get("component")?,
                value: row.try_get("measured")?,
                severity: row.try_get("severity")?,
            })
        },
    )
}

/// The last yes or no for the phone of a customer.
pub(super) fn last_word(customer: CustomerId) -> Query<Option<LastWord>> {
    Query::optional(
        "SELECT e.kind = 'opt_in' AS is_welcome, e.source, e.created_at, u.first_name
           FROM customers c
           JOIN consent_events e ON e.shop_id = $1 AND e.phone = c.phone
           LEFT JOIN users u ON u.shop_id = $1 AND u.id = e.user_id
          WHERE c.shop_id = $1 AND c.id = $2
          ORDER BY e.created_at DESC, e.id DESC LIMIT 1",
        params![customer],
        LastWord::from_row,
    )
}

/// The texts with a customer that came or went last, newest first.
pub(super) fn texts(customer: CustomerId) -> Query<Vec<Message>> {
    Query::list(
        "SELECT * FROM messages WHERE shop_id = $1 AND customer_id = $2
          ORDER BY created_at DESC, id DESC LIMIT $3",
        params![customer, MOST_TEXTS],
        Message::from_row,
    )
}

/// Who else has the phone of a customer.
pub(super) fn with_same_phone(customer: CustomerId) -> Query<Vec<Customer>> {
    Query::list(
        "SELECT o.* FROM customers c
           JOIN customers o ON o.shop_id = $1 AND o.phone = c.phone AND o.id <> c.id AND o.deleted_at IS NULL
          WHERE c.shop_id = $1 AND c.id = $2
          ORDER BY o.created_at DESC, o.id DESC LIMIT $3",
        params![customer, MOST_ALIKE],
        Customer::from_row,
    )
}

/// Which other cars have the VIN or the plate of a car, and whose they are.
pub(super) fn alike(car: VehicleId) -> Query<Vec<(Customer, Vehicle)>> {
    Query::list(
        "SELECT c.*, '' AS \"/vehicle\", o.*
           FROM (SELECT o.id FROM vehicles v
                   JOIN vehicles o ON o.shop_id = $1 AND o.vin = v.vin AND o.deleted_at IS NULL
                  WHERE v.shop_id = $1 AND v.id = $2
                 UNION
                 SELECT o.id FROM vehicles v
                   JOIN vehicles o ON o.shop_id = $1 AND o.plate_key = v.plate_key AND o.deleted_at IS NULL
                  WHERE v.shop_id = $1 AND v.id = $2) k
           JOIN vehicles o ON o.shop_id = $1 AND o.id = k.id AND o.id <> $2
           JOIN customers c ON c.shop_id = $1 AND c.id = o.customer_id AND c.deleted_at IS NULL
          ORDER BY o.created_at DESC, o.id DESC LIMIT $3",
        params![car, MOST_ALIKE],
        |row| Ok((Customer::from_row(row)?, Vehicle::from_row(&row.part("vehicle"))?)),
    )
}

/// The owner of a car.
pub(super) fn owner(car: VehicleId) -> Query<Customer> {
    Query::one(
        "SELECT c.* FROM vehicles v JOIN customers c ON c.shop_id = $1 AND c.id = v.customer_id
          WHERE v.shop_id = $1 AND v.id = $2",
        params![car],
        Customer::from_row,
    )
}

/// The last yes or no for the phone of a car's owner.
pub(super) fn last_word_of_owner(car: VehicleId) -> Query<Option<LastWord>> {
    Query::optional(
        "SELECT e.kind = 'opt_in' AS is_welcome, e.source, e.created_at, u.first_name
           FROM vehicles v
           JOIN customers c ON c.shop_id = $1 AND c.id = v.customer_id
           JOIN consent_events e ON e.shop_id = $1 AND e.phone = c.phone
           LEFT JOIN users u ON u.shop_id = $1 AND u.id = e.user_id
          WHERE v.shop_id = $1 AND v.id = $2
          ORDER BY e.created_at DESC, e.id DESC LIMIT 1",
        params![car],
        LastWord::from_row,
    )
}

impl Visit {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self { listed: ListedInspection::from_row(row)?, text: row.try_get("text_status")? })
    }
}

impl LastWord {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            is_welcome: row.try_get("is_welcome")?,
            source: Source::read(row.try_get("source")?),
            by: row.try_get("first_name")?,
            at: row.try_get("created_at")?,
        })
    }
}

/// Reads the parts `vehicle` and `visit`, where there are any.
fn listed_car(row: &Row) -> Result<Option<(Car, usize)>, Error> {
    let vehicle = row.part("vehicle");
    if vehicle.try_get::<Option<VehicleId>>("id")?.is_none() {
        return Ok(None);
    }
    let many: i64 = vehicle.try_get("many")?;
    Ok(Some((Car::from_row(row)?, usize::try_from(many).unwrap_or_default())))
}

fn found_row(row: &Row) -> Result<FoundRow, Error> {
    Ok((row.try_get("vehicle_id")?, row.try_get("inspection_id")?, row.try_get("created_at")?, found(row)?))
}

/// Reads a finding, where there is one; what a newer program rated has no name here.
fn found(row: &Row) -> Result<Option<Found>, Error> {
    let (Some(category), Some(component)) = (row.try_get("category")?, row.try_get("component")?) else {
        return Ok(None);
    };
    let Some(known) = catalogue().find(category, component) else { return Ok(None) };
    let measured: Option<f64> = row.try_get("measured")?;
    let scale = known.measurement.as_ref();
    Ok(Some(Found {
        label: known.label,
        severity: row.try_get("severity")?,
        measured: scale.zip(measured).map(|(scale, value)| scale.with_unit(value)),
        notes: row.try_get("notes")?,
        answer: row.try_get("customer_answer")?,
    }))
}

fn as_count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
