//! Puts the schemas into the form that reads best: what is small is written where it stands, and an answer's members are
//! always there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::web::problems;

const PREFIX: &str = "#/components/schemas/";

/// Settles all schemas of a document.
pub(super) fn settle(document: &mut Value) {
    write_small_ones_out(document);
    each_object(document, &mut join_null);
    tell_whole_answers(document);
    each_object(document, &mut forget_null_default);
    let problem = &mut document["components"]["schemas"]["Problem"]["properties"];
    problem["type"]["enum"] = json!(problems::types());
    problem["missing"]["items"] = json!({ "$ref": format!("{PREFIX}Missing") });
}

/// Calls for every object in the value, the inner ones first.
fn each_object(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| each_object(item, change)),
        Value::Object(members) => {
            members.values_mut().for_each(|member| each_object(member, change));
            change(members);
        }
        _ => {}
    }
}

/// The name of the schema that is referred to.
fn name_of(reference: &Value) -> Option<&str> {
    reference.as_str()?.strip_prefix(PREFIX)
}

/// Objects and lists of words have a name and a place of their own; a text with a limit, a number, or a choice is written
/// out wherever it is meant.
fn is_small(schema: &Value) -> bool {
    schema["type"] != "object" && schema.get("enum").is_none() && schema.get("allOf").is_none()
}

fn write_small_ones_out(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    let (small, kept): (BTreeMap<_, _>, BTreeMap<_, _>) =
        std::mem::take(schemas).into_iter().partition(|(_, schema)| is_small(schema));
    schemas.extend(kept);
    // A small one may refer to another.
    while refers_to_any(document, &small) {
        each_object(document, &mut |schema| write_out(schema, &small));
    }
}

fn refers_to_any(value: &Value, small: &BTreeMap<String, Value>) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| refers_to_any(item, small)),
        Value::Object(members) => {
            members.get("$ref").and_then(name_of).is_some_and(|name| small.contains_key(name))
                || members.values().any(|member| refers_to_any(member, small))
        }
        _ => false,
    }
}

fn write_out(schema: &mut Map<String, Value>, small: &BTreeMap<String, Value>) {
    let meant = schema.get("$ref").and_then(name_of).and_then(|name| small.get(name)).and_then(Value::as_object);
    if let Some(meant) = meant.cloned() {
        schema.remove("$ref");
        // What is said where it stands is nearer than what is said of the type.
        for (member, value) in meant {
            schema.entry(member).or_insert(value);
        }
    }
}

/// `oneOf` a plain type and null is that type or null.
fn join_null(schema: &mut Map<String, Value>) {
    let Some([one, other]) = schema.get("oneOf").and_then(Value::as_array).map(Vec::as_slice) else { return };
    let null = json!({ "type": "null" });
    let plain = match (*one == null, *other == null) {
        (true, false) => other,
        (false, true) => one,
        _ => return,
    };
    let (Some(kind), Some(members)) = (plain["type"].as_str(), plain.as_object()) else { return };
    let kind = json!([kind, "null"]);
    let members = members.clone();
    schema.remove("oneOf");
    for (member, value) in members {
        schema.entry(member).or_insert(value);
    }
    schema.insert("type".into(), kind);
}

/// An answer writes every member, if only as null; one that may be left out says so by never being null.
fn tell_whole_answers(document: &mut Value) {
    let taken = taken(document);
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    for (_, schema) in schemas.iter_mut().filter(|(name, _)| !taken.contains(*name)) {
        each_object(schema, &mut require_members);
    }
}

fn require_members(schema: &mut Map<String, Value>) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    let mut always: BTreeSet<String> = BTreeSet::new();
    for (name, property) in properties {
        // A default is what a request may leave out; an answer has the value itself.
        let has_default = property.as_object_mut().is_some_and(|property| property.remove("default").is_some());
        if has_default || may_be_null(property) {
            always.insert(name.clone());
        }
    }
    let required = schema.entry("required").or_insert_with(|| json!([]));
    always.extend(required.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
    *required = json!(always);
    if always.is_empty() {
        schema.remove("required");
    }
}

fn may_be_null(schema: &Value) -> bool {
    let is_null = |kind: &Value| kind == "null";
    schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(is_null))
        || schema["oneOf"].as_array().is_some_and(|choices| choices.iter().any(|choice| is_null(&choice["type"])))
}

/// The schemas that requests are made of.
fn taken(document: &Value) -> BTreeSet<String> {
    let mut taken = BTreeSet::new();
    let operations = document["paths"].as_object().into_iter().flat_map(Map::values).filter_map(Value::as_object);
    for operation in operations.flat_map(Map::values) {
        collect(&operation["requestBody"], &document["components"]["schemas"], &mut taken);
    }
    taken
}

fn collect(value: &Value, schemas: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, schemas, into)),
        Value::Object(members) => {
            if let Some(name) = members.get("$ref").and_then(name_of)
                && into.insert(name.to_owned())
            {
                collect(&schemas[name], schemas, into);
            }
            members.values().for_each(|member| collect(member, schemas, into));
        }
        _ => {}
    }
}

/// Null as a default only says that a member may be left out, which `required` says already.
fn forget_null_default(schema: &mut Map<String, Value>) {
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
}
