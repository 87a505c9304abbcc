//! The rows against the published contract: neither has an operation that the other lacks, and both say the same of it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::demand_none;
use super::rules::{RULES, Rule, Who};
use super::scene::Scene;
use crate::support::TestApp;
use crate::support::contract::{self, Operation};

/// What the contract describes below the API's base, by its name in the rules.
async fn operations(app: &TestApp) -> Vec<(String, Operation)> {
    let all = contract::operations(app).await.into_iter();
    let named = all.filter_map(|operation| {
        let template = operation.path.strip_prefix("/api/v1")?;
        Some((format!("{} {template}", operation.method), operation))
    });
    named.collect()
}

#[tokio::test]
async fn every_operation_has_a_row_and_every_row_an_operation() {
    let (app, _) = TestApp::start().await;
    let operations = operations(&app).await;
    let rows: Vec<&str> = RULES.iter().map(|rule| rule.operation).collect();
    let without_row = operations.iter().filter(|(name, _)| !rows.contains(&name.as_str()));
    let mut faults: Vec<String> =
        without_row.map(|(name, _)| format!("{name}: add a row to tests/it/matrix/rules.rs")).collect();
    let of_nothing = rows.iter().filter(|row| operations.iter().all(|(name, _)| name != *row));
    faults.extend(of_nothing.map(|row| format!("{row}: the row is of no operation")));
    let twice = rows.iter().enumerate().filter(|(place, row)| rows[..*place].contains(row));
    faults.extend(twice.map(|(_, row)| format!("{row}: one row is enough")));
    demand_none(&faults);
}

#[tokio::test]
async fn every_row_says_what_the_contract_says() {
    let (app, world) = TestApp::start().await;
    let (owner, document) = (app.owner().await, contract::document(&app).await);
    let mut faults = Vec::new();
    for (name, operation) in operations(&app).await {
        let Some(rule) = RULES.iter().find(|rule| rule.operation == name) else { continue };
        let scene = Scene::set(&app, &owner, &world.ours, rule.ready).await;
        if !operation.statuses.contains(&rule.success) {
            faults.push(format!("{name}: {} is not described", rule.success));
        }
        for (what, row, described) in [
            ("for", roles(rule), operation.roles.iter().cloned().collect()),
            ("ids in the body", ids_in_body(rule, &scene), described_in_body(&operation, &document)),
            (
                "ids in filters",
                rule.filters.iter().map(|(name, _)| (*name).to_owned()).collect(),
                filters(&operation),
            ),
        ] {
            if row != described {
                faults.push(format!("{name}: {what} {row:?}, and in the contract {described:?}"));
            }
        }
    }
    demand_none(&faults);
}

/// Whom the row lets in; nobody in particular where anybody may come.
fn roles(rule: &Rule) -> BTreeSet<String> {
    let roles: &[&str] = match rule.who {
        Who::Anyone => &[],
        Who::Staff | Who::Hands => &["mechanic", "shop_manager"],
        Who::Manager => &["shop_manager"],
    };
    roles.iter().map(ToString::to_string).collect()
}

/// Members of the row's body that are somebody's or something's id.
fn ids_in_body(rule: &Rule, scene: &Scene) -> BTreeSet<String> {
    let Some(Value::Object(body)) = rule.body.map(|body| body(scene)) else { return BTreeSet::new() };
    let ids = body.into_iter().filter(|(_, value)| scene.all_ids().any(|id| value == id));
    ids.map(|(member, _)| member).collect()
}

/// The same, as described; the id that a client may choose is not yet anybody's.
fn described_in_body(operation: &Operation, document: &Value) -> BTreeSet<String> {
    let schema = &operation.described["requestBody"]["content"]["application/json"]["schema"];
    let named = schema["$ref"].as_str().and_then(|name| document.pointer(name.strip_prefix('#')?));
    let members = named.unwrap_or(schema)["properties"].as_object().into_iter().flatten();
    let ids = members.filter(|(member, schema)| *member != "id" && is_id(schema));
    ids.map(|(member, _)| member.clone()).collect()
}

/// Parameters that take an id, as described.
fn filters(operation: &Operation) -> BTreeSet<String> {
    let parameters = operation.described["parameters"].as_array().into_iter().flatten();
    let ids = parameters.filter(|parameter| parameter["in"] == "query" && is_id(&parameter["schema"]));
    ids.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect()
}

fn is_id(schema: &Value) -> bool {
    schema.to_string().contains(r#""format":"uuid""#)
}
