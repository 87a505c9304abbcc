//! Vehicle identification numbers (49 CFR 565, ISO 3779).

use std::fmt;

use postgres_types::{FromSql, ToSql};
use serde::{Deserialize, Serialize};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::{MASK, Refusal, at_most, parsed_text, schema, text_enum};

/// A vehicle identification number: 1 to 17 letters and digits, upper-case, spaces and dashes removed.
///
/// Cars before 1981 have shorter ones, so a number that is not well-formed is doubted ([`doubt`](Self::doubt)) and kept.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSql, FromSql)]
#[serde(try_from = "String")]
#[postgres(transparent)]
pub struct Vin(String);

text_enum! {
    /// Why a VIN looks mistyped. The word is the warning's code, [`detail`](Self::detail) its sentence.
    pub enum VinDoubt {
        /// Not 17 characters.
        Length = "vin_length",
        /// An I, O or Q, which are never used because they look like digits.
        Letters = "vin_letters",
        /// The ninth character is not what the others add up to.
        CheckDigit = "vin_check_digit",
    }
}

impl VinDoubt {
    /// What the desk reads beside the field.
    #[must_use]
    pub fn detail(self) -> &'static str {
        match self {
            Self::Length => "looks mistyped? A VIN has 17 characters since 1981",
            Self::Letters => "looks mistyped? A VIN has no letters I, O and Q",
            Self::CheckDigit => "looks mistyped? The check digit does not match",
        }
    }
}

impl Vin {
    const LENGTH: usize = 17;
    /// How much each position counts; the check digit itself does not.
    const WEIGHTS: [u32; Self::LENGTH] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    /// Model years from 1980 on, or from 2010 on; I, O, Q, U, Z and 0 stand for none.
    const YEARS: &str = "ABCDEFGHJKLMNPRSTVWXY123456789";

    fn parse(text: &str) -> Result<Self, Refusal> {
        let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        if text.is_empty() {
            return Err(Refusal::Empty);
        }
        if !text.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(Refusal::NotVin);
        }
        at_most(Self::LENGTH, &text)?;
        Ok(Self(text.to_ascii_uppercase()))
    }

    /// Why this looks mistyped, if it does.
    ///
    /// A check digit is mandatory where the first character says North America (1 to 5). Elsewhere a maker that uses none
    /// puts a letter in its place, so there it is judged only if it could be one: a digit or X.
    #[must_use]
    pub fn doubt(&self) -> Option<VinDoubt> {
        let characters = self.characters();
        if characters.len() != Self::LENGTH {
            return Some(VinDoubt::Length);
        }
        let Some(expected) = self.expected_check_digit() else {
            return Some(VinDoubt::Letters);
        };
        let mandatory = matches!(characters[0], b'1'..=b'5');
        let judged = mandatory || matches!(characters[8], b'0'..=b'9' | b'X');
        (judged && characters[8] != expected).then_some(VinDoubt::CheckDigit)
    }

    /// The model year, if this is a well-formed number that names one: position 10 says which year of the cycle, position 7
    /// which cycle (a digit 1980 to 2009, a letter 2010 to 2039).
    #[must_use]
    pub fn model_year(&self) -> Option<i16> {
        self.expected_check_digit()?;
        let year_of_cycle = Self::YEARS.bytes().position(|c| c == self.characters()[9])?;
        let cycle = if self.characters()[6].is_ascii_digit() { 1980 } else { 2010 };
        Some(cycle + i16::try_from(year_of_cycle).expect("a cycle has 30 years"))
    }

    /// What position 9 has to be; None unless these are 17 characters without I, O and Q.
    fn expected_check_digit(&self) -> Option<u8> {
        if self.characters().len() != Self::LENGTH {
            return None;
        }
        let values: Option<Vec<u32>> = self.characters().iter().map(|c| value(*c)).collect();
        let sum: u32 = values?.iter().zip(Self::WEIGHTS).map(|(value, weight)| value * weight).sum();
        Some(b"0123456789X"[(sum % 11) as usize])
    }

    fn characters(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The maker's part; the rest names one car.
    fn masked(&self) -> String {
        let maker: String = self.0.chars().take(3).collect();
        format!("{maker}{MASK}")
    }
}

parsed_text!(Vin);

impl PartialSchema for Vin {
    fn schema() -> RefOr<Schema> {
        schema::string()
            .pattern(Some(format!(r"^[\s-]*([A-Za-z0-9][\s-]*){{1,{}}}$", Self::LENGTH)))
            .examples(["1HGCM82633A004352"])
            .into()
    }
}

impl ToSchema for Vin {}

