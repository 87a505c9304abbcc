//! What every test stands on.

pub(crate) mod app;
pub(crate) mod browser;
pub(crate) mod bucket;
pub(crate) mod cluster;
pub(crate) mod contract;
pub(crate) mod hostile;
pub(crate) mod pictures;
pub(crate) mod program;
pub(crate) mod provider;
pub(crate) mod source;
pub(crate) mod statements;
pub(crate) mod stream;
pub(crate) mod twilio;
pub(crate) mod wire;
pub(crate) mod world;

use serde_json::Value;

pub(crate) use app::{Answer, TestApp};
pub(crate) use world::{PASSWORD, Person, World};

/// The members of both objects.
pub(crate) fn merged(object: &Value, more: &Value) -> Value {
    let mut members = object.as_object().expect("an object").clone();
    members.extend(more.as_object().expect("an object").clone());
    Value::Object(members)
}
