//! The published contract and the program say the same.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::Value;

use crate::support::TestApp;
use crate::support::app::Answer;
use crate::support::contract::{Operation, document, operations};
use crate::support::source::{Word, program};

async fn send(app: &TestApp, method: Method, address: &str) -> Answer {
    app.send(Request::builder().method(method).uri(address).body(Body::empty()).expect("a request")).await
}

/// Every `$ref` below a value.
fn references(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, into)),
        Value::Object(members) => {
            into.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| references(member, into));
        }
        _ => {}
    }
}

/// What a document lacks or says twice.
fn faults(document: &Value, operations: &[Operation]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut found = BTreeSet::new();
    references(document, &mut found);
    let dangling = found.iter().filter(|reference| document.pointer(&reference[1..]).is_none());
    faults.extend(dangling.map(|reference| format!("{reference} leads nowhere")));
    let mut ids = BTreeSet::new();
    let tags: Vec<_> = document["tags"].as_array().into_iter().flatten().map(|tag| &tag["name"]).collect();
    for Operation { id, roles, statuses, described, .. } in operations {
        let mut demand = |holds: bool, what: &str| {
            if !holds {
                faults.push(format!("{id} {what}"));
            }
        };
        demand(ids.insert(id), "stands twice");
        demand(tags.contains(&&described["tags"][0]), "has no known tag");
        demand(described["summary"].as_str().is_some_and(|text| !text.is_empty()), "has no summary");
        demand(statuses.iter().any(|status| (200..300).contains(status)), "never succeeds");
        demand(roles.is_empty() || statuses.contains(&401), "lets in whoever asks");
        demand(described["security"].is_array(), "does not say who may ask");
    }
    let bodies = operations.iter().filter(|operation| operation.has_body);
    let mut taken = BTreeSet::new();
    for body in bodies {
        open_objects(&body.described["requestBody"], document, &body.id, &mut taken, &mut faults);
    }
    faults
}

/// Objects in a request's body that take members which nobody knows.
fn open_objects(value: &Value, document: &Value, of: &str, seen: &mut BTreeSet<String>, faults: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| open_objects(item, document, of, seen, faults)),
        Value::Object(members) => {
            if members.get("type").is_some_and(|kind| kind == "object") && value["additionalProperties"] != false {
                faults.push(format!("{of} takes unknown members: {value}"));
            }
            if let Some(reference) = members.get("$ref").and_then(Value::as_str)
                && seen.insert(reference.to_owned())
                && let Some(meant) = document.pointer(&reference[1..])
            {
                open_objects(meant, document, of, seen, faults);
            }
            members.values().for_each(|member| open_objects(member, document, of, seen, faults));
        }
        _ => {}
    }
}

/// The addresses that `src/app.rs` and `src/app/pages.rs` route without describing them; `pages.rs` holds the list of them.
pub(crate) fn routed_by_hand() -> Vec<String> {
    let sources = program();
    let app = sources.iter().filter(|source| source.path.starts_with("app"));
    let calls = app.flat_map(|source| source.words.windows(3));
    let addresses = calls.filter_map(|words| match words {
        [route, Word::Mark('('), Word::Text(address)] if route.is("route") => Some(address.clone()),
        _ => None,
    });
    addresses.collect()
}

#[tokio::test]
async fn every_address_takes_the_methods_that_are_described() {
    let (app, _) = TestApp::start().await;
    let mut methods: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for operation in operations(&app).await {
        methods.entry(operation.path).or_default().insert(operation.method.to_string());
    }
    assert!(methods.len() > 35, "there is something to judge: {methods:?}");
    for (path, described) in methods {
        let refusal = send(&app, Method::TRACE, &path.replace(['{', '}'], "")).await;
        // Below the API it is told to programs, elsewhere on a page.
        assert_eq!(refusal.status, 405, "{path}");
        let allowed = refusal.headers[header::ALLOW].to_str().unwrap().split(',').map(str::to_owned);
        assert_eq!(allowed.filter(|method| method != "HEAD").collect::<BTreeSet<_>>(), described, "{path}");
    }
}

#[tokio::test]
async fn the_document_is_whole() {
    let (app, _) = TestApp::start().await;
    let (document, operations) = (document(&app).await, operations(&app).await);
    assert_eq!(faults(&document, &operations), [""; 0]);
    assert_eq!(document["openapi"].as_str().and_then(|version| version.get(..4)), Some("3.1."));
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn what_a_document_lacks_is_seen() {
    let (app, _) = TestApp::start().await;
    let (document, mut operations) = (document(&app).await, operations(&app).await);
    let mut broken = document.clone();
    broken["components"]["schemas"].as_object_mut().unwrap().remove("Customer");
    broken["components"]["schemas"]["NewCustomer"].as_object_mut().unwrap().remove("additionalProperties");
    assert_eq!(faults(&broken, &operations).len(), 2);
    operations[1] = operations[0].clone();
    operations[2].described["summary"] = "".into();
    operations[3].described.as_object_mut().unwrap().remove("security");
    operations[4].statuses.retain(|status| *status >= 300);
    operations[5].statuses.remove(&401);
    operations[6].described["tags"][0] = "Nothing".into();
    assert_eq!(faults(&document, &operations).len(), 6);
}

#[tokio::test]
async fn where_texts_go_to_a_provider_no_sandbox_is_described() {
    let (app, _) = TestApp::start_with_provider().await;
    assert!(operations(&app).await.iter().all(|operation| !operation.path.contains("sandbox")));
}

#[tokio::test]
async fn whoever_has_the_document_already_is_told_so() {
    let (app, _) = TestApp::start().await;
    let whole = send(&app, Method::GET, "/api/openapi.json").await;
    let tag = whole.headers[header::ETAG].clone();
    let again = Request::get("/api/openapi.json").header(header::IF_NONE_MATCH, &tag).body(Body::empty()).unwrap();
    let again = app.send(again).await;
    assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(again.headers[header::ETAG], tag);
}
