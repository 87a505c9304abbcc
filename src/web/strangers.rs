//! What is received before it is clear who sends it. Small bodies are, of everybody; of thousands of connections with larger ones
//! the memory would not be enough.

use std::time::Duration;

use axum::body::HttpBody as _;
use axum::extract::Request;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use super::body::announced;
use crate::db::Tenant;
use crate::error::{Error, Result};

/// Up to so many bytes are received of anybody. What people tap and type is hardly ever more.
pub(super) const SMALL: usize = 32 * 1024;

/// What larger bodies take together, in KiB, while nobody knows whose they are. It is the memory of the program that is
/// shared out, so there is one for all its listeners.
static ROOM: Semaphore = Semaphore::const_new(32 * 1024);
/// How long one waits for room.
const PATIENCE: Duration = Duration::from_secs(5);
/// When whoever found none may come back.
const COME_BACK: Duration = Duration::from_secs(5);

/// Who sends a body, as far as that is known, and how much of it may come.
pub(super) struct Sender {
    /// Where they work, as they say by a session that nobody has looked at.
    claimed: Option<Tenant>,
    bytes: usize,
}

impl Sender {
    /// Of a body of so many bytes at most: as many as it says it has, if it does.
    pub(super) fn of(request: &Request, most: usize) -> Self {
        // A body that is here as a whole has no header that says so.
        let here = || request.body().size_hint().exact().and_then(|length| usize::try_from(length).ok());
        let bytes = announced(request).or_else(here).map_or(most, |length| length.min(most));
        Self { claimed: request.extensions().get().cloned(), bytes }
    }

    /// Fails where they are not who they say. Costs a round trip, and only where the body is not small.
    pub(super) async fn prove(self) -> Result<()> {
        match self.claimed {
            Some(tenant) if self.bytes > SMALL => tenant.enter(false).await,
            _ => Ok(()),
        }
    }

    /// Room for what comes, where it needs any: it is not small, and nobody says where they work, which would have had to be
    /// proven first.
    pub(super) async fn room(self) -> Result<Option<SemaphorePermit<'static>>> {
        if self.bytes <= SMALL || self.claimed.is_some() {
            return Ok(None);
        }
        let kib = u32::try_from(self.bytes.div_ceil(1024)).unwrap_or(u32::MAX);
        let room = timeout(PATIENCE, ROOM.acquire_many(kib)).await.map_err(|_| Error::Busy(COME_BACK))?;
        room.map(Some).map_err(|error| Error::Internal(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::header::CONTENT_LENGTH;
    use futures_util::stream;

    use super::*;

    fn arriving() -> Body {
        Body::from_stream(stream::pending::<Result<&str, std::io::Error>>())
    }

    #[test]
    fn a_body_may_become_as_long_as_it_says_or_else_as_long_as_it_may_be() {
        let bytes = |request: Request| Sender::of(&request, 1000).bytes;
        assert_eq!(bytes(Request::new("four".into())), 4, "it is here");
        assert_eq!(bytes(Request::new(arriving())), 1000, "it says nothing");
        let announced =
            |length| Request::builder().header(CONTENT_LENGTH, length).body(arriving()).expect("a request");
        assert_eq!(bytes(announced("4")), 4);
        assert_eq!(bytes(announced("1000000")), 1000, "more is not received");
    }
}
