//! Browsers hang up. Whatever a request was doing then, its connection must come back clean: outside a transaction,
//! without a shop, and with the next shop's rows alone. There is one connection here, so the next request meets it.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

use std::time::Duration;

use axum::http::{Method, Request, header};
use courtesy::auth::token::SessionToken;
use courtesy::db::Query;
use courtesy::params;
use rand::RngExt as _;
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::support::world::Shop;
use crate::support::{TestApp, World};

/// The program over one connection, beside the owner who looks at what it leaves behind.
struct Scene {
    app: TestApp,
    world: World,
    owner: Client,
}

/// What is asked and then given up: reads, changes in one flight, changes in two.
const REQUESTS: usize = 7;

fn request(number: usize, shop: &Shop) -> (Method, String, Value) {
    let (customer, vehicle) = (&shop.customer, &shop.vehicle);
    match number {
        0 => (Method::GET, "/me".into(), json!(null)),
        1 => (Method::GET, "/customers?q=ruth".into(), json!(null)),
        2 => (Method::GET, format!("/customers/{customer}/vehicles"), json!(null)),
        3 => (Method::DELETE, format!("/vehicles/{}", uuid::Uuid::now_v7()), json!(null)),
        4 => (Method::PATCH, format!("/customers/{customer}"), json!({ "last_name": "Abel" })),
        5 => (Method::PATCH, format!("/vehicles/{vehicle}"), json!({ "mileage": 81_000 })),
        6 => (Method::POST, "/customers".into(), json!({ "first_name": "Passing" })),
        _ => unreachable!("there are {REQUESTS} requests"),
    }
}

impl Scene {
    async fn start() -> Self {
        let (app, world) = TestApp::start_with_one_connection().await;
        let owner = app.owner().await;
        // `is_ready` asks outside of any transaction, so what it reads shows what the connection was left with.
        owner
            .batch_execute(
                "ALTER TABLE courtesy.schema_history RENAME TO real_history;
                 CREATE VIEW courtesy.schema_history AS SELECT version FROM courtesy.real_history
                  WHERE coalesce(current_setting('app.current_shop_id', true), '') = ''
                    AND coalesce(current_setting('app.current_user_id', true), '') = '';
                 GRANT SELECT ON courtesy.schema_history TO courtesy_app",
            )
            .await
            .unwrap();
        Self { app, world, owner }
    }

