//! `/inspections/{id}/send` and `/links`: giving the report to the customer, and taking it back.

use axum::extract::State;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::queries::{self, Standing};
use super::{Sending, address};
use crate::auth::Manager;
use crate::auth::token::LinkToken;
use crate::conversations::{self, Message, Outgoing, Texting, Wake, may_text};
use crate::customers::Customer;
use crate::db::Batch;
use crate::error::{Conflict, Result};
use crate::ids::InspectionId;
use crate::inspections::{self, Event, Inspection, SentVia, Status, WholeInspection};
use crate::shops::{self, Shop};
use crate::vehicles::Vehicle;
use crate::web::{Action, At, Gone, Json, PublicUrl};

/// The report is with the customer.
#[derive(Serialize, ToSchema)]
pub struct Sent {
    inspection: WholeInspection,
    /// Opens the report; made anew each time, because links are kept only as hashes.
    report_url: String,
    /// The text that carries it, where one was queued.
    message: Option<Message>,
}

/// Gives the report to the customer: link, text and step in one transaction. The same message id never texts twice.
#[utoipa::path(
    post, path = "/inspections/{id}/send", operation_id = "sendReport", tag = "Reports",
    responses((status = 409, description = "state, id-taken, opted-out, no-phone, no-number"))
)]
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
    let (write, (facts, known)) = manager.begin((Facts::of(id), known)).await?;
    let facts = Facts::from(facts);
    let sending = body.get()?;
    let via = sending.via()?;
    let stage = facts.inspection.stage;
    stage.send()?;
    let was_sent = stage.status == Status::Sent;
    let before =
        known.flatten().map(|(message, made_by)| same_text(message, made_by.as_deref(), &digest, id)).transpose()?;
    if before.is_some() && !was_sent {
        // The text went out before the inspection was reopened: repeating that request is no review of what it is now.
        return Err(stage.stands_in_the_way().into());
    }
    let link = Link::new(&public_url);
    let is_texted = via == SentVia::Sms && before.is_none() && (!was_sent || sending.id.is_some());
    let text = is_texted.then(|| facts.text(&sending, texting, &link, digest)).transpose()?;
    let told = inspections::queries::tell(Event::Sent, id, json!(stage), json!({ "via": via, "texted": is_texted }));
    let is_news = !was_sent || is_texted;
    let step = (queries::send(id, link.token.hash(), via), is_news.then_some(told));
    let queued = text.map(|text| queue(id, text));
    let (_, queued, whole) = write.commit((step, queued, inspections::whole(id))).await?;
    wake.ring();
    let message = queued.and_then(|(_, message, ())| message).or(before);
    Ok(Json(Sent { inspection: whole, report_url: link.address, message }))
}

/// What decides about sending, as it is now.
struct Facts {
    inspection: Inspection,
    shop: Shop,
    customer: Customer,
    vehicle: Vehicle,
    standing: Standing,
}

type FactRows = (Inspection, Shop, Customer, Vehicle, Standing);

impl Sent {
    /// Where the report opens.
    #[must_use]
    pub fn report_url(&self) -> &str {
        &self.report_url
    }
}

impl Facts {
    fn of(id: InspectionId) -> impl Batch<Output = FactRows> {
        (
            inspections::queries::lock(id),
            shops::find(),
            inspections::queries::customer_of(id),
            inspections::queries::vehicle_of(id),
            queries::standing_of(id),
        )
    }

    /// The text that carries the link, if the customer may be texted.
    fn text(&self, sending: &Sending, texting: Texting, link: &Link, digest: Vec<u8>) -> Result<Outgoing> {
        texting.demand_number(&self.shop)?;
        Ok(Outgoing {
            id: sending.id.unwrap_or_default(),
            customer: self.customer.id,
            phone: may_text(&self.customer, self.standing.has_opted_out)?,
            content: sending.words(&self.shop, &self.vehicle, &link.address, self.standing.was_texted)?,
            inspection: Some(self.inspection.id),
            link_token: Some(link.token.reveal().to_owned()),
            digest,
            retry_of: None,
        })
    }
}

impl From<FactRows> for Facts {
    fn from((inspection, shop, customer, vehicle, standing): FactRows) -> Self {
        Self { inspection, shop, customer, vehicle, standing }
    }
}

/// A link to hand out: its secret, and where it opens.
struct Link {
    token: LinkToken,
    address: String,
}

impl Link {
    fn new(public_url: &PublicUrl) -> Self {
        let token = LinkToken::new();
        Self { address: address(&public_url.0, &token), token }
    }
}

/// Revokes the report's links: whoever opens one is told that it has ended.
#[utoipa::path(delete, path = "/inspections/{id}/links", operation_id = "revokeLinks", tag = "Reports")]
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
