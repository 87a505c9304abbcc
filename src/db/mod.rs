//! The only place with a connection. A handler gets a [`Tenant`] from who is asking, and with it whole transactions
//! inside one shop; nothing else leads to the database.

pub mod connect;
pub mod diagnosis;
mod doors;
mod fault;
mod flight;
mod load;
pub mod migrate;
mod news;
mod operator;
pub mod private;
mod query;
mod roles;
mod row;
mod sessions;
mod tenant;

pub use connect::{Database, OpenError};
pub use doors::{CatchUp, CodeLogin, Login, ReportVisit, SignUp, StrayText, TextComeHome};
pub use fault::{NamedConstraint, is_held};
pub use load::{Connections, WaitingTexts, with_its_wait};
pub use news::Heard;
pub use operator::{Operator, Reset};
pub use query::{Batch, Param, Query, then};
pub use row::{Column, Row};
pub use tenant::{Actor, Entry, Tenant, TokenHash, Write};
