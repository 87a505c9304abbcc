//! The published contract: what every address takes and answers, for programs as an OpenAPI document and for people as a
//! page. Both are made of the router's own operations.

mod page;
mod schemas;
mod shape;

use std::sync::{Arc, OnceLock};

use axum::extract::Extension;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Components, InfoBuilder, OpenApi, PathItem, Server};
use utoipa::{PartialSchema as _, ToSchema as _};

use crate::error::{FieldError, Problem};
use crate::web::operation::SESSION;
use crate::web::{Page, PageResult, problems};

/// What the operations are sorted by, in the order of a visit.
const TAGS: [(&str, &str); 14] = [
    ("Accounts", "Signing a shop up, logging in and out."),
    ("Shop", "The shop itself: address, clock, units, numbers."),
    ("Team", "The people of the shop."),
    ("Customers", "Whom the shop works for."),
    ("Vehicles", "The customers' cars."),
    ("Inspections", "A car's courtesy inspection, and the checklist."),
    ("Findings", "Rating components, one tap or many that waited."),
    ("Photos", "Pictures of findings and of the car."),
    ("Workflow", "The steps from a car that came to a report that may go out."),
    ("Reports", "Giving the report to the customer; the pages behind the link."),
    ("Conversations", "Texting with customers."),
    ("Events", "What changes in the shop, while it changes."),
    ("Sandbox", "The customers' phones, while texts stay in this server."),
    ("Program", "The program itself: health and this contract."),
];

/// What stands above it all.
const INTRODUCTION: &str = "Courtesy inspections for repair shops.

Whoever logs in or signs up gets a token, and says who they are with `Authorization: Bearer <token>`. Bodies are JSON in \
UTF-8; times are RFC 3339 in UTC; whole numbers are written without a fraction. A list is told in pages: `next` is \
the `cursor` of the following one.

Creating takes an `id` that the client chose: the same request again answers 200 with what was made then, so every write \
may be repeated after a lost answer. In a PATCH an absent member keeps what is there, and null clears it.

What goes wrong is told as a problem (RFC 9457), in this order: 401, 403, 404, 413, 415, 400, 422, 409.";

/// The contract of a router.
pub struct Contract {
    operations: OpenApi,
    document: OnceLock<Value>,
    published: OnceLock<(Bytes, HeaderValue)>,
}

impl Contract {
    /// The contract of these operations.
    #[must_use]
    pub fn of(operations: OpenApi) -> Self {
        Self { operations, document: OnceLock::new(), published: OnceLock::new() }
    }

    /// The OpenAPI document, made when somebody first asks.
    fn document(&self) -> &Value {
        self.document.get_or_init(|| {
            let mut document = json!(complete(self.operations.clone()));
            schemas::settle(&mut document);
            document
        })
    }

    /// The document's bytes, with a tag that changes with them.
    fn published(&self) -> &(Bytes, HeaderValue) {
        self.published.get_or_init(|| {
            let bytes = Bytes::from(self.document().to_string());
            let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(&bytes)[..9]));
            (bytes, HeaderValue::try_from(tag).expect("plain letters"))
        })
    }
}

/// Adds what stands at no handler.
fn complete(mut document: OpenApi) -> OpenApi {
    document.info = InfoBuilder::new()
        .title("Courtesy Inspection")
        .description(Some(INTRODUCTION))
        .version(env!("CARGO_PKG_VERSION"))
        .build();
    document.servers = Some(vec![Server::new("/")]);
    document.paths.paths.values_mut().flat_map(operations_of).for_each(summarize);
    let operations = document.paths.paths.values_mut().flat_map(operations_of);
    let used: Vec<String> = operations.filter_map(|operation| operation.tags.clone()).flatten().collect();
    let tags = TAGS.into_iter().filter(|(name, _)| used.iter().any(|tag| tag == name));
    document.tags =
        Some(tags.map(|(name, words)| TagBuilder::new().name(name).description(Some(words)).build()).collect());
    let components = document.components.get_or_insert_with(Components::new);
    components.schemas.insert(Problem::name().into(), Problem::schema());
    components.schemas.insert(FieldError::name().into(), FieldError::schema());
    components.responses.extend(problems::responses().map(|(name, response)| (name.to_owned(), response.into())));
    let words = "The token that logging in or signing up answers. The scopes name the roles that may ask.";
    let session = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(words)).build();
    components.add_security_scheme(SESSION, SecurityScheme::Http(session));
    document
}

fn operations_of(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, patch, delete, .. } = item;
    [get, put, post, patch, delete].into_iter().flatten()
}

/// The handler's comment: its first sentence is the summary, the others are the description.
fn summarize(operation: &mut Operation) {
    let comment = operation.summary.take().unwrap_or_default().replace('\n', " ");
    let (summary, more) = comment.split_once(". ").unwrap_or((&comment, ""));
    operation.summary = Some(summary.trim_end_matches('.').to_owned());
    operation.description = (!more.is_empty()).then(|| more.to_owned());
}

/// This document: what every address takes and answers.
#[utoipa::path(
    get, path = "/api/openapi.json", operation_id = "showContract", tag = "Program",
    responses(
        (status = 200, description = "The OpenAPI 3.1 document.", content_type = "application/json", body = Object),
        (status = 304, description = "It is still the one with the tag in `If-None-Match`."),
    )
)]
pub async fn show(Extension(contract): Extension<Arc<Contract>>, headers: HeaderMap) -> Response {
    let (bytes, tag) = contract.published().clone();
    let is_known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| *known == tag);
    let cache = [(header::ETAG, tag), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    if is_known {
        return (StatusCode::NOT_MODIFIED, cache).into_response();
    }
    (cache, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], bytes).into_response()
}

/// The same on a page for people.
#[utoipa::path(
    get, path = "/api/docs", operation_id = "readContract", tag = "Program",
    responses((status = 200, description = "The page.", content_type = "text/html"))
)]
pub async fn read(Extension(contract): Extension<Arc<Contract>>) -> PageResult<Response> {
    Ok(Page(page::ContractPage::of(contract.document())).into_response())
}
