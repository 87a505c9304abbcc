//! Two shops, so that every test has a neighbour to leak from.

use courtesy::db::Database;
use serde_json::{Value, json};

use super::app::{TestApp, router};

/// Two shops that must never see each other.
#[derive(Clone)]
pub(crate) struct World {
    pub ours: Shop,
    pub theirs: Shop,
}

/// A shop with a manager, two mechanics, a customer and a car.
#[derive(Clone)]
pub(crate) struct Shop {
    pub id: String,
    pub manager: Person,
    pub mechanic: Person,
    pub other_mechanic: Person,
    pub customer: String,
    pub vehicle: String,
}

/// Somebody who is logged in.
#[derive(Clone)]
pub(crate) struct Person {
    pub id: String,
    pub email: String,
    pub token: String,
}

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

impl World {
    /// Builds both shops over the API, as people would.
    pub(crate) async fn build(database: Database) -> Self {
        let app = TestApp::over(router(database));
        Self {
            ours: Shop::build(&app, "Delgado & Sons", "ours", "+14155550142").await,
            theirs: Shop::build(&app, "Hill Street Garage", "theirs", "+14155550177").await,
        }
    }
}

impl Shop {
    async fn build(app: &TestApp, name: &str, domain: &str, phone: &str) -> Self {
        let email = format!("manager@{domain}.example");
        let sign_up = json!({
            "shop": { "name": name },
            "user": { "email": email, "password": PASSWORD, "first_name": "Maria", "last_name": "Delgado" },
        });
        let answer = app.post("/shops", None, &sign_up).await.created();
        let manager = Person::from(&answer);
        let mechanic = hire(app, &manager, domain, "tomasz").await;
        let other_mechanic = hire(app, &manager, domain, "aiko").await;
        let customer = app
            .post("/customers", Some(&manager), &json!({ "first_name": "Ruth", "last_name": "Abel", "phone": phone }))
            .await
            .created();
        let customer = customer["id"].as_str().expect("an id").to_owned();
        let car = json!({ "make": "Honda", "model": "Civic", "year": 2018, "license_plate": "7ABC-123" });
        let vehicle = app.post(&format!("/customers/{customer}/vehicles"), Some(&manager), &car).await.created();
        Self {
            id: answer["shop"]["id"].as_str().expect("an id").to_owned(),
            manager,
            mechanic,
            other_mechanic,
            customer,
            vehicle: vehicle["id"].as_str().expect("an id").to_owned(),
        }
    }
}

async fn hire(app: &TestApp, manager: &Person, domain: &str, name: &str) -> Person {
    let email = format!("{name}@{domain}.example");
    let new = json!({ "email": email, "password": PASSWORD, "role": "mechanic", "first_name": name });
    app.post("/users", Some(manager), &new).await.created();
    let log_in = json!({ "email": email, "password": PASSWORD });
    Person::from(&app.post("/sessions", None, &log_in).await.created())
}

impl From<&Value> for Person {
    fn from(session: &Value) -> Self {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        Self {
            id: text(&session["user"]["id"]),
            email: text(&session["user"]["email"]),
            token: text(&session["token"]),
        }
    }
}
