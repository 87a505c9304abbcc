//! What happens around every request: it gets an id, one line in the log, a place in the metrics, and headers that keep
//! browsers careful. A panic is answered like every other fault of ours.

use std::any::Any;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument as _;
use uuid::Uuid;

use super::metrics::Metrics;
use crate::db::with_its_wait;
use crate::error::Error;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// Puts all of it around these addresses, and around what is answered where there is none.
pub fn around<S: Clone + Send + Sync + 'static>(routes: Router<S>, metrics: &Metrics) -> Router<S> {
    routes.layer((from_fn_with_state(metrics.clone(), record), CatchPanicLayer::custom(panicked)))
}

/// Gives a request its id, and records how it was answered: by the pattern of its route, because the address itself
/// may hold a report's secret or what somebody searched for.
async fn record(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = request_id(request.headers());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    // As high as it goes, so that the id stands beside an error whatever else is filtered out.
    let span = tracing::error_span!("request", request_id = id.to_str().unwrap_or_default());
    let (mut response, waited) = with_its_wait(next.run(request)).instrument(span.clone()).await;
    let took = began.elapsed();
    let status = response.status();
    span.in_scope(|| {
        tracing::info!(%method, route, status = status.as_u16(), milliseconds = milliseconds(took), "answered");
    });
    metrics.answered(route, &method, status, took);
    let headers = response.headers_mut();
    be_careful(headers);
    headers.insert(REQUEST_ID, id);
    headers.insert(SERVER_TIMING, timing(waited, took));
    response
}

/// Where the time went, as browsers show it: waiting for the database, a free connection included, and all in all.
fn timing(database: Duration, total: Duration) -> HeaderValue {
    let told = format!("db;dur={}, total;dur={}", milliseconds(database), milliseconds(total));
    HeaderValue::try_from(told).expect("names and numbers")
}

/// To the microsecond.
fn milliseconds(took: Duration) -> f64 {
    (took.as_secs_f64() * 1e6).round() / 1e3
}

/// The caller's own id, so that it can be followed from program to program, unless it looks like something else.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let is_sane = |id: &&HeaderValue| {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        (1..=64).contains(&id.len()) && id.as_bytes().iter().all(is_word)
    };
    headers
        .get(REQUEST_ID)
        .filter(is_sane)
        .cloned()
        .unwrap_or_else(|| HeaderValue::try_from(Uuid::now_v7().to_string()).expect("a UUID is plain text"))
}

/// Tells browsers to guess nothing, to pass nothing on and to keep no data; what a page itself says comes first.
fn be_careful(headers: &mut HeaderMap) {
    let is_data = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.to_str().is_ok_and(|kind| kind.contains("json")));
    let set = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    ];
    for (name, value) in set.into_iter().chain(is_data.then_some((CACHE_CONTROL, "no-store"))) {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// The answer after a panic. The hook that `logging` sets has written where it was, so nothing is logged here.
fn panicked(_what: Box<dyn Any + Send>) -> Response {
    Error::Internal("a panic".into()).answer()
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;

    async fn fail() {
        panic!("a secret");
    }

    #[tokio::test]
    async fn a_panic_is_answered_like_any_fault_of_ours() {
        let router: Router = around(Router::new().route("/", get(fail)), &Metrics::default());
        let answer = router.oneshot(Request::new(Body::empty())).await.expect("an answer");
        assert_eq!(answer.status(), 500);
        assert_eq!(answer.headers()[CONTENT_TYPE], "application/problem+json");
        for header in [REQUEST_ID, SERVER_TIMING, X_CONTENT_TYPE_OPTIONS, CONTENT_SECURITY_POLICY, CACHE_CONTROL] {
            assert!(answer.headers().contains_key(&header), "{header}");
        }
        let body = to_bytes(answer.into_body(), 1000).await.expect("short");
        assert!(!String::from_utf8_lossy(&body).contains("secret"));
    }

    #[test]
    fn only_a_sane_id_is_kept() {
        let id = |given: &str| {
            let headers = [(REQUEST_ID, HeaderValue::from_str(given).expect("a value"))].into_iter().collect();
            request_id(&headers).to_str().expect("plain").to_owned()
        };
        for sane in ["a", "0190f0c0-0000-7000-8000-000000000001", "A.b_c-1", &"x".repeat(64)] {
            assert_eq!(id(sane), sane);
        }
        for odd in ["", "a b", "{\"a\":1}", "ä", "ana@shop.example", &"x".repeat(65)] {
            assert_eq!(id(odd).len(), 36, "{odd}");
        }
    }
}
