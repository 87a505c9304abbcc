//! What clients may take of a listener: each bound is met by a client that goes beyond it, on a listener with short ones.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::Response;
use axum::routing::{get, post};
use courtesy::serve::listener::{Bounds, Entrance, serve};
use courtesy::serve::tls::Tls;
use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::support::program::PATIENCE;

/// Bounds that no test reaches by mistake.
pub(super) const WIDE: Bounds = Bounds { header: PATIENCE, body: PATIENCE, answer: PATIENCE, connections: 100 };
pub(super) const SHORT: Duration = Duration::from_millis(200);

/// A listener that ends with the test.
pub(super) struct Listener {
    pub port: u16,
    _until_dropped: DropGuard,
}

impl Listener {
    async fn new(router: Router, bounds: Bounds) -> Self {
        Self::showing(None, router, bounds).await
    }

    /// The same with a certificate.
    pub(super) async fn showing(tls: Option<Arc<Tls>>, router: Router, bounds: Bounds) -> Self {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = socket.local_addr().unwrap().port();
        let stopping = CancellationToken::new();
        tokio::spawn(serve(Entrance { socket, tls }, router, bounds, stopping.clone()));
        Self { port, _until_dropped: stopping.drop_guard() }
    }

    pub(super) async fn connect(&self) -> TcpStream {
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).await.unwrap()
    }
}

pub(super) fn hello() -> Router {
    Router::new().route("/", get(async || "hello"))
}

/// Everything until the other side ends the connection.
pub(super) async fn rest(client: &mut (impl AsyncRead + Unpin)) -> String {
    let mut rest = Vec::new();
    let ended = timeout(PATIENCE, client.read_to_end(&mut rest)).await.expect("the connection ends");
    ended.unwrap();
    String::from_utf8(rest).unwrap()
}

/// Reads until these words have come.
pub(super) async fn read_until(client: &mut (impl AsyncRead + Unpin), words: &str) {
    let mut text = String::new();
    while !text.contains(words) {
        let mut piece = [0; 1000];
        let length = timeout(PATIENCE, client.read(&mut piece)).await.expect("an answer").unwrap();
        assert!(length > 0, "it ended after {text}");
        text.push_str(std::str::from_utf8(&piece[..length]).unwrap());
    }
}

pub(super) const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";

#[tokio::test]
async fn a_header_has_to_come_whole_in_time() {
    let listener = Listener::new(hello(), Bounds { header: SHORT, ..WIDE }).await;
    let mut silent = listener.connect().await;
    assert_eq!(rest(&mut silent).await, "", "who says nothing");
    let mut half = listener.connect().await;
    half.write_all(b"GET / HTTP/1.1\r\nHo").await.unwrap();
    assert_eq!(rest(&mut half).await, "", "who says half");
    let mut idle = listener.connect().await;
    idle.write_all(REQUEST).await.unwrap();
    assert!(rest(&mut idle).await.ends_with("hello"), "who has nothing more to ask");

    let (mut reader, mut writer) = listener.connect().await.into_split();
    writer.write_all(b"GET / HTTP/1.1\r\nX: ").await.unwrap();
    let dripping = async {
        while writer.write_all(b"x").await.is_ok() {
            sleep(SHORT / 20).await;
        }
    };
    let ended = async {
        let mut answer = Vec::new();
        let _reset = reader.read_to_end(&mut answer).await;
    };
    let given_up = async {
        tokio::select! { () = dripping => {}, () = ended => {} }
    };
    timeout(PATIENCE, given_up).await.expect("who drips is given up, however steadily");
}

#[tokio::test]
async fn a_body_may_not_stop_coming() {
    let echo = async |body: courtesy::web::Body<Value>| body.get().map(|value| value.to_string());
    let listener = Listener::new(Router::new().route("/", post(echo)), Bounds { body: SHORT, ..WIDE }).await;
    let mut client = listener.connect().await;
    let header = "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n";
    client.write_all(format!("{header}[1,2").as_bytes()).await.unwrap();
    let answer = rest(&mut client).await;
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("before it was whole"), "{answer}");
}

/// Tells when it goes out of use.
struct Gone(Arc<Notify>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[tokio::test]
async fn whoever_takes_nothing_in_is_given_up() {
    let gone = Arc::new(Notify::new());
    let handler_gone = gone.clone();
    let endless = async move || {
        let pieces = stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 10_000])));
        let guard = Gone(handler_gone);
        Response::new(Body::from_stream(pieces.inspect(move |_| _ = &guard)))
    };
    let listener = Listener::new(Router::new().route("/", get(endless)), Bounds { answer: SHORT, ..WIDE }).await;
    let mut client = listener.connect().await;
    client.write_all(REQUEST).await.unwrap();
    timeout(PATIENCE, gone.notified()).await.expect("the answer is dropped");
}

#[tokio::test]
async fn a_silent_stream_lives_on() {
    let news = Arc::new(Notify::new());
    let told = news.clone();
    let events = async move || {
        let later =
            stream::once(async move { told.notified().await }).map(|()| Ok(Bytes::from_static(b"data: news")));
        let first = stream::once(async { Ok::<_, Infallible>(Bytes::from_static(b"data: hello")) });
        Response::new(Body::from_stream(first.chain(later)))
    };
    let router = hello().route("/events", get(events));
    let listener = Listener::new(router, Bounds { header: SHORT, body: SHORT, answer: SHORT / 2, ..WIDE }).await;
    let mut stream = listener.connect().await;
    stream.write_all(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    read_until(&mut stream, "data: hello").await;
    // Two connections that are given up one after the other: by then every bound has passed.
    for _ in 0..2 {
        assert_eq!(rest(&mut listener.connect().await).await, "");
    }
    news.notify_one();
    read_until(&mut stream, "data: news").await;
}

#[tokio::test]
async fn whoever_comes_when_all_places_are_taken_waits_for_one() {
    let listener = Listener::new(hello(), Bounds { header: SHORT, connections: 1, ..WIDE }).await;
    let mut first = listener.connect().await;
    first.write_all(REQUEST).await.unwrap();
    read_until(&mut first, "hello").await;
    let mut second = listener.connect().await;
    second.write_all(REQUEST).await.unwrap();
    read_until(&mut second, "hello").await;
    assert_eq!(first.try_read(&mut [0]).unwrap(), 0, "the first had ended by then");
}
