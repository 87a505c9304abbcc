//! The checklist of a courtesy inspection: what is looked at, in which order, and what is often said of it.
//!
//! It is part of the program on purpose: every shop rates the same components, so reports compare over years.
//! Keys are stored with findings and never change; whoever changes anything else raises [`VERSION`].

mod battery;
mod belts_hoses;
mod brakes;
mod drivetrain;
mod ev_hybrid;
mod exhaust;
mod filters_ignition;
mod fluids;
mod glass;
mod interior;
mod leaks;
mod lights;
mod measurement;
mod spanish;
mod steering_suspension;
mod tires;

use std::sync::LazyLock;

use serde::Serialize;
use utoipa::ToSchema;

pub use self::measurement::{Dial, Direction, Measurement, OutOfScale, Reader, Reading, Unit};
pub use self::spanish::canned_in_spanish;
use crate::language::{Both, Language};
use crate::powertrain::Powertrain;

/// The month in which the catalogue last changed; an inspection keeps the one it was made with.
pub const VERSION: &str = "2026-11";

static CATALOGUE: Catalogue = Catalogue {
    version: VERSION,
    categories: &[
        tires::CATEGORY,
        brakes::CATEGORY,
        battery::CATEGORY,
        fluids::CATEGORY,
        lights::CATEGORY,
        glass::CATEGORY,
        steering_suspension::CATEGORY,
        drivetrain::CATEGORY,
        belts_hoses::CATEGORY,
        filters_ignition::CATEGORY,
        exhaust::CATEGORY,
        leaks::CATEGORY,
        interior::CATEGORY,
        ev_hybrid::CATEGORY,
    ],
};

/// How many components it has.
pub const COMPONENTS: usize = {
    let (mut count, mut at) = (0, 0);
    while at < CATALOGUE.categories.len() {
        count += CATALOGUE.categories[at].components.len();
        at += 1;
    }
    count
};

/// The catalogue of this program.
#[must_use]
pub fn catalogue() -> &'static Catalogue {
    &CATALOGUE
}

/// Every component by category, in the order in which a mechanic walks around the car.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Catalogue {
    /// See [`VERSION`].
    pub version: &'static str,
    /// In inspection order.
    pub categories: &'static [Category],
}

impl Catalogue {
    /// The category with this key.
    #[must_use]
    pub fn category(&self, key: &str) -> Option<&'static Category> {
        self.categories.iter().find(|category| category.key == key)
    }

    /// The component with these keys.
    #[must_use]
    pub fn find(&self, category: &str, component: &str) -> Option<&'static Component> {
        self.category(category)?.components.iter().find(|known| known.key == component)
    }

    /// Where the component stands in the whole catalogue, counted from 0: what findings are sorted by.
    #[must_use]
    pub fn position(&self, category: &str, component: &str) -> Option<usize> {
        self.places_in(category)(component)
    }

    /// The same for many components of one category, which is looked up once. They are found soonest in the catalogue's order.
    pub fn places_in(&self, category: &str) -> impl FnMut(&str) -> Option<usize> + use<> {
        let at = self.categories.iter().position(|known| known.key == category);
        let (before, from) = self.categories.split_at(at.unwrap_or(self.categories.len()));
        let before: usize = before.iter().map(|category| category.components.len()).sum();
        let components = from.first().map_or([].as_slice(), |category| category.components);
        let mut next = 0;
        move |key| {
            let (behind, ahead) = components.split_at(next);
            let place = |of: &[Component]| of.iter().position(|known| known.key == key);
            let place = place(ahead).map(|place| next + place).or_else(|| place(behind))?;
            next = place + 1;
            Some(before + place)
        }
    }

    /// Every component with its category, in catalogue order.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + use<> {
        self.categories
            .iter()
            .flat_map(|category| category.components.iter().map(move |component| Entry { category, component }))
    }

    /// What has to be rated before an inspection of such a vehicle is complete, in catalogue order.
    pub fn required_for(&self, powertrain: Powertrain) -> impl Iterator<Item = Entry> + use<> {
        self.entries().filter(move |entry| entry.component.required_for(powertrain))
    }
}

