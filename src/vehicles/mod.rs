//! The customers' vehicles.

pub mod api;
pub mod queries;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::error::{Error, Result};
use crate::ids::{CustomerId, ShopId, VehicleId};
use crate::powertrain::Powertrain;
use crate::role::Role;
use crate::text::{Change, Line, Plate, Vin, Warning, not_null};

crate::text::text_enum! {
    /// Whether a vehicle still comes.
    pub enum VehicleStatus {
        /// It does.
        Active = "active",
        /// It doesn't.
        Inactive = "inactive",
    }
}

/// A customer's vehicle.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Vehicle {
    /// Its id.
    pub id: VehicleId,
    /// Whose customer's.
    pub shop_id: ShopId,
    /// Its owner.
    pub customer_id: CustomerId,
    /// Vehicle identification number; the same may stand under two owners over time.
    pub vin: Option<Vin>,
    /// Who made it.
    pub make: Option<Line<50>>,
    /// What they called it.
    pub model: Option<Line<50>>,
    /// Model year.
    pub year: Option<i32>,
    /// Odometer, in the shop's unit, when it was last read.
    pub mileage: Option<i32>,
    /// As it was typed; compared without spaces, dashes and dots.
    pub license_plate: Option<Plate>,
    /// Colour.
    pub color: Option<Line<50>>,
    /// What moves it: decides which components there are to inspect.
    pub powertrain: Powertrain,
    /// Whether it still comes.
    pub status: VehicleStatus,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was deleted; its inspections stay.
    pub deleted_at: Option<Timestamp>,
}

/// A car that comes for the first time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVehicle {
    id: Option<VehicleId>,
    vin: Option<Vin>,
    make: Option<Line<50>>,
    model: Option<Line<50>>,
    #[schema(schema_with = model_year)]
    year: Option<i32>,
    mileage: Option<Mileage>,
    license_plate: Option<Plate>,
    color: Option<Line<50>>,
    #[serde(default)]
    powertrain: Powertrain,
}

impl NewVehicle {
    /// The id that whoever adds it has chosen.
    #[must_use]
    pub fn id(&self) -> Option<VehicleId> {
        self.id
    }

    /// Its VIN.
    #[must_use]
    pub fn vin(&self) -> Option<&Vin> {
        self.vin.as_ref()
    }

    /// Its plate.
    #[must_use]
    pub fn license_plate(&self) -> Option<&Plate> {
        self.license_plate.as_ref()
    }

    /// Whether there is nothing by which to know it again.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.vin.is_none() && self.license_plate.is_none() && self.make.is_none() && self.model.is_none()
    }
}

/// What is written of a new vehicle.
#[derive(Debug, Serialize)]
pub struct VehicleFields {
    vin: Option<Vin>,
    make: Option<Line<50>>,
    model: Option<Line<50>>,
    year: Option<i32>,
    mileage: Option<i32>,
    license_plate: Option<Plate>,
    color: Option<Line<50>>,
    powertrain: Powertrain,
}

impl NewVehicle {
    /// What is written of it, for whoever adds many at once.
    #[must_use]
    pub fn into_fields(self) -> VehicleFields {
        let Self { vin, make, model, year, mileage, license_plate, color, powertrain, .. } = self;
        let mileage = mileage.map(Mileage::shown);
        VehicleFields { vin, make, model, year, mileage, license_plate, color, powertrain }
    }
}

/// What may be changed: absent keeps, null clears. A mechanic changes what is read off the car: mileage, VIN, plate,
/// colour.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VehicleChange {
    #[serde(default)]
    vin: Change<Vin>,
    #[serde(default)]
    make: Change<Line<50>>,
    #[serde(default)]
    model: Change<Line<50>>,
    #[serde(default)]
    #[schema(schema_with = model_year)]
    year: Change<i32>,
    #[serde(default)]
    mileage: Change<Mileage>,
    #[serde(default)]
    license_plate: Change<Plate>,
    #[serde(default)]
    color: Change<Line<50>>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    powertrain: Option<Powertrain>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    status: Option<VehicleStatus>,
}

/// A model year in the published document. The database knows the latest one, which is two years from now.
fn model_year() -> Schema {
    let year = SchemaType::from_iter([Type::Integer, Type::Null]);
    let words = "Model year: from 1900 to two years from now.";
    ObjectBuilder::new().schema_type(year).minimum(Some(1900)).maximum(Some(2200)).description(Some(words)).into()
}

/// What an odometer shows, in the shop's unit: 0 to 9,999,999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub struct Mileage(i32);

impl Mileage {
    const MOST: i32 = 9_999_999;
}

