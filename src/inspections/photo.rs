//! Photos of findings and of the car: what is known of one, and where it is looked at.

use serde::Serialize;
use utoipa::ToSchema;

use super::Finding;
use crate::ids::PhotoId;
use crate::text::Line;

/// The words below a photo.
pub type Caption = Line<300>;

/// A photo of a finding or of the car.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Photo {
    /// Its id.
    pub id: PhotoId,
    /// The category's key, of a photo of a component; that need not be rated.
    pub category: Option<String>,
    /// The component's key.
    pub component: Option<String>,
    /// What of the car it shows, of any other photo.
    pub kind: Option<PhotoKind>,
    /// The words below it.
    pub caption: Option<Caption>,
    /// Of the large picture, in pixels.
    pub width: i32,
    /// Of the large picture, in pixels.
    pub height: i32,
    /// Where the shop's people look at it.
    pub urls: PhotoUrls,
}

/// Where a photo is, from the server's own address on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PhotoUrls {
    /// 2,048 pixels at most on its longer side.
    pub large: String,
    /// 400 pixels at most on its longer side.
    pub thumb: String,
}

crate::text::text_enum! {
    /// What of the car a photo shows.
    pub enum PhotoKind {
        /// From ahead.
        Front = "front",
        /// From behind.
        Rear = "rear",
        /// Its left side.
        Left = "left",
        /// Its right side.
        Right = "right",
        /// The plate with the VIN.
        Vin = "vin",
        /// What the odometer shows.
        Odometer = "odometer",
        /// What was damaged when it came.
        Damage = "damage",
        /// Anything else.
        Other = "other",
    }
}

impl PhotoUrls {
    /// Below this address: the API's, or a report's own.
    #[must_use]
    pub fn below(address: &str, id: PhotoId) -> Self {
        let of = |size| format!("{address}/photos/{id}/{size}");
        Self { large: of("large"), thumb: of("thumb") }
    }
}

impl Photo {
    fn shows(&self, finding: &Finding) -> bool {
        self.category.as_ref() == Some(&finding.category) && self.component.as_ref() == Some(&finding.component)
    }
}

/// Puts the photos of each finding beside it.
pub(super) fn beside(mut findings: Vec<Finding>, photos: &[Photo]) -> Vec<Finding> {
    for finding in &mut findings {
        finding.photos = photos.iter().filter(|photo| photo.shows(finding)).cloned().collect();
    }
    findings
}
