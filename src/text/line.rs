//! Free text: one line, or several.

use std::borrow::Cow;
use std::fmt;

use postgres_types::{FromSql, ToSql};
use serde::{Deserialize, Serialize};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::{MASK, Refusal, at_most, parsed_text, schema};

/// One line of 1 to `MAX` characters, trimmed, without line breaks, tabs and other control characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSql, FromSql)]
#[serde(try_from = "String")]
#[postgres(transparent)]
pub struct Line<const MAX: usize>(String);

impl<const MAX: usize> Line<MAX> {
    fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Refusal::Empty);
        }
        if text.contains(|c: char| c.is_control() || is_line_separator(c)) {
            return Err(Refusal::NotOneLine);
        }
        at_most(MAX, text)?;
        Ok(Self(text.to_owned()))
    }

    fn masked(&self) -> String {
        count_of(&self.0)
    }
}

parsed_text!(Line<MAX>);

impl<const MAX: usize> PartialSchema for Line<MAX> {
    fn schema() -> RefOr<Schema> {
        schema::string().min_length(Some(1)).max_length(Some(MAX)).pattern(Some(schema::LINE)).into()
    }
}

impl<const MAX: usize> ToSchema for Line<MAX> {
    fn name() -> Cow<'static, str> {
        schema::name("Line", MAX)
    }
}

impl<const MAX: usize> fmt::Display for Line<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Text of 1 to `MAX` characters in one or several lines, without trailing white space.
///
/// Line breaks arrive as `\r\n` from browsers' forms and as `\n` from programs; they are stored, and counted, as `\n`.
/// White space at the beginning is kept: it indents.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSql, FromSql)]
#[serde(try_from = "String")]
#[postgres(transparent)]
pub struct Prose<const MAX: usize>(String);

impl<const MAX: usize> Prose<MAX> {
    fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text = text.trim_end();
        if text.is_empty() {
            return Err(Refusal::Empty);
        }
        if text.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
            return Err(Refusal::ControlCharacter);
        }
        at_most(MAX, text)?;
        Ok(Self(text.to_owned()))
    }

    fn masked(&self) -> String {
        count_of(&self.0)
    }
}

parsed_text!(Prose<MAX>);

impl<const MAX: usize> PartialSchema for Prose<MAX> {
    fn schema() -> RefOr<Schema> {
        schema::string().min_length(Some(1)).max_length(Some(MAX)).pattern(Some(schema::PROSE)).into()
    }
}

impl<const MAX: usize> ToSchema for Prose<MAX> {
    fn name() -> Cow<'static, str> {
        schema::name("Prose", MAX)
    }
}

impl<const MAX: usize> fmt::Display for Prose<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Unicode's own line and paragraph separators, which are not control characters but break a line all the same.
fn is_line_separator(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

fn count_of(text: &str) -> String {
    format!("{MASK} {} characters", text.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line<const MAX: usize>(text: &str) -> Result<String, Refusal> {
        text.parse::<Line<MAX>>().map(|line| line.to_string())
    }

    fn prose<const MAX: usize>(text: &str) -> Result<String, Refusal> {
        text.parse::<Prose<MAX>>().map(|prose| prose.to_string())
    }

    #[test]
    fn a_line_is_trimmed_and_holds_one_to_max_characters() {
        assert_eq!(line::<3>(" \tabc\r\n"), Ok("abc".to_owned()));
        assert_eq!(line::<3>("a"), Ok("a".to_owned()));
        assert_eq!(line::<3>("abcd"), Err(Refusal::TooLong(3)));
        assert_eq!(line::<3>(""), Err(Refusal::Empty));
        assert_eq!(line::<3>(" \n\t "), Err(Refusal::Empty));
    }

    #[test]
    fn characters_are_counted_as_the_column_counts_them() {
        assert_eq!(line::<3>("äöü"), Ok("äöü".to_owned()));
        assert_eq!(line::<2>("🚗🚗"), Ok("🚗🚗".to_owned()));
        assert_eq!(line::<2>("e\u{301}e"), Err(Refusal::TooLong(2)));
    }

    #[test]
    fn a_line_has_no_line_break_tab_or_control_character_inside() {
        for text in ["a\nb", "a\rb", "a\tb", "a\0b", "a\u{7f}b", "a\u{85}b", "a\u{2028}b", "a\u{2029}b"] {
            assert_eq!(line::<9>(text), Err(Refusal::NotOneLine), "{text:?}");
        }
        assert_eq!(line::<9>("a b"), Ok("a b".to_owned()));
    }

    #[test]
    fn prose_keeps_lines_and_indentation_and_stores_one_kind_of_line_break() {
        assert_eq!(prose::<20>("  a\r\n\tb\rc\n\n "), Ok("  a\n\tb\nc".to_owned()));
    }

    #[test]
    fn prose_counts_after_normalising() {
        assert_eq!(prose::<3>("a\r\nb\r\n"), Ok("a\nb".to_owned()));
        assert_eq!(prose::<3>("a\nbc"), Err(Refusal::TooLong(3)));
        assert_eq!(prose::<3>("\r\n \t"), Err(Refusal::Empty));
    }

    #[test]
    fn prose_refuses_nul_and_other_control_characters() {
        for text in ["a\0b", "a\u{1b}[31m", "a\u{7f}"] {
            assert_eq!(prose::<9>(text), Err(Refusal::ControlCharacter), "{text:?}");
        }
    }

    #[test]
    fn debug_tells_how_much_but_not_what() {
        let name: Line<20> = "Dana Reyes".parse().expect("a line");
        let note: Prose<20> = "Dana\nReyes".parse().expect("prose");
        assert_eq!(format!("{name:?}"), "Line(••• 10 characters)");
        assert_eq!(format!("{note:?}"), "Prose(••• 10 characters)");
    }

    #[test]
    fn json_is_the_plain_text_and_the_error_is_the_sentence() {
        let line: Line<5> = serde_json::from_value("  abc ".into()).expect("a line");
        assert_eq!(serde_json::to_value(&line).expect("json"), "abc");
        let error = serde_json::from_value::<Line<5>>("abcdef".into()).expect_err("too long");
        assert_eq!(error.to_string(), "must be at most 5 characters");
    }

    #[test]
    fn it_is_stored_as_varchar_and_text() {
        use postgres_types::{FromSql, ToSql, Type};
        assert!(<Line<5> as ToSql>::accepts(&Type::VARCHAR) && <Line<5> as ToSql>::accepts(&Type::TEXT));
        assert!(!<Line<5> as ToSql>::accepts(&Type::INT4));
        let line = <Line<5> as FromSql>::from_sql(&Type::VARCHAR, b"abc").expect("a line");
        assert_eq!(line.as_str(), "abc");
    }
}
