//! When sessions were last used. Noted in memory and written in batches: an update in every request would make the
//! readers of one session queue behind each other's disk writes.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::connect::{Database, take};
use super::tenant::TokenHash;
use crate::error::Result;

/// The sessions used since the last batch.
#[derive(Clone, Default)]
pub(super) struct Seen(Arc<Mutex<HashSet<TokenHash>>>);

impl Seen {
    pub(super) fn note(&self, session: TokenHash) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(session);
    }

    fn take(&self) -> Vec<TokenHash> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).drain().collect()
    }
}

impl Database {
    /// Writes down which sessions were used, and removes those that ended by themselves.
    pub async fn keep_sessions(&self) -> Result<()> {
        let seen = self.seen.take();
        let bearers: Vec<&[u8]> = seen.iter().map(|session| session.0.as_slice()).collect();
        let connection = take(&self.work).await?;
        let touched = connection.execute("SELECT courtesy.touch_sessions($1)", &[&bearers]).await;
        if touched.is_err() {
            for session in seen {
                self.seen.note(session);
            }
        }
        touched?;
        connection.execute("SELECT courtesy.sweep_sessions()", &[]).await?;
        Ok(())
    }
}
