//! Secrets that let somebody in. They are with the client alone; the database knows their SHA-256.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngExt as _;
use rand::distr::Alphanumeric;
use sha2::{Digest as _, Sha256};
use utoipa::PartialSchema;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use uuid::Uuid;

use crate::db::TokenHash;
use crate::ids::ShopId;

/// A session's token: `<shop>.<secret>`. The shop in it only says where to look; it lets nobody in.
#[derive(Clone)]
pub struct SessionToken {
    shop: ShopId,
    secret: [u8; 32],
}

impl SessionToken {
    /// A new secret for a session in this shop.
    #[must_use]
    pub fn new(shop: ShopId) -> Self {
        Self { shop, secret: rand::rng().random() }
    }

    /// Reads a token back; `None` for what never was one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (shop, secret) = text.split_once('.')?;
        let shop = Uuid::try_parse(shop).ok()?.into();
        let secret = URL_SAFE_NO_PAD.decode(secret).ok()?.try_into().ok()?;
        Some(Self { shop, secret })
    }

    /// The shop that it names.
    #[must_use]
    pub fn shop(&self) -> ShopId {
        self.shop
    }

    /// What the database knows of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        sha256(&self.secret)
    }

    /// The token as the client keeps it. Not `Display`, so that none ends up in a log by accident.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{}.{}", self.shop, URL_SAFE_NO_PAD.encode(self.secret))
    }
}

/// The secret part of an address, of a report or of a phone's log-in: 22 letters and digits, 130 bits, and nothing that a phone would cut off when
/// it makes the text's link tappable.
#[derive(Clone)]
pub struct LinkToken(String);

/// Letters and digits of such a secret.
const LINK_LENGTH: usize = 22;

impl LinkToken {
    /// A new link.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "two links are never the same")]
    pub fn new() -> Self {
        Self(rand::rng().sample_iter(Alphanumeric).take(LINK_LENGTH).map(char::from).collect())
    }

    /// Reads the last part of an address; `None` for what never was one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == LINK_LENGTH && text.bytes().all(|b| b.is_ascii_alphanumeric())).then(|| Self(text.to_owned()))
    }

    /// What the database knows of it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        sha256(self.0.as_bytes())
    }

    /// The token as it stands in the address.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl PartialSchema for LinkToken {
    fn schema() -> RefOr<Schema> {
        let pattern = format!("^[A-Za-z0-9]{{{LINK_LENGTH}}}$");
        ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).into()
    }
}

fn sha256(secret: &[u8]) -> TokenHash {
    TokenHash(Sha256::digest(secret).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_token_is_read_back() {
        let token = SessionToken::new(ShopId::new());
        let read = SessionToken::parse(&token.reveal()).expect("our own token");
        assert_eq!(read.shop(), token.shop());
        assert!(read.hash() == token.hash());
    }

    #[test]
    fn what_never_was_a_token_is_none() {
        let shop = ShopId::new();
        for text in [
            "",
            ".",
            "abc",
            "abc.def",
            &format!("{shop}."),
            &format!("{shop}.AAAA"),
            &format!("{shop}.{}", "!".repeat(43)),
        ] {
            assert!(SessionToken::parse(text).is_none(), "{text}");
        }
        for text in ["", "short", "0123456789abcdefghij-_", "0123456789abcdefghijklm"] {
            assert!(LinkToken::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn links_are_long_and_never_the_same() {
        let (one, other) = (LinkToken::new(), LinkToken::new());
        assert!(LinkToken::parse(one.reveal()).is_some());
        assert_ne!(one.reveal(), other.reveal());
    }
}
