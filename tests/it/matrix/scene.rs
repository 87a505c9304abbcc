//! What an operation is tried on: people, a customer, a car and what has happened to it so far, all of it new, so that
//! nothing done before stands in the way.

use std::collections::HashMap;
use std::ops::Index;

use courtesy::auth::token::SessionToken;
use courtesy::ids::ShopId;
use serde_json::{Value, json};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::inspections::everything_green;
use crate::support::world::Shop;
use crate::support::{Person, TestApp, pictures};

/// How far things are.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub(crate) enum Ready {
    /// A customer with a car, and somebody who may leave.
    Desk,
    /// A mechanic is told to inspect it.
    Assigned,
    /// That mechanic is at the car, and has found something.
    InProgress,
    /// Everything required is rated.
    Rated,
    /// The manager reviews.
    Completed,
    /// The customer has the report.
    Sent,
    /// Instead of an inspection, there is a conversation in which a text failed.
    Talk,
    /// The customer was deleted, and the car with them.
    Gone,
    /// The car was deleted.
    Sold,
}

/// A shop's people, and ids by the part of an address that they stand behind.
pub(crate) struct Scene {
    pub manager: Person,
    /// Who inspects the car.
    pub mechanic: Person,
    /// Who has nothing to do with it.
    pub other_mechanic: Person,
    ids: HashMap<&'static str, String>,
}

/// The id of what stands behind this part of an address, as in `/customers/{id}`.
impl Index<&str> for Scene {
    type Output = String;

    fn index(&self, part: &str) -> &String {
        self.ids.get(part).unwrap_or_else(|| panic!("the scene has nothing for /{part}/"))
    }
}

impl Scene {
    pub(crate) async fn set(app: &TestApp, owner: &Client, shop: &Shop, ready: Ready) -> Self {
        let manager = double(owner, shop, &shop.manager).await;
        let mechanic = double(owner, shop, &shop.mechanic).await;
        let other_mechanic = double(owner, shop, &shop.mechanic).await;
        let leaver = double(owner, shop, &shop.mechanic).await;
        // A phone of their own: what was once said by a phone, such as STOP, stands.
        let phone = format!("+1415{}", 2_000_000 + Uuid::new_v4().as_u128() % 8_000_000);
        let ruth = json!({ "first_name": "Ruth", "phone": phone });
        let customer = made(app, "/customers", &manager, &ruth).await;
        let car = json!({ "make": "Honda", "model": "Civic", "year": 2018 });
        let vehicle = made(app, &format!("/customers/{customer}/vehicles"), &manager, &car).await;
        let ids = HashMap::from([
            ("users", leaver.id.clone()),
            ("team", leaver.id),
            ("customers", customer),
            ("vehicles", vehicle),
            ("imports", list(owner, shop).await),
        ]);
        let mut scene = Self { manager, mechanic, other_mechanic, ids };
        match ready {
            Ready::Desk => {}
            Ready::Talk => scene.talk(app, owner).await,
            Ready::Gone => scene.delete(app, "customers").await,
            Ready::Sold => scene.delete(app, "vehicles").await,
            _ => scene.inspect(app, ready).await,
        }
        scene
    }

    /// Every id in it that a stranger may not learn of.
    pub(crate) fn all_ids(&self) -> impl Iterator<Item = &String> {
        let ids = self.ids.iter().filter(|(behind, _)| **behind != "{id}").map(|(_, id)| id);
        ids.chain([&self.manager.id, &self.mechanic.id, &self.other_mechanic.id])
    }

