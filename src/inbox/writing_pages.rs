//! What the desk does in a conversation. Each form is a face of the operation that programs use.

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::pages::{Reach, Shown, again};
use super::{CONVERSATIONS, queries};
use crate::auth::Manager;
use crate::conversations::wording::LINK;
use crate::conversations::{Texting, Wake, api, consent_api, message_api, obstacle};
use crate::error::{Conflict, Error, FieldError, Result};
use crate::ids::{ConversationId, CustomerId, MessageId};
use crate::reports;
use crate::web::{Action, At, Created, Form, PublicUrl};

/// What handing a text over takes of the program's state.
pub(super) type Sender = (State<PublicUrl>, State<Texting>, State<Wake>);

/// `POST /conversations`: on to the conversation with a customer, which begins where there is none yet.
pub async fn begin(manager: Manager, form: Form) -> Result<Response> {
    let customer = CustomerId::from_path(form.typed("customer_id"));
    let known = manager.read(queries::last_talk_with(customer)).await?;
    let id = if let Some(id) = known {
        id
    } else {
        let (Created::Now(begun) | Created::Before(begun)) = api::begin(manager, form.body()).await?;
        begun.id
    };
    Ok(to(id).into_response())
}

/// `POST /conversations/{id}`: closes it or opens it again, or notes that it was read.
pub async fn change(manager: Manager, reach: Reach, at: At<ConversationId>, form: Form) -> Result<Response> {
    let id = at.0;
    let done = api::change(manager.clone(), at, form.body()).await;
    back(&manager, reach, id, form, done.map(drop)).await
}

/// `POST /conversations/{id}/messages`. Whoever answers has read what there was.
pub async fn send(
    manager: Manager,
    reach: Reach,
    sender: Sender,
    At(id): At<ConversationId>,
    form: Form,
) -> Result<Response> {
    let sent = if form.typed("content").contains(LINK) {
        send_link(manager.clone(), sender, id, &form).await
    } else {
        let (_, texting, wake) = sender;
        message_api::send(manager.clone(), texting, wake, At(id), form.body()).await.map(drop)
    };
    if sent.is_ok() {
        let read = form.without(&["id", "content"]).with("read", "true");
        api::change(manager.clone(), At(id), read.body()).await?;
    }
    back(&manager, reach, id, form, sent).await
}

/// `POST /conversations/{id}/messages/{message_id}/retry`.
pub async fn retry(
    manager: Manager,
    reach: Reach,
    (State(texting), State(wake)): (State<Texting>, State<Wake>),
    at: At<(ConversationId, MessageId)>,
    form: Form,
) -> Result<Response> {
    let (id, _) = at.0;
    let sent = message_api::retry(manager.clone(), State(texting), State(wake), at, Action(form.body())).await;
    back(&manager, reach, id, form, sent.map(drop)).await
}

/// `POST /conversations/{id}/consent`: what the customer told the shop about being texted.
pub async fn note_consent(manager: Manager, reach: Reach, at: At<ConversationId>, form: Form) -> Result<Response> {
    let id = at.0;
    let noted = consent_api::record(manager.clone(), at, form.body()).await;
    back(&manager, reach, id, form, noted.map(drop)).await
}

/// A text with a link to the report that went out last: links are kept as hashes only, so this is a new one.
async fn send_link(manager: Manager, sender: Sender, id: ConversationId, form: &Form) -> Result<()> {
    let report = manager.read(queries::last_report(id)).await?;
    let Some(report) = report else {
        return Err(Error::invalid("content", "asks for a link, but no report is with this customer"));
    };
    let text = form.without(&["content"]).with("via", "sms").with("text", form.typed("content"));
    // Without an id the report would only be handed over.
    let text = if text.has("id") { text } else { text.with("id", &MessageId::new().to_string()) };
    let (public_url, texting, wake) = sender;
    let sent = reports::api::send(manager, public_url, texting, wake, At(report), Action(text.body())).await;
    sent.map(drop).map_err(about_the_box)
}

/// What is wrong with the text of a report is mended where it was typed.
fn about_the_box(error: Error) -> Error {
    match error {
        Error::Invalid(fields) => {
            let of_box = |complaint| FieldError { field: "content".into(), ..complaint };
            Error::Invalid(fields.into_iter().map(of_box).collect())
        }
        error => error,
    }
}

fn to(id: ConversationId) -> Redirect {
    Redirect::to(&format!("{CONVERSATIONS}/{id}"))
}

/// Back to the conversation: as it is now, or with what stands in the way.
async fn back(manager: &Manager, reach: Reach, id: ConversationId, form: Form, done: Result<()>) -> Result<Response> {
    let (complaint, refusal) = match done {
        Ok(()) => return Ok(to(id).into_response()),
        Err(Error::Conflict(conflict)) => (Error::Invalid(Vec::new()), Some(in_words(&conflict))),
        Err(error) => (error, None),
    };
    again(manager, reach, id, Shown { form: form.again(complaint)?, refusal }).await
}

/// What stands in the way, as the desk says it.
fn in_words(conflict: &Conflict) -> String {
    match conflict {
        Conflict::IdTaken => "This was sent already, in other words: look above before you send it once more.".into(),
        Conflict::Duplicate { .. } => "Another conversation with this customer goes on: write there.".into(),
        Conflict::State { .. } => "That is no longer possible. This is how it is now.".into(),
        other => obstacle(other).to_owned(),
    }
}
