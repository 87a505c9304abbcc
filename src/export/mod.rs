//! What a shop takes away: its customers, vehicles and inspections as files for a spreadsheet, and everything in one
//! archive. Read page by page while it is sent, so that it needs no more memory however long the shop has been there.

mod archive;
pub mod pages;
mod queries;
mod table;

use jiff::Timestamp;
use serde_json::Value;

use crate::customers::Customer;
use crate::inspections::catalogue::{Reader, catalogue};
use crate::inspections::severity::Severity;
use crate::language::Language;
use crate::shops::Shop;
use crate::text::{Line, Phone};
use crate::vehicles::Vehicle;

const CUSTOMER: &[&str] = &[
    "ID",
    "First name",
    "Last name",
    "Phone",
    "E-mail",
    "Street",
    "Street 2",
    "City",
    "State",
    "ZIP",
    "Country",
    "Texts",
    "Mail",
    "Added",
];
const VEHICLE: &[&str] = &[
    "ID",
    "Customer ID",
    "Customer",
    "Customer phone",
    "Customer e-mail",
    "Year",
    "Make",
    "Model",
    "Plate",
    "VIN",
    "Color",
    "Mileage",
    "Powertrain",
    "Added",
];
const FINDING: &[&str] = &[
    "Inspection ID",
    "Vehicle ID",
    "Vehicle",
    "Plate",
    "VIN",
    "Customer",
    "Mechanic",
    "Status",
    "Created",
    "Completed",
    "Sent",
    "Odometer",
    "Category",
    "Component",
    "Rating",
    "Measured",
    "Notes",
    "Customer's answer",
];

/// A vehicle with its owner.
#[derive(Debug)]
struct Owned {
    vehicle: Vehicle,
    owner: Customer,
}

/// One finding of an inspection, or an inspection without any.
#[derive(Debug)]
struct Found {
    inspection: uuid::Uuid,
    vehicle: Vehicle,
    owner: Customer,
    mechanic: Option<String>,
    status: String,
    created_at: Timestamp,
    completed_at: Option<Timestamp>,
    sent_at: Option<Timestamp>,
    odometer: Option<i32>,
    finding: Option<Finding>,
}

#[derive(Debug)]
struct Finding {
    category: String,
    component: String,
    /// Nothing where it does not apply.
    severity: Option<Severity>,
    measurement: Option<f64>,
    notes: Option<String>,
    answer: Option<String>,
}

/// A row of one table for the archive, as JSON, and where it stands.
#[derive(Debug)]
struct Kept {
    id: uuid::Uuid,
    row: Value,
}

fn customer(customer: &Customer, shop: &Shop) -> Vec<String> {
    let address = &customer.address;
    let welcome = |is_welcome| if is_welcome { "yes" } else { "no" }.to_owned();
    vec![
        customer.id.to_string(),
        text(customer.first_name.as_ref()),
        text(customer.last_name.as_ref()),
        number(customer.phone.as_ref(), shop),
        customer.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        text(address.line1.as_ref()),
        text(address.line2.as_ref()),
        text(address.city.as_ref()),
        text(address.state.as_ref()),
        text(address.postal_code.as_ref()),
        text(address.country.as_ref()),
        welcome(customer.sms_opt_in),
        welcome(customer.email_opt_in),
        moment(Some(customer.created_at), shop),
    ]
}

fn vehicle(Owned { vehicle, owner }: &Owned, shop: &Shop) -> Vec<String> {
    vec![
        vehicle.id.to_string(),
        owner.id.to_string(),
        named(owner),
        number(owner.phone.as_ref(), shop),
        owner.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
        text(vehicle.year.as_ref()),
        text(vehicle.make.as_ref()),
        text(vehicle.model.as_ref()),
        plate(vehicle),
        vin(vehicle),
        text(vehicle.color.as_ref()),
        text(vehicle.mileage.as_ref()),
        vehicle.powertrain.as_str().to_owned(),
        moment(Some(vehicle.created_at), shop),
    ]
}

fn finding(found: &Found, shop: &Shop) -> Vec<String> {
    let mut cells = vec![
        found.inspection.to_string(),
        found.vehicle.id.to_string(),
        found.vehicle.name(),
        plate(&found.vehicle),
        vin(&found.vehicle),
        named(&found.owner),
        text(found.mechanic.as_ref()),
        found.status.clone(),
        moment(Some(found.created_at), shop),
        moment(found.completed_at, shop),
        moment(found.sent_at, shop),
        text(found.odometer.as_ref()),
    ];
    match &found.finding {
        Some(finding) => cells.extend(verdict(finding, shop)),
        None => cells.resize(FINDING.len(), String::new()),
    }
    cells
}

/// What was found, in the shop's words and units. What an older checklist had is told by its keys.
fn verdict(finding: &Finding, shop: &Shop) -> [String; 6] {
    let reader = Reader { language: Language::English, units: shop.settings.units };
    let known = catalogue().entries().find(|entry| {
        (entry.category.key, entry.component.key) == (finding.category.as_str(), finding.component.as_str())
    });
    let scale = known.as_ref().and_then(|entry| entry.component.measurement);
    let measured = match (scale, finding.measurement) {
        (Some(scale), Some(value)) => scale.with_unit_for(reader, value),
        (None, Some(value)) => value.to_string(),
        (_, None) => String::new(),
    };
    [
        known.as_ref().map_or_else(|| finding.category.clone(), |entry| entry.category.label.to_owned()),
        known.as_ref().map_or_else(|| finding.component.clone(), |entry| entry.component.label.to_owned()),
        finding.severity.map_or_else(|| "not applicable".to_owned(), |severity| severity.to_string()),
        measured,
        text(finding.notes.as_ref()),
        text(finding.answer.as_ref()),
    ]
}

fn text(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// Nothing where somebody has no name: what pages say instead would come back as one.
fn named(customer: &Customer) -> String {
    let names = [&customer.first_name, &customer.last_name].into_iter().flatten().map(Line::as_str);
    names.collect::<Vec<_>>().join(" ")
}

fn number(phone: Option<&Phone>, shop: &Shop) -> String {
    phone.map(|phone| phone.shown_in(shop.settings.country)).unwrap_or_default()
}

fn plate(vehicle: &Vehicle) -> String {
    vehicle.license_plate.as_ref().map(|plate| plate.as_str().to_owned()).unwrap_or_default()
}

fn vin(vehicle: &Vehicle) -> String {
    vehicle.vin.as_ref().map(|vin| vin.as_str().to_owned()).unwrap_or_default()
}

/// A moment on the shop's clock, as spreadsheets read it.
fn moment(at: Option<Timestamp>, shop: &Shop) -> String {
    let zoned = at.map(|at| at.to_zoned(shop.settings.timezone.rules()));
    zoned.map(|zoned| zoned.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
}
