//! Statements about who has been here before, and the one flight that takes a car in.

use tokio_postgres::Error;

use super::{Car, Comer, Found, Hand, KnownRow, LastTime, OdometerReading, Visit};
use crate::customers::{self, Customer};
use crate::db::{Batch, Query, Row};
use crate::ids::{InspectionId, UserId, VehicleId};
use crate::inspections::catalogue::{self, catalogue};
use crate::inspections::{self, NewInspection};
use crate::params;
use crate::text::{Phone, Plate, Vin};
use crate::vehicles::{self, Vehicle};
use crate::web::{Limit, Search};

/// Customers and cars by their ids, each car with the visit that it is here for, or else with its last one.
macro_rules! known {
    ($rows:literal, $order:literal) => {
        concat!(
            "SELECT c.*, '' AS \"/vehicle\", v.*, '' AS \"/visit\", i.id, i.status, i.created_at
               FROM ",
            $rows,
            " k
               JOIN customers c ON c.shop_id = $1 AND c.id = k.customer_id AND c.deleted_at IS NULL
               LEFT JOIN vehicles v ON v.shop_id = $1 AND v.id = k.vehicle_id AND v.deleted_at IS NULL
               LEFT JOIN LATERAL (
                    SELECT * FROM inspections i
                     WHERE i.shop_id = $1 AND i.vehicle_id = v.id AND i.deleted_at IS NULL
                     ORDER BY i.status = 'sent', i.created_at DESC, i.id DESC LIMIT 1) i ON true ",
            $order
        )
    };
}

/// The cars that are searched for, by what is known of them or of their owner, those added last first.
pub(super) fn cars(search: &Search, limit: Limit) -> Query<Vec<KnownRow>> {
    Query::list(
        known!(
            "(SELECT v.customer_id, v.id AS vehicle_id FROM vehicles v
               WHERE v.shop_id = $1 AND v.deleted_at IS NULL
                 AND (v.search_key LIKE ALL (ARRAY(SELECT lower(word) FROM unnest($3::text[]) AS word))
                      OR v.plate_key LIKE $4 OR v.vin LIKE $4
                      OR v.customer_id IN (SELECT c.id FROM customers c
                                            WHERE c.shop_id = $1 AND c.deleted_at IS NULL
                                              AND (c.search_key LIKE ALL (ARRAY(SELECT lower(word) FROM unnest($3::text[]) AS word))
                                                   OR c.phone LIKE $5)))
               ORDER BY v.created_at DESC, v.id DESC LIMIT $2)",
            "ORDER BY v.created_at DESC, v.id DESC"
        ),
        params![limit.and_one_more(), search.words(), search.plate_or_vin(), search.phone()],
        known,
    )
}

/// Who has this phone, and which cars this VIN or plate: who is about to be added may be here already.
pub(super) fn like(phone: Option<&Phone>, vin: Option<&Vin>, plate: Option<&Plate>) -> Query<Vec<KnownRow>> {
    Query::list(
        known!(
            "(SELECT c.id AS customer_id, v.id AS vehicle_id FROM customers c
                LEFT JOIN vehicles v ON v.shop_id = $1 AND v.customer_id = c.id AND v.deleted_at IS NULL
               WHERE c.shop_id = $1 AND c.phone = $2 AND c.deleted_at IS NULL
              UNION
              SELECT v.customer_id, v.id FROM vehicles v
               WHERE v.shop_id = $1 AND v.vin = $3 AND v.deleted_at IS NULL
              UNION
              SELECT v.customer_id, v.id FROM vehicles v
               WHERE v.shop_id = $1 AND v.plate_key = $4 AND v.deleted_at IS NULL)",
            "ORDER BY c.created_at DESC, c.id DESC, v.created_at DESC, v.id DESC LIMIT 12"
        ),
        params![phone.cloned(), vin.cloned(), plate.map(Plate::key)],
        known,
    )
}

/// A car that has been here before, and whose it is.
pub(super) fn car(id: VehicleId) -> Query<(Customer, Car)> {
    Query::one(
        known!(
            "(SELECT v.customer_id, v.id AS vehicle_id FROM vehicles v
               WHERE v.shop_id = $1 AND v.id = $2 AND v.deleted_at IS NULL)",
            ""
        ),
        params![id],
        |row| Ok((Customer::from_row(row)?, Car::from_row(row)?)),
    )
}

/// Who inspects, and how much they have to do.
pub(super) fn hands() -> Query<Vec<Hand>> {
    Query::list(
        "SELECT u.id, coalesce(nullif(concat_ws(' ', u.first_name, u.last_name), ''), u.email) AS name,
                coalesce(busy.in_progress, 0) AS in_progress, coalesce(busy.waiting, 0) AS waiting
           FROM users u
           LEFT JOIN (SELECT i.assigned_to, count(*) FILTER (WHERE i.status = 'in_progress') AS in_progress,
                             count(*) FILTER (WHERE i.status = 'assigned') AS waiting
                        FROM inspections i
                       WHERE i.shop_id = $1 AND i.status IN ('assigned', 'in_progress') AND i.deleted_at IS NULL
                       GROUP BY i.assigned_to) busy ON busy.assigned_to = u.id
          WHERE u.shop_id = $1 AND u.role = 'mechanic' AND u.status = 'active' AND u.deleted_at IS NULL
          ORDER BY name, u.id",
        vec![],
        |row| {
            Ok(Hand {
                id: row.try_get::<UserId>("id")?.to_string(),
                name: row.try_get("name")?,
                in_progress: row.try_get("in_progress")?,
                waiting: row.try_get("waiting")?,
            })
        },
    )
}

