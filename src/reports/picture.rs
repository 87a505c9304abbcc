//! A photo as the customer sees it. Of the car, those on which its plate or its VIN may be read are left out: a link may be
//! passed on.

use super::words::Words;
use crate::inspections::{Photo, PhotoKind, PhotoUrls};

/// A photo on the report.
#[derive(Debug)]
pub struct Picture {
    /// Where it is.
    pub urls: PhotoUrls,
    /// Of the large picture, in pixels.
    pub width: i32,
    /// Of the large picture, in pixels.
    pub height: i32,
    /// What it shows, for who can't see it.
    pub alternative: String,
    /// The words below it.
    pub caption: Option<String>,
}

/// The longer side of a thumb.
const THUMB: i32 = 400;

impl Picture {
    /// The photos of a component, or of the car, below this address.
    pub(super) fn list<'a>(
        photos: impl IntoIterator<Item = &'a Photo>,
        label: &str,
        words: &Words,
        below: &str,
    ) -> Vec<Self> {
        let picture = |(number, photo): (usize, &Photo)| Self {
            urls: PhotoUrls::below(below, photo.id),
            width: photo.width,
            height: photo.height,
            alternative: words.photo_of(photo.kind.map_or(label, |kind| words.side(kind)), number),
            caption: photo.caption.as_ref().map(ToString::to_string),
        };
        (1..).zip(photos).map(picture).collect()
    }

    /// How wide the thumb is, in pixels.
    #[must_use]
    pub fn thumb_width(&self) -> i32 {
        let longer = self.width.max(self.height);
        if longer <= THUMB { self.width } else { (self.width * THUMB / longer).max(1) }
    }
}

/// What of the car the customer is not shown.
pub(super) const HIDDEN: [PhotoKind; 3] = [PhotoKind::Front, PhotoKind::Rear, PhotoKind::Vin];
