//! One listener: connections in, requests to the router, and an orderly end.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use rustix::net::sockopt;
use rustix::process::{Resource, getrlimit};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tower::Service as _;
use tower_http::timeout::TimeoutBody;

use super::tls::{Beginning, Tls, led_to_https};
use crate::web::Scheme;

/// Where clients come in.
pub struct Entrance {
    /// The socket that they connect to.
    pub socket: TcpListener,
    /// What they are shown; without it, plain http is spoken.
    pub tls: Option<Arc<Tls>>,
}

/// What clients may take of a listener: time, and connections.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// For a request's whole header, the wait for the next request included; and for the handshake before the first.
    pub header: Duration,
    /// Between two pieces of a body.
    pub body: Duration,
    /// Without taking in anything of an answer. A stream may be silent for longer, but not send to somebody who is gone.
    pub answer: Duration,
    /// How many connections there may be at once; who comes later waits until one ends.
    pub connections: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            header: Duration::from_secs(10),
            body: Duration::from_secs(30),
            answer: Duration::from_secs(30),
            connections: most_connections(),
        }
    }
}

/// More clients than this are for a second program behind a balancer.
const MOST_CONNECTIONS: u64 = 12_000;
/// Open files that clients leave to the database's connections, PostgreSQL's own pipes and the log.
const OTHER_FILES: u64 = 128;

fn most_connections() -> usize {
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let most = files.saturating_sub(OTHER_FILES).clamp(OTHER_FILES, MOST_CONNECTIONS);
    usize::try_from(most).expect("some thousands")
}

impl From<TcpListener> for Entrance {
    fn from(socket: TcpListener) -> Self {
        Self { socket, tls: None }
    }
}

impl Entrance {
    /// The address by which the machine itself gets here.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.socket.local_addr().expect("a bound socket has an address"))
    }
}

/// Serves until told to stop, and then until every request that has begun is answered.
pub async fn serve(entrance: impl Into<Entrance>, router: Router, bounds: Bounds, stopping: CancellationToken) {
    let Entrance { socket, tls } = entrance.into();
    let connections = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(bounds.connections));
    let next = async || {
        let place = places.clone().acquire_owned().await.expect("places are never closed");
        socket.accept().await.map(|(stream, peer)| (stream, peer, place))
    };
    while let Some(accepted) = stopping.run_until_cancelled(next()).await {
        match accepted {
            Ok((stream, peer, place)) => {
                make_ready(&stream, bounds.answer);
                let (router, watcher) = (router.clone(), connections.watcher());
                let reception = Reception { router, bounds, peer, watcher };
                let handshake = tls.clone().map(|tls| Handshake { tls, stopping: stopping.clone() });
                tokio::spawn(async move {
                    match handshake {
                        None => reception.converse(stream, Scheme::Http).await,
                        // In a box, so that a connection in the clear is not as large as an encrypted one.
                        Some(handshake) => Box::pin(handshake.shake(stream, reception)).await,
                    }
                    drop(place);
                });
            }
            Err(reason) => pause_after(&reason).await,
        }
    }
    drop(socket);
    connections.shutdown().await;
}

/// Tells the system what no request does. It ends a connection whose client takes nothing in or has vanished without a
/// word: only the system knows how much of what was sent has arrived. One that is silent is asked whether it is there.
fn make_ready(stream: &TcpStream, patience: Duration) {
    let milliseconds = u32::try_from(patience.as_millis()).unwrap_or(u32::MAX);
    // Answers are written whole, so waiting for more to send only delays them.
    let set = stream
        .set_nodelay(true)
        .and_then(|()| Ok(sockopt::set_tcp_user_timeout(stream, milliseconds)?))
        .and_then(|()| Ok(sockopt::set_tcp_keepidle(stream, patience)?))
        .and_then(|()| Ok(sockopt::set_tcp_keepintvl(stream, patience)?))
        .and_then(|()| Ok(sockopt::set_socket_keepalive(stream, true)?));
    if let Err(reason) = set {
        // Most often the client is gone already.
        tracing::debug!(%reason, "a connection could not be made ready");
    }
}

/// What comes before the first request of an encrypted connection.
struct Handshake {
    tls: Arc<Tls>,
    stopping: CancellationToken,
}

impl Handshake {
    /// Nobody waits for it but the client itself, who has a time limit. When the program is told to stop, it is given up:
    /// no request has begun.
    async fn shake(self, stream: TcpStream, reception: Reception) {
        let beginning = timeout(reception.bounds.header, self.tls.begin(stream));
        match self.stopping.run_until_cancelled(beginning).await {
            Some(Ok(Ok(Beginning::Encrypted(stream)))) => reception.converse(stream, Scheme::Https).await,
            Some(Ok(Ok(Beginning::Plain(stream)))) => {
                Reception { router: led_to_https(), ..reception }.converse(stream, Scheme::Http).await;
            }
            Some(Ok(Err(reason))) => tracing::debug!(%reason, "a handshake failed"),
            Some(Err(_too_slow)) => tracing::debug!("a handshake took too long"),
            None => {}
        }
    }
}

/// What the requests of one connection meet.
struct Reception {
    router: Router,
    bounds: Bounds,
    peer: SocketAddr,
    watcher: Watcher,
}

impl Reception {
    /// Answers request by request.
    async fn converse(self, stream: impl Wire, scheme: Scheme) {
        let Self { router, bounds, peer, watcher } = self;
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(|body| Body::new(TimeoutBody::new(bounds.body, body)));
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(scheme);
            answer(router.clone(), request)
        });
        let conversation = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(bounds.header)
            .serve_connection(TokioIo::new(stream), service);
        if let Err(reason) = watcher.watch(conversation).await {
            tracing::debug!(%reason, "a connection ended early");
        }
    }
}

/// What bytes come and go by.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send + 'static {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + 'static> Wire for T {}

async fn answer(mut router: Router, request: Request<Body>) -> Result<Response<Body>, Infallible> {
    router.call(request).await
}

/// A client that has gone already is no problem; too many open files are one that passes.
async fn pause_after(reason: &io::Error) {
    if matches!(reason.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset) {
        return;
    }
    tracing::error!(%reason, "can't take connections at the moment");
    tokio::time::sleep(Duration::from_secs(1)).await;
}
