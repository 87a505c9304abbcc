//! The program's state, and which address leads to which handler.

use std::time::Duration;

use axum::Router;
use axum::extract::FromRef;
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::{delete, get, post, put};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::auth::password::Hasher;
use crate::conversations::{Texting, Wake};
use crate::db::Database;
use crate::error::Error;
use crate::web::metrics::Metrics;
use crate::web::{self, PublicUrl, Throttles, TrustedProxies, assets, health, record};
use crate::{conversations, customers, inspections, reports, shops, users, vehicles};

/// What handlers may ask for.
#[derive(Clone, FromRef)]
pub struct App {
    /// The database, by way of who is asking.
    pub database: Database,
    /// Where passwords are hashed.
    pub hasher: Hasher,
    /// Where customers reach this server.
    pub public_url: PublicUrl,
    /// Where texts go.
    pub texting: Texting,
    /// Tells the outbox of a text that waits.
    pub wake: Wake,
    /// Whose forwarded client address is believed.
    pub trusted_proxies: TrustedProxies,
    /// How often strangers may try.
    pub throttles: Throttles,
    /// What Prometheus may know.
    pub metrics: Metrics,
}

impl App {
    /// The program over this database: texts stay in the sandbox, limits hold, and nobody's forwarded address is
    /// believed.
    #[must_use]
    pub fn new(database: Database, public_url: PublicUrl) -> Self {
        Self {
            database,
            hasher: Hasher::default(),
            public_url,
            texting: Texting::Sandbox,
            wake: Wake::default(),
            trusted_proxies: TrustedProxies::default(),
            throttles: Throttles::on(),
            metrics: Metrics::default(),
        }
    }
}

/// How long nothing of a body may come before it is given up.
const BODY_PATIENCE: Duration = Duration::from_secs(30);

/// All addresses. The layers stand from the inside out.
pub fn router(app: App) -> Router {
    Router::new()
        .nest("/api/v1", api().merge(sandbox(app.texting)))
        .route("/", get(web::index))
        .route("/r/{token}", get(reports::pages::show))
        .route("/r/{token}/seen", post(reports::pages::seen))
        .route("/r/{token}/answers", post(reports::pages::answer))
        .route("/assets/{name}", get(assets::serve))
        .route("/robots.txt", get(|| async { "User-agent: *\nDisallow: /\n" }))
        .route("/healthz", get(health::is_alive))
        .route("/readyz", get(health::is_ready))
        .fallback(web::missing)
        .method_not_allowed_fallback(|| async { Error::MethodNotAllowed })
        .layer(RequestBodyTimeoutLayer::new(BODY_PATIENCE))
        .layer(CatchPanicLayer::custom(record::panicked))
        .layer(map_response(record::careful))
        .layer(from_fn_with_state(app.metrics.clone(), record::record))
        .with_state(app)
}

fn api() -> Router<App> {
    Router::new()
        .route("/shops", post(users::accounts_api::sign_up))
        .route("/sessions", post(users::accounts_api::log_in))
        .route("/sessions/current", delete(users::accounts_api::log_out))
        .route("/me", get(users::accounts_api::me))
        .route("/me/password", post(users::accounts_api::change_password))
        .route("/shop", get(shops::api::show).patch(shops::api::change))
        .route("/users", get(users::api::list).post(users::api::add))
        .route("/users/{id}", get(users::api::show).patch(users::api::change).delete(users::api::remove))
        .route("/customers", get(customers::api::list).post(customers::api::add))
        .route(
            "/customers/{id}",
            get(customers::api::show).patch(customers::api::change).delete(customers::api::delete),
        )
        .route("/customers/{id}/vehicles", get(vehicles::api::list_of_customer).post(vehicles::api::add))
        .route("/vehicles/{id}/inspections", get(inspections::api::list_of_vehicle))
        .route("/catalogue", get(inspections::api::catalogue))
        .route("/inspections", get(inspections::api::list).post(inspections::api::add))
        .route(
            "/inspections/{id}",
            get(inspections::api::show).patch(inspections::api::change).delete(inspections::api::delete),
        )
        .route("/inspections/{id}/assign", post(inspections::workflow_api::assign))
        .route("/inspections/{id}/start", post(inspections::workflow_api::start))
        .route("/inspections/{id}/complete", post(inspections::workflow_api::complete))
        .route("/inspections/{id}/reopen", post(inspections::workflow_api::reopen))
        .route("/inspections/{id}/send", post(reports::api::send))
        .route("/inspections/{id}/links", delete(reports::api::revoke))
        .route("/inspections/{id}/items", put(inspections::findings_api::rate))
        .route("/inspections/{id}/items/{item}", delete(inspections::findings_api::clear))
        .route("/vehicles", get(vehicles::api::list))
        .route("/vehicles/{id}", get(vehicles::api::show).patch(vehicles::api::change).delete(vehicles::api::delete))
        .route("/conversations", get(conversations::api::list).post(conversations::api::begin))
        .route("/conversations/{id}", get(conversations::api::show).patch(conversations::api::change))
        .route(
            "/conversations/{id}/messages",
            get(conversations::message_api::list).post(conversations::message_api::send),
        )
        .route("/conversations/{id}/messages/{message_id}/retry", post(conversations::message_api::retry))
}

/// The customers' phones, only where texts stay in this server.
fn sandbox(texting: Texting) -> Router<App> {
    match texting {
        Texting::Sandbox => Router::new()
            .route("/sandbox/messages", get(conversations::sandbox_api::list).post(conversations::sandbox_api::text)),
        Texting::Provider => Router::new(),
    }
}
