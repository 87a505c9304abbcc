//! `/board`, and assigning from there.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::car::{Car, Delivery};
use super::first_day::{self, Step};
use super::job::Job;
use super::{Column, columns, queries};
use crate::auth::{Manager, Staff};
use crate::conversations::Texting;
use crate::desk::{Desk, Here};
use crate::error::Result;
use crate::ids::{InspectionId, UserId};
use crate::inspections::{Status, workflow_api};
use crate::role::Role;
use crate::users::{self, User};
use crate::web::{At, Form, Page, Params};

/// Where the board is.
const BOARD: &str = "/board";
/// The field that says where to go on after assigning.
const BACK: &str = "back";

#[derive(Template)]
#[template(path = "board/board.html")]
struct BoardPage {
    desk: Desk,
    columns: Vec<Column>,
    job: Job,
    /// What a new shop has to do before its first car comes.
    first_day: Vec<Step>,
    /// Whoever may be told to look at a car.
    team: Vec<User>,
    who: Option<UserId>,
    /// Why nobody can be texted, where the shop itself stands in the way.
    obstacle: Option<&'static str>,
}

/// Whose cars are shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    who: Option<UserId>,
}

/// `GET /board`.
pub async fn show(staff: Staff, State(texting): State<Texting>, params: Params<Choice>) -> Result<Response> {
    let (Choice { who }, _) = params.or_default();
    let (around, team, cars, begun) =
        staff.read((Desk::read(), users::active(), queries::cars(who), queries::begun())).await?;
    if who.is_some_and(|who| team.iter().all(|person| person.id != who)) {
        return Ok(Redirect::to(BOARD).into_response());
    }
    let desk = Desk::new(&staff, around, Here::Board);
    let columns = columns(&desk, cars);
    let obstacle = texting.demand_number(&desk.shop).err().map(|_| "The shop has no number to text from");
    let first_day = first_day::steps(&desk, &team, begun, obstacle.is_none());
    let job = match first_day.as_slice() {
        [] if desk.is_manager() => Job::of_desk(&columns),
        [] => Job::of_mechanic(&columns, &desk.person),
        steps => Job::of_first_day(steps),
    };
    Ok(Page(BoardPage { desk, columns, job, first_day, team, who, obstacle }).into_response())
}

/// `POST /inspections/{id}/assign`.
pub async fn assign(manager: Manager, At(id): At<InspectionId>, form: Form) -> Result<Response> {
    workflow_api::assign(manager, At(id), form.without(&[BACK]).body()).await?;
    Ok(Redirect::to(form.own_address(BACK).unwrap_or(BOARD)).into_response())
}

impl BoardPage {
    /// The address of the board as it is shown.
    fn here(&self) -> String {
        self.who.map_or_else(|| BOARD.to_owned(), |who| format!("{BOARD}?who={who}"))
    }

    /// Why this car's customer can't be texted.
    fn obstacle_of(&self, car: &Car) -> Option<&'static str> {
        car.obstacle().or(self.obstacle)
    }

    fn mechanics(&self) -> impl Iterator<Item = &User> {
        self.team.iter().filter(|person| person.role == Role::Mechanic)
    }

    fn is_chosen(&self, person: &User) -> bool {
        self.who == Some(person.id)
    }

    fn is_in_team(&self, person: &User) -> bool {
        self.team.iter().any(|member| member.id == person.id)
    }
}
