//! Pages, and the face of errors for people.

use askama::Template;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use crate::error::{Error, Told};

/// A page out of a template.
pub struct Page<T>(pub T);

/// What a page's handler answers.
pub type PageResult<T> = Result<T, PageError>;

/// An error told to a person.
#[derive(Debug)]
pub struct PageError(Error);

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    title: &'static str,
    words: String,
    /// The page that they come from.
    back: Option<String>,
}

/// Every address that leads nowhere.
pub async fn missing(uri: Uri) -> Response {
    refuse(&uri, Error::NotFound)
}

/// Every address that does not take this method.
pub async fn not_allowed(uri: Uri) -> Response {
    refuse(&uri, Error::MethodNotAllowed)
}

/// Refuses a request before it gets to a handler: told to programs below `/api/`, to people elsewhere.
pub(super) fn refuse(uri: &Uri, error: Error) -> Response {
    if uri.path().starts_with("/api/") { error.into_response() } else { PageError(error).into_response() }
}

/// Pages load what this server serves and nothing else, and no script or style stands in them.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' blob:; connect-src 'self'; \
                      worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        let html = match self.0.render() {
            Ok(html) => html,
            Err(error) => return PageError(Error::Internal(format!("a page: {error}"))).into_response(),
        };
        let mut response = Html(html).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        // Asked for anew each time, because what it shows may be corrected or taken back.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        // The address may hold a secret, so other sites learn nothing of it. Ours do: with less than that a browser calls
        // where a form was sent from `null`, which is no better than another site.
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
        response
    }
}

impl From<Error> for PageError {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        self.0.log();
        told_to_people(&self.0, None)
    }
}

/// What was refused on an address for people is told on a page: by a handler, or by what stands before it.
pub async fn tell_people(request: Request, next: Next) -> Response {
    let back = came_from(request.headers());
    let response = next.run(request).await;
    match response.extensions().get::<Told>() {
        Some(Told(error)) => told_to_people(error, back),
        None => response,
    }
}

/// The page of ours that led here, as an address on this server.
fn came_from(headers: &HeaderMap) -> Option<String> {
    let from: Uri = headers.get(header::REFERER)?.to_str().ok()?.parse().ok()?;
    let is_ours = from.authority()?.as_str().as_bytes() == headers.get(header::HOST)?.as_bytes();
    // A second slash would make it another server's.
    let address = from.path_and_query()?.as_str();
    (is_ours && !address.starts_with("//")).then(|| address.to_owned())
}

fn told_to_people(error: &Error, back: Option<String>) -> Response {
    let status = error.status();
    let title = match status {
        StatusCode::NOT_FOUND => "Nothing here",
        StatusCode::FORBIDDEN => "Not for you",
        StatusCode::METHOD_NOT_ALLOWED => "Nothing to see here",
        StatusCode::SERVICE_UNAVAILABLE => "One moment, please",
        _ => "That did not work",
    };
    let words = match status {
        StatusCode::NOT_FOUND => "This address leads nowhere. Check that the whole link was copied.".to_owned(),
        StatusCode::METHOD_NOT_ALLOWED => "This address only takes what a page of ours sends it.".to_owned(),
        StatusCode::SERVICE_UNAVAILABLE => "We can't reach our records right now. Try again in a minute.".to_owned(),
        _ => format!("Sorry: {}.", error.public_detail()),
    };
    let mut response = (status, Page(ErrorPage { title, words, back })).into_response();
    if let Some(wait) = error.answer().headers_mut().remove(header::RETRY_AFTER) {
        response.headers_mut().insert(header::RETRY_AFTER, wait);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_of_ours_is_led_back_to() {
        for (referer, back) in [
            ("https://garage.example/inspections/7?x=1", Some("/inspections/7?x=1")),
            ("https://garage.example", Some("/")),
            ("https://garage.example//elsewhere.example/", None),
            ("https://elsewhere.example/board", None),
            ("https://garage.example.elsewhere.example/board", None),
            ("/board", None),
            ("garage.example", None),
        ] {
            let headers = [(header::HOST, "garage.example"), (header::REFERER, referer)];
            let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
            assert_eq!(came_from(&headers.into_iter().collect()).as_deref(), back, "{referer}");
        }
    }
}
