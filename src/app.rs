//! The program's state, and which address leads to which handler.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, FromRef};
use axum::middleware::{from_fn, from_fn_with_state};
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
use crate::web::metrics::Metrics;
use crate::web::operation::described;
use crate::web::{self, PublicUrl, Throttles, TrustedProxies, assets, forgery, health, record, scheme};
use crate::{
    board, clientele, conversations, customers, desk, export, import, inbox, inspections, intake, reports, review,
    settings, shops, team, users, vehicles, work,
};

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
        .merge(pages(app.texting))
        .merge(webhooks())
        .route("/robots.txt", get(|| async { "User-agent: *\nDisallow: /\n" }))
        .fallback(web::missing)
        .method_not_allowed_fallback(web::not_allowed);
    let routes = routes.layer(from_fn_with_state(app.clone(), forgery::refuse_forgeries));
    let insists = from_fn_with_state(app.public_url.clone(), scheme::insist);
    record::around(routes, &metrics).layer(insists).with_state(app)
}

/// The shop's own pages, and what they load.
fn pages(texting: Texting) -> Router<App> {
    use board::pages as board;
    use clientele::{customer_pages as customers, form_pages as forms, vehicle_pages as vehicles};
    use desk::pages as account;
    use export::pages as files;
    use import::pages as lists;
    use inbox::{pages as talks, writing_pages as writing};
    use intake::search_pages as search;
    use review::{pages as review_page, photos_pages as photos_page, steps_pages as steps};
    use settings::pages as shop;
    use team::{pages as members, person_pages as person};
    use users::{code_pages as code, log_in_pages as log_in, pages as accounts};
    Router::new()
        .route("/", get(log_in::index))
        .route("/signup", get(accounts::show_sign_up).post(accounts::sign_up))
        .route("/login", get(log_in::show).post(log_in::log_in))
        .route("/logout", post(log_in::log_out))
        .route("/account", get(account::show))
        .route("/account/password", post(account::change_password))
        .route("/inspections/new", get(search::show).post(intake::pages::take_in))
        .route("/inspections/new/found", get(search::found))
        .route("/inspections/new/known", get(search::known))
        .route("/inspections/new/vin", get(search::vin))
        .route("/inspections/{id}", get(review_page::show))
        .route("/inspections/{id}/report", get(review_page::preview))
        .route("/inspections/{id}/photos", post(photos_page::add))
        .route("/inspections/{id}/photos/{photo}", get(photos_page::show))
        .route("/inspections/{id}/photos/{photo}/caption", post(photos_page::describe))
        .route("/inspections/{id}/photos/{photo}/remove", post(photos_page::remove))
        .route("/inspections/{id}/start", post(steps::start))
        .route("/inspections/{id}/complete", post(steps::complete))
        .route("/inspections/{id}/reopen", post(steps::reopen))
        .route("/inspections/{id}/notes", post(steps::mend_words))
        .route("/inspections/{id}/send", post(steps::send))
        .route("/inspections/{id}/revoke", post(steps::revoke))
        .route("/inspections/{id}/delete", post(steps::delete))
        .route("/work", get(work::pages::show))
        .route("/inspections/{id}/inspect", get(work::inspect_pages::show).post(work::inspect_pages::start))
        .route("/customers", get(clientele::list_pages::show))
        .route("/customers/new", get(forms::show_new_customer).post(forms::add_customer))
        .route("/customers/{id}", get(customers::show))
        .route("/customers/{id}/edit", get(forms::show_customer).post(forms::change_customer))
        .route("/customers/{id}/delete", post(customers::delete))
        .route("/customers/{id}/restore", post(customers::restore))
        .route("/customers/{id}/vehicles/new", get(forms::show_new_vehicle).post(forms::add_vehicle))
        .route("/vehicles/{id}", get(vehicles::show))
        .route("/vehicles/{id}/edit", get(forms::show_vehicle).post(forms::change_vehicle))
        .route("/vehicles/{id}/delete", post(vehicles::delete))
        .route("/vehicles/{id}/restore", post(vehicles::restore))
        .route("/board", get(board::show))
        .route("/inspections/{id}/assign", post(board::assign))
        .route("/team", get(members::show).post(members::add))
        .route("/team/{id}", get(person::show).post(person::change))
        .route("/team/{id}/status", post(person::set_status))
        .route("/team/{id}/password", post(person::reset_password))
        .route("/team/{id}/sessions", post(person::end_sessions))
        .route("/team/{id}/code", post(person::make_code))
        .route("/log-in/{code}", get(code::show).post(code::log_in))
        .route("/settings", get(shop::show).post(shop::change))
        .route("/settings/replies", post(shop::change_replies))
        .route("/conversations", get(talks::list).post(writing::begin))
        .route("/conversations/{id}", get(talks::show).post(writing::change))
        .route("/conversations/{id}/messages", post(writing::send))
        .route("/conversations/{id}/messages/{message_id}/retry", post(writing::retry))
        .route("/conversations/{id}/consent", post(writing::note_consent))
        .merge(phones(texting))
        .route("/settings/data", get(lists::show).post(lists::upload).layer(DefaultBodyLimit::max(lists::MOST_SENT)))
        .route("/settings/data/imports/{id}", get(lists::preview).post(lists::import))
        .route("/settings/data/customers.csv", get(files::customers))
        .route("/settings/data/vehicles.csv", get(files::vehicles))
        .route("/settings/data/inspections.csv", get(files::inspections))
        .route("/settings/data/archive.zip", get(files::archive))
        .layer((from_fn(web::tell_people), from_fn(log_in::ask_to_log_in)))
        .route("/r/{token}/answer", post(reports::answer_pages::answer_by_form))
        .route("/assets/{name}", get(assets::serve))
        .route("/worker.js", get(work::installed::worker))
        .route("/manifest.webmanifest", get(work::installed::manifest))
        .route("/icon-192.png", get(work::installed::small_icon))
        .route("/icon-512.png", get(work::installed::large_icon))
        .layer(CompressionLayer::new())
}

/// The customers' phones as a page, only where texts stay in this server.
fn phones(texting: Texting) -> Router<App> {
    use conversations::sandbox_pages as sandbox;
    match texting {
        Texting::Sandbox => Router::new().route("/sandbox", get(sandbox::show).post(sandbox::text)),
        Texting::Provider => Router::new(),
    }
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
        live::api::listen,
    )
}

/// The customers' phones, only where texts stay in this server.
fn sandbox(texting: Texting) -> OpenApiRouter<App> {
    match texting {
        Texting::Sandbox => operations!(conversations::sandbox_api::list, conversations::sandbox_api::text),
        Texting::Provider => OpenApiRouter::new(),
    }
}
