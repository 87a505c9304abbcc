//! The shop: its name and address, how it counts, and the number that customers text.

pub mod api;
mod numbers;
mod queries;
mod settings;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use numbers::{ChangedShop, NumberBook, Numbers};
pub use queries::{find, find_for_change};
pub use settings::{
    Address, AddressChange, LINK, MOST_QUICK_REPLIES, NAME, Settings, SettingsChange, Units, VEHICLE, Zone,
    unknown_wish,
};

use crate::error::{Error, Result};
use crate::ids::ShopId;
use crate::text::{Change, Country, Email, Line, Phone, PhoneInput, not_null};

/// A repair shop, as its people see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Shop {
    /// The tenant's id.
    pub id: ShopId,
    /// What customers know it by.
    pub name: Line<255>,
    /// Where it is.
    pub address: Address,
    /// The number that customers call.
    pub phone: Option<Phone>,
    /// The address that customers write to.
    pub email: Option<Email>,
    /// What it pays for; only the operator changes it.
    pub subscription_tier: String,
    /// Whether it may write; only the operator changes it.
    pub subscription_status: String,
    /// How it counts and where it is on the clock.
    pub settings: Settings,
    /// The number that customers text; one shop each.
    pub sms_number: Option<Phone>,
    /// When it signed up.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was closed.
    pub deleted_at: Option<Timestamp>,
}

/// What a manager may change of the shop: absent keeps, null clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShopChange {
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    name: Option<Line<255>>,
    #[serde(default)]
    phone: Change<PhoneInput>,
    #[serde(default)]
    email: Change<Email>,
    #[serde(default)]
    address: Change<AddressChange>,
    #[serde(default)]
    settings: Change<SettingsChange>,
    #[serde(default)]
    sms_number: Change<PhoneInput>,
}

/// The field of the number that customers text.
const NUMBER: &str = "sms_number";

impl Shop {
    /// The shop after the change. Numbers are read with the country that the shop has then.
    pub fn changed(mut self, change: ShopChange) -> Result<Self> {
        self.settings = self.settings.changed(change.settings);
        let country = self.settings.country;
        self.name = change.name.unwrap_or(self.name);
        self.phone = parsed("phone", change.phone, country)?.apply(self.phone);
        self.email = change.email.apply(self.email);
        self.address = self.address.changed(change.address);
        let number = parsed(NUMBER, change.sms_number, country)?;
        if let Change::Set(number) = &number {
            demand_real(number)?;
        }
        self.sms_number = number.apply(self.sms_number);
        Ok(self)
    }

    /// The number that the shop would text from after a change, if it does not do so now.
    #[must_use]
    pub fn new_number(&self, change: &ShopChange) -> Option<Phone> {
        let country = self.settings.clone().changed(change.settings.clone()).country;
        let Change::Set(typed) = change.sms_number.clone() else { return None };
        typed.read(NUMBER, country).ok().filter(|number| self.sms_number.as_ref() != Some(number))
    }
}

/// Refuses a number that no shop can have.
fn demand_real(number: &Phone) -> Result<()> {
    if number.is_invented() {
        return Err(Error::invalid(NUMBER, "is one of the numbers that are invented to try texting out"));
    }
    Ok(())
}

/// Reads a number that was typed, for a shop in this country; `field` is told when it is none.
pub fn parsed(field: &str, typed: Change<PhoneInput>, country: Country) -> Result<Change<Phone>> {
    Ok(match typed {
        Change::Keep => Change::Keep,
        Change::Clear => Change::Clear,
        Change::Set(typed) => Change::Set(typed.read(field, country)?),
    })
}
