//! `/inspections/{id}/send` and `/links`: giving the report to the customer, and taking it back.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::json;

use super::{Sending, address, queries};
use crate::auth::Manager;
use crate::auth::token::LinkToken;
use crate::conversations::{self, Message, Outgoing, Texting, Wake, may_text};
use crate::db::Batch;
use crate::error::{Conflict, Result};
use crate::ids::InspectionId;
use crate::inspections::{self, Event, SentVia, Status, WholeInspection};
use crate::shops;
use crate::web::{Action, At, Gone, PublicUrl};

/// The report is with the customer.
#[derive(Serialize)]
pub struct Sent {
    inspection: WholeInspection,
    /// Opens the report; made anew each time, because links are kept only as hashes.
    report_url: String,
    /// The text that carries it, where one was queued.
    message: Option<Message>,
}

/// Gives the report to the customer: link, text and step in one transaction. The same message id never texts twice.
pub async fn send(
    manager: Manager,
    State(public_url): State<PublicUrl>,
    State(texting): State<Texting>,
    State(wake): State<Wake>,
    At(id): At<InspectionId>,
    Action(body): Action<Sending>,
) -> Result<Json<Sent>> {
    let digest = body.digest();
    let known = body.peek().and_then(|sending| sending.id).map(conversations::queries::find_message_with_digest);
    let present = (
        inspections::queries::lock(id),
        shops::find(),
        inspections::queries::customer_of(id),
        inspections::queries::vehicle_of(id),
        queries::standing_of(id),
        known,
    );
    let (write, (inspection, shop, customer, vehicle, standing, known)) = manager.begin(present).await?;
    let sending = body.get()?;
    let via = sending.via()?;
    inspection.stage.send()?;
    let before =
        known.flatten().map(|(message, made_by)| same_text(message, made_by.as_deref(), &digest, id)).transpose()?;
    let token = LinkToken::new();
    let report_url = address(&public_url.0, &token);
    let was_sent = inspection.stage.status == Status::Sent;
    let is_new_text = via == SentVia::Sms && before.is_none() && (!was_sent || sending.id.is_some());
    let text = if is_new_text {
        texting.demand_number(&shop)?;
        Some(Outgoing {
            id: sending.id.unwrap_or_default(),
            customer: customer.id,
            phone: may_text(&customer, standing.has_opted_out)?,
            content: sending.words(&shop, &vehicle, &report_url, standing.was_texted)?,
            inspection: Some(id),
            link_token: Some(token.reveal().to_owned()),
            digest,
            retry_of: None,
        })
    } else {
        None
    };
    let step = Event::Sent.of(id, json!(inspection.stage), json!({ "via": via, "texted": is_new_text }));
    let queue = text.map(|text| queue(id, text));
    let sent = queries::send(id, token.hash(), via);
    let is_news = !was_sent || is_new_text;
    let ((), _, queued, whole) =
        write.commit((sent, is_news.then_some(step), queue, inspections::queries::whole(id))).await?;
    wake.ring();
    let queued = queued.and_then(|(_, message, ())| message);
    Ok(Json(Sent { inspection: WholeInspection::new(whole), report_url, message: queued.or(before) }))
}

/// Revokes the report's links: whoever opens one is told that it has ended.
pub async fn revoke(manager: Manager, At(id): At<InspectionId>) -> Result<Gone> {
    manager.write(queries::revoke(id)).await?;
    Ok(Gone)
}

/// The text that was queued before by the same request about the same inspection.
fn same_text(message: Message, made_by: Option<&[u8]>, digest: &[u8], id: InspectionId) -> Result<Message> {
    let is_same = made_by == Some(digest) && message.inspection_id == Some(id);
    if is_same { Ok(message) } else { Err(Conflict::IdTaken.into()) }
}

/// Queues the text in the customer's conversation, or fails the transaction where its id belongs to something else.
fn queue(inspection: InspectionId, text: Outgoing) -> impl Batch<Output = (((), ()), Option<Message>, ())> {
    let is_queued = queries::demand_queued(inspection, text.id);
    (conversations::queries::open(text.customer), conversations::queries::enqueue(text), is_queued)
}
