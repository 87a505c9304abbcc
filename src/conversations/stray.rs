//! Texts that belong to no shop: to a number that is nobody's, or from a sender who is no phone. They are kept, and those from a
//! phone find their way once a shop takes the number.

use serde_json::{Value, json};

use super::inbound::{Inbound, Picture, Receipt, Told, receive};
use super::twilio::TWILIO;
use crate::db::{Database, StrayText, TextComeHome};
use crate::error::Result;
use crate::ids::MessageId;
use crate::text::{Country, Phone};
use crate::web::metrics::Metrics;

/// A text as a carrier tells of it, who may write anything.
pub struct Carried<'a> {
    /// Who carries it.
    pub provider: &'static str,
    /// The carrier's id for it.
    pub its_id: &'a str,
    /// The number that was texted.
    pub to: &'a str,
    /// Who texted.
    pub from: &'a str,
    /// What it says.
    pub body: &'a str,
    /// What else is told.
    pub told: Told,
}

/// So many are delivered in a row, before those that came meanwhile are looked at.
const AT_ONCE: i32 = 100;

/// Takes a text in where it belongs; one that belongs nowhere is kept, once, and that is said without saying what is in it.
pub async fn receive_or_keep(database: &Database, metrics: &Metrics, text: Carried<'_>) -> Result<()> {
    let Carried { provider, its_id, to, from, body, told } = text;
    let phone = phone(from);
    let stray = StrayText {
        provider,
        its_id,
        to,
        from,
        body,
        pictures: told.pictures.len(),
        media: media(&told.pictures),
        is_from_phone: phone.is_some(),
    };
    if let Some(from) = phone {
        let (to, body, provider_message_id) = (to.to_owned(), body.to_owned(), its_id.to_owned());
        let id = MessageId::new();
        let text = Inbound { id, to, from, body, provider, provider_message_id, told };
        if !matches!(receive(database, text).await?, Receipt::Nobody) {
            return Ok(());
        }
    }
    if database.keep_stray_text(stray).await? {
        metrics.a_text_strayed();
        tracing::warn!("a text came for a number that is no shop's; it is kept in courtesy.stray_texts");
    }
    Ok(())
}

/// Delivers what came for numbers that are a shop's by now, as if it had just been told; how many texts that were. One that
/// was delivered already, when this was broken off, is known there and comes in no second time.
pub async fn deliver(database: &Database) -> Result<usize> {
    let mut delivered = 0;
    loop {
        let texts = database.strays_come_home(AT_ONCE).await?;
        let is_last = texts.len() < usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
        let before = delivered;
        for text in texts {
            delivered += usize::from(deliver_one(database, text).await?);
        }
        // Where the rest can't be delivered, nothing is won by asking for it again.
        if is_last || delivered == before {
            return Ok(delivered);
        }
    }
}

async fn deliver_one(database: &Database, text: TextComeHome) -> Result<bool> {
    let TextComeHome { provider, its_id, to, from, body, media, came } = text;
    let (Some(from), true) = (phone(&from), provider == TWILIO) else { return Ok(false) };
    let told = Told { keyword: None, pictures: pictures(&media), said_at: Some(came) };
    let provider_message_id = its_id.clone();
    let inbound = Inbound { id: MessageId::new(), to, from, body, provider: TWILIO, provider_message_id, told };
    if matches!(receive(database, inbound).await?, Receipt::Nobody) {
        return Ok(false);
    }
    database.forget_stray_text(TWILIO, &its_id).await?;
    Ok(true)
}

/// A number in full means the same in every country; what is none is a short code, or no phone at all.
fn phone(from: &str) -> Option<Phone> {
    from.starts_with('+').then(|| Phone::parse(from, Country::US).ok()).flatten()
}

fn media(pictures: &[Picture]) -> Value {
    pictures.iter().map(|picture| json!({ "url": picture.url, "content_type": picture.content_type })).collect()
}

fn pictures(media: &Value) -> Vec<Picture> {
    let word = |of: &Value, name: &str| of[name].as_str().map(str::to_owned);
    let told = |of: &Value| Some(Picture::told(word(of, "url")?, word(of, "content_type")));
    media.as_array().into_iter().flatten().filter_map(told).collect()
}
