//! Sets of components, by where they stand in the catalogue: a list judges thousands of ratings.

use std::sync::LazyLock;

use super::catalogue::{COMPONENTS, catalogue};
use crate::powertrain::Powertrain;

/// Components by their places in the catalogue, a bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Places(u128);

const _: () = assert!(COMPONENTS <= u128::BITS as usize, "every component has a bit");

impl Places {
    /// What has to be rated before an inspection of such a vehicle is complete.
    pub(super) fn required_for(powertrain: Powertrain) -> Self {
        static REQUIRED: LazyLock<[Places; Powertrain::ALL.len()]> = LazyLock::new(|| {
            let mut required = [Places::default(); Powertrain::ALL.len()];
            for powertrain in Powertrain::ALL {
                let entries = catalogue().entries().enumerate();
                let places = entries.filter(|(_, entry)| entry.component.required_for(*powertrain));
                required[*powertrain as usize].extend(places.map(|(place, _)| place));
            }
            required
        });
        REQUIRED[powertrain as usize]
    }

    /// Whether this one is among them.
    pub(super) fn has(self, place: usize) -> bool {
        self.0 & 1 << place != 0
    }

    /// How many they are.
    pub(super) fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// These and the others.
    pub(super) fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Those that are not among the others.
    pub(super) fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Each of them, in the order of the catalogue.
    pub(super) fn iter(self) -> impl Iterator<Item = usize> {
        (0..COMPONENTS).filter(move |place| self.has(*place))
    }
}

impl Extend<usize> for Places {
    fn extend<I: IntoIterator<Item = usize>>(&mut self, places: I) {
        for place in places {
            self.0 |= 1 << place;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::Entry;
    use super::*;

    #[test]
    fn they_are_told_in_the_order_of_the_catalogue_whichever_came_first() {
        let mut places = Places::default();
        places.extend([COMPONENTS - 1, 0, 7, 7]);
        assert_eq!(places.iter().collect::<Vec<_>>(), [0, 7, COMPONENTS - 1]);
        assert_eq!(places.len(), 3);
        assert!(places.has(7) && !places.has(8));
    }

    #[test]
    fn what_is_required_depends_on_what_drives_the_vehicle() {
        for powertrain in Powertrain::ALL {
            let required: Vec<_> = catalogue().required_for(*powertrain).map(|entry| entry.component.key).collect();
            let places = Places::required_for(*powertrain).iter();
            assert_eq!(
                places.map(|place| Entry::at(place).component.key).collect::<Vec<_>>(),
                required,
                "{powertrain}"
            );
        }
        let [engine, battery] = [Powertrain::Combustion, Powertrain::Electric].map(Places::required_for);
        assert_ne!(engine, battery);
        assert_eq!(engine.without(battery).and(battery), engine.and(battery));
    }
}
