//! What the customer is about to get, and what became of what they got.

use crate::conversations::segments::{size, straighten};
use crate::conversations::{Texting, may_text, obstacle, wording};
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
    /// Whether they only have to be asked: nobody has noted a yes yet, nor a STOP.
    pub(super) is_to_be_asked: bool,
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
        let is_to_be_asked = matches!(refused, Err(Error::Conflict(Conflict::OptedOut))) && !standing.has_opted_out;
        Self {
            number,
            is_to_be_asked,
            obstacle: match refused {
                Err(_) if is_to_be_asked => Some("They have not agreed to texts yet."),
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
