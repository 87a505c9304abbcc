//! How far an inspection is: what was rated, what is still missing. Nothing unrated ever counts as green.

use serde::Serialize;
use utoipa::ToSchema;

use super::catalogue::{self, catalogue};
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Missing {
    /// The category's key.
    pub category: &'static str,
    /// The component's key.
    pub component: &'static str,
    /// What it lacks.
    pub needs: Needs,
}

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
        let mut lacks_reason = [None; catalogue::COMPONENTS];
        for rating in ratings {
            *progress.count_of(rating.severity) += 1;
            if let Some(place) = rating.place {
                lacks_reason[place] = Some(rating.lacks_reason());
            }
        }
        for (entry, lacks_reason) in catalogue().entries().zip(lacks_reason) {
            let is_required = entry.component.required_for(powertrain);
            progress.required += usize::from(is_required);
            progress.done += usize::from(is_required && lacks_reason.is_some());
            let needs = match lacks_reason {
                None if is_required => Needs::Rating,
                Some(true) => Needs::NoteOrPhoto,
                _ => continue,
            };
            let missing = Missing { category: entry.category.key, component: entry.component.key, needs };
            progress.missing.push(missing);
        }
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
        assert_eq!(unexplained[0].component, "front_pads_left");
    }
}
