//! Logging in and out in a browser. Whoever is not logged in is asked to on the way to where they want to go; what they
//! had typed when their session ended is carried along.

use askama::Template;
use axum::Extension;
use axum::extract::{Request, State};
use axum::http::header::{RETRY_AFTER, SET_COOKIE};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::accounts_api::{self, Session};
use crate::auth::Staff;
use crate::auth::cookie::SessionCookie;
use crate::auth::password::Hasher;
use crate::db::Database;
use crate::error::{Error, Result, Told};
use crate::role::Role;
use crate::web::{Client, Filled, Form, New, Page, Params, Throttles, keep_form};

/// Where the shop's people begin.
pub(super) const HOME: &str = "/board";
/// Where mechanics do.
const WORK: &str = "/work";
/// The fields that the log-in form carries along: where to go on, and what was to be sent there.
const TO: &str = "to";
const KEPT: &str = "kept";
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
const UNPROCESSABLE: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

#[derive(Template)]
#[template(path = "users/log_in.html")]
struct LogInPage {
    form: Filled,
    /// What is to be told above the form.
    words: String,
}

#[derive(Template)]
#[template(path = "users/go_on.html")]
struct GoOnPage {
    to: String,
    fields: Vec<(String, String)>,
}

/// Where to go after logging in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    to: String,
}

/// `GET /`: to the board, or what this is for whoever is not logged in.
pub async fn index(Extension(cookie): Extension<SessionCookie>, headers: HeaderMap) -> Response {
    #[derive(Template)]
    #[template(path = "index.html")]
    struct IndexPage;
    match cookie.token(&headers) {
        Some(_) => Redirect::to(HOME).into_response(),
        None => Page(IndexPage).into_response(),
    }
}

/// `GET /login`.
pub async fn show(params: Params<Wish>) -> Page<impl Template> {
    let (wish, _) = params.or_default();
    Page(LogInPage { form: Filled::with([(TO, wish.to)]), words: String::new() })
}

/// `POST /login`.
pub async fn log_in(
    State(database): State<Database>,
    State(hasher): State<Hasher>,
    State(throttles): State<Throttles>,
    Extension(cookie): Extension<SessionCookie>,
    client: Client,
    form: Form,
) -> Result<Response> {
    let credentials = form.without(&[TO, KEPT]).body();
    match accounts_api::log_in(State(database), State(hasher), State(throttles), client, credentials).await {
        Ok(New(session)) => Ok(let_in(cookie, &session.token, go_on(&form, session.home()))),
        Err(error @ (Error::WrongLogin | Error::Invalid(_) | Error::TooMany(_))) => {
            let words = match &error {
                Error::Invalid(_) => "Enter your e-mail and your password.".to_owned(),
                told => format!("Sorry: {}.", told.public_detail()),
            };
            let page = Page(LogInPage { form: form.again(Error::Invalid(Vec::new()))?, words });
            // Not 401: the browser is not to be asked for anything but this form.
            Ok(match error {
                Error::TooMany(wait) => (error.status(), [(RETRY_AFTER, wait.as_secs() + 1)], page).into_response(),
                _ => (UNPROCESSABLE, page).into_response(),
            })
        }
        Err(error) => Err(error),
    }
}

/// `POST /logout`.
pub async fn log_out(staff: Staff, Extension(cookie): Extension<SessionCookie>) -> Result<Response> {
    accounts_api::log_out(staff).await?;
    // What the browser remembers of the shop's pages goes with the session.
    let forgotten = [(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\"")), (SET_COOKIE, cookie.forget())];
    Ok((AppendHeaders(forgotten), Redirect::to("/login")).into_response())
}

/// Answers with a cookie that lets its browser in from now on.
pub(super) fn let_in(cookie: SessionCookie, token: &str, answer: Response) -> Response {
    ([(SET_COOKIE, cookie.keep(token))], answer).into_response()
}

impl Session {
    /// Where their day begins: at the board, or at the cars that are theirs.
    fn home(&self) -> &'static str {
        match self.user.role {
            Role::ShopManager => HOME,
            Role::Mechanic => WORK,
        }
    }
}

/// Where they wanted to go, or what they wanted to send before their session ended.
fn go_on(form: &Form, home: &'static str) -> Response {
    let to = form.own_address(TO).unwrap_or(home);
    // Logged out they were already.
    if !form.has(KEPT) || to == "/logout" {
        return Redirect::to(if to == "/logout" { home } else { to }).into_response();
    }
    let fields = form_urlencoded::parse(form.typed(KEPT).as_bytes()).into_owned().collect();
    Page(GoOnPage { to: to.to_owned(), fields }).into_response()
}

/// Asks whoever is not logged in to do so, on the way to the page that they wanted. A form that was sent is kept, to be
/// sent again afterwards.
pub async fn ask_to_log_in(request: Request, next: Next) -> Response {
    let uri = request.uri().clone();
    let (request, kept) = match keep_form(request).await {
        Ok(received) => received,
        Err(error) => return error.into_response(),
    };
    let response = next.run(request).await;
    let is_stranger =
        matches!(response.extensions().get(), Some(Told(error)) if matches!(**error, Error::Unauthorized));
    if !is_stranger {
        return response;
    }
    let to = uri.path_and_query().map_or(HOME, PathAndQuery::as_str);
    match kept {
        Some(kept) => {
            let form = Filled::with([(TO, to.to_owned()), (KEPT, kept)]);
            let words = "You were logged out meanwhile. Log in, and nothing that you entered is lost.".to_owned();
            (UNPROCESSABLE, Page(LogInPage { form, words })).into_response()
        }
        None if to == HOME => Redirect::to("/login").into_response(),
        None => Redirect::to(&format!("/login?to={}", utf8_percent_encode(to, NON_ALPHANUMERIC))).into_response(),
    }
}
