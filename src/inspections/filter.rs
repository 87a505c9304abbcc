//! Which inspections a list shows.

use serde::{Deserialize, Deserializer};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, PartialSchema};
use uuid::Uuid;

use super::Status;
use crate::ids::{UserId, VehicleId};
use crate::web::{Bookmark, Limit, Paged};

/// Which inspections.
#[derive(Debug, Default, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// States, separated by commas.
    #[param(inline, nullable = false, style = Form, explode = false)]
    pub(super) status: Option<Statuses>,
    /// Who inspects: ids, `me` and `none`, separated by commas.
    #[param(inline, nullable = false, style = Form, explode = false)]
    pub(super) assigned_to: Option<Assignees>,
    /// What is inspected.
    #[param(inline, nullable = false)]
    pub(super) vehicle_id: Option<VehicleId>,
    /// How long the page is.
    #[param(inline)]
    pub(super) limit: Limit,
    /// Where it begins; at the beginning of the list where there is none.
    #[param(inline, nullable = false)]
    cursor: Bookmark,
}

impl Paged for Filter {
    fn bookmark(&self) -> Bookmark {
        self.cursor
    }
}

impl Filter {
    /// The history of one vehicle.
    pub(super) fn of_vehicle(self, vehicle: VehicleId) -> Self {
        Self { vehicle_id: Some(vehicle), ..self }
    }
}

/// States, separated by commas.
#[derive(Debug, Clone)]
pub(super) struct Statuses(pub(super) Vec<Status>);

impl PartialSchema for Statuses {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new().items(Status::schema()).min_items(Some(1)).into()
    }
}

impl<'de> Deserialize<'de> for Statuses {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let statuses = text.split(',').map(str::parse).collect::<Result<_, _>>();
        statuses.map(Self).map_err(serde::de::Error::custom)
    }
}

/// People by id, `me` and `none`, separated by commas.
#[derive(Debug, Clone, Default)]
pub(super) struct Assignees {
    pub(super) ids: Vec<UserId>,
    pub(super) me: bool,
    pub(super) none: bool,
}

impl PartialSchema for Assignees {
    fn schema() -> RefOr<Schema> {
        let word = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["me", "none"]));
        let one = OneOfBuilder::new().item(UserId::schema()).item(word);
        ArrayBuilder::new().items(one).min_items(Some(1)).into()
    }
}

impl<'de> Deserialize<'de> for Assignees {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut assignees = Self::default();
        for word in String::deserialize(from)?.split(',') {
            match word {
                "me" => assignees.me = true,
                "none" => assignees.none = true,
                id => {
                    let id = Uuid::try_parse(id)
                        .map_err(|_| serde::de::Error::custom("must be a user's id, me or none"))?;
                    assignees.ids.push(id.into());
                }
            }
        }
        Ok(assignees)
    }
}
