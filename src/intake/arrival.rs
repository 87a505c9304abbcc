//! What the desk writes down when a car arrives.

use serde::Deserialize;

use crate::customers::NewCustomer;
use crate::error::{Error, FieldError, Result};
use crate::ids::{CustomerId, VehicleId};
use crate::inspections::NewInspection;
use crate::text::{Country, Phone, PhoneInput};
use crate::vehicles::NewVehicle;

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
    /// Who comes and what for, in a shop of this country; or everything that is wrong with it.
    pub fn read(self, country: Country) -> Result<(Comer, NewInspection)> {
        let Self { customer_id, customer, vehicle, inspection } = self;
        if let Some(vehicle) = &vehicle {
            demand_same_car(vehicle, inspection.vehicle_id())?;
        }
        let comer = match (customer_id, customer, vehicle) {
            (None, None, None) => Comer::Known,
            (Some(owner), None, Some(vehicle)) => {
                demand_nothing_wrong(blank_car(&vehicle).into_iter().collect())?;
                Comer::AnotherCar(owner, Box::new(vehicle))
            }
            (None, Some(customer), Some(vehicle)) => {
                let blanks = blank_customer(&customer).into_iter().chain(blank_car(&vehicle)).collect();
                demand_nothing_wrong(blanks)?;
                let phone = customer.phone(country).map_err(|error| error.within("customer"))?;
                Comer::Stranger(Box::new((customer, phone, vehicle)))
            }
            _ => return Err(Error::invalid("vehicle", "must be somebody's")),
        };
        Ok((comer, inspection))
    }
}

/// Tells of a number that is wrong beside what else is wrong with a form: it is read last, because that takes the shop's
/// country.
pub(super) fn with_phone(error: Error, typed: &str, country: Country) -> Error {
    const FIELD: &str = "customer.phone";
    let refusal = PhoneInput::from(typed.to_owned()).parse(country).err().filter(|_| !typed.trim().is_empty());
    match (error, refusal) {
        (Error::Invalid(mut fields), Some(refusal)) if fields.iter().all(|known| known.field != FIELD) => {
            fields.push(FieldError { field: FIELD.to_owned(), detail: refusal.to_string() });
            Error::Invalid(fields)
        }
        (error, _) => error,
    }
}

fn demand_same_car(new: &NewVehicle, inspected: VehicleId) -> Result<()> {
    if new.id() == Some(inspected) {
        Ok(())
    } else {
        Err(Error::invalid("vehicle.id", "must be the car that is inspected"))
    }
}

/// A form that was sent by mistake leaves nobody behind whom no search finds.
fn blank_customer(new: &NewCustomer) -> Option<FieldError> {
    let detail = "or a phone number is needed, to find them again".to_owned();
    new.is_nobody().then(|| FieldError { field: "customer.first_name".to_owned(), detail })
}

fn blank_car(new: &NewVehicle) -> Option<FieldError> {
    let detail = "or VIN, make or model is needed, to find the car again".to_owned();
    new.is_nothing().then(|| FieldError { field: "vehicle.license_plate".to_owned(), detail })
}

fn demand_nothing_wrong(complaints: Vec<FieldError>) -> Result<()> {
    if complaints.is_empty() { Ok(()) } else { Err(Error::Invalid(complaints)) }
}
