//! Why a text did not arrive, in words for staff, and whether trying again can help.

use postgres_types::{FromSql, ToSql};
use serde::Serialize;
use utoipa::ToSchema;

/// The reason a text failed: the provider's error number (twilio.com/docs/api/errors), or a word of our own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSql, FromSql, ToSchema)]
#[serde(transparent)]
#[postgres(transparent)]
pub struct Failure(String);

impl Failure {
    /// The customer said STOP; the same number whether the provider or we ourselves held the text back.
    pub const OPTED_OUT: &str = "21610";
    /// It could not be handed over for so long that it would no longer make sense.
    pub const EXPIRED: &str = "expired";
    /// The shop has no number to text from, or is closed.
    pub const NO_NUMBER: &str = "no-number";
    /// The customer was deleted while the text waited.
    pub const DELETED: &str = "deleted";
    /// The link that the text carries was revoked, or ended, while the text waited.
    pub const REVOKED: &str = "revoked";

    /// The number is not of the country where the shop is.
    pub const ABROAD: &str = "abroad";
    /// The shop, or this phone, was sent as much as may be in a day.
    pub const CAPPED: &str = "capped";

    /// The reason with this code, as far as the column holds it.
    #[must_use]
    pub fn new(code: &str) -> Self {
        Self(code.chars().filter(|c| !c.is_control()).take(40).collect())
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0
    }

    /// What staff should know.
    #[must_use]
    pub fn words(&self) -> &'static str {
        match self.code() {
            Self::OPTED_OUT => "The customer does not want to be texted.",
            "21211" | "21614" => "This is not a mobile number.",
            "21212" | "21606" | "21660" | "21703" => "The shop's number can't send texts.",
            "21617" => "It is too long.",
            "21408" | "21612" => "Texts can't be sent to this number from here.",
            "30003" => "The phone is off or out of reach.",
            "30005" | "30006" => "The number is unknown or a landline: call instead.",
            "30001" => "Too many texts waited at the carrier.",
            "30002" => "The texting account is suspended.",
            "30004" => "The phone does not take texts from this shop.",
            "30007" => "The carrier filtered it.",
            "30034" => "The shop's number is not registered for texting yet.",
            Self::EXPIRED => "It could not be sent within a day.",
            Self::NO_NUMBER => "The shop has no number to text from.",
            Self::DELETED => "The customer was deleted before it was sent.",
            Self::ABROAD => "Texts go to numbers of the shop's own country only.",
            Self::CAPPED => "The shop has sent as many texts as it may in a day: try again tomorrow.",
            Self::REVOKED => "The report's link was revoked before this was sent.",
            _ => "It could not be delivered.",
        }
    }

    /// Whether the same text to the same number can arrive another time. One to a landline, or one that the carrier
    /// filters, never does, and a link that ended stays so.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        const NEVER: [&str; 10] = [
            "21211",
            "21408",
            "21612",
            "21614",
            "30004",
            "30005",
            "30006",
            "30007",
            Failure::ABROAD,
            Failure::REVOKED,
        ];
        !NEVER.contains(&self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_reason_has_words_of_its_own() {
        let unknown = Failure::new("99999").words();
        for code in [
            "21610",
            "21211",
            "21614",
            "30003",
            "30005",
            "30006",
            "30007",
            "30034",
            "expired",
            "no-number",
            "deleted",
            "revoked",
            "abroad",
            "capped",
            "30002",
            "21606",
        ] {
            assert_ne!(Failure::new(code).words(), unknown, "{code}");
        }
    }

    #[test]
    fn a_phone_that_was_off_may_be_tried_again_a_landline_not() {
        for (code, may_pass) in
            [("30003", true), ("21610", true), ("expired", true), ("30006", false), ("revoked", false)]
        {
            assert_eq!(Failure::new(code).may_pass(), may_pass, "{code}");
        }
    }

    #[test]
    fn a_code_fits_its_column() {
        assert_eq!(Failure::new(&"ä\0".repeat(50)).code(), "ä".repeat(40));
    }
}
