//! The bell that tells the outbox of a text that waits.

use std::sync::Arc;

use tokio::sync::Notify;

/// Rung after the commit that queued a text. A ring that nobody hears is harmless: the outbox looks every second anyway.
#[derive(Clone, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// Says that a text waits.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits for a ring, or returns at once if there was one since the last time.
    pub async fn rung(&self) {
        self.0.notified().await;
    }
}
