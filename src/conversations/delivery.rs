//! What a provider reports of texts that it has taken.

use super::provider::Taken;
use super::{Failure, Fared, MessageStatus, queries};
use crate::db::{Database, NamedConstraint as _, Tenant};
use crate::error::{Conflict, Error, Result};
use crate::ids::MessageId;

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reported {
    /// It is in the books, now or before.
    Noted,
    /// There is no such text here, or it is known by another id of the provider's.
    Unknown,
}

/// Notes how far a text has come. Each report leads further or changes nothing, so the order in which they come, and how
/// often, makes no difference. A report on a text whose answer was lost, or is still on its way, tells its id too.
pub async fn note(database: &Database, id: MessageId, provider: &'static str, taken: Taken) -> Result<Reported> {
    let Some(shop) = database.by_message(id).await? else { return Ok(Reported::Unknown) };
    let is_opt_out = taken.failure.as_ref().is_some_and(|failure| failure.code() == Failure::OPTED_OUT);
    let has_failed = taken.status == MessageStatus::Failed;
    let refusal = is_opt_out.then(|| (queries::hold_recipients(id), queries::record_refusal(id)));
    let (hold, record) = refusal.unzip();
    let noted = shop.write((hold, queries::note_report(id, provider, taken), record)).await;
    let belongs_to_another = || Error::from(Conflict::IdTaken);
    match noted.on_constraint("messages_provider_message_id_key", belongs_to_another) {
        Ok((_, true, _)) => {
            if has_failed {
                warn_of_failures(&shop).await?;
            }
            Ok(Reported::Noted)
        }
        Ok((_, false, _)) | Err(Error::Conflict(Conflict::IdTaken)) => Ok(Reported::Unknown),
        Err(error) => Err(error),
    }
}

/// Says so when too many of a shop's texts fail: carriers shut out numbers of which that is true.
pub(super) async fn warn_of_failures(shop: &Tenant) -> Result<()> {
    let fared = shop.read(queries::fared()).await?;
    if fared.became_alarming() {
        let Fared { failed, texts } = fared;
        tracing::warn!(shop = %shop.shop(), failed, texts, "more than a tenth of a shop's last hundred texts failed");
    }
    Ok(())
}
