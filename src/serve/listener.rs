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
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use rustix::net::sockopt;
use rustix::process::{Resource, getrlimit};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::Service as _;
use tower_http::timeout::TimeoutBody;

/// What clients may take of a listener: time, and connections.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// For a request's whole header, the wait for the next request included.
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

/// Serves until told to stop, and then until every request that has begun is answered.
pub async fn serve(socket: TcpListener, router: Router, bounds: Bounds, stopping: CancellationToken) {
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
                let conversation = connections.watch(converse(stream, peer, router.clone(), bounds));
                tokio::spawn(async move {
                    if let Err(reason) = conversation.await {
                        tracing::debug!(%reason, "a connection ended early");
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

/// One connection, answered request by request.
fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    bounds: Bounds,
) -> impl GracefulConnection<Error = hyper::Error> + Send + 'static {
    let service = service_fn(move |request: Request<Incoming>| {
        let request = request.map(|body| Body::new(TimeoutBody::new(bounds.body, body)));
        answer(router.clone(), request, peer)
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.header)
        .serve_connection(TokioIo::new(stream), service)
}

async fn answer(
    mut router: Router,
    mut request: Request<Body>,
    peer: SocketAddr,
) -> Result<Response<Body>, Infallible> {
    request.extensions_mut().insert(ConnectInfo(peer));
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
