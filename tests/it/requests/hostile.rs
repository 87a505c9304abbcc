//! Bodies that were made to hurt, for every address: none may make the program fail. The operations are
//! read from the published contract, so that a new one is tried without being listed.

use axum::http::{Method, header};
use serde_json::{Map, Value, json};

use super::send;
use crate::support::app::Answer;
use crate::support::contract;
use crate::support::{PASSWORD, TestApp, World, merged};

/// Every operation below the API's base.
async fn operations(app: &TestApp) -> Vec<(Method, String)> {
    let described = contract::operations(app).await;
    let below = described
        .into_iter()
        .filter_map(|operation| Some((operation.method, operation.path.strip_prefix("/api/v1")?.to_owned())));
    let mut operations: Vec<_> = below.collect();
    // What is deleted could not be asked for afterwards, nor could anything once the session has ended.
    operations.retain(|(_, address)| address != "/sessions/current");
    operations.sort_by_key(|(method, address)| (*method == Method::DELETE, !address.starts_with("/inspections")));
    operations
}

/// An address with ids of our shop in it; an inspection is a new one, so that nothing done to it stands in the way.
async fn filled(app: &TestApp, world: &World, address: &str) -> String {
    let ours = &world.ours;
    let id = match address.split('/').nth(1) {
        Some("users") => ours.mechanic.id.clone(),
        Some("customers") => ours.customer.clone(),
        Some("inspections") => new_inspection(app, world, address).await,
        Some("conversations") => conversation(app, world).await,
        _ => ours.vehicle.clone(),
    };
    address.split('/').map(|part| if part.starts_with('{') { &id } else { part }).collect::<Vec<_>>().join("/")
}

/// Somebody is at the car, unless it is about who that will be.
async fn new_inspection(app: &TestApp, world: &World, address: &str) -> String {
    let boss = &world.ours.manager;
    let new = app.post("/inspections", boss, &json!({ "vehicle_id": world.ours.vehicle })).await.created();
    let id = new["id"].as_str().unwrap().to_owned();
    if !address.ends_with("/assign") && !address.ends_with("/start") {
        app.post(&format!("/inspections/{id}/start"), boss, &json!({})).await.ok();
    }
    id
}

/// The thread with our customer.
async fn conversation(app: &TestApp, world: &World) -> String {
    let new = json!({ "customer_id": world.ours.customer });
    let thread = app.post("/conversations", &world.ours.manager, &new).await.json();
    thread["id"].as_str().unwrap().to_owned()
}

/// Members without which the others are never looked at.
fn required(address: &str, world: &World) -> Value {
    match address {
        "/shops" => json!({
            "shop": { "name": "x" },
            "user": { "email": "f@x.example", "password": PASSWORD, "first_name": "x", "last_name": "x" },
        }),
        "/users" => json!({ "email": "f@x.example", "password": PASSWORD, "role": "mechanic" }),
        "/inspections" => json!({ "vehicle_id": world.ours.vehicle }),
        "/inspections/{id}/items" => json!({ "category": "brakes", "component": "front_pads_left" }),
        "/conversations" => json!({ "customer_id": world.ours.customer }),
        "/conversations/{id}/messages" => json!({ "content": "x" }),
        _ => json!({}),
    }
}

/// Members that some address knows.
const MEMBERS: &str = "id shop user name email password first_name last_name phone address settings current new role \
    status year mileage vin make license_plate powertrain sms_number sms_opt_in vehicle_id assigned_to \
    customer_concerns odometer_reading internal_notes user_id allow_incomplete reason via text category component \
    severity not_applicable measurement notes version content customer_id subject read from";

/// What stands where something else was expected.
const VALUES: &str = r#"null true -1 0 1e308 1e999 -1e308 9223372036854775808 2147483648 -2147483649 -0.0 0.005 1.5 ""
    "\u0000" "\ud800" "\u202e" "NaN" "Infinity" [] {} [{}] [[]] ["\u0000"] "0190f0c0-0000-7000-8000-00000000000a"
    "00000000-0000-0000-0000-000000000000" "a@b.example" "+14155550142" "';DROP_TABLE_users;--" "\\" "%" "🚗"
    {"city":"\u0000"} {"city":["x"]} {"timezone":"../../etc/passwd"} {"country":"XX"} {"quick_replies":[1e999]}"#;

/// Whatever the address, these are no objects of its kind.
fn shapeless() -> Vec<Vec<u8>> {
    let texts =
        ["", "{", "[]", "[[]]", "null", "0", "\"x\"", "{\"a\":1,\"a\":2}", "{\"\":{}}", "\u{feff}{}", "[{},{}]"];
    let mut bodies: Vec<Vec<u8>> = texts.map(|text| text.as_bytes().to_vec()).into();
    bodies.extend(["[", "{\"a\":", "[[],"].map(|deep| deep.repeat(1_000).into_bytes()));
    bodies.push(b"{\"name\":\"\xff\xfe\"}".to_vec());
    bodies.push(format!("{{\"name\":\"{}\"}}", "x".repeat(50_000)).into_bytes());
    bodies.push(format!("{{\"{}\":1}}", "x".repeat(50_000)).into_bytes());
    bodies
}

/// The required members with one in place that has each of the values.
fn twisted(required: &Value, member: &str) -> Vec<Vec<u8>> {
    let required = required.as_object().unwrap();
    let others: Map<String, Value> = required.clone().into_iter().filter(|(name, _)| name != member).collect();
    let others = Value::Object(others).to_string();
    let separator = if others == "{}" { "" } else { "," };
    let twist = |value| format!("{{\"{member}\":{value}{separator}{}", &others[1..]).into_bytes();
    VALUES.split_whitespace().map(twist).collect()
}

/// Whether the address has such a member at all.
fn is_known(answer: &Answer) -> bool {
    !String::from_utf8_lossy(&answer.bytes).contains("is not known here")
}

#[tokio::test]
async fn nothing_that_is_sent_makes_the_program_fail() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let mut sent = 0;
    for (method, address) in operations(&app).await {
        let path = filled(&app, &world, &address).await;
        let required = required(&address, &world);
        let mut bodies = vec![Vec::new()];
        if [Method::POST, Method::PATCH, Method::PUT].contains(&method) {
            bodies.extend(shapeless());
            for member in MEMBERS.split_whitespace() {
                let asked = merged(&required, &json!({ member: null })).to_string();
                if is_known(&send(&app, &method, &path, Some(boss), asked.into(), "application/json").await) {
                    bodies.extend(twisted(&required, member));
                }
            }
        }
        for body in bodies {
            let answer = send(&app, &method, &path, Some(boss), body.clone().into(), "application/json").await;
            let status = answer.status.as_u16();
            let shown = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
            assert!(status < 500, "{method} {path} with {shown}: {status}");
            if status >= 400 && method != Method::HEAD {
                assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json", "{method} {path}");
                assert_eq!(answer.json()["status"], status, "{method} {path}");
            }
            sent += 1;
        }
    }
    assert!(sent > 1_500, "there is something to judge: {sent} requests");
}
