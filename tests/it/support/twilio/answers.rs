//! How the stand-in answers: what it is told to, as Twilio would say it.

use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{OriginalUri, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::{Books, Lines, Media, Mood, SID, Shared, TOKEN, now};

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

pub(super) async fn account(State(books): State<Shared>, headers: HeaderMap) -> Response {
    let books = books.lock().expect("nobody panicked");
    if !is_known(&headers) {
        return problem(401, 20_003);
    }
    Json(json!({ "sid": SID, "status": books.account_status })).into_response()
}

pub(super) async fn take(State(books): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
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

pub(super) async fn list(
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

pub(super) async fn lines(
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

pub(super) async fn show_media(
    State(books): State<Shared>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
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
