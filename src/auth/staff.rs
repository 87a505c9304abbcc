//! The people of a shop, by their session's token. Nothing is asked of the database here: the check rides in the flight
//! of the first transaction, with the role that the extractor demands.

use std::ops::Deref;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::token::SessionToken;
use crate::db::{Database, Tenant, TokenHash};
use crate::error::Error;
use crate::role::Role;

/// Anybody who works in the shop.
pub struct Staff {
    tenant: Tenant,
    bearer: TokenHash,
}

/// A shop manager.
pub struct Manager(Staff);

impl Staff {
    /// The session that asks, as the database knows it.
    #[must_use]
    pub fn bearer(&self) -> TokenHash {
        self.bearer
    }

    fn from_parts(parts: &Parts, database: &Database, demand: Option<Role>) -> Result<Self, Error> {
        let token = bearer_token(parts).ok_or(Error::Unauthorized)?;
        let bearer = token.hash();
        Ok(Self { tenant: database.by_session(token.shop(), bearer, demand), bearer })
    }
}

impl Deref for Staff {
    type Target = Tenant;

    fn deref(&self) -> &Tenant {
        &self.tenant
    }
}

impl Deref for Manager {
    type Target = Tenant;

    fn deref(&self) -> &Tenant {
        &self.0
    }
}

impl<S> FromRequestParts<S> for Staff
where
    Database: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        Self::from_parts(parts, &Database::from_ref(state), None)
    }
}

impl<S> FromRequestParts<S> for Manager
where
    Database: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        Staff::from_parts(parts, &Database::from_ref(state), Some(Role::ShopManager)).map(Self)
    }
}

fn bearer_token(parts: &Parts) -> Option<SessionToken> {
    let (scheme, token) = parts.headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| SessionToken::parse(token.trim())).flatten()
}
