//! `/sandbox`: the customers' phones, while texts stay in this server. What arrived there, and answering from there.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::queries::{self, Owner};
use super::sandbox::PHONES;
use super::{Direction, Message, sandbox_api};
use crate::auth::Manager;
use crate::desk::{Desk, Here};
use crate::error::{Error, Result};
use crate::ids::MessageId;
use crate::photos::Lab;
use crate::shops;
use crate::text::{Country, Phone};
use crate::web::{At, Cursor, Files, Filled, Form, Limit, Page, Params, Piece as Sent, PublicUrl};

/// So many phones, and texts on one, are shown.
const SHOWN: Limit = Limit::of(50);

#[derive(Template)]
#[template(path = "conversations/sandbox.html")]
struct SandboxPage {
    desk: Desk,
    owners: Vec<Owner>,
    /// The phone in one's hand.
    held: Option<Phone>,
    /// What was typed that is no number.
    typed: String,
    /// What stands on it, the first text first.
    texts: Vec<Message>,
    /// The id of the text that sending from this page makes: pressed twice, it comes in once.
    message: MessageId,
    /// The same for a picture.
    picture: MessageId,
    shown: Shown,
    public_url: PublicUrl,
}

/// What could not be sent, and why.
#[derive(Default)]
struct Shown {
    form: Filled,
    /// Why a picture could not be sent.
    refusal: Option<String>,
}

/// Whose phone.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    phone: String,
}

/// A piece of what a text says: links can be opened.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Words(&'a str),
    Link(&'a str),
}

/// `GET /sandbox`.
pub async fn show(manager: Manager, State(public_url): State<PublicUrl>, params: Params<Choice>) -> Result<Response> {
    let Choice { phone } = params.or_default().0;
    page(&manager, public_url, &phone, Shown::default()).await
}

