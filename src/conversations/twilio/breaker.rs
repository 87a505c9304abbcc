//! What is done about an account that the provider refuses: all texts wait, none is tried, until it works again.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use crate::web::metrics::Metrics;

/// How long it is left alone before somebody asks whether it works again.
const PAUSE: Duration = Duration::from_secs(30);

/// Open while the account is refused.
pub(super) struct Breaker {
    look_again: Mutex<Option<Instant>>,
    metrics: Metrics,
}

impl Breaker {
    pub(super) fn new(metrics: Metrics) -> Self {
        Self { look_again: Mutex::default(), metrics }
    }

    pub(super) fn is_open(&self) -> bool {
        self.lock().is_some()
    }

    /// Whether it is time to ask; whoever learns so is the one who does.
    pub(super) fn may_look(&self) -> bool {
        let mut look_again = self.lock();
        let is_due = look_again.is_some_and(|at| at <= Instant::now());
        if is_due {
            *look_again = Some(Instant::now() + PAUSE);
        }
        is_due
    }

    /// The provider refuses the account, for this reason. It is said once, not by every text.
    pub(super) fn open(&self, reason: &str) {
        let was_open = self.lock().replace(Instant::now() + PAUSE).is_some();
        if !was_open {
            self.metrics.account_is_refused(true);
            tracing::error!(reason, "the texting account is refused: all texts wait until it works again");
        }
    }

    pub(super) fn close(&self) {
        if self.lock().take().is_some() {
            self.metrics.account_is_refused(false);
            tracing::info!("the texting account works again");
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.look_again.lock().expect("nothing here panics")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_at_a_time_asks_whether_it_works_again() {
        let breaker = Breaker::new(Metrics::default());
        assert!(!breaker.is_open() && !breaker.may_look());
        breaker.open("suspended");
        assert!(breaker.is_open() && !breaker.may_look());
        tokio::time::advance(PAUSE).await;
        assert!(breaker.may_look());
        assert!(!breaker.may_look(), "somebody does already");
        breaker.close();
        assert!(!breaker.is_open());
    }
}
