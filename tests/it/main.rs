//! All integration tests, one binary: one PostgreSQL serves the whole run.

mod catalogue;
mod measurements;
mod private_postgres;
