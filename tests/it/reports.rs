//! Sending the report, and the page that the customer opens.

mod answers;
mod gauges;
mod languages;
mod links;
mod page;
mod preview;
mod sending;

use axum::body::Body;
use axum::http::{Request, header};
use scraper::{Html, Selector};
use serde_json::{Value, json};

use crate::support::app::PUBLIC_URL;
use crate::support::{Answer, TestApp, World};

/// An inspection with a red, a yellow and a green finding, completed though much was not looked at.
async fn completed(app: &TestApp, world: &World) -> String {
    let ours = &world.ours;
    let body = json!({
        "vehicle_id": ours.vehicle, "assigned_to": ours.mechanic.id, "odometer_reading": 112_480,
        "customer_concerns": ["Squeals when braking"], "internal_notes": "pays late",
    });
    let inspection = app.post("/inspections", &ours.manager, &body).await.created();
    let path = format!("/inspections/{}", inspection["id"].as_str().expect("an id"));
    app.post(&format!("{path}/start"), &ours.mechanic, &json!({})).await.ok();
    let findings = json!([
        { "category": "brakes", "component": "front_pads_left", "measurement": 2.5, "notes": "Worn <out>" },
        { "category": "tires", "component": "tread_depth_lf", "measurement": 4, "notes": "Wearing" },
        { "category": "tires", "component": "tread_depth_rf", "measurement": 7 },
        { "category": "tires", "component": "spare", "not_applicable": true },
    ]);
    app.put(&format!("{path}/items"), &ours.mechanic, &findings).await.ok();
    app.post(&format!("{path}/complete"), &ours.manager, &json!({ "allow_incomplete": true })).await.ok();
    path
}

async fn send(app: &TestApp, world: &World, path: &str, body: Value) -> Value {
    app.post(&format!("{path}/send"), &world.ours.manager, &body).await.ok()
}

/// The same sent, and where its report is.
async fn completed_and_sent(app: &TestApp, world: &World) -> (String, String) {
    let path = completed(app, world).await;
    let report = below(&send(app, world, &path, json!({})).await["report_url"]);
    (path, report)
}

/// What stands behind the public address.
fn below(report_url: &Value) -> String {
    let url = report_url.as_str().expect("an address");
    url.strip_prefix(PUBLIC_URL).expect("our own address").to_owned()
}

async fn visit(app: &TestApp, method: &str, address: &str) -> Answer {
    app.send(Request::builder().method(method).uri(address).body(Body::empty()).expect("a request")).await
}

/// The report's page in the language that a browser wants.
async fn open_in(app: &TestApp, report: &str, wanted: &str) -> Answer {
    let request = Request::get(report).header(header::ACCEPT_LANGUAGE, wanted).body(Body::empty());
    app.send(request.expect("a request")).await
}

fn parsed(page: &Answer) -> Html {
    Html::parse_document(&String::from_utf8_lossy(&page.bytes))
}

fn selector(selector: &str) -> Selector {
    Selector::parse(selector).expect("a selector")
}

fn attributes(page: &Answer, of: &str, name: &str) -> Vec<String> {
    parsed(page).select(&selector(of)).filter_map(|element| element.attr(name)).map(str::to_owned).collect()
}

fn texts(page: &Answer, of: &str) -> Vec<String> {
    let text = |element: scraper::ElementRef<'_>| element.text().collect::<String>().trim().to_owned();
    parsed(page).select(&selector(of)).map(text).collect()
}

async fn count(app: &TestApp, what: &str) -> i64 {
    app.owner().await.query_one(&format!("SELECT count(*) FROM {what}"), &[]).await.expect("a count").get(0)
}
