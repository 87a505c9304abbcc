//! How far an inspection is: what was rated, what is still missing. Nothing unrated ever counts as green.

use std::sync::LazyLock;

use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use utoipa::ToSchema;

use super::catalogue::{Entry, catalogue};
use super::places::Places;
use super::severity::Severity;
use crate::powertrain::Powertrain;

/// One rated component, as far as it matters here.
#[derive(Debug, Clone, Copy)]
pub struct Rating {
    /// Where the component stands in the catalogue; nowhere if the catalogue has forgotten it.
    pub place: Option<usize>,
    /// What it was rated; without a severity it does not apply.
    pub severity: Option<Severity>,
    /// Whether a note or a photo tells the customer why.
    pub has_reason: bool,
}

impl Rating {
    fn lacks_reason(&self) -> bool {
        matches!(self.severity, Some(Severity::Yellow | Severity::Red)) && !self.has_reason
    }
}

/// How far an inspection is.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Progress {
    /// Components that have to be rated on this vehicle.
    pub required: usize,
    /// How many of them are rated or not applicable.
    pub done: usize,
    /// What stands between the inspection and its completion, in the order of the catalogue.
    #[schema(value_type = Vec<Told>)]
    pub missing: Vec<Missing>,
    /// Rated green.
    pub green: usize,
    /// Rated yellow.
    pub yellow: usize,
    /// Rated red.
    pub red: usize,
    /// Said not to apply.
    pub not_applicable: usize,
}

/// Something that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    /// Where the component stands in the catalogue.
    place: usize,
    /// What it lacks.
    pub needs: Needs,
}

impl Missing {
    /// The component.
    #[must_use]
    pub fn entry(self) -> Entry {
        Entry::at(self.place)
    }
}

impl Serialize for Missing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        TOLD[self.place][self.needs as usize].serialize(serializer)
    }
}

/// Something that is missing.
#[derive(Serialize, ToSchema)]
#[schema(as = Missing)]
struct Told {
    /// The category's key.
    category: &'static str,
    /// The component's key.
    component: &'static str,
    /// What it lacks.
    needs: Needs,
}

/// The words for everything that can be missing, written once: one answer with a list has hundreds of them, which took
/// a quarter of the time for writing it.
static TOLD: LazyLock<Vec<[Box<RawValue>; Needs::ALL.len()]>> = LazyLock::new(|| {
    let told = |entry: Entry, needs| {
        let told = Told { category: entry.category.key, component: entry.component.key, needs };
        to_raw_value(&told).expect("words can be written")
    };
    catalogue().entries().map(|entry| [Needs::Rating, Needs::NoteOrPhoto].map(|needs| told(entry, needs))).collect()
});

crate::text::text_enum! {
    /// What a component lacks.
    pub enum Needs {
        /// It is required and has not been rated.
        Rating = "rating",
        /// It is yellow or red, and nobody has said or shown why.
        NoteOrPhoto = "note_or_photo",
    }
}

impl Progress {
    /// Judges the ratings of an inspection of such a vehicle.
    pub fn of(powertrain: Powertrain, ratings: impl Iterator<Item = Rating>) -> Self {
        let mut progress = Self::default();
        let (mut rated, mut unexplained) = (Places::default(), Places::default());
        for rating in ratings {
            *progress.count_of(rating.severity) += 1;
            rated.extend(rating.place);
            unexplained.extend(rating.place.filter(|_| rating.lacks_reason()));
        }
        let required = Places::required_for(powertrain);
        let unrated = required.without(rated);
        progress.required = required.len();
        progress.done = required.len() - unrated.len();
        let needs = |place| if unrated.has(place) { Needs::Rating } else { Needs::NoteOrPhoto };
        progress.missing =
            unrated.and(unexplained).iter().map(|place| Missing { place, needs: needs(place) }).collect();
        progress
    }

    fn count_of(&mut self, severity: Option<Severity>) -> &mut usize {
        match severity {
            Some(Severity::Green) => &mut self.green,
            Some(Severity::Yellow) => &mut self.yellow,
            Some(Severity::Red) => &mut self.red,
            None => &mut self.not_applicable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rating(component: &str, severity: Option<Severity>, has_reason: bool) -> Rating {
        Rating { place: catalogue().position("brakes", component), severity, has_reason }
    }

    #[test]
    fn an_untouched_inspection_lacks_every_required_rating_and_shows_no_green() {
        let progress = Progress::of(Powertrain::Combustion, std::iter::empty());
        assert_eq!((progress.required, progress.done, progress.green), (31, 0, 0));
        assert_eq!(progress.missing.len(), 31);
        assert!(progress.missing.iter().all(|missing| missing.needs == Needs::Rating));
    }

    #[test]
    fn fewer_parts_are_required_where_there_are_fewer() {
        let electric = Progress::of(Powertrain::Electric, std::iter::empty());
        assert!(electric.required < 31);
        assert_eq!(electric.required, electric.missing.len());
    }

    #[test]
    fn yellow_and_red_need_a_reason_and_not_applicable_is_done() {
        let ratings = [
            rating("front_pads_left", Some(Severity::Red), false),
            rating("front_pads_right", Some(Severity::Yellow), true),
            rating("rear_pads_left", None, false),
            rating("rear_pads_right", Some(Severity::Green), false),
        ];
        let progress = Progress::of(Powertrain::Combustion, ratings.into_iter());
        assert_eq!(progress.done, 4);
        let counts = (progress.green, progress.yellow, progress.red, progress.not_applicable);
        assert_eq!(counts, (1, 1, 1, 1));
        let unexplained: Vec<_> = progress.missing.iter().filter(|m| m.needs == Needs::NoteOrPhoto).collect();
        assert_eq!(unexplained.len(), 1);
        assert_eq!(unexplained[0].entry().component.key, "front_pads_left");
    }
}
