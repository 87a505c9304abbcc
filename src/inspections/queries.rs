//! Statements about inspections.

use serde_json::{Value, json};
use tokio_postgres::Error;

use super::{Event, Inspection, NewInspection, Stage};
use crate::customers::Customer;
use crate::db::{Query, Row};
use crate::ids::InspectionId;
use crate::params;
use crate::powertrain::Powertrain;
use crate::users::User;
use crate::vehicles::{Mileage, Vehicle};

impl Inspection {
    /// Reads a row of `inspections.*`.
    pub fn from_row(row: &Row) -> Result<Self, Error> {
        let concerns: postgres_types::Json<Vec<_>> = row.try_get("customer_concerns")?;
        Ok(Self {
            id: row.try_get("id")?,
            vehicle_id: row.try_get("vehicle_id")?,
            shop_id: row.try_get("shop_id")?,
            created_by: row.try_get("created_by")?,
            stage: Stage { status: row.try_get("status")?, assigned_to: row.try_get("assigned_to")? },
            customer_concerns: concerns.0,
            started_at: row.try_get("started_at")?,
            completed_at: row.try_get("completed_at")?,
            odometer_reading: row.try_get("odometer_reading")?,
            internal_notes: row.try_get("internal_notes")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
            deleted_at: row.try_get("deleted_at")?,
            sent_at: row.try_get("sent_at")?,
            sent_via: row.try_get("sent_via")?,
            viewed_at: row.try_get("viewed_at")?,
            status_changed_at: row.try_get("status_changed_at")?,
            report_expires_at: row.try_get("report_expires_at")?,
            catalogue_version: row.try_get("catalogue_version")?,
            findings_version: row.try_get("findings_version")?,
        })
    }
}

/// An inspection, held until the transaction ends: whoever decides about it waits for whoever is deciding.
#[must_use]
pub fn lock(id: InspectionId) -> Query<Inspection> {
    Query::one(
        "SELECT * FROM inspections WHERE shop_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE",
        params![id],
        Inspection::from_row,
    )
}

/// The same with what drives its vehicle, on which depends what has to be inspected.
pub(super) fn lock_with_powertrain(id: InspectionId) -> Query<(Inspection, Powertrain)> {
    Query::one(
        "SELECT i.*, v.powertrain FROM inspections i JOIN vehicles v ON v.shop_id = $1 AND v.id = i.vehicle_id
          WHERE i.shop_id = $1 AND i.id = $2 AND i.deleted_at IS NULL FOR NO KEY UPDATE OF i",
        params![id],
        |row| Ok((Inspection::from_row(row)?, row.try_get("powertrain")?)),
    )
}

/// The vehicle of an inspection; also when it has been deleted since.
#[must_use]
pub fn vehicle_of(id: InspectionId) -> Query<Vehicle> {
    Query::one(
        "SELECT v.* FROM inspections i JOIN vehicles v ON v.shop_id = $1 AND v.id = i.vehicle_id
          WHERE i.shop_id = $1 AND i.id = $2",
        params![id],
        Vehicle::from_row,
    )
}

/// The customer of an inspection; also when they have been deleted since.
#[must_use]
pub fn customer_of(id: InspectionId) -> Query<Customer> {
    Query::one(
        "SELECT c.* FROM inspections i
           JOIN vehicles v ON v.shop_id = $1 AND v.id = i.vehicle_id
           JOIN customers c ON c.shop_id = $1 AND c.id = v.customer_id
          WHERE i.shop_id = $1 AND i.id = $2",
        params![id],
        Customer::from_row,
    )
}

/// The columns of an inspection `i`, and of whom and what is read beside it. Those that are read, because each costs both
/// sides something, and what is kept for lists alone is long.
macro_rules! inspection_columns {
    () => {
        "i.id, i.vehicle_id, i.shop_id, i.created_by, i.status, i.assigned_to, i.customer_concerns, i.started_at,
         i.completed_at, i.odometer_reading, i.internal_notes, i.created_at, i.updated_at, i.deleted_at, i.sent_at,
         i.sent_via, i.viewed_at, i.status_changed_at, i.report_expires_at, i.catalogue_version, i.findings_version"
    };
}
macro_rules! people_columns {
    () => {
        "'' AS \"/vehicle\", v.id, v.shop_id, v.customer_id, v.vin, v.make, v.model, v.year, v.mileage,
         v.license_plate, v.color, v.powertrain, v.status, v.created_at, v.updated_at, v.deleted_at,
         '' AS \"/customer\", c.id, c.shop_id, c.first_name, c.last_name, c.email, c.phone, c.address, c.sms_opt_in,
         c.email_opt_in, c.status, c.created_at, c.updated_at, c.deleted_at,
         '' AS \"/assignee\", u.id, u.shop_id, u.email, u.role, u.first_name, u.last_name, u.phone, u.status,
         u.created_at, u.updated_at, u.deleted_at"
    };
}
pub(super) use {inspection_columns, people_columns};

