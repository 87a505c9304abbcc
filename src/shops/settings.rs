//! What a shop sets once: address, clock, country, units, quick replies.

use jiff::tz::TimeZone;
use postgres_types::{FromSql, ToSql};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::ArrayBuilder;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::language::{Both, Language};
use crate::text::{Change, Country, Line, Prose};

/// A postal address; every part may be missing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Address {
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line1: Option<Line<200>>,
    /// What did not fit into the first line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line2: Option<Line<200>>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<Line<100>>,
    /// State, province or region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<Line<100>>,
    /// ZIP or postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<Line<20>>,
    /// ISO 3166 code of the country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
}

/// A change of some parts of an address: absent keeps, null clears.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressChange {
    #[serde(default)]
    line1: Change<Line<200>>,
    #[serde(default)]
    line2: Change<Line<200>>,
    #[serde(default)]
    city: Change<Line<100>>,
    #[serde(default)]
    state: Change<Line<100>>,
    #[serde(default)]
    postal_code: Change<Line<20>>,
    #[serde(default)]
    country: Change<Country>,
}

impl Address {
    /// The address after the change; cleared as a whole, nothing of it remains.
    #[must_use]
    pub fn changed(self, change: Change<AddressChange>) -> Self {
        let change = match change {
            Change::Keep => return self,
            Change::Clear => return Self::default(),
            Change::Set(change) => change,
        };
        Self {
            line1: change.line1.apply(self.line1),
            line2: change.line2.apply(self.line2),
            city: change.city.apply(self.city),
            state: change.state.apply(self.state),
            postal_code: change.postal_code.apply(self.postal_code),
            country: change.country.apply(self.country),
        }
    }
}

crate::text::text_enum! {
    /// How a shop measures.
    pub enum Units {
        /// Miles and 32nds of an inch.
        Us = "us",
        /// Kilometres and millimetres.
        Metric = "metric",
    }
}

impl Units {
    /// A distance as people write it: "112,480 miles". Spanish in the United States groups digits in the same way.
    #[must_use]
    pub fn distance(self, language: Language, shown: i32) -> String {
        let digits = shown.to_string();
        let groups = digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok());
        format!("{} {}", groups.collect::<Vec<_>>().join(","), self.of_distance(language))
    }

    /// What distances are counted in: "miles".
    #[must_use]
    pub fn of_distance(self, language: Language) -> &'static str {
        match self {
            Self::Us => Both { english: "miles", spanish: "millas" }.in_language(language),
            Self::Metric => "km",
        }
    }
}

/// A time zone by its name in the IANA database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(examples("America/Chicago"), pattern = "^[A-Za-z][A-Za-z0-9_+/-]*$")]
pub struct Zone(String);

const NO_ZONE: &str = "must be a time zone such as America/Chicago";

impl TryFrom<String> for Zone {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        TimeZone::get(&name).map(|_| Self(name)).map_err(|_| NO_ZONE)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.0
    }
}

impl Zone {
    /// Its name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names of all zones that a shop may be in, by the places that people know them by.
    #[must_use]
    pub fn names() -> Vec<String> {
        let names = jiff::tz::db().available().map(|name| name.as_str().to_owned());
        let mut places: Vec<String> = names.filter(|name| name.contains('/') || name == "UTC").collect();
        places.sort_unstable();
        places
    }

    /// The zone's rules.
    #[must_use]
    pub fn rules(&self) -> TimeZone {
        TimeZone::get(&self.0).unwrap_or(TimeZone::UTC)
    }
}

/// How a shop counts, and where it is on the clock.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Settings {
    /// Whose hours times are shown in.
    pub timezone: Zone,
    /// Whose way of writing phone numbers is assumed.
    pub country: Country,
    /// Miles or kilometres.
    pub units: Units,
    /// Answers that staff send often. Of what stands in braces, `{name}`, `{vehicle}` and `{link}` are filled in; anything
    /// else in them is refused.
    pub quick_replies: Vec<Prose<640>>,
}

impl Default for Settings {
    /// A shop in New York, until it says otherwise.
    fn default() -> Self {
        Self {
            timezone: Zone("America/New_York".into()),
            country: "US".parse().expect("a country"),
            units: Units::Us,
            quick_replies: Vec::new(),
        }
    }
}

/// A change of some settings: absent keeps, null goes back to the default.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsChange {
    #[serde(default, deserialize_with = "somewhere")]
    timezone: Change<Zone>,
    #[serde(default)]
    country: Change<Country>,
    #[serde(default)]
    units: Change<Units>,
    #[serde(default)]
    quick_replies: Change<QuickReplies>,
}

