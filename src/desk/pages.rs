//! `/account`: who one is here, one's own password, and the way out.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::{Desk, Here};
use crate::auth::Staff;
use crate::auth::password::Hasher;
use crate::error::Result;
use crate::users::accounts_api;
use crate::web::{Client, Filled, Form, Page, Params, Throttles};

#[derive(Template)]
#[template(path = "desk/account.html")]
struct AccountPage {
    desk: Desk,
    form: Filled,
    is_changed: bool,
}

/// What has just been done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    done: String,
}

/// `GET /account`.
pub async fn show(staff: Staff, params: Params<Done>) -> Result<Response> {
    let is_changed = params.or_default().0.done == "password";
    page(&staff, Filled::default(), is_changed).await
}

/// `POST /account/password`.
pub async fn change_password(
    staff: Staff,
    State(hasher): State<Hasher>,
    State(throttles): State<Throttles>,
    client: Client,
    form: Form,
) -> Result<Response> {
    match accounts_api::change_password(staff.clone(), State(hasher), State(throttles), client, form.body()).await {
        Ok(_) => Ok(Redirect::to("/account?done=password").into_response()),
        Err(error) => {
            let page = page(&staff, form.again(error)?, false).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

async fn page(staff: &Staff, form: Filled, is_changed: bool) -> Result<Response> {
    let around = staff.read(Desk::read()).await?;
    let desk = Desk::new(staff, around, Here::Account);
    Ok(Page(AccountPage { desk, form, is_changed }).into_response())
}
