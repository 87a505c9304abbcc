//! Ids: a shop's id can't stand where a customer's is meant.

use postgres_types::{FromSql, ToSql};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{KnownFormat, RefOr, Schema, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

/// Names the id types. Each can be made new, read from a path, a body or a row, and written to all of them.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, ToSql, FromSql)]
        #[serde(transparent)]
        #[postgres(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id; ids made later sort later (UUID version 7), so that new rows land side by side in an index.
            #[must_use]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The id in an address. A malformed one becomes an id that nobody has: both are answered alike.
            #[must_use]
            pub fn from_path(text: &str) -> Self {
                Self(parse(text).unwrap_or(Uuid::nil()))
            }

            /// The bare UUID, for cursors and digests.
            #[must_use]
            pub fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let uuid = SchemaFormat::KnownFormat(KnownFormat::Uuid);
                ObjectBuilder::new().schema_type(Type::String).format(Some(uuid)).into()
            }
        }

        impl ToSchema for $name {}

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let id = parse(&String::deserialize(from)?).filter(|id| !id.is_nil());
                id.map(Self).ok_or_else(|| serde::de::Error::custom("must be a UUID"))
            }
        }
    )+};
}

/// Reads a UUID as ids are written here: 36 characters with dashes. The braces and prefixes that other programs put
/// around them would give one row several addresses.
fn parse(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten()
}

ids! {
    /// A repair shop: the tenant.
    ShopId
    /// Somebody who works in a shop.
    UserId
    /// A shop's customer.
    CustomerId
    /// A customer's vehicle.
    VehicleId
    /// A courtesy inspection of a vehicle.
    InspectionId
    /// One rated component of an inspection.
    ItemId
    /// A photo of a finding or of the car.
    PhotoId
    /// The thread of texts with one customer.
    ConversationId
    /// One text, in or out.
    MessageId
    /// The link that opens a report.
    LinkId
    /// A list that was uploaded.
    ImportId
}
