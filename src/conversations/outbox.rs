//! The outbox: hands queued texts to the provider, each once, also when workers die or answers are lost.
//!
//! A text is claimed in a transaction of its own, handed over outside of any, and finished in another. While it is claimed
//! it counts as perhaps sent: whoever claims it after a lost answer asks the provider first. The database's clock decides
//! who may send.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use tokio::time::{Instant, sleep, timeout};

use super::caps::may_reach;
use super::delivery::warn_of_failures;
use super::provider::{Attempt, Outcome, Provider, Taken, Text, Unanswered};
use super::queries::{self, Claim, Ending};
use super::{Failure, Wake};
use crate::db::{Database, Tenant};
use crate::error::{Result, chain};

/// How often the outbox looks without being woken.
const LOOK: Duration = Duration::from_secs(1);
/// Texts handed over at the same time.
const AT_ONCE: usize = 64;
/// Shops served in a turn.
const SHOPS: i32 = 64;
/// Texts of one shop that are claimed at once, so that a busy one starves nobody.
const TEXTS_OF_A_SHOP: usize = 32;
/// How often a shop that has more comes round again in a turn, behind all others.
const ROUNDS: usize = 8;
/// How long the provider may take for one answer. Looking a text up and sending it take two of these, less than a lease.
const TIME_LIMIT: Duration = Duration::from_secs(15);
/// A claimed text that waited longer for its turn is given back, lest its lease ends on the way.
const FRESH: Duration = Duration::from_secs(30);
/// How long the provider gets to show in its list what it has taken, before a text in doubt is looked up there.
const GRACE: Duration = Duration::from_secs(15);
/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// Works until `shutdown`, then finishes what is under way. A database that is away is waited for.
pub async fn run(
    database: &Database,
    provider: &dyn Provider,
    wake: &Wake,
    shutdown: impl Future<Output = ()> + Send,
) {
    let shutdown = shutdown.shared();
    while shutdown.peek().is_none() {
        let handled = turn_until(database, provider, shutdown.clone()).await.unwrap_or_else(|error| {
            tracing::warn!(error = %chain(&error), "the outbox waits for the database");
            0
        });
        if handled == 0 {
            tokio::select! {
                () = shutdown.clone() => {}
                () = wake.rung() => {}
                () = sleep(LOOK) => {}
            }
        }
    }
}

/// One turn over the shops that have texts due; how many texts it took up.
pub async fn turn(database: &Database, provider: &dyn Provider) -> Result<usize> {
    turn_until(database, provider, std::future::pending()).await
}

async fn turn_until(
    database: &Database,
    provider: &dyn Provider,
    stop: impl Future<Output = ()> + Send,
) -> Result<usize> {
    let shops = database.shops_with_due_texts(SHOPS).await?;
    let queue: VecDeque<(Tenant, usize)> = shops.into_iter().map(|shop| (shop, 1)).collect();
    // A shop's texts are claimed only when there is room to send: a claim that waits uses up its lease.
    let claimed = stream::unfold(queue, |mut queue| async {
        let (tenant, round) = queue.pop_front()?;
        let claimed = claim_in(&tenant, provider).await;
        if claimed.len() == TEXTS_OF_A_SHOP && round < ROUNDS {
            queue.push_back((tenant, round + 1));
        }
        Some((claimed, queue))
    });
    let claimed = claimed
        .take_until(stop)
        .flat_map(stream::iter)
        .map(Delivery::run)
        .buffer_unordered(AT_ONCE)
        // Otherwise the compiler can't tell that this may go from thread to thread.
        .boxed();
    Ok(claimed.count().await)
}

async fn claim_in<'a>(shop: &Tenant, provider: &'a dyn Provider) -> Vec<Delivery<'a>> {
    if !provider.is_ready().await {
        return Vec::new();
    }
    let claimed_at = Instant::now();
    match shop.write(queries::claim(provider.is_sandbox(), provider.has_caps(), TEXTS_OF_A_SHOP)).await {
        Ok(claims) => {
            claims.into_iter().map(|claim| Delivery { shop: shop.clone(), provider, claim, claimed_at }).collect()
        }
        Err(error) => {
            tracing::warn!(shop = %shop.shop(), error = %chain(&error), "a shop's texts could not be claimed");
            Vec::new()
        }
    }
}

/// A claimed text on its way to the provider.
struct Delivery<'a> {
    shop: Tenant,
    provider: &'a dyn Provider,
    claim: Claim,
    claimed_at: Instant,
}

/// What the provider's list says of a text in doubt.
enum Search {
    Found(Taken),
    NotThere,
    Unanswered,
    /// It is not asked for any more: the text is no longer ours.
    Settled,
}