/// `POST /sandbox`: texts the shop from the phone.
pub async fn text(manager: Manager, State(public_url): State<PublicUrl>, form: Form) -> Result<Response> {
    let from = form.typed("from").to_owned();
    match sandbox_api::text((*manager).clone(), form.body()).await {
        Ok(_) => Ok(Redirect::to(&SandboxPage::to(&from)).into_response()),
        Err(error) => {
            let shown = Shown { form: form.again(error)?, refusal: None };
            let page = page(&manager, public_url, &from, shown).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// `POST /sandbox/pictures`: texts the shop a picture from the phone.
pub async fn text_picture(
    manager: Manager,
    State(lab): State<Lab>,
    State(public_url): State<PublicUrl>,
    mut files: Files,
) -> Result<Response> {
    manager.enter(true).await?;
    let (mut id, mut from) = (MessageId::new(), String::new());
    let mut refusal = Some("No picture was chosen.".to_owned());
    while let Some(piece) = files.next().await? {
        match piece {
            Sent::Field(name, value) if name == "id" => id = MessageId::from_path(&value),
            Sent::Field(name, value) if name == "from" => from = value,
            Sent::Field(..) => {}
            // Nothing was chosen.
            Sent::File(name, _) if name.is_empty() => {}
            Sent::File(_, upload) => {
                let along = Params::read(&format!("from={}", utf8_percent_encode(&from, NON_ALPHANUMERIC)));
                let staff = (*manager).clone();
                let sent = sandbox_api::text_picture(staff, State(lab.clone()), At(id), along, upload);
                refusal = match sent.await {
                    Ok(_) => None,
                    Err(error @ (Error::Conflict(_) | Error::TooLarge(_) | Error::UnsupportedMediaType(_))) => {
                        Some(format!("It could not be sent: {}.", error.public_detail()))
                    }
                    Err(Error::Invalid(fields)) => {
                        fields.first().map(|field| format!("The picture {}.", field.detail))
                    }
                    Err(error) => return Err(error),
                };
            }
        }
    }
    if refusal.is_none() {
        return Ok(Redirect::to(&SandboxPage::to(&from)).into_response());
    }
    let page = page(&manager, public_url, &from, Shown { refusal, ..Shown::default() }).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn page(manager: &Manager, public_url: PublicUrl, typed: &str, shown: Shown) -> Result<Response> {
    let country = manager.read(shops::find()).await?.settings.country;
    let held = Phone::parse(typed, country).ok();
    let texts = held.clone().map(|phone| queries::list_on_phone(Some(phone), SHOWN, Cursor::default()));
    let (around, owners, texts) = manager.read((Desk::read(), queries::owners(SHOWN), texts)).await?;
    let desk = Desk::new(manager, around, Here::Conversations);
    let texts: Vec<Message> = texts.unwrap_or_default().into_iter().take(SHOWN.rows()).rev().collect();
    let typed = if held.is_some() { String::new() } else { typed.trim().to_owned() };
    let (message, picture) = (MessageId::new(), MessageId::new());
    Ok(Page(SandboxPage { desk, owners, held, typed, texts, message, picture, shown, public_url }).into_response())
}

impl SandboxPage {
    fn country(&self) -> Country {
        self.desk.shop.settings.country
    }

    /// The address at which a phone is taken into one's hand.
    fn to(phone: &str) -> String {
        format!("/sandbox?phone={}", utf8_percent_encode(phone, NON_ALPHANUMERIC))
    }

    /// The address of this page.
    fn here(&self) -> String {
        self.held.as_ref().map_or("/sandbox".to_owned(), |phone| Self::to(phone.as_str()))
    }

    fn is_held(&self, phone: &str) -> bool {
        self.held.as_ref().is_some_and(|held| held.as_str() == phone)
    }

    /// Whose phone it is; of a stranger's, its number.
    fn name(&self, owner: &Owner) -> String {
        let names = [&owner.first_name, &owner.last_name].into_iter().flatten().map(ToString::to_string);
        let name = names.collect::<Vec<_>>().join(" ");
        if name.is_empty() { owner.phone.shown_in(self.country()) } else { name }
    }

    /// Whose phone is in one's hand.
    fn holder(&self) -> String {
        let owner = self.owners.iter().find(|owner| self.is_held(owner.phone.as_str()));
        owner.map_or_else(|| "somebody the shop does not know yet".to_owned(), |owner| self.name(owner))
    }

    /// A number as people here write it.
    fn shown(&self, phone: &str) -> String {
        Phone::parse(phone, self.country()).map_or_else(|_| phone.to_owned(), |phone| self.desk.number(&phone))
    }

    /// The phones that behave badly, each with what becomes of texts to it.
    fn peculiar() -> [(&'static str, &'static str); 7] {
        PHONES
    }

    /// The id of one more text that can be sent from this page.
    fn another() -> MessageId {
        MessageId::new()
    }

    fn pieces<'a>(&self, text: &'a Message) -> Vec<Piece<'a>> {
        pieces(&text.content, &self.public_url.0)
    }
}

/// Splits what a text says where a link of this server begins or ends. A full stop behind a link ends the sentence.
fn pieces<'a>(words: &'a str, public_url: &str) -> Vec<Piece<'a>> {
    let start = format!("{public_url}/");
    let mut pieces = Vec::new();
    let mut rest = words;
    while let Some(at) = rest.find(&start) {
        let (before, link) = rest.split_at(at);
        let end = link.find(char::is_whitespace).unwrap_or(link.len());
        let link = link[..end].trim_end_matches(['.', ',', '!', '?', ')']);
        pieces.extend([Piece::Words(before), Piece::Link(link)]);
        rest = &rest[at + link.len()..];
    }
    pieces.push(Piece::Words(rest));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_to_this_server_can_be_opened() {
        let words = "Ready: https://a.example/r/k3v9. Not https://b.example/r/k3v9 (https://a.example/r/x)";
        assert_eq!(
            pieces(words, "https://a.example"),
            [
                Piece::Words("Ready: "),
                Piece::Link("https://a.example/r/k3v9"),
                Piece::Words(". Not https://b.example/r/k3v9 ("),
                Piece::Link("https://a.example/r/x"),
                Piece::Words(")"),
            ]
        );
        assert_eq!(pieces("", "https://a.example"), [Piece::Words("")]);
    }
}
