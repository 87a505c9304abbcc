//! The published contract, as any program reads it.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::Value;

use super::TestApp;

/// An operation, as the published document describes it.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    /// Its name, unique among all: `addCustomer`.
    pub id: String,
    pub method: Method,
    /// With its parameters in braces: `/api/v1/customers/{id}`.
    pub path: String,
    /// Who may ask; nobody in particular where it is public.
    pub roles: Vec<String>,
    /// Whether it takes a body.
    pub has_body: bool,
    /// The statuses that it may be answered with.
    pub statuses: BTreeSet<u16>,
    /// The operation as it stands in the document.
    pub described: Value,
}

/// The document.
pub(crate) async fn document(app: &TestApp) -> Value {
    let request = Request::get("/api/openapi.json").body(Body::empty()).expect("a request");
    let answer = app.send(request).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.json()
}

/// The operations that it describes.
pub(crate) async fn operations(app: &TestApp) -> Vec<Operation> {
    let document = document(app).await;
    let paths = document["paths"].as_object().expect("paths").iter();
    let operations = paths.flat_map(|(path, item)| {
        let methods = item.as_object().expect("methods").iter();
        methods.map(move |(method, described)| Operation::read(method, path, described))
    });
    operations.collect()
}

impl Operation {
    fn read(method: &str, path: &str, described: &Value) -> Self {
        let roles = described["security"].as_array().into_iter().flatten().map(|way| &way["session"]);
        let responses = described["responses"].as_object().expect("responses");
        Self {
            id: described["operationId"].as_str().expect("an id").to_owned(),
            method: method.to_ascii_uppercase().parse().expect("a method"),
            path: path.to_owned(),
            roles: roles.filter_map(Value::as_array).flatten().map(text).collect(),
            has_body: described["requestBody"].is_object(),
            statuses: responses.keys().map(|status| status.parse().expect("a status")).collect(),
            described: described.clone(),
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
