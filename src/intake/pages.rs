//! `/inspections/new`: what is written down when a car arrives, and the one press that takes it in.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::arrival::judged;
use super::search_pages::{KnownList, VinHint};
use super::{Arrival, Car, Comer, Hand, Hit, LastTime, Likely, OdometerReading, guess, hits, is_known, queries};
use crate::auth::Manager;
use crate::customers::{self, Customer};
use crate::db::NamedConstraint as _;
use crate::desk::{Desk, Here};
use crate::error::{Conflict, Error, Result};
use crate::ids::{CustomerId, InspectionId, VehicleId};
use crate::inspections::severity::Severity;
use crate::inspections::{self, NewInspection};
use crate::language::Language;
use crate::shops;
use crate::text::{Country, Phone};
use crate::users;
use crate::vehicles;
use crate::web::{Filled, Form, Page};

/// Fields that say what is to become of the form, not what arrives: what the desk was shown and wants to go on without,
/// or the car or customer to go on with instead.
const ANYWAY: &str = "anyway";
const USE: &str = "use";
const OWNER: &str = "owner";
/// Who is to inspect.
const ASSIGNED_TO: &str = "inspection.assigned_to";

#[derive(Template)]
#[template(path = "intake/arrival.html")]
struct ArrivalPage {
    desk: Desk,
    form: Filled,
    comes: Comes,
    hands: Vec<Hand>,
    known: KnownList,
    vin: VinHint,
    /// What was looked for in vain.
    not_found: Option<String>,
}

/// Who the form is about, with what there is to know about them.
enum Comes {
    Again(Box<Returning>),
    AnotherCar(Box<Customer>),
    Stranger,
}

/// A car that has been here before.
struct Returning {
    customer: Customer,
    car: Car,
    last_time: Option<LastTime>,
    odometer: Option<OdometerReading>,
}

/// Who a form is about.
pub(super) enum Whom {
    Car(VehicleId),
    AnotherCarOf(CustomerId),
    Stranger,
}

/// What became of a form.
enum Outcome {
    TakenIn(InspectionId),
    /// It had been sent before, and was changed since.
    TakenInBefore(InspectionId),
    /// Nothing was written, because this was found and has not been shown yet.
    IsHere(Vec<Hit>, Option<Phone>),
}

#[derive(Template)]
#[template(path = "intake/taken_in.html")]
struct TakenInPage {
    desk: Desk,
    inspection: InspectionId,
}

/// The empty form about somebody, with what was looked for in its place.
pub(super) async fn show(manager: &Manager, whom: Whom, typed: &str, is_not_found: bool) -> Result<Response> {
    // The ids are chosen here, so that a form that is sent twice takes one car in.
    let fresh = [
        ("inspection.id", InspectionId::new().to_string()),
        ("vehicle.id", VehicleId::new().to_string()),
        ("customer.id", CustomerId::new().to_string()),
        ("customer.sms_opt_in", "true".to_owned()),
    ];
    let form = Filled::with(fresh.into_iter().chain(guess(typed)));
    let page = page(manager, &whom, form).await?;
    let not_found = is_not_found.then(|| typed.to_owned());
    Ok(Page(ArrivalPage { not_found, ..page }).into_response())
}

/// `POST /inspections/new`.
pub async fn take_in(manager: Manager, form: Form) -> Result<Response> {
    if let Some(whom) = Whom::instead(&form) {
        let page = page(&manager, &whom, form.again(Error::Invalid(Vec::new()))?).await?;
        return Ok(Page(page).into_response());
    }
    let whom = Whom::of(&form);
    match write_down(&manager, &form).await {
        // To its card, which stands out there.
        Ok(Outcome::TakenIn(id)) => Ok(Redirect::to(&format!("/board#car-{id}")).into_response()),
        Ok(Outcome::TakenInBefore(inspection)) => {
            let desk = Desk::new(&manager, manager.read(Desk::read()).await?, Here::Intake);
            Ok((StatusCode::CONFLICT, Page(TakenInPage { desk, inspection })).into_response())
        }
        Ok(Outcome::IsHere(hits, phone)) => {
            let mut page = page(&manager, &whom, form.again(Error::Invalid(Vec::new()))?).await?;
            page.known = KnownList { hits, phone, ..page.known };
            Ok((StatusCode::CONFLICT, Page(page.judged(&whom)?)).into_response())
        }
        Err(error) => {
            let page = page(&manager, &whom, form.again(error)?).await?.judged(&whom)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Page(page)).into_response())
        }
    }
}

