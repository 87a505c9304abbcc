//! The shop's customers.

pub mod api;
pub mod queries;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{Error, Result};
use crate::ids::{CustomerId, ShopId};
use crate::shops::{self, Address, AddressChange};
use crate::text::{Change, Country, Email, Line, Phone, PhoneInput, not_null};

crate::text::text_enum! {
    /// Whether somebody still comes.
    pub enum CustomerStatus {
        /// They do.
        Active = "active",
        /// They don't.
        Inactive = "inactive",
    }
}

/// A shop's customer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Customer {
    /// Their id.
    pub id: CustomerId,
    /// Whose customer.
    pub shop_id: ShopId,
    /// Their name.
    pub first_name: Option<Line<100>>,
    /// Their family name.
    pub last_name: Option<Line<100>>,
    /// Where they read mail.
    pub email: Option<Email>,
    /// Where they read texts, E.164; several customers may share one.
    pub phone: Option<Phone>,
    /// Where they live.
    pub address: Address,
    /// Whether they want texts at all; a STOP from their phone outranks it.
    pub sms_opt_in: bool,
    /// Whether they want mail.
    pub email_opt_in: bool,
    /// Whether they still come.
    pub status: CustomerStatus,
    /// When they were added.
    pub created_at: Timestamp,
    /// When they were last changed.
    pub updated_at: Timestamp,
    /// When they were deleted; their inspections stay.
    pub deleted_at: Option<Timestamp>,
}

/// Somebody who comes for the first time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCustomer {
    id: Option<CustomerId>,
    first_name: Option<Line<100>>,
    last_name: Option<Line<100>>,
    email: Option<Email>,
    phone: Option<PhoneInput>,
    #[serde(default)]
    address: Address,
    #[serde(default = "yes")]
    sms_opt_in: bool,
    #[serde(default = "yes")]
    email_opt_in: bool,
}

/// What a manager may change: absent keeps, null clears.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerChange {
    #[serde(default)]
    first_name: Change<Line<100>>,
    #[serde(default)]
    last_name: Change<Line<100>>,
    #[serde(default)]
    email: Change<Email>,
    #[serde(default)]
    phone: Change<PhoneInput>,
    #[serde(default)]
    address: Change<AddressChange>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    sms_opt_in: Option<bool>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    email_opt_in: Option<bool>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    status: Option<CustomerStatus>,
}

/// For how many days what was deleted can be brought back.
pub const DAYS_TO_RESTORE: i32 = 30;

impl NewCustomer {
    /// The id that whoever adds them has chosen.
    #[must_use]
    pub fn id(&self) -> Option<CustomerId> {
        self.id
    }

    /// Whether there is nothing by which to know or reach them.
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        self.first_name.is_none() && self.last_name.is_none() && self.phone.is_none() && self.email.is_none()
    }

    /// Their number, read as people of this country write it.
    pub fn phone(&self, country: Country) -> Result<Option<Phone>> {
        self.phone.as_ref().map(|typed| typed.read("phone", country)).transpose()
    }
}

/// What is written of a new customer, their phone aside, which is read with the shop's country.
#[derive(Debug, Serialize)]
pub struct CustomerFields {
    first_name: Option<Line<100>>,
    last_name: Option<Line<100>>,
    email: Option<Email>,
    address: Address,
    sms_opt_in: bool,
    email_opt_in: bool,
}

impl NewCustomer {
    /// What is written of them, for whoever adds many at once.
    #[must_use]
    pub fn into_fields(self) -> CustomerFields {
        let Self { first_name, last_name, email, address, sms_opt_in, email_opt_in, .. } = self;
        CustomerFields { first_name, last_name, email, address, sms_opt_in, email_opt_in }
    }
}

impl CustomerChange {
    /// What the customer told the shop about being texted, where the change says anything of it.
    #[must_use]
    pub fn sms_opt_in(&self) -> Option<bool> {
        self.sms_opt_in
    }
}

impl Customer {
    /// What people call them; somebody who only ever texted has no name yet.
    #[must_use]
    pub fn name(&self) -> String {
        let names = [&self.first_name, &self.last_name].into_iter().flatten().map(Line::as_str);
        let name = names.collect::<Vec<_>>().join(" ");
        if name.is_empty() { "Customer without a name".to_owned() } else { name }
    }

    /// What the desk calls them: their first name, where they have one.
    #[must_use]
    pub fn short_name(&self) -> String {
        self.first_name.as_ref().map_or_else(|| "the customer".to_owned(), ToString::to_string)
    }

    /// The customer after the change, in a shop of this country.
    pub fn changed(self, change: CustomerChange, country: Country) -> Result<Self> {
        Ok(Self {
            first_name: change.first_name.apply(self.first_name),
            last_name: change.last_name.apply(self.last_name),
            email: change.email.apply(self.email),
            phone: shops::parsed("phone", change.phone, country)?.apply(self.phone),
            address: self.address.changed(change.address),
            sms_opt_in: change.sms_opt_in.unwrap_or(self.sms_opt_in),
            email_opt_in: change.email_opt_in.unwrap_or(self.email_opt_in),
            status: change.status.unwrap_or(self.status),
            ..self
        })
    }
}

/// Refuses a form that was sent by mistake, as it would leave somebody behind whom no search finds.
#[must_use]
pub fn nobody(field: &str) -> Error {
    Error::invalid(field, "or a phone number is needed, to find them again")
}

fn yes() -> bool {
    true
}
