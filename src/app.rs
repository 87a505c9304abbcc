//! The program's state, and which address leads to which handler.

mod api;
mod pages;

use std::sync::Arc;

use axum::extract::FromRef;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use axum::{Extension, Router};
use tower_http::compression::CompressionLayer;
use utoipa_axum::router::OpenApiRouter;

use self::api::operations;
use crate::auth::password::Hasher;
use crate::contract::{self, Contract};
use crate::conversations::twilio::{Twilio, webhooks};
use crate::conversations::{Texting, Wake};
use crate::db::Database;
use crate::live::Live;
use crate::photos::{Lab, Store};
use crate::reports;
use crate::shops::{NumberBook, Numbers};
use crate::web::metrics::Metrics;
use crate::web::{self, PublicUrl, Throttles, TrustedProxies, forgery, health, record, scheme};

/// What handlers may ask for.
#[derive(Clone)]
pub struct App {
    /// The database, by way of who is asking.
    pub database: Database,
    /// Where passwords are hashed.
    pub hasher: Hasher,
    /// Where customers reach this server.
    pub public_url: PublicUrl,
    /// Where texts go.
    pub texting: Texting,
    /// Who carries them, where they leave this server.
    pub twilio: Option<Twilio>,
    /// Tells the outbox of a text that waits.
    pub wake: Wake,
    /// Makes prints of photos, and keeps them.
    pub lab: Lab,
    /// The open streams.
    pub live: Live,
    /// Whose forwarded client address is believed.
    pub trusted_proxies: TrustedProxies,
    /// How often strangers may try.
    pub throttles: Throttles,
    /// What Prometheus may know.
    pub metrics: Metrics,
}

impl App {
    /// The program over this database: photos are gone when it ends, texts stay in the sandbox, limits hold, and nobody's forwarded address is
    /// believed.
    #[must_use]
    pub fn new(database: Database, public_url: PublicUrl) -> Self {
        Self {
            database,
            hasher: Hasher::default(),
            public_url,
            texting: Texting::Sandbox,
            twilio: None,
            wake: Wake::default(),
            lab: Lab::new(Store::in_memory()),
            live: Live::default(),
            trusted_proxies: TrustedProxies::default(),
            throttles: Throttles::on(),
            metrics: Metrics::default(),
        }
    }
}

/// The state as it stands behind each address, and is copied for each request.
#[derive(Clone)]
struct Shared(Arc<App>);

/// Lets handlers ask for these parts.
macro_rules! parts {
    ($($name:ident: $part:ty),+ $(,)?) => {$(
        impl FromRef<Shared> for $part {
            fn from_ref(app: &Shared) -> Self {
                app.0.$name.clone()
            }
        }
    )+};
}
parts! {
    database: Database,
    hasher: Hasher,
    public_url: PublicUrl,
    texting: Texting,
    twilio: Option<Twilio>,
    wake: Wake,
    lab: Lab,
    live: Live,
    trusted_proxies: TrustedProxies,
    throttles: Throttles,
    metrics: Metrics,
}

/// Where texts are carried, a shop's number is one of the account's.
impl FromRef<Shared> for Numbers {
    fn from_ref(app: &Shared) -> Self {
        Self(app.0.twilio.clone().map(|twilio| -> Arc<dyn NumberBook> { Arc::new(twilio) }))
    }
}

/// All addresses.
pub fn router(app: App) -> Router {
    let app = Shared(Arc::new(app));
    let published = operations!(contract::show, contract::read);
    let (operations, described) = OpenApiRouter::new()
        .nest("/api/v1", api::api(app.0.texting))
        .merge(
            operations!(reports::pages::show, reports::pages::seen, reports::answer_pages::answer)
                .layer(CompressionLayer::new()),
        )
        .merge(operations!(reports::photo_api::show))
        .merge(operations!(health::is_alive, health::is_ready))
        .merge(OpenApiRouter::with_openapi(published.get_openapi().clone()))
        .split_for_parts();
    let contract = Arc::new(Contract::of(described));
    let metrics = app.0.metrics.clone();
    let routes = operations
        .merge(Router::from(published).layer(Extension(contract)))
        .merge(pages::pages(app.0.texting))
        .merge(webhooks())
        .route("/robots.txt", get(|| async { "User-agent: *\nDisallow: /\n" }))
        .fallback(web::missing)
        .method_not_allowed_fallback(web::not_allowed);
    let routes = routes.layer(from_fn_with_state(app.clone(), forgery::refuse_forgeries));
    let insists = from_fn_with_state(app.0.public_url.clone(), scheme::insist);
    record::around(routes, &metrics).layer(insists).with_state(app)
}

/// Where the provider of texts tells what it knows.
fn webhooks() -> Router<Shared> {
    Router::new()
        .route("/webhooks/twilio/sms", post(webhooks::text))
        .route("/webhooks/twilio/status/{message_id}", post(webhooks::delivery))
}
