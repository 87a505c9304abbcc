//! `/conversations` and `/conversations/{id}`.

use askama::Template;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::correspondent::Correspondent;
use super::entry::{Entry, Said, entries};
use super::reply::{About, Reply};
use super::talk::Talk;
use super::{CONVERSATIONS, SHOWN, car_in_question, headline, queries, stage};
use crate::auth::Manager;
use crate::conversations::Texting;
use crate::desk::{Desk, Here};
use crate::error::Result;
use crate::ids::ConversationId;
use crate::inspections::{ListedInspection, Status};
use crate::text::Phone;
use crate::vehicles::Vehicle;
use crate::web::{At, Bookmark, Cursor, Filled, Page, Params, PublicUrl, Search};

#[derive(Template)]
#[template(path = "inbox/inbox.html")]
struct InboxPage {
    desk: Desk,
    reach: Reach,
    list: List,
    open: Option<Thread>,
}

/// The conversations on the left.
struct List {
    q: Search,
    talks: Vec<Talk>,
    /// Where the next page of them begins.
    next: Option<String>,
    /// Whether it begins at the beginning.
    is_first: bool,
}

/// The conversation in the middle, and on the right whom it is with.
struct Thread {
    with: Correspondent,
    /// The number that they are texted by.
    to: Option<Phone>,
    /// Why they can't be texted.
    obstacle: Option<String>,
    entries: Vec<Entry>,
    /// From where on it would have to be read to show more of what was said before.
    earlier: Option<String>,
    /// From where on it is read now.
    since: Option<String>,
    cars: Vec<Vehicle>,
    visits: Vec<ListedInspection>,
    reply: Reply,
    shown: Shown,
}

/// What a page shows beside how things are: what was typed and could not be sent, and why.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) form: Filled,
    /// What could not be done, in a sentence.
    pub(super) refusal: Option<String>,
}

/// Tell the cursors of these lists from those of others: of the conversations, and of what was said in one.
const TALKS: u8 = b'T';
const TEXTS: u8 = b'M';

/// Which conversations are listed, and what of the open one is shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    q: Search,
    /// The list begins behind this one.
    behind: Bookmark,
    /// The open conversation is read from here on, and a page of what was said before.
    since: Bookmark,
    /// The answer that was picked among those that are sent often.
    reply: Option<usize>,
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

    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self { texting: Texting::from_ref(state), public_url: PublicUrl::from_ref(state) })
    }
}

/// `GET /conversations`.
pub async fn list(manager: Manager, reach: Reach, params: Params<Choice>) -> Result<Response> {
    let Choice { q, behind, .. } = params.or_default().0;
    let behind = behind.of(TALKS).unwrap_or_default();
    let (around, talks) = manager.read((Desk::read(), queries::talks(&q, SHOWN, behind))).await?;
    let desk = Desk::new(&manager, around, Here::Conversations);
    let list = List::new(q, behind, talks);
    Ok(Page(InboxPage { desk, reach, list, open: None }).into_response())
}

/// `GET /conversations/{id}`.
pub async fn show(
    manager: Manager,
    reach: Reach,
    At(id): At<ConversationId>,
    params: Params<Choice>,
) -> Result<Response> {
    page(&manager, reach, id, params.or_default().0, Shown::default()).await
}

/// The page with what could not be done, or taken, on it.
pub(super) async fn again(manager: &Manager, reach: Reach, id: ConversationId, shown: Shown) -> Result<Response> {
    let status = if shown.form.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
    let page = page(manager, reach, id, Choice::default(), shown).await?;
    Ok((status, page).into_response())
}

async fn page(manager: &Manager, reach: Reach, id: ConversationId, choice: Choice, shown: Shown) -> Result<Response> {
    let Choice { q, behind, since, reply } = choice;
    let (behind, since) = (behind.of(TALKS).unwrap_or_default(), since.of(TEXTS).unwrap_or_default());
    let about = (queries::correspondent(id), queries::cars(id), queries::visits(id));
    let talks = queries::talks(&q, SHOWN, behind);
    let (around, (with, cars, visits), texts, talks) =
        manager.read((Desk::read(), about, queries::texts(id, SHOWN, since), talks)).await?;
    let desk = Desk::new(manager, around, Here::Conversations);
    let car = car_in_question(visits.first().map(|visit| &visit.vehicle), &cars);
    let has_report = visits.iter().any(|visit| visit.inspection.stage.status == Status::Sent);
    let about = About { with: &with, car, has_report };
    let reply = Reply::new(&desk.shop, &about, &shown.form, reply);
    let list = List::new(q, behind, talks);
    let open = Some(Thread::new((&desk, reach.texting), (with, cars, visits), (texts, since), reply, shown));
    Ok(Page(InboxPage { desk, reach, list, open }).into_response())
}

