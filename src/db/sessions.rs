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
        // The connection first: without one, the notes stay for the next batch.
        let connection = take(&self.work).await?;
        let seen = self.seen.take();
        let bearers: Vec<&[u8]> = seen.iter().map(|session| session.0.as_slice()).collect();
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

    /// Removes the uploaded lists that nobody goes on with.
    pub async fn sweep_imports(&self) -> Result<()> {
        let connection = take(&self.work).await?;
        connection.execute("SELECT courtesy.sweep_imports()", &[]).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn without_a_connection_the_notes_stay() {
        let database = Database::with_one_connection(&tokio_postgres::Config::new());
        database.close();
        database.seen.note(TokenHash([7; 32]));
        assert!(database.keep_sessions().await.is_err());
        assert_eq!(database.seen.take().len(), 1);
    }
}
