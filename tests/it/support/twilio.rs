//! A stand-in for Twilio that speaks its HTTP, answers as a test tells it to, and keeps what it has really taken.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{OriginalUri, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use courtesy::conversations::twilio::{Account, Twilio};
use courtesy::web::PublicUrl;
use courtesy::web::metrics::Metrics;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

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

fn is_known(headers: &HeaderMap) -> bool {
    use base64::Engine as _;
    let said = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let wanted = base64::engine::general_purpose::STANDARD.encode(format!("{SID}:{TOKEN}"));
    said == format!("Basic {wanted}")
}

fn problem(status: u16, code: u32) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, Json(json!({ "code": code, "message": "No.", "status": status.as_u16() }))).into_response()
}

fn refusal(books: &Books, headers: &HeaderMap) -> Option<Response> {
    (!is_known(headers) || books.account_status != "active").then(|| problem(401, 20_003))
}

async fn account(State(books): State<Shared>, headers: HeaderMap) -> Response {
    let books = books.lock().expect("nobody panicked");
    if !is_known(&headers) {
        return problem(401, 20_003);
    }
    Json(json!({ "sid": SID, "status": books.account_status })).into_response()
}

async fn take(State(books): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let form: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    let (mood, taken) = {
        let mut books = books.lock().expect("nobody panicked");
        books.forms.push(form.clone());
        if let Some(refusal) = refusal(&books, &headers) {
            return refusal;
        }
        let mood = books.moods.pop_front().unwrap_or(Mood::Takes(0));
        (mood, books.take(mood, &form))
    };
    let created = |taken: Value| (StatusCode::CREATED, Json(taken)).into_response();
    match mood {
        Mood::Takes(slow) => {
            tokio::time::sleep(Duration::from_millis(slow)).await;
            created(taken)
        }
        Mood::TakesAndBreaksOff => {
            let broken = futures_util::stream::once(async { Err::<Vec<u8>, _>(std::io::Error::other("reset")) });
            (StatusCode::CREATED, Body::from_stream(broken)).into_response()
        }
        Mood::TakesAndHangs => std::future::pending().await,
        Mood::TakesAndFails | Mood::Fails => problem(500, 20_500),
        Mood::AsksForPatience(seconds) => {
            let mut answer = problem(429, 20_429);
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            answer
        }
        Mood::Refuses(status, code) => problem(status, code),
    }
}

impl Books {
    fn take(&mut self, mood: Mood, form: &[(String, String)]) -> Value {
        let is_taken = !matches!(mood, Mood::Fails | Mood::AsksForPatience(_) | Mood::Refuses(..));
        if !is_taken {
            return Value::Null;
        }
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let message = json!({
            "sid": format!("SM{:032x}", self.messages.len() + 1),
            "account_sid": SID,
            "status": "queued",
            "error_code": null,
            "direction": "outbound-api",
            "from": field("From"),
            "to": field("To"),
            "body": field("Body"),
            "date_created": now(),
            "num_media": "0",
        });
        let callback = field("StatusCallback").unwrap_or_default();
        self.taken_ids.extend(callback.rsplit('/').next().map(str::to_owned));
        self.messages.push(message.clone());
        message
    }
}

async fn list(
    State(books): State<Shared>,
    headers: HeaderMap,
    uri: Uri,
    Query(filter): Query<Vec<(String, String)>>,
) -> Response {
    let mut books = books.lock().expect("nobody panicked");
    books.listings += 1;
    if let Some(refusal) = refusal(&books, &headers) {
        return refusal;
    }
    let Some(lag) = books.lag else { return problem(503, 20_503) };
    let field = |name: &str| filter.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let size: usize = field("PageSize").and_then(|size| size.parse().ok()).unwrap_or(50);
    let page: usize = field("Page").and_then(|page| page.parse().ok()).unwrap_or(0);
    let is_asked_for = |message: &&Value| {
        ["To", "From"].iter().all(|name| field(name).is_none_or(|value| message[name.to_lowercase()] == value))
    };
    let shown = &books.messages[..books.messages.len().saturating_sub(lag)];
    let found: Vec<&Value> = shown.iter().rev().filter(is_asked_for).collect();
    let here = found.iter().skip(page * size).take(size).collect::<Vec<_>>();
    let next = (found.len() > (page + 1) * size).then(|| {
        let kept = filter.iter().filter(|(name, _)| name != "Page");
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(kept).append_pair("Page", &(page + 1).to_string());
        format!("{}?{}", uri.path(), query.finish())
    });
    Json(json!({ "messages": here, "next_page_uri": next })).into_response()
}

async fn lines(
    State(books): State<Shared>,
    headers: HeaderMap,
    Query(filter): Query<Vec<(String, String)>>,
) -> Response {
    let books = books.lock().expect("nobody panicked");
    if let Some(refusal) = refusal(&books, &headers) {
        return refusal;
    }
    let asked = filter.iter().find(|(name, _)| name == "PhoneNumber").map(|(_, number)| number.clone());
    let found: Vec<String> = match &books.lines {
        Lines::Any => asked.into_iter().collect(),
        // As Twilio does it: whatever has this in it.
        Lines::Only(lines) => {
            let digits = asked.unwrap_or_default().trim_start_matches('+').to_owned();
            lines.iter().filter(|line| line.contains(&digits)).cloned().collect()
        }
        Lines::Untold => return problem(503, 20_503),
    };
    let found: Vec<Value> = found.iter().map(|line| json!({ "phone_number": line })).collect();
    Json(json!({ "incoming_phone_numbers": found })).into_response()
}

async fn show_media(State(books): State<Shared>, OriginalUri(uri): OriginalUri, headers: HeaderMap) -> Response {
    let name = uri.path().rsplit('/').next().unwrap_or_default().to_owned();
    let is_of_api = uri.path().starts_with("/2010-04-01/");
    let answer = {
        let mut books = books.lock().expect("nobody panicked");
        books.media_asked.push((name.clone(), headers.contains_key(header::AUTHORIZATION)));
        if let Some(refusal) = refusal(&books, &headers).filter(|_| is_of_api) {
            return refusal;
        }
        let answers = books.media.entry(name).or_default();
        if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() }
    };
    let status = |status: u16| StatusCode::from_u16(status).expect("a status");
    match answer.unwrap_or(Media::Says(404)) {
        Media::Is(bytes) => bytes.into_response(),
        Media::IsAt(address) => (status(307), [(header::LOCATION, address)]).into_response(),
        Media::Says(number) => status(number).into_response(),
        Media::IsEndless => {
            let piece = || Ok::<_, std::io::Error>(vec![0xFF; 64 * 1024]);
            Body::from_stream(futures_util::stream::repeat_with(piece)).into_response()
        }
        Media::BreaksOff(bytes) => {
            let pieces = [Ok(bytes), Err(std::io::Error::other("reset"))];
            Body::from_stream(futures_util::stream::iter(pieces)).into_response()
        }
        Media::Hangs => std::future::pending().await,
    }
}
