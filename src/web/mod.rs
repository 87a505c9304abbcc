//! What every address needs: ids from paths, parameters, bodies, lists, answers to creating, headers, limits, records.

mod answer;
pub mod assets;
mod body;
mod client;
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
mod search;
mod strict;
mod throttle;

pub use answer::{Created, Gone, New};
pub use body::{Action, Body};
pub use client::{Client, TrustedProxies};
pub use json::Json;
pub use list::{Cursor, Limit, List, Paging, Params, SearchPaging};
pub use page::{Page, PageError, PageResult, index, missing};
pub use path::At;
pub use public_url::PublicUrl;
pub use search::Search;
pub use throttle::{Throttles, Try};
