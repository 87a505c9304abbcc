//! Statements about vehicles.

use tokio_postgres::Error;

use super::{NewVehicle, Vehicle};
use crate::customers::DAYS_TO_RESTORE;
use crate::db::{Query, Row};
use crate::ids::{CustomerId, VehicleId};
use crate::params;
use crate::text::Plate;
use crate::web::{Cursor, Limit, Search};

impl Vehicle {
    /// Reads a row of `vehicles.*`.
    pub fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.try_get("id")?,
            shop_id: row.try_get("shop_id")?,
            customer_id: row.try_get("customer_id")?,
            vin: row.try_get("vin")?,
            make: row.try_get("make")?,
            model: row.try_get("model")?,
            year: row.try_get("year")?,
            mileage: row.try_get("mileage")?,
            license_plate: row.try_get("license_plate")?,
            color: row.try_get("color")?,
            powertrain: row.try_get("powertrain")?,
            status: row.try_get("status")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
            deleted_at: row.try_get("deleted_at")?,
        })
    }
}

/// A vehicle that has not been deleted, nor its owner.
#[must_use]
pub fn find(id: VehicleId) -> Query<Vehicle> {
    Query::one(
        "SELECT v.* FROM vehicles v
           JOIN customers c ON c.shop_id = $1 AND c.id = v.customer_id AND c.deleted_at IS NULL
          WHERE v.shop_id = $1 AND v.id = $2 AND v.deleted_at IS NULL",
        params![id],
        Vehicle::from_row,
    )
}

/// A vehicle that is here, or was deleted so lately that it can be brought back. That of a deleted owner comes back with
/// them.
#[must_use]
pub fn find_lately(id: VehicleId) -> Query<Vehicle> {
    Query::one(
        "SELECT v.* FROM vehicles v
           JOIN customers c ON c.shop_id = $1 AND c.id = v.customer_id AND c.deleted_at IS NULL
          WHERE v.shop_id = $1 AND v.id = $2
            AND (v.deleted_at IS NULL OR v.deleted_at > now() - make_interval(days => $3))",
        params![id, DAYS_TO_RESTORE],
        Vehicle::from_row,
    )
}

/// A vehicle, held until the transaction ends.
#[must_use]
pub fn lock(id: VehicleId) -> Query<Vehicle> {
    Query::one(
        "SELECT v.* FROM vehicles v
           JOIN customers c ON c.shop_id = $1 AND c.id = v.customer_id AND c.deleted_at IS NULL
          WHERE v.shop_id = $1 AND v.id = $2 AND v.deleted_at IS NULL FOR NO KEY UPDATE OF v",
        params![id],
        Vehicle::from_row,
    )
}

/// The vehicle with this id and the fingerprint of the request that made it.
pub(super) fn find_with_digest(id: VehicleId) -> Query<Option<(Vehicle, Option<Vec<u8>>)>> {
    Query::optional(
        "SELECT * FROM vehicles WHERE shop_id = $1 AND id = $2 AND deleted_at IS NULL",
        params![id],
        |row| Ok((Vehicle::from_row(row)?, row.try_get("client_digest")?)),
    )
}

/// A page of one customer's vehicles, those added last first.
pub(super) fn list_of(customer: CustomerId, limit: Limit, behind: Cursor) -> Query<Vec<Vehicle>> {
    Query::list(
        "SELECT * FROM vehicles v
          WHERE v.shop_id = $1 AND v.customer_id = $5 AND v.deleted_at IS NULL
            AND (v.created_at, v.id) < ($3, $4)
          ORDER BY v.created_at DESC, v.id DESC LIMIT $2",
        params![limit.and_one_more(), behind.at, behind.id, customer],
        Vehicle::from_row,
    )
}

