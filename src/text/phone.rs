//! Phone numbers, stored in E.164 and read with the shop's country.

use std::fmt;

use phonenumber::metadata::{DATABASE, Descriptor};
use phonenumber::{Mode, PhoneNumber, Type};
use postgres_types::{FromSql, ToSql};
use serde::{Deserialize, Serialize};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::{Country, MASK, Refusal, schema};
use crate::error::Error;

/// A phone number in E.164: a plus, the country code and the national number ("+14155550142").
///
/// Every number of a possible length is accepted, not only those in a range known today: ranges are opened every month,
/// and the provider's test numbers are in none. `Display` and `Debug` are masked (`+1415•••0142`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSql, FromSql)]
#[postgres(transparent)]
pub struct Phone(String);

/// A phone number as it was typed, kept until the shop's country is known.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct PhoneInput(String);

impl Phone {
    /// Reads a number as somebody in `country` writes it: national, after the prefix for calling abroad, or with a plus.
    pub fn parse(text: &str, country: Country) -> Result<Self, Refusal> {
        if text.trim().is_empty() {
            return Err(Refusal::Empty);
        }
        let stored = dialled(text).and_then(|dialled| e164(&dialled, country)).ok_or(Refusal::NotPhone)?;
        // What does not read as itself had more in front than a trunk prefix ("000..."), and is nobody's number.
        if e164(&stored, country).as_ref() == Some(&stored) { Ok(Self(stored)) } else { Err(Refusal::NotPhone) }
    }

    /// The number in E.164.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number as people in `country` write it: "(415) 555-0142" at home, "+1 415-555-0142" from abroad.
    #[must_use]
    pub fn shown_in(&self, country: Country) -> String {
        let Ok(number) = phonenumber::parse(None, &self.0) else {
            return self.0.clone();
        };
        let at_home = number.code().value() == country.numbering_plan().country_code();
        let mode = if at_home { Mode::National } else { Mode::International };
        number.format().mode(mode).to_string()
    }

    /// Whether it is one of those that are invented for shops without a number: there is no area code 555.
    #[must_use]
    pub fn is_invented(&self) -> bool {
        self.0.strip_prefix("+1555").is_some_and(|rest| rest.len() == 7)
    }

    /// Whether a call from `country` to it is none abroad: it has the same country code.
    #[must_use]
    pub fn is_dialled_from(&self, country: Country) -> bool {
        let code = phonenumber::parse(None, &self.0).map(|number| number.code().value());
        code.is_ok_and(|code| code == country.numbering_plan().country_code())
    }

    /// Hides at least three digits; the last four are what staff recognise a number by.
    fn masked(&self) -> String {
        let characters: Vec<char> = self.0.chars().collect();
        let shown = characters.len().saturating_sub(7);
        let head: String = characters[..shown.min(5)].iter().collect();
        let tail: String = characters[characters.len().saturating_sub(shown.min(4))..].iter().collect();
        format!("{head}{MASK}{tail}")
    }
}

impl PhoneInput {
    /// Reads the number with the shop's country.
    pub fn parse(&self, country: Country) -> Result<Phone, Refusal> {
        Phone::parse(&self.0, country)
    }

    /// The same, refused by the name of the field that it was typed into.
    pub fn read(&self, field: &str, country: Country) -> Result<Phone, Error> {
        self.parse(country).map_err(|refusal| Error::invalid(field, refusal.to_string()))
    }
}

impl PartialSchema for Phone {
    fn schema() -> RefOr<Schema> {
        schema::string().pattern(Some(r"^\+[0-9]{2,17}$")).examples(["+14155550142"]).into()
    }
}

impl ToSchema for Phone {}

impl PartialSchema for PhoneInput {
    fn schema() -> RefOr<Schema> {
        let words = "A phone number as it is written in the shop's country, or with + and the country code.";
        let number = schema::string().description(Some(words)).pattern(Some(schema::dialled()));
        number.examples(["(415) 555-0142", "+14155550142"]).into()
    }
}