    /// Asks, and lets go of the answer after so many polls, with time between them for what they wait for.
    async fn ask_and_drop(&self, number: usize, shop: &Shop, polls: usize) {
        let mut asked = Box::pin(self.ask(number, shop));
        for _ in 0..polls {
            if futures_util::poll!(&mut asked).is_ready() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn ask(&self, number: usize, shop: &Shop) -> u16 {
        let (method, path, body) = request(number, shop);
        let asked = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {}", shop.manager.token))
            .header(header::CONTENT_TYPE, "application/json");
        self.app.send(asked.body(body.to_string().into()).unwrap()).await.status.as_u16()
    }

    /// The connection as the next request finds it.
    async fn assert_clean(&self, after: &str) {
        assert!(self.app.database().is_ready().await.unwrap(), "a shop or a person was left behind after {after}");
        let states = "SELECT state FROM pg_stat_activity
                       WHERE datname = current_database() AND application_name = 'courtesy courtesy_app'";
        let states = self.owner.query(states, &[]).await.unwrap();
        let states: Vec<String> = states.iter().map(|row| row.get(0)).collect();
        assert_eq!(states, ["idle"], "after {after}");
    }

    /// What a shop is shown is its own.
    async fn assert_own_rows(&self, shop: &Shop, after: &str) {
        let me = self.app.get("/me", &shop.manager).await.ok();
        assert_eq!(me["shop"]["id"], shop.id, "after {after}");
        let customers = self.app.get("/customers", &shop.manager).await.ok();
        let customers = customers["items"].as_array().unwrap();
        assert!(!customers.is_empty() && customers.iter().all(|one| one["shop_id"] == shop.id), "after {after}");
    }
}

#[tokio::test]
async fn a_request_that_is_dropped_after_any_number_of_polls_leaves_nothing_behind() {
    let scene = Scene::start().await;
    let (ours, theirs) = (&scene.world.ours, &scene.world.theirs);
    for number in 0..REQUESTS {
        for polls in 0..12 {
            let (asking, next) = if polls % 2 == 0 { (ours, theirs) } else { (theirs, ours) };
            scene.ask_and_drop(number, asking, polls).await;
            let after = format!("request {number}, dropped after {polls} polls");
            scene.assert_clean(&after).await;
            scene.assert_own_rows(next, &after).await;
        }
    }
}

#[tokio::test]
async fn a_request_that_is_dropped_at_any_time_leaves_nothing_behind() {
    let scene = Scene::start().await;
    let (ours, theirs) = (&scene.world.ours, &scene.world.theirs);
    for round in 0..300 {
        let (asking, next) = if round % 2 == 0 { (ours, theirs) } else { (theirs, ours) };
        let number = rand::rng().random_range(0..REQUESTS);
        let patience = Duration::from_micros(rand::rng().random_range(0..4_000));
        let _ = tokio::time::timeout(patience, scene.ask(number, asking)).await;
        let after = format!("request {number}, dropped after {patience:?}");
        scene.assert_clean(&after).await;
        scene.assert_own_rows(next, &after).await;
    }
}

#[tokio::test]
async fn a_transaction_that_is_dropped_between_its_flights_changes_nothing() {
    let scene = Scene::start().await;
    let (ours, theirs) = (&scene.world.ours, &scene.world.theirs);
    let token = SessionToken::parse(&ours.manager.token).unwrap();
    let tenant = scene.app.database().by_session(token.shop(), token.hash(), None);
    let rename = || {
        let sql = "UPDATE customers SET first_name = $2 WHERE shop_id = $1";
        Query::run(sql, params!["Nobody"])
    };
    for _ in 0..20 {
        let (write, ()) = tenant.begin(rename()).await.unwrap();
        drop(write);
        scene.assert_clean("a guard").await;
        scene.assert_own_rows(theirs, "a guard").await;
        let customer = scene.app.get(&format!("/customers/{}", ours.customer), &ours.manager).await.ok();
        assert_eq!(customer["first_name"], "Ruth");
    }
    // The second flight, once it left, arrives whole.
    let (write, ()) = tenant.begin(()).await.unwrap();
    let mut leaving = Box::pin(write.commit(rename()));
    assert!(futures_util::poll!(&mut leaving).is_pending());
    drop(leaving);
    scene.assert_clean("a second flight").await;
}

/// A lock that was taken is given back with the transaction, so that nobody waits for whoever hung up.
#[tokio::test]
async fn a_dropped_transaction_lets_go_of_its_locks() {
    let scene = Scene::start().await;
    let ours = &scene.world.ours;
    let token = SessionToken::parse(&ours.manager.token).unwrap();
    let tenant = scene.app.database().by_session(token.shop(), token.hash(), None);
    let lock = || Query::run("SELECT id FROM customers WHERE shop_id = $1 FOR UPDATE", vec![]);
    drop(tenant.begin(lock()).await.unwrap());
    scene.owner.batch_execute("SET lock_timeout = '2s'").await.unwrap();
    let changed = scene.owner.execute("UPDATE customers SET last_name = 'Abel'", &[]).await;
    assert_eq!(changed.unwrap(), 2, "both shops' customers");
}

/// Proof that a leftover would be noticed: here one is left on purpose.
#[tokio::test]
async fn a_shop_that_was_left_behind_is_seen() {
    let scene = Scene::start().await;
    let token = SessionToken::parse(&scene.world.ours.manager.token).unwrap();
    let tenant = scene.app.database().by_session(token.shop(), token.hash(), None);
    let leave = "SELECT set_config('app.current_shop_id', $1::uuid::text, false)";
    tenant.write(Query::run(leave, vec![])).await.unwrap();
    assert!(!scene.app.database().is_ready().await.unwrap());
}
