//! How strangers are kept from guessing, over HTTP: by account and by network, and without telling who is known.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, header};
use courtesy::app::App;
use courtesy::auth::password::Hasher;
use courtesy::web::{Throttles, TrustedProxies};
use serde_json::{Value, json};

use crate::support::app::Answer;
use crate::support::{PASSWORD, TestApp, World};

const HOME: &str = "192.0.2.1";

/// However slow the machine, no pause ends while a test runs.
const SLOWNESS: u32 = 1000;

/// The program with its throttles, believing the proxies of one network.
struct Guarded {
    app: TestApp,
    world: World,
    hasher: Hasher,
}

impl Guarded {
    async fn start() -> Self {
        let hasher = Hasher::default();
        let kept = hasher.clone();
        let trusted_proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let change = |app| App { throttles: Throttles::slower(SLOWNESS), hasher: kept, trusted_proxies, ..app };
        let (app, world) = TestApp::start_with(change).await;
        Self { app, world, hasher }
    }

    /// A stranger's request from this address, with what stands in `X-Forwarded-For`.
    async fn post(&self, path: &str, body: &Value, peer: &str, forwarded: &str) -> Answer {
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("/api/v1{path}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-forwarded-for", forwarded)
            .extension(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4711)));
        self.app.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// A try to log in, and how many hashes it cost.
    async fn log_in(&self, email: &str, password: &str, peer: &str, forwarded: &str) -> (Answer, u64) {
        let before = self.hasher.hashes();
        let answer = self.post("/sessions", &json!({ "email": email, "password": password }), peer, forwarded).await;
        (answer, self.hasher.hashes() - before)
    }
}

/// How long to wait before the next try.
fn seconds(refused: &Answer) -> u32 {
    refused.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap()
}

/// The headers but for what differs from request to request: its id, and the figures of its timing.
fn lasting(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    headers.insert("x-request-id", "any".parse().unwrap());
    headers.insert("server-timing", "any".parse().unwrap());
    headers
}

#[tokio::test]
async fn nobody_learns_who_is_known() {
    let guarded = Guarded::start().await;
    let (ours, theirs) = (&guarded.world.ours, &guarded.world.theirs);
    guarded
        .app
        .patch(&format!("/users/{}", ours.mechanic.id), &ours.manager, &json!({ "status": "inactive" }))
        .await
        .ok();
    guarded.app.delete(&format!("/users/{}", ours.other_mechanic.id), &ours.manager).await.no_content();
    let close = format!("UPDATE shops SET deleted_at = now() WHERE id = '{}'", theirs.id);
    guarded.app.owner().await.batch_execute(&close).await.unwrap();

    let (wrong, work) = guarded.log_in(&ours.manager.email, "wrong", HOME, "").await;
    wrong.problem(401, "about:blank");
    assert_eq!(work, 1);
    for (email, password) in [
        ("nobody@nowhere.example", PASSWORD),
        (&ours.mechanic.email, PASSWORD),
        (&ours.mechanic.email, "wrong"),
        (&ours.other_mechanic.email, PASSWORD),
        (&theirs.manager.email, PASSWORD),
    ] {
        let (answer, same_work) = guarded.log_in(email, password, HOME, "").await;
        assert_eq!((answer.status, same_work), (wrong.status, work), "{email}");
        assert_eq!(answer.bytes, wrong.bytes, "{email}");
        assert_eq!(lasting(&answer.headers), lasting(&wrong.headers), "{email}");
    }
    let (right, work) = guarded.log_in(&ours.manager.email, PASSWORD, HOME, "").await;
    right.created();
    assert_eq!(work, 1, "the right one takes as long");
}

#[tokio::test]
async fn an_account_is_slowed_down_before_anything_is_computed_and_only_from_there() {
    let guarded = Guarded::start().await;
    let known = guarded.world.ours.manager.email.as_str();
    for email in [known, "nobody@nowhere.example"] {
        for _ in 0..10 {
            guarded.log_in(email, "wrong", HOME, "").await.0.problem(401, "about:blank");
        }
        for password in ["wrong", PASSWORD] {
            let (refused, work) = guarded.log_in(email, password, HOME, "").await;
            refused.problem(429, "about:blank");
            assert!((1..=6 * SLOWNESS).contains(&seconds(&refused)), "{email}");
            assert_eq!(work, 0, "{email}");
        }
    }
    guarded.log_in(known, PASSWORD, "198.51.100.7", "").await.0.created();
}

#[tokio::test]
async fn only_a_trusted_proxy_is_believed_about_the_network() {
    let guarded = Guarded::start().await;
    let known = guarded.world.ours.manager.email.as_str();
    for n in 0..10 {
        let invented = format!("203.0.113.{n}");
        guarded.log_in(known, "wrong", HOME, &invented).await.0.problem(401, "about:blank");
    }
    guarded.log_in(known, PASSWORD, HOME, "203.0.113.99").await.0.problem(429, "about:blank");
    guarded.log_in(known, PASSWORD, "10.0.0.1", HOME).await.0.problem(429, "about:blank");
    guarded.log_in(known, PASSWORD, "10.0.0.1", &format!("{HOME}, 203.0.113.99")).await.0.created();
}

#[tokio::test]
async fn signing_up_is_slowed_down_by_network_before_anything_is_computed() {
    let guarded = Guarded::start().await;
    // A phone that can't be read is found after the throttle and before the hash.
    let body = json!({
        "shop": { "name": "Corner Garage", "phone": "call me" },
        "user": { "email": "boss@corner.example", "password": PASSWORD, "first_name": "Ana", "last_name": "Ruiz" },
    });
    for n in 0..20 {
        let answer = guarded.post("/shops", &body, HOME, &format!("203.0.113.{n}")).await;
        assert_eq!(answer.invalid_fields(), ["shop.phone"]);
    }
    let refused = guarded.post("/shops", &body, HOME, "203.0.113.99").await;
    refused.problem(429, "about:blank");
    assert!((1..=60 * SLOWNESS).contains(&seconds(&refused)));
    assert_eq!(guarded.hasher.hashes(), 0);
    assert_eq!(guarded.post("/shops", &body, "198.51.100.7", "").await.invalid_fields(), ["shop.phone"]);
}

#[tokio::test]
async fn whoever_finds_a_session_open_can_not_guess_at_its_password() {
    let guarded = Guarded::start().await;
    let mechanic = &guarded.world.ours.mechanic;
    let change = async |current: &str| {
        let body = json!({ "current": current, "new": "a new passphrase" });
        guarded.app.post("/me/password", mechanic, &body).await
    };
    for _ in 0..10 {
        assert_eq!(change("wrong").await.invalid_fields(), ["current"]);
    }
    change("wrong").await.problem(429, "about:blank");
    change(PASSWORD).await.problem(429, "about:blank");
}