/// A component and the category it stands in.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Where it stands.
    pub category: &'static Category,
    /// What is looked at.
    pub component: &'static Component,
}

impl Entry {
    /// The component with this [`Catalogue::position`].
    ///
    /// # Panics
    /// Where nothing stands.
    #[must_use]
    pub fn at(place: usize) -> Self {
        static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| CATALOGUE.entries().collect());
        ENTRIES[place]
    }
}

/// One screen of the mechanic's phone.
#[derive(Debug, Serialize, ToSchema)]
pub struct Category {
    /// Stored with every finding; unique.
    pub key: &'static str,
    /// What people read.
    pub label: &'static str,
    /// The same in Spanish, for customers.
    #[serde(skip)]
    pub spanish: &'static str,
    /// In inspection order.
    pub components: &'static [Component],
}

/// One thing that is looked at and rated.
#[derive(Debug, Serialize, ToSchema)]
pub struct Component {
    /// Stored with every finding; unique within its category.
    pub key: &'static str,
    /// What the customer reads, also without the category beside it.
    pub label: &'static str,
    /// The same in Spanish.
    #[serde(skip)]
    pub spanish: &'static str,
    /// Whether an inspection is incomplete without it, on the vehicles that it applies to.
    pub required: bool,
    /// The vehicles that have such a part. A finding on any other is accepted all the same.
    pub applies_to: &'static [Powertrain],
    /// How it is measured, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub measurement: Option<Measurement>,
    /// Notes for one tap.
    pub canned: Canned,
}

/// What a mechanic would most often write, two to four notes a colour. Green needs none. Each stands in `spanish.txt` as well.
#[derive(Debug, Serialize, ToSchema)]
pub struct Canned {
    /// For what may need attention soon.
    pub yellow: &'static [&'static str],
    /// For what needs attention now.
    pub red: &'static [&'static str],
}

const EVERY_VEHICLE: &[Powertrain] = Powertrain::ALL;
const WITH_ENGINE: &[Powertrain] = &[Powertrain::Combustion, Powertrain::Hybrid];
const WITH_HIGH_VOLTAGE: &[Powertrain] = &[Powertrain::Hybrid, Powertrain::Electric];

impl Category {
    /// What customers read in this language.
    #[must_use]
    pub const fn label_in(&self, language: Language) -> &'static str {
        Both { english: self.label, spanish: self.spanish }.in_language(language)
    }
}

impl Component {
    /// What customers read in this language.
    #[must_use]
    pub const fn label_in(&self, language: Language) -> &'static str {
        Both { english: self.label, spanish: self.spanish }.in_language(language)
    }

    /// Whether such a vehicle has this part.
    #[must_use]
    pub fn applies_to(&self, powertrain: Powertrain) -> bool {
        self.applies_to.contains(&powertrain)
    }

    /// Whether an inspection of such a vehicle is incomplete without it.
    #[must_use]
    pub fn required_for(&self, powertrain: Powertrain) -> bool {
        self.required && self.applies_to(powertrain)
    }

    /// An optional component of every vehicle, rated by eye; the rest is said by the methods below.
    const fn new(key: &'static str, label: &'static str, spanish: &'static str) -> Self {
        let canned = Canned { yellow: &[], red: &[] };
        Self { key, label, spanish, required: false, applies_to: EVERY_VEHICLE, measurement: None, canned }
    }

    const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    const fn only(mut self, vehicles: &'static [Powertrain]) -> Self {
        self.applies_to = vehicles;
        self
    }

    const fn measured(mut self, measurement: Measurement) -> Self {
        self.measurement = Some(measurement);
        self
    }

    const fn yellow(mut self, notes: &'static [&'static str]) -> Self {
        self.canned.yellow = notes;
        self
    }

    const fn red(mut self, notes: &'static [&'static str]) -> Self {
        self.canned.red = notes;
        self
    }
}
