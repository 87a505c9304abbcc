//! Where the world finds this server.

use std::sync::Arc;

/// The address under which customers and the provider reach this server, without a slash at the end.
#[derive(Debug, Clone)]
pub struct PublicUrl(pub Arc<str>);
