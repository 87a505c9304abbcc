//! Signing a shop up, logging in and out, one's own password.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{User, queries};
use crate::auth::Staff;
use crate::auth::password::Hasher;
use crate::auth::token::SessionToken;
use crate::db::{Database, NamedConstraint as _, SignUp};
use crate::error::{Conflict, Error, Result};
use crate::ids::{ShopId, UserId};
use crate::shops::{self, Address, Settings, SettingsChange, Shop};
use crate::text::{Change, Email, Line, Password, PhoneInput, Secret};
use crate::web::{Body, Client, Created, Gone, Json, New, Throttles};

/// A shop that signs up, with its first manager.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    id: Option<ShopId>,
    shop: NewShop,
    user: NewManager,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewShop {
    name: Line<255>,
    phone: Option<PhoneInput>,
    email: Option<Email>,
    #[serde(default)]
    address: Address,
    #[serde(default)]
    settings: Change<SettingsChange>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewManager {
    email: Email,
    password: Password,
    first_name: Line<100>,
    last_name: Line<100>,
}

/// What somebody logs in with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LogIn {
    email: Email,
    password: Secret,
}

/// A change of one's own password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    current: Secret,
    new: Password,
}

/// Who somebody is and where.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    user: User,
    shop: Shop,
}

/// The same with the token that says so from now on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    pub(super) user: User,
    shop: Shop,
    pub(super) token: String,
}

/// Signs a shop up. The same id with the same words is answered with a new session instead of a second shop.
#[utoipa::path(
    post, path = "/shops", operation_id = "signUp", tag = "Accounts",
    responses((status = 409, description = "id-taken, duplicate"))
)]
pub async fn sign_up(
    State(database): State<Database>,
    State(hasher): State<Hasher>,
    State(throttles): State<Throttles>,
    client: Client,
    body: Body<NewAccount, { shops::api::MOST_KIB }>,
) -> Result<Created<Session>> {
    let said = body.canonical().to_owned();
    let new = body.get()?;
    throttles.sign_up(client)?;
    let shop = new.id.unwrap_or_default();
    let digest = match new.id {
        Some(id) => Some(hasher.fingerprint(said, *id.uuid().as_bytes()).await?),
        None => None,
    };
    let settings = Settings::default().changed(new.shop.settings);
    let phone = new.shop.phone.map(|typed| typed.read("shop.phone", settings.country)).transpose()?;
    let password_hash = hasher.hash(&new.user.password).await?;
    let account = SignUp {
        shop,
        name: &new.shop.name,
        phone,
        email: new.shop.email.as_ref(),
        address: &new.shop.address,
        settings: &settings,
        digest,
        user: UserId::new(),
        login: &new.user.email,
        password_hash: &password_hash,
        first_name: &new.user.first_name,
        last_name: &new.user.last_name,
    };
    let token = SessionToken::new(shop);
    let is_new = database.sign_up(account, token.hash()).await.on_constraint("users_email_key", || {
        Conflict::Duplicate { field: "user.email", detail: "already belongs to somebody; log in instead" }.into()
    })?;
    let session = session(&database, token).await?;
    Ok(if is_new { Created::Now(session) } else { Created::Before(session) })
}

/// Logs in. An unknown address and a wrong password are answered alike, after the same work and just as often.
#[utoipa::path(
    post, path = "/sessions", operation_id = "logIn", tag = "Accounts",
    responses((status = 401, description = "wrong"))
)]
pub async fn log_in(
    State(database): State<Database>,
    State(hasher): State<Hasher>,
    State(throttles): State<Throttles>,
    client: Client,
    body: Body<LogIn, 16>,
) -> Result<New<Session>> {
    let LogIn { email, password } = body.get()?;
    let attempt = throttles.log_in(&email, client)?;
    let login = database.find_login(&email).await?;
    let hash = login.as_ref().map(|login| login.password_hash.as_str());
    let is_right = hasher.is_right(&password, hash).await?;
    let login = login.filter(|_| is_right).ok_or(Error::WrongLogin)?;
    attempt.succeeded();
    let token = SessionToken::new(login.shop);
    if !database.open_session(&email, &login.password_hash, token.hash()).await? {
        return Err(Error::WrongLogin);
    }
    session(&database, token).await.map(New)
}

/// Logs out: the token that asked lets nobody in any more.
#[utoipa::path(delete, path = "/sessions/current", operation_id = "logOut", tag = "Accounts")]
pub async fn log_out(staff: Staff) -> Result<Gone> {
    staff.write_even_if_inactive(queries::end_session(staff.bearer())).await?;
    Ok(Gone)
}

/// Who is asking.
#[utoipa::path(get, path = "/me", operation_id = "showMe", tag = "Accounts")]
pub async fn me(staff: Staff) -> Result<Json<Me>> {
    let (user, shop) = staff.read((queries::find_self(), shops::find())).await?;
    Ok(Json(Me { user, shop }))
}

/// Changes one's own password and ends one's other sessions. A wrong present one counts like a log-in's, so that whoever
/// finds a session open can't guess at it.
#[utoipa::path(post, path = "/me/password", operation_id = "changePassword", tag = "Accounts")]
pub async fn change_password(
    staff: Staff,
    State(hasher): State<Hasher>,
    State(throttles): State<Throttles>,
    client: Client,
    body: Body<NewPassword, 16>,
) -> Result<Gone> {
    let (me, kept) = staff.write((queries::find_self(), queries::own_password_hash())).await?;
    let NewPassword { current, new } = body.get()?;
    let attempt = throttles.log_in(&me.email, client)?;
    if !hasher.is_right(&current, Some(&kept)).await? {
        // The answer to the first request was lost, and this is the second.
        return demand_done(&hasher, &new, &kept).await;
    }
    attempt.succeeded();
    let hash = hasher.hash(&new).await?;
    if staff.write(queries::change_own_password(kept, hash, staff.bearer())).await? {
        return Ok(Gone);
    }
    // Somebody was faster: the same request, where it was sent twice at once.
    let kept = staff.write(queries::own_password_hash()).await?;
    demand_done(&hasher, &new, &kept).await
}

/// Takes a change for done where the password is the wanted one already.
async fn demand_done(hasher: &Hasher, wanted: &Password, kept: &str) -> Result<Gone> {
    let is_done = hasher.is_right(&Secret::from(wanted.as_str().to_owned()), Some(kept)).await?;
    if is_done { Ok(Gone) } else { Err(Error::invalid("current", "is not right")) }
}

async fn session(database: &Database, token: SessionToken) -> Result<Session> {
    let staff = database.by_session(token.shop(), token.hash(), None);
    let (user, shop) = staff.read((queries::find_self(), shops::find())).await?;
    Ok(Session { user, shop, token: token.reveal() })
}
