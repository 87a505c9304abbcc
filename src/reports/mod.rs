//! What the customer gets: the text with the link, and the page that it opens.

pub mod answer_pages;
mod answers;
pub mod api;
pub mod pages;
pub mod photo_api;
mod picture;
pub mod queries;
mod report;
mod sentences;
mod verdict;
mod words;

use serde::Deserialize;
use utoipa::ToSchema;

pub use answers::{Answers, in_words};
pub use picture::Picture;
pub use report::{Category, Line, Number, Report};
pub use verdict::{Reading, Verdict};
pub use words::Words;

use crate::auth::token::LinkToken;
use crate::conversations::wording;
use crate::error::{Error, Result};
use crate::ids::MessageId;
use crate::inspections::SentVia;
use crate::shops::Shop;
use crate::text::{Prose, Refusal};
use crate::vehicles::Vehicle;

/// How the report is to reach the customer.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Sending {
    id: Option<MessageId>,
    via: Option<SentVia>,
    text: Option<Prose<{ wording::MAX_CHARACTERS }>>,
}

/// Where a report opens.
#[must_use]
pub fn address(public_url: &str, token: &LinkToken) -> String {
    format!("{public_url}/r/{}", token.reveal())
}

impl Sending {
    /// By text, unless the link is to be handed over.
    fn via(&self) -> Result<SentVia> {
        match self.via {
            Some(SentVia::Link) if self.text.is_some() => {
                Err(Error::invalid("text", "goes with a text only, not with a link that is handed over"))
            }
            via => Ok(via.unwrap_or(SentVia::Sms)),
        }
    }

    /// The text that carries the link: the shop's words or ours; the first one to a phone says who writes and how to
    /// stop.
    fn words(&self, shop: &Shop, vehicle: &Vehicle, link: &str, was_texted: bool) -> Result<String> {
        let refused = |why: &'static str| {
            move |refusal: Refusal| Error::invalid("text", format!("{refusal} with the report's link{why}"))
        };
        let Some(own) = &self.text else {
            return Ok(wording::report_text(shop.name.as_str(), &vehicle.name(), link));
        };
        let words = wording::report_text_from(own.as_str(), link).map_err(refused(""))?;
        if was_texted {
            return Ok(words);
        }
        let first = ", the shop's name and how to opt out, which the first text to a number has to say";
        wording::first_text(shop.name.as_str(), &words).map_err(refused(first))
    }
}
