//! One listener: connections in, requests to the router, and an orderly end.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::Service as _;

/// How long a client may take to send a request's header, the wait for the next request included.
const HEADER_PATIENCE: Duration = Duration::from_secs(10);

/// Serves until told to stop, and then until every request that has begun is answered.
pub(super) async fn serve(socket: TcpListener, router: Router, stopping: CancellationToken) {
    let connections = GracefulShutdown::new();
    while let Some(accepted) = stopping.run_until_cancelled(socket.accept()).await {
        match accepted {
            Ok((stream, peer)) => take(stream, peer, router.clone(), &connections),
            Err(reason) => pause_after(&reason).await,
        }
    }
    drop(socket);
    connections.shutdown().await;
}

fn take(stream: TcpStream, peer: SocketAddr, router: Router, connections: &GracefulShutdown) {
    // Answers are written whole, so waiting for more to send only delays them.
    let _best_effort = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| answer(router.clone(), request, peer));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_PATIENCE)
        .serve_connection(TokioIo::new(stream), service);
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(reason) = connection.await {
            tracing::debug!(%reason, "a connection ended early");
        }
    });
}

async fn answer(
    mut router: Router,
    request: Request<Incoming>,
    peer: SocketAddr,
) -> Result<Response<Body>, Infallible> {
    let mut request = request.map(Body::new);
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
