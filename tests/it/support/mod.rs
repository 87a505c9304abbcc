//! What every test stands on.

pub(crate) mod app;
pub(crate) mod cluster;
pub(crate) mod world;

pub(crate) use app::TestApp;
pub(crate) use world::{PASSWORD, Person};
