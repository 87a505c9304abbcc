//! Two questions that whatever watches over the program asks.

use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use crate::db::Database;
use crate::error::chain;

/// Whether the program is alive. Nothing else is asked: a database that is away does not get better by a new start.
#[utoipa::path(
    get, path = "/healthz", operation_id = "isAlive", tag = "Program",
    responses((status = 200, description = "It is.", body = String, content_type = "text/plain"))
)]
pub async fn is_alive() -> &'static str {
    "ok"
}

/// A database that takes longer is as good as away; whoever asks has a time limit of its own.
const PATIENCE: Duration = Duration::from_secs(3);

/// Whether requests can be answered: the database is there and has the schema that this program knows.
#[utoipa::path(
    get, path = "/readyz", operation_id = "isReady", tag = "Program",
    responses(
        (status = 200, description = "They can.", body = String, content_type = "text/plain"),
        (status = 503, description = "They can't, and why.", body = String, content_type = "text/plain"),
    )
)]
pub async fn is_ready(State(database): State<Database>) -> Response {
    match timeout(PATIENCE, database.is_ready()).await {
        Ok(Ok(true)) => "ok".into_response(),
        Ok(Ok(false)) => not_ready("the database's schema is not current: run `courtesy migrate`"),
        Ok(Err(error)) => {
            tracing::warn!(error = %chain(&error), "not ready");
            not_ready("the database does not answer")
        }
        Err(_) => not_ready("the database does not answer in time"),
    }
}

fn not_ready(why: &'static str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "2")], why).into_response()
}
