//! `/events`: a stream that tells what changes.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::{StreamExt as _, future, stream};

use super::feed::Feed;
use super::hub::Listener;
use super::{Live, queries};
use crate::auth::Staff;
use crate::db::Database;
use crate::error::{Error, Result};
use crate::web::operation::Part;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const HEADERS: [(HeaderName, &str); 3] = [
    (CONTENT_TYPE, "text/event-stream"),
    (CACHE_CONTROL, "no-store"),
    // Asks proxies not to hold events back.
    (HeaderName::from_static("x-accel-buffering"), "no"),
];

impl Part for State<Live> {}

/// Tells what changes in the shop, for as long as the session lives. Server-Sent Events: `inspection` to everybody, `message`
/// and `conversation` to managers, each with `{"id", "status"}` as its data; what else there is to know is asked for as
/// ever. Once the first line, `: listening`, has come, nothing is missed. A client that was cut off names the last id it got
/// and is told what changed since, perhaps twice; `reload` tells it to fetch everything anew.
#[utoipa::path(
    get, path = "/events", operation_id = "listen", tag = "Events",
    params(("Last-Event-ID" = Option<String>, Header, description = "The id that came last, to go on from there.")),
    responses((status = 200, description = "The events, as they happen.", content_type = "text/event-stream"))
)]
pub async fn listen(
    staff: Staff,
    State(database): State<Database>,
    State(live): State<Live>,
    headers: HeaderMap,
) -> Result<Response> {
    // A stranger does not get as far as a hub.
    staff.enter(false).await?;
    let listener = live.join(&database, staff.shop(), staff.bearer()).await?;
    // Asked again: a session that ended before it joined is none that the hub sees end.
    let mut feed = Feed::behind(headers.get(LAST_EVENT_ID).map(HeaderValue::as_bytes));
    let look = staff.read(queries::look(vec![staff.bearer()], feed.moment())).await?;
    let missed = feed.news(look.into()).words_for(staff.bearer()).ok_or(Error::Unauthorized)?;
    Ok((HEADERS, body(&missed, listener)).into_response())
}

fn body(missed: &[u8], listener: Listener) -> Body {
    let first = Bytes::from([b": listening\n", missed].concat());
    let more = stream::unfold(listener, |mut listener| async { Some((listener.next().await?, listener)) });
    Body::from_stream(stream::once(future::ready(first)).chain(more).map(Ok::<_, Infallible>))
}
