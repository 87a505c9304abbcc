//! A stand-in for Twilio that speaks its HTTP, answers as a test tells it to, and keeps what it has really taken.

mod answers;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use courtesy::conversations::twilio::{Account, Twilio};
use courtesy::web::PublicUrl;
use courtesy::web::metrics::Metrics;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use self::answers::{account, lines, list, show_media, take};
use super::app::PUBLIC_URL;

pub(crate) const SID: &str = "AC0123456789abcdef0123456789abcdef";
pub(crate) const TOKEN: &str = "12345";
pub(crate) const OTHER_TOKEN: &str = "67890";

/// Longer than a stand-in on the same machine needs, however busy that is, unless it means to hang.
const PATIENCE: Duration = Duration::from_secs(3);

/// What comes of handing a text over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mood {
    /// Takes it, after so many milliseconds.
    Takes(u64),
    /// Takes it; the answer breaks off.
    TakesAndBreaksOff,
    /// Takes it and says nothing for ever.
    TakesAndHangs,
    /// Takes it and says that it broke.
    TakesAndFails,
    /// Says that it broke, and has taken nothing.
    Fails,
    /// Asks for so many seconds of patience.
    AsksForPatience(u64),
    /// Refuses it with this status and code.
    Refuses(u16, u32),
}

/// How it answers whoever asks for a picture.
#[derive(Clone, Debug)]
pub(crate) enum Media {
    /// With these bytes.
    Is(Vec<u8>),
    /// That it is at this address.
    IsAt(String),
    /// With this status.
    Says(u16),
    /// With bytes that have no end.
    IsEndless,
    /// With these, and breaks off.
    BreaksOff(Vec<u8>),
    /// Not at all.
    Hangs,
}

/// Which numbers the account has.
#[derive(Clone, Debug, Default)]
pub(crate) enum Lines {
    /// Whichever is asked for.
    #[default]
    Any,
    /// These.
    Only(Vec<String>),
    /// It does not say.
    Untold,
}

/// The stand-in, which ends when this is dropped.
pub(crate) struct StandIn {
    pub url: String,
    books: Arc<Mutex<Books>>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Books {
    moods: VecDeque<Mood>,
    /// The latest last; each as it is listed.
    messages: Vec<Value>,
    /// Our ids of what was taken, out of the address for reports.
    taken_ids: Vec<String>,
    /// What was handed over, taken or not: the form.
    forms: Vec<Vec<(String, String)>>,
    /// How many of the latest are not on its list yet; `None`: the list can't be had.
    lag: Option<usize>,
    listings: usize,
    account_status: String,
    /// By the last part of its address: the answers to come, of which the last one stays.
    media: HashMap<String, VecDeque<Media>>,
    /// Who was asked for, and whether whoever asked said who they are.
    media_asked: Vec<(String, bool)>,
    lines: Lines,
}

type Shared = Arc<Mutex<Books>>;

impl StandIn {
    /// Takes every text, until it is told otherwise.
    pub(crate) async fn start() -> Self {
        let books = Shared::default();
        {
            let mut books = books.lock().expect("nobody panicked");
            books.lag = Some(0);
            books.account_status = "active".into();
        }
        let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", socket.local_addr().expect("an address"));
        let below = format!("/2010-04-01/Accounts/{SID}");
        let router = Router::new()
            .route(&format!("{below}/Messages.json"), get(list).post(take))
            .route(&format!("{below}.json"), get(account))
            .route(&format!("{below}/IncomingPhoneNumbers.json"), get(lines))
            .route(&format!("{below}/Messages/{{message}}/Media/{{name}}"), get(show_media))
            .route("/store/{name}", get(show_media))
            .with_state(books.clone());
        let task = tokio::spawn(async move { axum::serve(socket, router).await.expect("it serves") });
        Self { url, books, task }
    }

    /// How the program is told of it.
    pub(crate) fn account(&self) -> Account {
        Account {
            sid: SID.into(),
            token: TOKEN.to_owned().into(),
            second_token: Some(OTHER_TOKEN.to_owned().into()),
            api_url: self.url.clone(),
            messaging_service: None,
        }
    }

