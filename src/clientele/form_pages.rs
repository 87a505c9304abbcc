//! Adding and changing customers and cars: forms that are faces of the operations that programs use.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::auth::Manager;
use crate::customers::{self, Customer, NewCustomer};
use crate::desk::{Desk, Here};
use crate::error::Result;
use crate::ids::{CustomerId, VehicleId};
use crate::language::Language;
use crate::vehicles::{self, NewVehicle, Vehicle};
use crate::web::{At, Created, Filled, Form, Page};

#[derive(Template)]
#[template(path = "clientele/customer_form.html")]
struct CustomerForm {
    desk: Desk,
    form: Filled,
    /// Who is changed; nobody where somebody is added.
    customer: Option<Customer>,
}

#[derive(Template)]
#[template(path = "clientele/vehicle_form.html")]
struct VehicleForm {
    desk: Desk,
    form: Filled,
    /// What is changed; nothing where a car is added.
    vehicle: Option<Vehicle>,
    owner: Customer,
}

/// `GET /customers/new`.
pub async fn show_new_customer(manager: Manager) -> Result<Response> {
    // The id is chosen here, so that a form that is sent twice adds one customer.
    let form = Filled::with([("id", CustomerId::new().to_string()), ("sms_opt_in", "true".to_owned())]);
    Ok(Page(customer_form(&manager, None, form).await?).into_response())
}

/// `POST /customers/new`.
pub async fn add_customer(manager: Manager, form: Form) -> Result<Response> {
    match add_somebody(&manager, &form).await {
        Ok(id) => Ok(to(&format!("/customers/{id}"))),
        Err(error) => Ok(refused(customer_form(&manager, None, form.again(error)?).await?.judged()?)),
    }
}

/// `GET /customers/{id}/edit`.
pub async fn show_customer(manager: Manager, At(id): At<CustomerId>) -> Result<Response> {
    let (around, customer) = manager.read((Desk::read(), customers::queries::find(id))).await?;
    let desk = Desk::new(&manager, around, Here::Customers);
    let form = known_customer(&desk, &customer);
    Ok(Page(CustomerForm { desk, form, customer: Some(customer) }).into_response())
}

/// `POST /customers/{id}/edit`.
pub async fn change_customer(manager: Manager, at: At<CustomerId>, form: Form) -> Result<Response> {
    let id = at.0;
    match customers::api::change(manager.clone(), at, form.touched().body()).await {
        Ok(_) => Ok(to(&format!("/customers/{id}"))),
        Err(error) => Ok(refused(customer_form(&manager, Some(id), form.again(error)?).await?.judged()?)),
    }
}

/// `GET /customers/{id}/vehicles/new`.
pub async fn show_new_vehicle(manager: Manager, At(owner): At<CustomerId>) -> Result<Response> {
    let form = Filled::with([("id", VehicleId::new().to_string())]);
    Ok(Page(new_vehicle_form(&manager, owner, form).await?).into_response())
}

/// `POST /customers/{id}/vehicles/new`.
pub async fn add_vehicle(manager: Manager, at: At<CustomerId>, form: Form) -> Result<Response> {
    let owner = at.0;
    match add_car(&manager, at, &form).await {
        Ok(()) => Ok(to(&format!("/customers/{owner}"))),
        Err(error) => Ok(refused(new_vehicle_form(&manager, owner, form.again(error)?).await?.judged()?)),
    }
}

/// `GET /vehicles/{id}/edit`.
pub async fn show_vehicle(manager: Manager, At(id): At<VehicleId>) -> Result<Response> {
    let page = vehicle_form(&manager, id, Filled::default()).await?;
    let form = page.vehicle.as_ref().map(known_vehicle).unwrap_or_default();
    Ok(Page(VehicleForm { form, ..page }).into_response())
}

/// `POST /vehicles/{id}/edit`.
pub async fn change_vehicle(manager: Manager, at: At<VehicleId>, form: Form) -> Result<Response> {
    let id = at.0;
    match vehicles::api::change((*manager).clone(), at, form.touched().body()).await {
        Ok(_) => Ok(to(&format!("/vehicles/{id}"))),
        Err(error) => Ok(refused(vehicle_form(&manager, id, form.again(error)?).await?.judged()?)),
    }
}

/// Adds a customer by whom one can find them again.
async fn add_somebody(manager: &Manager, form: &Form) -> Result<CustomerId> {
    if form.read::<NewCustomer>().is_ok_and(|new| new.is_nobody()) {
        manager.enter(true).await?;
        return Err(customers::nobody("first_name"));
    }
    let (Created::Now(customer) | Created::Before(customer)) =
        customers::api::add(manager.clone(), form.body()).await?;
    Ok(customer.id)
}

