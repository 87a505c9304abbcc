//! The one error. What a client may know of it is decided here; the rest goes to the log, once.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use tokio_postgres::error::DbError;
use utoipa::ToSchema;

/// The result of whatever can fail on behalf of a request.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// 401: nobody we know.
    #[error("log in first")]
    Unauthorized,
    /// 401: nobody with this e-mail and this password, whichever of them is wrong.
    #[error("this e-mail and this password don't belong together")]
    WrongLogin,
    /// 403: known, but not allowed; says who is.
    #[error("{0}")]
    Forbidden(&'static str),
    /// 403: the shop's subscription lets it read only.
    #[error("the subscription is inactive: the shop can read, but not change anything")]
    SubscriptionInactive,
    /// 404: not there, or another shop's; nobody learns which.
    #[error("there is nothing here")]
    NotFound,
    /// 405: there, but not with this method.
    #[error("this address does not take this method")]
    MethodNotAllowed,
    /// 413: larger than the number of bytes taken here.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    /// 415: not the content type taken here.
    #[error("the content type must be {0}")]
    UnsupportedMediaType(&'static str),
    /// 400: not JSON at all; says where.
    #[error("{0}")]
    Malformed(String),
    /// 422: well-formed, but these fields are not acceptable.
    #[error("{}", summary(.0))]
    Invalid(Vec<FieldError>),
    /// 409: acceptable, but not as things stand.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// 429: too often; how long to wait before the next try.
    #[error("too many tries: wait {} s before the next one", seconds(.0))]
    TooMany(Duration),
    /// 503: more to do at the moment than there are cores for; how long to wait before the next try.
    #[error("busy at the moment: try again in {} s", seconds(.0))]
    Busy(Duration),
    /// 503: the database does not answer, or has no connection to spare; trying again helps.
    #[error("the database does not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// 503: the store of photos does not answer; trying again helps.
    #[error("the store of photos does not answer")]
    StoreAway(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// 500: a statement failed in a way that nobody foresaw.
    #[error("a statement failed")]
    Database(#[source] tokio_postgres::Error),
    /// 500: a mistake of ours; the text is for the log.
    #[error("{0}")]
    Internal(String),
}

/// What stands in the way, as far as the client can do something about it.
#[derive(Debug, thiserror::Error)]
pub enum Conflict {
    /// The present state does not allow this step.
    #[error("not possible while it is {current}")]
    State {
        /// The present state's name.
        current: &'static str,
    },
    /// The inspection is not finished; `missing` lists what is missing, as in its progress.
    #[error("the inspection is not complete")]
    Incomplete {
        /// `[{category, component, needs}]`.
        missing: Value,
    },
    /// Another row already has what must be unique.
    #[error("{field} {detail}")]
    Duplicate {
        /// The field that collides.
        field: &'static str,
        /// What to do about it.
        detail: &'static str,
    },
    /// The id chosen by the client belongs to something else.
    #[error("this id belongs to something else")]
    IdTaken,
    /// The customer said stop.
    #[error("the customer does not want to be texted")]
    OptedOut,
    /// The customer has no phone number.
    #[error("the customer has no phone number")]
    NoPhone,
    /// The shop has no number to text from.
    #[error("the shop has no number to text from")]
    NoNumber,
    /// The inspection has as many photos as it may have.
    #[error("an inspection has {0} photos at most")]
    PhotoLimit(i64),
    /// A shop always keeps one active manager.
    #[error("the last active manager of a shop stays")]
    LastManager,
}

/// One field that was not accepted, and why. List members are named by position: `3.severity`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The path to the field.
    pub field: String,
    /// What is wrong with it, to be read behind the field's name.
    pub detail: String,
}

/// What a program is told of an error (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// What kind of problem it is; `about:blank` where the status says it all.
    r#type: &'static str,
    /// The status in words.
    title: &'static str,
    /// The status.
    status: u16,
    /// What is wrong, in a sentence.
    detail: String,
    /// The fields that were not accepted, and why: of a 422, and of a `duplicate`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// The present state, of a `state`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    current: Option<&'static str>,
    /// What is missing, of an `incomplete`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<Vec<Object>>)]
    missing: Option<Value>,
}

impl Error {
    /// One field that was not accepted.
    pub fn invalid(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { field: field.into(), detail: detail.into() }])
    }

    /// The same about a part of something larger: `phone` becomes `customer.phone`.
    #[must_use]
    pub fn within(self, group: &str) -> Self {
        let named = |error: FieldError| FieldError { field: format!("{group}.{}", error.field), ..error };
        match self {
            Self::Invalid(fields) => Self::Invalid(fields.into_iter().map(named).collect()),
            other => other,
        }
    }

    /// The status that this error is answered with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized | Self::WrongLogin => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) | Self::SubscriptionInactive => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy(_) | Self::Unavailable(_) | Self::StoreAway(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Database(_) | Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What the client is told. The inner text of a fault of ours never leaves.
    #[must_use]
    pub fn public_detail(&self) -> String {
        match self {
            Self::Database(_) | Self::Internal(_) => "something went wrong on our side; it has been noted".into(),
            told => told.to_string(),
        }
    }

    /// Writes a fault of ours to the log, with its sources. What is the client's mistake is not ours to log.
    pub fn log(&self) {
        if matches!(self, Self::Unavailable(_) | Self::StoreAway(_) | Self::Database(_) | Self::Internal(_)) {
            tracing::error!(error = %chain(self), "a request failed");
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::SubscriptionInactive => "subscription-inactive",
            Self::Conflict(conflict) => match conflict {
                Conflict::State { .. } => "state",
                Conflict::Incomplete { .. } => "incomplete",
                Conflict::Duplicate { .. } => "duplicate",
                Conflict::IdTaken => "id-taken",
                Conflict::OptedOut => "opted-out",
                Conflict::NoPhone => "no-phone",
                Conflict::NoNumber => "no-number",
                Conflict::PhotoLimit(_) => "photo-limit",
                Conflict::LastManager => "last-manager",
            },
            _ => "about:blank",
        }
    }

    fn problem(&self) -> Problem {
        let status = self.status();
        let problem = Problem {
            r#type: self.kind(),
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: self.public_detail(),
            errors: Vec::new(),
            current: None,
            missing: None,
        };
        match self {
            Self::Invalid(fields) => Problem { errors: fields.clone(), ..problem },
            Self::Conflict(Conflict::State { current }) => Problem { current: Some(current), ..problem },
            Self::Conflict(Conflict::Incomplete { missing }) => Problem { missing: Some(missing.clone()), ..problem },
            Self::Conflict(Conflict::Duplicate { field, detail }) => {
                let taken = FieldError { field: (*field).to_owned(), detail: (*detail).to_owned() };
                Problem { errors: vec![taken], ..problem }
            }
            _ => problem,
        }
    }
}

