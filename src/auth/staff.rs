//! The people of a shop, by their session's token: a program's stands in its header, a browser's in its cookie. Nothing is asked of the database here: the check rides in the flight
//! of the first transaction, with the role that the extractor demands.

use std::ops::Deref;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::HeaderName;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::cookie::{self, SessionCookie};
use super::token::SessionToken;
use crate::db::{Database, Tenant, TokenHash};
use crate::error::Error;
use crate::role::Role;

/// Names the person as whom a request is meant, where its sender knows that.
const PERSON: HeaderName = HeaderName::from_static("courtesy-person");

/// Anybody who works in the shop.
#[derive(Clone)]
pub struct Staff {
    tenant: Tenant,
    bearer: TokenHash,
    is_exposed: bool,
}

/// A shop manager.
#[derive(Clone)]
pub struct Manager(Staff);

impl Staff {
    /// The session that asks, as the database knows it.
    #[must_use]
    pub fn bearer(&self) -> TokenHash {
        self.bearer
    }

    /// Whether they came over a network on plain http, where anybody may listen.
    #[must_use]
    pub fn is_exposed(&self) -> bool {
        self.is_exposed
    }

    /// A phone keeps what somebody tapped until it is sent, perhaps after a colleague has logged in there. So it says whose
    /// taps it sends, and they are taken from that person alone. A session is one person's for good: what is found out
    /// here still holds when the request is carried out.
    async fn demand_person(self, parts: &Parts) -> Result<Self, Error> {
        let Some(named) = parts.headers.get(PERSON) else { return Ok(self) };
        let actor = self.tenant.who().await?;
        let is_meant = actor.is_some_and(|actor| named.as_bytes() == actor.user.to_string().as_bytes());
        if is_meant { Ok(self) } else { Err(Error::Unauthorized) }
    }

    /// Leaves word of who asks beside the request, for whoever receives its body.
    fn noted_in(self, parts: &mut Parts) -> Self {
        parts.extensions.insert(self.tenant.clone());
        self
    }

    fn from_parts(parts: &Parts, database: &Database, demand: Option<Role>) -> Result<Self, Error> {
        let token = bearer_token(parts).or_else(|| cookie_token(parts)).ok_or(Error::Unauthorized)?;
        let bearer = token.hash();
        let is_exposed = cookie::is_exposed(parts);
        Ok(Self { tenant: database.by_session(token.shop(), bearer, demand), bearer, is_exposed })
    }
}

impl Deref for Staff {
    type Target = Tenant;

    fn deref(&self) -> &Tenant {
        &self.tenant
    }
}

impl Deref for Manager {
    type Target = Staff;

    fn deref(&self) -> &Staff {
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
        let staff = Self::from_parts(parts, &Database::from_ref(state), None)?;
        staff.demand_person(parts).await.map(|staff| staff.noted_in(parts))
    }
}

impl<S> FromRequestParts<S> for Manager
where
    Database: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let staff = Staff::from_parts(parts, &Database::from_ref(state), Some(Role::ShopManager))?;
        staff.demand_person(parts).await.map(|staff| Self(staff.noted_in(parts)))
    }
}

fn bearer_token(parts: &Parts) -> Option<SessionToken> {
    let (scheme, token) = parts.headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| SessionToken::parse(token.trim())).flatten()
}

/// A browser's, unless the request says by itself who asks.
fn cookie_token(parts: &Parts) -> Option<SessionToken> {
    let cookie = parts.extensions.get::<SessionCookie>().filter(|_| !parts.headers.contains_key(AUTHORIZATION))?;
    cookie.token(&parts.headers)
}
