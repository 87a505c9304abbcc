//! `/conversations`.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{Conversation, ConversationStatus, queries};
use crate::auth::Manager;
use crate::db::NamedConstraint as _;
use crate::error::{Conflict, Error, Result};
use crate::ids::{ConversationId, CustomerId};
use crate::text::{Line, not_null};
use crate::web::{At, Body, Created, Cursor, Json, List, Paging, Params};

/// Tells the cursors of this list from those of others.
const LIST: u8 = b't';

/// With whom to begin a conversation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConversation {
    id: Option<ConversationId>,
    customer_id: CustomerId,
    subject: Option<Line<500>>,
}

/// What may be changed of a conversation.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConversationChange {
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    status: Option<ConversationStatus>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    read: Option<bool>,
}

/// The conversations, the one where something was said last first.
#[utoipa::path(get, path = "/conversations", operation_id = "listConversations", tag = "Conversations")]
pub async fn list(manager: Manager, params: Params<Paging>) -> Result<Json<List<Conversation>>> {
    let (Paging { limit, .. }, behind) = params.in_list(LIST).accept(&manager).await?;
    let conversations = manager.read(queries::list(limit, behind)).await?;
    Ok(Json(List::page(LIST, conversations, limit, |x| Cursor { at: x.active_at, id: x.id.uuid() })))
}

/// One conversation.
#[utoipa::path(get, path = "/conversations/{id}", operation_id = "showConversation", tag = "Conversations")]
pub async fn show(manager: Manager, At(id): At<ConversationId>) -> Result<Json<Conversation>> {
    manager.read(queries::find(id)).await.map(Json)
}

/// Begins a conversation with a customer; the open one is answered if there is one.
#[utoipa::path(
    post, path = "/conversations", operation_id = "beginConversation", tag = "Conversations",
    responses((status = 409, description = "id-taken"))
)]
pub async fn begin(manager: Manager, body: Body<NewConversation>) -> Result<Created<Conversation>> {
    let NewConversation { id, customer_id, subject } = body.accept(&manager).await?;
    let id = id.unwrap_or_default();
    let (is_customer, is_new, active, with_id) = manager
        .write((
            queries::hold_customer(customer_id),
            queries::begin_with(customer_id, id, subject),
            queries::find_active(customer_id),
            queries::find_any(id),
        ))
        .await?;
    if !is_customer {
        return Err(Error::invalid("customer_id", "is not a customer of this shop"));
    }
    match active.or(with_id.filter(|kept| kept.customer_id == customer_id)) {
        Some(conversation) if is_new => Ok(Created::Now(conversation)),
        Some(conversation) => Ok(Created::Before(conversation)),
        None => Err(Conflict::IdTaken.into()),
    }
}

/// Closes or reopens a conversation, or notes that it was read.
#[utoipa::path(
    patch, path = "/conversations/{id}", operation_id = "changeConversation", tag = "Conversations",
    responses((status = 409, description = "duplicate"))
)]
pub async fn change(
    manager: Manager,
    At(id): At<ConversationId>,
    body: Body<ConversationChange>,
) -> Result<Json<Conversation>> {
    let (write, _) = manager.begin((queries::hold(id), queries::find(id))).await?;
    let ConversationChange { status, read } = body.get()?;
    let saved = write.commit((queries::save(id, status, read), queries::find(id))).await;
    let ((), conversation) = saved.on_constraint("conversations_one_active", other_is_active)?;
    Ok(Json(conversation))
}

/// A customer has one active conversation; what is said in another one would go unseen.
pub(super) fn other_is_active() -> Error {
    Conflict::Duplicate { field: "status", detail: "another conversation with this customer is active" }.into()
}