/// An error that a response tells; on pages it is told once more, to people.
#[derive(Debug, Clone)]
pub struct Told(pub Arc<Error>);

/// The face for programs: problem+json.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        self.log();
        let mut response = self.answer();
        response.extensions_mut().insert(Told(Arc::new(self)));
        response
    }
}

impl Error {
    /// The face for programs, without a word to the log: for what has been logged already.
    #[must_use]
    pub fn answer(&self) -> Response {
        let mut response = (self.status(), Json(self.problem())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        match self {
            Self::Unauthorized | Self::WrongLogin => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::TooMany(wait) | Self::Busy(wait) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds(wait)));
            }
            Self::Unavailable(_) | Self::StoreAway(_) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
            }
            _ => {}
        }
        response
    }
}

/// An error with everything that caused it, for the log. Nobody's data is in it: see [`words`].
#[must_use]
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = words(error);
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&words(cause));
        source = cause.source();
    }
    text
}

/// What one error says. The database's DETAIL shows the values of the row that it refused, so of its errors only what
/// names the fault is told.
fn words(error: &(dyn std::error::Error + 'static)) -> String {
    let Some(refusal) = error.downcast_ref::<DbError>() else { return error.to_string() };
    let constraint = refusal.constraint().map(|name| format!(", constraint {name}")).unwrap_or_default();
    format!("{} {}: {}{constraint}", refusal.severity(), refusal.code().code(), refusal.message())
}

/// Whole seconds, rounded up: whoever comes back then is not too early.
fn seconds(wait: &Duration) -> u64 {
    wait.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX)
}

fn summary(fields: &[FieldError]) -> String {
    fields.iter().map(|f| format!("{} {}", f.field, f.detail)).collect::<Vec<_>>().join("; ")
}
