//! Answers that are not simply a value.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::json::Json;
use crate::error::{Conflict, Result};

/// The answer to creating: 201 the first time, 200 when the same was asked again.
#[derive(Debug)]
pub enum Created<T> {
    /// It was made just now.
    Now(T),
    /// It had been made already, with the same words.
    Before(T),
}

impl<T> Created<T> {
    /// Judges a create that may be a repetition: `made` is the row if it was inserted just now, `kept` the row that has
    /// the id, with the fingerprint of the request that made it.
    pub fn judge(made: Option<T>, kept: Option<(T, Option<Vec<u8>>)>, digest: &[u8]) -> Result<Self> {
        match (made, kept) {
            (Some(row), _) => Ok(Self::Now(row)),
            (None, Some((row, Some(kept)))) if kept == digest => Ok(Self::Before(row)),
            _ => Err(Conflict::IdTaken.into()),
        }
    }

    /// Makes the row into what is answered.
    pub fn map<U>(self, to: impl FnOnce(T) -> U) -> Created<U> {
        match self {
            Self::Now(row) => Created::Now(to(row)),
            Self::Before(row) => Created::Before(to(row)),
        }
    }
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        match self {
            Self::Now(row) => (StatusCode::CREATED, Json(row)).into_response(),
            Self::Before(row) => (StatusCode::OK, Json(row)).into_response(),
        }
    }
}

/// The answer to what is made anew each time: 201.
#[derive(Debug)]
pub struct New<T>(pub T);

impl<T: Serialize> IntoResponse for New<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

/// The answer to deleting: 204, the first time and every other.
#[derive(Debug)]
pub struct Gone;

impl IntoResponse for Gone {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}
