//! The tables put together: every row of the shop, with ids, ready to be written.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::account::Account;
use super::ago::days;
use super::cars::{CARS, Car};
use super::people::{CUSTOMERS, MANAGER, STAFF};
use super::talks::TALKS;
use super::thread::Thread;
use super::visits::visits;
use crate::ids::{CustomerId, UserId, VehicleId};
use crate::text::Plate;

/// Every row of the shop but its own, as JSON objects with the names that [`super::queries`] reads.
#[derive(Default)]
pub(super) struct Story {
    pub(super) users: Vec<Value>,
    pub(super) customers: Vec<Value>,
    pub(super) vehicles: Vec<Value>,
    pub(super) inspections: Vec<Value>,
    pub(super) findings: Vec<Value>,
    pub(super) events: Vec<Value>,
    pub(super) links: Vec<Value>,
    pub(super) conversations: Vec<Value>,
    pub(super) messages: Vec<Value>,
    pub(super) consents: Vec<Value>,
}

/// Who is who in the story.
pub(super) struct Cast {
    /// By first name.
    staff: HashMap<&'static str, UserId>,
    /// By their places in the table.
    customers: Vec<CustomerId>,
    /// By plate.
    cars: HashMap<&'static str, (VehicleId, &'static Car)>,
}

impl Cast {
    fn new() -> Self {
        Self {
            staff: STAFF.iter().map(|colleague| (colleague.first_name, UserId::new())).collect(),
            customers: CUSTOMERS.iter().map(|_| CustomerId::new()).collect(),
            cars: CARS.iter().map(|car| (car.plate, (VehicleId::new(), car))).collect(),
        }
    }

    /// Who takes cars in, reviews and texts.
    pub(super) fn manager(&self) -> UserId {
        self.colleague(MANAGER)
    }

    /// Who has this first name.
    pub(super) fn colleague(&self, first_name: &str) -> UserId {
        self.staff[first_name]
    }

    /// The car with this plate.
    pub(super) fn car(&self, plate: &str) -> (VehicleId, &'static Car) {
        self.cars[plate]
    }
}

impl Story {
    /// Tells it all; links in texts begin with this address.
    pub(super) fn new(public_url: &str) -> Self {
        let mut story = Self::default();
        let cast = Cast::new();
        let mut threads: Vec<Thread> = CUSTOMERS.iter().map(|_| Thread::default()).collect();
        for talk in TALKS {
            threads[place_of(talk.with)].add_talk(talk);
        }
        for visit in visits() {
            let account = Account::of(visit, &cast);
            story.inspections.push(account.inspection());
            story.findings.extend(account.findings());
            story.events.extend(account.events());
            story.links.extend(account.link());
            let owner = place_of(cast.car(visit.plate).1.owner);
            threads[owner].texts.extend(account.texts(public_url));
        }
        story.add_people(&cast, &threads);
        for ((customer, id), thread) in CUSTOMERS.iter().zip(&cast.customers).zip(threads) {
            thread.tell(*id, customer.phone, cast.manager(), &mut story);
        }
        story
    }

    fn add_people(&mut self, cast: &Cast, threads: &[Thread]) {
        for (place, colleague) in (0..).zip(STAFF) {
            let mut user = json!(colleague);
            user["id"] = json!(cast.colleague(colleague.first_name));
            user["created"] = json!(days(1825, 0) - place);
            self.users.push(user);
        }
        for ((customer, id), thread) in CUSTOMERS.iter().zip(&cast.customers).zip(threads) {
            let since = Some(days(customer.since, 0)).max(thread.began());
            self.customers.push(json!({
                "id": id, "first_name": customer.first_name, "last_name": customer.last_name, "phone": customer.phone,
                "email": customer.email, "created": since,
            }));
        }
        for (place, car) in (0..).zip(CARS) {
            let owner = place_of(car.owner);
            self.vehicles.push(json!({
                "id": cast.car(car.plate).0, "customer_id": cast.customers[owner], "vin": car.vin, "make": car.make,
                "model": car.model, "year": car.year, "mileage": car.mileage, "license_plate": car.plate,
                "plate_key": Plate::key_of(car.plate),
                "color": car.color, "powertrain": car.powertrain, "created": days(CUSTOMERS[owner].since, 0) - place,
            }));
        }
    }
}

/// The customer's place in the table.
fn place_of(name: &str) -> usize {
    CUSTOMERS.iter().position(|customer| customer.goes_by(name)).expect("the tables name customers that there are")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cars_and_talks_name_one_customer_each() {
        let names = CARS.iter().map(|car| car.owner).chain(TALKS.iter().map(|talk| talk.with));
        for name in names {
            assert_eq!(CUSTOMERS.iter().filter(|customer| customer.goes_by(name)).count(), 1, "{name}");
        }
    }

    #[test]
    fn a_car_visits_after_its_owner_came() {
        let cast = Cast::new();
        for visit in visits() {
            let owner = &CUSTOMERS[place_of(cast.car(visit.plate).1.owner)];
            assert!(days(owner.since, 0) > visit.since + 60, "{}", visit.plate);
        }
    }
}
