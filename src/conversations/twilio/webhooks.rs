//! `/webhooks/twilio`: what Twilio tells by itself. It is answered at once, and what takes time is done afterwards.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use tokio::time::timeout;

use super::super::delivery::{self, Reported};
use super::super::inbound::{Picture, Told};
use super::super::keywords::Keyword;
use super::super::provider::Taken;
use super::super::stray::{self, Carried};
use super::super::{Failure, MessageStatus};
use super::TWILIO;
use super::listing::status;
use super::signed::Signed;
use crate::db::Database;
use crate::error::{Error, Result};
use crate::ids::MessageId;
use crate::web::metrics::Metrics;

/// An answer without words for the customer: what the shop says, it says through the outbox.
const NOTHING_TO_SAY: &str = "<Response></Response>";

/// How long taking something in may take once it is here. Whoever tells is not kept waiting on a database that hardly
/// answers: nothing is half taken in, and what was not, is told again or read from the list.
const LIMIT: Duration = Duration::from_secs(1);

/// The most pictures that a text carries.
const MOST_PICTURES: usize = 10;

fn heard() -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/xml; charset=utf-8")], NOTHING_TO_SAY)
}

async fn at_once<T>(taking_in: impl Future<Output = Result<T>>) -> Result<T> {
    let late =
        |_| Error::Unavailable(format!("what the provider told was not noted in {} s", LIMIT.as_secs()).into());
    timeout(LIMIT, taking_in).await.map_err(late)?
}

/// Takes a text from a customer in. One that comes again changes nothing.
pub async fn text(
    State(database): State<Database>,
    State(metrics): State<Metrics>,
    signed: Signed,
) -> Result<impl IntoResponse> {
    let (its_id, to, from) = (signed.demand("MessageSid")?, signed.demand("To")?, signed.demand("From")?);
    let body = signed.field("Body").unwrap_or_default();
    let told = Told { keyword: keyword(&signed), pictures: pictures(&signed), said_at: None };
    let text = Carried { provider: TWILIO, its_id, to, from, body, told };
    at_once(stray::receive_or_keep(&database, &metrics, text)).await?;
    Ok(heard())
}

/// Notes how far a text of ours has come. Reports come late, twice and in any order; one about a text that is not known
/// here is no fault of whoever sends it.
pub async fn delivery(
    State(database): State<Database>,
    Path(message): Path<String>,
    signed: Signed,
) -> Result<impl IntoResponse> {
    let its_id = signed.demand("MessageSid")?;
    let word = signed.demand("MessageStatus")?;
    let status = status(word);
    let code = signed.field("ErrorCode").filter(|code| !code.is_empty() && *code != "0").unwrap_or(word);
    let failure = (status == MessageStatus::Failed).then(|| Failure::new(code));
    let taken = Taken { provider_message_id: its_id.to_owned(), status, failure };
    match at_once(delivery::note(&database, MessageId::from_path(&message), TWILIO, taken)).await? {
        Reported::Noted => {}
        Reported::Unknown => tracing::warn!(message, "the provider reports on a text that is not known here"),
    }
    Ok(heard())
}

/// What Twilio itself made of the text, where it takes care of keywords (Advanced Opt-Out).
fn keyword(signed: &Signed) -> Option<Keyword> {
    match signed.field("OptOutType")?.to_ascii_uppercase().as_str() {
        "STOP" => Some(Keyword::OptOut),
        "START" => Some(Keyword::OptIn),
        "HELP" => Some(Keyword::Help),
        _ => None,
    }
}

fn pictures(signed: &Signed) -> Vec<Picture> {
    let count = signed.field("NumMedia").and_then(|count| count.parse().ok()).unwrap_or(0).min(MOST_PICTURES);
    let picture = |place| {
        let field = |name: &str| signed.field(&format!("{name}{place}")).map(|value| value.replace('\0', ""));
        let content_type = field("MediaContentType").map(|kind| kind.chars().take(100).collect());
        field("MediaUrl").map(|url| Picture::told(url, content_type))
    };
    (0..count).filter_map(picture).collect()
}
