//! `/customers/{id}`: somebody with their cars, what became of them, and what was said.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::consent::Consent;
use super::{LastTime, MOST_VISITS, Visit, queries, some};
use crate::auth::{Manager, Staff};
use crate::conversations::{Direction, Message};
use crate::customers::{self, Customer};
use crate::desk::{Desk, Here};
use crate::error::Result;
use crate::ids::CustomerId;
use crate::intake::Car;
use crate::web::{Action, At, Form, Page};

#[derive(Template)]
#[template(path = "clientele/customer.html")]
struct CustomerPage {
    desk: Desk,
    customer: Customer,
    consent: Consent,
    cars: Vec<Car>,
    last_times: Vec<LastTime>,
    visits: Vec<Visit>,
    /// Whether there are more visits than are shown.
    is_cut: bool,
    /// Who else has the same phone.
    alike: Vec<Customer>,
    /// For managers alone; in the order in which they were said.
    texts: Vec<Message>,
}

/// What is shown of somebody, or of a car, that was deleted and can be brought back.
#[derive(Template)]
#[template(path = "clientele/gone.html")]
pub(super) struct GonePage {
    pub(super) desk: Desk,
    /// Who or what.
    pub(super) name: String,
    /// What went with them.
    pub(super) along: Option<String>,
    /// Where it is; what brings it back stands below that.
    pub(super) address: String,
    /// Where to go on otherwise.
    pub(super) elsewhere: (String, &'static str),
}

/// `GET /customers/{id}`.
pub async fn show(staff: Staff, At(id): At<CustomerId>) -> Result<Response> {
    let who = (customers::queries::find_lately(id), queries::last_word(id), queries::with_same_phone(id));
    let what = (queries::cars(id), queries::last_times_of_customer(id), queries::visits_of_customer(id));
    let (around, (customer, last_word, alike), (cars, last_times, mut visits), mut texts) =
        staff.read((Desk::read(), who, what, queries::texts(id))).await?;
    let desk = Desk::new(&staff, around, Here::Customers);
    if customer.deleted_at.is_some() {
        return Ok(Page(gone(desk, &customer, cars.len())).into_response());
    }
    let is_cut = visits.len() > MOST_VISITS;
    visits.truncate(MOST_VISITS);
    texts.reverse();
    let consent = Consent::of(&customer, last_word.as_ref());
    let page = CustomerPage { desk, customer, consent, cars, last_times, visits, is_cut, alike, texts };
    Ok(Page(page).into_response())
}

/// `POST /customers/{id}/delete`. Where they were stands how to bring them back.
pub async fn delete(manager: Manager, at: At<CustomerId>) -> Result<Redirect> {
    let id = at.0;
    customers::api::delete(manager, at).await?;
    Ok(to(id))
}

/// `POST /customers/{id}/restore`.
pub async fn restore(manager: Manager, at: At<CustomerId>, form: Form) -> Result<Redirect> {
    let id = at.0;
    customers::api::restore(manager, at, Action(form.body())).await?;
    Ok(to(id))
}

fn to(id: CustomerId) -> Redirect {
    Redirect::to(&format!("/customers/{id}"))
}

fn gone(desk: Desk, customer: &Customer, cars: usize) -> GonePage {
    GonePage {
        desk,
        name: customer.name(),
        along: (cars > 0).then(|| some(cars, "car")),
        address: format!("/customers/{}", customer.id),
        elsewhere: ("/customers".to_owned(), "All customers"),
    }
}

impl CustomerPage {
    /// What was found on a car last time.
    fn last_time(&self, car: &Car) -> Option<&LastTime> {
        self.last_times.iter().find(|last| last.car == car.vehicle.id)
    }

    /// The lines of their address, as they stand on a letter.
    fn address(&self) -> Vec<String> {
        let address = &self.customer.address;
        let text = |part: Option<String>| part.unwrap_or_default();
        let street = [address.line1.as_ref(), address.line2.as_ref()].map(|line| text(line.map(ToString::to_string)));
        let place = [
            address.city.as_ref().map(ToString::to_string),
            address.state.as_ref().map(ToString::to_string),
            address.postal_code.as_ref().map(ToString::to_string),
        ];
        let place = place.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let lines = street.into_iter().chain([place]);
        lines.filter(|line| !line.is_empty()).collect()
    }
}
