//! What the customer is about to get, and what became of what they got.

use crate::conversations::segments::{Encoding, Segments, straighten};
use crate::conversations::{Message, MessageStatus, Texting, may_text, wording};
use crate::customers::Customer;
use crate::error::{Conflict, Error};
use crate::reports::queries::Standing;
use crate::shops::Shop;
use crate::vehicles::Vehicle;

/// What the desk decides about before it sends.
#[derive(Debug)]
pub(super) struct Sending {
    /// The number, as people write it.
    pub(super) number: Option<String>,
    /// Why no text can be sent, where none can.
    pub(super) obstacle: Option<&'static str>,
    /// The text as the customer gets it, but for the secret part of the link.
    pub(super) text: String,
    /// Where links begin.
    pub(super) link: String,
    /// The shop's name, where the first text to this number has to say it, and how to stop.
    pub(super) introduces: Option<String>,
    /// The words that the desk may change, with a place for the link.
    pub(super) words: String,
    /// How large the text is, with a link of the length that it will have.
    pub(super) size: String,
}

/// What stands for the secret part of a link that has not been made yet: as long, and as plain.
pub(super) const SECRET: &str = "0000000000000000000000";

impl Sending {
    pub(super) fn of(
        shop: &Shop,
        customer: &Customer,
        vehicle: &Vehicle,
        (standing, texting): (Standing, Texting),
        public_url: &str,
    ) -> Self {
        let text = |link: &str| wording::report_text(shop.name.as_str(), &vehicle.name(), link);
        let link = format!("{public_url}/r/");
        let number = customer.phone.as_ref().map(|phone| phone.shown_in(shop.settings.country));
        let refused = may_text(customer, standing.has_opted_out).and_then(|_| texting.demand_number(shop));
        Self {
            number,
            obstacle: match refused {
                Err(Error::Conflict(conflict)) => Some(obstacle(&conflict)),
                _ => None,
            },
            text: text(&format!("{link}…")),
            words: text(wording::LINK),
            size: size(&text(&format!("{link}{SECRET}"))),
            link,
            introduces: (!standing.was_texted).then(|| straighten(shop.name.as_str())),
        }
    }
}

/// Why a text can't be sent.
pub(super) fn obstacle(conflict: &Conflict) -> &'static str {
    match conflict {
        Conflict::NoPhone => "There is no phone number to text.",
        Conflict::OptedOut => "They said STOP, so they can't be texted.",
        Conflict::NoNumber => "The shop has no number to text from yet.",
        _ => "They can't be texted at the moment.",
    }
}

/// "1 text, 109 of 160 characters".
fn size(text: &str) -> String {
    let Segments { encoding, units, segments } = Segments::of(text);
    let alone = match encoding {
        Encoding::Gsm7 => 160,
        Encoding::Ucs2 => 70,
    };
    match segments {
        0 | 1 => format!("1 text, {units} of {alone} characters"),
        more => format!("{more} texts, {units} characters"),
    }
}

/// What became of a text, in one word or two.
pub(super) fn delivery(text: &Message) -> &'static str {
    match text.status {
        MessageStatus::Pending => "Waiting to be sent",
        MessageStatus::Sent => "Sent, not yet delivered",
        MessageStatus::Delivered => "Delivered",
        MessageStatus::Failed => "Not delivered",
    }
}

/// The icon beside that.
pub(super) fn delivery_icon(text: &Message) -> &'static str {
    match text.status {
        MessageStatus::Pending => "waiting",
        MessageStatus::Sent => "done",
        MessageStatus::Delivered => "delivered",
        MessageStatus::Failed => "lost",
    }
}
