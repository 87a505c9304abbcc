//! How often strangers may try. Nobody is locked out for good, and nobody by others where they have logged in from lately;
//! elsewhere many wrong tries at their account slow them down too.
//!
//! The state is this process's own: behind a balancer each of N programs lets the same number through.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::client::Client;
use crate::error::{Error, Result};
use crate::text::Email;

/// The limits on signing up and logging in.
#[derive(Clone)]
pub struct Throttles(Option<Arc<Limits>>);

struct Limits {
    sign_ups: Buckets<Network>,
    log_ins: Buckets<Network>,
    tries: Buckets<(Account, Network)>,
    accounts: Buckets<Account>,
    /// From where somebody has logged in lately: what others do to the account does not count there.
    at_home: Until<(Account, Network)>,
}

/// For how long a network counts as one that somebody comes from: somewhat longer than a holiday.
const AT_HOME: Duration = Duration::from_hours(30 * 24);

impl Limits {
    /// How many at once, and after how long one more. A shop's people share a network, and a log-in costs a core some
    /// twenty milliseconds; guessing a password takes far more tries than these.
    fn new(slowness: u32) -> Self {
        Self {
            sign_ups: Buckets::new(20, Duration::from_mins(1) * slowness),
            log_ins: Buckets::new(100, Duration::from_secs(1) * slowness),
            tries: Buckets::new(10, Duration::from_secs(6) * slowness),
            accounts: Buckets::new(100, Duration::from_secs(1) * slowness),
            at_home: Until::default(),
        }
    }
}

impl Throttles {
    /// They hold.
    #[must_use]
    pub fn on() -> Self {
        Self::slower(1)
    }

    /// They hold, and every pause is so many times as long: for who can't be sure to be faster than the usual ones.
    #[must_use]
    pub fn slower(slowness: u32) -> Self {
        Self(Some(Arc::new(Limits::new(slowness))))
    }

    /// They are lifted.
    #[must_use]
    pub fn off() -> Self {
        Self(None)
    }

    /// Lets somebody sign up, or fails with [`Error::TooMany`].
    pub fn sign_up(&self, client: Client) -> Result<()> {
        self.0.as_ref().map_or(Ok(()), |limits| limits.sign_ups.take(Network::of(client)))
    }

    /// Lets somebody try to log in, or fails with [`Error::TooMany`]; in the same way whether the account exists or not.
    pub fn log_in(&self, email: &Email, client: Client) -> Result<Try> {
        let Some(limits) = &self.0 else { return Ok(Try(None)) };
        let (account, network) = (Account::of(email), Network::of(client));
        limits.log_ins.take(network)?;
        limits.tries.take((account, network))?;
        if !limits.at_home.holds(&(account, network)) {
            limits.accounts.take(account)?;
        }
        Ok(Try(Some((limits.clone(), account, network))))
    }
}

/// A try to log in. Dropped, it counts as a wrong password.
pub struct Try(Option<(Arc<Limits>, Account, Network)>);

impl Try {
    /// It was the right password: only wrong ones count against an account.
    pub fn succeeded(self) {
        if let Some((limits, account, network)) = self.0 {
            limits.tries.give_back((account, network));
            limits.at_home.set((account, network), Instant::now() + AT_HOME);
        }
    }
}

/// An account, known or not, without its address.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Account([u8; 32]);

impl Account {
    fn of(email: &Email) -> Self {
        Self(Sha256::digest(email.as_str()).into())
    }
}

/// What one customer of a provider has: an IPv4 address, or an IPv6 /64.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Network(IpAddr);

impl Network {
    fn of(Client(address): Client) -> Self {
        Self(match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        })
    }
}

/// A bucket for each key: full it lets `burst` through at once, and fills by one every `pause`.
struct Buckets<K> {
    burst: u32,
    pause: Duration,
    full_at: Until<K>,
}

impl<K: Copy + Eq + Hash> Buckets<K> {
    fn new(burst: u32, pause: Duration) -> Self {
        Self { burst, pause, full_at: Until::default() }
    }

    /// Takes one out, or fails with how long it takes until there is one.
    fn take(&self, key: K) -> Result<()> {
        let now = Instant::now();
        let mut full_at = self.full_at.lock();
        let next = full_at.get(&key).map_or(now, |at| now.max(*at)) + self.pause;
        let latest = now + self.pause * self.burst;
        if next > latest {
            return Err(Error::TooMany(next - latest));
        }
        set(&mut full_at, key, next);
        Ok(())
    }

