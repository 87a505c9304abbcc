//! Bodies that were made to hurt, for every address: none may make the program fail. The addresses are read from the
//! program's source and their methods asked for, so that a new one is tried without being listed.

use axum::body::Body;
use axum::http::{Method, header};

use super::send;
use crate::support::source::{Word, program};
use crate::support::world::Shop;
use crate::support::{PASSWORD, TestApp};

/// The addresses of `src/app.rs`, below the API's base.
fn addresses() -> Vec<String> {
    let sources = program();
    let app = sources.iter().find(|source| source.path == "app.rs").expect("app.rs");
    let is_api = |words: &[Word]| words[0].is("fn") && words[1].is("api");
    let api = app.words.windows(2).position(is_api).expect("the function that lists the API's addresses");
    let addresses = app.words[api..].windows(3).filter_map(|words| match words {
        [route, Word::Mark('('), Word::Text(address)] if route.is("route") => Some(address.clone()),
        _ => None,
    });
    addresses.collect()
}

/// An address with ids of the shop in it.
fn filled(address: &str, shop: &Shop) -> String {
    let id = if address.starts_with("/users") {
        &shop.mechanic.id
    } else if address.starts_with("/customers") {
        &shop.customer
    } else {
        &shop.vehicle
    };
    address.split('/').map(|part| if part.starts_with('{') { id } else { part }).collect::<Vec<_>>().join("/")
}

/// Every operation: each address with each method that it takes, which a 405 tells.
async fn operations(app: &TestApp, shop: &Shop) -> Vec<(Method, String)> {
    let mut operations = Vec::new();
    for address in addresses() {
        let path = filled(&address, shop);
        let refusal = send(app, &Method::TRACE, &path, None, Body::empty(), "text/plain").await;
        refusal.problem(405, "about:blank");
        let allowed = refusal.headers[header::ALLOW].to_str().unwrap().to_owned();
        operations.extend(allowed.split(',').map(|method| (method.parse().unwrap(), path.clone())));
    }
    assert!(operations.len() > 25, "there is something to ask: {operations:?}");
    // What is deleted could not be asked for afterwards.
    operations.sort_by_key(|(method, _)| *method == Method::DELETE);
    operations
}

/// Bodies that were made to hurt.
fn hostile_bodies() -> Vec<Vec<u8>> {
    let members = [
        "id",
        "shop",
        "user",
        "name",
        "email",
        "password",
        "first_name",
        "phone",
        "address",
        "settings",
        "current",
        "new",
        "role",
        "status",
        "year",
        "mileage",
        "vin",
        "license_plate",
        "powertrain",
        "sms_number",
        "sms_opt_in",
    ];
    let values = [
        "null",
        "true",
        "-1",
        "0",
        "1e308",
        "1e999",
        "9223372036854775808",
        "2147483648",
        "-0.0",
        "1.5",
        "\"\"",
        "\" \"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\u202e\"",
        "\"NaN\"",
        "[]",
        "{}",
        "[{}]",
        "\"0190f0c0-0000-7000-8000-00000000000a\"",
        "\"00000000-0000-0000-0000-000000000000\"",
        "\"a@b.example\"",
        "\"+14155550142\"",
        "\"';DROP TABLE users;--\"",
    ];
    let single =
        members.iter().flat_map(|member| values.iter().map(move |value| format!("{{\"{member}\":{value}}}")));
    let all = values.iter().map(|value| {
        let members: Vec<String> = members.iter().map(|member| format!("\"{member}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    });
    let nested = values.iter().flat_map(|value| {
        let address = format!(r#"{{"city":{value},"country":{value}}}"#);
        let settings = format!(r#"{{"timezone":{value},"units":{value},"quick_replies":[{value}]}}"#);
        let user =
            format!(r#"{{"email":"f@x.example","password":"{PASSWORD}","first_name":{value},"last_name":{value}}}"#);
        let shop = format!(r#"{{"name":{value},"phone":{value}}}"#);
        [
            format!(r#"{{"address":{address}}}"#),
            format!(r#"{{"settings":{settings}}}"#),
            format!(r#"{{"shop":{shop},"user":{user}}}"#),
        ]
    });
    let others = [
        "",
        "{",
        "[]",
        "[[]]",
        "null",
        "0",
        "\"x\"",
        "{\"a\":1,\"a\":2}",
        "{\"\":{}}",
        "{\"name\":\"x\",\"name\":\"y\"}",
        "\u{feff}{}",
    ];
    let deep = [format!("{}{}", "[".repeat(5_000), "]".repeat(5_000)), "{\"a\":".repeat(5_000)];
    let texts = single.chain(all).chain(nested).chain(others.map(str::to_owned)).chain(deep);
    let mut bodies: Vec<Vec<u8>> = texts.map(String::into_bytes).collect();
    bodies.push(b"{\"name\":\"\xff\xfe\"}".to_vec());
    bodies.push(format!("{{\"name\":\"{}\"}}", "x".repeat(500_000)).into_bytes());
    bodies.push(format!("{{\"{}\":1}}", "x".repeat(500_000)).into_bytes());
    bodies
}

#[tokio::test]
async fn nothing_that_is_sent_makes_the_program_fail() {
    let (app, world) = TestApp::start().await;
    let bodies = hostile_bodies();
    for (method, path) in operations(&app, &world.ours).await {
        // What takes no body is asked once, and nobody is logged out.
        let takes_body = [Method::POST, Method::PATCH, Method::PUT].contains(&method);
        if path == "/sessions/current" {
            continue;
        }
        for body in bodies.iter().take(if takes_body { bodies.len() } else { 1 }) {
            let sent = Body::from(body.clone());
            let answer = send(&app, &method, &path, Some(&world.ours.manager), sent, "application/json").await;
            let shown = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
            assert!(answer.status.as_u16() < 500, "{method} {path} with {shown}: {}", answer.status);
            if answer.status.as_u16() >= 400 && method != Method::HEAD {
                assert_eq!(answer.headers[header::CONTENT_TYPE], "application/problem+json", "{method} {path}");
                assert_eq!(answer.json()["status"], answer.status.as_u16(), "{method} {path}");
            }
        }
    }
}
