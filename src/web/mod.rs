//! What every address needs: ids from paths, parameters, bodies, forms, lists, answers to creating, headers, limits, records.

mod answer;
pub mod assets;
mod body;
mod client;
pub mod forgery;
mod form;
mod kept;
pub mod health;
mod json;
mod list;
pub mod metrics;
pub mod operation;
mod page;
mod path;
pub mod problems;
mod process;
mod public_url;
pub mod record;
pub mod scheme;
mod search;
mod strict;
mod throttle;
mod typed;

pub use answer::{Created, Gone, New};
pub use body::{Action, Body, NoWords};
pub use client::{Client, TrustedProxies};
pub use form::{Filled, Form};
pub use json::Json;
pub use kept::keep_form;
pub use list::{Cursor, Limit, List, Paging, Params, SearchPaging};
pub use page::{Page, PageError, PageResult, missing, not_allowed, tell_people};
pub use path::At;
pub use public_url::PublicUrl;
pub use scheme::Scheme;
pub use search::Search;
pub use throttle::{Throttles, Try};
