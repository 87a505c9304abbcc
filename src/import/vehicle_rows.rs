//! What becomes of a row of a list of vehicles: rules alone.

use std::collections::HashMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::customer_rows::{KnownCustomers, form};
use super::seen::{Marks, Seen};
use super::sheet::Row;
use super::{Judged, Verdict, difference};
use crate::customers::Customer;
use crate::error::Error;
use crate::ids::{CustomerId, VehicleId};
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

    /// The vehicles that a row may be of: of this owner's, by VIN or plate.
    fn like(&self, owner: CustomerId, read: &Read) -> Vec<Uuid> {
        let Read { vin, key } = read;
        let has = |known: &Vehicle| {
            let is_same_vin = vin.is_some() && known.vin == *vin;
            let known_key = known.license_plate.as_ref().map(Plate::key);
            let differs = vin.is_some() && known.vin.is_some() && known.vin != *vin;
            is_same_vin || (key.is_some() && known_key == *key && !differs)
        };
        let same = self.vehicles.values().filter(|known| known.customer_id == owner && has(known));
        same.map(|known| known.id.uuid()).collect()
    }
}

/// What is read off a car, by which it is known again.
struct Read {
    vin: Option<Vin>,
    /// The plate as it is compared.
    key: Option<String>,
}

impl Read {
    fn from(row: &Row) -> Self {
        let plate: Option<Plate> = row.cell("license_plate").and_then(|plate| plate.parse().ok());
        Self { vin: row.cell("vin").and_then(|vin| vin.parse().ok()), key: plate.as_ref().map(Plate::key) }
    }

    fn of(vehicle: &Vehicle) -> Self {
        Self { vin: vehicle.vin.clone(), key: vehicle.license_plate.as_ref().map(Plate::key) }
    }

    /// By what the car is known in other lines.
    fn marks(&self, owner: CustomerId) -> Marks {
        let vin = self.vin.as_ref().map(|vin| vin.as_str().to_owned());
        let by_vin = vin.as_ref().map(|vin| format!("{owner}\nVIN\n{vin}"));
        let by_plate = self.key.as_ref().map(|key| format!("{owner}\nplate\n{key}"));
        Marks { known_by: by_vin.into_iter().chain(by_plate).collect(), told_apart_by: [vin, None] }
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
    let read = Read::from(row);
    // Who owns a known one is not changed by a list.
    let (owner, same) = if let Some(known) = known_by_id.transpose()? {
        (known.customer_id, vec![known.id.uuid()])
    } else {
        let owner = owner(row, ground)?.id;
        (owner, [ground.vehicles.like(owner, &read), seen.like(&read.marks(owner))].concat())
    };
    let before = seen.only(same)?.and_then(|id| ground.vehicles.vehicles.get(&id));
    let form = form(row, &["id", OWNER[0], OWNER[1], OWNER[2]]);
    let told = |error: Error| format!("{}.", error.public_detail());
    let Some(before) = before else {
        let new: NewVehicle = form.read().map_err(told)?;
        if new.is_nothing() {
            return Err("It has neither a VIN nor a plate nor a make nor a model.".to_owned());
        }
        let fields = checked(with_key(json!(new.into_fields())), ground)?;
        let target = VehicleId::new().uuid();
        seen.take(line, target, read.marks(owner));
        let (target, owner) = (Some(target), Some(owner.uuid()));
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
    let change: VehicleChange = form.read().map_err(told)?;
    let after = before.clone().changed(change);
    let (fields, note) = difference(&json!(before), &json!(after));
    let fields = checked(with_key(fields), ground)?;
    let verdict = if note.is_empty() { Verdict::Unchanged } else { Verdict::Changed };
    seen.take(line, before.id.uuid(), Read::of(&after).marks(owner));
    let (target, owner) = (Some(before.id.uuid()), Some(owner.uuid()));
    Ok(Judged { line, verdict, target, owner, fields, called: String::new(), note })
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

fn called(row: &Row) -> String {
    let words = ["year", "make", "model", "license_plate"].into_iter().filter_map(|field| row.cell(field));
    let called = words.collect::<Vec<_>>().join(" ");
    let called = if called.is_empty() { row.cell("vin").unwrap_or_default().to_owned() } else { called };
    called.chars().filter(|c| !c.is_control()).take(200).collect()
}