/// What was yellow or red on the last visit that was completed.
pub(super) fn last_time(car: VehicleId) -> Query<Option<LastTime>> {
    let rows = Query::list(
        "SELECT i.created_at, x.category, x.component, x.severity, x.customer_answer
           FROM (SELECT i.id, i.created_at FROM inspections i
                  WHERE i.shop_id = $1 AND i.vehicle_id = $2 AND i.deleted_at IS NULL
                    AND i.status IN ('completed', 'sent')
                  ORDER BY i.created_at DESC, i.id DESC LIMIT 1) i
           LEFT JOIN inspection_items x ON x.shop_id = $1 AND x.inspection_id = i.id
            AND NOT x.not_applicable AND x.severity <> 'green'
          ORDER BY x.severity, x.sort_order",
        params![car],
        |row| Ok((row.try_get("created_at")?, found(row)?)),
    );
    rows.map(|rows| {
        let came_at = rows.first()?.0;
        Some(LastTime { came_at, found: rows.into_iter().filter_map(|(_, found)| found).collect() })
    })
}

/// What the odometer showed last.
#[must_use]
pub fn odometer(car: VehicleId) -> Query<Option<OdometerReading>> {
    let read = Query::optional(
        "SELECT coalesce(i.odometer_reading, v.mileage) AS shown, i.created_at FROM vehicles v
           LEFT JOIN LATERAL (
                SELECT i.odometer_reading, i.created_at FROM inspections i
                 WHERE i.shop_id = $1 AND i.vehicle_id = v.id AND i.deleted_at IS NULL
                   AND i.odometer_reading IS NOT NULL
                 ORDER BY i.created_at DESC, i.id DESC LIMIT 1) i ON true
          WHERE v.shop_id = $1 AND v.id = $2",
        params![car],
        |row| Ok((row.try_get::<Option<i32>>("shown")?, row.try_get("created_at")?)),
    );
    read.map(|read| read.and_then(|(shown, read_at)| Some(OdometerReading { shown: shown?, read_at })))
}

/// Takes a car in: whatever is new is written, or nothing of it. What this form has written before stays as it is.
pub(super) fn take_in(comer: Comer, inspection: NewInspection, digest: &[u8]) -> impl Batch {
    let id = inspection.id().unwrap_or_default();
    let car = inspection.vehicle_id();
    let is_new_customer = matches!(comer, Comer::Stranger(_));
    let demand = demand_taken_in(id, car, (comer.is_new_car(), is_new_customer), digest.to_vec());
    let (customer, owned) = match comer {
        Comer::Known => (None, None),
        Comer::AnotherCar(owner, new) => (None, Some((owner, *new))),
        Comer::Stranger(new) => {
            let (customer, phone, vehicle) = *new;
            let owner = customer.id().unwrap_or_default();
            (Some(customers::queries::insert(owner, customer, phone, digest.to_vec())), Some((owner, vehicle)))
        }
    };
    let vehicle = owned.map(|(owner, new)| vehicles::queries::insert(car, owner, new, digest.to_vec()));
    let inspection = inspections::queries::insert(id, inspection, catalogue::VERSION, digest.to_vec());
    (customer, vehicle, inspection, demand)
}

/// Fails the transaction unless this form has written the inspection and all that is new about it: its ids may belong to
/// something else.
fn demand_taken_in(
    id: InspectionId,
    car: VehicleId,
    (is_new_car, is_new_customer): (bool, bool),
    digest: Vec<u8>,
) -> Query<()> {
    Query::run(
        "SELECT courtesy.demand(EXISTS (
                    SELECT FROM inspections i
                      JOIN vehicles v ON v.shop_id = $1 AND v.id = i.vehicle_id
                      JOIN customers c ON c.shop_id = $1 AND c.id = v.customer_id
                     WHERE i.shop_id = $1 AND i.id = $2 AND i.vehicle_id = $3 AND i.client_digest = $4
                       AND (v.client_digest = $4 OR NOT $5) AND (c.client_digest = $4 OR NOT $6)), 'CIIDT')",
        params![id, car, digest, is_new_car, is_new_customer],
    )
}

fn known(row: &Row) -> Result<KnownRow, Error> {
    let car = row.part("vehicle").try_get::<Option<VehicleId>>("id")?;
    Ok((Customer::from_row(row)?, car.map(|_| Car::from_row(row)).transpose()?))
}

impl Car {
    /// Reads the parts `vehicle` and `visit`.
    pub fn from_row(row: &Row) -> Result<Self, Error> {
        let visit = row.part("visit");
        let id: Option<InspectionId> = visit.try_get("id")?;
        let visit =
            id.map(|id| Ok(Visit { id, status: visit.try_get("status")?, came_at: visit.try_get("created_at")? }));
        Ok(Self { vehicle: Vehicle::from_row(&row.part("vehicle"))?, visit: visit.transpose()? })
    }
}

/// Reads a finding, where there is one; what a newer program rated has no name here.
fn found(row: &Row) -> Result<Option<Found>, Error> {
    let (Some(category), Some(component)) = (row.try_get("category")?, row.try_get("component")?) else {
        return Ok(None);
    };
    let Some(known) = catalogue().find(category, component) else { return Ok(None) };
    let (severity, answer) = (row.try_get("severity")?, row.try_get("customer_answer")?);
    Ok(Some(Found { label: known.label, severity, answer }))
}
