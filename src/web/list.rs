//! Lists: pages by keyset, never by offset, newest first.

use std::borrow::Cow;
use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};
use uuid::Uuid;

use super::body::field_error;
use super::search::Search;
use crate::db::Tenant;
use crate::error::Result;

/// Parameters of the query string, or what is wrong with them; judged, like a body, once it is clear who asks.
pub struct Params<T>(Result<T>);

impl<T: DeserializeOwned> Params<T> {
    /// Out of what stands behind the question mark.
    #[must_use]
    pub fn read(query: &str) -> Self {
        let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        Self(serde_path_to_error::deserialize(pairs).map_err(|error| field_error(&error)))
    }
}

impl<T: Default> Params<T> {
    /// The parameters, if whoever asks may read; what is wrong with them is told only to them.
    pub async fn accept(self, tenant: &Tenant) -> Result<T> {
        if self.0.is_err() {
            tenant.enter(false).await?;
        }
        self.0
    }

    /// The parameters for a list below something that may not exist: where they can't be read, the defaults, with the
    /// complaint to raise once the parent was found.
    pub fn or_default(self) -> (T, Result<()>) {
        match self.0 {
            Ok(params) => (params, Ok(())),
            Err(error) => (T::default(), Err(error)),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::read(parts.uri.query().unwrap_or_default()))
    }
}

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

/// A cursor's bytes: its time, its id, and a check that tells our cursors from what merely looks like one.
const CURSOR_BYTES: usize = 8 + 16 + CHECK_BYTES;
const CHECK_BYTES: usize = 6;

impl Cursor {
    /// The cursor as it stands in an address.
    #[must_use]
    pub fn encode(self) -> String {
        let mut bytes = [0; CURSOR_BYTES];
        bytes[..8].copy_from_slice(&self.at.as_microsecond().to_be_bytes());
        bytes[8..24].copy_from_slice(self.id.as_bytes());
        let check = check(&bytes[..24]);
        bytes[24..].copy_from_slice(&check);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn decode(text: &str) -> Option<Self> {
        let bytes: [u8; CURSOR_BYTES] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        if bytes[24..] != check(&bytes[..24]) {
            return None;
        }
        let at = Timestamp::from_microsecond(i64::from_be_bytes(bytes[..8].try_into().ok()?)).ok()?;
        Some(Self { at, id: Uuid::from_slice(&bytes[8..24]).ok()? })
    }
}

fn check(place: &[u8]) -> [u8; CHECK_BYTES] {
    let digest = Sha256::digest(place);
    std::array::from_fn(|position| digest[position])
}

impl PartialSchema for Cursor {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("What the page before told as `next`."))
            .into()
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::decode(&text).ok_or_else(|| D::Error::custom("is not a cursor of this list"))
    }
}

/// How many rows a page has: 1 to 200.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(u16);

impl Limit {
    const MOST: u16 = 200;
    const USUAL: u16 = 50;

    /// So many, for a page that shows fewer than usual at once.
    #[must_use]
    pub const fn of(rows: u16) -> Self {
        Self(rows)
    }

    /// How many rows a page has.
    #[must_use]
    pub fn rows(self) -> usize {
        usize::from(self.0)
    }

    /// One row more than the page has: whether it comes tells if there is a next page.
    #[must_use]
    pub fn and_one_more(self) -> i64 {
        i64::from(self.0) + 1
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(Self::USUAL)
    }
}

impl PartialSchema for Limit {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(Self::MOST));
        number.default(Some(Self::USUAL.into())).into()
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        match text.parse() {
            Ok(limit @ 1..=Self::MOST) => Ok(Self(limit)),
            _ => Err(D::Error::custom(format!("must be a number from 1 to {}", Self::MOST))),
        }
    }
}

/// Which page of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
pub struct Paging {
    /// How long it is.
    #[param(inline)]
    pub limit: Limit,
    /// Where it begins; at the beginning of the list where there is none.
    #[param(inline, nullable = false)]
    pub cursor: Cursor,
}

/// Which page of what is searched for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
pub struct SearchPaging {
    /// What is searched for; nothing finds everything.
    #[param(inline)]
    pub q: Search,
    /// How long the page is.
    #[param(inline)]
    pub limit: Limit,
    /// Where it begins; at the beginning of the list where there is none.
    #[param(inline, nullable = false)]
    pub cursor: Cursor,
}

/// One page of a list.
#[derive(Debug, Serialize)]
pub struct List<T> {
    items: Vec<T>,
    next: Option<String>,
}

impl<T: ToSchema> PartialSchema for List<T> {
    fn schema() -> RefOr<Schema> {
        let next = SchemaType::from_iter([Type::String, Type::Null]);
        let next = ObjectBuilder::new()
            .schema_type(next)
            .description(Some("The `cursor` of the next page, if there is one."));
        ObjectBuilder::new()
            .description(Some("One page of a list."))
            .property("items", ArrayBuilder::new().items(Ref::from_schema_name(T::name())))
            .property("next", next)
            .required("items")
            .required("next")
            .into()
    }
}

impl<T: ToSchema> ToSchema for List<T> {
    fn name() -> Cow<'static, str> {
        Cow::Owned(format!("ListOf{}", T::name()))
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
        schemas.push((T::name().into_owned(), T::schema()));
    }
}

impl<T> List<T> {
    /// Cuts the row that was read beyond the page, and points behind the last one that stays.
    pub fn page(mut items: Vec<T>, limit: Limit, place: impl Fn(&T) -> Cursor) -> Self {
        let page = usize::from(limit.0);
        let goes_on = items.len() > page;
        items.truncate(page);
        let next = items.last().filter(|_| goes_on).map(|last| place(last).encode());
        Self { items, next }
    }

    /// The rows, and the cursor of the next page, for whoever shows them otherwise.
    #[must_use]
    pub fn into_parts(self) -> (Vec<T>, Option<String>) {
        (self.items, self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(n: i64) -> Cursor {
        Cursor { at: Timestamp::from_microsecond(n).expect("a small number"), id: Uuid::nil() }
    }

    #[test]
    fn a_cursor_is_read_back() {
        let cursor = place(1_790_000_000_123_456);
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        for text in ["", "abc", "////", &URL_SAFE_NO_PAD.encode([0x80; 24]), &URL_SAFE_NO_PAD.encode([0; 25])] {
            assert_eq!(Cursor::decode(text), None, "{text}");
        }
    }

    #[test]
    fn only_a_page_with_more_behind_it_has_a_next() {
        let full = List::page(vec![3, 2, 1], Limit(2), |n| place(*n));
        assert_eq!((full.items, full.next), (vec![3, 2], Some(place(2).encode())));
        let last = List::page(vec![3, 2], Limit(2), |n| place(*n));
        assert_eq!((last.items, last.next), (vec![3, 2], None));
    }
}
