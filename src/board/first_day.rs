//! The first day: what a new shop still lacks until its first car is here. What is done is no longer said.

use super::job::Job;
use crate::desk::Desk;
use crate::role::Role;
use crate::users::User;

/// What a shop has had so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Begun {
    pub(super) has_customers: bool,
    pub(super) has_inspections: bool,
}

/// Something that is to be done before the first car comes.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) what: &'static str,
    pub(super) why: &'static str,
    /// Where it is done.
    pub(super) address: &'static str,
    pub(super) button: &'static str,
}

const NUMBER: Step = Step {
    what: "Choose the number that texts come from",
    why: "Customers get their report from it and answer to it. Without one, reports are printed or handed over as a link.",
    address: "/settings",
    button: "Choose a number",
};
const TEAM: Step = Step {
    what: "Add your mechanics",
    why: "Each logs in on their own phone and sees what is theirs to inspect.",
    address: "/team",
    button: "Add a mechanic",
};
const CUSTOMER: Step = Step {
    what: "Add your first customer",
    why: "Whoever you know already; a whole list is brought in under Settings. Somebody new is added along with their car.",
    address: "/customers/new",
    button: "Add a customer",
};
const INSPECTION: Step = Step {
    what: "Take in the first car",
    why: "Find or add it, write down what it is here for, and give it to a mechanic. It stands on this board from then on.",
    address: "/inspections/new",
    button: "Take in a car",
};

/// What a manager has left to do, in order; nothing once a car was here, however the shop is run.
pub(super) fn steps(desk: &Desk, team: &[User], begun: Begun, has_number: bool) -> Vec<Step> {
    if begun.has_inspections || !desk.is_manager() {
        return Vec::new();
    }
    let has_mechanic = team.iter().any(|person| person.role == Role::Mechanic);
    let steps = [(has_number, NUMBER), (has_mechanic, TEAM), (begun.has_customers, CUSTOMER), (false, INSPECTION)];
    steps.into_iter().filter_map(|(is_done, step)| (!is_done).then_some(step)).collect()
}

impl Job {
    /// What a manager has to do on the first day.
    pub(super) fn of_first_day(steps: &[Step]) -> Self {
        let words = match steps.len() {
            1 => "One step to your first inspection".to_owned(),
            many => format!("{many} steps to your first inspection"),
        };
        Self { words, ..Self::default() }
    }
}
