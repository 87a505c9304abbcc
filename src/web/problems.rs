//! What can go wrong, for the published document: one response for each status, and the types that a 409 may have.

use serde_json::json;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder, Type};
use utoipa::openapi::{Header, Ref, RefOr, Response, ResponseBuilder, Schema};

/// The content type of pages.
pub(super) const HTML: &str = "text/html";

/// The statuses that follow from what an operation takes, each with the name of its response and what it means.
const FAILURES: [(u16, &str, &str); 9] = [
    (400, "Malformed", "The body is not JSON."),
    (
        401,
        "Unauthorized",
        "The token is missing, or lets nobody in; at log-in, e-mail and password don't belong together.",
    ),
    (
        403,
        "Forbidden",
        "Not for this role or person, or `subscription-inactive`: the shop can read, but not change anything.",
    ),
    (404, "NotFound", "Nothing here, or another shop's."),
    (413, "TooLarge", "The body is larger than what is taken here."),
    (415, "UnsupportedMediaType", "The body is of another kind than what is taken here."),
    (422, "Invalid", "Understood, but not acceptable: `errors` names each field with what is wrong."),
    (429, "TooMany", "Too often; `Retry-After` says how many seconds to wait."),
    (
        503,
        "Unavailable",
        "The database or the store of photos does not answer, or there is too much to do; `Retry-After` says when to try again.",
    ),
];

/// What stands in the way of something acceptable: the problem's type, and what it means.
const CONFLICTS: [(&str, &str); 9] = [
    ("state", "the present state, told in `current`, does not allow this"),
    ("incomplete", "the inspection is not finished, and `missing` lists what is missing"),
    ("duplicate", "another row already has what must be unique, and `errors` names the field"),
    ("id-taken", "the id belongs to something else"),
    ("opted-out", "the customer does not want to be texted"),
    ("no-phone", "the customer has no phone number"),
    ("no-number", "the shop has no number to text from"),
    ("photo-limit", "the inspection has as many photos as it may have"),
    ("last-manager", "the last active manager of a shop stays"),
];

/// Every type that a problem can have.
#[must_use]
pub fn types() -> Vec<&'static str> {
    ["about:blank", "subscription-inactive"].into_iter().chain(CONFLICTS.map(|(kind, _)| kind)).collect()
}

/// The responses that operations refer to, by name.
pub fn responses() -> impl Iterator<Item = (&'static str, Response)> {
    FAILURES.into_iter().map(|(status, name, words)| {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new().description(words).content("application/problem+json", content);
        let response = match status {
            401 => response.header("WWW-Authenticate", text_header()),
            429 | 503 => response.header("Retry-After", seconds_header()),
            _ => response,
        };
        (name, response.build())
    })
}

/// The name of the response with this status.
pub(super) fn name(status: u16) -> &'static str {
    let failure = FAILURES.iter().find(|failure| failure.0 == status);
    failure.expect("what can go wrong is listed").1
}

/// Makes a 409, described at its handler by nothing but its types, into one that explains them.
pub(super) fn explain_conflict(response: &mut RefOr<Response>) {
    let RefOr::T(declared) = response else { return };
    let types: Vec<&str> = declared.description.split(", ").collect();
    let sentences: Vec<String> = types.iter().map(|kind| format!("`{kind}`: {}.", meaning(kind))).collect();
    let kind = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(types));
    let narrowed = ObjectBuilder::new().property("type", kind);
    let schema = AllOfBuilder::new().item(Ref::from_schema_name("Problem")).item(narrowed);
    let content = ContentBuilder::new().schema(Some(Schema::from(schema))).build();
    let explained = ResponseBuilder::new().description(sentences.join(" "));
    *response = explained.content("application/problem+json", content).build().into();
}

fn meaning(kind: &str) -> &'static str {
    let conflict = CONFLICTS.iter().find(|conflict| conflict.0 == kind);
    conflict.unwrap_or_else(|| panic!("{kind} is no type of a conflict")).1
}

fn text_header() -> Header {
    HeaderBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String))).build()
}

fn seconds_header() -> Header {
    let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).examples([json!(2)]);
    HeaderBuilder::new().schema(Some(seconds)).description(Some("Seconds.")).build()
}