/// Adds a car by which one can find it again.
async fn add_car(manager: &Manager, owner: At<CustomerId>, form: &Form) -> Result<()> {
    if form.read::<NewVehicle>().is_ok_and(|new| new.is_nothing()) {
        manager.enter(true).await?;
        return Err(vehicles::nothing("license_plate"));
    }
    vehicles::api::add(manager.clone(), owner, form.body()).await.map(drop)
}

async fn customer_form(manager: &Manager, id: Option<CustomerId>, form: Filled) -> Result<CustomerForm> {
    let (around, customer) = manager.read((Desk::read(), id.map(customers::queries::find))).await?;
    Ok(CustomerForm { desk: Desk::new(manager, around, Here::Customers), form, customer })
}

async fn new_vehicle_form(manager: &Manager, owner: CustomerId, form: Filled) -> Result<VehicleForm> {
    let (around, owner) = manager.read((Desk::read(), customers::queries::find(owner))).await?;
    Ok(VehicleForm { desk: Desk::new(manager, around, Here::Customers), form, vehicle: None, owner })
}

async fn vehicle_form(manager: &Manager, id: VehicleId, form: Filled) -> Result<VehicleForm> {
    let about = (vehicles::queries::find(id), super::queries::owner(id));
    let (around, (vehicle, owner)) = manager.read((Desk::read(), about)).await?;
    Ok(VehicleForm { desk: Desk::new(manager, around, Here::Customers), form, vehicle: Some(vehicle), owner })
}

/// What is known of a customer, in its fields.
fn known_customer(desk: &Desk, customer: &Customer) -> Filled {
    let address = &customer.address;
    let text = |value: Option<String>| value.unwrap_or_default();
    Filled::known([
        ("first_name", text(customer.first_name.as_ref().map(ToString::to_string))),
        ("last_name", text(customer.last_name.as_ref().map(ToString::to_string))),
        ("phone", text(customer.phone.as_ref().map(|phone| desk.number(phone)))),
        ("email", text(customer.email.as_ref().map(|email| email.as_str().to_owned()))),
        ("address.line1", text(address.line1.as_ref().map(ToString::to_string))),
        ("address.line2", text(address.line2.as_ref().map(ToString::to_string))),
        ("address.city", text(address.city.as_ref().map(ToString::to_string))),
        ("address.state", text(address.state.as_ref().map(ToString::to_string))),
        ("address.postal_code", text(address.postal_code.as_ref().map(ToString::to_string))),
        ("sms_opt_in", customer.sms_opt_in.to_string()),
    ])
}

/// What is known of a car, in its fields.
fn known_vehicle(vehicle: &Vehicle) -> Filled {
    let text = |value: Option<String>| value.unwrap_or_default();
    Filled::known([
        ("license_plate", text(vehicle.license_plate.as_ref().map(|plate| plate.as_str().to_owned()))),
        ("vin", text(vehicle.vin.as_ref().map(ToString::to_string))),
        ("year", text(vehicle.year.map(|year| year.to_string()))),
        ("make", text(vehicle.make.as_ref().map(ToString::to_string))),
        ("model", text(vehicle.model.as_ref().map(ToString::to_string))),
        ("color", text(vehicle.color.as_ref().map(ToString::to_string))),
        ("mileage", text(vehicle.mileage.map(|shown| shown.to_string()))),
        ("powertrain", vehicle.powertrain.to_string()),
    ])
}

fn to(address: &str) -> Response {
    Redirect::to(address).into_response()
}

fn refused<T: Template>(page: T) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response()
}

impl CustomerForm {
    /// The form with all that is wrong with it, so that it is mended at once.
    fn judged(self) -> Result<Self> {
        let form = self.form.also_phone("phone", self.desk.shop.settings.country)?;
        let is_nobody = self.customer.is_none() && form.is_blank(&["first_name", "last_name", "phone", "email"]);
        let form = form.also(if is_nobody { Err(customers::nobody("first_name")) } else { Ok(()) })?;
        Ok(Self { form, ..self })
    }
}

impl VehicleForm {
    /// The form with all that is wrong with it, so that it is mended at once.
    fn judged(self) -> Result<Self> {
        let year = vehicles::demand_year("year", self.form.whole("year"), self.desk.now);
        let is_nothing = self.vehicle.is_none() && self.form.is_blank(&["license_plate", "vin", "make", "model"]);
        let nothing = if is_nothing { Err(vehicles::nothing("license_plate")) } else { Ok(()) };
        Ok(Self { form: self.form.also(year)?.also(nothing)?, ..self })
    }

    /// What the odometer's field is called, with its unit.
    fn odometer(&self) -> String {
        format!("Odometer, {}", self.desk.shop.settings.units.of_distance(Language::English))
    }
}
