//! What drives a vehicle. It decides which parts of the catalogue a mechanic sees.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What drives a vehicle; stored and sent as `combustion`, `hybrid` or `electric`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Powertrain {
    /// An engine alone, gasoline or diesel. What a vehicle is until somebody says otherwise.
    #[default]
    Combustion,
    /// An engine and a high-voltage battery, with or without a plug.
    Hybrid,
    /// A high-voltage battery alone.
    Electric,
}

impl Powertrain {
    /// Every powertrain, the commonest first.
    pub const ALL: [Self; 3] = [Self::Combustion, Self::Hybrid, Self::Electric];

    /// The stored text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Combustion => "combustion",
            Self::Hybrid => "hybrid",
            Self::Electric => "electric",
        }
    }
}

impl fmt::Display for Powertrain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text names none of the three powertrains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be combustion, hybrid or electric")]
pub struct UnknownPowertrain;

impl FromStr for Powertrain {
    type Err = UnknownPowertrain;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|known| known.as_str() == text)
            .ok_or(UnknownPowertrain)
    }
}
