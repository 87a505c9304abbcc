//! How far an inspection is, drawn: one segment a category, as wide as what has to be rated in it.

use std::fmt::Write as _;

use crate::inspections::catalogue::{Category, catalogue};
use crate::inspections::{Needs, Progress};
use crate::powertrain::Powertrain;

/// How wide one component is drawn.
const STEP: usize = 6;
/// How far segments stand apart.
const GAP: usize = 2;
/// How high they are.
const HEIGHT: usize = 6;

/// A progress bar as the paths of a drawing.
#[derive(Debug, Default)]
pub struct Bar {
    /// How wide the drawing is.
    pub width: usize,
    /// All segments.
    pub todo: String,
    /// As much of each as is rated.
    pub done: String,
}

impl Bar {
    /// The bar of an inspection of such a vehicle.
    #[must_use]
    pub fn of(powertrain: Powertrain, progress: &Progress) -> Self {
        let mut bar = Self::default();
        for category in catalogue().categories {
            let required = category.components.iter().filter(|part| part.required_for(powertrain)).count();
            if required > 0 {
                bar.add(required, required - unrated(category, progress));
            }
        }
        bar
    }

    fn add(&mut self, required: usize, rated: usize) {
        let begin = if self.width == 0 { 0 } else { self.width + GAP };
        segment(&mut self.todo, begin, required);
        segment(&mut self.done, begin, rated);
        self.width = begin + required * STEP;
    }
}

/// How many required components of a category are not rated yet.
fn unrated(category: &Category, progress: &Progress) -> usize {
    let missing = progress.missing.iter().filter(|missing| missing.entry().category.key == category.key);
    missing.filter(|missing| missing.needs == Needs::Rating).count()
}

fn segment(path: &mut String, begin: usize, components: usize) {
    let wide = components * STEP;
    if wide > 0 {
        write!(path, "M{begin} 0h{wide}v{HEIGHT}h-{wide}z").expect("text can be written to");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspections::Rating;
    use crate::inspections::severity::Severity;

    fn bar(ratings: &[(&str, &str)]) -> Bar {
        let ratings = ratings.iter().map(|(category, part)| Rating {
            place: catalogue().position(category, part),
            severity: Some(Severity::Green),
            has_reason: true,
        });
        Bar::of(Powertrain::Combustion, &Progress::of(Powertrain::Combustion, ratings))
    }

    #[test]
    fn a_category_is_as_wide_as_what_has_to_be_rated_in_it() {
        let bar = bar(&[]);
        let required = catalogue().required_for(Powertrain::Combustion).count();
        let segments = bar.todo.matches('M').count();
        assert_eq!((bar.width, bar.done.as_str()), (required * STEP + (segments - 1) * GAP, ""));
    }

    #[test]
    fn what_is_rated_fills_its_own_category_and_what_need_not_be_fills_nothing() {
        let bar = bar(&[("tires", "tread_depth_lf"), ("brakes", "front_pads_left"), ("brakes", "pedal_feel")]);
        assert_eq!(bar.done, "M0 0h6v6h-6zM26 0h6v6h-6z");
    }
}
