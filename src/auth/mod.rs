//! Who is asking. The type that a handler asks for is the permission, and the only way to a transaction.

pub mod cookie;
pub mod password;
mod staff;
pub mod token;

pub use cookie::Browser;
pub use staff::{Manager, Staff};