    /// The provider that asks it.
    pub(crate) fn provider(&self) -> Twilio {
        Twilio::with_patience(PATIENCE, self.account(), PublicUrl(PUBLIC_URL.into()), Metrics::default())
            .expect("a client")
    }

    /// The provider that asks it, and takes pictures from another one's store too.
    pub(crate) fn provider_with_store(&self, store: &Self) -> Twilio {
        let stores = vec![store.url.parse().expect("an address")];
        let (account, public_url) = (self.account(), PublicUrl(PUBLIC_URL.into()));
        Twilio::with_stores(stores, PATIENCE, account, public_url, Metrics::default()).expect("a client")
    }

    /// Where a picture of a text is to be had.
    pub(crate) fn media(&self, name: &str) -> String {
        format!("{}/2010-04-01/Accounts/{SID}/Messages/MM1/Media/{name}", self.url)
    }

    /// Where the same is kept, for whoever has the address.
    pub(crate) fn store(&self, name: &str) -> String {
        format!("{}/store/{name}", self.url)
    }

    /// How it answers whoever asks for a picture, in this order; the last answer stays.
    pub(crate) fn shows(&self, name: &str, answers: impl IntoIterator<Item = Media>) {
        self.lock().media.insert(name.to_owned(), answers.into_iter().collect());
    }

    /// Which pictures were asked for, and whether whoever asked said who they are.
    pub(crate) fn media_asked(&self) -> Vec<(String, bool)> {
        self.lock().media_asked.clone()
    }

    /// Which numbers the account has.
    pub(crate) fn has_lines(&self, lines: Lines) {
        self.lock().lines = lines;
    }

    /// What comes of the next texts, in this order; those after are taken.
    pub(crate) fn moods(&self, moods: impl IntoIterator<Item = Mood>) {
        self.lock().moods.extend(moods);
    }

    /// What its list does not show yet of the latest texts; `None`: there is no list.
    pub(crate) fn lag(&self, lag: Option<usize>) {
        self.lock().lag = lag;
    }

    /// Whether the account may do anything.
    pub(crate) fn account_is(&self, status: &str) {
        self.lock().account_status = status.into();
    }

    /// The bodies of what it has taken.
    pub(crate) fn taken(&self) -> Vec<String> {
        let books = self.lock();
        let ours = books.messages.iter().filter(|message| message["direction"] == "outbound-api");
        ours.map(|message| message["body"].as_str().expect("a body").to_owned()).collect()
    }

    /// Our ids of what it has taken, as often as it took it.
    pub(crate) fn taken_ids(&self) -> Vec<String> {
        self.lock().taken_ids.clone()
    }

    /// From now on it takes every text.
    pub(crate) fn be_kind(&self) {
        self.lock().moods.clear();
    }

    /// What was handed over, taken or not.
    pub(crate) fn forms(&self) -> Vec<Vec<(String, String)>> {
        self.lock().forms.clone()
    }

    /// How often it was asked for its list.
    pub(crate) fn listings(&self) -> usize {
        self.lock().listings
    }

    /// Puts something on its list, for example what a customer has sent it.
    pub(crate) fn knows(&self, message: Value) {
        self.lock().messages.push(message);
    }

    /// Lets a text of ours come further.
    pub(crate) fn becomes(&self, its_id: &str, status: &str, code: Option<u32>) {
        let mut books = self.lock();
        let message = books.messages.iter_mut().find(|message| message["sid"] == its_id).expect("it was taken");
        message["status"] = json!(status);
        message["error_code"] = json!(code);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Books> {
        self.books.lock().expect("nobody panicked")
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Twilio writes dates as mails do.
#[expect(clippy::disallowed_methods, reason = "the stand-in has a clock of its own, as Twilio has")]
pub(crate) fn now() -> String {
    jiff::fmt::rfc2822::to_string(&jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC)).expect("a date")
}
