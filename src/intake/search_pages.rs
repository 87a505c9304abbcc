//! Looking for the car that has arrived, and what is found while somebody types.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::pages::{self, Whom};
use super::{Hit, KnownRow, Only, counted, hits, ids, only, queries};
use crate::auth::Manager;
use crate::customers::{self, Customer};
use crate::desk::{Desk, Here};
use crate::error::Result;
use crate::ids::{CustomerId, VehicleId};
use crate::shops;
use crate::text::{Country, Phone, Plate, Vin, VinDoubt};
use crate::web::{Cursor, Limit, Page, Params, Search};

/// More cars, or customers, than one looks through for the right one.
const SHOWN: Limit = Limit::of(12);

/// What a search reads: cars with their owners, and customers.
type Rows = (Vec<KnownRow>, Vec<Customer>);

/// What is looked for, or what was chosen: one of the three.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    q: Search,
    vehicle: Option<String>,
    /// An id, or `new`.
    customer: Option<String>,
}

#[derive(Template)]
#[template(path = "intake/search.html")]
struct SearchPage {
    desk: Desk,
    found: Finds,
}

/// The same without what stands around it, while somebody types.
#[derive(Template)]
#[template(path = "intake/_found.html")]
struct FindsSoFar {
    desk: Desk,
    found: Finds,
}

/// What was found.
struct Finds {
    q: Search,
    hits: Vec<Hit>,
    is_cut: bool,
}

/// What a form says of somebody who may be here already.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Likeness {
    phone: String,
    vin: String,
    plate: String,
}

/// Somebody who is about to be added, and is perhaps here already.
#[derive(Template)]
#[template(path = "intake/_known.html")]
pub(super) struct KnownList {
    pub(super) hits: Vec<Hit>,
    /// The number that was typed: who has it may come with another car.
    pub(super) phone: Option<Phone>,
    pub(super) country: Country,
}

/// A VIN that somebody types.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TypedVin {
    vin: String,
}

/// What a VIN says of itself.
#[derive(Template)]
#[template(path = "intake/_vin.html")]
pub(super) struct VinHint {
    doubt: Option<&'static str>,
    year: Option<i16>,
}

/// `GET /inspections/new`: the box to look in, the form for what was chosen, or what was found.
pub async fn show(manager: Manager, params: Params<Wish>) -> Result<Response> {
    let Wish { q, vehicle, customer } = params.accept(&manager).await?;
    match (vehicle.as_deref(), customer.as_deref()) {
        (Some(car), _) => pages::show(&manager, Whom::Car(VehicleId::from_path(car)), "", false).await,
        (None, Some("new")) => pages::show(&manager, Whom::Stranger, q.typed(), false).await,
        (None, Some(owner)) => {
            let owner = Whom::AnotherCarOf(CustomerId::from_path(owner));
            pages::show(&manager, owner, q.typed(), false).await
        }
        (None, None) => search(&manager, q).await,
    }
}

/// `GET /inspections/new/found`: what is found so far.
pub async fn found(manager: Manager, params: Params<Wish>) -> Result<Response> {
    let q = params.accept(&manager).await?.q;
    let (desk, found) = look(&manager, q).await?;
    Ok(Page(FindsSoFar { desk, found }).into_response())
}

/// `GET /inspections/new/known`: who has the phone, plate or VIN that is being typed.
pub async fn known(manager: Manager, params: Params<Likeness>) -> Result<Response> {
    let Likeness { phone, vin, plate } = params.accept(&manager).await?;
    let country = manager.read(shops::find()).await?.settings.country;
    let (phone, vin) = (Phone::parse(&phone, country).ok(), vin.parse::<Vin>().ok());
    let plate = plate.parse::<Plate>().ok();
    let like = queries::like(phone.as_ref(), vin.as_ref(), plate.as_ref());
    let hits = hits(manager.read(like).await?, Vec::new());
    Ok(Page(KnownList { hits, phone, country }).into_response())
}

/// `GET /inspections/new/vin`: what a VIN says of itself.
pub async fn vin(manager: Manager, params: Params<TypedVin>) -> Result<Response> {
    let TypedVin { vin } = params.accept(&manager).await?;
    manager.enter(false).await?;
    Ok(Page(VinHint::of(&vin)).into_response())
}

async fn search(manager: &Manager, q: Search) -> Result<Response> {
    let (desk, found) = look(manager, q).await?;
    let chosen = match only(&found.hits) {
        Some(Only::Car(car)) => format!("vehicle={car}"),
        Some(Only::Customer(owner)) => format!("customer={owner}"),
        None if found.hits.is_empty() && found.is_search() => {
            return pages::show(manager, Whom::Stranger, found.q.typed(), true).await;
        }
        None => return Ok(Page(SearchPage { desk, found }).into_response()),
    };
    Ok(Redirect::to(&format!("/inspections/new?{chosen}")).into_response())
}

/// Who looks for nothing finds nothing.
async fn look(manager: &Manager, q: Search) -> Result<(Desk, Finds)> {
    let wanted = (!q.typed().is_empty())
        .then(|| (queries::cars(&q, SHOWN), customers::queries::list(&q, SHOWN, Cursor::default())));
    let (around, found) = manager.read((Desk::read(), wanted)).await?;
    Ok((Desk::new(manager, around, Here::Intake), Finds::new(q, found.unwrap_or_default())))
}

impl Finds {
    fn new(q: Search, (mut cars, mut people): Rows) -> Self {
        let is_cut = cars.len() > SHOWN.rows() || people.len() > SHOWN.rows();
        cars.truncate(SHOWN.rows());
        people.truncate(SHOWN.rows());
        Self { q, hits: hits(cars, people), is_cut }
    }

    fn is_search(&self) -> bool {
        !self.q.typed().is_empty()
    }

    /// How many were found, for whoever does not see the list.
    fn counted(&self) -> String {
        if self.is_cut { format!("{} and more", counted(&self.hits)) } else { counted(&self.hits) }
    }

    /// The address of the form for somebody new.
    fn to_stranger(&self) -> String {
        let typed = utf8_percent_encode(self.q.typed(), NON_ALPHANUMERIC);
        format!("/inspections/new?customer=new&q={typed}")
    }
}

impl KnownList {
    /// What was shown to whoever says "anyway".
    fn shown(&self) -> String {
        self.hits.iter().flat_map(ids).collect::<Vec<_>>().join(" ")
    }

    fn has_phone(&self, hit: &Hit) -> bool {
        self.phone.is_some() && hit.customer.phone == self.phone
    }

    fn number(&self, hit: &Hit) -> String {
        hit.customer.phone.as_ref().map(|phone| phone.shown_in(self.country)).unwrap_or_default()
    }
}

impl VinHint {
    /// What looks mistyped about this, and which model year it names.
    pub(super) fn of(typed: &str) -> Self {
        let vin = typed.parse::<Vin>().ok();
        let doubt = vin.as_ref().and_then(Vin::doubt).map(VinDoubt::detail);
        Self { doubt, year: vin.as_ref().and_then(Vin::model_year) }
    }
}
