//! `/log-in/{code}`: a phone comes in by a code that a manager shows it. Opening the page changes nothing, because cameras
//! and previews open links before people do; the button on it uses the code up.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::log_in_pages::{HOME, let_in};
use crate::auth::cookie::SessionCookie;
use crate::auth::token::{LinkToken, SessionToken};
use crate::db::{CodeLogin, Database};
use crate::error::Result;
use crate::web::{At, Page};

#[derive(Template)]
#[template(path = "users/code.html")]
struct CodePage {
    /// Whom the code lets in; nobody where it has ended, or never was one.
    login: Option<CodeLogin>,
}

/// `GET /log-in/{code}`.
pub async fn show(State(database): State<Database>, At(code): At<Option<LinkToken>>) -> Result<Response> {
    Ok(page(find(&database, code.as_ref()).await?))
}

/// `POST /log-in/{code}`.
pub async fn log_in(
    State(database): State<Database>,
    Extension(cookie): Extension<SessionCookie>,
    At(code): At<Option<LinkToken>>,
) -> Result<Response> {
    let (Some(login), Some(code)) = (find(&database, code.as_ref()).await?, code) else { return Ok(page(None)) };
    let token = SessionToken::new(login.shop);
    if database.redeem_login_code(code.hash(), token.hash()).await? {
        Ok(let_in(cookie, &token.reveal(), Redirect::to(HOME).into_response()))
    } else {
        Ok(page(None))
    }
}

async fn find(database: &Database, code: Option<&LinkToken>) -> Result<Option<CodeLogin>> {
    match code {
        Some(code) => database.find_login_code(code.hash()).await,
        None => Ok(None),
    }
}

fn page(login: Option<CodeLogin>) -> Response {
    let status = if login.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    (status, Page(CodePage { login })).into_response()
}
