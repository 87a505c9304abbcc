//! `/sandbox/messages`: the customers' phones, while texts stay in this server.

use axum::extract::State;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::inbound::{Inbound, Receipt, Told, receive};
use super::sandbox::SANDBOX;
use super::wording::MAX_CHARACTERS;
use super::{Message, queries};
use crate::auth::Staff;
use crate::db::{Database, NamedConstraint as _};
use crate::error::{Conflict, Error, Result};
use crate::ids::MessageId;
use crate::shops;
use crate::text::{PhoneInput, Prose};
use crate::web::{Body, Created, Cursor, Json, Limit, List, Params};

/// Whose phone, and which page of it.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
pub struct Page {
    /// Whose phone; every one of the shop's customers where there is none.
    #[param(inline, nullable = false)]
    phone: Option<PhoneInput>,
    /// How long the page is.
    #[param(inline)]
    limit: Limit,
    /// Where it begins; at the beginning of the list where there is none.
    #[param(inline, nullable = false)]
    cursor: Cursor,
}

/// What somebody texts to the shop.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewText {
    id: Option<MessageId>,
    from: PhoneInput,
    content: Prose<{ MAX_CHARACTERS }>,
}

/// What a phone shows, or every phone of the shop's customers, the latest first.
#[utoipa::path(get, path = "/sandbox/messages", operation_id = "listSandboxMessages", tag = "Sandbox")]
pub async fn list(staff: Staff, params: Params<Page>) -> Result<Json<List<Message>>> {
    let Page { phone, limit, cursor } = params.accept(&staff).await?;
    let shop = staff.read(shops::find()).await?;
    let phone = phone.map(|typed| typed.read("phone", shop.settings.country)).transpose()?;
    let texts = staff.read(queries::list_on_phone(phone, limit, cursor)).await?;
    Ok(Json(List::page(texts, limit, |m| Cursor { at: m.created_at, id: m.id.uuid() })))
}

/// Texts the shop, the way that a provider's texts come in.
#[utoipa::path(
    post, path = "/sandbox/messages", operation_id = "textShop", tag = "Sandbox",
    responses((status = 409, description = "id-taken"))
)]
pub async fn text(staff: Staff, State(database): State<Database>, body: Body<NewText>) -> Result<Created<Message>> {
    let NewText { id, from, content } = body.accept(&staff).await?;
    let (shop, line) = staff.write((shops::find(), queries::line())).await?;
    let id = id.unwrap_or_default();
    let from = from.read("from", shop.settings.country)?;
    let inbound = Inbound {
        id,
        to: line,
        from: from.clone(),
        body: content.as_str().to_owned(),
        provider: SANDBOX,
        provider_message_id: id.to_string(),
        told: Told::default(),
    };
    let received = receive(&database, inbound).await;
    match received.on_constraint("messages_pkey", || Conflict::IdTaken.into())? {
        Receipt::New(message) => Ok(Created::Now(message)),
        Receipt::Known(message) if message.content == content.as_str() && message.phone_number == Some(from) => {
            Ok(Created::Before(message))
        }
        Receipt::Known(_) => Err(Conflict::IdTaken.into()),
        Receipt::Nobody => Err(Error::NotFound),
    }
}
