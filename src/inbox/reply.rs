//! What the desk writes: the box, the answers that it sends often, and how large a text becomes.

use crate::conversations::segments::{size, straighten};
use crate::conversations::wording::{self, LINK};
use crate::ids::MessageId;
use crate::shops::Shop;
use crate::text::Prose;
use crate::vehicles::Vehicle;
use crate::web::Filled;

use super::correspondent::Correspondent;

/// The form in which an answer is written.
pub(super) struct Reply {
    /// The id of the text that sending it makes: pressed twice, it texts once.
    pub(super) id: MessageId,
    /// What stands in the box.
    pub(super) words: String,
    /// Answers that are sent often, ready for this customer.
    pub(super) quick: Vec<Quick>,
    /// How large the text in the box is.
    pub(super) size: String,
    /// The shop's name, where the first text to this number has to say it, and how to stop.
    pub(super) introduces: Option<String>,
}

/// An answer that is sent often.
pub(super) struct Quick {
    /// As the shop keeps it, which is what its people know it by.
    pub(super) label: String,
    /// As it is sent to this customer.
    pub(super) words: String,
}

/// What an answer may be about.
pub(super) struct About<'a> {
    pub(super) with: &'a Correspondent,
    pub(super) car: Option<&'a Vehicle>,
    /// Whether there is a report that a link could lead to.
    pub(super) has_report: bool,
}

impl Reply {
    /// The box with what was typed and could not be sent, or with the answer that was chosen.
    pub(super) fn new(shop: &Shop, about: &About, form: &Filled, chosen: Option<usize>) -> Self {
        let quick = quick_replies(shop, about);
        let chosen = chosen.and_then(|place| quick.get(place)).map(|quick| quick.words.clone());
        let words = if form.has("content") { form.value("content").to_owned() } else { chosen.unwrap_or_default() };
        let introduces = (!about.with.was_texted).then(|| straighten(shop.name.as_str()));
        let size = if words.is_empty() { String::new() } else { size(&whole(&words, introduces.as_deref())) };
        Self { id: MessageId::new(), words, quick, size, introduces }
    }
}

/// The text as it is sent: the first one to a number says who writes and how to stop.
fn whole(words: &str, introduces: Option<&str>) -> String {
    let first = introduces.and_then(|shop| wording::first_text(shop, words).ok());
    first.unwrap_or_else(|| words.to_owned())
}

/// One that wants a link is of no use as long as there is no report.
fn quick_replies(shop: &Shop, about: &About) -> Vec<Quick> {
    let name = about.with.customer.first_name.as_ref().map(ToString::to_string);
    let car = about.car.map(Vehicle::name);
    let fill = |words: &str| wording::quick_reply(words, name.as_deref(), car.as_deref());
    let usable = shop.settings.quick_replies.iter().map(Prose::as_str);
    let usable = usable.filter(|words| about.has_report || !words.contains(LINK));
    usable.map(|words| Quick { label: words.to_owned(), words: fill(words) }).collect()
}
