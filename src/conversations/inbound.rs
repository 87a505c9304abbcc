//! Texts from customers, on their way in.

use jiff::Timestamp;

use super::Message;
use super::keywords::{Keyword, sounds_like_stop};
use super::queries::{self, Said, Sender};
use crate::db::{Database, Tenant};
use crate::error::Result;
use crate::ids::{CustomerId, MessageId, PhotoId};
use crate::photos::Developed;
use crate::text::Phone;

/// A text from somebody's phone, as a provider hands it over.
pub struct Inbound {
    /// The id that it gets here; chosen by the client where there is one.
    pub id: MessageId,
    /// The number that was texted, E.164: tells the shop.
    pub to: String,
    /// The phone that it came from.
    pub from: Phone,
    /// What it says; may be empty.
    pub body: String,
    /// Who carried it.
    pub provider: &'static str,
    /// The carrier's id for it: the same one is taken in only once.
    pub provider_message_id: String,
    /// What else the carrier tells of it.
    pub told: Told,
}

/// What a carrier may tell of a text beside its words.
#[derive(Default)]
pub struct Told {
    /// What it took the words for, where it takes care of keywords itself.
    pub keyword: Option<Keyword>,
    /// The pictures that came along.
    pub pictures: Vec<Picture>,
    /// When it was said, where that is told later than it was.
    pub said_at: Option<Timestamp>,
}

/// What came along with a text.
pub struct Picture {
    /// The id that it gets here.
    pub id: PhotoId,
    /// Where it is to be had from the carrier.
    pub url: String,
    /// What it is said to be, such as `image/jpeg`.
    pub content_type: Option<String>,
    /// What was kept of it, where it is here already.
    pub kept: Option<Developed>,
}

impl Picture {
    /// One that is still with the carrier.
    #[must_use]
    pub fn told(url: String, content_type: Option<String>) -> Self {
        Self { id: PhotoId::new(), url, content_type, kept: None }
    }
}

/// What became of a text.
pub enum Receipt {
    /// It came in just now.
    New(Message),
    /// It had come in before; the provider repeats itself when it missed our answer.
    Known(Message),
    /// The number that was texted belongs to no shop.
    Nobody,
}

impl Inbound {
    fn said(self) -> Said {
        Said {
            id: self.id,
            phone: Some(self.from),
            shop_number: Some(self.to),
            content: self.body,
            provider: self.provider,
            provider_message_id: Some(self.provider_message_id),
            inspection: None,
            said_at: self.told.said_at,
        }
    }
}

/// Takes a text in: into the conversation of the customer with this phone who was texted last, which is reopened where it
/// had been closed. A stranger becomes a customer with only a phone, and STOP and START are heeded.
pub async fn receive(database: &Database, text: Inbound) -> Result<Receipt> {
    match database.by_texted_number(&text.to).await? {
        Some(shop) => receive_in(&shop, text).await,
        None => Ok(Receipt::Nobody),
    }
}

/// The same in a shop that is known already.
pub(super) async fn receive_in(shop: &Tenant, mut text: Inbound) -> Result<Receipt> {
    // PostgreSQL can't hold this character, and a text must not be lost for it.
    text.body.retain(|c| c != '\0');
    let sender = queries::find_sender(text.from.clone(), text.provider, text.provider_message_id.clone());
    let hold = (queries::hold_phone(text.from.clone()), queries::hold_all_with(text.from.clone()));
    let (write, (_, sender)) = shop.begin((hold, sender)).await?;
    let Sender { known_text, customer, has_opted_out } = sender;
    if let Some(known) = known_text {
        let (_, message) = write.go_on(queries::find_message(known)).await?;
        return Ok(Receipt::Known(message));
    }
    let stranger = customer.is_none().then(CustomerId::new);
    let customer = customer.or(stranger).unwrap_or_default();
    let said_at = text.told.said_at;
    let (keyword, pictures) = (text.told.keyword, std::mem::take(&mut text.told.pictures));
    let welcome = match keyword.or_else(|| Keyword::of(&text.body, has_opted_out)) {
        Some(Keyword::OptOut) => Some(false),
        Some(Keyword::OptIn) => Some(true),
        Some(Keyword::Help) | None => None,
    };
    let wants_no_texts = welcome.is_none() && !has_opted_out && sounds_like_stop(&text.body);
    let id = text.id;
    let consent = welcome.map(|welcome| queries::record_keyword(text.from.clone(), welcome, id, said_at));
    let wish = (welcome.is_some() || wants_no_texts).then(|| queries::note_wish(customer, wants_no_texts));
    let pictures = (!pictures.is_empty()).then(|| (queries::add_pictures(id, pictures), queries::find_message(id)));
    let new_customer = stranger.map(|id| queries::insert_stranger(id, text.from.clone()));
    let text = queries::insert_inbound(customer, text.said());
    let changes = (new_customer, queries::open_held(customer), text, pictures, consent, wish);
    let (_, (), message, with_pictures, ..) = write.commit(changes).await?;
    Ok(Receipt::New(with_pictures.map_or(message, |((), message)| message)))
}
