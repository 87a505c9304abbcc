//! Ids out of the address.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use utoipa::PartialSchema as _;
use utoipa::openapi::{RefOr, Schema};

use crate::auth::token::LinkToken;

/// The ids in the path, in order. A malformed one is an id that nobody has, so it is answered like any unknown id, and
/// not before it is clear who asks.
pub struct At<T>(pub T);

/// What can be read from an address.
pub trait FromPath {
    /// Reads the next parts of the path.
    fn from_path<'a>(parts: &mut impl Iterator<Item = &'a str>) -> Self;

    /// What stands there, for the published document.
    fn schemas() -> Vec<RefOr<Schema>>;
}

macro_rules! ids {
    ($($id:ident)+) => {$(
        impl FromPath for crate::ids::$id {
            fn from_path<'a>(parts: &mut impl Iterator<Item = &'a str>) -> Self {
                Self::from_path(parts.next().unwrap_or_default())
            }

            fn schemas() -> Vec<RefOr<Schema>> {
                vec![Self::schema()]
            }
        }
    )+};
}
ids! { UserId CustomerId VehicleId InspectionId ItemId PhotoId ConversationId MessageId ImportId }

impl FromPath for Option<LinkToken> {
    fn from_path<'a>(parts: &mut impl Iterator<Item = &'a str>) -> Self {
        parts.next().and_then(LinkToken::parse)
    }

    fn schemas() -> Vec<RefOr<Schema>> {
        vec![LinkToken::schema()]
    }
}

impl<A: FromPath, B: FromPath> FromPath for (A, B) {
    fn from_path<'a>(parts: &mut impl Iterator<Item = &'a str>) -> Self {
        (A::from_path(parts), B::from_path(parts))
    }

    fn schemas() -> Vec<RefOr<Schema>> {
        [A::schemas(), B::schemas()].concat()
    }
}

impl<S: Send + Sync, T: FromPath> FromRequestParts<S> for At<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let raw = RawPathParams::from_request_parts(parts, state).await.ok();
        let mut values = raw.iter().flat_map(|params| params.iter().map(|(_, value)| value));
        Ok(Self(T::from_path(&mut values)))
    }
}
