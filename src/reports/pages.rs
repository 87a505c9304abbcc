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
}

#[derive(Template)]
#[template(path = "reports/notice.html")]
struct NoticePage {
    words: &'static Words,
    notice: Notice,
    shop: String,
    call: Option<Number>,
    /// Where the report is, if it helps to look at it again.
    report_at: Option<String>,
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
    let words = Words::of(language);
    if !visit.is_live {
        return ended(&visit, words).await;
    }
    let whole = inspections::whole(visit.inspection);
    let (shop, whole) = visit.tenant.read((shops::find(), whole)).await?;
    if whole.inspection.stage.status != Status::Sent {
        return Ok(notice(StatusCode::OK, words.updated, words, &shop, None));
    }
    let report = Report::new(&shop, &whole, &address(&token), language);
    let page = ReportPage { report, words, answer_at: Some(format!("{}/answer", address(&token))) };
    Ok(in_language(StatusCode::OK, words, page))
}

/// The page that [`show`] will show once the report is sent, as it would be now: nothing on it can be pressed, and it
/// does not tell anybody that it was looked at.
#[must_use]
pub fn preview(shop: &Shop, whole: &WholeInspection, language: Language) -> Page<impl Template + use<>> {
    let report = Report::new(shop, whole, "/api/v1", language);
    Page(ReportPage { report, words: Words::of(language), answer_at: None })
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
pub(super) async fn ended(visit: &ReportVisit, words: &'static Words) -> PageResult<Response> {
    let shop = visit.tenant.read(shops::find()).await?;
    Ok(notice(StatusCode::GONE, words.ended, words, &shop, None))
}

/// A page that says one thing, and where the report is if that helps.
pub(super) fn notice(
    status: StatusCode,
    notice: Notice,
    words: &'static Words,
    shop: &Shop,
    report_at: Option<String>,
) -> Response {
    let page = NoticePage { words, notice, shop: shop.name.to_string(), call: Number::to_call(shop), report_at };
    in_language(status, words, page)
}

/// What is kept of an answer, or translated by the browser, has to know which language it is in, and that another
/// visitor may be answered in another one.
fn in_language(status: StatusCode, words: &Words, page: impl Template) -> Response {
    let headers = [(CONTENT_LANGUAGE, words.language.code()), (VARY, "accept-language")];
    (status, headers, Page(page)).into_response()
}