impl ToSchema for PhoneInput {}

impl From<String> for PhoneInput {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({self})")
    }
}

impl fmt::Debug for PhoneInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneInput({MASK})")
    }
}

/// What would be dialled: the digits, after a plus if there is one. None if there is more than digits and punctuation:
/// a letter is a slip or an extension, and leaving it out would text a stranger.
fn dialled(text: &str) -> Option<String> {
    let mut dialled = String::new();
    for c in text.chars() {
        match c {
            '0'..='9' => dialled.push(c),
            '+' if dialled.is_empty() => dialled.push(c),
            _ if is_punctuation(c) => {}
            _ => return None,
        }
    }
    Some(dialled)
}

/// What stands between digits; address books also wrap numbers in invisible direction marks.
fn is_punctuation(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '.' | '/' | '(' | ')' | '\u{2010}'..='\u{2015}')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
}

/// What would be dialled from `country`, as a number of the world; None if it is not a possible one.
fn e164(dialled: &str, country: Country) -> Option<String> {
    let number = read(dialled, country)?;
    is_possible(&number).then(|| number.format().mode(Mode::E164).to_string())
}

/// Reads what would be dialled from `country`.
///
/// An international number is read without the country: the crate would strip the country's own trunk prefix from it,
/// and in the United States, whose prefix is 1, make another number of +49 15...
fn read(dialled: &str, country: Country) -> Option<PhoneNumber> {
    let abroad = country.numbering_plan().international_prefix().and_then(|prefix| prefix.find(dialled));
    let parsed = match abroad {
        _ if dialled.starts_with('+') => phonenumber::parse(None, dialled),
        Some(prefix) if prefix.start() == 0 => phonenumber::parse(None, format!("+{}", &dialled[prefix.end()..])),
        _ => phonenumber::parse(Some(country.id()), dialled),
    };
    parsed.ok()
}

