//! Fetches what customers sent along from the provider: a text is answered at once, and its pictures come afterwards.
//!
//! A picture is claimed in a transaction of its own, which puts its next attempt off for longer than this one may take. It is
//! fetched, made small and kept outside of any, and noted in another. A worker that dies on the way has lost nothing: the
//! picture is fetched once more, and kept under the same name.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use tokio::time::{sleep, timeout};

use super::Trouble;
use super::provider::{Missing, Provider};
use super::queries::{self, Waiting};
use crate::db::{Database, Tenant};
use crate::error::{Error, Result, chain};
use crate::photos::{Developed, Lab};

/// How often the worker looks.
const LOOK: Duration = Duration::from_secs(2);
/// Pictures fetched at the same time.
const AT_ONCE: usize = 4;
/// Shops served in a turn.
const SHOPS: i32 = 64;
/// How long one may take, from the first word to the provider until it is kept: less than a claim lasts.
const TIME_LIMIT: Duration = Duration::from_secs(90);
/// How often the provider is asked for one: for about six hours.
const MOST_ATTEMPTS: i32 = 16;
/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// How long a picture waits that could not be kept, which is no fault of its own.
const OUR_FAULT: Duration = Duration::from_secs(30);

/// Works until `shutdown`, then finishes what is under way. A database that is away is waited for.
pub async fn run(database: &Database, lab: &Lab, provider: &dyn Provider, shutdown: impl Future<Output = ()> + Send) {
    let shutdown = shutdown.shared();
    while shutdown.peek().is_none() {
        let fetched = turn_until(database, lab, provider, shutdown.clone()).await.unwrap_or_else(|error| {
            tracing::warn!(error = %chain(&error), "pictures of texts wait for the database");
            0
        });
        if fetched == 0 {
            tokio::select! {
                () = shutdown.clone() => {}
                () = sleep(LOOK) => {}
            }
        }
    }
}

/// One turn over the shops that have pictures due; how many it took up.
pub async fn turn(database: &Database, lab: &Lab, provider: &dyn Provider) -> Result<usize> {
    turn_until(database, lab, provider, std::future::pending()).await
}

async fn turn_until(
    database: &Database,
    lab: &Lab,
    provider: &dyn Provider,
    stop: impl Future<Output = ()> + Send,
) -> Result<usize> {
    let queue: VecDeque<Tenant> = database.shops_with_waiting_pictures(SHOPS).await?.into();
    // One is claimed when there is room to fetch it, and the shops take turns.
    let claimed = stream::unfold(queue, |mut queue| async {
        loop {
            let tenant = queue.pop_front()?;
            if let Some(waiting) = claim_in(&tenant).await {
                queue.push_back(tenant.clone());
                return Some((Errand { shop: tenant, lab, provider, waiting }, queue));
            }
        }
    });
    // Otherwise the compiler can't tell that this may go from thread to thread.
    let errands = claimed.take_until(stop).map(Errand::run).buffer_unordered(AT_ONCE).boxed();
    Ok(errands.count().await)
}

async fn claim_in(shop: &Tenant) -> Option<Waiting> {
    shop.write(queries::claim_picture()).await.unwrap_or_else(|error| {
        tracing::warn!(shop = %shop.shop(), error = %chain(&error), "a shop's pictures could not be claimed");
        None
    })
}

/// A picture that is being fetched.
struct Errand<'a> {
    shop: Tenant,
    lab: &'a Lab,
    provider: &'a dyn Provider,
    waiting: Waiting,
}

/// How it ended.
enum Ending {
    Kept(Developed),
    GivenUp(Trouble),
    /// It may go better another time.
    NotNow,
    /// The provider did its part, so that this attempt does not count.
    OurFault,
}

impl Errand<'_> {
    /// Brings the picture as far as it gets. What could not be noted is tried again when the claim ends.
    async fn run(self) {
        let ending = timeout(TIME_LIMIT, self.fetch()).await.unwrap_or(Ending::NotNow);
        if let Err(error) = self.note(ending).await {
            tracing::warn!(picture = %self.waiting.id, error = %chain(&error), "what became of a picture could not be noted");
        }
    }

    async fn fetch(&self) -> Ending {
        let upload = match self.provider.picture(&self.waiting.address).await {
            Ok(upload) => upload,
            // A text may be told of before its pictures are to be had.
            Err(Missing::NotThere) if self.waiting.is_new => return Ending::NotNow,
            Err(Missing::NotThere) => return Ending::GivenUp(Trouble::Gone),
            Err(missing @ Missing::Elsewhere) => {
                tracing::warn!(picture = %self.waiting.id, reason = %missing, "a picture is not fetched");
                return Ending::GivenUp(Trouble::NotReached);
            }
            Err(missing @ Missing::NotNow(_)) => {
                tracing::debug!(picture = %self.waiting.id, reason = %missing, "a picture is fetched later");
                return Ending::NotNow;
            }
        };
        match self.lab.take_in(self.shop.shop(), self.waiting.id, upload).await {
            Ok(developed) => Ending::Kept(developed),
            Err(Error::TooLarge(_)) => Ending::GivenUp(Trouble::TooLarge),
            Err(Error::UnsupportedMediaType(_)) => Ending::GivenUp(Trouble::NoPicture),
            Err(Error::Invalid(_)) => Ending::GivenUp(Trouble::Damaged),
            // It broke off.
            Err(Error::Malformed(_)) => Ending::NotNow,
            Err(error) => {
                tracing::warn!(picture = %self.waiting.id, error = %chain(&error), "a picture can't be kept at the moment");
                Ending::OurFault
            }
        }
    }

    async fn note(&self, ending: Ending) -> Result<()> {
        let Waiting { id, attempts, .. } = self.waiting;
        match ending {
            Ending::Kept(developed) => self.shop.write(queries::note_kept(id, developed)).await,
            Ending::GivenUp(trouble) => self.shop.write(queries::give_picture_up(id, trouble)).await,
            Ending::NotNow if attempts >= MOST_ATTEMPTS => {
                self.shop.write(queries::give_picture_up(id, Trouble::NotReached)).await
            }
            Ending::NotNow => self.shop.write(queries::put_picture_off(id, wait(attempts), true)).await,
            Ending::OurFault => self.shop.write(queries::put_picture_off(id, OUR_FAULT, false)).await,
        }
    }
}

/// Two seconds, doubling with each attempt up to an hour.
fn wait(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts).unwrap_or(0).clamp(1, 16);
    Duration::from_secs(1 << doublings).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_from_two_seconds_to_an_hour() {
        let waits = [0, 1, 2, 3, 11, 12, i32::MAX].map(|attempts| wait(attempts).as_secs());
        assert_eq!(waits, [2, 2, 4, 8, 2048, 3600, 3600]);
    }

    #[test]
    fn it_is_tried_for_hours_and_not_for_days() {
        let all: Duration = (1..MOST_ATTEMPTS).map(wait).sum();
        assert!((4..12).contains(&(all.as_secs() / 3600)), "{all:?}");
    }
}