/// Refuses the zone of which nothing is known. It has a name, but the database knows it by none.
fn somewhere<'de, D: Deserializer<'de>>(from: D) -> Result<Change<Zone>, D::Error> {
    match Change::<Zone>::deserialize(from)? {
        Change::Set(zone) if zone.rules().is_unknown() => Err(D::Error::custom(NO_ZONE)),
        change => Ok(change),
    }
}

/// The most quick replies a shop keeps: more than fit on the page are no longer quick.
pub const MOST_QUICK_REPLIES: usize = 20;

/// Where an answer that the shop sends often wants the customer's first name.
pub const NAME: &str = "{name}";

/// Where it wants the car: "2018 Honda Civic".
pub const VEHICLE: &str = "{vehicle}";

/// Where it, or any text of the shop's own, wants the report's link.
pub const LINK: &str = "{link}";

/// What an answer wants filled in that nobody knows, as in "Hi {nmae}": the customer would read it as it stands. A wish is one
/// word in braces.
#[must_use]
pub fn unknown_wish(words: &str) -> Option<&str> {
    let mut wishes = words.match_indices('{').filter_map(|(start, _)| {
        let (inside, _) = words[start + 1..].split_once('}')?;
        let word = inside.trim();
        let is_word = !word.is_empty() && word.chars().all(char::is_alphanumeric);
        is_word.then(|| &words[start..start + inside.len() + 2])
    });
    wishes.find(|wish| ![NAME, VEHICLE, LINK].contains(wish))
}

#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Vec<QuickReply>")]
struct QuickReplies(Vec<Prose<640>>);

#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Prose<640>")]
struct QuickReply(Prose<640>);

impl TryFrom<Prose<640>> for QuickReply {
    type Error = String;

    fn try_from(words: Prose<640>) -> Result<Self, String> {
        match unknown_wish(words.as_str()) {
            Some(wish) => Err(format!("asks for {wish}, and only {NAME}, {VEHICLE} and {LINK} are filled in")),
            None => Ok(Self(words)),
        }
    }
}

impl PartialSchema for QuickReplies {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new().items(Prose::<640>::schema()).max_items(Some(MOST_QUICK_REPLIES)).into()
    }
}

impl ToSchema for QuickReplies {}

impl TryFrom<Vec<QuickReply>> for QuickReplies {
    type Error = String;

    fn try_from(replies: Vec<QuickReply>) -> Result<Self, String> {
        if replies.len() > MOST_QUICK_REPLIES {
            return Err(format!("must be at most {MOST_QUICK_REPLIES} texts"));
        }
        Ok(Self(replies.into_iter().map(|reply| reply.0).collect()))
    }
}

impl Settings {
    /// The settings after the change; cleared as a whole, they are the usual ones.
    #[must_use]
    pub fn changed(self, change: Change<SettingsChange>) -> Self {
        let usual = Self::default();
        let change = match change {
            Change::Keep => return self,
            Change::Clear => return usual,
            Change::Set(change) => change,
        };
        Self {
            timezone: change.timezone.apply(Some(self.timezone)).unwrap_or(usual.timezone),
            country: change.country.apply(Some(self.country)).unwrap_or(usual.country),
            units: change.units.apply(Some(self.units)).unwrap_or(usual.units),
            quick_replies: match change.quick_replies {
                Change::Keep => self.quick_replies,
                Change::Clear => usual.quick_replies,
                Change::Set(replies) => replies.0,
            },
        }
    }
}

/// Both are kept as JSON documents, read and written whole.
macro_rules! json_column {
    ($($name:ident)+) => {$(
        impl<'a> FromSql<'a> for $name {
            fn from_sql(
                ty: &postgres_types::Type,
                raw: &'a [u8],
            ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
                postgres_types::Json::from_sql(ty, raw).map(|json| json.0)
            }

            postgres_types::accepts!(JSONB);
        }

        impl ToSql for $name {
            fn to_sql(
                &self,
                ty: &postgres_types::Type,
                out: &mut bytes::BytesMut,
            ) -> Result<postgres_types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
                postgres_types::Json(self).to_sql(ty, out)
            }

            postgres_types::accepts!(JSONB);
            postgres_types::to_sql_checked!();
        }
    )+};
}
json_column! { Address Settings }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_can_fill_in_is_found() {
        for (words, wish) in [
            ("Hi {name}, your {vehicle}: {link}", None),
            ("Hi {name}, {nmae}", Some("{nmae}")),
            ("Hi {Name}", Some("{Name}")),
            ("{{name}}", None),
            ("{ name}", Some("{ name}")),
            ("A brace { stays, so does } and {} and {\n}", None),
        ] {
            assert_eq!(unknown_wish(words), wish, "{words}");
        }
    }
}
