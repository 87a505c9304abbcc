//! What Prometheus may know: counts and durations, nothing about anybody.

use std::fmt::Debug;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeGaugeValue, EncodeLabelSet};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tokio::time::timeout;

use super::{process, record};
use crate::auth::password::Hasher;
use crate::db::Database;
use crate::error::{Error, Result};

/// What is counted while requests are answered.
#[derive(Clone)]
pub struct Metrics {
    requests: Family<Kind, Counter>,
    durations: Family<Kind, Histogram, fn() -> Histogram>,
    account_is_refused: Gauge,
    stray_texts: Counter,
    texts: Family<Text, Counter>,
}

/// All that is looked at when Prometheus asks.
#[derive(Clone)]
pub struct Watched {
    /// How requests were answered.
    pub metrics: Metrics,
    /// How much work passwords make.
    pub hasher: Hasher,
    /// How busy the database is.
    pub database: Database,
}

/// Requests that are counted together. Each member has few values, whatever clients send.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    route: String,
    method: &'static str,
    status: &'static str,
}

/// Texts that are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Text {
    outcome: &'static str,
}

/// The upper ends of the classes of duration, in seconds.
const SECONDS: [f64; 10] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

impl Default for Metrics {
    fn default() -> Self {
        let histogram = (|| Histogram::new(SECONDS)) as fn() -> Histogram;
        Self {
            requests: Family::default(),
            durations: Family::new_with_constructor(histogram),
            account_is_refused: Gauge::default(),
            stray_texts: Counter::default(),
            texts: Family::default(),
        }
    }
}

impl Metrics {
    fn tell(&self, registry: &mut Registry) {
        registry.register("courtesy_http_requests", "Requests answered", self.requests.clone());
        registry.register(
            "courtesy_http_request_duration_seconds",
            "Time from a request's header to its answer's header",
            self.durations.clone(),
        );
        registry.register(
            "courtesy_texting_account_refused",
            "1 while the texting provider refuses the account, so that all texts wait",
            self.account_is_refused.clone(),
        );
        registry.register("courtesy_texts_stray", "Texts to numbers that are no shop's", self.stray_texts.clone());
        registry.register("courtesy_texts", "Texts taken up, by what became of that", self.texts.clone());
    }

    /// Counts a text that was taken up, by what became of it.
    pub fn a_text_was(&self, outcome: &'static str) {
        self.texts.get_or_create(&Text { outcome }).inc();
    }

    /// Counts a text that came for nobody.
    pub fn a_text_strayed(&self) {
        self.stray_texts.inc();
    }

    /// Notes whether the provider of texts refuses the account.
    pub fn account_is_refused(&self, is_refused: bool) {
        self.account_is_refused.set(is_refused.into());
    }

    /// Counts an answered request.
    pub fn answered(&self, route: &str, method: &Method, status: StatusCode, took: Duration) {
        let kind = Kind { route: route.to_owned(), method: known(method), status: class(status) };
        self.requests.get_or_create(&kind).inc();
        self.durations.get_or_create(&kind).observe(took.as_secs_f64());
    }
}

/// The addresses of the listener for Prometheus.
pub fn router(watched: Watched) -> Router {
    let routes = Router::new().route("/metrics", get(show)).fallback(async || Error::NotFound);
    record::around(routes, &watched.metrics).with_state(watched)
}

async fn show(State(watched): State<Watched>) -> Result<impl IntoResponse> {
    let mut registry = Registry::default();
    watched.metrics.tell(&mut registry);
    let hashes = ConstCounter::new(watched.hasher.hashes());
    registry.register("courtesy_password_hashes", "Passwords hashed or checked", hashes);
    tell_of_database(&watched.database, &mut registry).await;
    tell_of_process(&mut registry);
    let mut text = String::new();
    encode(&mut text, &registry).map_err(|error| Error::Internal(format!("writing the metrics: {error}")))?;
    Ok(([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text))
}

/// A database that takes longer is away: what is asked of it is left out, and the rest told all the same.
const PATIENCE: Duration = Duration::from_secs(3);

async fn tell_of_database(database: &Database, registry: &mut Registry) {
    for connections in database.connections() {
        let purpose = connections.purpose;
        let in_use = format!("courtesy_{purpose}_connections_in_use");
        gauge(registry, &in_use, "Connections to the database inside a transaction", connections.in_use);
        let waiting = format!("courtesy_{purpose}_connections_awaited");
        gauge(registry, &waiting, "Who waits for a connection to the database", connections.waiting);
    }
    if let Ok(Ok(texts)) = timeout(PATIENCE, database.waiting_texts()).await {
        gauge(registry, "courtesy_texts_waiting", "Texts that were not handed over yet", texts.count);
        gauge(registry, "courtesy_texts_oldest_seconds", "How long the oldest of them has waited", texts.oldest);
    }
}

/// By the names that Prometheus' own clients use.
fn tell_of_process(registry: &mut Registry) {
    let cpu = ConstCounter::new(process::cpu_seconds());
    registry.register("process_cpu_seconds", "Processor time taken", cpu);
    if let Some(bytes) = process::resident_bytes() {
        gauge(registry, "process_resident_memory_bytes", "Memory held", bytes);
    }
    if let Some(files) = process::open_files() {
        gauge(registry, "process_open_fds", "Files and connections open", files);
    }
}

fn gauge<N>(registry: &mut Registry, name: &str, help: &str, value: N)
where
    N: EncodeGaugeValue + Debug + Copy + Send + Sync + 'static,
{
    registry.register(name, help, ConstGauge::new(value));
}

/// Clients may invent methods; they share a name.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}