/// A page of the vehicles that are searched for: by year, make, model, plate or VIN, those added last first.
pub(super) fn list(search: &Search, limit: Limit, behind: Cursor) -> Query<Vec<Vehicle>> {
    Query::list(
        "SELECT * FROM vehicles v
          WHERE v.shop_id = $1 AND v.deleted_at IS NULL
            AND (v.created_at, v.id) < ($3, $4)
            AND (v.search_key LIKE ALL (ARRAY(SELECT lower(word) FROM unnest($5::text[]) AS word))
                 OR v.plate_key LIKE $6 OR v.vin LIKE $6)
          ORDER BY v.created_at DESC, v.id DESC LIMIT $2",
        params![limit.and_one_more(), behind.at, behind.id, search.words(), search.plate_or_vin()],
        Vehicle::from_row,
    )
}

/// Whether whoever asks is at this car right now.
pub(super) fn is_inspecting(id: VehicleId) -> Query<bool> {
    Query::one(
        "SELECT EXISTS (SELECT FROM inspections i
                         WHERE i.shop_id = $1 AND i.vehicle_id = $2 AND i.status = 'in_progress'
                           AND i.assigned_to = courtesy.current_person() AND i.deleted_at IS NULL)",
        params![id],
        |row| row.try_get(0),
    )
}

/// Adds a vehicle, unless the id is taken.
#[must_use]
pub fn insert(id: VehicleId, owner: CustomerId, new: NewVehicle, digest: Vec<u8>) -> Query<Option<Vehicle>> {
    let plate_key = new.license_plate.as_ref().map(Plate::key);
    Query::optional(
        "INSERT INTO vehicles (shop_id, id, customer_id, vin, make, model, year, mileage, license_plate, color,
                               powertrain, client_digest, plate_key)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (id) DO NOTHING RETURNING *",
        params![
            id,
            owner,
            new.vin,
            new.make,
            new.model,
            new.year,
            new.mileage.map(super::Mileage::shown),
            new.license_plate,
            new.color,
            new.powertrain,
            digest,
            plate_key
        ],
        Vehicle::from_row,
    )
}

/// Writes what may be changed.
pub(super) fn save(vehicle: Vehicle) -> Query<Vehicle> {
    let plate_key = vehicle.license_plate.as_ref().map(Plate::key);
    Query::one(
        "UPDATE vehicles SET vin = $3, make = $4, model = $5, year = $6, mileage = $7, license_plate = $8, color = $9,
                             powertrain = $10, status = $11, plate_key = $12
          WHERE shop_id = $1 AND id = $2 RETURNING *",
        params![
            vehicle.id,
            vehicle.vin,
            vehicle.make,
            vehicle.model,
            vehicle.year,
            vehicle.mileage,
            vehicle.license_plate,
            vehicle.color,
            vehicle.powertrain,
            vehicle.status,
            plate_key
        ],
        Vehicle::from_row,
    )
}

/// Hides a vehicle; fails where there never was one.
pub(super) fn delete(id: VehicleId) -> Query<()> {
    Query::one(
        "UPDATE vehicles SET deleted_at = coalesce(deleted_at, now()) WHERE shop_id = $1 AND id = $2 RETURNING id",
        params![id],
        |_| Ok(()),
    )
}

/// Holds the owner of a vehicle until the transaction ends, lest they are deleted while it comes back.
pub(super) fn hold_owner(id: VehicleId) -> Query<()> {
    Query::run(
        "SELECT FROM vehicles v JOIN customers c ON c.shop_id = $1 AND c.id = v.customer_id
          WHERE v.shop_id = $1 AND v.id = $2 FOR NO KEY UPDATE OF c",
        params![id],
    )
}

/// Brings a vehicle back whose owner is here, and held.
pub(super) fn restore(id: VehicleId) -> Query<()> {
    Query::run(
        "UPDATE vehicles v SET deleted_at = NULL FROM customers c
          WHERE v.shop_id = $1 AND v.id = $2 AND v.deleted_at > now() - make_interval(days => $3)
            AND c.shop_id = $1 AND c.id = v.customer_id AND c.deleted_at IS NULL",
        params![id, DAYS_TO_RESTORE],
    )
}
