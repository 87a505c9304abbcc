//! The people of a shop: how they come in, what they may do, how they leave.

pub mod accounts_api;
pub mod api;
pub mod code_pages;
pub mod log_in_pages;
pub mod pages;
mod queries;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use queries::{active, find, find_self};

use crate::error::{Error, Result};
use crate::ids::{ShopId, UserId};
use crate::role::Role;
use crate::text::{Change, Email, Line, Password, Phone, PhoneInput, not_null};

crate::text::text_enum! {
    /// Whether somebody may come in.
    pub enum UserStatus {
        /// They may.
        Active = "active",
        /// They no longer may.
        Inactive = "inactive",
    }
}

/// Somebody who works in the shop. Their password's hash is never read into the program but to check it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Where they work.
    pub shop_id: ShopId,
    /// What they log in with.
    pub email: Email,
    /// What they are.
    pub role: Role,
    /// Their name.
    pub first_name: Option<Line<100>>,
    /// Their family name.
    pub last_name: Option<Line<100>>,
    /// Their own phone.
    pub phone: Option<Phone>,
    /// Whether they may come in.
    pub status: UserStatus,
    /// When they were added.
    pub created_at: Timestamp,
    /// When they were last changed.
    pub updated_at: Timestamp,
    /// When they were removed.
    pub deleted_at: Option<Timestamp>,
}

/// Somebody to add to the shop.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    id: Option<UserId>,
    email: Email,
    password: Password,
    role: Role,
    first_name: Option<Line<100>>,
    last_name: Option<Line<100>>,
    phone: Option<PhoneInput>,
}

/// What a manager may change of somebody: absent keeps, null clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    email: Option<Email>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    password: Option<Password>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    role: Option<Role>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    status: Option<UserStatus>,
    #[serde(default)]
    first_name: Change<Line<100>>,
    #[serde(default)]
    last_name: Change<Line<100>>,
    #[serde(default)]
    phone: Change<PhoneInput>,
}

impl User {
    /// What people call them; where they never said, what they log in with.
    #[must_use]
    pub fn name(&self) -> String {
        let names = [&self.first_name, &self.last_name].into_iter().flatten().map(Line::as_str);
        let name = names.collect::<Vec<_>>().join(" ");
        if name.is_empty() { self.email.as_str().to_owned() } else { name }
    }

    /// What colleagues call them: their first name, where they have one.
    #[must_use]
    pub fn short_name(&self) -> String {
        self.first_name.as_ref().map_or_else(|| self.name(), ToString::to_string)
    }
}

/// Refuses somebody who is not there, or may no longer come in; `field` names them.
pub fn demand_active(user: Option<&User>, field: &str) -> Result<()> {
    match user {
        Some(user) if user.status == UserStatus::Active => Ok(()),
        _ => Err(Error::invalid(field, "does not work in this shop")),
    }
}
