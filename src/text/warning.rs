//! What looks wrong about something that was typed, but is not for us to refuse.

use serde::Serialize;
use utoipa::ToSchema;

/// Something that looks wrong, but is not for us to refuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Warning {
    /// The field.
    pub field: &'static str,
    /// What is doubted.
    pub code: &'static str,
    /// The same in words.
    pub detail: &'static str,
}
