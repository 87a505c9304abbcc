//! Licence plates.

use std::fmt;

use postgres_types::{FromSql, ToSql};
use serde::{Deserialize, Serialize};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::{Line, MASK, Refusal, parsed_text, schema};

/// A licence plate as it was typed: one line, at most 20 characters. Compare plates by their [`key`](Self::key).
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSql, FromSql)]
#[serde(try_from = "String")]
#[postgres(transparent)]
pub struct Plate(String);

impl Plate {
    const MAX: usize = 20;

    fn parse(text: &str) -> Result<Self, Refusal> {
        let line: Line<{ Self::MAX }> = text.parse()?;
        let plate = Self(line.to_string());
        if plate.key().contains(char::is_alphanumeric) { Ok(plate) } else { Err(Refusal::NotPlate) }
    }

    /// What two spellings of one plate have in common: upper-case, without spaces, dashes and dots.
    ///
    /// It may be longer than the plate (`ß` becomes `SS`).
    #[must_use]
    pub fn key(&self) -> String {
        Self::key_of(&self.0)
    }

    /// The same of any text, such as a part of a plate that is searched for.
    #[must_use]
    pub fn key_of(text: &str) -> String {
        text.chars().filter(|c| !is_separator(*c)).flat_map(char::to_uppercase).collect()
    }

    fn masked(&self) -> String {
        let first: String = self.0.chars().take(1).collect();
        format!("{first}{MASK}")
    }
}

parsed_text!(Plate);

impl PartialSchema for Plate {
    fn schema() -> RefOr<Schema> {
        schema::string()
            .min_length(Some(1))
            .max_length(Some(Self::MAX))
            .pattern(Some(r"[A-Za-z0-9]"))
            .examples(["7ABC-123"])
            .into()
    }
}

impl ToSchema for Plate {}

impl fmt::Display for Plate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '.' | '·')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plate(text: &str) -> Result<Plate, Refusal> {
        text.parse()
    }

    #[test]
    fn it_stays_as_typed() {
        assert_eq!(plate(" 8abC-123 ").map(|plate| plate.to_string()), Ok("8abC-123".to_owned()));
    }

    #[test]
    fn spellings_of_one_plate_share_a_key() {
        for text in ["8ABC123", "8abc 123", "8abc-123", "8.abc.123", "8ABC\u{2013}123", "8 A B C\u{a0}1·2 3"] {
            assert_eq!(plate(text).map(|plate| plate.key()), Ok("8ABC123".to_owned()), "{text}");
        }
    }

    #[test]
    fn other_signs_and_letters_count() {
        assert_eq!(plate("mü-ß 1").map(|plate| plate.key()), Ok("MÜSS1".to_owned()));
        assert_eq!(plate("a/1").map(|plate| plate.key()), Ok("A/1".to_owned()));
    }

    #[test]
    fn its_length_and_content_have_limits() {
        assert!(plate(&"7".repeat(20)).is_ok());
        assert_eq!(plate(&"7".repeat(21)), Err(Refusal::TooLong(20)));
        assert_eq!(plate("  "), Err(Refusal::Empty));
        assert_eq!(plate("A\tB"), Err(Refusal::NotOneLine));
        assert_eq!(plate("- . -"), Err(Refusal::NotPlate));
    }

    #[test]
    fn debug_shows_the_first_character_only() {
        assert_eq!(format!("{:?}", plate("8ABC123").expect("a plate")), "Plate(8•••)");
    }
}
