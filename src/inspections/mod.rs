//! Courtesy inspections: what is looked at, and how it was rated.

pub mod catalogue;
pub mod severity;
