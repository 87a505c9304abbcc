//! `/vehicles/{id}`: a car, what came back yellow or red, every visit, and what was measured over the years.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::chart::{Sheet, sheets};
use super::consent::Consent;
use super::customer_pages::GonePage;
use super::{LastTime, MOST_VISITS, Visit, queries};
use crate::auth::{Manager, Staff};
use crate::customers::Customer;
use crate::desk::{Desk, Here};
use crate::error::Result;
use crate::ids::VehicleId;
use crate::inspections::Status;
use crate::intake::{self, OdometerReading};
use crate::vehicles::{self, Vehicle};
use crate::web::{Action, At, Form, Page};

#[derive(Template)]
#[template(path = "clientele/vehicle.html")]
struct VehiclePage {
    desk: Desk,
    vehicle: Vehicle,
    owner: Customer,
    consent: Consent,
    odometer: Option<OdometerReading>,
    last_time: Option<LastTime>,
    visits: Vec<Visit>,
    /// Whether there are more visits than are shown.
    is_cut: bool,
    sheets: Vec<Sheet>,
    /// Other cars with the same VIN or plate, and whose they are.
    alike: Vec<(Customer, Vehicle)>,
}

/// `GET /vehicles/{id}`.
pub async fn show(staff: Staff, At(id): At<VehicleId>) -> Result<Response> {
    let whose = (queries::owner(id), queries::last_word_of_owner(id), queries::alike(id), intake::odometer(id));
    let what = (queries::last_time_of_vehicle(id), queries::visits_of_vehicle(id), queries::measured(id));
    let ((around, vehicle), (owner, last_word, alike, odometer), (last_times, mut visits, measured)) =
        staff.read(((Desk::read(), vehicles::queries::find_lately(id)), whose, what)).await?;
    let desk = Desk::new(&staff, around, Here::Customers);
    if vehicle.deleted_at.is_some() {
        return Ok(Page(gone(desk, &vehicle, &owner)).into_response());
    }
    let is_cut = visits.len() > MOST_VISITS;
    visits.truncate(MOST_VISITS);
    let consent = Consent::of(&owner, last_word.as_ref());
    let last_time = last_times.into_iter().next();
    let sheets = sheets(&measured, desk.shop.settings.units);
    let page = VehiclePage { desk, vehicle, owner, consent, odometer, last_time, visits, is_cut, sheets, alike };
    Ok(Page(page).into_response())
}

/// `POST /vehicles/{id}/delete`. Where it was stands how to bring it back.
pub async fn delete(manager: Manager, at: At<VehicleId>) -> Result<Redirect> {
    let id = at.0;
    vehicles::api::delete(manager, at).await?;
    Ok(to(id))
}

/// `POST /vehicles/{id}/restore`.
pub async fn restore(manager: Manager, at: At<VehicleId>, form: Form) -> Result<Redirect> {
    let id = at.0;
    vehicles::api::restore(manager, at, Action(form.body())).await?;
    Ok(to(id))
}

fn to(id: VehicleId) -> Redirect {
    Redirect::to(&format!("/vehicles/{id}"))
}

fn gone(desk: Desk, vehicle: &Vehicle, owner: &Customer) -> GonePage {
    let plate = vehicle.license_plate.as_ref().map(|plate| format!(", {}", plate.as_str())).unwrap_or_default();
    GonePage {
        desk,
        name: format!("{}{plate}", vehicle.name()),
        along: None,
        address: format!("/vehicles/{}", vehicle.id),
        elsewhere: (format!("/customers/{}", owner.id), "Its owner"),
    }
}

impl VehiclePage {
    /// The visit that the car is here for.
    fn open_visit(&self) -> Option<&Visit> {
        self.visits.iter().find(|visit| visit.status() != Status::Sent)
    }
}
