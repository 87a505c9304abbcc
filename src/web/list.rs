//! Lists: pages by keyset, never by offset, newest first.

use std::borrow::Cow;
use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::body::field_error;
use super::cursor::{Bookmark, Cursor};
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

impl<T: Paged> Params<T> {
    /// The same with where the page begins, in the list of this letter: a cursor of another one is as wrong as one of nobody's.
    #[must_use]
    pub fn in_list(self, list: u8) -> Params<(T, Cursor)> {
        Params(self.0.and_then(|params| params.bookmark().of(list).map(|cursor| (params, cursor))))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::read(parts.uri.query().unwrap_or_default()))
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

/// Parameters that say which page of a list is wanted.
pub trait Paged {
    /// Where it begins, as it came.
    fn bookmark(&self) -> Bookmark;
}

impl Paged for Paging {
    fn bookmark(&self) -> Bookmark {
        self.cursor
    }
}

impl Paged for SearchPaging {
    fn bookmark(&self) -> Bookmark {
        self.cursor
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
    pub cursor: Bookmark,
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
    pub cursor: Bookmark,
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
    /// Cuts the row that was read beyond the page, and points behind the last one that stays, in the list of this letter.
    pub fn page(list: u8, mut items: Vec<T>, limit: Limit, place: impl Fn(&T) -> Cursor) -> Self {
        let page = usize::from(limit.0);
        let goes_on = items.len() > page;
        items.truncate(page);
        let next = items.last().filter(|_| goes_on).map(|last| place(last).encode(list));
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
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn place(n: i64) -> Cursor {
        Cursor { at: Timestamp::from_microsecond(n).expect("a small number"), id: Uuid::nil() }
    }

    #[test]
    fn only_a_page_with_more_behind_it_has_a_next() {
        let full = List::page(b'a', vec![3, 2, 1], Limit(2), |n| place(*n));
        assert_eq!((full.items, full.next), (vec![3, 2], Some(place(2).encode(b'a'))));
        let last = List::page(b'a', vec![3, 2], Limit(2), |n| place(*n));
        assert_eq!((last.items, last.next), (vec![3, 2], None));
    }
}
