//! What the database costs, for whoever watches over the program: how long each request waited for it, how busy the
//! connections are, and what waits in the outbox.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::connect::{Database, in_time, take};
use crate::error::Result;

tokio::task_local! {
    static WAITED: Cell<Duration>;
}

/// Does some work, and tells how long it waited for the database meanwhile.
pub async fn with_its_wait<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let measured = async {
        let done = work.await;
        (done, WAITED.with(Cell::get))
    };
    WAITED.scope(Cell::default(), measured).await
}

/// Adds how long this takes to what the work around it has waited; outside of such work it is only done.
pub(super) async fn counted<T>(wait: impl Future<Output = T>) -> T {
    let began = Instant::now();
    let done = wait.await;
    let _unmeasured = WAITED.try_with(|waited| waited.set(waited.get() + began.elapsed()));
    done
}

/// How busy the connections of one role are.
#[derive(Clone, Copy, Debug)]
pub struct Connections {
    /// What they are for: `requests` or `work`.
    pub purpose: &'static str,
    /// Inside a transaction.
    pub in_use: usize,
    /// Who waits for one.
    pub waiting: usize,
}

/// Texts that nobody has handed over yet.
#[derive(Clone, Copy, Debug)]
pub struct WaitingTexts {
    /// How many.
    pub count: i64,
    /// How long the oldest has waited, in seconds; 0 where there is none.
    pub oldest: f64,
}

impl Database {
    /// How busy the connections are.
    #[must_use]
    pub fn connections(&self) -> [Connections; 2] {
        [("requests", &self.requests), ("work", &self.work)].map(|(purpose, pool)| {
            let status = pool.status();
            Connections { purpose, in_use: status.size.saturating_sub(status.available), waiting: status.waiting }
        })
    }

    /// What waits in the outbox, of all shops together.
    pub async fn waiting_texts(&self) -> Result<WaitingTexts> {
        in_time(async {
            let connection = take(&self.work).await?;
            let statement = connection.prepare_cached("SELECT * FROM courtesy.waiting_texts()").await?;
            let row = connection.query_one(&statement, &[]).await?;
            Ok(WaitingTexts { count: row.try_get("texts")?, oldest: row.try_get("oldest")? })
        })
        .await
    }
}
