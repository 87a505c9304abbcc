//! `/conversations/{id}/consent`: what the customer said in person about being texted.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{Conversation, queries};
use crate::auth::Manager;
use crate::error::{Conflict, Result};
use crate::ids::ConversationId;
use crate::text::Line;
use crate::web::{At, Body, Json};

/// What a customer said, and how.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Whether they may be texted from now on.
    may_text: bool,
    /// How it was given: "asked at the desk not to be texted".
    reason: Line<500>,
}

/// Records what the customer said in person about being texted: it holds for their phone, and is kept with who recorded it,
/// when and why. Said again, it is the same.
#[utoipa::path(
    post, path = "/conversations/{id}/consent", operation_id = "recordConsent", tag = "Conversations",
    responses((status = 409, description = "no-phone"))
)]
pub async fn record(manager: Manager, At(id): At<ConversationId>, body: Body<Consent>) -> Result<Json<Conversation>> {
    let hold = (queries::hold_sharers(id), queries::hold(id));
    let (write, (_, thread)) = manager.begin((hold, queries::find(id))).await?;
    let Consent { may_text, reason } = body.get()?;
    let phone = thread.customer.phone.ok_or(Conflict::NoPhone)?;
    let said = queries::record_in_person(phone, may_text, reason);
    let (_, conversation) = write.commit(((said, queries::wish_was_heard(id)), queries::find(id))).await?;
    Ok(Json(conversation))
}
