//! Whether a customer may be texted, why not, and since when, in words.

use jiff::Timestamp;

use crate::conversations::may_text;
use crate::customers::Customer;
use crate::error::{Conflict, Error};
use crate::text::Line;

/// How the shop heard a yes or a no to being texted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    /// The customer texted it.
    Keyword,
    /// Somebody of the shop wrote it down.
    Staff,
    /// The carrier told it.
    Provider,
}

impl Source {
    /// Reads it as it is kept.
    pub(super) fn read(kept: &str) -> Self {
        match kept {
            "keyword" => Self::Keyword,
            "staff" => Self::Staff,
            _ => Self::Provider,
        }
    }
}

/// The last yes or no that was said for a phone.
#[derive(Debug)]
pub(super) struct LastWord {
    pub(super) is_welcome: bool,
    pub(super) source: Source,
    /// Who wrote it down, by first name.
    pub(super) by: Option<Line<100>>,
    pub(super) at: Timestamp,
}

/// Whether a customer may be texted.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Consent {
    pub(super) may_text: bool,
    /// Why, or why not; where it is known since when, that day is read behind it.
    pub(super) words: String,
    /// Since when.
    pub(super) since: Option<Timestamp>,
}

impl Consent {
    /// What follows from who the customer is and from the last word for their phone.
    pub(super) fn of(customer: &Customer, last: Option<&LastWord>) -> Self {
        let has_opted_out = last.is_some_and(|last| !last.is_welcome);
        let may_text = match may_text(customer, has_opted_out) {
            Ok(_) => true,
            Err(Error::Conflict(Conflict::NoPhone)) => {
                return Self { may_text: false, words: "No texts: there is no phone number".into(), since: None };
            }
            Err(_) => false,
        };
        // A word that says otherwise was said for another customer with this phone.
        let last = last.filter(|last| last.is_welcome == may_text);
        let words = match (last, may_text) {
            (Some(last), true) => format!("May be texted: {} on", last.said("START")),
            (Some(last), false) => format!("No texts: {} on", last.said("STOP")),
            (None, true) => "May be texted: noted here when they were added on".to_owned(),
            (None, false) => "No texts: they did not agree to any".to_owned(),
        };
        Self { may_text, words, since: last.map(|last| last.at).or(may_text.then_some(customer.created_at)) }
    }
}

impl LastWord {
    /// How it was said, where it came as this keyword.
    fn said(&self, keyword: &str) -> String {
        match self.source {
            Source::Keyword => format!("they answered {keyword}"),
            Source::Staff => format!("they told {}", self.by.as_ref().map_or("us", Line::as_str)),
            Source::Provider => format!("the carrier passed on their {keyword}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customers::CustomerStatus;
    use crate::ids::{CustomerId, ShopId};
    use crate::shops::Address;
    use crate::text::{Country, Phone};

    fn customer(wants_texts: bool) -> Customer {
        Customer {
            id: CustomerId::new(),
            shop_id: ShopId::new(),
            first_name: None,
            last_name: None,
            email: None,
            phone: Some(Phone::parse("+14155550142", Country::US).expect("a phone")),
            address: Address::default(),
            sms_opt_in: wants_texts,
            email_opt_in: true,
            status: CustomerStatus::Active,
            created_at: at(1),
            updated_at: at(1),
            deleted_at: None,
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a moment")
    }

    fn word(is_welcome: bool, source: Source) -> LastWord {
        LastWord { is_welcome, source, by: "Rosa".parse().ok(), at: at(2) }
    }

    #[test]
    fn it_is_said_why_and_since_when() {
        let cases = [
            (true, None, "May be texted: noted here when they were added on", Some(1)),
            (true, Some(word(true, Source::Keyword)), "May be texted: they answered START on", Some(2)),
            (true, Some(word(true, Source::Staff)), "May be texted: they told Rosa on", Some(2)),
            (false, Some(word(false, Source::Keyword)), "No texts: they answered STOP on", Some(2)),
            (true, Some(word(false, Source::Provider)), "No texts: the carrier passed on their STOP on", Some(2)),
            (false, None, "No texts: they did not agree to any", None),
            // Somebody else with this phone wanted texts.
            (false, Some(word(true, Source::Keyword)), "No texts: they did not agree to any", None),
        ];
        for (wants_texts, last, words, since) in cases {
            let consent = Consent::of(&customer(wants_texts), last.as_ref());
            assert_eq!((consent.words.as_str(), consent.since), (words, since.map(at)));
            assert_eq!(consent.may_text, words.starts_with("May"));
        }
    }

    #[test]
    fn without_a_phone_no_word_counts() {
        let nowhere = Customer { phone: None, ..customer(true) };
        let consent = Consent::of(&nowhere, Some(&word(true, Source::Staff)));
        assert_eq!((consent.may_text, consent.since), (false, None));
    }
}
