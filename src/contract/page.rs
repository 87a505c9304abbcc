//! The contract on a page, read out of the document itself.

use askama::Template;
use serde_json::{Map, Value};

use super::shape::{Shape, members};

/// The page.
#[derive(Template)]
#[template(path = "contract/page.html")]
pub(super) struct ContractPage<'a> {
    title: &'a str,
    version: &'a str,
    paragraphs: Vec<&'a str>,
    sections: Vec<Section<'a>>,
    failures: Vec<Answer<'a>>,
    schemas: Vec<Schema<'a>>,
}

/// The operations of one tag.
struct Section<'a> {
    name: &'a str,
    words: &'a str,
    operations: Vec<Operation<'a>>,
}

/// One operation.
struct Operation<'a> {
    id: &'a str,
    method: String,
    path: &'a str,
    summary: &'a str,
    words: &'a str,
    who: &'static str,
    parameters: Vec<Member<'a>>,
    body: Option<Body<'a>>,
    answers: Vec<Answer<'a>>,
    /// What goes wrong as everywhere: the status, and the response that explains it.
    failures: Vec<(&'a str, &'a str)>,
}

/// What an operation takes.
struct Body<'a> {
    shape: Shape<'a>,
    may_be_missing: bool,
}

/// What an operation answers.
struct Answer<'a> {
    name: &'a str,
    status: &'a str,
    words: &'a str,
    shape: Option<Shape<'a>>,
}

/// A schema with a name.
struct Schema<'a> {
    name: &'a str,
    words: &'a str,
    /// The schemas whose members it has too.
    also: Vec<&'a str>,
    members: Vec<Member<'a>>,
    values: Vec<&'a str>,
}

/// A parameter, or a member of an object.
pub(super) struct Member<'a> {
    pub(super) name: &'a str,
    pub(super) is_required: bool,
    pub(super) words: &'a str,
    pub(super) shape: Shape<'a>,
}

impl<'a> ContractPage<'a> {
    pub(super) fn of(document: &'a Value) -> Self {
        let info = &document["info"];
        let schemas = object(&document["components"]["schemas"]);
        let failures = object(&document["components"]["responses"]);
        Self {
            title: text(&info["title"]),
            version: text(&info["version"]),
            paragraphs: text(&info["description"]).split("\n\n").collect(),
            sections: list(&document["tags"]).map(|tag| Section::of(tag, &document["paths"])).collect(),
            failures: failures.map(|(name, response)| Answer::of(name, "", response)).collect(),
            schemas: schemas.map(|(name, schema)| Schema::of(name, schema)).collect(),
        }
    }
}

impl<'a> Section<'a> {
    fn of(tag: &'a Value, paths: &'a Value) -> Self {
        let all = object(paths).flat_map(|(path, item)| {
            object(item).map(move |(method, described)| (path.as_str(), method.as_str(), described))
        });
        let own = all.filter(|(_, _, described)| described["tags"][0] == tag["name"]);
        let mut operations: Vec<_> = own.map(|(path, method, it)| Operation::of(path, method, it)).collect();
        let order = ["GET", "POST", "PUT", "PATCH", "DELETE"];
        operations.sort_by_key(|it| (it.path, order.iter().position(|method| it.method == *method)));
        Self { name: text(&tag["name"]), words: text(&tag["description"]), operations }
    }
}

impl<'a> Operation<'a> {
    fn of(path: &'a str, method: &'a str, described: &'a Value) -> Self {
        let (answers, failures): (Vec<_>, Vec<_>) =
            object(&described["responses"]).partition(|(_, response)| response["$ref"].is_null());
        Self {
            id: text(&described["operationId"]),
            method: method.to_ascii_uppercase(),
            path,
            summary: text(&described["summary"]),
            words: text(&described["description"]),
            who: who(described),
            parameters: list(&described["parameters"]).map(Member::of_parameter).collect(),
            body: Body::of(&described["requestBody"]),
            answers: answers.into_iter().map(|(status, response)| Answer::of(status, status, response)).collect(),
            failures: failures.into_iter().map(|(status, response)| (status.as_str(), last(response))).collect(),
        }
    }
}

/// The roles that may ask, in words.
fn who(described: &Value) -> &'static str {
    match list(&described["security"][0]["session"]).count() {
        0 => "anyone",
        1 => "shop manager",
        _ => "the shop's people",
    }
}

impl<'a> Body<'a> {
    fn of(body: &'a Value) -> Option<Self> {
        let schema = &body.as_object()?["content"]["application/json"]["schema"];
        Some(Self { shape: Shape::of(schema), may_be_missing: body["required"] != true })
    }
}

impl<'a> Answer<'a> {
    fn of(name: &'a str, status: &'a str, response: &'a Value) -> Self {
        let schema = response["content"].as_object().and_then(|content| content.values().next());
        let schema = schema.map(|content| &content["schema"]).filter(|schema| !schema.is_null());
        Self { name, status, words: text(&response["description"]), shape: schema.map(Shape::of) }
    }
}

impl<'a> Schema<'a> {
    fn of(name: &'a str, schema: &'a Value) -> Self {
        let parts: Vec<_> = list(&schema["allOf"]).collect();
        let also = parts.iter().filter(|part| part["$ref"].is_string()).map(|part| last(part)).collect();
        Self {
            name,
            words: text(&schema["description"]),
            also,
            members: parts.into_iter().chain([schema]).flat_map(members).collect(),
            values: list(&schema["enum"]).map(text).collect(),
        }
    }

    /// Countries need no column of their own each.
    fn has_many_values(&self) -> bool {
        self.values.len() > 20
    }
}

impl<'a> Member<'a> {
    fn of_parameter(parameter: &'a Value) -> Self {
        Self {
            name: text(&parameter["name"]),
            is_required: parameter["required"] == true,
            words: text(&parameter["description"]),
            shape: Shape::of(&parameter["schema"]),
        }
    }
}

/// What a reference leads to, by its last part.
pub(super) fn last(reference: &Value) -> &str {
    text(&reference["$ref"]).rsplit('/').next().unwrap_or_default()
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(super) fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}
