//! When something happened, seen from the moment of filling: the shop is always in the middle of its day.

use std::ops::{Add, Sub};

use serde::{Serialize, Serializer};

/// So many minutes ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ago(i32);

/// Right now.
pub(super) const NOW: Ago = Ago(0);

/// So many minutes ago.
pub(super) const fn minutes(minutes: i32) -> Ago {
    Ago(minutes)
}

/// So many hours and minutes ago.
pub(super) const fn hours(hours: i32, minutes: i32) -> Ago {
    Ago(60 * hours + minutes)
}

/// So many days ago, and so many hours: few things happen at the same time of the day.
pub(super) const fn days(days: i32, hours: i32) -> Ago {
    Ago(60 * (24 * days + hours))
}

impl Ago {
    /// Whole days.
    pub(super) fn in_days(self) -> i32 {
        self.0 / (24 * 60)
    }
}

/// So many minutes earlier.
impl Add<i32> for Ago {
    type Output = Self;

    fn add(self, minutes: i32) -> Self {
        Self(self.0 + minutes)
    }
}

/// So many minutes later.
impl Sub<i32> for Ago {
    type Output = Self;

    fn sub(self, minutes: i32) -> Self {
        Self(self.0 - minutes)
    }
}

/// The minutes between two moments.
impl Sub for Ago {
    type Output = i32;

    fn sub(self, later: Self) -> i32 {
        self.0 - later.0
    }
}

/// As PostgreSQL reads an interval.
impl Serialize for Ago {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{} minutes", self.0))
    }
}
