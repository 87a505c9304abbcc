//! Whatever the contract allows fits into the body: every text as long as it may be, however its letters are written.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::send;
use crate::support::{Answer, Person, TestApp};

/// A letter that takes most bytes, both as it is and as an escape.
fn letters(count: usize) -> String {
    "🚗".repeat(count)
}

/// A body as the programs write it that keep to ASCII: `\ud83d\ude97`.
fn escaped(body: &Value) -> String {
    let mut escaped = String::new();
    for c in body.to_string().chars() {
        if c.is_ascii() {
            escaped.push(c);
        } else {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| write!(escaped, "\\u{unit:04x}").unwrap());
        }
    }
    escaped
}

/// Sends a body in both ways of writing it, and tells what came of the second.
async fn both(app: &TestApp, method: Method, path: &str, who: Option<&Person>, body: &Value) -> Answer {
    let plain = send(app, &method, path, who, Body::from(body.to_string()), "application/json").await;
    assert!(plain.status.is_success(), "{method} {path}: {}", String::from_utf8_lossy(&plain.bytes));
    let answer = send(app, &method, path, who, Body::from(escaped(body)), "application/json").await;
    assert!(answer.status.is_success(), "{method} {path}, escaped: {}", String::from_utf8_lossy(&answer.bytes));
    answer
}

#[tokio::test]
async fn an_inspection_with_all_that_may_be_said_of_it() {
    let (app, world) = TestApp::start().await;
    let boss = Some(&world.ours.manager);
    let (concerns, notes) = (vec![letters(500); 50], letters(4000));
    let new = json!({
        "id": Uuid::now_v7(), "vehicle_id": world.ours.vehicle, "customer_concerns": concerns, "internal_notes": notes,
    });
    let made = both(&app, Method::POST, "/inspections", boss, &new).await.ok();
    assert_eq!(made["customer_concerns"], json!(concerns));
    let path = format!("/inspections/{}", made["id"].as_str().unwrap());
    let change = json!({ "customer_concerns": concerns, "internal_notes": notes });
    both(&app, Method::PATCH, &path, boss, &change).await;
    app.post(&format!("{path}/start"), boss, &json!({})).await.ok();
    let catalogue = app.get("/catalogue", boss).await.ok();
    let mut taps = Vec::new();
    for category in catalogue["categories"].as_array().unwrap() {
        for component in category["components"].as_array().unwrap() {
            let key = json!({ "category": category["key"], "component": component["key"] });
            taps.push(crate::support::merged(&key, &json!({ "severity": "red", "notes": letters(2000) })));
        }
    }
    let rated = both(&app, Method::PUT, &format!("{path}/items"), boss, &json!(taps)).await.ok();
    assert_eq!(rated["progress"]["red"], taps.len());
    app.post(&format!("{path}/complete"), boss, &json!({ "allow_incomplete": true })).await.ok();
    both(&app, Method::POST, &format!("{path}/reopen"), boss, &json!({ "reason": letters(1000) })).await;
    app.post(&format!("{path}/complete"), boss, &json!({ "allow_incomplete": true })).await.ok();
    let text = json!({ "id": Uuid::now_v7(), "text": letters(1500) });
    both(&app, Method::POST, &format!("{path}/send"), boss, &text).await;
}

#[tokio::test]
async fn a_shop_with_all_that_it_may_set() {
    let (app, world) = TestApp::start().await;
    let shop = json!({
        "name": letters(255),
        "address": {
            "line1": letters(200), "line2": letters(200), "city": letters(100), "state": letters(100),
            "postal_code": letters(20),
        },
        "settings": { "quick_replies": vec![letters(640); 20] },
    });
    both(&app, Method::PATCH, "/shop", Some(&world.ours.manager), &shop).await;
    let user = json!({
        "email": "ida@brandt.example", "password": letters(200), "first_name": letters(100), "last_name": letters(100),
    });
    let sign_up = json!({ "id": Uuid::now_v7(), "shop": shop, "user": user });
    both(&app, Method::POST, "/shops", None, &sign_up).await;
}

#[tokio::test]
async fn somebody_of_whom_everything_is_known() {
    let (app, world) = TestApp::start().await;
    let boss = Some(&world.ours.manager);
    let address =
        json!({ "line1": letters(200), "line2": letters(200), "city": letters(100), "state": letters(100) });
    let customer = json!({
        "id": Uuid::now_v7(), "first_name": letters(100), "last_name": letters(100), "address": address,
    });
    both(&app, Method::POST, "/customers", boss, &customer).await;
    let talk = json!({ "customer_id": world.ours.customer, "subject": letters(500) });
    let talk = both(&app, Method::POST, "/conversations", boss, &talk).await.ok();
    let texts = format!("/conversations/{}/messages", talk["id"].as_str().unwrap());
    // The shop's name and how to opt out come to the first one.
    let text = json!({ "id": Uuid::now_v7(), "content": letters(1500) });
    both(&app, Method::POST, &texts, boss, &text).await;
    let password = json!({ "current": crate::support::PASSWORD, "new": letters(200) });
    let said = send(&app, &Method::POST, "/me/password", boss, escaped(&password).into(), "application/json").await;
    said.no_content();
}
