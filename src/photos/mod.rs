//! Photos of findings and of the car: from a phone's camera, made small and harmless, to whoever may look at them.

pub mod api;
mod decoding;
mod format;
mod lab;
mod print;
mod queries;
mod store;
pub mod sweep;
mod turning;

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

pub use format::NOT_HEIC;
pub use lab::{Developed, Lab};
pub use print::{Print, Unreadable, develop};
pub use store::{Bucket, Key, Place, Store, StoreError};

use crate::error::{Conflict, Error, Result};
use crate::ids::InspectionId;
use crate::inspections::catalogue::{Entry, catalogue};
use crate::inspections::{Caption, Photo, PhotoKind, Stage, Status};
use crate::role::Role;
use crate::text::Change;

/// How many photos an inspection may have.
pub const MOST_PHOTOS: i64 = 60;

crate::text::text_enum! {
    /// How large a picture is wanted.
    pub enum Size {
        /// 2,048 pixels at most.
        Large = "large",
        /// 400 pixels at most.
        Thumb = "thumb",
    }
}

/// What a photo shows, as the address says it: a component, or something of the car.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
pub struct Placing {
    /// The category's key in the catalogue.
    #[param(nullable = false)]
    category: Option<String>,
    /// The component's key.
    #[param(nullable = false)]
    component: Option<String>,
    /// What of the car it shows, instead of a component.
    #[param(inline, nullable = false)]
    kind: Option<PhotoKind>,
    /// The words below it, at most 300 characters.
    #[param(nullable = false)]
    caption: Option<String>,
}

/// What a photo shows.
#[derive(Debug, Clone, Copy)]
pub enum Subject {
    /// A component, rated or not.
    Component(Entry),
    /// Something of the car.
    Car(PhotoKind),
}

/// What may be changed of a photo: absent keeps, null clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhotoChange {
    #[serde(default)]
    caption: Change<Caption>,
}

impl Placing {
    fn subject(&self) -> Result<Subject> {
        match (&self.category, &self.component, self.kind) {
            (None, None, Some(kind)) => Ok(Subject::Car(kind)),
            (Some(category), Some(component), None) => find(category, component).map(Subject::Component),
            (None, None, None) => Err(Error::invalid("kind", "is needed, or a category with a component")),
            (Some(_), None, None) => Err(Error::invalid("component", "is needed beside a category")),
            (None, Some(_), None) => Err(Error::invalid("category", "is needed beside a component")),
            (_, _, Some(_)) => Err(Error::invalid("kind", "excludes a category and a component")),
        }
    }

    fn caption(&self) -> Result<Option<Caption>> {
        let words = self.caption.as_deref().filter(|words| !words.trim().is_empty());
        let caption = words.map(str::parse::<Caption>).transpose();
        caption.map_err(|refusal| Error::invalid("caption", refusal.to_string()))
    }
}

fn find(category: &str, component: &str) -> Result<Entry> {
    let known =
        catalogue().category(category).ok_or_else(|| Error::invalid("category", "is not in the catalogue"))?;
    let component = catalogue()
        .find(category, component)
        .ok_or_else(|| Error::invalid("component", "is not in this category of the catalogue"))?;
    Ok(Entry { category: known, component })
}

/// A photo that has the id, and what tells whether another upload is the same.
#[derive(Debug, Clone)]
pub struct Kept {
    photo: Photo,
    inspection: InspectionId,
    digest: Vec<u8>,
    is_removed: bool,
}

/// How an upload stands to what is there.
#[derive(Debug)]
enum Standing {
    /// Nothing has its id.
    New,
    /// It has been taken in already.
    Same(Photo),
    /// It had been taken in, and was taken away since.
    Removed,
}

impl Standing {
    fn of(kept: Option<Kept>, inspection: InspectionId, digest: &[u8]) -> Result<Self> {
        match kept {
            None => Ok(Self::New),
            Some(kept) if kept.inspection != inspection || kept.digest != digest => Err(Conflict::IdTaken.into()),
            Some(kept) if kept.is_removed => Ok(Self::Removed),
            Some(kept) => Ok(Self::Same(kept.photo)),
        }
    }
}

/// Photos come and go while a mechanic is at the car.
fn demand_open(stage: Stage) -> Result<()> {
    match stage.status {
        Status::InProgress => Ok(()),
        _ => Err(stage.stands_in_the_way().into()),
    }
}

/// Under review, a manager still mends the words.
fn demand_wording(stage: Stage, role: Role) -> Result<()> {
    match stage.status {
        Status::Completed if role == Role::ShopManager => Ok(()),
        _ => demand_open(stage),
    }
}

/// There is room for one more.
fn demand_room(photos: i64) -> Result<()> {
    if photos >= MOST_PHOTOS { Err(Conflict::PhotoLimit(MOST_PHOTOS).into()) } else { Ok(()) }
}
