//! The three colours of a rating.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// How urgent a finding is; stored and sent in lower case. Later is more urgent, so red is the greatest.
///
/// *Not inspected* (no row) and *not applicable* (a flag) are no severities: neither may ever pass for green.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Checked and fine.
    Green,
    /// May need attention soon: near the end of its life, or due by schedule.
    Yellow,
    /// Needs attention now: worn out, failed or missing.
    Red,
}

impl Severity {
    /// Every severity, the most urgent last.
    pub const ALL: [Self; 3] = [Self::Green, Self::Yellow, Self::Red];

    /// The stored text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text names none of the three colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be green, yellow or red")]
pub struct UnknownSeverity;

impl FromStr for Severity {
    type Err = UnknownSeverity;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|known| known.as_str() == text)
            .ok_or(UnknownSeverity)
    }
}
