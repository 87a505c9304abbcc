//! JSON bodies. What is wrong with one is kept back until it is clear who asks and whether the path leads anywhere:
//! 401, 403 and 404 come before 413, 415, 400 and 422.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::time::timeout;
use utoipa::ToSchema;

use super::strangers::{SMALL, Sender};
use super::strict::Strict;
use crate::db::Tenant;
use crate::error::{Error, FieldError, Result};

/// A JSON body of so many KiB at most, or what is wrong with it. Every text as long as it may be fits in, also where each letter
/// is escaped, which takes twelve bytes. Most records get along with the usual limit, and strangers who log in with less; whoever
/// sends a list needs more.
pub struct Body<T, const KIB: usize = 64>(Result<Content<T>>);

/// The body of an action, which may be left out: nothing at all says the same as `{}`.
pub struct Action<T>(pub Body<T>);

/// The body of an action that needs no words.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoWords {}

/// What programs send.
const JSON: &str = "application/json";
/// What browsers send of a form.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// The most that an action's body may have, in bytes: it says no more than a text does.
const ACTION: usize = SMALL;

/// How long a whole body may take, however it drips: a mebibyte from a phone with hardly any signal.
const WHOLE: Duration = Duration::from_mins(2);

struct Content<T> {
    value: T,
    /// The body with its members in order: the same for two bodies that say the same.
    canonical: String,
}

impl<T, const KIB: usize> Body<T, KIB> {
    /// A body that came in another shape, with the words that tell it from another one.
    pub(super) fn read(value: Result<T>, said: String) -> Self {
        Self(value.map(|value| Content { value, canonical: said }))
    }

    /// The value, for when it is clear who asks. Where the path names something, look that up first.
    pub fn get(self) -> Result<T> {
        self.0.map(|content| content.value)
    }

    /// The value, where there is one, for what has to be looked up along with the path. It is not accepted by that.
    pub fn peek(&self) -> Option<&T> {
        self.0.as_ref().ok().map(|content| &content.value)
    }

    /// The value, if whoever asks may write; a body that can't be read is complained about only to them.
    pub async fn accept(self, tenant: &Tenant) -> Result<T> {
        if self.0.is_err() {
            tenant.enter(true).await?;
        }
        self.get()
    }

    /// A fingerprint of what was said: tells a repeated create from another one with the same id.
    #[must_use]
    pub fn digest(&self) -> Vec<u8> {
        Sha256::digest(self.canonical()).to_vec()
    }

    /// The body with its members in order, or nothing where it can't be read.
    #[must_use]
    pub fn canonical(&self) -> &str {
        self.0.as_ref().map_or("", |content| &content.canonical)
    }
}

impl<S: Send + Sync, T: DeserializeOwned, const KIB: usize> FromRequest<S> for Body<T, KIB> {
    type Rejection = Infallible;

    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        let read = async {
            Sender::of(&request, KIB * 1024).prove().await?;
            let (is_json, bytes) = receive(request, JSON, KIB * 1024).await?;
            if !is_json {
                return Err(Error::UnsupportedMediaType(JSON));
            }
            parse(&bytes)
        };
        Ok(Self(read.await))
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for Action<T> {
    type Rejection = Infallible;

    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        let read = async {
            let (is_json, bytes) = receive(request, JSON, ACTION).await?;
            match (bytes.is_empty(), is_json) {
                (true, _) => Ok(Content { value: T::default(), canonical: "{}".into() }),
                (false, false) => Err(Error::UnsupportedMediaType(JSON)),
                (false, true) => parse(&bytes),
            }
        };
        Ok(Self(Body(read.await)))
    }
}

/// A form as it came, for who has to look at all of it before anything in it: of so many bytes at most, and strangers who
/// send much share the room for it.
pub async fn receive_form(request: Request, most: usize) -> Result<Bytes> {
    match receive(request, FORM, most).await? {
        (true, form) => Ok(form),
        (false, _) => Err(Error::UnsupportedMediaType(FORM)),
    }
}

/// The body, if it has no more than so many bytes, and whether it calls itself what is wanted.
pub(super) async fn receive(request: Request, wanted: &str, most: usize) -> Result<(bool, Bytes)> {
    let is_wanted = is_of_kind(request.headers(), wanted);
    Ok((is_wanted, buffer(request, most).await?))
}