/// Whether the national number has a length that some kind of number has in that country. Pagers, voice mail and
/// numbers inside a company are left out: they are shorter, and emergency numbers would pass for them.
fn is_possible(number: &PhoneNumber) -> bool {
    const KINDS: [Type; 7] = [
        Type::FixedLine,
        Type::Mobile,
        Type::TollFree,
        Type::PremiumRate,
        Type::SharedCost,
        Type::PersonalNumber,
        Type::Voip,
    ];
    // Of the regions that share a country code the first is the main one, and it knows all their lengths.
    let regions = DATABASE.by_code(&number.code().value()).unwrap_or_default();
    let Some(plan) = regions.first() else { return false };
    let digits = number.national().to_string().len();
    let kinds = KINDS.iter().filter_map(|kind| plan.descriptors().get(*kind));
    kinds.flat_map(Descriptor::possible_length).any(|length| usize::from(*length) == digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(code: &str) -> Country {
        code.parse().expect("a country")
    }

    fn parse(text: &str, code: &str) -> Result<String, Refusal> {
        Phone::parse(text, country(code)).map(|phone| phone.as_str().to_owned())
    }

    #[test]
    fn one_number_in_many_spellings() {
        for text in [
            "4155550142",
            "(415) 555-0142",
            "415.555.0142",
            "415/555-0142",
            "1 415 555 0142",
            "+1 (415) 555-0142",
            " +14155550142\n",
            "\u{202a}+1\u{a0}415\u{2011}555\u{2011}0142\u{202c}",
            "011 1 415 555 0142",
        ] {
            assert_eq!(parse(text, "US"), Ok("+14155550142".to_owned()), "{text}");
        }
    }

    #[test]
    fn possible_numbers_in_no_known_range_are_accepted() {
        assert_eq!(parse("+1 500 555 0006", "US"), Ok("+15005550006".to_owned()));
        assert_eq!(parse("+15005550001", "DE"), Ok("+15005550001".to_owned()));
        assert_eq!(parse("555 555 5555", "US"), Ok("+15555555555".to_owned()));
    }

    #[test]
    fn what_nobody_could_be_reached_at_is_refused() {
        for text in [
            "911",
            "abc",
            "+1",
            "+",
            "-",
            "0",
            "555-0142",
            "+1 555 0142",
            "415 555 014",
            "415 555 01422",
            "+1 415 555 01422",
            "+999 123 456 789",
            "41555501O2",
            "415 555 0142 ext 5",
            "415 555 0142#5",
            "415 555 0142, 415 555 0143",
            "415 555 0142 / 415 555 0143",
            "415+5550142",
            "*67 415 555 0142",
            "011",
            "99999999999999999999999999",
        ] {
            assert_eq!(parse(text, "US"), Err(Refusal::NotPhone), "{text}");
        }
        for (text, code) in
            [("112", "DE"), ("110", "DE"), ("999", "GB"), ("000", "AU"), ("15", "FR"), ("000159821", "CU")]
        {
            assert_eq!(parse(text, code), Err(Refusal::NotPhone), "{text}");
        }
        assert_eq!(parse(" \t", "US"), Err(Refusal::Empty));
    }

    #[test]
    fn national_numbers_are_read_with_the_shops_country() {
        for (text, code, stored) in [
            ("020 7946 0018", "GB", "+442079460018"),
            ("030 123456", "DE", "+4930123456"),
            ("06 698 12345", "IT", "+390669812345"),
            ("604 555 0142", "CA", "+16045550142"),
            ("0412 345 678", "AU", "+61412345678"),
            ("55 1234 5678", "MX", "+525512345678"),
        ] {
            assert_eq!(parse(text, code), Ok(stored.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_foreign_number_keeps_its_digits_whatever_the_shops_trunk_prefix() {
        for text in ["+49 151 2345678", "011 49 151 2345678"] {
            assert_eq!(parse(text, "US"), Ok("+491512345678".to_owned()), "{text}");
        }
        assert_eq!(parse("00 1 415 555 0142", "DE"), Ok("+14155550142".to_owned()));
        assert_eq!(parse("+44 (0)20 7946 0018", "US"), Ok("+442079460018".to_owned()));
        assert_eq!(parse("+33 (0)6 12 34 56 78", "US"), Ok("+33612345678".to_owned()));
    }

    #[test]
    fn what_is_stored_reads_as_itself() {
        for stored in ["+14155550142", "+15005550006", "+491512345678", "+390669812345", "+525512345678"] {
            for code in ["US", "DE", "RU", "HU"] {
                assert_eq!(parse(stored, code), Ok(stored.to_owned()), "{stored} in {code}");
            }
        }
    }

    #[test]
    fn people_see_it_as_they_write_it() {
        let phone = Phone::parse("+14155550142", Country::US).expect("a number");
        assert_eq!(phone.shown_in(Country::US), "(415) 555-0142");
        assert_eq!(phone.shown_in(country("CA")), "(415) 555-0142");
        assert_eq!(phone.shown_in(country("DE")), "+1 415-555-0142");
        assert_eq!(Phone("not E.164".to_owned()).shown_in(Country::US), "not E.164");
    }

    #[test]
    fn logs_see_it_masked() {
        for (stored, masked) in [
            ("+14155550142", "+1415•••0142"),
            ("+4915123456789", "+4915•••6789"),
            ("+4930123456", "+493•••3456"),
            ("+2904567", "+•••7"),
            ("", "•••"),
        ] {
            let phone = Phone(stored.to_owned());
            assert_eq!(phone.to_string(), masked);
            assert_eq!(format!("{phone:?}"), format!("Phone({masked})"));
        }
    }

    #[test]
    fn what_was_typed_waits_for_the_country() {
        let input: PhoneInput = serde_json::from_value("020 7946 0018".into()).expect("any text");
        assert_eq!(format!("{input:?}"), "PhoneInput(•••)");
        let phone = input.parse(country("GB")).expect("a number");
        assert_eq!(serde_json::to_value(&phone).expect("json"), "+442079460018");
        assert_eq!(input.parse(Country::US), Err(Refusal::NotPhone));
    }
}
