//! Twilio carries the texts (twilio.com/docs/messaging/api/message-resource).

mod account;
mod answer;
mod breaker;
mod catch_up;
mod listing;
mod media;
mod numbers;
mod signature;
mod signed;
pub mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use reqwest::{Client, RequestBuilder, Url};

pub use account::Account;

use super::provider::{Attempt, Missing, Outcome, Provider, Taken, Text, Unanswered};
use crate::outward;
use crate::web::metrics::Metrics;
use crate::web::{PublicUrl, Upload};
use answer::{Answer, Lost};
use breaker::Breaker;

/// The name kept with texts that it carries.
pub const TWILIO: &str = "twilio";

/// How long one answer may take: less than the outbox waits for it.
const PATIENCE: Duration = Duration::from_secs(12);
/// A picture may take so many times as long.
const PICTURE: u32 = 5;

/// The account at Twilio, over one pool of connections.
#[derive(Clone)]
pub struct Twilio {
    inner: Arc<Inner>,
    has_caps: bool,
}

struct Inner {
    account: Account,
    public_url: PublicUrl,
    client: Client,
    /// For pictures, which take longer.
    pictures: Client,
    /// Where pictures may be beside Twilio's own stores.
    stores: Vec<Url>,
    breaker: Breaker,
    metrics: Metrics,
}

impl Twilio {
    /// Connects to nothing yet. Fails where this machine knows no authority for certificates.
    pub fn new(account: Account, public_url: PublicUrl, metrics: Metrics) -> Result<Self, reqwest::Error> {
        Self::with_patience(PATIENCE, account, public_url, metrics)
    }

    /// The same with another patience than usual.
    pub fn with_patience(
        patience: Duration,
        account: Account,
        public_url: PublicUrl,
        metrics: Metrics,
    ) -> Result<Self, reqwest::Error> {
        Self::with_stores(Vec::new(), patience, account, public_url, metrics)
    }

    /// The same with pictures in other places than usual too, each an address without a path.
    pub fn with_stores(
        stores: Vec<Url>,
        patience: Duration,
        account: Account,
        public_url: PublicUrl,
        metrics: Metrics,
    ) -> Result<Self, reqwest::Error> {
        let (client, pictures) = (outward::client(patience).build()?, outward::client(patience * PICTURE).build()?);
        let breaker = Breaker::new(metrics.clone());
        let inner = Inner { account, public_url, client, pictures, stores, breaker, metrics };
        Ok(Self { inner: Arc::new(inner), has_caps: true })
    }

    /// The same without caps on what is sent.
    #[must_use]
    pub fn without_caps(self) -> Self {
        Self { has_caps: false, ..self }
    }

    /// The account.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.inner.account
    }

    /// Where customers and the provider reach this server.
    #[must_use]
    pub fn public_url(&self) -> &PublicUrl {
        &self.inner.public_url
    }

    /// Asks for the account itself: whether it is known and may send, or a sentence about what is wrong.
    pub async fn examine(&self) -> Result<(), String> {
        let Inner { account, client, .. } = &*self.inner;
        let answer = self.ask(client.get(account.address(".json"))).await;
        answer.map_err(|lost| lost.to_string())?.account_fault()
    }

    async fn hand_over(&self, text: &Text) -> Attempt {
        let Inner { account, public_url, client, breaker, .. } = &*self.inner;
        if breaker.is_open() {
            return Attempt::Unable;
        }
        let callback = format!("{}/webhooks/twilio/status/{}", public_url.0, text.id);
        let form = [
            ("To", Some(text.to.as_str())),
            ("From", Some(text.from.as_str())),
            ("Body", Some(text.body.as_str())),
            ("StatusCallback", Some(&callback)),
            // Together with the number: one service serves many shops, and answers have to find theirs.
            ("MessagingServiceSid", account.messaging_service.as_deref()),
        ];
        match self.ask(client.post(account.address("/Messages.json")).form(&form)).await {
            Ok(answer) => answer.attempt().unwrap_or_else(|fault| {
                breaker.open(&fault);
                Attempt::Unable
            }),
            Err(Lost::NotReached(_)) => Attempt::NotSent { retry_after: None },
            Err(Lost::OnTheWay(_)) => Attempt::InDoubt,
        }
    }

    /// Whether the account works, as far as is known. One that was refused is asked about now and then, and only with
    /// that: no text is risked to find out.
    async fn works(&self) -> bool {
        let breaker = &self.inner.breaker;
        if !breaker.is_open() {
            return true;
        }
        if !breaker.may_look() {
            return false;
        }
        match self.examine().await {
            Ok(()) => breaker.close(),
            Err(fault) => breaker.open(&fault),
        }
        !breaker.is_open()
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Answer, Lost> {
        let account = &self.inner.account;
        let response = request.basic_auth(&account.sid, Some(account.token.as_str())).send().await?;
        Answer::read(response).await
    }
}

impl Provider for Twilio {
    fn name(&self) -> &'static str {
        TWILIO
    }

    fn has_caps(&self) -> bool {
        self.has_caps
    }

    fn count(&self, outcome: Outcome) {
        self.inner.metrics.a_text_was(outcome.word());
    }

    fn is_ready(&self) -> BoxFuture<'_, bool> {
        self.works().boxed()
    }

    fn send<'a>(&'a self, text: &'a Text) -> BoxFuture<'a, Attempt> {
        self.hand_over(text).boxed()
    }

    fn find<'a>(&'a self, text: &'a Text, since: Timestamp) -> BoxFuture<'a, Result<Vec<Taken>, Unanswered>> {
        self.find_alike(text, since).boxed()
    }

    fn picture<'a>(&'a self, address: &'a str) -> BoxFuture<'a, Result<Upload, Missing>> {
        self.fetch(address).boxed()
    }
}
