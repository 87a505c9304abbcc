//! What stands around every answer, whatever kind it is of.

use axum::body::Body;
use axum::http::{Method, Request, Response, header};
use courtesy::auth::password::Hasher;
use courtesy::web::metrics::{Metrics, Watched, router};
use tower::ServiceExt as _;

use crate::support::{Person, TestApp};

/// A request to any address, with a body of so many bytes.
fn request(method: Method, path: &str, who: Option<&Person>, size: usize) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
    if let Some(person) = who {
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", person.token));
    }
    request.body(Body::from(" ".repeat(size))).unwrap()
}

/// Fails unless the headers are there that no answer goes without.
#[track_caller]
fn is_careful(what: &str, headers: &axum::http::HeaderMap) {
    let text = |name: &str| headers.get(name).unwrap_or_else(|| panic!("{what} has no {name}")).to_str().unwrap();
    assert_eq!(text("x-request-id").len(), 36, "{what}");
    assert_eq!(text("x-content-type-options"), "nosniff", "{what}");
    let is_page = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.to_str().unwrap().contains("html"));
    assert_eq!(text("referrer-policy"), if is_page { "same-origin" } else { "no-referrer" }, "{what}");
    let policy = text("content-security-policy");
    for rule in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
        assert!(policy.contains(rule), "{what}: {policy}");
    }
    let timing = text("server-timing");
    let (database, total) = timing.split_once(", total;dur=").unwrap_or_else(|| panic!("{what}: {timing}"));
    let milliseconds = |figure: &str| figure.parse::<f64>().unwrap();
    assert!(milliseconds(database.strip_prefix("db;dur=").unwrap()) <= milliseconds(total), "{what}: {timing}");
    let kind = headers.get(header::CONTENT_TYPE).map_or("", |kind| kind.to_str().unwrap());
    if kind.contains("json") {
        assert_eq!(text("cache-control"), "no-store", "{what}");
    }
}

#[tokio::test]
async fn every_kind_of_answer_is_careful() {
    let (app, world) = TestApp::start().await;
    let boss = Some(&world.ours.manager);
    let page = app.send(request(Method::GET, "/", None, 0)).await;
    let style = String::from_utf8(page.bytes).unwrap();
    let style = style.split('"').find(|part| part.starts_with("/assets/")).unwrap();
    let customer = format!("/api/v1/customers/{}", world.ours.customer);
    for (status, request) in [
        (200, request(Method::GET, "/", None, 0)),
        (200, request(Method::GET, style, None, 0)),
        (200, request(Method::GET, "/robots.txt", None, 0)),
        (200, request(Method::GET, "/healthz", None, 0)),
        (200, request(Method::GET, "/readyz", None, 0)),
        (200, request(Method::HEAD, &customer, boss, 0)),
        (200, request(Method::GET, &customer, boss, 0)),
        (401, request(Method::GET, &customer, None, 0)),
        (403, request(Method::POST, "/api/v1/customers", Some(&world.ours.mechanic), 0)),
        (404, request(Method::GET, "/nowhere", None, 0)),
        (404, request(Method::GET, "/api/v1/nowhere", None, 0)),
        (404, request(Method::GET, "/r/0123456789abcdefghijkl", None, 0)),
        (405, request(Method::DELETE, "/healthz", None, 0)),
        (413, request(Method::POST, "/api/v1/sessions", None, 20_000)),
        (400, request(Method::POST, "/api/v1/sessions", None, 0)),
        (204, request(Method::DELETE, "/api/v1/sessions/current", boss, 0)),
    ] {
        let what = format!("{status} {} {}", request.method(), request.uri());
        let answer = app.send(request).await;
        assert_eq!(answer.status, status, "{what}");
        is_careful(&what, &answer.headers);
    }
    let watched =
        Watched { metrics: Metrics::default(), hasher: Hasher::default(), database: app.database().clone() };
    for (status, path) in [(200, "/metrics"), (404, "/api/v1/customers")] {
        let answer: Response<Body> =
            router(watched.clone()).oneshot(request(Method::GET, path, None, 0)).await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
        is_careful(path, answer.headers());
    }
    app.database().close();
    let unavailable = app.send(request(Method::GET, &customer, Some(&world.theirs.manager), 0)).await;
    assert_eq!(unavailable.status, 503);
    is_careful("503", &unavailable.headers);
}

#[tokio::test]
async fn the_wait_for_the_database_is_told_apart() {
    let (app, world) = TestApp::start().await;
    let waited = async |path: &str| {
        let answer = app.send(request(Method::GET, path, Some(&world.ours.manager), 0)).await;
        let timing = answer.headers["server-timing"].to_str().unwrap().to_owned();
        !timing.starts_with("db;dur=0,")
    };
    assert!(!waited("/healthz").await, "nothing is asked of it");
    assert!(waited("/api/v1/me").await);
}
