//! A provider that does everything a provider may do, at random: it is slow, it loses answers, it refuses, it wants
//! patience, its list lags, shows texts twice or is not to be had. It keeps what it has really taken.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use courtesy::conversations::provider::{Attempt, Provider, Taken, Text, Unanswered};
use courtesy::conversations::{Failure, MessageStatus};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio_postgres::Client;

use super::provider::{not_sent, refused, taken};

/// The provider, with its books.
pub(crate) struct Hostile {
    /// Where it looks up which attempt it is asked for.
    queue: Client,
    chance: Mutex<StdRng>,
    books: Mutex<Books>,
    is_kind: AtomicBool,
    /// Whether it can find anything in its list. One that can't shows what would come of sending blindly.
    can_find: bool,
}

/// What a provider knows.
#[derive(Clone, Default)]
pub(crate) struct Books {
    /// The texts that it took, in order.
    pub taken: Vec<Acceptance>,
    /// Every time that a text was handed over, taken or not: its id, and which attempt it was.
    pub handed_over: Vec<(String, i32)>,
    /// How many answers were lost.
    pub lost: usize,
    /// What its list does not show yet.
    lagging: BTreeSet<String>,
    /// What it was handed and has not come to yet, while nobody waits for its answer any more.
    unopened: Vec<Acceptance>,
}

/// A text that the provider took.
#[derive(Clone, Debug)]
pub(crate) struct Acceptance {
    /// Our id for it.
    pub message: String,
    /// The provider's.
    pub its_id: String,
    from: String,
    pub to: String,
    words: String,
}

/// What comes of handing a text over.
#[derive(Clone, Copy)]
enum Mood {
    Takes,
    TakesAndIsNotHeard,
    TakesLater,
    IsNotReached,
    AsksForPatience,
    Refuses,
    LosesTheText,
}

const MOODS: [(Mood, u32); 7] = [
    (Mood::Takes, 8),
    (Mood::TakesAndIsNotHeard, 3),
    (Mood::TakesLater, 2),
    (Mood::IsNotReached, 2),
    (Mood::AsksForPatience, 2),
    (Mood::Refuses, 1),
    (Mood::LosesTheText, 2),
];

impl Hostile {
    /// The same seed makes the same moods.
    pub(crate) fn new(seed: u64, queue: Client) -> Self {
        Self {
            queue,
            chance: Mutex::new(StdRng::seed_from_u64(seed)),
            books: Mutex::default(),
            is_kind: AtomicBool::new(false),
            can_find: true,
        }
    }

    /// One that never finds what it took.
    pub(crate) fn forgetful(seed: u64, queue: Client) -> Self {
        Self { can_find: false, ..Self::new(seed, queue) }
    }

    /// From now on it takes every text, at once.
    pub(crate) fn be_kind(&self) {
        self.is_kind.store(true, Ordering::Relaxed);
    }

    /// Lets the time pass that it needs for what it was handed, and for showing these texts in its list.
    pub(crate) fn catch_up(&self, messages: &[String]) {
        let mut books = self.books();
        for acceptance in std::mem::take(&mut books.unopened) {
            if messages.contains(&acceptance.message) {
                books.take(acceptance);
            } else {
                books.unopened.push(acceptance);
            }
        }
        books.lagging.retain(|message| !messages.contains(message));
    }

    /// Its books.
    pub(crate) fn books(&self) -> std::sync::MutexGuard<'_, Books> {
        self.books.lock().expect("nobody panicked")
    }

    fn is_hostile(&self) -> bool {
        !self.is_kind.load(Ordering::Relaxed)
    }

    /// A number below `below`, by chance.
    fn chance(&self, below: u32) -> u32 {
        self.chance.lock().expect("nobody panicked").random_range(0..below)
    }

    fn mood(&self) -> Mood {
        if !self.is_hostile() {
            return Mood::Takes;
        }
        let mut drawn = self.chance(MOODS.iter().map(|(_, weight)| weight).sum());
        for (mood, weight) in MOODS {
            if drawn < weight {
                return mood;
            }
            drawn -= weight;
        }
        unreachable!("less than the sum was drawn")
    }

    /// Takes its time, and gives whoever waits a chance to die.
    async fn dawdle(&self) {
        if self.is_hostile() {
            for _ in 0..self.chance(4) {
                tokio::task::yield_now().await;
            }
            if self.chance(3) == 0 {
                tokio::time::sleep(Duration::from_millis(self.chance(4).into())).await;
            }
        }
    }

    /// Which attempt this is.
    async fn attempt(&self, text: &Text) -> i32 {
        let sql = "SELECT attempts FROM messages WHERE id::text = $1";
        self.queue.query_one(sql, &[&text.id.to_string()]).await.expect("it stands in the queue").get(0)
    }
}

