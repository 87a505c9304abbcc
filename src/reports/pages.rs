//! `/r/{token}`: the page that a customer opens from a text. Opening it changes nothing, because link previews and
//! scanners open links before people do.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LANGUAGE, VARY};
use axum::response::{IntoResponse, Response};

use super::words::{Notice, Words};
use super::{Number, Report, queries};
use crate::auth::Browser;
use crate::auth::token::LinkToken;
use crate::db::{Database, ReportVisit};
use crate::error::{Error, Result};
use crate::inspections::{self, Status, WholeInspection};
use crate::language::Language;
use crate::shops::{self, Shop};
use crate::web::{At, Gone, Page, PageResult};

#[derive(Template)]
#[template(path = "reports/report.html")]
struct ReportPage {
    report: Report,
    words: &'static Words,
    /// Where answers go; nowhere in a preview.
    answer_at: Option<String>,
    /// Whose car it is: on paper, which the shop hands over, but not behind a link, which may be passed on.
    on_paper: Vec<String>,
}

#[derive(Template)]
#[template(path = "reports/notice.html")]
struct NoticePage {
    words: &'static Words,
    notice: Notice,
    shop: String,
    call: Option<Number>,
    /// Where the link leads: whoever sent an answer is at another address.
    report_at: String,
    /// Whether it helps to look at the report again.
    is_worth_a_look: bool,
}

/// The report; or that it is being updated; or that the link has ended.
#[utoipa::path(
    get, path = "/r/{token}", operation_id = "openReport", tag = "Reports",
    responses(
        (status = 200, description = "The report, or that it is being updated.", content_type = "text/html"),
        (status = 410, description = "That the link has ended.", content_type = "text/html"),
    )
)]
pub async fn show(
    State(database): State<Database>,
    At(token): At<Option<LinkToken>>,
    language: Language,
) -> PageResult<Response> {
    let token = token.ok_or(Error::NotFound)?;
    let visit = database.by_report_link(token.hash()).await?;
    let (words, report_at) = (Words::of(language), address(&token));
    if !visit.is_live {
        return ended(&visit, words, report_at).await;
    }
    let whole = inspections::whole(visit.inspection);
    let (shop, whole) = visit.tenant.read((shops::find(), whole)).await?;
    if whole.inspection.stage.status != Status::Sent {
        return Ok(notice((StatusCode::OK, words.updated), words, &shop, report_at));
    }
    let report = Report::new(&shop, &whole, &report_at, language);
    // Whoever chose a language is answered in it.
    let answer_at = Some(format!("{report_at}/answer{}", language.choice()));
    let page = ReportPage { report, words, answer_at, on_paper: Vec::new() };
    Ok(in_language(StatusCode::OK, words, page))
}

/// The page that [`show`] will show once the report is sent, as it would be now: nothing on it can be pressed, and it
/// does not tell anybody that it was looked at. Printed, it says whose car it is.
#[must_use]
pub fn preview(shop: &Shop, whole: &WholeInspection, language: Language) -> Page<impl Template + use<>> {
    let (report, words) = (Report::new(shop, whole, "/api/v1", language), Words::of(language));
    Page(ReportPage { report, words, answer_at: None, on_paper: whose(whole, words) })
}

/// Whom a report is for and which car it is about, as far as that is known.
fn whose(WholeInspection { customer, vehicle, .. }: &WholeInspection, words: &Words) -> Vec<String> {
    let is_named = customer.first_name.is_some() || customer.last_name.is_some();
    let name = is_named.then(|| words.for_whom(&customer.name()));
    let plate = vehicle.license_plate.as_ref().map(|plate| words.plate(plate.as_str()));
    name.into_iter().chain(plate).collect()
}

/// Notes that the page was really visible to somebody.
#[utoipa::path(post, path = "/r/{token}/seen", operation_id = "noteReportSeen", tag = "Reports")]
pub async fn seen(
    State(database): State<Database>,
    At(token): At<Option<LinkToken>>,
    browser: Browser,
) -> Result<Gone> {
    let visit = database.by_report_link(token.ok_or(Error::NotFound)?.hash()).await?;
    if !visit.is_live {
        return Err(Error::NotFound);
    }
    // The shop's own people look at it to print it: that is not the customer.
    if browser.shop() == Some(visit.tenant.shop()) {
        return Ok(Gone);
    }
    visit.tenant.write(queries::note_viewed(visit.inspection)).await?;
    Ok(Gone)
}

/// The report's own address, as its page names it.
pub(super) fn address(token: &LinkToken) -> String {
    super::address("", token)
}

/// Says that the link has ended.
pub(super) async fn ended(visit: &ReportVisit, words: &'static Words, report_at: String) -> PageResult<Response> {
    let shop = visit.tenant.read(shops::find()).await?;
    Ok(notice((StatusCode::GONE, words.ended), words, &shop, report_at))
}

/// A page that says one thing.
pub(super) fn notice(
    (status, notice): (StatusCode, Notice),
    words: &'static Words,
    shop: &Shop,
    report_at: String,
) -> Response {
    let (shop, call) = (shop.name.to_string(), Number::to_call(shop));
    let is_worth_a_look = [words.unanswered, words.changed].contains(&notice);
    in_language(status, words, NoticePage { words, notice, shop, call, report_at, is_worth_a_look })
}

/// What is kept of an answer, or translated by the browser, has to know which language it is in, and that another
/// visitor may be answered in another one.
fn in_language(status: StatusCode, words: &Words, page: impl Template) -> Response {
    let headers = [(CONTENT_LANGUAGE, words.language.code()), (VARY, "accept-language")];
    (status, headers, Page(page)).into_response()
}
