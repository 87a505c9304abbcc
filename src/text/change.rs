//! One member of a PATCH body.

use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{Ref, RefOr, Schema};

/// What a PATCH wants of one nullable column: absent keeps it, null clears it, a value sets it.
///
/// A struct's member needs `#[serde(default)]`, so that absent becomes [`Change::Keep`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Change<T> {
    /// The member was absent.
    #[default]
    Keep,
    /// The member was null.
    Clear,
    /// The member had this value.
    Set(T),
}

impl<T> Change<T> {
    /// The column's new value.
    #[must_use]
    pub fn apply(self, current: Option<T>) -> Option<T> {
        match self {
            Self::Keep => current,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Option::deserialize(deserializer)?;
        Ok(value.map_or(Self::Clear, Self::Set))
    }
}

/// A value or null. That the member may be absent is said by the struct it stands in.
impl<T: ToSchema> utoipa::__dev::ComposeSchema for Change<T> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        let null = ObjectBuilder::new().schema_type(Type::Null);
        OneOfBuilder::new().item(Ref::from_schema_name(T::name())).item(null).into()
    }
}

impl<T: ToSchema> ToSchema for Change<T> {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
        schemas.push((T::name().into_owned(), T::schema()));
    }
}

/// Reads a member that may be absent but not null, for a column that always has a value: absent is `None`.
///
/// For `#[serde(default, deserialize_with = "not_null")]`.
pub fn not_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Line;

    #[derive(Deserialize)]
    struct Patch {
        #[serde(default)]
        color: Change<Line<5>>,
    }

    fn patch(json: &str) -> Result<Change<Line<5>>, serde_json::Error> {
        serde_json::from_str::<Patch>(json).map(|patch| patch.color)
    }

    fn line(text: &str) -> Line<5> {
        text.parse().expect("a line")
    }

    #[test]
    fn absent_keeps_null_clears_a_value_sets() {
        assert_eq!(patch("{}").expect("absent"), Change::Keep);
        assert_eq!(patch(r#"{"color": null}"#).expect("null"), Change::Clear);
        assert_eq!(patch(r#"{"color": "red"}"#).expect("a value"), Change::Set(line("red")));
    }

    #[test]
    fn a_value_is_parsed_and_refused_in_its_own_words() {
        let error = patch(r#"{"color": "purple"}"#).expect_err("six characters");
        assert!(error.to_string().starts_with("must be at most 5 characters"), "{error}");
    }

    #[test]
    fn it_applies_to_what_is_there() {
        assert_eq!(Change::Keep.apply(Some(1)), Some(1));
        assert_eq!(Change::<i32>::Keep.apply(None), None);
        assert_eq!(Change::Clear.apply(Some(1)), None);
        assert_eq!(Change::Set(2).apply(Some(1)), Some(2));
        assert_eq!(Change::Set(2).apply(None), Some(2));
    }

    #[test]
    fn only_keep_asks_for_nothing() {
        assert!(Change::<i32>::Keep.is_keep());
        assert!(!Change::<i32>::Clear.is_keep());
        assert!(!Change::Set(1).is_keep());
    }
}
