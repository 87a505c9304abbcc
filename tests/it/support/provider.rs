//! A provider that says what a test tells it to.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use courtesy::conversations::provider::{Attempt, Provider, Taken, Text, Unanswered};
use courtesy::conversations::{Failure, MessageStatus};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio::sync::{Notify, Semaphore};

/// Accepts every text, unless an answer was prepared for it.
pub(crate) struct Script {
    answers: Mutex<VecDeque<Attempt>>,
    /// What it says it has, whatever it is asked for; `None`: it does not answer.
    pub listed: Mutex<Option<Vec<Taken>>>,
    sent: Mutex<Vec<(String, String)>>,
    asked: Mutex<usize>,
    gate: Semaphore,
    list_gate: Semaphore,
    news: Notify,
}

impl Script {
    /// Answers in this order, and accepts what comes after.
    pub(crate) fn new(answers: impl IntoIterator<Item = Attempt>) -> Self {
        Self {
            answers: Mutex::new(answers.into_iter().collect()),
            listed: Mutex::new(Some(Vec::new())),
            sent: Mutex::default(),
            asked: Mutex::default(),
            gate: Semaphore::new(1_000),
            list_gate: Semaphore::new(1_000),
            news: Notify::new(),
        }
    }

    /// Holds every answer back until [`Script::open`].
    pub(crate) fn close(&self) {
        self.gate.forget_permits(1_000);
    }

    /// Lets the answers go.
    pub(crate) fn open(&self) {
        self.gate.add_permits(1_000);
    }

    /// Holds every answer about what it has back until [`Script::show_list`].
    pub(crate) fn hold_list(&self) {
        self.list_gate.forget_permits(1_000);
    }

    /// Lets those answers go.
    pub(crate) fn show_list(&self) {
        self.list_gate.add_permits(1_000);
    }

    /// The texts that were handed over: to whom, and what.
    pub(crate) fn sent(&self) -> Vec<(String, String)> {
        self.sent.lock().expect("no test panicked").clone()
    }

    /// Waits until so many texts were handed over, answered or not.
    pub(crate) async fn has_got(&self, count: usize) {
        self.has_come_to(|| self.sent().len() >= count).await;
    }

    /// Waits until it was asked so often what it has, answered or not.
    pub(crate) async fn has_been_asked(&self, count: usize) {
        self.has_come_to(|| self.asked() >= count).await;
    }

    async fn has_come_to(&self, is_there: impl Fn() -> bool) {
        let waiting = async {
            loop {
                let news = self.news.notified();
                if is_there() {
                    break;
                }
                news.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), waiting).await.expect("it is turned to");
    }

    /// How often it was asked what it has.
    pub(crate) fn asked(&self) -> usize {
        *self.asked.lock().expect("no test panicked")
    }
}

/// Accepted under this id, and sent on.
pub(crate) fn taken(id: &str) -> Taken {
    Taken { provider_message_id: id.to_owned(), status: MessageStatus::Sent, failure: None }
}

/// Not taken, for good.
pub(crate) fn refused(code: &str) -> Attempt {
    Attempt::Refused(Failure::new(code))
}

/// Not taken now.
pub(crate) fn not_sent(retry_after: Option<Duration>) -> Attempt {
    Attempt::NotSent { retry_after }
}

impl Provider for Script {
    fn name(&self) -> &'static str {
        "script"
    }

    fn is_sandbox(&self) -> bool {
        true
    }

    fn send<'a>(&'a self, text: &'a Text) -> BoxFuture<'a, Attempt> {
        self.sent.lock().expect("no test panicked").push((text.to.as_str().to_owned(), text.body.clone()));
        self.news.notify_waiters();
        let answer = self.answers.lock().expect("no test panicked").pop_front();
        async move {
            let _open = self.gate.acquire().await.expect("the gate stays");
            answer.unwrap_or_else(|| Attempt::Accepted(taken(&text.id.to_string())))
        }
        .boxed()
    }

    fn find<'a>(&'a self, _: &'a Text, _: Timestamp) -> BoxFuture<'a, Result<Vec<Taken>, Unanswered>> {
        *self.asked.lock().expect("no test panicked") += 1;
        self.news.notify_waiters();
        let listed = self.listed.lock().expect("no test panicked").clone().ok_or(Unanswered);
        async move {
            let _shown = self.list_gate.acquire().await.expect("the gate stays");
            listed
        }
        .boxed()
    }
}
