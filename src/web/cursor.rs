//! Where pages of lists begin.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use sha2::{Digest as _, Sha256};
use utoipa::PartialSchema;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use uuid::Uuid;

use crate::error::{Error, Result};

/// Where a page begins: behind this row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The row's place in time.
    pub at: Timestamp,
    /// Which row, among those of the same microsecond.
    pub id: Uuid,
}

/// The beginning of a list: behind a row that is newer than any. With it every page is read by the same comparison, which
/// PostgreSQL can follow in an index; where "no cursor" is a case of its own, it reads a shop's whole history and sorts it.
impl Default for Cursor {
    fn default() -> Self {
        Self { at: Timestamp::MAX, id: Uuid::max() }
    }
}

/// A cursor as it came in an address. It belongs to one list, which has a letter of its own: in another it would begin somewhere
/// in the middle, and nobody would see that anything is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bookmark {
    cursor: Cursor,
    /// The beginning is in every list.
    list: Option<u8>,
}

/// Its bytes: the list's letter, its time, its id, and a check that tells our cursors from what merely looks like one.
const BYTES: usize = PLACE_BYTES + CHECK_BYTES;
const PLACE_BYTES: usize = 1 + 8 + 16;
const CHECK_BYTES: usize = 6;

impl Cursor {
    /// The cursor as it stands in an address, for the list of this letter.
    #[must_use]
    pub fn encode(self, list: u8) -> String {
        let mut bytes = [list; BYTES];
        bytes[1..9].copy_from_slice(&self.at.as_microsecond().to_be_bytes());
        bytes[9..PLACE_BYTES].copy_from_slice(self.id.as_bytes());
        let check = check(&bytes[..PLACE_BYTES]);
        bytes[PLACE_BYTES..].copy_from_slice(&check);
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

impl Bookmark {
    /// Where the page begins, if this is the list that it belongs to.
    pub fn of(self, list: u8) -> Result<Cursor> {
        match self.list {
            Some(other) if other != list => Err(Error::invalid("cursor", STRANGE)),
            _ => Ok(self.cursor),
        }
    }

    fn decode(text: &str) -> Option<Self> {
        let bytes: [u8; BYTES] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        if bytes[PLACE_BYTES..] != check(&bytes[..PLACE_BYTES]) {
            return None;
        }
        let at = Timestamp::from_microsecond(i64::from_be_bytes(bytes[1..9].try_into().ok()?)).ok()?;
        let cursor = Cursor { at, id: Uuid::from_slice(&bytes[9..PLACE_BYTES]).ok()? };
        Some(Self { cursor, list: Some(bytes[0]) })
    }
}

fn check(place: &[u8]) -> [u8; CHECK_BYTES] {
    let digest = Sha256::digest(place);
    std::array::from_fn(|position| digest[position])
}

const STRANGE: &str = "is not a cursor of this list";

impl PartialSchema for Bookmark {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("What the page before told as `next`."))
            .into()
    }
}

impl<'de> Deserialize<'de> for Bookmark {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::decode(&text).ok_or_else(|| D::Error::custom(STRANGE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_in_its_own_list_alone() {
        let at = Timestamp::from_microsecond(1_790_000_000_123_456).expect("a time");
        let cursor = Cursor { at, id: Uuid::nil() };
        let read = Bookmark::decode(&cursor.encode(b'a')).expect("a cursor of ours");
        assert_eq!(read.of(b'a').ok(), Some(cursor));
        assert!(read.of(b'b').is_err());
        assert_eq!(Bookmark::default().of(b'b').ok(), Some(Cursor::default()));
        for text in ["", "abc", "////", &URL_SAFE_NO_PAD.encode([0x80; 25]), &URL_SAFE_NO_PAD.encode([0; 26])] {
            assert_eq!(Bookmark::decode(text), None, "{text}");
        }
    }
}
