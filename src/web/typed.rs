//! What people type into forms, read into the same types that programs send as JSON. A field left empty says nothing,
//! numbers may be written with separators, a list is a line each or a numbered field each (`concerns.0`), and `customer.phone` is the phone of the customer.

use std::collections::BTreeMap;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::strict::Refusal;

/// A field of a form, or several whose names begin with the same word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field {
    /// As it was typed.
    Text(String),
    /// By the rest of their names.
    Group(BTreeMap<String, Field>),
}

impl Field {
    /// Puts fields into groups by the dots in their names, which a form has few of. Of two with the same name the last one
    /// counts.
    pub(super) fn group<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut form = Self::Group(BTreeMap::new());
        for (name, text) in fields {
            form.put(name, text);
        }
        form
    }

    /// Takes a field or a group away, as if the form did not have it; false where it has none.
    pub(super) fn remove(&mut self, name: &str) -> bool {
        let Self::Group(fields) = self else { return false };
        match name.split_once('.') {
            Some((first, rest)) => fields.get_mut(first).is_some_and(|group| group.remove(rest)),
            None => fields.remove(name).is_some(),
        }
    }

    fn put(&mut self, name: &str, text: &str) {
        if let Self::Text(_) = self {
            *self = Self::Group(BTreeMap::new());
        }
        let Self::Group(fields) = self else { return };
        match name.split_once('.') {
            Some((first, rest)) => {
                fields.entry(first.to_owned()).or_insert_with(|| Self::Group(BTreeMap::new())).put(rest, text);
            }
            None => drop(fields.insert(name.to_owned(), Self::Text(text.to_owned()))),
        }
    }

    /// The digits of a number, without what people write between them.
    fn digits(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.chars().filter(|c| !c.is_whitespace() && *c != ',').collect()),
            Self::Group(_) => None,
        }
    }
}

/// The fields by their numbers; nothing where one has another name.
fn in_order(fields: BTreeMap<String, Field>) -> Option<Vec<Field>> {
    let numbered = fields.into_iter().map(|(name, field)| Some((name.parse().ok()?, field)));
    let in_order: BTreeMap<u32, Field> = numbered.collect::<Option<_>>()?;
    Some(in_order.into_values().collect())
}

impl IntoDeserializer<'_, Refusal> for Field {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A method that reads a number, or says what it wants.
macro_rules! numbers {
    ($($method:ident $visit:ident $wanted:literal;)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
            let number = self.digits().and_then(|digits| digits.parse().ok());
            visitor.$visit(number.ok_or_else(|| Refusal::custom($wanted))?)
        }
    )+};
}

impl<'de> Deserializer<'de> for Field {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self {
            Self::Text(text) => visitor.visit_string(text),
            Self::Group(fields) => visitor.visit_map(MapDeserializer::new(fields.into_iter())),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match &self {
            Self::Text(text) if text.trim().is_empty() => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match &self {
            Self::Text(text) if matches!(text.as_str(), "on" | "true") => visitor.visit_bool(true),
            Self::Text(text) if matches!(text.as_str(), "" | "false") => visitor.visit_bool(false),
            _ => Err(Refusal::custom("must be true or false")),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let items = match self {
            Self::Text(text) => text.lines().map(|line| Self::Text(line.to_owned())).collect(),
            Self::Group(fields) => in_order(fields).ok_or_else(|| Refusal::custom("must be a list"))?,
        };
        let is_blank = |item: &Self| matches!(item, Self::Text(text) if text.trim().is_empty());
        visitor.visit_seq(SeqDeserializer::new(items.into_iter().filter(|item| !is_blank(item))))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    numbers! {
        deserialize_i32 visit_i32 "must be a whole number";
        deserialize_i64 visit_i64 "must be a whole number";
        deserialize_f64 visit_f64 "must be a number";
    }

    forward_to_deserialize_any! {
        i8 i16 i128 u8 u16 u32 u64 u128 f32 char str string bytes byte_buf unit unit_struct tuple tuple_struct map struct
        enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Car {
        model: String,
        year: Option<i32>,
        odometer: Option<i64>,
        #[serde(default)]
        is_here: bool,
        #[serde(default)]
        concerns: Vec<String>,
        owner: Option<Owner>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Owner {
        name: String,
    }

    fn read(fields: &[(&str, &str)]) -> Result<Car, Refusal> {
        Car::deserialize(Field::group(fields.iter().copied()))
    }

    #[test]
    fn a_form_is_read_as_people_fill_it_in() {
        let typed = [
            ("model", "Civic"),
            ("year", " 2018 "),
            ("odometer", "112,480"),
            ("is_here", "false"),
            ("is_here", "on"),
            ("concerns", "squeals\r\n\r\npulls left"),
            ("owner.name", "Ruth"),
        ];
        let car = read(&typed).expect("a car");
        assert_eq!((car.year, car.odometer, car.is_here), (Some(2018), Some(112_480), true));
        assert_eq!(car.concerns, ["squeals", "pulls left"]);
        assert_eq!(car.owner, Some(Owner { name: "Ruth".into() }));
    }

    #[test]
    fn a_list_may_have_a_field_for_each_of_its_members() {
        let numbered: Vec<(String, &str)> =
            (0..12).map(|n| (format!("concerns.{n}"), ["squeals\nwhen cold", " "][usize::from(n == 3)])).collect();
        let mut typed: Vec<(&str, &str)> = numbered.iter().map(|(name, text)| (name.as_str(), *text)).collect();
        typed.extend([("model", "Civic"), ("concerns.12", "the last one")]);
        let concerns = read(&typed).expect("a car").concerns;
        assert_eq!(
            (concerns.len(), concerns[0].as_str(), concerns[11].as_str()),
            (12, "squeals\nwhen cold", "the last one")
        );
        assert!(read(&[("model", "Civic"), ("concerns.first", "squeals")]).is_err());
    }

    #[test]
    fn what_is_left_empty_says_nothing() {
        let car = read(&[("model", "Civic"), ("year", ""), ("odometer", " "), ("concerns", "")]).expect("a car");
        assert_eq!((car.year, car.odometer, car.concerns.len()), (None, None, 0));
    }

    #[test]
    fn what_is_wrong_is_said_in_words() {
        let refusal = |fields: &[(&str, &str)]| read(fields).expect_err("refused").to_string();
        assert_eq!(refusal(&[("model", "Civic"), ("year", "last")]), "must be a whole number");
        assert!(refusal(&[("model", "Civic"), ("colour", "red")]).starts_with("unknown field"));
        assert!(refusal(&[]).starts_with("missing field"));
        // Whatever somebody sends by hand is read, or refused, without a panic.
        assert!(read(&[("owner", "x"), ("owner.name", "Ruth"), ("owner.name.first", "R"), ("model", "C")]).is_err());
    }

    #[test]
    fn a_field_can_be_taken_away() {
        let mut form = Field::group([("owner.name", "Ruth"), ("model", "Civic")]);
        assert!(form.remove("owner.name") && !form.remove("owner.name") && !form.remove("nothing.here"));
        assert_eq!(
            form,
            Field::Group(
                [
                    ("owner".to_owned(), Field::Group(BTreeMap::new())),
                    ("model".to_owned(), Field::Text("Civic".into())),
                ]
                .into()
            )
        );
    }
}
