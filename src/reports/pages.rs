//! `/r/{token}`: the page that a customer opens from a text. Opening it changes nothing, because link previews and
//! scanners open links before people do.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::{Answers, Number, Report, in_words, queries};
use crate::auth::token::LinkToken;
use crate::conversations;
use crate::conversations::queries::Said;
use crate::db::{Database, ReportVisit};
use crate::error::{Error, Result};
use crate::ids::MessageId;
use crate::inspections::{self, Status, WholeInspection};
use crate::shops::{self, Shop};
use crate::web::{At, Body, Gone, Page, PageResult};

#[derive(Template)]
#[template(path = "reports/report.html")]
struct ReportPage {
    report: Report,
}

#[derive(Template)]
#[template(path = "reports/notice.html")]
struct NoticePage {
    title: &'static str,
    words: &'static str,
    shop: String,
    call: Option<Number>,
}

/// The report; or that it is being updated; or that the link has ended.
#[utoipa::path(
    get, path = "/r/{token}", operation_id = "openReport", tag = "Reports",
    responses(
        (status = 200, description = "The report, or that it is being updated.", content_type = "text/html"),
        (status = 410, description = "That the link has ended.", content_type = "text/html"),
    )
)]
pub async fn show(State(database): State<Database>, At(token): At<Option<LinkToken>>) -> PageResult<Response> {
    let ReportVisit { tenant, inspection: id, is_live } = open(&database, token).await?;
    if !is_live {
        let words = "For your privacy, links to reports end after a while. Ask us for a new one.";
        let shop = tenant.read(shops::find()).await?;
        return Ok((StatusCode::GONE, notice("This link has ended", words, &shop)).into_response());
    }
    let (shop, whole) = tenant.read((shops::find(), inspections::queries::whole(id))).await?;
    let whole = WholeInspection::new(whole);
    if whole.inspection.stage.status != Status::Sent {
        let words = "We are looking at something again. This same link shows the report as soon as it is done.";
        return Ok(notice("Your report is being updated", words, &shop).into_response());
    }
    Ok(Page(ReportPage { report: Report::new(&shop, &whole) }).into_response())
}

fn notice(title: &'static str, words: &'static str, shop: &Shop) -> Page<NoticePage> {
    Page(NoticePage { title, words, shop: shop.name.to_string(), call: Number::to_call(shop) })
}

/// Notes that the page was really visible to somebody.
#[utoipa::path(post, path = "/r/{token}/seen", operation_id = "noteReportSeen", tag = "Reports")]
pub async fn seen(State(database): State<Database>, At(token): At<Option<LinkToken>>) -> Result<Gone> {
    let visit = open(&database, token).await?;
    if !visit.is_live {
        return Err(Error::NotFound);
    }
    visit.tenant.write(queries::note_viewed(visit.inspection)).await?;
    Ok(Gone)
}

/// Notes what the customer wants done: it marks the findings, and stands in the conversation as if they had texted it.
#[utoipa::path(
    post, path = "/r/{token}/answers", operation_id = "answerReport", tag = "Reports",
    responses((status = 409, description = "state"))
)]
pub async fn answer(
    State(database): State<Database>,
    At(token): At<Option<LinkToken>>,
    body: Body<Answers, 16>,
) -> Result<Gone> {
    let ReportVisit { tenant, inspection: id, is_live } = open(&database, token).await?;
    if !is_live {
        return Err(Error::NotFound);
    }
    let present =
        (inspections::queries::lock(id), inspections::list_findings(id), inspections::queries::customer_of(id));
    let (write, (inspection, findings, customer)) = tenant.begin(present).await?;
    let news = body.get()?.news(&findings)?;
    if inspection.stage.status != Status::Sent {
        return Err(inspection.stage.stands_in_the_way().into());
    }
    if news.is_empty() {
        return Ok(Gone);
    }
    let said = Said {
        id: MessageId::new(),
        phone: customer.phone,
        shop_number: None,
        content: in_words(&news.iter().map(|answered| (answered.label, answered.answer)).collect::<Vec<_>>()),
        provider: "report",
        provider_message_id: None,
        inspection: Some(id),
    };
    let open = conversations::queries::open(customer.id);
    let noted = (queries::note_answers(id, &news), open, conversations::queries::insert_inbound(customer.id, said));
    write.commit(noted).await?;
    Ok(Gone)
}

async fn open(database: &Database, token: Option<LinkToken>) -> Result<ReportVisit> {
    database.by_report_link(token.ok_or(Error::NotFound)?.hash()).await
}