impl PartialSchema for Mileage {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).maximum(Some(Self::MOST)).into()
    }
}

impl ToSchema for Mileage {}

impl TryFrom<i64> for Mileage {
    type Error = &'static str;

    fn try_from(shown: i64) -> Result<Self, Self::Error> {
        match i32::try_from(shown) {
            Ok(shown @ 0..=Self::MOST) => Ok(Self(shown)),
            _ => Err("must be from 0 to 9,999,999"),
        }
    }
}

impl Mileage {
    /// The number shown.
    #[must_use]
    pub fn shown(self) -> i32 {
        self.0
    }
}

impl Vehicle {
    /// What looks mistyped.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let doubt = self.vin.as_ref().and_then(Vin::doubt);
        doubt
            .map(|doubt| Warning { field: "vin", code: doubt.as_str(), detail: doubt.detail() })
            .into_iter()
            .collect()
    }

    /// The vehicle after the change.
    #[must_use]
    pub fn changed(self, change: VehicleChange) -> Self {
        let mileage = self.mileage.map(Mileage);
        Self {
            vin: change.vin.apply(self.vin),
            make: change.make.apply(self.make),
            model: change.model.apply(self.model),
            year: change.year.apply(self.year),
            mileage: change.mileage.apply(mileage).map(Mileage::shown),
            license_plate: change.license_plate.apply(self.license_plate),
            color: change.color.apply(self.color),
            powertrain: change.powertrain.unwrap_or(self.powertrain),
            status: change.status.unwrap_or(self.status),
            ..self
        }
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> String {
        name(self.year, self.make.as_ref().map(Line::as_str), self.model.as_ref().map(Line::as_str))
    }
}

/// What people call a vehicle, as far as it is known: "2018 Honda Civic", "Honda", "2018 vehicle", "vehicle".
#[must_use]
pub fn name(year: Option<i32>, make: Option<&str>, model: Option<&str>) -> String {
    let named = [make, model].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let named = if named.is_empty() { "vehicle" } else { &named };
    year.map_or_else(|| named.to_owned(), |year| format!("{year} {named}"))
}

/// Refuses a model year; which ones there are is known to the database, by its constraint `valid_year`.
#[must_use]
pub fn not_a_year(field: &str) -> Error {
    Error::invalid(field, "must be from 1900 to two years from now")
}

/// The same in advance, for a form that is refused anyway.
pub fn demand_year(field: &str, year: Option<i32>, now: Timestamp) -> Result<()> {
    let latest = i32::from(now.to_zoned(TimeZone::UTC).year()) + 2;
    if year.is_none_or(|year| (1900..=latest).contains(&year)) { Ok(()) } else { Err(not_a_year(field)) }
}

/// Refuses a form that was sent by mistake, as it would leave a car behind that no search finds.
#[must_use]
pub fn nothing(field: &str) -> Error {
    Error::invalid(field, "or VIN, make or model is needed, to find the car again")
}

/// What a mechanic may do, for whoever tried more.
const READ_OFF_THE_CAR: &str =
    "a mechanic changes mileage, VIN, plate and colour of the car that they are inspecting";

/// Refuses whoever may not change anything of a car, whatever it is: a mechanic who is not inspecting it.
pub fn demand_access(role: Role, is_inspecting: bool) -> Result<()> {
    match role {
        Role::Mechanic if !is_inspecting => Err(Error::Forbidden(READ_OFF_THE_CAR)),
        Role::Mechanic | Role::ShopManager => Ok(()),
    }
}

impl VehicleChange {
    /// Refuses what this person may not change: a mechanic reads things off the car.
    pub fn allowed_for(self, role: Role) -> Result<Self> {
        let is_read_off = self.make.is_keep()
            && self.model.is_keep()
            && self.year.is_keep()
            && self.powertrain.is_none()
            && self.status.is_none();
        match role {
            Role::Mechanic if !is_read_off => Err(Error::Forbidden(READ_OFF_THE_CAR)),
            Role::Mechanic | Role::ShopManager => Ok(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vehicle_is_called_by_what_is_known() {
        for (year, make, model, words) in [
            (Some(2018), Some("Honda"), Some("Civic"), "2018 Honda Civic"),
            (None, Some("Honda"), Some("Civic"), "Honda Civic"),
            (Some(2018), Some("Honda"), None, "2018 Honda"),
            (None, None, Some("Civic"), "Civic"),
            (Some(2018), None, None, "2018 vehicle"),
            (None, None, None, "vehicle"),
        ] {
            assert_eq!(name(year, make, model), words);
        }
    }
}
