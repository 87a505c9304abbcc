//! What makes the mechanic's pages an application on a phone: they can be installed, and open without network.

use axum::http::{HeaderName, header};
use axum::response::IntoResponse;

/// A page's worker asks this server for pages and for what they load, and nobody else.
const POLICY: &str = "default-src 'none'; connect-src 'self'";
const SERVICE_WORKER_ALLOWED: HeaderName = HeaderName::from_static("service-worker-allowed");

/// `/worker.js`: by one address for ever, and asked for anew each time, so that a new program's takes over.
pub async fn worker() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (SERVICE_WORKER_ALLOWED, "/"),
    ];
    (headers, include_str!("../../assets/inspect/worker.js"))
}

/// `/manifest.webmanifest`: what a phone shows of the installed application.
pub async fn manifest() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "application/manifest+json"), (header::CACHE_CONTROL, "max-age=86400")];
    (headers, include_str!("../../assets/manifest.webmanifest"))
}

/// `/icon-192.png`, for phones that take no drawing.
pub async fn small_icon() -> impl IntoResponse {
    icon(include_bytes!("../../assets/icon-192.png"))
}

/// `/icon-512.png`.
pub async fn large_icon() -> impl IntoResponse {
    icon(include_bytes!("../../assets/icon-512.png"))
}

fn icon(picture: &'static [u8]) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "max-age=86400")], picture)
}
