//! E-mail addresses.

use std::fmt;

use postgres_types::{FromSql, ToSql};
use serde::{Deserialize, Serialize};
use utoipa::openapi::{KnownFormat, RefOr, Schema, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

use super::{MASK, Refusal, at_most, parsed_text, schema};

/// An e-mail address: trimmed and lower-case, as the database compares it; at most 255 characters.
///
/// Only ASCII, so that this program and the database agree on what lower-case is; an international domain is written in its
/// `xn--` form. `Display` and `Debug` are masked (`a•••@example.com`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSql, FromSql)]
#[serde(try_from = "String")]
#[postgres(transparent)]
pub struct Email(String);

impl Email {
    /// The width of the specified columns.
    const MAX: usize = 255;

    fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim().to_ascii_lowercase();
        if text.is_empty() {
            return Err(Refusal::Empty);
        }
        at_most(Self::MAX, &text)?;
        match text.split_once('@') {
            Some((local, domain)) if is_local(local) && is_domain(domain) => Ok(Self(text)),
            _ => Err(Refusal::NotEmail),
        }
    }

    fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let first: String = local.chars().take(1).collect();
        format!("{first}{MASK}@{domain}")
    }
}

parsed_text!(Email);

impl PartialSchema for Email {
    fn schema() -> RefOr<Schema> {
        schema::string()
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Email)))
            .max_length(Some(Self::MAX))
            .examples(["name@example.com"])
            .into()
    }
}

impl ToSchema for Email {}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// A dot-atom of RFC 5322 within RFC 5321's 64 characters; quoted local parts exist on paper only.
fn is_local(local: &str) -> bool {
    let is_atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    local.len() <= 64 && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom))
}

/// A host name with at least one dot: nobody's customer writes from a bare host, but many forget the ".com".
fn is_domain(domain: &str) -> bool {
    domain.contains('.') && domain.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, Refusal> {
        text.parse::<Email>().map(|email| email.as_str().to_owned())
    }

    #[test]
    fn it_is_trimmed_and_lower_case() {
        assert_eq!(parse("  Dana.Reyes@Example.COM\n"), Ok("dana.reyes@example.com".to_owned()));
    }

    #[test]
    fn usual_addresses_are_accepted() {
        let label = "d".repeat(63);
        let longest_local = format!("{}@a.b", "l".repeat(64));
        let longest_label = format!("a@{label}.com");
        for text in [
            "a@b.c",
            "o'brien+shop@mail.example.co.uk",
            "x_y-z@xn--bcher-kva.example",
            "1@2.example",
            &longest_local,
            &longest_label,
        ] {
            assert_eq!(parse(text), Ok(text.to_owned()));
        }
    }

    #[test]
    fn what_cannot_be_delivered_is_refused() {
        let long_local = format!("{}@a.b", "l".repeat(65));
        let long_label = format!("a@{}.com", "d".repeat(64));
        for text in [
            "abc",
            "@example.com",
            "a@",
            "a@b@c.com",
            "a b@example.com",
            "a@exa mple.com",
            "a@localhost",
            "a@example..com",
            "a@.com",
            "a@example.com.",
            "a@-b.com",
            "a@b-.com",
            ".a@b.com",
            "a.@b.com",
            "a..b@c.com",
            "a\0@b.com",
            "jürgen@example.com",
            "a@bücher.example",
            "<a@b.com>",
            &long_local,
            &long_label,
        ] {
            assert_eq!(parse(text), Err(Refusal::NotEmail), "{text}");
        }
    }

    #[test]
    fn it_fits_its_column() {
        let at_most = format!("a@{}c.com", "bcdefghij.".repeat(24) + "klmnopqr");
        assert_eq!(at_most.len(), 255);
        assert!(parse(&at_most).is_ok());
        assert_eq!(parse(&format!("a{at_most}")), Err(Refusal::TooLong(255)));
        assert_eq!(parse("  "), Err(Refusal::Empty));
    }

    #[test]
    fn it_is_masked_for_people_who_read_logs() {
        let email: Email = "anna@example.com".parse().expect("an address");
        assert_eq!(email.to_string(), "a•••@example.com");
        assert_eq!(format!("{email:?}"), "Email(a•••@example.com)");
    }
}
