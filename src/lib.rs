//! Courtesy inspections for repair shops: a car is inspected, the manager reviews, the customer gets a text with a link.
//!
//! The modules stand in reading order: what is below may use what is above, never the other way round.

pub mod auth;
pub mod db;
pub mod error;
pub mod ids;
pub mod powertrain;
pub mod role;
pub mod text;
pub mod web;

pub mod conversations;
pub mod customers;
pub mod inspections;
pub mod reports;
pub mod shops;
pub mod users;
pub mod vehicles;

pub mod app;
