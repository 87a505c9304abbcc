//! What somebody typed into a search box.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use utoipa::PartialSchema;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};

use crate::text::Plate;

/// A search: every word must be found, in any order. Empty, it finds everything.
#[derive(Debug, Default, Clone)]
pub struct Search {
    typed: String,
}

/// More than anybody types.
const MOST_CHARACTERS: usize = 200;

impl PartialSchema for Search {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(MOST_CHARACTERS));
        text.pattern(Some(r"^[^\u0000]*$")).into()
    }
}

impl<'de> Deserialize<'de> for Search {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let typed = String::deserialize(from)?;
        if typed.chars().count() > MOST_CHARACTERS {
            return Err(D::Error::custom(format!("must be at most {MOST_CHARACTERS} characters")));
        }
        if typed.contains('\0') {
            return Err(D::Error::custom("must not contain control characters"));
        }
        Ok(Self { typed })
    }
}

impl Search {
    /// What was typed, without the space around it.
    #[must_use]
    pub fn typed(&self) -> &str {
        self.typed.trim()
    }

    /// A LIKE pattern for each word; the row must match all of them. Statements lower them, as PostgreSQL has lowered what they
    /// are compared with: it makes other letters than this program of some, such as İ. A sigma is written otherwise at the end
    /// of a word, and may be either.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        self.typed.split_whitespace().map(|word| containing(word).replace(['Σ', 'σ', 'ς'], "_")).collect()
    }

    /// A LIKE pattern for what may be (a part of) a phone number: at least three digits and nothing but what people
    /// write between them. Zeros in front are a prefix for dialling at home or abroad, and not stored.
    #[must_use]
    pub fn phone(&self) -> Option<String> {
        let is_phone = self.typed.chars().all(|c| c.is_ascii_digit() || " +-.()/".contains(c));
        let digits: String = self.typed.chars().filter(char::is_ascii_digit).collect();
        let digits = digits.trim_start_matches('0');
        (is_phone && digits.len() >= 3).then(|| containing(digits))
    }

    /// A LIKE pattern for what may be (a part of) a plate or VIN, compared without what people write in between.
    #[must_use]
    pub fn plate_or_vin(&self) -> Option<String> {
        let key = Plate::key_of(&self.typed);
        (!key.is_empty()).then(|| containing(&key))
    }
}

fn containing(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(typed: &str) -> Search {
        Search { typed: typed.into() }
    }

    #[test]
    fn words_are_found_in_any_order_and_literally() {
        assert_eq!(search(" Ruth  ABEL ").words(), ["%Ruth%", "%ABEL%"]);
        assert_eq!(search("ΟΔΟΣ σας").words(), ["%ΟΔΟ_%", "%_α_%"]);
        assert_eq!(search("50%_\\").words(), ["%50\\%\\_\\\\%"]);
        assert!(search("").words().is_empty());
    }

    #[test]
    fn digits_may_be_a_phone() {
        assert_eq!(search("(415) 555-01").phone().as_deref(), Some("%41555501%"));
        assert_eq!(search("07700 900123").phone().as_deref(), Some("%7700900123%"));
        assert_eq!(search("41").phone(), None);
        assert_eq!(search("7ABC123").phone(), None);
    }

    #[test]
    fn a_plate_is_compared_without_its_dashes() {
        assert_eq!(search("7abc-12").plate_or_vin().as_deref(), Some("%7ABC12%"));
        assert_eq!(search(" ").plate_or_vin(), None);
    }
}
