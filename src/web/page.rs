//! Pages, and the face of errors for people.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};

use crate::error::Error;

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
}

#[derive(Template)]
#[template(path = "index.html")]
struct IndexPage;

/// `/`: says what this is.
pub async fn index() -> impl IntoResponse {
    Page(IndexPage)
}

/// Every address that leads nowhere: told to programs below `/api/`, to people elsewhere.
pub async fn missing(uri: Uri) -> Response {
    if uri.path().starts_with("/api/") {
        Error::NotFound.into_response()
    } else {
        PageError(Error::NotFound).into_response()
    }
}

/// Pages load what this server serves and nothing else, and no script or style stands in them.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

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
        let status = self.0.status();
        let title = match status {
            StatusCode::NOT_FOUND => "Nothing here",
            StatusCode::SERVICE_UNAVAILABLE => "One moment, please",
            _ => "That did not work",
        };
        let words = match status {
            StatusCode::NOT_FOUND => "This address leads nowhere. Check that the whole link was copied.".to_owned(),
            StatusCode::SERVICE_UNAVAILABLE => {
                "We can't reach our records right now. Try again in a minute.".to_owned()
            }
            _ => format!("Sorry: {}.", self.0.public_detail()),
        };
        (status, Page(ErrorPage { title, words })).into_response()
    }
}
