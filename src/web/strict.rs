//! JSON read strictly: an object is an object, and what is wrong is said in words that need no knowledge of the program.
//!
//! serde would take `["Ann"]` for `{"first_name": "Ann"}`, because a struct may also be written as a sequence.

use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;

/// A JSON value to read from.
pub(super) struct Strict(pub(super) Value);

/// What is wrong, in one sentence without the field's name.
#[derive(Debug)]
pub(super) struct Refusal(String);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refusal {}

impl serde::de::Error for Refusal {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl IntoDeserializer<'_, Refusal> for Strict {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A method that takes only what fits, or says what it wants.
macro_rules! only {
    ($($method:ident $pattern:pat => $wanted:literal;)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
            match &self.0 {
                $pattern => self.deserialize_any(visitor),
                _ => Err(Refusal::custom($wanted)),
            }
        }
    )+};
}

impl<'de> Deserializer<'de> for Strict {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(said) => visitor.visit_bool(said),
            Value::Number(number) => {
                if let Some(whole) = number.as_i64() {
                    visitor.visit_i64(whole)
                } else {
                    visitor.visit_f64(number.as_f64().unwrap_or(f64::INFINITY))
                }
            }
            Value::String(text) => visitor.visit_string(text),
            Value::Array(list) => visitor.visit_seq(SeqDeserializer::new(list.into_iter().map(Strict))),
            Value::Object(members) => visitor
                .visit_map(MapDeserializer::new(members.into_iter().map(|(name, value)| (name, Strict(value))))),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _members: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.deserialize_map(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    only! {
        deserialize_map Value::Object(_) => "must be an object";
        deserialize_seq Value::Array(_) => "must be a list";
        deserialize_str Value::String(_) => "must be a text";
        deserialize_string Value::String(_) => "must be a text";
        deserialize_bool Value::Bool(_) => "must be true or false";
        deserialize_f64 Value::Number(_) => "must be a number";
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.whole(visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.whole(visitor)
    }

    forward_to_deserialize_any! {
        i8 i16 i128 u8 u16 u32 u64 u128 f32 char bytes byte_buf unit unit_struct tuple tuple_struct enum identifier
        ignored_any
    }
}

impl Strict {
    /// A whole number that fits into 32 bits: none that is counted here is larger.
    fn whole<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.0.as_i64().and_then(|whole| i32::try_from(whole).ok()) {
            Some(_) => self.deserialize_any(visitor),
            None if self.0.is_i64() || self.0.is_u64() => Err(Refusal::custom("is out of range")),
            None => Err(Refusal::custom("must be a whole number")),
        }
    }
}
