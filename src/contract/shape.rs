//! What a schema says, in a few words: "text, 1 to 100 characters, or null".

use serde_json::Value;

use super::page::{Member, last, list, object, text};

/// A schema where it is used.
pub(super) struct Shape<'a> {
    /// Before the name: "list of".
    pub(super) before: &'static str,
    /// The schemas with a name of their own that it may be.
    pub(super) names: Vec<&'a str>,
    /// What it is, where it has no name; and its limits.
    pub(super) words: String,
}

impl<'a> Shape<'a> {
    pub(super) fn of(schema: &'a Value) -> Self {
        if schema["$ref"].is_string() {
            return Self { before: "", names: vec![last(schema)], words: String::new() };
        }
        if let Some(items) = schema.get("items") {
            let Self { names, words, .. } = Self::of(items);
            let most = schema["maxItems"].as_u64().map(|most| format!("at most {most}"));
            let words: Vec<String> =
                [Some(words).filter(|words| !words.is_empty()), most].into_iter().flatten().collect();
            return Self { before: "list of", names, words: or_null(schema, words.join(", ")) };
        }
        let choices: Vec<_> = ["oneOf", "anyOf", "allOf"].into_iter().flat_map(|way| list(&schema[way])).collect();
        if choices.is_empty() {
            return Self { before: "", names: Vec::new(), words: or_null(schema, plain(schema)) };
        }
        let shapes: Vec<Self> = choices.iter().map(|choice| Self::of(choice)).collect();
        let is_list_too = shapes.iter().any(|shape| !shape.before.is_empty());
        let mut names: Vec<_> = shapes.iter().flat_map(|shape| shape.names.clone()).collect();
        names.dedup();
        let mut words: Vec<_> =
            shapes.into_iter().filter(|shape| shape.names.is_empty()).map(|shape| shape.words).collect();
        words.retain(|words| words != "object");
        Self { before: if is_list_too { "one or a list of" } else { "" }, names, words: words.join(", ") }
    }
}

/// A schema that refers to no other.
fn plain(schema: &Value) -> String {
    let kind =
        schema["type"].as_str().or_else(|| list(&schema["type"]).find_map(Value::as_str)).unwrap_or("anything");
    let kind = match (kind, text(&schema["format"])) {
        ("null", _) => "or null",
        ("string", "uuid") => "UUID",
        ("string", "date-time") => "time",
        ("string", "email") => "e-mail address",
        ("string", "password") => "secret",
        ("string", _) => "text",
        ("integer", _) => "whole number",
        ("boolean", _) => "true or false",
        (kind, _) => kind,
    };
    let values: Vec<&str> = list(&schema["enum"]).map(text).collect();
    let number = |name: &str| schema[name].as_number().map(ToString::to_string);
    let range = match (number("minimum"), number("maximum")) {
        (Some(least), Some(most)) => Some(format!("{least} to {most}")),
        (Some(least), None) => Some(format!("from {least}")),
        _ => None,
    };
    let length = match (number("minLength"), number("maxLength")) {
        (Some(least), Some(most)) => Some(format!("{least} to {most} characters")),
        (None, Some(most)) => Some(format!("at most {most} characters")),
        _ => None,
    };
    let values = Some(values.join(", ")).filter(|values| !values.is_empty());
    let kind = if values.is_some() { None } else { Some(kind.to_owned()) };
    [kind, values, range, length].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn or_null(schema: &Value, words: String) -> String {
    let may_be_null = list(&schema["type"]).any(|kind| kind == "null");
    if may_be_null { format!("{words} or null") } else { words }
}

/// The members of an object.
pub(super) fn members(schema: &Value) -> impl Iterator<Item = Member<'_>> {
    object(&schema["properties"]).map(|(name, property)| Member {
        name,
        is_required: list(&schema["required"]).any(|required| required == name),
        words: words(property),
        shape: Shape::of(property),
    })
}

/// What is said of a member, which may stand at the reference in it.
fn words(property: &Value) -> &str {
    let own = text(&property["description"]);
    if own.is_empty() {
        list(&property["oneOf"])
            .map(|choice| text(&choice["description"]))
            .find(|words| !words.is_empty())
            .unwrap_or_default()
    } else {
        own
    }
}