/// The body, if it has no more than so many bytes and comes whole and in time. One that announces more is not read.
pub(super) async fn buffer(request: Request, most: usize) -> Result<Bytes> {
    if announced(&request).is_some_and(|length| length > most) {
        return Err(Error::TooLarge(most));
    }
    let _room = Sender::of(&request, most).room().await?;
    match timeout(WHOLE, to_bytes(request.into_body(), most)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_over_limit(&error) => Err(Error::TooLarge(most)),
        Ok(Err(_)) => Err(Error::Malformed("the body ended before it was whole".into())),
        Err(_) => Err(Error::Malformed("the body took too long".into())),
    }
}

/// How many bytes the body says it has, in a header that the listener holds it to.
pub(super) fn announced(request: &Request) -> Option<usize> {
    header(request.headers(), &CONTENT_LENGTH)?.parse().ok()
}

fn header<'a>(headers: &'a HeaderMap<HeaderValue>, name: &axum::http::HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Whether a body calls itself that, whatever it says about its characters.
pub(super) fn is_of_kind(headers: &HeaderMap, kind: &str) -> bool {
    let essence = header(headers, &CONTENT_TYPE).and_then(|kind| kind.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(kind)
}

fn is_over_limit(error: &axum::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(error) = cause {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<Content<T>> {
    let json: Value =
        serde_json::from_slice(bytes).map_err(|error| Error::Malformed(format!("the body is not JSON: {error}")))?;
    let canonical = canonical(json.clone());
    serde_path_to_error::deserialize::<_, T>(Strict(json)).map_err(|error| field_error(&error))?;
    // Read once more from the text: a `Value` has already forgotten a member that stood twice.
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| field_error(&error))?;
    Ok(Content { value, canonical })
}

/// The same text for two bodies that say the same: members in order, and the id as ids are written.
fn canonical(mut json: Value) -> String {
    if let Some(Value::String(id)) = json.get_mut("id") {
        id.make_ascii_lowercase();
    }
    json.to_string()
}

/// Names the field. serde reports a missing or unknown member at its parent, with the name in the sentence.
pub(super) fn field_error(error: &serde_path_to_error::Error<impl std::fmt::Display>) -> Error {
    let sentence = error.inner().to_string();
    let sentence = sentence.split(" at line ").next().unwrap_or_default().trim();
    let named = sentence.split('`').nth(1);
    let (member, detail) = match named {
        Some(name) if sentence.starts_with("missing field") => (Some(name), "is required".to_owned()),
        Some(name) if sentence.starts_with("unknown field") => (Some(name), "is not known here".to_owned()),
        Some(name) if sentence.starts_with("duplicate field") => (Some(name), "stands twice".to_owned()),
        _ => (None, sentence.to_owned()),
    };
    let mut field = path(error.path());
    if let Some(member) = member
        && field.rsplit('.').next() != Some(member)
    {
        field = if field.is_empty() { member.to_owned() } else { format!("{field}.{member}") };
    }
    if field.is_empty() {
        "body".clone_into(&mut field);
    }
    Error::Invalid(vec![FieldError { field, detail }])
}

fn path(path: &serde_path_to_error::Path) -> String {
    let parts = path.iter().filter_map(|segment| match segment {
        serde_path_to_error::Segment::Seq { index } => Some(index.to_string()),
        serde_path_to_error::Segment::Map { key } => Some(key.clone()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;
    use tokio::time::{Instant, interval};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_body_that_drips_for_ever_is_given_up() {
        let drops = futures_util::stream::unfold(interval(Duration::from_secs(20)), async |mut clock| {
            clock.tick().await;
            Some((Ok::<_, Infallible>(Bytes::from_static(b" ")), clock))
        });
        let request = Request::new(axum::body::Body::from_stream(drops.boxed()));
        let began = Instant::now();
        let Ok(body) = Body::<Value>::from_request(request, &()).await;
        assert!(matches!(body.get(), Err(Error::Malformed(_))));
        assert_eq!(began.elapsed(), WHOLE);
    }
}
