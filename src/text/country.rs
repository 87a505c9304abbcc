//! The country whose numbering plan reads a phone number.

use std::fmt;
use std::str::FromStr;

use phonenumber::Metadata;
use phonenumber::country::Id;
use phonenumber::metadata::DATABASE;
use serde::{Deserialize, Serialize, Serializer};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::{Refusal, schema};

/// A country by its ISO 3166 code of two letters, upper-case; one whose numbering plan is known.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Country(Id);

impl Country {
    /// The United States, where a shop is until it says otherwise.
    pub const US: Self = Self(Id::US);

    /// All countries whose numbering plan is known, by their codes.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut all: Vec<Self> = DATABASE.iter().filter_map(|plan| plan.id().parse().ok()).collect();
        all.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
        all.dedup();
        all
    }

    /// The two letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }

    pub(super) fn id(self) -> Id {
        self.0
    }

    pub(super) fn numbering_plan(self) -> &'static Metadata {
        DATABASE.by_id(self.as_str()).expect("parsing a country makes sure that its plan is known")
    }
}

impl PartialSchema for Country {
    fn schema() -> RefOr<Schema> {
        let known = DATABASE.iter().map(Metadata::id).filter(|id| id.parse::<Self>().is_ok());
        let known: std::collections::BTreeSet<&str> = known.collect();
        schema::string().description(Some("A country by its ISO 3166 code.")).enum_values(Some(known)).into()
    }
}

impl ToSchema for Country {}

impl FromStr for Country {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let id: Id = text.trim().to_ascii_uppercase().parse().map_err(|_| Refusal::NotCountry)?;
        DATABASE.by_id(id.as_ref()).map(|_| Self(id)).ok_or(Refusal::NotCountry)
    }
}

impl TryFrom<String> for Country {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Country({self})")
    }
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_letters_in_either_case_are_stored_upper_case() {
        for (text, code) in [("US", "US"), (" de ", "DE"), ("gB", "GB")] {
            assert_eq!(text.parse::<Country>().map(|country| country.to_string()), Ok(code.to_owned()));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "U", "USA", "XX", "ZZ", "001", "1", "Ü"] {
            assert_eq!(text.parse::<Country>(), Err(Refusal::NotCountry), "{text}");
        }
    }

    #[test]
    fn every_country_with_a_plan_parses() {
        let regions = DATABASE.iter().map(Metadata::id).filter(|id| *id != "001");
        let parsed: Vec<_> = regions.map(str::parse::<Country>).collect();
        assert!(parsed.len() > 200 && parsed.iter().all(Result::is_ok));
    }

    #[test]
    fn json_is_the_two_letters() {
        let country: Country = serde_json::from_value("ca".into()).expect("a country");
        assert_eq!(serde_json::to_value(country).expect("json"), "CA");
        let error = serde_json::from_value::<Country>("XX".into()).expect_err("no country");
        assert_eq!(error.to_string(), "must be a country's two-letter code, such as US");
    }
}
