//! A picture as the body of a request. It is received only once it is clear that it is wanted, so nothing is held before,
//! and no connection to the database while it arrives.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_LENGTH;
use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::time::timeout;

use super::room::{Room, Taken};
use crate::error::{Error, Result};
use crate::ids::ShopId;

/// A body that has not been received yet.
pub struct Upload {
    announced: Option<usize>,
    body: Body,
    /// Whether whoever sends it waits to hear what becomes of it.
    is_awaited: bool,
}

/// A body that is here, and the room it takes until it is dropped.
pub struct Received {
    /// What came.
    pub bytes: Bytes,
    _room: Taken,
}

/// The most that a picture may have, in bytes.
const MOST: usize = 12 * 1024 * 1024;
/// How long it may take, however it drips: a large one from a phone with hardly any signal. The listener sees to it that
/// something keeps coming.
const WHOLE: Duration = Duration::from_mins(10);
/// How long it waits for room. A phone tries again by itself.
const PATIENCE: Duration = Duration::from_secs(20);
/// When whoever found no room may come back.
const COME_BACK: Duration = Duration::from_secs(5);
/// What is read, and forgotten, of a body that is not wanted.
const MOST_UNWANTED: usize = 4 * MOST;

impl Upload {
    /// A body that comes in the course of something else, and has not said how long it is.
    #[must_use]
    pub fn arriving(body: Body) -> Self {
        Self { announced: None, body, is_awaited: true }
    }

    /// A body that this program has asked for itself, and drops where it is not wanted; its length, where that was told.
    #[must_use]
    pub fn fetched(announced: Option<usize>, body: Body) -> Self {
        Self { announced, body, is_awaited: false }
    }

    /// The whole body for this shop, if it has no more than a picture may have.
    pub async fn receive(self, room: &Room, shop: ShopId) -> Result<Received> {
        if self.announced.is_some_and(|length| length > MOST) {
            self.turn_away().await;
            return Err(Error::TooLarge(MOST));
        }
        let length = self.announced.unwrap_or(MOST);
        let kib = u32::try_from(length.div_ceil(1024)).unwrap_or(u32::MAX);
        let place = timeout(PATIENCE, room.take(shop, kib));
        let place = place.await.map_err(|_| Error::Busy(COME_BACK))?;
        let place = place.map_err(|error| Error::Internal(error.to_string()))?;
        let late = |_| Error::Malformed("the body took too long".into());
        let gathered = gather(self.body.into_data_stream(), length, self.is_awaited);
        let bytes = timeout(WHOLE, gathered).await.map_err(late)??;
        Ok(Received { bytes, _room: place })
    }

    /// Reads what is not wanted and forgets it: many clients send to the end before they listen, and would never hear why
    /// they were refused.
    pub async fn turn_away(self) {
        if !self.is_awaited {
            return;
        }
        let mut pieces = self.body.into_data_stream();
        let forget = async {
            let mut read = 0;
            while let Some(Ok(piece)) = pieces.next().await {
                read += piece.len();
                if read > MOST_UNWANTED {
                    break;
                }
            }
        };
        let _late = timeout(PATIENCE, forget).await;
    }
}

async fn gather(mut pieces: BodyDataStream, length: usize, is_awaited: bool) -> Result<Bytes> {
    // What was announced costs nothing until it comes.
    let mut gathered = Vec::with_capacity(length.min(MOST));
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Error::Malformed("the body ended before it was whole".into()))?;
        if gathered.len() + piece.len() > MOST {
            Upload { is_awaited, ..Upload::arriving(Body::from_stream(pieces)) }.turn_away().await;
            return Err(Error::TooLarge(MOST));
        }
        gathered.extend_from_slice(&piece);
    }
    Ok(gathered.into())
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Infallible;

    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        let announced = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        Ok(Self { announced, body: request.into_body(), is_awaited: true })
    }
}
