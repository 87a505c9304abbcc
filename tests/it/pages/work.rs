//! A mechanic's own cars, and whose taps a phone may send.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::CONTENT_TYPE;
use serde_json::json;

use crate::matrix::scene::{Ready, Scene};
use crate::support::browser::as_browser;
use crate::support::{Answer, Person, TestApp};

/// Sends a rating with the cookie of one person, said to be of another.
async fn send_as(app: &TestApp, inspection: &str, who: &Person, said: &str) -> Answer {
    let body = json!({ "category": "brakes", "component": "fluid_level", "severity": "red", "version": 0 });
    let request = as_browser(Request::put(format!("/api/v1/inspections/{inspection}/items")), Some(who));
    let request = request.header(CONTENT_TYPE, "application/json").header("courtesy-person", said);
    app.send(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn a_mechanic_finds_what_is_theirs_and_what_is_free() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    let assigned = Scene::set(&app, &owner, &world.ours, Ready::Assigned).await;
    let new = json!({ "vehicle_id": world.ours.vehicle, "customer_concerns": ["Smells <hot>"] });
    let free = app.post("/inspections", &world.ours.manager, &new).await.created();
    let page = app.open("/work", &assigned.mechanic).await;
    let ids = |part: &str| page.attributes(&format!("#jobs-{part} > .job"), "id");
    assert_eq!(ids("mine"), [format!("job-{}", assigned["inspections"])]);
    assert_eq!(ids("free"), [format!("job-{}", free["id"].as_str().unwrap())]);
    assert_eq!(page.texts("#jobs-free .job > p"), ["“Smells <hot>”"]);
    // Somebody else's is nobody's business.
    let page = app.open("/work", &assigned.other_mechanic).await;
    assert_eq!(page.attributes("#jobs-mine > .job", "id"), [""; 0]);
}

#[tokio::test]
async fn what_is_done_or_somebody_else_s_is_shown_as_the_desk_reviews_it() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    let begun = Scene::set(&app, &owner, &world.ours, Ready::InProgress).await;
    let id = &begun["inspections"];
    let at_car = format!("/inspections/{id}/inspect");
    assert_eq!(app.open(&at_car, &begun.mechanic).await.attributes("#sheet", "type"), ["application/json"]);
    assert_eq!(app.open(&at_car, &begun.other_mechanic).await.leads_to(), format!("/inspections/{id}"));
    let taken = app.submit(&at_car, &begun.other_mechanic, &[]).await;
    assert_eq!(taken.leads_to(), "/work?taken=yes");
}

#[tokio::test]
async fn taps_are_taken_from_whom_they_are_of_and_from_nobody_else() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    let begun = Scene::set(&app, &owner, &world.ours, Ready::InProgress).await;
    let id = &begun["inspections"];
    for said in [&begun.other_mechanic.id, &begun.manager.id, &world.theirs.mechanic.id, "nobody", ""] {
        send_as(&app, id, &begun.mechanic, said).await.problem(401, "about:blank");
    }
    // A colleague is logged in on the phone that Tomasz has tapped on.
    send_as(&app, id, &begun.manager, &begun.mechanic.id).await.problem(401, "about:blank");
    let rated = send_as(&app, id, &begun.mechanic, &begun.mechanic.id).await.ok();
    assert_eq!(rated["items"][0]["rated_by"], json!(begun.mechanic.id));
}

#[tokio::test]
async fn what_a_phone_loads_to_open_without_network_is_there() {
    let (app, _) = TestApp::start().await;
    let worker = app.open("/worker.js", None).await;
    assert_eq!(worker.headers["cache-control"], "no-cache");
    assert_eq!(worker.headers["content-security-policy"], "default-src 'none'; connect-src 'self'");
    let manifest = app.open("/manifest.webmanifest", None).await.json();
    for icon in manifest["icons"].as_array().unwrap() {
        assert_eq!(app.open(icon["src"].as_str().unwrap(), None).await.headers["content-type"], "image/png");
    }
}
