//! `courtesy serve`: everything is started in order, and stopped in the reverse one.

mod background;
pub mod listener;
pub mod tls;

use std::fmt::Display;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use listener::{Bounds, Entrance};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::disable_transparent_huge_pages;
use tls::Tls;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::app::{App, router};
use crate::config::Config;
use crate::conversations::twilio::{Account, Twilio};
use crate::db::{Database, migrate};
use crate::demo;
use crate::failure::Failure;
use crate::photos::{Lab, Store};
use crate::postgres::Postgres;
use crate::web::assets;
use crate::web::metrics::{self, Watched};
use crate::web::{PublicUrl, Throttles};

/// How long requests and background tasks may take to finish once the program is told to stop. What comes after, the
/// last notes and PostgreSQL's end, takes about a second; together it is to be ten at most.
const GRACE: Duration = Duration::from_secs(8);
/// How long the last notes may take: the database may be what is broken.
const LAST_NOTES: Duration = Duration::from_millis(500);

/// Serves until SIGTERM or SIGINT; then finishes what is under way. Told to stop while it is still starting, it gives up
/// and has succeeded as well.
pub async fn serve(config: &Config, fills_demo: bool) -> Result<(), Failure> {
    make_room_for_streams();
    let stopping = told_to_stop().map_err(Failure::Signals)?;
    let tls = config.tls.as_ref().map(Tls::open).transpose()?;
    if config.is_in_the_clear() {
        tracing::warn!("plain http on {}: whoever is in this network can read passwords on their way", config.listen);
    }
    let Some(postgres) = stopping.run_until_cancelled(Postgres::for_serving(config)).await else {
        return Ok(());
    };
    let postgres = postgres?;
    let outcome = serve_over(&postgres, config, tls, fills_demo, &stopping).await;
    postgres.stop().await;
    outcome
}

/// Ten thousand streams may be open. Each is a file, and many systems begin with a thousand and let programs ask for more.
/// Each leaves most of its connection's buffers untouched, which costs nothing as long as memory comes in small pages: in
/// pages of 2 MiB, a third more.
fn make_room_for_streams() {
    let allowed = getrlimit(Resource::Nofile);
    if let Err(reason) = setrlimit(Resource::Nofile, Rlimit { current: allowed.maximum, ..allowed }) {
        tracing::warn!(%reason, "the number of open files stays at {:?}", allowed.current);
    }
    if let Err(reason) = disable_transparent_huge_pages(true) {
        tracing::warn!(%reason, "memory comes in huge pages");
    }
}

/// Cancelled by the first signal that asks the program to end.
fn told_to_stop() -> io::Result<CancellationToken> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stopping = CancellationToken::new();
    let told = stopping.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("told to stop");
        told.cancel();
    });
    Ok(stopping)
}

async fn serve_over(
    postgres: &Postgres,
    config: &Config,
    tls: Option<Tls>,
    fills_demo: bool,
    stopping: &CancellationToken,
) -> Result<(), Failure> {
    let Some(opened) = stopping.run_until_cancelled(open(postgres, config, tls)).await else {
        return Ok(());
    };
    let Opened { app, sockets } = opened?;
    if fills_demo {
        let welcome = demo::fill(&postgres.owner(), &app.hasher, &app.lab.store, &app.public_url.0).await?;
        say(&welcome);
    }
    run(app, sockets, stopping).await;
    Ok(())
}

struct Opened {
    app: App,
    sockets: Sockets,
}

struct Sockets {
    requests: Entrance,
    metrics: Option<Entrance>,
}

/// Everything that can fail.
async fn open(postgres: &Postgres, config: &Config, tls: Option<Tls>) -> Result<Opened, Failure> {
    let owner = postgres.owner();
    let applied = migrate::migrate(&owner).await?;
    tracing::info!(applied, "the schema is current");
    let database = Database::open(&owner, config.serving_login()).await?;
    let sockets = Sockets {
        requests: Entrance { tls: tls.map(Arc::new), ..bind(config.listen, "COURTESY_LISTEN").await? },
        metrics: match config.metrics_listen {
            Some(address) => Some(bind(address, "COURTESY_METRICS_LISTEN").await?),
            None => None,
        },
    };
    let public_url = config.public_url.clone().unwrap_or_else(|| PublicUrl(sockets.requests.url().into()));
    let mut app = App {
        lab: Lab::new(Store::at(&config.photos)?),
        texting: config.texting,
        trusted_proxies: config.trusted_proxies.clone(),
        throttles: if config.limits_hold { Throttles::on() } else { Throttles::off() },
        ..App::new(database, public_url)
    };
    let twilio = config.twilio.clone().map(|account| carrier(account, &app)).transpose()?;
    app.twilio = if config.limits_hold { twilio } else { twilio.map(Twilio::without_caps) };
    Ok(Opened { app, sockets })
}

fn carrier(account: Account, app: &App) -> Result<Twilio, Failure> {
    Twilio::new(account, app.public_url.clone(), app.metrics.clone()).map_err(Failure::Encryption)
}

async fn bind(address: SocketAddr, variable: &'static str) -> Result<Entrance, Failure> {
    let socket = TcpListener::bind(address).await.map_err(|reason| Failure::Listen { address, variable, reason })?;
    Ok(socket.into())
}

async fn run(app: App, sockets: Sockets, stopping: &CancellationToken) {
    let database = app.database.clone();
    let mut workers = background::start(&app, stopping);
    // A thread of its own, because nobody waits for it, not even whoever stops the program.
    thread::spawn(assets::compress);
    let metrics = sockets.metrics.map(|entrance| {
        tracing::info!("metrics on {}/metrics", entrance.url());
        let (metrics, hasher) = (app.metrics.clone(), app.hasher.clone());
        let router = metrics::router(Watched { metrics, hasher, database: database.clone() });
        tokio::spawn(listener::serve(entrance, router, Bounds::default(), stopping.clone()))
    });
    say(&format_args!("listening on {}", sockets.requests.url()));
    let requests = listener::serve(sockets.requests, router(app), Bounds::default(), stopping.clone());
    let finished = async {
        requests.await;
        while workers.join_next().await.is_some() {}
        if let Some(metrics) = metrics {
            let _ended = metrics.await;
        }
    };
    let until_late = async {
        stopping.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        () = finished => {}
        () = until_late => tracing::warn!("something was still under way {} s later and was cut off", GRACE.as_secs()),
    }
    let notes = async { tokio::join!(database.keep_sessions(), database.tell()) };
    if !matches!(timeout(LAST_NOTES, notes).await, Ok((Ok(()), Ok(())))) {
        tracing::warn!("which sessions were used last, and what is new, could not be passed on");
    }
    database.close();
}

/// For whoever waits for the program to be there. If nobody reads it, that is no reason not to serve.
fn say(what: &dyn Display) {
    let mut out = io::stdout();
    let _unread = writeln!(out, "{what}").and_then(|()| out.flush());
}