impl List {
    fn new(q: Search, behind: Cursor, mut talks: Vec<Talk>) -> Self {
        let goes_on = talks.len() > SHOWN.rows();
        talks.truncate(SHOWN.rows());
        let next = talks.last().filter(|_| goes_on).map(|last| last.place().encode(TALKS));
        Self { q, talks, next, is_first: behind == Cursor::default() }
    }

    fn is_search(&self) -> bool {
        !self.q.typed().is_empty()
    }

    /// What is searched for, as it stands in an address.
    fn search(&self) -> Option<String> {
        self.is_search().then(|| format!("q={}", utf8_percent_encode(self.q.typed(), NON_ALPHANUMERIC)))
    }
}

impl Thread {
    fn new(
        (desk, texting): (&Desk, Texting),
        (with, mut cars, visits): (Correspondent, Vec<Vehicle>, Vec<ListedInspection>),
        (mut texts, since): (Vec<Said>, Cursor),
        reply: Reply,
        shown: Shown,
    ) -> Self {
        let is_whole = since == Cursor::default();
        let later = texts.iter().filter(|said| !is_whole && said.is_since(since)).count();
        let goes_on = texts.len() > later + SHOWN.rows();
        texts.truncate(later + SHOWN.rows());
        let earlier = texts.last().filter(|_| goes_on).map(|first| first.place().encode(TEXTS));
        let since = (!is_whole).then(|| since.encode(TEXTS));
        // The car that was here last comes first, and those that never were come last.
        cars.sort_by_key(|car| visits.iter().position(|visit| visit.vehicle.id == car.id).unwrap_or(usize::MAX));
        let (to, obstacle) = (with.number_to_text(desk, texting).ok(), with.obstacle(desk, texting));
        Self { with, to, obstacle, entries: entries(desk, texts), earlier, since, cars, visits, reply, shown }
    }

    /// How far a visit is, where no report of it is out.
    fn stage(visit: &ListedInspection) -> &'static str {
        stage(visit.inspection.stage.status)
    }

    fn visits_of(&self, car: &Vehicle) -> impl Iterator<Item = &ListedInspection> {
        self.visits.iter().filter(|visit| visit.vehicle.id == car.id)
    }
}

impl InboxPage {
    /// The address of a conversation, with the search that the list is in.
    fn to(&self, id: &ConversationId) -> String {
        let address = format!("{CONVERSATIONS}/{id}");
        self.list.search().map_or(address.clone(), |search| format!("{address}?{search}"))
    }

    /// The address of this page.
    fn here(&self) -> String {
        let open = self.open.as_ref();
        let since = open.and_then(|open| open.since.as_ref()).map(|since| format!("since={since}"));
        let address = open.map_or(CONVERSATIONS.to_owned(), |open| format!("{CONVERSATIONS}/{}", open.with.id));
        let choice: Vec<String> = [self.list.search(), since].into_iter().flatten().collect();
        if choice.is_empty() { address } else { format!("{address}?{}", choice.join("&")) }
    }

    fn headline(&self) -> String {
        headline(self.desk.unread)
    }

    fn mileage(&self, car: &Vehicle) -> Option<String> {
        car.mileage.map(|shown| self.desk.mileage(shown))
    }

    fn is_open(&self, talk: &Talk) -> bool {
        self.open.as_ref().is_some_and(|open| open.with.id == talk.id)
    }

    fn is_sandbox(&self) -> bool {
        self.reach.texting == Texting::Sandbox
    }

    /// Where a report's links begin.
    fn link(&self) -> String {
        format!("{}/r/", self.reach.public_url.0)
    }

    /// The number that customers text, as people here write it.
    fn own_number(&self) -> Option<String> {
        self.desk.shop.sms_number.as_ref().map(|number| self.desk.number(number))
    }
}
