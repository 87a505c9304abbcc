//! How much may be sent: so much that no shop with customers notices, and so little that nobody who gets hold of a login can
//! do great harm with it. Judged when a text is claimed, so that no way into the outbox leads around it.

use super::Failure;
use crate::shops::Settings;
use crate::text::Phone;

/// Texts that a phone gets from a shop in 24 hours.
pub(super) const A_PHONE_A_DAY: i64 = 20;
/// Texts that a shop sends in 24 hours.
pub(super) const A_SHOP_A_DAY: i64 = 2_000;
/// The same in its first days, when nobody knows yet who it is.
pub(super) const A_NEW_SHOP_A_DAY: i64 = 100;
/// How long a shop is new.
pub(super) const NEW_FOR_DAYS: i32 = 7;

/// How many of so many texts may fail before something seems to be wrong: carriers shut numbers out that text at random.
const LAST: i64 = 100;
const ALARMING_SHARE: i64 = 10;

/// How the texts fared that a shop sent last, a hundred of them at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fared {
    /// How many failed.
    pub failed: i64,
    /// Of how many.
    pub texts: i64,
}

impl Fared {
    /// Whether more than a tenth of a hundred failed. A shop that has sent less is judged as if the rest had arrived.
    #[must_use]
    pub fn is_alarming(self) -> bool {
        self.failed * LAST > ALARMING_SHARE * LAST.max(self.texts)
    }

    /// Whether it was the last failure that made it so: it is said once, not with every text that fails.
    #[must_use]
    pub fn became_alarming(self) -> bool {
        self.is_alarming() && !Self { failed: self.failed - 1, ..self }.is_alarming()
    }
}

/// Texts go to the country where the shop is, or to one that shares its code: who sends them elsewhere is most often not
/// the shop.
pub(super) fn may_reach(to: &Phone, settings: &Settings) -> Result<(), Failure> {
    if to.is_dialled_from(settings.country) { Ok(()) } else { Err(Failure::new(Failure::ABROAD)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Country;

    #[test]
    fn more_than_a_tenth_of_a_hundred_is_alarming() {
        for (failed, texts, is_alarming) in
            [(0, 0, false), (1, 1, false), (10, 10, false), (10, 100, false), (11, 11, true), (11, 100, true)]
        {
            let fared = Fared { failed, texts };
            assert_eq!(fared.is_alarming(), is_alarming, "{failed} of {texts}");
            assert_eq!(fared.became_alarming(), is_alarming, "{failed} of {texts}");
        }
    }

    #[test]
    fn it_becomes_alarming_once() {
        assert!(!Fared { failed: 12, texts: 100 }.became_alarming());
    }

    #[test]
    fn a_shop_texts_at_home() {
        let phone = |number| Phone::parse(number, Country::US).expect("a phone");
        let settings = Settings::default();
        assert_eq!(may_reach(&phone("+14155550142"), &settings), Ok(()));
        assert_eq!(may_reach(&phone("+16045550142"), &settings), Ok(()), "Canada has the same code");
        assert_eq!(may_reach(&phone("+4915112345678"), &settings), Err(Failure::new("abroad")));
        let berlin = Settings { country: "DE".parse().expect("a country"), ..settings };
        assert_eq!(may_reach(&phone("+4915112345678"), &berlin), Ok(()));
    }
}
