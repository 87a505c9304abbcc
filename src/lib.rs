//! Courtesy inspections for repair shops: a car is inspected, the manager reviews, the customer gets a text with a link.
//!
//! The modules stand in reading order: what is below may use what is above, never the other way round.

pub mod powertrain;

pub mod inspections;
pub mod text;

pub mod conversations;
