//! `/users`: the shop's team.

use axum::extract::State;

use super::{NewUser, User, UserChange, queries};
use crate::auth::password::Hasher;
use crate::auth::{Manager, Staff};
use crate::db::NamedConstraint as _;
use crate::error::{Conflict, Error, Result};
use crate::ids::UserId;
use crate::shops;
use crate::text::Email;
use crate::web::{At, Body, Created, Cursor, Gone, Json, List, Paging, Params};

/// Tells the cursors of this list from those of others.
const LIST: u8 = b'u';

/// The team.
#[utoipa::path(get, path = "/users", operation_id = "listUsers", tag = "Team")]
pub async fn list(staff: Staff, params: Params<Paging>) -> Result<Json<List<User>>> {
    let (Paging { limit, .. }, behind) = params.in_list(LIST).accept(&staff).await?;
    let users = staff.read(queries::list(limit, behind)).await?;
    Ok(Json(List::page(LIST, users, limit, |user| Cursor { at: user.created_at, id: user.id.uuid() })))
}

/// Somebody of the team.
#[utoipa::path(get, path = "/users/{id}", operation_id = "showUser", tag = "Team")]
pub async fn show(staff: Staff, At(id): At<UserId>) -> Result<Json<User>> {
    staff.read(queries::find(id)).await.map(Json)
}

/// Adds somebody. The same id with the same words is answered with who was added then.
#[utoipa::path(
    post, path = "/users", operation_id = "addUser", tag = "Team",
    responses((status = 409, description = "id-taken, duplicate"))
)]
pub async fn add(manager: Manager, State(hasher): State<Hasher>, body: Body<NewUser>) -> Result<Created<User>> {
    let shop = manager.write(shops::find()).await?;
    let said = body.canonical().to_owned();
    let new = body.get()?;
    let phone = new.phone.as_ref().map(|typed| typed.read("phone", shop.settings.country)).transpose()?;
    let id = new.id.unwrap_or_default();
    let digest = hasher.fingerprint(said, *id.uuid().as_bytes()).await?.to_vec();
    let hash = hasher.hash(&new.password).await?;
    let (is_new, kept) = manager
        .write((queries::add(id, &new, phone, hash, digest.clone()), queries::find_with_digest(id)))
        .await
        .on_constraint("users_email_key", email_taken)?;
    match kept {
        Some((added, _)) if is_new => Ok(Created::Now(added)),
        kept => Created::judge(None, kept, &digest),
    }
}

/// Changes somebody; whoever is deactivated or gets another password is logged out everywhere at once.
#[utoipa::path(
    patch, path = "/users/{id}", operation_id = "changeUser", tag = "Team",
    responses((status = 409, description = "duplicate, last-manager"))
)]
pub async fn change(
    manager: Manager,
    State(hasher): State<Hasher>,
    At(id): At<UserId>,
    body: Body<UserChange>,
) -> Result<Json<User>> {
    manager.write(queries::find(id)).await?;
    let change = body.get()?;
    let hash = match &change.password {
        Some(password) => Some(hasher.hash(password).await?),
        None => None,
    };
    let (write, (shop, user)) = manager.begin((shops::find_for_change(), queries::find(id))).await?;
    let typed = shops::parsed("phone", change.phone.clone(), shop.settings.country)?;
    let profile = queries::save_profile(
        id,
        change.first_name.clone().apply(user.first_name),
        change.last_name.clone().apply(user.last_name),
        typed.apply(user.phone),
    );
    let ((), (), changed) = write
        .commit((queries::change_access(id, &change, hash), profile, queries::find(id)))
        .await
        .on_constraint("users_email_key", email_taken)?;
    Ok(Json(changed))
}

/// Removes somebody; what they did stays.
#[utoipa::path(
    delete, path = "/users/{id}", operation_id = "removeUser", tag = "Team",
    responses((status = 409, description = "last-manager"))
)]
pub async fn remove(manager: Manager, At(id): At<UserId>) -> Result<Gone> {
    let (write, user) = manager.begin(queries::find_even_removed(id)).await?;
    if user.deleted_at.is_none() {
        write.commit(queries::remove(id)).await?;
    }
    Ok(Gone)
}

/// Refuses an e-mail that somebody logs in with already, for a form that is refused anyway. That is known to the database alone,
/// which is asked by writing it down: a transaction that is dropped is undone.
pub async fn demand_free(manager: &Manager, email: Email) -> Result<()> {
    manager.begin(queries::try_email(email)).await.map(drop).on_constraint("users_email_key", email_taken)
}

/// A login that somebody has already, here or in another shop.
fn email_taken() -> Error {
    Conflict::Duplicate { field: "email", detail: "already belongs to somebody's login; take another one" }.into()
}
