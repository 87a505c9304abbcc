//! `/inspections/{id}`: the review of one inspection, and the report as the customer will see it.

use askama::Template;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::Review;
use super::queries;
use super::row::Before;
use super::sending::Sending;
use super::step::Step;
use crate::auth::Staff;
use crate::conversations::{Message, Texting};
use crate::desk::{Desk, Here};
use crate::error::Result;
use crate::ids::{InspectionId, MessageId, PhotoId};
use crate::inspections::severity::Severity;
use crate::inspections::{self, Event, Photo, Status, WholeInspection};
use crate::language::Language;
use crate::reports;
use crate::shops;
use crate::users::{self, User};
use crate::web::{At, Filled, Page, PublicUrl};

#[derive(Template)]
#[template(path = "review/review.html")]
struct ReviewPage {
    desk: Desk,
    whole: WholeInspection,
    review: Review,
    sending: Sending,
    texts: Vec<Message>,
    steps: Vec<Step>,
    team: Vec<User>,
    /// The id of the text that sending from this page makes: pressed twice, it texts once.
    message: MessageId,
    /// What the ids of photos begin with that are added from this page: sent twice, they are there once.
    batch: PhotoId,
    shown: Shown,
}

/// What a page shows beside how things are: what was typed and could not be taken, and why.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// The form that has to be mended.
    pub(super) form: Filled,
    /// What could not be done, in a sentence.
    pub(super) refusal: Option<String>,
}

impl ReviewPage {
    fn status(&self) -> Status {
        self.whole.inspection.stage.status
    }

    fn mileage(&self) -> Option<String> {
        self.whole.inspection.odometer_reading.map(|shown| self.desk.mileage(shown))
    }

    /// Why the inspection is at the car once more, where it was sent back.
    fn sent_back(&self) -> Option<&str> {
        let last = self.steps.iter().find(|step| matches!(step.kind, Event::Reopened | Event::Completed))?;
        let is_back = self.status() == Status::InProgress && last.kind == Event::Reopened;
        is_back.then(|| last.reason.as_deref().unwrap_or_default())
    }

    /// Whether every link to the report was ended since it was sent.
    fn links_have_ended(&self) -> bool {
        let last = self.steps.iter().find(|step| matches!(step.kind, Event::Sent | Event::Revoked));
        last.is_some_and(|step| step.kind == Event::Revoked)
    }

    /// Whether whoever looks may mend the words of a finding as things stand.
    fn may_mend_words(&self) -> bool {
        self.desk.is_manager() && matches!(self.status(), Status::InProgress | Status::Completed)
    }

    /// The photos that stand beside no finding: of the car, and of what nobody has rated.
    fn other_photos(&self) -> Vec<&Photo> {
        let stands_beside = |photo: &Photo| {
            self.whole.items.iter().any(|finding| finding.photos.iter().any(|known| known.id == photo.id))
        };
        self.whole.photos.iter().filter(|photo| !stands_beside(photo)).collect()
    }

    /// Whether whoever looks may add photos.
    fn may_photograph(&self) -> bool {
        super::may_photograph(&self.desk, &self.whole)
    }

    /// Whether whoever looks may begin at the car.
    fn may_start(&self) -> bool {
        let assigned_to = self.whole.inspection.stage.assigned_to;
        self.desk.is_manager() || assigned_to.is_none_or(|mechanic| mechanic == self.desk.person.id)
    }

    fn is_assigned_to(&self, person: &User) -> bool {
        self.whole.inspection.stage.assigned_to == Some(person.id)
    }

    /// Who is asked to look again, as the desk calls them.
    fn mechanic(&self) -> String {
        self.whole.assignee.as_ref().map_or_else(|| "the mechanic".to_owned(), User::short_name)
    }
}

/// Where the program reaches its customers: what the page needs of the program's state.
#[derive(Clone)]
pub struct Reach {
    texting: Texting,
    public_url: PublicUrl,
}

impl<S> FromRequestParts<S> for Reach
where
    S: Send + Sync,
    Texting: FromRef<S>,
    PublicUrl: FromRef<S>,
{
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(_: &mut axum::http::request::Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self { texting: Texting::from_ref(state), public_url: PublicUrl::from_ref(state) })
    }
}

/// `GET /inspections/{id}`.
pub async fn show(staff: Staff, reach: Reach, At(id): At<InspectionId>) -> Result<Response> {
    page(&staff, &reach, id, Shown::default()).await
}

/// `GET /inspections/{id}/report`: the report as the customer will see it, in the language of whoever looks.
pub async fn preview(staff: Staff, At(id): At<InspectionId>, language: Language) -> Result<Response> {
    let (shop, whole) = staff.read((shops::find(), inspections::whole(id))).await?;
    Ok(reports::pages::preview(&shop, &whole, language).into_response())
}

/// The page with what could not be done, or taken, on it.
pub(super) async fn again(staff: &Staff, reach: &Reach, id: InspectionId, shown: Shown) -> Result<Response> {
    let status = if shown.form.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
    Ok((status, page(staff, reach, id, shown).await?).into_response())
}

async fn page(staff: &Staff, reach: &Reach, id: InspectionId, shown: Shown) -> Result<Response> {
    let about = (queries::texts(id), queries::steps(id), reports::queries::standing_of(id), users::active());
    let (around, whole, (texts, steps, standing, team)) =
        staff.read((Desk::read(), inspections::whole(id), about)).await?;
    let desk = Desk::new(staff, around, Here::Elsewhere);
    let sending =
        Sending::of(&desk.shop, &whole.customer, &whole.vehicle, (standing, reach.texting), &reach.public_url.0);
    let review = Review::of(&whole, desk.shop.settings.units);
    let message = MessageId::new();
    Ok(Page(ReviewPage { desk, whole, review, sending, texts, steps, team, message, batch: PhotoId::new(), shown })
        .into_response())
}
