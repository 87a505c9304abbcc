//! What the desk writes down when a car arrives.

use jiff::Timestamp;
use serde::Deserialize;

use super::pages::Whom;
use crate::customers::{self, NewCustomer};
use crate::error::{Error, Result};
use crate::ids::{CustomerId, VehicleId};
use crate::inspections::NewInspection;
use crate::text::{Country, Phone};
use crate::vehicles::{self, NewVehicle};
use crate::web::Filled;

/// What somebody or a car is found again by, of which one has to be known.
const NAMES_OF_CUSTOMER: [&str; 4] =
    ["customer.first_name", "customer.last_name", "customer.phone", "customer.email"];
const NAMES_OF_CAR: [&str; 4] = ["vehicle.license_plate", "vehicle.vin", "vehicle.make", "vehicle.model"];
const YEAR: &str = "vehicle.year";

/// The form: an inspection, and what is new about the car and about whose it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrival {
    /// The owner, where only the car is new.
    customer_id: Option<CustomerId>,
    customer: Option<NewCustomer>,
    vehicle: Option<NewVehicle>,
    /// Of the car that is known, or of the new one by the id that it will have.
    inspection: NewInspection,
}

/// Who comes, as far as they are new.
#[derive(Debug)]
pub enum Comer {
    /// A car that has been here before.
    Known,
    /// Another car of somebody who has been here before.
    AnotherCar(CustomerId, Box<NewVehicle>),
    /// Somebody new, whose number was read as people here write it.
    Stranger(Box<(NewCustomer, Option<Phone>, NewVehicle)>),
}

impl Comer {
    /// Whether the car is new here.
    #[must_use]
    pub fn is_new_car(&self) -> bool {
        !matches!(self, Self::Known)
    }

    /// Whose new car it is, where only that is new.
    #[must_use]
    pub fn owner(&self) -> Option<CustomerId> {
        match self {
            Self::AnotherCar(owner, _) => Some(*owner),
            _ => None,
        }
    }

    /// The new car.
    #[must_use]
    pub fn vehicle(&self) -> Option<&NewVehicle> {
        match self {
            Self::Known => None,
            Self::AnotherCar(_, vehicle) => Some(vehicle),
            Self::Stranger(new) => Some(&new.2),
        }
    }

    /// The new customer's number.
    #[must_use]
    pub fn phone(&self) -> Option<&Phone> {
        match self {
            Self::Stranger(new) => new.1.as_ref(),
            _ => None,
        }
    }
}

impl Arrival {
    /// Who comes and what for, in a shop of this country; or what is wrong with it.
    pub fn read(self, country: Country) -> Result<(Comer, NewInspection)> {
        let Self { customer_id, customer, vehicle, inspection } = self;
        if let Some(vehicle) = &vehicle {
            demand_same_car(vehicle, inspection.vehicle_id())?;
        }
        let comer = match (customer_id, customer, vehicle) {
            (None, None, None) => Comer::Known,
            (Some(owner), None, Some(vehicle)) => {
                demand(!vehicle.is_nothing(), nothing)?;
                Comer::AnotherCar(owner, Box::new(vehicle))
            }
            (None, Some(customer), Some(vehicle)) => {
                demand(!customer.is_nobody(), nobody)?;
                demand(!vehicle.is_nothing(), nothing)?;
                let phone = customer.phone(country).map_err(|error| error.within("customer"))?;
                Comer::Stranger(Box::new((customer, phone, vehicle)))
            }
            _ => return Err(Error::invalid("vehicle", "must be somebody's")),
        };
        Ok((comer, inspection))
    }
}

/// The form with what its reading does not come to as long as anything else is wrong with it.
pub(super) fn judged(form: Filled, whom: &Whom, country: Country, now: Timestamp) -> Result<Filled> {
    let form = match whom {
        Whom::Car(_) => return Ok(form),
        Whom::AnotherCarOf(_) => form,
        Whom::Stranger => {
            let is_nobody = form.is_blank(&NAMES_OF_CUSTOMER);
            form.also_phone("customer.phone", country)?.also(demand(!is_nobody, nobody))?
        }
    };
    let (year, is_nothing) = (form.whole(YEAR), form.is_blank(&NAMES_OF_CAR));
    form.also(vehicles::demand_year(YEAR, year, now))?.also(demand(!is_nothing, nothing))
}

fn demand_same_car(new: &NewVehicle, inspected: VehicleId) -> Result<()> {
    if new.id() == Some(inspected) {
        Ok(())
    } else {
        Err(Error::invalid("vehicle.id", "must be the car that is inspected"))
    }
}

fn demand(is_right: bool, refusal: impl FnOnce() -> Error) -> Result<()> {
    if is_right { Ok(()) } else { Err(refusal()) }
}

fn nobody() -> Error {
    customers::nobody("customer.first_name")
}

fn nothing() -> Error {
    vehicles::nothing("vehicle.license_plate")
}