    async fn inspect(&mut self, app: &TestApp, ready: Ready) {
        let new = json!({ "vehicle_id": self["vehicles"], "assigned_to": self.mechanic.id });
        let inspection = made(app, "/inspections", &self.manager, &new).await;
        let path = format!("/inspections/{inspection}");
        self.ids.insert("inspections", inspection);
        if ready >= Ready::InProgress {
            app.post(&format!("{path}/start"), &self.mechanic, &json!({})).await.ok();
            let tap = json!({
                "category": "brakes", "component": "front_pads_left", "measurement": 2.5, "notes": "Worn out",
            });
            let rated = app.put(&format!("{path}/items"), &self.mechanic, &tap).await.ok();
            self.ids.insert("items", id(&rated["items"][0]));
            let photo = Uuid::now_v7().to_string();
            let side = format!("{path}/photos/{photo}?kind=left");
            app.put_photo(&side, &self.mechanic, pictures::small()).await.created();
            // The size stands behind the photo's id.
            self.ids.extend([("photos", photo), ("{id}", "thumb".to_owned())]);
        }
        if ready >= Ready::Rated {
            let taps = everything_green(app, &self.mechanic, &path).await;
            app.put(&format!("{path}/items"), &self.mechanic, &taps).await.ok();
        }
        if ready >= Ready::Completed {
            app.post(&format!("{path}/complete"), &self.mechanic, &json!({})).await.ok();
        }
        if ready >= Ready::Sent {
            let sent = app.post(&format!("{path}/send"), &self.manager, &json!({ "via": "link" })).await.ok();
            let link = sent["report_url"].as_str().unwrap().rsplit('/').next().unwrap();
            self.ids.insert("r", link.to_owned());
        }
    }

    async fn delete(&self, app: &TestApp, what: &str) {
        app.delete(&format!("/{what}/{}", self[what]), &self.manager).await.no_content();
    }

    async fn talk(&mut self, app: &TestApp, owner: &Client) {
        let thread = made(app, "/conversations", &self.manager, &json!({ "customer_id": self["customers"] })).await;
        let messages = format!("/conversations/{thread}/messages");
        let message = made(app, &messages, &self.manager, &json!({ "content": "It is ready." })).await;
        let fail = "UPDATE messages SET status = 'failed', error_code = '30003' WHERE id::text = $1";
        assert_eq!(owner.execute(fail, &[&message]).await.unwrap(), 1);
        let customer = app.get(&format!("/customers/{}", self["customers"]), &self.manager).await.ok();
        let phone = customer["phone"].as_str().expect("a phone").replace('+', "%2B");
        let picture = format!("/sandbox/messages/{}?from={phone}", Uuid::now_v7());
        let came = app.put_photo(&picture, &self.manager, pictures::small()).await.created();
        // The size stands behind the picture's id.
        self.ids.extend([("pictures", id(&came["pictures"][0])), ("{id}", "thumb".to_owned())]);
        self.ids.extend([("conversations", thread), ("messages", message)]);
    }
}

/// Somebody new with the role and the password of somebody known, who has just logged in.
async fn double(owner: &Client, shop: &Shop, of: &Person) -> Person {
    let sql = "WITH double AS (
                   INSERT INTO users (id, shop_id, email, password_hash, role, first_name)
                   SELECT $2::text::uuid, shop_id, $3, password_hash, role, first_name FROM users WHERE id::text = $1
                   RETURNING shop_id, id)
               INSERT INTO sessions (shop_id, user_id, token_hash) SELECT shop_id, id, $4 FROM double";
    let token = SessionToken::new(ShopId::from(Uuid::parse_str(&shop.id).unwrap()));
    let id = Uuid::now_v7().to_string();
    let email = format!("{id}@somebody.example");
    assert_eq!(owner.execute(sql, &[&of.id, &id, &email, &token.hash().0.as_slice()]).await.unwrap(), 1);
    Person { id, email, token: token.reveal() }
}

/// A list that waits to be imported.
async fn list(owner: &Client, shop: &Shop) -> String {
    let sql =
        "INSERT INTO imports (shop_id, kind, file_name, read_at) VALUES ($1::text::uuid, 'customers', 'a.csv', now())
               RETURNING id::text";
    owner.query_one(sql, &[&shop.id]).await.unwrap().get(0)
}

async fn made(app: &TestApp, path: &str, who: &Person, new: &Value) -> String {
    id(&app.post(path, who, new).await.created())
}

fn id(of: &Value) -> String {
    of["id"].as_str().expect("an id").to_owned()
}