impl Delivery<'_> {
    /// Brings the text as far as it gets. What could not be written down is in doubt when the lease ends.
    async fn run(self) {
        if let Err(error) = self.deliver().await {
            tracing::warn!(message = %self.claim.id, error = %chain(&error), "a text's delivery could not be noted");
        }
    }

    async fn deliver(&self) -> Result<()> {
        let Some(text) = self.text() else {
            return self.fail(Failure::new(Failure::NO_NUMBER)).await;
        };
        if self.claim.is_in_doubt {
            match self.look_up(&text).await? {
                Search::Found(taken) => return self.note(taken).await,
                Search::NotThere => {}
                Search::Unanswered => return self.postpone(GRACE.max(self.back_off()), false).await,
                Search::Settled => return Ok(()),
            }
        }
        if let Some(failure) = self.hindrance() {
            return self.fail(failure).await;
        }
        if let Some(wait) = self.claim.sleep {
            return self.postpone(wait, true).await;
        }
        if self.claimed_at.elapsed() > FRESH {
            return self.postpone(Duration::ZERO, true).await;
        }
        let attempt = timeout(TIME_LIMIT, self.provider.send(&text)).await;
        match attempt.unwrap_or(Attempt::InDoubt) {
            Attempt::Accepted(taken) => self.note(taken).await,
            Attempt::NotSent { retry_after } => {
                self.postpone(self.back_off().max(retry_after.unwrap_or_default()), true).await
            }
            Attempt::Refused(failure) => self.refused(failure).await,
            Attempt::Unable => self.shop.write(queries::give_back(&self.claim)).await,
            Attempt::InDoubt => self.postpone(GRACE, false).await,
        }
    }

    /// Why it must not be sent any more.
    fn hindrance(&self) -> Option<Failure> {
        let is_judged_abroad = self.provider.has_caps();
        let abroad = || is_judged_abroad.then(|| may_reach(&self.claim.to, &self.claim.settings).err()).flatten();
        self.claim.hindrance.clone().or_else(abroad)
    }

    /// The text as it is handed over; `None` where the shop has no number to send it from.
    fn text(&self) -> Option<Text> {
        Some(Text {
            id: self.claim.id,
            shop: self.shop.shop(),
            from: self.claim.from.clone()?,
            to: self.claim.to.clone(),
            body: self.claim.content.clone(),
        })
    }

    /// Asks the provider for the text, and leaves out what it has of others with the same words.
    async fn look_up(&self, text: &Text) -> Result<Search> {
        let answer = timeout(TIME_LIMIT, self.provider.find(text, self.claim.started_at)).await;
        let Ok(candidates) = answer.unwrap_or(Err(Unanswered)) else {
            return Ok(Search::Unanswered);
        };
        let ids = candidates.iter().map(|taken| taken.provider_message_id.clone()).collect();
        let Some(known) = self.shop.read(queries::known_to_us(&self.claim, self.provider.name(), ids)).await? else {
            return Ok(Search::Settled);
        };
        let found = candidates.into_iter().find(|taken| !known.contains(&taken.provider_message_id));
        Ok(found.map_or(Search::NotThere, Search::Found))
    }

    async fn note(&self, taken: Taken) -> Result<()> {
        self.provider.count(Outcome::Accepted);
        let is_opt_out = is_opt_out(taken.failure.as_ref());
        self.end(Ending::Taken(taken), is_opt_out).await
    }

    /// Writes down how it ended, and that the phone opted out where that is why.
    async fn end(&self, ending: Ending, is_opt_out: bool) -> Result<()> {
        let id = self.claim.id;
        let refusal = is_opt_out.then(|| (queries::hold_recipients(id), queries::record_refusal(id)));
        let (hold, record) = refusal.unzip();
        self.shop.write((hold, self.finish(ending), record)).await.map(drop)
    }

    async fn refused(&self, failure: Failure) -> Result<()> {
        self.provider.count(Outcome::Refused);
        let is_opt_out = is_opt_out(Some(&failure));
        self.end(Ending::Failed(failure), is_opt_out).await?;
        warn_of_failures(&self.shop).await
    }

    async fn fail(&self, failure: Failure) -> Result<()> {
        self.provider.count(Outcome::HeldBack);
        self.shop.write(self.finish(Ending::Failed(failure))).await
    }

    async fn postpone(&self, wait: Duration, has_surely_not_left: bool) -> Result<()> {
        self.provider.count(if has_surely_not_left { Outcome::PutOff } else { Outcome::InDoubt });
        self.shop.write(queries::postpone(&self.claim, wait, has_surely_not_left)).await
    }

    fn finish(&self, ending: Ending) -> crate::db::Query<()> {
        queries::finish(&self.claim, self.provider.name(), ending)
    }

    fn back_off(&self) -> Duration {
        back_off(self.claim.attempts, rand::random())
    }
}

fn is_opt_out(failure: Option<&Failure>) -> bool {
    failure.is_some_and(|failure| failure.code() == Failure::OPTED_OUT)
}

/// One second, doubling with each attempt up to five minutes; `chance`, from 0 to 1, takes up to half of it away, so that
/// texts that failed together don't all come back together.
fn back_off(attempts: i32, chance: f64) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(16);
    let wait = Duration::from_secs(1 << doublings).min(LONGEST_WAIT);
    wait.mul_f64(1.0 - chance / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_from_one_second_to_five_minutes() {
        let waits = [0, 1, 2, 3, 9, 10, 11, i32::MAX].map(|attempts| back_off(attempts, 0.0).as_secs());
        assert_eq!(waits, [1, 1, 2, 4, 256, 300, 300, 300]);
    }

    #[test]
    fn chance_takes_up_to_half_of_it_away() {
        assert_eq!(back_off(3, 1.0), Duration::from_secs(2));
        assert_eq!(back_off(3, 0.5), Duration::from_secs(3));
    }
}
