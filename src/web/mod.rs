//! What every address needs: ids from paths, parameters, bodies, lists, answers to creating, headers.

mod answer;
pub mod assets;
mod body;
mod list;
mod page;
mod path;
mod public_url;
mod search;

pub use answer::{Created, Gone};
pub use body::{Action, Body};
pub use list::{Cursor, Limit, List, Params};
pub use page::{Page, PageError, PageResult, index, missing};
pub use path::At;
pub use public_url::PublicUrl;
pub use search::Search;
