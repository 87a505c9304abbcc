//! The shop's own pages by everybody who might open them: a page without a row in `pages/rules.rs` fails by name.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod accounts;
mod board;
mod conversations;
mod customers;
mod faults;
mod first_day;
mod data;
mod doubts;
mod intake;
mod review;
mod rules;
mod settings;
mod team;
mod sandbox;
mod work;

use axum::body::Body;
use axum::http::Request;

use crate::contract::routed_by_hand;
use crate::matrix::fingerprint::fingerprint;
use crate::matrix::scene::Scene;
use crate::support::browser::as_browser;
use crate::support::{Answer, Person, TestApp};
use rules::{ROWS, Row, Who};

/// What browsers load beside pages, what the customer sends from the report, what a code alone opens, and what the
/// provider of texts tells.
const FILES: [&str; 10] = [
    "/assets/{name}",
    "/worker.js",
    "/manifest.webmanifest",
    "/icon-192.png",
    "/icon-512.png",
    "/robots.txt",
    "/r/{token}/answer",
    "/log-in/{code}",
    "/webhooks/twilio/sms",
    "/webhooks/twilio/status/{message_id}",
];

async fn ask(app: &TestApp, row: &Row, scene: &Scene, who: Option<&Person>) -> Answer {
    let path = row.path(|part| scene[part].clone());
    let filled = row.filled(|part| scene[part].clone());
    let fields: Vec<(&str, &str)> = filled.iter().map(|(name, value)| (*name, value.as_str())).collect();
    if row.is_form() { app.submit(&path, who, &fields).await } else { app.open(&path, who).await }
}

#[test]
fn every_page_has_a_row_and_every_row_a_page() {
    let mut routed: Vec<String> = routed_by_hand();
    routed.retain(|address| !FILES.contains(&address.as_str()));
    let mut rows: Vec<&str> = ROWS.iter().map(Row::template).collect();
    rows.dedup();
    assert_eq!(routed, rows);
}

#[tokio::test]
async fn whoever_is_not_logged_in_is_asked_to_on_the_way() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    for row in ROWS.iter().filter(|row| row.who != Who::Anybody) {
        let scene = Scene::set(&app, &owner, &world.ours, row.ready).await;
        let answer = ask(&app, row, &scene, None).await;
        if row.is_form() {
            assert_eq!(answer.status, 422, "{}", row.page);
            assert_eq!(answer.attributes("form[action='/login'] [name=kept]", "value").len(), 1, "{}", row.page);
        } else {
            assert!(answer.leads_to().starts_with("/login"), "{}", row.page);
        }
    }
}

#[tokio::test]
async fn another_shop_s_pages_lead_nowhere() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    let mut judged = 0;
    for row in ROWS.iter().filter(|row| row.template().contains('{')) {
        let scene = Scene::set(&app, &owner, &world.ours, row.ready).await;
        let before = fingerprint(&owner, &world.ours.id).await;
        let foreign = ask(&app, row, &scene, Some(&world.theirs.manager)).await;
        assert_eq!(foreign.status, 404, "{}", row.page);
        assert!(scene.all_ids().all(|id| !String::from_utf8_lossy(&foreign.bytes).contains(id)), "{}", row.page);
        assert_eq!(before, fingerprint(&owner, &world.ours.id).await, "{}", row.page);
        judged += 1;
    }
    assert_eq!(judged, ROWS.iter().filter(|row| row.page.contains('{')).count());
}

#[tokio::test]
async fn a_page_opens_for_whom_it_is_made() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    for row in ROWS {
        let scene = Scene::set(&app, &owner, &world.ours, row.ready).await;
        if row.who == Who::Manager {
            assert_eq!(ask(&app, row, &scene, Some(&scene.mechanic)).await.status, 403, "{}", row.page);
        }
        let answer = ask(&app, row, &scene, Some(&scene.manager)).await;
        assert_eq!(answer.status, row.success, "{}: {}", row.page, String::from_utf8_lossy(&answer.bytes));
    }
}

#[tokio::test]
async fn nothing_is_done_for_another_site() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    for row in ROWS.iter().filter(|row| row.is_form()) {
        let scene = Scene::set(&app, &owner, &world.ours, row.ready).await;
        let before = fingerprint(&owner, &world.ours.id).await;
        let path = row.path(|part| scene[part].clone());
        let mut forged = as_browser(Request::post(path), Some(&scene.manager)).body(Body::empty()).unwrap();
        forged.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        let answer = app.send(forged).await;
        assert_eq!(
            (answer.status.as_u16(), answer.texts("h1")),
            (403, vec!["Not for you".to_owned()]),
            "{}",
            row.page
        );
        assert_eq!(before, fingerprint(&owner, &world.ours.id).await, "{}", row.page);
    }
}
