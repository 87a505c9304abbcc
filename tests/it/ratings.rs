//! What is kept with an inspection so that lists need not read its findings.

use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::inspections::{everything_green, started};
use crate::support::{TestApp, World};

/// As a database is where inspections were there before their ratings were kept.
const FORGET: &str = "UPDATE inspections SET ratings = NULL";
const GATHER: &str = include_str!("../../migrations/V0009__gather_ratings.sql");

async fn kept(owner: &Client) -> Option<String> {
    owner.query_one("SELECT ratings FROM inspections", &[]).await.expect("one inspection").get(0)
}

async fn listed(app: &TestApp, world: &World) -> Value {
    app.get("/inspections", &world.ours.manager).await.ok()["items"][0].clone()
}

/// An inspection with findings of three categories, and what is kept of it.
async fn rated(app: &TestApp, world: &World) -> (String, &'static str) {
    let path = started(app, world).await;
    let taps = json!([
        { "category": "leaks", "component": "engine_oil", "not_applicable": true },
        { "category": "tires", "component": "spare", "severity": "green" },
        { "category": "tires", "component": "pressure", "severity": "yellow", "notes": "Low" },
        { "category": "lights", "component": "horn", "severity": "red" },
    ]);
    app.put(&format!("{path}/items"), &world.ours.mechanic, &taps).await.ok();
    (path, "tires spare g pressure y+;lights horn r;leaks engine_oil -")
}

#[tokio::test]
async fn they_follow_every_tap() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    let (path, words) = rated(&app, &world).await;
    assert_eq!(kept(&owner).await.as_deref(), Some(words));
    let whole = app.get(&path, &world.ours.manager).await.ok();
    let horn = whole["items"].as_array().unwrap().iter().find(|item| item["component"] == "horn").unwrap();
    let item = format!("{path}/items/{}", horn["id"].as_str().unwrap());
    app.delete(&item, &world.ours.mechanic).await.no_content();
    assert_eq!(kept(&owner).await.unwrap(), "tires spare g pressure y+;leaks engine_oil -");
}

#[tokio::test]
async fn a_list_gathers_what_is_missing_and_the_next_tap_keeps_it() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    let (path, words) = rated(&app, &world).await;
    let before = listed(&app, &world).await;
    owner.batch_execute(FORGET).await.unwrap();
    assert_eq!(listed(&app, &world).await["progress"], before["progress"]);
    owner.batch_execute(GATHER).await.unwrap();
    assert_eq!(kept(&owner).await, None, "a car that is being inspected is left to its mechanic");
    let tap = json!({ "category": "tires", "component": "spare", "severity": "green", "notes": "Fine" });
    app.put(&format!("{path}/items"), &world.ours.mechanic, &tap).await.ok();
    assert_eq!(kept(&owner).await.unwrap(), words.replace("spare g", "spare g+"));
}

#[tokio::test]
async fn what_was_completed_before_is_gathered_without_looking_changed() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    let path = started(&app, &world).await;
    let taps = everything_green(&app, &world.ours.mechanic, &path).await;
    app.put(&format!("{path}/items"), &world.ours.mechanic, &taps).await.ok();
    app.post(&format!("{path}/complete"), &world.ours.mechanic, &json!({})).await.ok();
    let (words, before) = (kept(&owner).await.unwrap(), listed(&app, &world).await);
    owner.batch_execute(FORGET).await.unwrap();
    owner.batch_execute(GATHER).await.unwrap();
    assert_eq!(kept(&owner).await.unwrap(), words);
    assert_eq!(listed(&app, &world).await, before);
}
