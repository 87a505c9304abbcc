//! `/team`: everybody who works here, and adding somebody.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::{Member, new_password, queries};
use crate::auth::Manager;
use crate::auth::password::Hasher;
use crate::desk::{Desk, Here};
use crate::error::{Conflict, Error, Result};
use crate::ids::UserId;
use crate::shops::Shop;
use crate::text::Email;
use crate::users::api;
use crate::web::{Created, Filled, Form, Page};

#[derive(Template)]
#[template(path = "team/team.html")]
struct TeamPage {
    desk: Desk,
    team: Vec<Member>,
    form: Filled,
}

#[derive(Template)]
#[template(path = "team/password.html")]
pub(super) struct PasswordPage {
    pub(super) desk: Desk,
    pub(super) id: UserId,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) password: String,
    pub(super) is_new_here: bool,
}

/// `GET /team`.
pub async fn show(manager: Manager) -> Result<Response> {
    let form = Filled::with([("id", UserId::new().to_string()), ("role", "mechanic".to_owned())]);
    page(&manager, form).await
}

/// `POST /team`: adds somebody, with a password that is shown this once.
pub async fn add(manager: Manager, State(hasher): State<Hasher>, form: Form) -> Result<Response> {
    let around = manager.read(Desk::read()).await?;
    let desk = Desk::new(&manager, around, Here::Team);
    let password = new_password();
    match api::add(manager.clone(), State(hasher), form.with("password", &password).body()).await {
        Ok(Created::Now(added) | Created::Before(added)) => {
            let (id, name, email) = (added.id, added.name(), added.email.as_str().to_owned());
            Ok(Page(PasswordPage { desk, id, name, email, password, is_new_here: true }).into_response())
        }
        // The answer to this very form was lost, and with it the password: on their page another one is made.
        Err(Error::Conflict(Conflict::IdTaken)) => {
            Ok(Redirect::to(&format!("/team/{}?done=added-before", form.typed("id"))).into_response())
        }
        Err(error) => {
            let form = judged(&manager, form.again(error)?, &desk.shop, None).await?;
            let page = page(&manager, form).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// The form about somebody with all that is wrong with it, so that it is mended at once; `own` is the e-mail that they log in
/// with already.
pub(super) async fn judged(manager: &Manager, form: Filled, shop: &Shop, own: Option<&Email>) -> Result<Filled> {
    let form = form.also_phone("phone", shop.settings.country)?;
    match form.value("email").parse::<Email>() {
        Ok(email) if own != Some(&email) => form.also(api::demand_free(manager, email).await),
        _ => Ok(form),
    }
}

async fn page(manager: &Manager, form: Filled) -> Result<Response> {
    let (around, team) = manager.read((Desk::read(), queries::team())).await?;
    let desk = Desk::new(manager, around, Here::Team);
    Ok(Page(TeamPage { desk, team, form }).into_response())
}

impl TeamPage {
    /// Whether nobody but whoever looks at it works here yet.
    fn is_alone(&self) -> bool {
        self.team.len() == 1
    }

    fn is_self(&self, member: &Member) -> bool {
        member.person.id == self.desk.person.id
    }
}
