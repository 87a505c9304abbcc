//! Which address leads to which page.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use tower_http::compression::CompressionLayer;

use super::Shared;
use crate::conversations::Texting;
use crate::users::log_in_pages::ask_to_log_in;
use crate::web::{self, assets};
use crate::{
    board, clientele, conversations, desk, export, import, inbox, intake, reports, review, settings, team, users,
    work,
};

/// The shop's own pages, and what browsers load beside them.
pub(super) fn pages(texting: Texting) -> Router<Shared> {
    let answer = post(reports::answer_pages::answer_by_form);
    accounts()
        .merge(arrivals())
        .merge(inspections())
        .merge(customers())
        .merge(shop())
        .merge(data())
        .merge(talks())
        .merge(phones(texting))
        .layer((from_fn(web::tell_people), from_fn(ask_to_log_in)))
        .route("/r/{token}/answer", answer)
        .merge(loaded())
        .layer(CompressionLayer::new())
}

/// Who somebody is.
fn accounts() -> Router<Shared> {
    use desk::pages as account;
    use users::{code_pages as code, log_in_pages as log_in, pages as accounts};
    Router::new()
        .route("/", get(log_in::index))
        .route("/signup", get(accounts::show_sign_up).post(accounts::sign_up))
        .route("/login", get(log_in::show).post(log_in::log_in))
        .route("/logout", post(log_in::log_out))
        .route("/account", get(account::show))
        .route("/account/password", post(account::change_password))
        .route("/log-in/{code}", get(code::show).post(code::log_in))
}

/// A car comes in.
fn arrivals() -> Router<Shared> {
    use intake::search_pages as search;
    Router::new()
        .route("/inspections/new", get(search::show).post(intake::pages::take_in))
        .route("/inspections/new/found", get(search::found))
        .route("/inspections/new/known", get(search::known))
        .route("/inspections/new/vin", get(search::vin))
}

/// Cars that are in the shop, from the bay to the customer.
fn inspections() -> Router<Shared> {
    use board::pages as board;
    use review::{pages as review_page, photos_pages as photos_page, steps_pages as steps};
    Router::new()
        .route("/work", get(work::pages::show))
        .route("/board", get(board::show))
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
        .route("/inspections/{id}/inspect", get(work::inspect_pages::show).post(work::inspect_pages::start))
        .route("/inspections/{id}/assign", post(board::assign))
}

/// Whose cars they are.
fn customers() -> Router<Shared> {
    use clientele::{customer_pages as customers, form_pages as forms, vehicle_pages as vehicles};
    Router::new()
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
}

/// Who works here, and what the shop sets once.
fn shop() -> Router<Shared> {
    use settings::pages as shop;
    use team::{pages as members, person_pages as person};
    Router::new()
        .route("/team", get(members::show).post(members::add))
        .route("/team/{id}", get(person::show).post(person::change))
        .route("/team/{id}/status", post(person::set_status))
        .route("/team/{id}/password", post(person::reset_password))
        .route("/team/{id}/sessions", post(person::end_sessions))
        .route("/team/{id}/code", post(person::make_code))
        .route("/settings", get(shop::show).post(shop::change))
        .route("/settings/replies", post(shop::change_replies))
}

/// What a shop brings along and takes away.
fn data() -> Router<Shared> {
    use export::pages as files;
    use import::pages as lists;
    Router::new()
        .route("/settings/data", get(lists::show).post(lists::upload).layer(DefaultBodyLimit::max(lists::MOST_SENT)))
        .route("/settings/data/imports/{id}", get(lists::preview).post(lists::import))
        .route("/settings/data/customers.csv", get(files::customers))
        .route("/settings/data/vehicles.csv", get(files::vehicles))
        .route("/settings/data/inspections.csv", get(files::inspections))
        .route("/settings/data/archive.zip", get(files::archive))
}

/// Texting with customers.
fn talks() -> Router<Shared> {
    use inbox::{pages as talks, writing_pages as writing};
    Router::new()
        .route("/conversations", get(talks::list).post(writing::begin))
        .route("/conversations/{id}", get(talks::show).post(writing::change))
        .route("/conversations/{id}/messages", post(writing::send))
        .route("/conversations/{id}/messages/{message_id}/retry", post(writing::retry))
        .route("/conversations/{id}/consent", post(writing::note_consent))
}

/// The customers' phones as a page, only where texts stay in this server.
fn phones(texting: Texting) -> Router<Shared> {
    use conversations::sandbox_pages as sandbox;
    match texting {
        Texting::Sandbox => Router::new()
            .route("/sandbox", get(sandbox::show).post(sandbox::text))
            .route("/sandbox/pictures", post(sandbox::text_picture)),
        Texting::Provider => Router::new(),
    }
}

/// What pages and installed pages load.
fn loaded() -> Router<Shared> {
    Router::new()
        .route("/assets/{name}", get(assets::serve))
        .route("/worker.js", get(work::installed::worker))
        .route("/manifest.webmanifest", get(work::installed::manifest))
        .route("/icon-192.png", get(work::installed::small_icon))
        .route("/icon-512.png", get(work::installed::large_icon))
}
