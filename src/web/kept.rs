//! A form that is kept while its sender logs in again.

use axum::body::Body;
use axum::extract::Request;

use super::body::{FORM, buffer, is_of_kind};
use super::form::MOST_BYTES;
use crate::error::Result;

/// The request as it was, with what its form says where it has one. What does not come whole is refused: half a form
/// would say something else.
pub async fn keep_form(request: Request) -> Result<(Request, Option<String>)> {
    if !is_of_kind(request.headers(), FORM) {
        return Ok((request, None));
    }
    let (parts, body) = request.into_parts();
    let bytes = buffer(Request::from_parts(parts.clone(), body), MOST_BYTES).await?;
    let kept = String::from_utf8_lossy(&bytes).into_owned();
    Ok((Request::from_parts(parts, Body::from(bytes)), Some(kept)))
}
