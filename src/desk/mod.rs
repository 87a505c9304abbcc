//! What every page of the shop shows around its own content: whose shop it is, who is logged in, where one is, and what
//! time it is there.

pub mod pages;
mod queries;
mod time;

use jiff::Timestamp;

use crate::auth::Staff;
use crate::db::Batch;
use crate::language::Language;
use crate::role::Role;
use crate::shops::{self, Shop};
use crate::text::Phone;
use crate::users::{self, User};

/// What stands around a page of the shop.
#[derive(Debug)]
pub struct Desk {
    /// The shop.
    pub shop: Shop,
    /// Who is logged in.
    pub person: User,
    /// The moment that the page is of.
    pub now: Timestamp,
    /// Which part of the shop's pages this is.
    pub here: Here,
    /// How many texts from customers nobody has read yet.
    pub unread: i64,
    /// Whether the browser came over a network on plain http, where anybody may listen.
    pub is_exposed: bool,
}

/// The parts of the shop's pages, as the navigation names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Here {
    /// All cars in the shop.
    Board,
    /// One's own cars.
    Work,
    /// A car arrives.
    Intake,
    /// The shop's customers and their cars.
    Customers,
    /// Everybody who works here.
    Team,
    /// What the shop sets once.
    Settings,
    /// Texting with customers.
    Conversations,
    /// One's own account.
    Account,
    /// Everything else.
    Elsewhere,
}

type Around = (User, Shop, Timestamp, i64);

impl Desk {
    /// What has to be read for it, in the flight of the page's own content.
    #[must_use]
    pub fn read() -> impl Batch<Output = Around> {
        (users::find_self(), shops::find(), queries::now(), queries::unread())
    }

    /// What was read, for the page that was asked for.
    #[must_use]
    pub fn new(asked_by: &Staff, (person, shop, now, unread): Around, here: Here) -> Self {
        Self { shop, person, now, here, unread, is_exposed: asked_by.is_exposed() }
    }

    /// Whether a shop manager is logged in.
    #[must_use]
    pub fn is_manager(&self) -> bool {
        self.person.role == Role::ShopManager
    }

    /// Whether the shop may change anything at the moment.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.shop.subscription_status == "active"
    }

    /// What an odometer shows, in the shop's unit: "112,480 miles".
    #[must_use]
    pub fn mileage(&self, shown: i32) -> String {
        self.shop.settings.units.distance(Language::English, shown)
    }

    /// A number as people here write it: "(415) 555-0142".
    #[must_use]
    pub fn number(&self, phone: &Phone) -> String {
        phone.shown_in(self.shop.settings.country)
    }

    /// Whether this is the part of the pages that one is on.
    #[must_use]
    pub fn is_at(&self, here: Here) -> bool {
        self.here == here
    }
}
