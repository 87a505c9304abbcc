//! All integration tests, one binary: one PostgreSQL serves the whole run.

mod support;

mod accounts;
mod contract;
mod catalogue;
mod conversations;
mod customers;
mod demo;
mod dropped_requests;
mod inspections;
mod isolation;
mod layers;
mod live;
mod matrix;
mod measurements;
mod newer_schema;
mod outbox;
mod pages;
mod photos;
mod plans;
mod private_postgres;
mod program;
mod properties;
mod ratings;
mod reports;
mod requests;
mod schema;
mod serving;
mod sharing;
mod statements;
mod taking_back;
mod tenancy_catalogue;
mod texting;
mod throttles;
mod twilio;