impl Provider for Hostile {
    fn name(&self) -> &'static str {
        "hostile"
    }

    fn is_sandbox(&self) -> bool {
        true
    }

    fn send<'a>(&'a self, text: &'a Text) -> BoxFuture<'a, Attempt> {
        async move {
            let attempt = self.attempt(text).await;
            self.books().handed_over.push((text.id.to_string(), attempt));
            self.dawdle().await;
            let answer = match self.mood() {
                Mood::Takes => Attempt::Accepted(report(&self.books().take(of(text)))),
                Mood::TakesAndIsNotHeard => {
                    let lags = self.chance(2) == 0;
                    let mut books = self.books();
                    books.take(of(text));
                    books.lost += 1;
                    if lags {
                        books.lagging.insert(text.id.to_string());
                    }
                    Attempt::InDoubt
                }
                Mood::TakesLater => {
                    let mut books = self.books();
                    books.unopened.push(of(text));
                    books.lost += 1;
                    Attempt::InDoubt
                }
                Mood::LosesTheText => Attempt::InDoubt,
                Mood::IsNotReached => not_sent(None),
                Mood::AsksForPatience => not_sent(Some(Duration::from_secs(self.chance(60).into()))),
                Mood::Refuses => refused(["30006", "21614"][self.chance(2) as usize]),
            };
            self.dawdle().await;
            answer
        }
        .boxed()
    }

    fn find<'a>(&'a self, text: &'a Text, _: Timestamp) -> BoxFuture<'a, Result<Vec<Taken>, Unanswered>> {
        async move {
            self.dawdle().await;
            if !self.can_find {
                return Ok(Vec::new());
            }
            if self.is_hostile() && self.chance(4) == 0 {
                return Err(Unanswered);
            }
            let books = self.books();
            let is_alike = |known: &&Acceptance| {
                known.to == text.to.as_str() && known.from == text.from.as_str() && known.words == text.body
            };
            let shown = books.taken.iter().filter(is_alike).filter(|known| !books.lagging.contains(&known.message));
            let found: Vec<String> = shown.map(|known| known.its_id.clone()).collect();
            drop(books);
            // Its pages overlap now and then.
            let twice = if self.is_hostile() && self.chance(3) == 0 { 2 } else { 1 };
            Ok(found.iter().flat_map(|its_id| vec![report(its_id); twice]).collect())
        }
        .boxed()
    }
}

/// How far a text has come: always the same of the same text.
fn report(its_id: &str) -> Taken {
    let number: usize = its_id.trim_start_matches("SM").parse().expect("one of its own");
    let status = [MessageStatus::Sent, MessageStatus::Delivered, MessageStatus::Sent, MessageStatus::Failed];
    let status = status[number % status.len()];
    let failure = (status == MessageStatus::Failed).then(|| Failure::new("30003"));
    Taken { status, failure, ..taken(its_id) }
}

fn of(text: &Text) -> Acceptance {
    Acceptance {
        message: text.id.to_string(),
        its_id: String::new(),
        from: text.from.as_str().to_owned(),
        to: text.to.as_str().to_owned(),
        words: text.body.clone(),
    }
}

impl Books {
    /// Takes a text, under an id of its own.
    fn take(&mut self, text: Acceptance) -> String {
        let its_id = format!("SM{}", self.taken.len());
        self.taken.push(Acceptance { its_id: its_id.clone(), ..text });
        its_id
    }
}
