//! Texts as Twilio lists them, and how one of ours is found among them.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::super::provider::{Taken, Text, Unanswered};
use super::super::segments::straighten;
use super::super::{Failure, MessageStatus};
use super::Twilio;
use super::answer::Answer;

/// A text on the list, as far as it matters here.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) sid: Id,
    #[serde(default)]
    pub(super) status: String,
    pub(super) error_code: Option<u32>,
    #[serde(default)]
    pub(super) direction: String,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) body: Option<String>,
    /// As in mails: `Thu, 24 Aug 2023 05:01:45 +0000`.
    pub(super) date_created: Option<String>,
    pub(super) num_media: Option<String>,
}

/// An id of Twilio's, which is never empty.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub(super) struct Id(pub(super) String);

impl TryFrom<String> for Id {
    type Error = &'static str;

    fn try_from(id: String) -> Result<Self, Self::Error> {
        if id.is_empty() { Err("an id is never empty") } else { Ok(Self(id)) }
    }
}

/// One page of the list, the latest text first.
#[derive(Deserialize)]
pub(super) struct Page {
    pub(super) messages: Vec<Listed>,
    #[serde(default)]
    pub(super) next_page_uri: Option<String>,
}

/// How many pages are looked through for one text. One customer gets a handful of texts a day.
const MOST_PAGES: usize = 5;

/// How far our clock and Twilio's may be apart.
const APART: SignedDuration = SignedDuration::from_mins(5);

/// What a trial account puts in front of every text.
const TRIAL: &str = "Sent from your Twilio trial account - ";

impl Twilio {
    /// What Twilio has with the same numbers and words, not older than the attempt, oldest first.
    ///
    /// The list is not narrowed by day: that goes by when a text was sent, and one that still waits there has not been.
    pub(super) async fn find_alike(&self, text: &Text, since: Timestamp) -> Result<Vec<Taken>, Unanswered> {
        let account = self.account();
        let request = self.inner.client.get(account.address("/Messages.json")).query(&[
            ("To", text.to.as_str()),
            ("From", text.from.as_str()),
            ("PageSize", "50"),
        ]);
        let mut answer = self.ask(request).await;
        let mut found = Vec::new();
        for _ in 0..MOST_PAGES {
            let page: Page = answer.ok().as_ref().and_then(Answer::content).ok_or(Unanswered)?;
            let is_read_enough = page.messages.iter().any(|listed| listed.is_older(since));
            found.extend(page.messages.iter().filter(|listed| listed.is(text, since)).map(Listed::taken));
            match page.next_page_uri {
                Some(next) if !is_read_enough => {
                    answer = self.ask(self.inner.client.get(account.elsewhere(&next))).await;
                }
                _ => {
                    found.reverse();
                    return Ok(found);
                }
            }
        }
        // Whether it is there is not known before the end.
        Err(Unanswered)
    }
}

impl Listed {
    /// How far the text has come.
    pub(super) fn taken(&self) -> Taken {
        let status = status(&self.status);
        let code = || self.error_code.map_or_else(|| self.status.clone(), |code| code.to_string());
        let failure = (status == MessageStatus::Failed).then(|| Failure::new(&code()));
        Taken { provider_message_id: self.sid.0.clone(), status, failure }
    }

    /// When Twilio came to know of it.
    pub(super) fn created_at(&self) -> Option<Timestamp> {
        let date = self.date_created.as_deref()?;
        jiff::fmt::rfc2822::parse(date).ok().map(|date| date.timestamp())
    }

    /// Whether it is one of ours that may be this text. One without a date may be.
    fn is(&self, text: &Text, since: Timestamp) -> bool {
        let body = self.body.as_deref().unwrap_or_default();
        let body = body.strip_prefix(TRIAL).unwrap_or(body);
        self.direction != "inbound"
            && self.to.as_deref() == Some(text.to.as_str())
            && self.from.as_deref().is_none_or(|from| from == text.from.as_str())
            && plain(body) == plain(&text.body)
            && !self.is_older(since)
    }

    fn is_older(&self, since: Timestamp) -> bool {
        self.is_from_before(since.saturating_sub(APART).unwrap_or(Timestamp::MIN))
    }

    /// Whether it is certainly older. The list knows seconds only.
    pub(super) fn is_from_before(&self, begin: Timestamp) -> bool {
        self.created_at().is_some_and(|created| created.as_second() < begin.as_second())
    }
}

/// A messaging service may straighten curly quotes, as we do, and spaces at the ends are lost on the way.
fn plain(text: &str) -> String {
    straighten(text).trim().to_owned()
}

/// Twilio's words for how far a text has come. An unknown one is none that ends it.
pub(super) fn status(word: &str) -> MessageStatus {
    match word {
        "sent" => MessageStatus::Sent,
        "delivered" | "read" => MessageStatus::Delivered,
        "undelivered" | "failed" | "canceled" => MessageStatus::Failed,
        _ => MessageStatus::Pending,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{MessageId, ShopId};
    use crate::text::{Country, Phone};

    fn phone(number: &str) -> Phone {
        Phone::parse(number, Country::US).expect("a phone")
    }

    fn listed(body: &str) -> Listed {
        Listed {
            sid: Id("SM1".into()),
            status: "queued".into(),
            direction: "outbound-api".into(),
            from: Some("+14155550100".into()),
            to: Some("+14155550142".into()),
            body: Some(body.into()),
            date_created: Some("Thu, 24 Aug 2023 05:01:45 +0000".into()),
            ..Listed::default()
        }
    }

    #[test]
    fn every_word_has_its_place() {
        for (words, place) in [
            (&["accepted", "scheduled", "queued", "sending", "new"][..], MessageStatus::Pending),
            (&["sent"], MessageStatus::Sent),
            (&["delivered", "read"], MessageStatus::Delivered),
            (&["undelivered", "failed", "canceled"], MessageStatus::Failed),
        ] {
            assert!(words.iter().all(|word| status(word) == place), "{words:?}");
        }
    }

    #[test]
    fn a_failure_keeps_its_number_or_the_word() {
        let failed = |error_code| Listed { status: "undelivered".into(), error_code, ..listed("") }.taken().failure;
        assert_eq!(failed(Some(30_003)), Some(Failure::new("30003")));
        assert_eq!(failed(None), Some(Failure::new("undelivered")));
        assert_eq!(listed("").taken().failure, None);
    }

    #[test]
    fn the_same_text_has_the_same_numbers_words_and_time() {
        let text = Text {
            id: MessageId::new(),
            shop: ShopId::new(),
            from: phone("+14155550100"),
            to: phone("+14155550142"),
            body: "It’s done ".into(),
        };
        let since: Timestamp = "2023-08-24T05:01:40Z".parse().expect("a time");
        let is = |listed: Listed| listed.is(&text, since);
        assert!(is(listed("It’s done ")) && is(listed("It's done")) && is(listed(&format!("{TRIAL}It’s done"))));
        assert!(is(Listed { from: None, ..listed("It’s done") }), "a service has not chosen its number yet");
        assert!(is(Listed { date_created: None, ..listed("It’s done") }));
        let before = Some("Thu, 24 Aug 2023 04:56:39 +0000".into());
        assert!(!is(Listed { date_created: before, ..listed("It’s done") }));
        assert!(!is(listed("It is done")));
        assert!(!is(Listed { to: Some("+14155550143".into()), ..listed("It’s done") }));
        assert!(!is(Listed { from: Some("+14155550101".into()), ..listed("It’s done") }));
        assert!(!is(Listed { direction: "inbound".into(), ..listed("It’s done") }));
    }
}
