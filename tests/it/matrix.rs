//! Every operation of the API by everybody who might ask for it. The operations come from the published contract and the
//! promises from `matrix/rules.rs`, one row each: an operation without a row fails, and so does one that is answered
//! otherwise than its row says.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod contract;
pub(crate) mod fingerprint;
mod neighbours;
mod observed;
mod rules;
pub(crate) mod scene;
mod strangers;

use serde_json::Value;

use uuid::Uuid;

use crate::support::{Answer, Person, TestApp, pictures};
use rules::{BY_LINK, RULES, Rule};
use scene::Scene;

#[test]
fn more_round_trips_than_usual_have_a_reason() {
    for Rule { operation, round_trips, because, .. } in RULES.iter().chain(BY_LINK) {
        let usual = if operation.starts_with("GET ") { 1 } else { 2 };
        assert_eq!(because.is_some(), *round_trips > usual, "{operation}");
    }
}

/// Asks for it as its row says, for what is in the scene.
async fn ask(app: &TestApp, rule: &Rule, scene: &Scene, who: Option<&Person>) -> Answer {
    let path = rule.path(|behind, _| match (rule.photo, behind) {
        (Some(_), "photos" | "messages") => Uuid::now_v7().to_string(),
        _ => scene[behind].clone(),
    });
    ask_at(app, rule, &path, who, rule.body.map(|body| body(scene))).await
}

/// Asks for it at this path and with this body.
async fn ask_at(app: &TestApp, rule: &Rule, path: &str, who: Option<&Person>, body: Option<Value>) -> Answer {
    let method = rule.method_and_template().0.parse().unwrap();
    if let Some(query) = rule.photo {
        return app.put_photo(&format!("{path}{query}"), who, pictures::small()).await;
    }
    app.ask(method, path, who, body.as_ref()).await
}

/// Everything that an answer tells, apart from which answer it is.
fn told(answer: &Answer) -> String {
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !["x-request-id", "server-timing", "date"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort_unstable();
    format!("{} {} {}", answer.status.as_u16(), headers.join(", "), String::from_utf8_lossy(&answer.bytes))
}

/// Fails with everything that was found, each with its operation.
#[track_caller]
fn demand_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
