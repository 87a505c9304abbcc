//! Texts that must never be shown again: nothing here has `Serialize` or `Display`.

use std::fmt;

use serde::Deserialize;
use utoipa::openapi::{KnownFormat, RefOr, Schema, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

use super::{Refusal, at_most, parsed_text, schema};

/// A secret that somebody presents, such as the password at login: any text, since one that breaks today's rule for new
/// passwords is simply a wrong one.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

/// A password that somebody chooses: 8 to 200 characters, kept exactly as typed.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Password(String);

impl Secret {
    /// The secret itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl PartialSchema for Secret {
    fn schema() -> RefOr<Schema> {
        schema::string().format(Some(SchemaFormat::KnownFormat(KnownFormat::Password))).into()
    }
}

impl ToSchema for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Password {
    /// NIST SP 800-63B asks for 8 at least and advises against rules on which characters.
    const MIN: usize = 8;
    /// Room for any passphrase, while hashing stays cheap.
    const MAX: usize = 200;

    fn parse(text: &str) -> Result<Self, Refusal> {
        if text.chars().count() < Self::MIN {
            return Err(Refusal::TooShort(Self::MIN));
        }
        at_most(Self::MAX, text)?;
        Ok(Self(text.to_owned()))
    }

    #[expect(clippy::unused_self, reason = "the shape parsed_text! asks for; a password shows nothing of itself")]
    fn masked(&self) -> &'static str {
        "…"
    }
}

parsed_text!(Password);

impl PartialSchema for Password {
    fn schema() -> RefOr<Schema> {
        schema::string()
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
            .min_length(Some(Self::MIN))
            .max_length(Some(Self::MAX))
            .into()
    }
}

impl ToSchema for Password {}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> Option<Refusal> {
        text.parse::<Password>().err()
    }

    #[test]
    fn a_new_password_has_8_to_200_characters() {
        assert_eq!(refusal("1234567"), Some(Refusal::TooShort(8)));
        assert_eq!(refusal("ääääääää"), None);
        assert_eq!(refusal("🚗🚗🚗🚗"), Some(Refusal::TooShort(8)));
        assert_eq!(refusal(&"p".repeat(200)), None);
        assert_eq!(refusal(&"p".repeat(201)), Some(Refusal::TooLong(200)));
    }

    #[test]
    fn it_is_kept_as_typed() {
        let password: Password = serde_json::from_value("  Spaces  count ".into()).expect("a password");
        assert_eq!(password.as_str(), "  Spaces  count ");
    }

    #[test]
    fn a_presented_secret_has_no_rule() {
        let secret: Secret = serde_json::from_value("x".into()).expect("any text");
        assert_eq!(secret.as_str(), "x");
    }

    #[test]
    fn debug_shows_nothing() {
        let password: Password = "hunter2hunter2".parse().expect("a password");
        assert_eq!(format!("{password:?} {:?}", Secret::from("hunter2".to_owned())), "Password(…) Secret(…)");
    }
}
