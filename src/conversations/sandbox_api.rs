//! `/sandbox/messages`: the customers' phones, while texts stay in this server.

use axum::extract::State;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::inbound::{Inbound, Picture, Receipt, Told, receive_in};
use super::sandbox::SANDBOX;
use super::wording::MAX_CHARACTERS;
use super::{Message, queries};
use crate::auth::Staff;
use crate::db::{NamedConstraint as _, Tenant};
use crate::error::{Conflict, Error, Result};
use crate::ids::{MessageId, PhotoId};
use crate::photos::Lab;
use crate::shops;
use crate::text::{Phone, PhoneInput, Prose};
use crate::web::{At, Body, Bookmark, Created, Cursor, Json, Limit, List, Paged, Params, Upload};

/// Tells the cursors of this list from those of others.
const LIST: u8 = b's';

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
    cursor: Bookmark,
}

impl Paged for Page {
    fn bookmark(&self) -> Bookmark {
        self.cursor
    }
}

/// What somebody texts to the shop.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewText {
    id: Option<MessageId>,
    from: PhoneInput,
    content: Prose<{ MAX_CHARACTERS }>,
}

/// From which phone a picture comes, and what is said with it.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
pub struct Along {
    /// Whose phone.
    #[param(inline, nullable = false, required)]
    from: Option<PhoneInput>,
    /// The words beside the picture, if there are any.
    #[param(inline, nullable = false)]
    content: Option<Prose<{ MAX_CHARACTERS }>>,
}

/// What a phone shows, or every phone of the shop's customers, the latest first.
#[utoipa::path(get, path = "/sandbox/messages", operation_id = "listSandboxMessages", tag = "Sandbox")]
pub async fn list(staff: Staff, params: Params<Page>) -> Result<Json<List<Message>>> {
    let (Page { phone, limit, .. }, behind) = params.in_list(LIST).accept(&staff).await?;
    let shop = staff.read(shops::find()).await?;
    let phone = phone.map(|typed| typed.read("phone", shop.settings.country)).transpose()?;
    let texts = staff.read(queries::list_on_phone(phone, limit, behind)).await?;
    Ok(Json(List::page(LIST, texts, limit, |m| Cursor { at: m.created_at, id: m.id.uuid() })))
}

/// Texts the shop, the way that a provider's texts come in.
#[utoipa::path(
    post, path = "/sandbox/messages", operation_id = "textShop", tag = "Sandbox",
    responses((status = 409, description = "id-taken"))
)]
pub async fn text(staff: Staff, body: Body<NewText>) -> Result<Created<Message>> {
    let NewText { id, from, content } = body.accept(&staff).await?;
    let (shop, line) = staff.write((shops::find(), queries::line())).await?;
    let id = id.unwrap_or_default();
    let from = from.read("from", shop.settings.country)?;
    come_in(&staff, by_phone(id, line, from, content.as_str().to_owned(), Vec::new())).await
}

/// Texts the shop a picture, as a phone does. The same bytes under the same id are answered with the text that they made.
#[utoipa::path(
    put, path = "/sandbox/messages/{id}", operation_id = "textPicture", tag = "Sandbox",
    responses((status = 409, description = "id-taken"))
)]
pub async fn text_picture(
    staff: Staff,
    State(lab): State<Lab>,
    At(id): At<MessageId>,
    params: Params<Along>,
    upload: Upload,
) -> Result<Created<Message>> {
    let (shop, line) = match staff.write((shops::find(), queries::line())).await {
        Ok(known) if !id.uuid().is_nil() => known,
        refused => {
            upload.turn_away().await;
            return Err(refused.err().unwrap_or(Error::NotFound));
        }
    };
    let photo = PhotoId::from(id.uuid());
    let kept = lab.take_in(staff.shop(), photo, upload).await?;
    let (Along { from, content }, complaint) = params.or_default();
    complaint?;
    let from = from.ok_or_else(|| Error::invalid("from", "is needed"))?.read("from", shop.settings.country)?;
    let content = content.map(|content| content.as_str().to_owned()).unwrap_or_default();
    let digest = kept.digest.clone();
    let kept = Picture { id: photo, kept: Some(kept), ..Picture::told(String::new(), None) };
    let answer = come_in(&staff, by_phone(id, line, from, content, vec![kept])).await?;
    if let Created::Before(_) = answer {
        let known = staff.read(queries::find_picture(photo).or_none()).await?;
        if known != Some(digest) {
            return Err(Conflict::IdTaken.into());
        }
    }
    Ok(answer)
}

/// A text as it comes from a phone.
fn by_phone(id: MessageId, to: String, from: Phone, body: String, pictures: Vec<Picture>) -> Inbound {
    let told = Told { pictures, ..Told::default() };
    Inbound { id, to, from, body, provider: SANDBOX, provider_message_id: id.to_string(), told }
}

/// Lets a text come in, to the shop of whoever asks and to no other, whatever number it texts from. The same one once more is
/// answered with what it was the first time.
async fn come_in(shop: &Tenant, text: Inbound) -> Result<Created<Message>> {
    let (from, content) = (text.from.clone(), text.body.clone());
    let received = receive_in(shop, text).await;
    match received.on_constraint("messages_pkey", || Conflict::IdTaken.into())? {
        Receipt::New(message) => Ok(Created::Now(message)),
        Receipt::Known(message) if message.content == content && message.phone_number == Some(from) => {
            Ok(Created::Before(message))
        }
        Receipt::Known(_) => Err(Conflict::IdTaken.into()),
        Receipt::Nobody => Err(Error::NotFound),
    }
}
