//! Signing a shop up, and one's own account, in a browser.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::accounts_api::{self, Session};
use super::log_in_pages::{HOME, let_in};
use crate::auth::cookie::SessionCookie;
use crate::auth::password::Hasher;
use crate::db::Database;
use crate::error::{Conflict, Error, Result};
use crate::ids::ShopId;
use crate::web::{Client, Created, Filled, Form, Page, Throttles};

#[derive(Template)]
#[template(path = "users/sign_up.html")]
struct SignUpPage {
    form: Filled,
}

/// `GET /signup`.
pub async fn show_sign_up() -> Page<impl Template> {
    // The id is chosen here, so that a form that is sent twice signs up one shop.
    Page(SignUpPage { form: Filled::with([("id", ShopId::new().to_string())]) })
}

/// `POST /signup`.
pub async fn sign_up(
    State(database): State<Database>,
    State(hasher): State<Hasher>,
    State(throttles): State<Throttles>,
    Extension(cookie): Extension<SessionCookie>,
    client: Client,
    form: Form,
) -> Result<Response> {
    let made = accounts_api::sign_up(State(database), State(hasher), State(throttles), client, form.body()).await;
    match made {
        Ok(Created::Now(Session { token, .. }) | Created::Before(Session { token, .. })) => {
            Ok(let_in(cookie, &token, Redirect::to(HOME).into_response()))
        }
        // The form was sent before with other words, and a shop was made of it: this is another one.
        Err(Error::Conflict(Conflict::IdTaken)) => {
            let form = form.again(Error::Invalid(Vec::new()))?.put("id", ShopId::new().to_string());
            let form = form.complain(
                "shop.name",
                "was changed after this form had signed up a shop; send it once more for a second one",
            );
            Ok((StatusCode::CONFLICT, Page(SignUpPage { form })).into_response())
        }
        Err(error) => {
            let form = form.again(error)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(SignUpPage { form })).into_response())
        }
    }
}
