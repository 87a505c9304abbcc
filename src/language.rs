//! The languages that customers read, and which of them a browser asks for or somebody chose.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;

/// A language of the pages for customers. What shops, mechanics and customers write stays as they wrote it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// What the shop itself works in, and what is answered where nothing better was asked for.
    #[default]
    English,
    /// As it is written for customers in the United States: polite, and with American numbers.
    Spanish,
}

/// The same words in each language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Both {
    /// In English.
    pub english: &'static str,
    /// In Spanish.
    pub spanish: &'static str,
}

impl Language {
    /// Every language, the shop's own first.
    pub const ALL: &[Self] = &[Self::English, Self::Spanish];

    /// What a page and its headers call it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    /// The language that the value of an `Accept-Language` header wants most, as far as it is one of ours.
    #[must_use]
    pub fn wanted(header: &str) -> Self {
        let mut wishes: Vec<(Self, f32)> = header.split(',').filter_map(wish).collect();
        // Of two that are wanted as much, the one named first stays first.
        wishes.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        wishes.first().map(|(language, _)| *language).unwrap_or_default()
    }

    /// What it calls itself.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Spanish => "Español",
        }
    }

    /// The one that a page offers instead of this one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::English => Self::Spanish,
            Self::Spanish => Self::English,
        }
    }

    /// What stands behind the address of a page for it to be in this language, whatever the browser wants.
    #[must_use]
    pub const fn choice(self) -> &'static str {
        match self {
            Self::English => "?lang=en",
            Self::Spanish => "?lang=es",
        }
    }

    /// The language that is chosen in the query of an address; nothing where none of ours is.
    fn chosen(query: &str) -> Option<Self> {
        let is_chosen = |language: &&Self| query.split('&').any(|choice| language.choice().get(1..) == Some(choice));
        Self::ALL.iter().find(is_chosen).copied()
    }

    fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        let known = Self::ALL.iter().find(|language| language.code().eq_ignore_ascii_case(primary));
        if primary == "*" { Some(Self::default()) } else { known.copied() }
    }
}

/// One of our languages and how much it is wanted: `es-MX;q=0.8`. What is wanted not at all is no wish.
fn wish(member: &str) -> Option<(Language, f32)> {
    let (tag, parameter) = member.split_once(';').unwrap_or((member, "q=1"));
    let quality = parameter.trim().strip_prefix("q=")?.parse().ok()?;
    let language = Language::of_tag(tag.trim())?;
    (0.0 < quality && quality <= 1.0).then_some((language, quality))
}

impl Both {
    /// The words in this language.
    #[must_use]
    pub const fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Spanish => self.spanish,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        if let Some(chosen) = Self::chosen(parts.uri.query().unwrap_or_default()) {
            return Ok(chosen);
        }
        let headers = parts.headers.get_all(ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
        Ok(Self::wanted(&headers.collect::<Vec<_>>().join(",")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_chooses_is_read() {
        for language in Language::ALL.iter().copied() {
            assert_eq!(Language::chosen(language.choice().trim_start_matches('?')), Some(language));
            assert_eq!(language.choice(), format!("?lang={}", language.code()));
            assert_eq!(language.other().other(), language);
        }
        assert_eq!(Language::chosen("utm=text&lang=es"), Some(Language::Spanish));
        for query in ["", "lang", "lang=", "lang=klingon", "language=es", "lang=es-MX"] {
            assert_eq!(Language::chosen(query), None, "{query}");
        }
    }

    #[test]
    fn the_language_wanted_most_is_read_out_of_what_browsers_send() {
        for (header, language) in [
            ("", Language::English),
            ("en-US,en;q=0.9", Language::English),
            ("es-MX,es;q=0.9,en;q=0.8", Language::Spanish),
            ("en-US,en;q=0.9,es;q=0.8", Language::English),
            ("ES-419", Language::Spanish),
            ("es;q=0.5, en;q=0.7", Language::English),
            ("en;q=0.5 , es ; q=0.7", Language::Spanish),
            ("es, en", Language::Spanish),
            ("de, fr;q=0.9", Language::English),
            ("de, es;q=0.1", Language::Spanish),
            ("fr, *;q=0.5, es;q=0.3", Language::English),
            ("es;q=0", Language::English),
            ("est", Language::English),
            ("es;q=much, ;;, en;q=9", Language::English),
        ] {
            assert_eq!(Language::wanted(header), language, "{header}");
        }
    }
}
