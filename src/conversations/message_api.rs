//! `/conversations/{id}/messages`.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::api::other_is_active;
use super::queries;
use super::wording::{MAX_CHARACTERS, first_text};
use super::{Conversation, Message, Outgoing, Texting, Wake};
use crate::auth::Manager;
use crate::db::NamedConstraint as _;
use crate::error::{Conflict, Error, Result};
use crate::ids::{ConversationId, MessageId};
use crate::shops::{self, Shop};
use crate::text::{Phone, Prose};
use crate::web::operation::Part;
use crate::web::{Action, At, Body, Created, Cursor, Json, List, Paging, Params};

/// Tells the cursors of this list from those of others.
const LIST: u8 = b'm';

impl Part for State<Texting> {}
impl Part for State<Wake> {}

/// What to say.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    id: Option<MessageId>,
    content: Prose<{ MAX_CHARACTERS }>,
}

/// An action without words.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// The texts of a conversation, the latest first.
#[utoipa::path(get, path = "/conversations/{id}/messages", operation_id = "listMessages", tag = "Conversations")]
pub async fn list(
    manager: Manager,
    At(conversation): At<ConversationId>,
    params: Params<Paging>,
) -> Result<Json<List<Message>>> {
    let ((Paging { limit, .. }, behind), complaint) = params.in_list(LIST).or_default();
    let (_, messages) =
        manager.read((queries::find(conversation), queries::list_of(conversation, limit, behind))).await?;
    complaint?;
    Ok(Json(List::page(LIST, messages, limit, |m| Cursor { at: m.created_at, id: m.id.uuid() })))
}

/// Queues a text to the customer; a closed conversation is reopened by it. The same id with the same words is answered
/// with what was queued then, also where a text would be refused by now.
#[utoipa::path(
    post, path = "/conversations/{id}/messages", operation_id = "sendMessage", tag = "Conversations",
    responses((status = 409, description = "state, duplicate, id-taken, opted-out, no-phone, no-number"))
)]
pub async fn send(
    manager: Manager,
    State(texting): State<Texting>,
    State(wake): State<Wake>,
    At(conversation): At<ConversationId>,
    body: Body<NewMessage>,
) -> Result<Created<Message>> {
    let id = body.peek().and_then(|new| new.id).unwrap_or_default();
    let reads = (
        queries::hold(conversation),
        queries::find(conversation),
        queries::was_texted_in(conversation),
        shops::find(),
        queries::find_message_with_digest(id),
    );
    let (write, ((), thread, was_texted, shop, kept)) = manager.begin(reads).await?;
    let digest = body.digest();
    let NewMessage { content, .. } = body.get()?;
    if kept.is_some() {
        let kept = kept.filter(|(message, _)| message.conversation_id == conversation);
        return Created::judge(None, kept, &digest);
    }
    let content = if was_texted { content.as_str().to_owned() } else { introduced(&shop, &content)? };
    let phone = number_to_text(texting, &shop, &thread)?;
    let outgoing = Outgoing { digest, ..Outgoing::plain(id, thread.customer_id, phone, content) };
    let queued = write.commit((queries::reopen(conversation), queries::enqueue(outgoing))).await;
    let ((), made) = queued.on_constraint("conversations_one_active", other_is_active)?;
    wake.ring();
    made.map(Created::Now).ok_or_else(|| Conflict::IdTaken.into())
}

/// Sends a failed text again, as a new one, where that can help; asked twice, it is still only one.
#[utoipa::path(
    post, path = "/conversations/{id}/messages/{message_id}/retry", operation_id = "retryMessage", tag = "Conversations",
    responses((status = 409, description = "state, duplicate, opted-out, no-phone, no-number"))
)]
pub async fn retry(
    manager: Manager,
    State(texting): State<Texting>,
    State(wake): State<Wake>,
    At((conversation, failed)): At<(ConversationId, MessageId)>,
    Action(body): Action<Nothing>,
) -> Result<Created<Message>> {
    let reads = (
        queries::hold(conversation),
        queries::find(conversation),
        queries::find_in(conversation, failed),
        queries::find_retry_of(failed),
        shops::find(),
    );
    let (write, ((), thread, text, retried, shop)) = manager.begin(reads).await?;
    body.get()?;
    if let Some(retried) = retried {
        return Ok(Created::Before(retried));
    }
    let again = text.again(|| number_to_text(texting, &shop, &thread))?;
    // The link moves on with the new text.
    let changes = (queries::mask_link(failed), queries::reopen(conversation), queries::enqueue(again));
    let queued = write.commit(changes).await;
    let (.., made) = queued.on_constraint("conversations_one_active", other_is_active)?;
    wake.ring();
    made.map(Created::Now).ok_or_else(|| Error::Internal("a text was repeated while its customer was held".into()))
}

fn number_to_text(texting: Texting, shop: &Shop, thread: &Conversation) -> Result<Phone> {
    texting.demand_number(shop)?;
    thread.number_to_text()
}

fn introduced(shop: &Shop, content: &Prose<MAX_CHARACTERS>) -> Result<String> {
    first_text(shop.name.as_str(), content.as_str()).map_err(|refusal| {
        let why = "with the shop's name and how to opt out, which the first text to a number has to say";
        Error::invalid("content", format!("{refusal} {why}"))
    })
}
