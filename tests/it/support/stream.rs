//! An open stream of live events, read as a browser does.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use serde_json::Value;
use tokio::time::timeout;

use super::program::text;

/// Long enough for a busy machine, and too short for the look that a hub takes without being woken: what comes in time
/// came because somebody said so.
const PATIENCE: Duration = Duration::from_secs(20);

/// The client's end.
pub(crate) struct Stream {
    chunks: BoxStream<'static, Bytes>,
    unread: String,
    /// The id of the last event, as a client would name it when it comes back.
    pub last_id: String,
}

/// One event: what it is about, which one, and how that stands.
pub(crate) type Event = (String, String, String);

impl Stream {
    /// Out of the router's answer.
    pub(crate) async fn of(answer: axum::response::Response) -> Self {
        let (head, body) = answer.into_parts();
        let chunks = body.into_data_stream().map(|chunk| chunk.expect("the router's streams don't fail"));
        Self::begin(head.status, &head.headers, chunks.boxed()).await
    }

    /// Out of a program's answer. A connection that breaks off is an end, too.
    pub(crate) async fn over(answer: reqwest::Response) -> Self {
        let (status, headers) = (answer.status(), answer.headers().clone());
        let chunks =
            stream::try_unfold(answer, async |mut answer| Ok(answer.chunk().await?.map(|chunk| (chunk, answer))));
        let chunks =
            chunks.into_stream().take_while(|chunk: &reqwest::Result<Bytes>| std::future::ready(chunk.is_ok()));
        Self::begin(status, &headers, chunks.map(|chunk| chunk.expect("the others were left out")).boxed()).await
    }

    async fn begin(status: StatusCode, headers: &HeaderMap, chunks: BoxStream<'static, Bytes>) -> Self {
        assert_eq!(status, 200);
        assert_eq!(headers[header::CONTENT_TYPE], "text/event-stream");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(headers["x-accel-buffering"], "no");
        let mut stream = Self { chunks, unread: String::new(), last_id: String::new() };
        assert_eq!(stream.line().await.as_deref(), Some(": listening"));
        stream
    }

    /// The next event; `None` at the stream's end.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        let (mut subject, mut data) = (String::new(), Value::Null);
        loop {
            let line = self.line().await?;
            match line.split_once(": ") {
                Some(("event", named)) => named.clone_into(&mut subject),
                Some(("data", json)) => data = serde_json::from_str(json).expect("data is JSON"),
                Some(("id", id)) => id.clone_into(&mut self.last_id),
                _ if line.is_empty() && !subject.is_empty() => {
                    let member = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
                    return Some((subject, member("id"), member("status")));
                }
                _ => assert!(line.is_empty() || line.starts_with(':'), "{line}"),
            }
        }
    }

    /// So many different events, in any order; the same thing told twice on the way counts once.
    pub(crate) async fn events(&mut self, count: usize) -> BTreeSet<Event> {
        let mut events = BTreeSet::new();
        while events.len() < count {
            events.insert(self.next().await.expect("the stream goes on"));
        }
        events
    }

    /// Waits for its end; whatever comes before is let go.
    pub(crate) async fn end(mut self) {
        while self.line().await.is_some() {}
    }

    /// The id that a stream begins with.
    pub(crate) async fn first_id(mut self) -> String {
        while self.last_id.is_empty() {
            let line = self.line().await.expect("it begins");
            line.strip_prefix("id: ").unwrap_or_default().clone_into(&mut self.last_id);
        }
        self.last_id
    }

    /// The last id before a stream's end that comes without another event.
    pub(crate) async fn left_id(mut self) -> String {
        assert_eq!(self.next().await, None);
        self.last_id
    }

    async fn line(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.unread.find('\n') {
                let line: String = self.unread.drain(..=end).collect();
                return Some(line.trim_end().to_owned());
            }
            let chunk = timeout(PATIENCE, self.chunks.next()).await.expect("something comes in time")?;
            self.unread += &text(&chunk);
        }
    }
}
