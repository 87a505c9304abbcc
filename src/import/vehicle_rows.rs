//! What becomes of a row of a list of vehicles: rules alone.

use std::collections::HashMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::customer_rows::{KnownCustomers, form};
use super::sheet::Row;
use super::{Judged, Seen, Verdict, difference};
use crate::customers::Customer;
use crate::error::Error;
use crate::ids::VehicleId;
use crate::text::{Plate, Vin};
use crate::vehicles::{self, NewVehicle, Vehicle, VehicleChange};

/// Vehicles that are here already.
#[derive(Debug, Default)]
pub(super) struct KnownVehicles {
    vehicles: HashMap<Uuid, Vehicle>,
}

/// The columns that say whose a vehicle is.
pub(super) const OWNER: [&str; 3] = ["customer_id", "customer_phone", "customer_email"];

impl KnownVehicles {
    pub(super) fn new(found: Vec<Vehicle>) -> Self {
        Self { vehicles: found.into_iter().map(|vehicle| (vehicle.id.uuid(), vehicle)).collect() }
    }

    /// The vehicle that a row is of, where it is one of this owner's: by VIN or plate.
    fn of(&self, owner: &Customer, row: &Row) -> Result<Option<&Vehicle>, String> {
        let vin: Option<Vin> = row.cell("vin").and_then(|vin| vin.parse().ok());
        let plate: Option<Plate> = row.cell("license_plate").and_then(|plate| plate.parse().ok());
        let key = plate.as_ref().map(Plate::key);
        let has = |known: &Vehicle| {
            let is_same_vin = vin.is_some() && known.vin == vin;
            let known_key = known.license_plate.as_ref().map(Plate::key);
            let differs = vin.is_some() && known.vin.is_some() && known.vin != vin;
            is_same_vin || (key.is_some() && known_key == key && !differs)
        };
        let mut same = self.vehicles.values().filter(|known| known.customer_id == owner.id && has(known));
        match (same.next(), same.next()) {
            (_, Some(_)) => {
                Err("This customer has several vehicles with this VIN or plate: say which by ID.".to_owned())
            }
            (one, None) => Ok(one),
        }
    }
}

/// What rows are judged by.
pub(super) struct Ground<'a> {
    pub(super) customers: &'a KnownCustomers,
    pub(super) vehicles: &'a KnownVehicles,
    /// Model years go up to this one.
    pub(super) latest_year: i32,
}

/// Judges a row by what is known.
pub(super) fn judge(mut row: Row, ground: &Ground<'_>, seen: &mut Seen) -> Judged {
    let (line, called) = (row.line, called(&row));
    if let Some(fault) = row.fault.take() {
        return Judged::wrong(line, called, fault);
    }
    match judged(&row, ground, seen) {
        Ok(judged) => Judged { called, ..judged },
        Err(why) => Judged::wrong(line, called, why),
    }
}

fn judged(row: &Row, ground: &Ground<'_>, seen: &mut Seen) -> Result<Judged, String> {
    let line = row.line;
    let known_by_id = row.cell("id").map(|id| {
        let id = Uuid::try_parse(id).ok();
        id.and_then(|id| ground.vehicles.vehicles.get(&id)).ok_or("There is no vehicle with this ID.")
    });
    // Who owns a known one is not changed by a list.
    let (owner, before) = if let Some(known) = known_by_id.transpose()? {
        (known.customer_id.uuid(), Some(known))
    } else {
        let owner = owner(row, ground)?;
        (owner.id.uuid(), ground.vehicles.of(owner, row)?)
    };
    let form = form(row, &["id", OWNER[0], OWNER[1], OWNER[2]]);
    let told = |error: Error| format!("{}.", error.public_detail());
    let Some(before) = before else {
        let new: NewVehicle = form.read().map_err(told)?;
        if new.is_nothing() {
            return Err("It has neither a VIN nor a plate nor a make nor a model.".to_owned());
        }
        if let Some(first) = seen.before(identity(owner, row), line) {
            return Err(format!("It says the same as line {first}."));
        }
        let fields = checked(with_key(json!(new.into_fields())), ground)?;
        let (target, owner) = (Some(VehicleId::new().uuid()), Some(owner));
        return Ok(Judged {
            line,
            verdict: Verdict::New,
            target,
            owner,
            fields,
            called: String::new(),
            note: String::new(),
        });
    };
    if let Some(first) = seen.before(before.id.to_string(), line) {
        return Err(format!("It is the same vehicle as in line {first}."));
    }
    let change: VehicleChange = form.read().map_err(told)?;
    let (fields, note) = difference(&json!(before), &json!(before.clone().changed(change)));
    let fields = checked(with_key(fields), ground)?;
    let verdict = if note.is_empty() { Verdict::Unchanged } else { Verdict::Changed };
    let target = Some(before.id.uuid());
    Ok(Judged { line, verdict, target, owner: Some(owner), fields, called: String::new(), note })
}

/// Whose the vehicle is: by id, by phone, or by e-mail, whichever the row has first.
fn owner<'a>(row: &Row, ground: &Ground<'a>) -> Result<&'a Customer, String> {
    let [id, phone, email] = OWNER.map(|column| row.cell(column));
    if let Some(id) = id {
        return ground.customers.with_id(id).ok_or_else(|| "There is no customer with this customer ID.".to_owned());
    }
    let by_phone = row.phone.as_ref().map(|phone| ground.customers.with_phone(phone)).unwrap_or_default();
    let found = match (by_phone.as_slice(), email) {
        ([], Some(email)) => ground.customers.with_email(email),
        _ => by_phone,
    };
    match (found.as_slice(), phone.or(email)) {
        ([one], _) => Ok(one),
        ([], None) => Err("It does not say whose it is: customer ID, customer phone or customer e-mail.".to_owned()),
        ([], Some(_)) => Err("There is no customer with this phone or e-mail: import customers first.".to_owned()),
        _ => Err("Several customers have this phone or e-mail: say whose it is by customer ID.".to_owned()),
    }
}

/// Plates are compared by their key, which is kept beside them.
fn with_key(mut fields: Value) -> Value {
    let plate: Option<Plate> = fields["license_plate"].as_str().and_then(|plate| plate.parse().ok());
    if let Some(plate) = plate {
        fields["plate_key"] = json!(plate.key());
    }
    fields
}

/// The model year is judged by the database's clock, but one row at a time.
fn checked(fields: Value, ground: &Ground<'_>) -> Result<Value, String> {
    match fields["year"].as_i64() {
        Some(year) if !(1900..=i64::from(ground.latest_year)).contains(&year) => {
            Err(format!("{}.", vehicles::not_a_year("year").public_detail()))
        }
        _ => Ok(fields),
    }
}

fn identity(owner: Uuid, row: &Row) -> String {
    let upper = |field| row.cell(field).unwrap_or_default().to_uppercase();
    let [vin, plate] = [upper("vin"), upper("license_plate")];
    let rest = if vin.is_empty() && plate.is_empty() { row.line.to_string() } else { String::new() };
    format!("{owner}\n{vin}\n{plate}\n{rest}")
}

fn called(row: &Row) -> String {
    let words = ["year", "make", "model", "license_plate"].into_iter().filter_map(|field| row.cell(field));
    let called = words.collect::<Vec<_>>().join(" ");
    let called = if called.is_empty() { row.cell("vin").unwrap_or_default().to_owned() } else { called };
    called.chars().filter(|c| !c.is_control()).take(200).collect()
}
