//! Passwords: argon2id, off the async threads, and only so many at once, because each costs 19 MiB and a core.

use std::sync::Arc;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use prometheus_client::metrics::counter::Counter;
use tokio::sync::Semaphore;

use crate::error::{Error, Result};
use crate::text::{Password, Secret};

/// Hashes and checks passwords: argon2id with 19 MiB, two passes, one lane, as OWASP recommends.
#[derive(Clone)]
pub struct Hasher {
    working: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    hashes: Counter,
}

/// How many may be at work or wait before the next one is asked to come back. A hash takes a core some twenty
/// milliseconds, so the last of them waits some five seconds, and less with more cores.
const QUEUE: usize = 256;
/// When whoever found the queue full may come back: it has moved on by a hundred then, or by more with more cores.
const COME_BACK: Duration = Duration::from_secs(2);

impl Default for Hasher {
    /// As many hashes at once as there are cores.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let (working, waiting) = (Arc::new(Semaphore::new(cores)), Arc::new(Semaphore::new(QUEUE)));
        Self { working, waiting, hashes: Counter::default() }
    }
}

impl Hasher {
    /// How many hashes it has computed.
    #[must_use]
    pub fn hashes(&self) -> u64 {
        self.hashes.get()
    }

    /// The hash to keep, in PHC form, with a salt of its own.
    pub async fn hash(&self, password: &Password) -> Result<String> {
        let password = password.clone();
        self.work(move || {
            Argon2::default()
                .hash_password(password.as_str().as_bytes())
                .map(|hash| hash.to_string())
                .map_err(|error| Error::Internal(format!("hashing a password: {error}")))
        })
        .await?
    }

    /// Whether this is the password. Without a hash to compare with (nobody has this address) the same work is done, so
    /// that the time does not tell.
    pub async fn is_right(&self, password: &Secret, hash: Option<&str>) -> Result<bool> {
        let Some(hash) = hash else {
            self.fingerprint(password.as_str().to_owned(), *b"nobody is known ").await?;
            return Ok(false);
        };
        let (password, hash) = (password.clone(), hash.to_owned());
        self.work(move || {
            PasswordHash::new(&hash)
                .map(|kept| Argon2::default().verify_password(password.as_str().as_bytes(), &kept).is_ok())
                .map_err(|error| Error::Internal(format!("a kept password hash can't be read: {error}")))
        })
        .await?
    }

    /// A fingerprint of a request that carries a password: as costly to guess from as the password's own hash. The same
    /// request with the same salt gives the same fingerprint.
    pub async fn fingerprint(&self, request: String, salt: [u8; 16]) -> Result<[u8; 32]> {
        self.work(move || {
            let mut fingerprint = [0; 32];
            Argon2::default()
                .hash_password_into(request.as_bytes(), &salt, &mut fingerprint)
                .map(|()| fingerprint)
                .map_err(|error| Error::Internal(format!("fingerprinting a request: {error}")))
        })
        .await?
    }

    async fn work<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _place = self.waiting.try_acquire().map_err(|_| Error::Busy(COME_BACK))?;
        let turn = self.working.clone().acquire_owned().await.map_err(|e| Error::Internal(e.to_string()))?;
        self.hashes.inc();
        // The permit goes along: a client that hangs up does not make room while its hash is still being computed.
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            job()
        })
        .await
        .map_err(|error| Error::Internal(format!("a hash did not finish: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::RETRY_AFTER;

    use super::*;

    #[tokio::test]
    async fn whoever_finds_the_queue_full_is_asked_to_come_back() {
        let full = Hasher { waiting: Arc::new(Semaphore::new(0)), ..Hasher::default() };
        let password: Password = "a long passphrase".parse().expect("a password");
        let refused = full.hash(&password).await.expect_err("there is no place").answer();
        assert_eq!(
            (refused.status().as_u16(), &refused.headers()[RETRY_AFTER]),
            (503, &"2".parse().expect("a value"))
        );
    }
}
