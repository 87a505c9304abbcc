//! The texts with a customer told as rows: the conversation, its messages, and what they say about being texted.

use serde_json::{Value, json};

use super::ago::Ago;
use super::people::{SHOP_NAME, SHOP_PHONE};
use super::story::Story;
use super::talks::Talk;
use crate::conversations::keywords::Keyword;
use crate::conversations::sandbox::SANDBOX;
use crate::conversations::segments::Segments;
use crate::conversations::{Direction, MessageStatus, wording};
use crate::ids::{ConversationId, CustomerId, InspectionId, MessageId, UserId};

/// The texts with one customer.
#[derive(Default)]
pub(super) struct Thread {
    pub(super) texts: Vec<Text>,
    unread: i32,
    is_closed: bool,
}

/// One text.
pub(super) struct Text {
    at: Ago,
    direction: Direction,
    words: String,
    /// The report that it is about.
    inspection: Option<InspectionId>,
    /// The secret part of the link in it.
    token: Option<String>,
    /// Why it did not arrive.
    failure: Option<&'static str>,
    provider: &'static str,
}

impl Text {
    /// With the link to a report.
    pub(super) fn report(at: Ago, words: String, token: &str, inspection: InspectionId) -> Self {
        Self { token: Some(token.to_owned()), inspection: Some(inspection), ..Self::ours(at, words) }
    }

    /// What the customer answered on a report.
    pub(super) fn answer(at: Ago, words: String, inspection: InspectionId) -> Self {
        Self { inspection: Some(inspection), provider: "report", ..Self::theirs(at, words) }
    }

    /// The same, but it may not have arrived.
    pub(super) fn failed(self, failure: Option<&'static str>) -> Self {
        Self { failure, ..self }
    }

    fn ours(at: Ago, words: String) -> Self {
        let direction = Direction::Outbound;
        Self { at, direction, words, inspection: None, token: None, failure: None, provider: SANDBOX }
    }

    fn theirs(at: Ago, words: String) -> Self {
        Self { direction: Direction::Inbound, ..Self::ours(at, words) }
    }

    /// What is kept once its delivery is final: the link in it is masked.
    fn kept(&self) -> String {
        self.token.as_ref().map_or_else(|| self.words.clone(), |token| self.words.replace(token, "…"))
    }

    fn is_ours(&self) -> bool {
        self.direction == Direction::Outbound
    }

    fn has_arrived(&self) -> bool {
        self.failure.is_none()
    }

    /// Its row; the whole text goes along for the phone that it reached.
    fn row(&self, id: MessageId, writer: UserId) -> Value {
        let status = if self.has_arrived() { MessageStatus::Delivered } else { MessageStatus::Failed };
        let is_carried = self.provider == SANDBOX;
        json!({
            "id": id, "user_id": self.is_ours().then_some(writer), "direction": self.direction,
            "shop_number": is_carried.then_some(SHOP_PHONE), "content": self.kept(),
            "segments": Segments::of(&self.words).segments, "provider": self.provider,
            "provider_message_id": is_carried.then_some(id), "status": status, "error_code": self.failure,
            "inspection_id": self.inspection, "created": self.at, "sent": self.is_ours().then_some(self.at),
            "delivered": self.has_arrived().then_some(self.at),
            "on_phone": (self.is_ours() && self.has_arrived()).then_some(&self.words),
        })
    }
}

impl Thread {
    pub(super) fn add_talk(&mut self, talk: &Talk) {
        self.unread = talk.unread;
        self.is_closed = talk.is_closed;
        self.texts.extend(talk.texts.iter().map(|text| {
            let written = if text.is_ours { Text::ours } else { Text::theirs };
            written(text.at, text.words.to_owned()).failed(text.failure)
        }));
    }

    /// When the first text came or went.
    pub(super) fn began(&self) -> Option<Ago> {
        self.texts.iter().map(|text| text.at).max()
    }

    /// Adds the rows; none where there are no texts.
    pub(super) fn tell(mut self, customer: CustomerId, phone: Option<&str>, manager: UserId, story: &mut Story) {
        self.texts.sort_by_key(|text| std::cmp::Reverse(text.at));
        self.introduce();
        let (Some(first), Some(last)) = (self.texts.first(), self.texts.last()) else { return };
        let conversation = ConversationId::new();
        let status = if self.is_closed { "closed" } else { "active" };
        story.conversations.push(json!({
            "id": conversation, "customer_id": customer, "status": status, "unread": self.unread,
            "created": first.at, "last_message": last.at,
        }));
        let mut has_opted_out = false;
        for text in &self.texts {
            let id = MessageId::new();
            let mut row = text.row(id, manager);
            row["conversation_id"] = json!(conversation);
            row["customer_id"] = json!(customer);
            row["phone_number"] = json!(phone);
            story.messages.push(row);
            let said = Keyword::of(&text.words, has_opted_out).filter(|_| !text.is_ours());
            let kind = match said {
                Some(Keyword::OptOut) => "opt_out",
                Some(Keyword::OptIn) => "opt_in",
                Some(Keyword::Help) | None => continue,
            };
            has_opted_out = said == Some(Keyword::OptOut);
            story.consents.push(json!({ "phone": phone, "kind": kind, "message_id": id, "at": text.at }));
        }
    }

    /// Makes the first text that arrived from us say who writes and how to stop, as the law wants it.
    fn introduce(&mut self) {
        let first = self.texts.iter_mut().find(|text| text.is_ours() && text.has_arrived());
        if let Some(first) = first.filter(|text| text.token.is_none()) {
            first.words = wording::first_text(SHOP_NAME, &first.words).expect("the tables hold short texts");
        }
    }
}
