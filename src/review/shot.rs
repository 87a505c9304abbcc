//! Photos as the desk sees them.

use crate::inspections::catalogue::catalogue;
use crate::inspections::{Photo, PhotoKind};

/// What a photo shows.
pub(super) fn label(photo: &Photo) -> &'static str {
    match (photo.kind, &photo.category, &photo.component) {
        (Some(kind), ..) => side(kind),
        (None, Some(category), Some(component)) => {
            catalogue().find(category, component).map_or("Something", |component| component.label)
        }
        _ => "Something",
    }
}

/// Everything that a photo may show, in groups: how it is sent, and what it is called.
pub(super) fn subjects() -> Vec<(&'static str, Vec<(String, &'static str)>)> {
    let kinds = PhotoKind::ALL.iter().map(|kind| (format!("kind={kind}"), side(*kind)));
    let of_car = std::iter::once(("The car", kinds.collect()));
    let of_components = catalogue().categories.iter().map(|category| {
        let address = |key| format!("category={}&component={key}", category.key);
        let components = category.components.iter().map(|component| (address(component.key), component.label));
        (category.label, components.collect())
    });
    of_car.chain(of_components).collect()
}

/// What of the car is shown.
fn side(kind: PhotoKind) -> &'static str {
    match kind {
        PhotoKind::Front => "Front",
        PhotoKind::Rear => "Rear",
        PhotoKind::Left => "Left side",
        PhotoKind::Right => "Right side",
        PhotoKind::Vin => "VIN plate",
        PhotoKind::Odometer => "Odometer",
        PhotoKind::Damage => "Damage before",
        PhotoKind::Other => "The car",
    }
}
