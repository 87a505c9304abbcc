//! `/r/{token}/answers` and `/r/{token}/answer`: what the customer wants done, from a program and from the page's form.

use axum::extract::rejection::RawFormRejection;
use axum::extract::{RawForm, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::answers::{AnswerTo, news_in_words};
use super::pages::{address, ended, notice};
use super::words::Words;
use super::{Answers, queries};
use crate::auth::token::LinkToken;
use crate::conversations;
use crate::conversations::queries::Said;
use crate::db::{Database, ReportVisit};
use crate::error::{Conflict, Error, Result};
use crate::ids::MessageId;
use crate::inspections::{self, Status, WholeInspection};
use crate::language::Language;
use crate::shops;
use crate::web::{At, Body, Gone, PageResult};

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
    let visit = database.by_report_link(token.ok_or(Error::NotFound)?.hash()).await?;
    if !visit.is_live {
        return Err(Error::NotFound);
    }
    note(&visit, body.get()).await?;
    Ok(Gone)
}

/// The same from a button beside a finding, and back to that finding. What stands in the way is said on a page.
pub async fn answer_by_form(
    State(database): State<Database>,
    At(token): At<Option<LinkToken>>,
    language: Language,
    form: Result<RawForm, RawFormRejection>,
) -> PageResult<Response> {
    let token = token.ok_or(Error::NotFound)?;
    let (words, report_at) = (Words::of(language), address(&token));
    let visit = database.by_report_link(token.hash()).await?;
    if !visit.is_live {
        return ended(&visit, words, report_at).await;
    }
    let answer = read(form)?;
    let finding = format!("{report_at}{}#{}", language.choice(), answer.anchor());
    match note(&visit, Ok(answer.into())).await {
        Ok(()) => Ok(Redirect::to(&finding).into_response()),
        Err(Error::Conflict(Conflict::State { .. }) | Error::Invalid(_)) => {
            let whole = inspections::whole(visit.inspection);
            let (shop, WholeInspection { inspection, .. }) = visit.tenant.read((shops::find(), whole)).await?;
            // A finding may be gone for good, or only while the report is being updated.
            let (status, what) = match inspection.stage.status {
                Status::Sent => (StatusCode::UNPROCESSABLE_ENTITY, words.changed),
                _ => (StatusCode::CONFLICT, words.unanswered),
            };
            Ok(notice((status, what), words, &shop, report_at))
        }
        Err(error) => Err(error.into()),
    }
}

/// No page of ours sends anything else, so it is not said field by field what is wrong.
fn read(form: Result<RawForm, RawFormRejection>) -> Result<AnswerTo> {
    let RawForm(bytes) = form.map_err(|rejection| Error::Malformed(rejection.body_text()))?;
    serde_urlencoded::from_bytes(&bytes).map_err(|_| Error::Malformed("this is no answer to a finding".into()))
}

/// Notes the answers that say something new, if the report is with the customer.
async fn note(visit: &ReportVisit, answers: Result<Answers>) -> Result<()> {
    let id = visit.inspection;
    let present =
        (inspections::queries::lock(id), inspections::list_findings(id), inspections::queries::customer_of(id));
    let (write, (inspection, findings, customer)) = visit.tenant.begin(present).await?;
    let news = answers?.news(&findings)?;
    if inspection.stage.status != Status::Sent {
        return Err(inspection.stage.stands_in_the_way().into());
    }
    if news.is_empty() {
        return Ok(());
    }
    let said = Said {
        said_at: None,
        id: MessageId::new(),
        phone: customer.phone,
        shop_number: None,
        content: news_in_words(&news),
        provider: "report",
        provider_message_id: None,
        inspection: Some(id),
    };
    let open = conversations::queries::open(customer.id);
    let noted = (queries::note_answers(id, &news), open, conversations::queries::insert_inbound(customer.id, said));
    write.commit(noted).await?;
    Ok(())
}