/// An inspection, its vehicle, whose that is, and who inspects.
pub(super) type WithPeople = (Inspection, Vehicle, Customer, Option<User>);

/// Reads a row of an inspection with the parts `vehicle`, `customer` and `assignee`.
pub(super) fn with_people(row: &Row) -> Result<WithPeople, Error> {
    let inspection = Inspection::from_row(row)?;
    let is_assigned = inspection.stage.assigned_to.is_some();
    let vehicle = Vehicle::from_row(&row.part("vehicle"))?;
    let customer = Customer::from_row(&row.part("customer"))?;
    let assignee = is_assigned.then(|| User::from_row(&row.part("assignee"))).transpose()?;
    Ok((inspection, vehicle, customer, assignee))
}

/// The fingerprint of the request that made the inspection with this id.
#[must_use]
pub fn find_digest(id: InspectionId) -> Query<Option<Vec<u8>>> {
    Query::optional(
        "SELECT coalesce(client_digest, '') AS client_digest FROM inspections
          WHERE shop_id = $1 AND id = $2 AND deleted_at IS NULL",
        params![id],
        |row| row.try_get("client_digest"),
    )
}

/// Takes a car in, with the event that says so; false where the id is taken.
#[must_use]
pub fn insert(id: InspectionId, new: NewInspection, version: &'static str, digest: Vec<u8>) -> Query<bool> {
    let stage = Stage::new(new.assigned_to);
    let made = Query::optional(
        "WITH made AS (
             INSERT INTO inspections (shop_id, id, vehicle_id, created_by, assigned_to, status, customer_concerns,
                                      odometer_reading, internal_notes, catalogue_version, client_digest)
             VALUES ($1, $2, $3, courtesy.current_person(), $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (id) DO NOTHING RETURNING id)
         INSERT INTO inspection_events (shop_id, inspection_id, user_id, kind, after)
         SELECT $1, made.id, courtesy.current_person(), $11, $12 FROM made RETURNING id",
        params![
            id,
            new.vehicle_id,
            stage.assigned_to,
            stage.status,
            json!(new.customer_concerns.0),
            new.odometer_reading.map(Mileage::shown),
            new.internal_notes,
            version,
            digest,
            Event::Created,
            json!(stage)
        ],
        |_| Ok(()),
    );
    made.map(|row| row.is_some())
}

/// Moves an inspection along its way. The database's clock says when.
#[must_use]
pub fn move_to(id: InspectionId, stage: Stage) -> Query<()> {
    Query::run(
        "UPDATE inspections
            SET assigned_to = $3, status = $4::text,
                started_at = CASE WHEN $4 = 'in_progress' THEN coalesce(started_at, now()) ELSE started_at END,
                completed_at = CASE WHEN $4 = 'completed' AND status <> 'completed' THEN now() ELSE completed_at END
          WHERE shop_id = $1 AND id = $2",
        params![id, stage.assigned_to, stage.status],
    )
}

/// Writes what may be changed beside the findings.
pub(super) fn save(inspection: &Inspection) -> Query<()> {
    Query::run(
        "UPDATE inspections SET customer_concerns = $3, odometer_reading = $4, internal_notes = $5
          WHERE shop_id = $1 AND id = $2",
        params![
            inspection.id,
            json!(inspection.customer_concerns),
            inspection.odometer_reading,
            inspection.internal_notes.clone()
        ],
    )
}

/// Holds an inspection, deleted or not, until the transaction ends. What revokes its links as well is another statement, behind
/// this one: a statement that has to wait for a row still sees all others as they were before.
pub(super) fn hold(id: InspectionId) -> Query<()> {
    Query::run("SELECT FROM inspections WHERE shop_id = $1 AND id = $2 FOR NO KEY UPDATE", params![id])
}

/// Hides an inspection that is held and revokes its links, with the event that says so; fails where there never was one.
pub(super) fn delete(id: InspectionId) -> Query<()> {
    Query::one(
        "WITH gone AS (
             UPDATE inspections SET deleted_at = now() WHERE shop_id = $1 AND id = $2 AND deleted_at IS NULL
             RETURNING id),
         links AS (
             UPDATE report_links SET revoked_at = now()
              WHERE shop_id = $1 AND inspection_id IN (SELECT id FROM gone) AND revoked_at IS NULL),
         told AS (
             INSERT INTO inspection_events (shop_id, inspection_id, user_id, kind)
             SELECT $1, gone.id, courtesy.current_person(), $3 FROM gone)
         SELECT FROM inspections WHERE shop_id = $1 AND id = $2",
        params![id, Event::Deleted],
        |_| Ok(()),
    )
}

/// Writes down what happened to an inspection, by whoever acts.
#[must_use]
pub fn tell(event: Event, inspection: InspectionId, before: Value, after: Value) -> Query<()> {
    Query::run(
        "INSERT INTO inspection_events (shop_id, inspection_id, user_id, kind, before, after)
         VALUES ($1, $2, courtesy.current_person(), $3, $4, $5)",
        params![inspection, event, before, after],
    )
}
