//! The program's state, and which address leads to which handler.

mod pages;

use std::sync::Arc;

use axum::extract::FromRef;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use axum::{Extension, Router};
use tower_http::compression::CompressionLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::password::Hasher;
use crate::contract::{self, Contract};
use crate::conversations::twilio::{Twilio, webhooks};
use crate::conversations::{Texting, Wake};
use crate::db::Database;
use crate::live::{self, Live};
use crate::photos::{self, Lab, Store};
use crate::shops::{NumberBook, Numbers};
use crate::web::metrics::Metrics;
use crate::web::operation::described;
use crate::web::{self, PublicUrl, Throttles, TrustedProxies, forgery, health, record, scheme};
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

/// Where texts are carried, a shop's number is one of the account's.
impl FromRef<App> for Numbers {
    fn from_ref(app: &App) -> Self {
        Self(app.twilio.clone().map(|twilio| -> Arc<dyn NumberBook> { Arc::new(twilio) }))
    }
}

/// The operations of these handlers: each is routed, and described by its own types.
macro_rules! operations {
    ($($handler:path),+ $(,)?) => {
        OpenApiRouter::new()$(.routes(described(routes!($handler), $handler)))+
    };
}

/// All addresses.
pub fn router(app: App) -> Router {
    let published = operations!(contract::show, contract::read);
    let (operations, described) = OpenApiRouter::new()
        .nest("/api/v1", api().merge(sandbox(app.texting)))
        .merge(
            operations!(reports::pages::show, reports::pages::seen, reports::answer_pages::answer)
                .layer(CompressionLayer::new()),
        )
        .merge(operations!(reports::photo_api::show))
        .merge(operations!(health::is_alive, health::is_ready))
        .merge(OpenApiRouter::with_openapi(published.get_openapi().clone()))
        .split_for_parts();
    let contract = Arc::new(Contract::of(described));
    let metrics = app.metrics.clone();
    let routes = operations
        .merge(Router::from(published).layer(Extension(contract)))
        .merge(pages::pages(app.texting))
        .merge(webhooks())
        .route("/robots.txt", get(|| async { "User-agent: *\nDisallow: /\n" }))
        .fallback(web::missing)
        .method_not_allowed_fallback(web::not_allowed);
    let routes = routes.layer(from_fn_with_state(app.clone(), forgery::refuse_forgeries));
    let insists = from_fn_with_state(app.public_url.clone(), scheme::insist);
    record::around(routes, &metrics).layer(insists).with_state(app)
}

/// Where the provider of texts tells what it knows.
fn webhooks() -> Router<App> {
    Router::new()
        .route("/webhooks/twilio/sms", post(webhooks::text))
        .route("/webhooks/twilio/status/{message_id}", post(webhooks::delivery))
}

fn api() -> OpenApiRouter<App> {
    use conversations::message_api as messages;
    use inspections::{findings_api as findings, workflow_api as workflow};
    use users::accounts_api as accounts;
    operations!(
        accounts::sign_up,
        accounts::log_in,
        accounts::log_out,
        accounts::me,
        accounts::change_password,
        shops::api::show,
        shops::api::change,
        users::api::list,
        users::api::add,
        users::api::show,
        users::api::change,
        users::api::remove,
        customers::api::list,
        customers::api::add,
        customers::api::show,
        customers::api::change,
        customers::api::delete,
        customers::api::restore,
        vehicles::api::list,
        vehicles::api::list_of_customer,
        vehicles::api::add,
        vehicles::api::show,
        vehicles::api::change,
        vehicles::api::delete,
        vehicles::api::restore,
        inspections::api::catalogue,
        inspections::api::list,
        inspections::api::list_of_vehicle,
        inspections::api::add,
        inspections::api::show,
        inspections::api::change,
        inspections::api::delete,
        findings::rate,
        findings::clear,
        photos::api::add,
        photos::api::change,
        photos::api::remove,
        photos::api::show,
        workflow::assign,
        workflow::start,
        workflow::complete,
        workflow::reopen,
        reports::api::send,
        reports::api::revoke,
        conversations::api::list,
        conversations::api::begin,
        conversations::api::show,
        conversations::api::change,
        conversations::consent_api::record,
        messages::list,
        messages::send,
        messages::retry,
        conversations::picture_api::show,
        live::api::listen,
    )
}

/// The customers' phones, only where texts stay in this server.
fn sandbox(texting: Texting) -> OpenApiRouter<App> {
    match texting {
        Texting::Sandbox => operations!(
            conversations::sandbox_api::list,
            conversations::sandbox_api::text,
            conversations::sandbox_api::text_picture
        ),
        Texting::Provider => OpenApiRouter::new(),
    }
}
