//! `/team/{id}`: one person's name and role, how they come in, and whether they still may.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::pages::{PasswordPage, judged};
use super::qr::Picture;
use super::{Member, new_password, queries};
use crate::auth::Manager;
use crate::auth::password::Hasher;
use crate::auth::token::LinkToken;
use crate::desk::{Desk, Here};
use crate::error::{Conflict, Error, Result};
use crate::ids::UserId;
use crate::users::{self, User, api};
use crate::web::{At, Filled, Form, Json, Page, Params, PublicUrl};

#[derive(Template)]
#[template(path = "team/person.html")]
struct PersonPage {
    desk: Desk,
    member: Member,
    form: Filled,
    /// Why what was asked for is not done.
    refusal: Option<&'static str>,
    done: String,
}

#[derive(Template)]
#[template(path = "team/code.html")]
struct CodePage {
    desk: Desk,
    person: User,
    address: String,
    picture: Picture,
    good_until: String,
    /// Whether only this very machine finds the address.
    is_loopback: bool,
}

/// What has just been done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    done: String,
}

const LAST_MANAGER: &str =
    "The shop would be left without a manager who can log in. Make somebody else a manager first.";

/// `GET /team/{id}`.
pub async fn show(manager: Manager, At(id): At<UserId>, params: Params<Done>) -> Result<Response> {
    page(&manager, id, None, None, params.or_default().0.done).await
}

/// `POST /team/{id}`: names, role, e-mail, phone.
pub async fn change(
    manager: Manager,
    State(hasher): State<Hasher>,
    At(id): At<UserId>,
    form: Form,
) -> Result<Response> {
    let changed = api::change(manager.clone(), State(hasher), At(id), form.body()).await;
    back(&manager, id, form, changed, "changed").await
}

/// `POST /team/{id}/status`: whether they may come in.
pub async fn set_status(
    manager: Manager,
    State(hasher): State<Hasher>,
    At(id): At<UserId>,
    form: Form,
) -> Result<Response> {
    let done = if form.typed("status") == "active" { "activated" } else { "deactivated" };
    let changed = api::change(manager.clone(), State(hasher), At(id), form.body()).await;
    back(&manager, id, form, changed, done).await
}

/// `POST /team/{id}/password`: another one, shown this once.
pub async fn reset_password(
    manager: Manager,
    State(hasher): State<Hasher>,
    At(id): At<UserId>,
    form: Form,
) -> Result<Response> {
    // Read first: whoever gives themselves a password has ended their own session with it.
    let around = manager.read(Desk::read()).await?;
    let desk = Desk::new(&manager, around, Here::Team);
    let password = new_password();
    let Json(person) = api::change(manager, State(hasher), At(id), form.with("password", &password).body()).await?;
    let (name, email) = (person.name(), person.email.as_str().to_owned());
    Ok(Page(PasswordPage { desk, id, name, email, password, is_new_here: false }).into_response())
}

/// `POST /team/{id}/sessions`: logs them out everywhere.
pub async fn end_sessions(manager: Manager, At(id): At<UserId>) -> Result<Response> {
    let (write, _) = manager.begin(users::find(id)).await?;
    // The code first: whoever is just coming in by it is waited for, and then has a session to be ended.
    write.commit((queries::end_login_code(id), queries::end_sessions(id))).await?;
    Ok(Redirect::to(&format!("/team/{id}?done=logged-out")).into_response())
}

/// `POST /team/{id}/code`: a picture that logs their phone in.
pub async fn make_code(
    manager: Manager,
    State(PublicUrl(base)): State<PublicUrl>,
    At(id): At<UserId>,
) -> Result<Response> {
    let code = LinkToken::new();
    let (write, (around, person)) = manager.begin((Desk::read(), users::find(id))).await?;
    let good_until = write.commit(queries::add_login_code(id, code.hash())).await?;
    let desk = Desk::new(&manager, around, Here::Team);
    let Some(good_until) = good_until else {
        return page(&manager, id, None, Some("They may not log in. Activate them first."), String::new()).await;
    };
    let address = format!("{base}/log-in/{}", code.reveal());
    let (picture, good_until) = (Picture::of(&address)?, desk.time_of_day(&good_until));
    let is_loopback = ["://127.", "://localhost", "://[::1]"].iter().any(|host| base.contains(host));
    Ok(Page(CodePage { desk, person, address, picture, good_until, is_loopback }).into_response())
}

/// The page again, once something was done, or with why it was not.
async fn back<T>(
    manager: &Manager,
    id: UserId,
    form: Form,
    outcome: Result<T>,
    done: &'static str,
) -> Result<Response> {
    let (status, form, refusal) = match outcome {
        Ok(_) => return Ok(Redirect::to(&format!("/team/{id}?done={done}")).into_response()),
        Err(Error::Conflict(Conflict::LastManager)) => (StatusCode::CONFLICT, None, Some(LAST_MANAGER)),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, Some(form.again(error)?), None),
    };
    let page = page(manager, id, form, refusal, String::new()).await?;
    Ok((status, page).into_response())
}

async fn page(
    manager: &Manager,
    id: UserId,
    form: Option<Filled>,
    refusal: Option<&'static str>,
    done: String,
) -> Result<Response> {
    let (around, member) = manager.read((Desk::read(), queries::member(id))).await?;
    let desk = Desk::new(manager, around, Here::Team);
    let form = match form {
        Some(form) => judged(manager, form, &desk.shop, Some(&member.person.email)).await?,
        None => filled(&desk, &member.person),
    };
    Ok(Page(PersonPage { desk, member, form, refusal, done }).into_response())
}

/// What is known of somebody, as the form shows it.
fn filled(desk: &Desk, person: &User) -> Filled {
    let text = |line: Option<String>| line.unwrap_or_default();
    Filled::with([
        ("first_name", text(person.first_name.as_ref().map(ToString::to_string))),
        ("last_name", text(person.last_name.as_ref().map(ToString::to_string))),
        ("email", person.email.as_str().to_owned()),
        ("phone", text(person.phone.as_ref().map(|phone| desk.number(phone)))),
        ("role", person.role.as_str().to_owned()),
    ])
}

impl PersonPage {
    fn is_self(&self) -> bool {
        self.member.person.id == self.desk.person.id
    }

    /// What was done, in words.
    fn news(&self) -> Option<&'static str> {
        Some(match self.done.as_str() {
            "changed" => "Saved.",
            "activated" => "They may log in again, with the password they had.",
            "deactivated" => "They are logged out everywhere and may no longer log in. What they did stays.",
            "logged-out" => "They are logged out everywhere.",
            "added-before" => "They were added before. If you missed the password, make a new one here.",
            _ => return None,
        })
    }
}
