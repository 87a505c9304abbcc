//! Photos: taken in, looked at, taken away, and what may not be.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod bucket;
mod corpus;
mod crowding;
mod describing;
mod desk;
mod fuzzed;
mod seeing;
mod storing;
mod sweeping;
mod taking;
mod uploads;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Person, TestApp, World, pictures};

/// An inspection at which a mechanic is.
struct Car {
    app: TestApp,
    world: World,
    /// `/inspections/{id}`.
    path: String,
}

impl Car {
    /// Repeats a photo, the inspection's only one, until there are so many.
    async fn fill_up(&self, photo: &Value, number: i32) {
        let sql =
            "INSERT INTO inspection_photos (shop_id, inspection_id, kind, position, width, height, size, digest)
                   SELECT shop_id, inspection_id, kind, n, 4, 3, 12, digest
                     FROM inspection_photos, generate_series(2, $2) n WHERE id::text = $1";
        let owner = self.app.owner().await;
        let made = owner.execute(sql, &[&photo["id"].as_str().unwrap(), &number]).await.unwrap();
        assert_eq!(made, u64::try_from(number - 1).unwrap());
    }

    async fn at_hand() -> Self {
        let (app, world) = TestApp::start().await;
        let path = begun(&app, &world).await;
        Self { app, world, path }
    }

    fn mechanic(&self) -> &Person {
        &self.world.ours.mechanic
    }

    fn manager(&self) -> &Person {
        &self.world.ours.manager
    }

    /// Sends a picture under a new id; the id, and what came back.
    async fn send(&self, query: &str, picture: Vec<u8>) -> (String, Answer) {
        let id = Uuid::now_v7().to_string();
        let answer = self.send_as(&id, query, picture).await;
        (id, answer)
    }

    async fn send_as(&self, id: &str, query: &str, picture: Vec<u8>) -> Answer {
        self.app.put_photo(&format!("{}/photos/{id}?{query}", self.path), self.mechanic(), picture).await
    }

    async fn take(&self, query: &str) -> Value {
        self.send(query, pictures::small()).await.1.created()
    }

    async fn show(&self) -> Value {
        self.app.get(&self.path, self.manager()).await.ok()
    }

    async fn do_it(&self, step: &str) {
        self.app
            .post(&format!("{}/{step}", self.path), self.manager(), &json!({ "allow_incomplete": true }))
            .await
            .ok();
    }
}

async fn begun(app: &TestApp, world: &World) -> String {
    let new = json!({ "vehicle_id": world.ours.vehicle, "assigned_to": world.ours.mechanic.id });
    let inspection = app.post("/inspections", &world.ours.manager, &new).await.created();
    let path = format!("/inspections/{}", inspection["id"].as_str().unwrap());
    app.post(&format!("{path}/start"), &world.ours.mechanic, &json!({})).await.ok();
    path
}

/// Where a photo is, below the API's base.
fn address<'a>(photo: &'a Value, size: &str) -> &'a str {
    photo["urls"][size].as_str().unwrap().strip_prefix("/api/v1").unwrap()
}