/// Writes down what arrives: all of it or nothing.
async fn write_down(manager: &Manager, form: &Form) -> Result<Outcome> {
    let country = manager.read(shops::find()).await?.settings.country;
    let (comer, inspection, digest) = read(form, country)?;
    let id = inspection.id().unwrap_or_default();
    // Held first, so that whoever takes the same car in at the same time is seen.
    let held = (!comer.is_new_car()).then(|| vehicles::queries::lock(inspection.vehicle_id()));
    let known = (!comer.is_new_car()).then(|| queries::car(inspection.vehicle_id()));
    let alike = comer.vehicle().map(|new| queries::like(comer.phone(), new.vin(), new.license_plate()));
    let assignee = inspection.assigned_to().map(|user| users::find(user).or_none());
    let owner = comer.owner().map(customers::queries::lock);
    let before = inspections::queries::find_digest(id);
    // Asked last, so that whoever is found to be here because this very form arrived a moment ago, finds that it did.
    let asked = (held, known, owner, assignee, alike, before);
    let (write, (_, known, _, assignee, alike, before)) = manager.begin(asked).await?;
    match before {
        Some(before) if before == digest => return Ok(Outcome::TakenIn(id)),
        Some(_) => return Ok(Outcome::TakenInBefore(id)),
        None => {}
    }
    if let Some(assignee) = assignee {
        users::demand_active(assignee.as_ref(), ASSIGNED_TO)?;
    }
    let shown = form.typed(ANYWAY);
    let alike = hits(alike.unwrap_or_default(), Vec::new());
    if known.is_some_and(|(_, car)| !car.may_come(shown)) || !is_known(&alike, shown) {
        return Ok(Outcome::IsHere(alike, comer.phone().cloned()));
    }
    let taken_in = write.commit(queries::take_in(comer, inspection, &digest)).await.map(|_| Outcome::TakenIn(id));
    taken_in
        .on_constraint("valid_year", || vehicles::not_a_year("vehicle.year"))
        // An id that was chosen here belongs to another shop.
        .on_constraint("vehicles_customer_id_fkey", || Conflict::IdTaken.into())
        .on_constraint("inspections_vehicle_id_fkey", || Conflict::IdTaken.into())
}

/// What the form says of what arrives, with its fingerprint; or what is wrong with it.
fn read(form: &Form, country: Country) -> Result<(Comer, NewInspection, Vec<u8>)> {
    let body = form.without(&[ANYWAY, USE, OWNER]).body::<Arrival, 64>();
    let digest = body.digest();
    let (comer, inspection) = body.get()?.read(country)?;
    Ok((comer, inspection, digest))
}

async fn page(manager: &Manager, whom: &Whom, form: Filled) -> Result<ArrivalPage> {
    let returning = match whom {
        Whom::Car(car) => Some((queries::car(*car), queries::last_time(*car), queries::odometer(*car))),
        _ => None,
    };
    let owner = match whom {
        Whom::AnotherCarOf(owner) => Some(customers::queries::find(*owner)),
        _ => None,
    };
    let (around, hands, returning, owner) = manager.read((Desk::read(), queries::hands(), returning, owner)).await?;
    let desk = Desk::new(manager, around, Here::Intake);
    let comes = match (returning, owner) {
        (Some(((customer, car), last_time, odometer)), _) => {
            Comes::Again(Box::new(Returning { customer, car, last_time, odometer }))
        }
        (None, Some(owner)) => Comes::AnotherCar(Box::new(owner)),
        (None, None) => Comes::Stranger,
    };
    let known = KnownList { hits: Vec::new(), phone: None, country: desk.shop.settings.country };
    let vin = VinHint::of(form.value("vehicle.vin"));
    Ok(ArrivalPage { desk, form, comes, hands, known, vin, not_found: None })
}

impl Whom {
    /// Who is to be taken instead of what was typed.
    fn instead(form: &Form) -> Option<Self> {
        match (form.typed(USE), form.typed(OWNER)) {
            ("", "") => None,
            ("", owner) => Some(Self::AnotherCarOf(CustomerId::from_path(owner))),
            (car, _) => Some(Self::Car(VehicleId::from_path(car))),
        }
    }

    fn of(form: &Form) -> Self {
        match (form.typed("customer_id"), form.typed("vehicle.id")) {
            ("", "") => Self::Car(VehicleId::from_path(form.typed("inspection.vehicle_id"))),
            ("", _) => Self::Stranger,
            (owner, _) => Self::AnotherCarOf(CustomerId::from_path(owner)),
        }
    }
}

impl ArrivalPage {
    /// The page with all that is wrong with its form, so that it is mended at once.
    fn judged(self, whom: &Whom) -> Result<Self> {
        let wanted = self.form.value(ASSIGNED_TO);
        let is_here = wanted.is_empty() || self.hands.iter().any(|hand| hand.id == wanted);
        let gone = if is_here { Ok(()) } else { users::demand_active(None, ASSIGNED_TO) };
        let form = judged(self.form, whom, self.desk.shop.settings.country, self.desk.now)?.also(gone)?;
        Ok(Self { form, ..self })
    }

    /// What the form says of a member of the team.
    fn is_assigned(&self, hand: &Hand) -> bool {
        self.form.is("inspection.assigned_to", &hand.id)
    }

    fn is_again(&self) -> bool {
        matches!(self.comes, Comes::Again(_))
    }

    fn is_another_car(&self) -> bool {
        matches!(self.comes, Comes::AnotherCar(_))
    }

    /// Whether the car is here for another inspection.
    fn is_here(&self) -> bool {
        matches!(&self.comes, Comes::Again(known) if known.car.open_visit().is_some())
    }

    /// What the odometer is likely to show.
    fn likely(&self) -> Likely {
        let last = match &self.comes {
            Comes::Again(known) => known.odometer.as_ref(),
            _ => None,
        };
        Likely::after(last)
    }

    /// What looks mistyped about what was typed as the odometer's number.
    fn odometer_doubt(&self) -> &'static str {
        let shown = self.form.whole("inspection.odometer_reading");
        // Less than nothing is refused.
        shown.filter(|shown| *shown >= 0).and_then(|shown| self.likely().doubt(shown)).unwrap_or_default()
    }

    fn unit(&self) -> &'static str {
        self.desk.shop.settings.units.of_distance(Language::English)
    }
}

impl Returning {
    fn count(&self, severity: Severity) -> usize {
        self.last_time.as_ref().map_or(0, |last| last.count(severity))
    }
}