impl fmt::Display for Vin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a character counts: digits themselves, letters by 49 CFR 565.15, table III.
fn value(character: u8) -> Option<u32> {
    match character {
        b'0'..=b'9' => Some(u32::from(character - b'0')),
        b'A'..=b'H' => Some(u32::from(character - b'A') + 1),
        b'J'..=b'N' => Some(u32::from(character - b'J') + 1),
        b'P' => Some(7),
        b'R' => Some(9),
        b'S'..=b'Z' => Some(u32::from(character - b'S') + 2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vin(text: &str) -> Vin {
        text.parse().expect("a VIN")
    }

    #[test]
    fn it_is_upper_case_without_spaces_and_dashes() {
        assert_eq!(vin(" 1hgcm-8263 3a004352\n").as_str(), "1HGCM82633A004352");
    }

    #[test]
    fn other_characters_and_other_lengths_are_refused() {
        let parse = |text: &str| text.parse::<Vin>().map(|vin| vin.to_string());
        assert_eq!(parse("7"), Ok("7".to_owned()));
        assert_eq!(parse("1HGCM82633A0043522"), Err(Refusal::TooLong(17)));
        assert_eq!(parse(" - "), Err(Refusal::Empty));
        for text in ["1HGCM8263.A004352", "1HGCM8263\u{e4}A004352", "1HGCM\08263", "1HGCM8263*"] {
            assert_eq!(parse(text), Err(Refusal::NotVin), "{text}");
        }
    }

    #[test]
    fn letters_have_the_values_of_the_table() {
        let table = "A1 B2 C3 D4 E5 F6 G7 H8 J1 K2 L3 M4 N5 P7 R9 S2 T3 U4 V5 W6 X7 Y8 Z9";
        for pair in table.split(' ').map(str::as_bytes) {
            assert_eq!(value(pair[0]), Some(u32::from(pair[1] - b'0')));
        }
        for never in *b"IOQ" {
            assert_eq!(value(never), None);
        }
    }

    #[test]
    fn well_formed_numbers_raise_no_doubt() {
        for text in
            ["1M8GDM9AXKP042788", "11111111111111111", "1G4AH59H45G118341", "5GZCZ43D13S812715", "1HGCM82633A004352"]
        {
            assert_eq!(vin(text).doubt(), None, "{text}");
        }
    }

    #[test]
    fn a_wrong_check_digit_is_doubted() {
        for text in ["SGZCZ43D13S812715", "1HGCM82643A004352", "1M8GDM9A1KP042788", "1HGCM826Z3A004352"] {
            assert_eq!(vin(text).doubt(), Some(VinDoubt::CheckDigit), "{text}");
        }
    }

    #[test]
    fn makers_abroad_may_use_no_check_digit() {
        assert_eq!(vin("WVWZZZ1JZ3W386752").doubt(), None);
        assert_eq!(vin("1VWZZZ1JZ3W386752").doubt(), Some(VinDoubt::CheckDigit));
    }

    #[test]
    fn length_and_letters_are_doubted_never_refused() {
        for (text, doubt) in [
            ("1HGCM82633A00435", VinDoubt::Length),
            ("113861I", VinDoubt::Length),
            ("1HGCM82633AO04352", VinDoubt::Letters),
            ("1HGCM8263QA004352", VinDoubt::Letters),
            ("IHGCM82633A004352", VinDoubt::Letters),
        ] {
            assert_eq!(vin(text).doubt(), Some(doubt), "{text}");
        }
    }

    #[test]
    fn a_doubt_has_a_code_and_a_sentence() {
        assert_eq!(VinDoubt::CheckDigit.as_str(), "vin_check_digit");
        assert!(VinDoubt::ALL.iter().all(|doubt| doubt.detail().starts_with("looks mistyped?")));
    }

    #[test]
    fn position_10_names_the_year_and_position_7_the_cycle() {
        for (text, year) in [
            ("1M8GDM9AXKP042788", Some(1989)),
            ("11111111111111111", Some(2001)),
            ("1G4AH59H45G118341", Some(2005)),
            ("1HGCM82633A004352", Some(2003)),
            ("1HGCM8263AA004352", Some(1980)),
            ("1HGCM82639A004352", Some(2009)),
            ("1HGCM8A63AA004352", Some(2010)),
            ("1HGCM8A63YA004352", Some(2030)),
            ("1HGCM8A639A004352", Some(2039)),
        ] {
            assert_eq!(vin(text).model_year(), year, "{text}");
        }
    }

    #[test]
    fn no_year_without_a_well_formed_number_that_names_one() {
        for text in ["1HGCM82630A004352", "1HGCM8263UA004352", "1HGCM8263ZA004352", "1HGCM82633AO04352", "113861"] {
            assert_eq!(vin(text).model_year(), None, "{text}");
        }
    }

    #[test]
    fn debug_shows_the_maker_only() {
        assert_eq!(format!("{:?}", vin("1HGCM82633A004352")), "Vin(1HG•••)");
    }
}
