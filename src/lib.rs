//! Courtesy inspections for repair shops: a car is inspected, the manager reviews, the customer gets a text with a link.
//!
//! The modules stand in reading order: what is below may use what is above, never the other way round.

pub mod error;
pub mod ids;
pub mod text;
pub mod role;
pub mod powertrain;
pub mod language;
pub mod db;
pub mod auth;
pub mod web;
pub mod outward;

pub mod shops;
pub mod users;
pub mod desk;
pub mod customers;
pub mod vehicles;
pub mod inspections;
pub mod photos;
pub mod intake;
pub mod conversations;
pub mod reports;
pub mod live;
pub mod review;
pub mod clientele;
pub mod board;
pub mod team;
pub mod settings;
pub mod inbox;
pub mod work;
pub mod export;
pub mod import;

pub mod demo;

pub mod contract;

pub mod app;
pub mod certificate;
pub mod config;
pub mod failure;
pub mod logging;
pub mod postgres;

pub mod doctor;
pub mod operator;
pub mod serve;
