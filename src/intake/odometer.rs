//! Whether what an odometer shows is likely. It is doubted beside its field, and never refused: instruments are replaced, and
//! some cars do go a million miles.

use super::OdometerReading;

/// What is shown next, as far as one can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Likely {
    /// No less.
    pub least: i32,
    /// No more.
    pub most: i32,
}

/// More than most cars show when they come for the first time, in miles or kilometers.
const MOST_AT_FIRST: i32 = 999_999;
/// More than a car goes between two visits.
const MOST_BETWEEN: i32 = 200_000;

impl Likely {
    /// What is said of less, and of more.
    pub const LOWER: &str = "Lower than last time. Mistyped?";
    /// See [`Self::LOWER`].
    pub const HIGH: &str = "Unusually high. Mistyped?";

    /// What follows the last reading, where there was any.
    #[must_use]
    pub fn after(last: Option<&OdometerReading>) -> Self {
        match last {
            Some(last) => Self { least: last.shown, most: last.shown.saturating_add(MOST_BETWEEN) },
            None => Self { least: 0, most: MOST_AT_FIRST },
        }
    }

    /// What looks mistyped about a number.
    #[must_use]
    pub fn doubt(self, shown: i32) -> Option<&'static str> {
        match shown {
            _ if shown < self.least => Some(Self::LOWER),
            _ if shown > self.most => Some(Self::HIGH),
            _ => None,
        }
    }
}