    fn give_back(&self, key: K) {
        if let Some(at) = self.full_at.lock().get_mut(&key) {
            *at -= self.pause;
        }
    }
}

/// What is remembered of each key until some moment; then it is as if it had never been there.
struct Until<K>(Mutex<HashMap<K, Instant>>);

/// How many keys are remembered: some 10 MiB at most, however many addresses somebody tries from.
const MOST_KEYS: usize = 100_000;

impl<K> Default for Until<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Copy + Eq + Hash> Until<K> {
    fn lock(&self) -> MutexGuard<'_, HashMap<K, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn holds(&self, key: &K) -> bool {
        self.lock().get(key).is_some_and(|at| *at > Instant::now())
    }

    fn set(&self, key: K, at: Instant) {
        set(&mut self.lock(), key, at);
    }
}

/// Where there are too many, those that have passed are forgotten, and then the half that would be next.
fn set<K: Copy + Eq + Hash>(moments: &mut HashMap<K, Instant>, key: K, at: Instant) {
    if moments.len() >= MOST_KEYS && !moments.contains_key(&key) {
        let now = Instant::now();
        moments.retain(|_, at| *at > now);
        if moments.len() > MOST_KEYS / 2 {
            let mut sorted: Vec<Instant> = moments.values().copied().collect();
            let middle = *sorted.select_nth_unstable(moments.len() / 2).1;
            moments.retain(|_, at| *at > middle);
        }
    }
    moments.insert(key, at);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(text: &str) -> Email {
        text.parse().expect("an address")
    }

    fn from(address: &str) -> Client {
        Client(address.parse().expect("an address"))
    }

    fn wait(refused: Result<impl Sized>) -> Duration {
        match refused.err() {
            Some(Error::TooMany(wait)) => wait,
            other => panic!("expected to have to wait, not {other:?}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn ten_quick_tries_and_then_one_in_six_seconds() {
        let throttles = Throttles::on();
        let (ana, home) = (email("ana@shop.example"), from("192.0.2.1"));
        for _ in 0..10 {
            throttles.log_in(&ana, home).expect("a quick try");
        }
        assert_eq!(wait(throttles.log_in(&ana, home)), Duration::from_secs(6));
        tokio::time::advance(Duration::from_secs(6)).await;
        throttles.log_in(&ana, home).expect("one more");
        assert_eq!(wait(throttles.log_in(&ana, home)), Duration::from_secs(6));
        throttles.log_in(&email("bo@shop.example"), home).expect("another account");
    }

    #[tokio::test(start_paused = true)]
    async fn the_right_password_does_not_count() {
        let throttles = Throttles::on();
        for _ in 0..50 {
            throttles.log_in(&email("ana@shop.example"), from("192.0.2.1")).expect("always").succeeded();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn others_can_not_lock_somebody_out_who_was_here_before() {
        let throttles = Throttles::on();
        let (ana, home) = (email("ana@shop.example"), from("192.0.2.1"));
        throttles.log_in(&ana, home).expect("the first").succeeded();
        for network in 0..99 {
            throttles.log_in(&ana, from(&format!("198.51.100.{network}"))).expect("the account's generous limit");
        }
        assert_eq!(wait(throttles.log_in(&ana, from("203.0.113.1"))), Duration::from_secs(1));
        throttles.log_in(&ana, home).expect("from home").succeeded();
    }

    #[tokio::test(start_paused = true)]
    async fn a_customers_ipv6_addresses_are_one_network() {
        let throttles = Throttles::on();
        for n in 0..20 {
            throttles.sign_up(from(&format!("2001:db8:0:1::{n}"))).expect("one of twenty");
        }
        assert_eq!(wait(throttles.sign_up(from("2001:db8:0:1:ffff::1"))), Duration::from_mins(1));
        throttles.sign_up(from("2001:db8:0:2::1")).expect("the neighbour");
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded_and_forgets_the_least_guilty_first() {
        let buckets = Buckets::new(10, Duration::from_secs(6));
        for _ in 0..10 {
            buckets.take(u32::MAX).expect("not empty yet");
        }
        for key in 0..300_000 {
            buckets.take(key).expect("a new one");
        }
        assert!(buckets.full_at.lock().len() <= MOST_KEYS);
        wait(buckets.take(u32::MAX));
    }

    #[tokio::test(start_paused = true)]
    async fn lifted_they_let_everything_through() {
        let throttles = Throttles::off();
        for _ in 0..1000 {
            throttles.log_in(&email("ana@shop.example"), from("192.0.2.1")).expect("always");
            throttles.sign_up(from("192.0.2.1")).expect("always");
        }
    }
}
