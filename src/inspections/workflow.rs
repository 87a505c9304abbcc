//! The way of an inspection, as rules alone. The database holds the same pairs of states once more.
//!
//! ```text
//! created --assign--> assigned --start--> in_progress --complete--> completed --send--> sent
//!    \-----------------start (takes it)------^  ^---------reopen---------/--------reopen--/
//! ```
//!
//! A step that leads to where the inspection already is changes nothing and is no error: every answer may get lost, so
//! every step may be repeated.

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::Actor;
use crate::error::{Conflict, Error, Result};
use crate::ids::UserId;
use crate::role::Role;

crate::text::text_enum! {
    /// Where an inspection is.
    #[schema(as = InspectionStatus)]
    pub enum Status {
        /// The car is here; nobody has been told to look at it.
        Created = "created",
        /// A mechanic has been told to.
        Assigned = "assigned",
        /// The mechanic is at the car.
        InProgress = "in_progress",
        /// The mechanic is done; the manager reviews.
        Completed = "completed",
        /// The customer has the report.
        Sent = "sent",
    }
}

crate::text::text_enum! {
    /// How the customer got the report.
    pub enum SentVia {
        /// By text.
        Sms = "sms",
        /// A manager handed the link over.
        Link = "link",
    }
}

/// How far an inspection is and with whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Stage {
    /// Where it is.
    pub status: Status,
    /// Who inspects.
    pub assigned_to: Option<UserId>,
}

impl Stage {
    /// A new inspection, waiting or already assigned.
    #[must_use]
    pub fn new(assigned_to: Option<UserId>) -> Self {
        let status = if assigned_to.is_some() { Status::Assigned } else { Status::Created };
        Self { status, assigned_to }
    }

    /// Tells a mechanic to look at the car, another one to go on with it, or nobody.
    pub fn assign(self, to: Option<UserId>) -> Result<Self, Conflict> {
        match (self.status, to) {
            (_, to) if to == self.assigned_to => Ok(self),
            (Status::Created | Status::Assigned, to) => Ok(Self::new(to)),
            (Status::InProgress, Some(_)) => Ok(Self { assigned_to: to, ..self }),
            _ => Err(self.stands_in_the_way()),
        }
    }

    /// Begins at the car. Whoever starts what nobody was told to do takes it.
    pub fn start(self, by: Actor) -> Result<Self> {
        self.demand_hands(by)?;
        match self.status {
            Status::Created | Status::Assigned | Status::InProgress => {
                Ok(Self { status: Status::InProgress, assigned_to: self.assigned_to.or(Some(by.user)) })
            }
            Status::Completed | Status::Sent => Err(self.stands_in_the_way().into()),
        }
    }

    /// Is done at the car. Whether everything is rated is judged by the progress.
    pub fn complete(self) -> Result<Self, Conflict> {
        match self.status {
            Status::InProgress | Status::Completed => Ok(Self { status: Status::Completed, ..self }),
            _ => Err(self.stands_in_the_way()),
        }
    }

    /// Sends it back to the car, also when the report is out.
    pub fn reopen(self) -> Result<Self, Conflict> {
        match self.status {
            Status::InProgress | Status::Completed | Status::Sent => Ok(Self { status: Status::InProgress, ..self }),
            _ => Err(self.stands_in_the_way()),
        }
    }

    /// Gives the report to the customer.
    pub fn send(self) -> Result<Self, Conflict> {
        match self.status {
            Status::Completed | Status::Sent => Ok(Self { status: Status::Sent, ..self }),
            _ => Err(self.stands_in_the_way()),
        }
    }

    /// A mechanic lays hands on what is theirs, or nobody's; a manager on everything.
    pub fn demand_hands(self, by: Actor) -> Result<()> {
        match (by.role, self.assigned_to) {
            (Role::Mechanic, Some(other)) if other != by.user => {
                Err(Error::Forbidden("this inspection is assigned to somebody else"))
            }
            _ => Ok(()),
        }
    }

    /// Says that the present state does not allow something.
    #[must_use]
    pub fn stands_in_the_way(self) -> Conflict {
        Conflict::State { current: self.status.as_str() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn somebody(role: Role) -> Actor {
        Actor { user: UserId::new(), role }
    }

    fn stages(assigned_to: Option<UserId>) -> impl Iterator<Item = Stage> {
        Status::ALL.iter().map(move |status| Stage { status: *status, assigned_to })
    }

    /// For each state, in the order of the way: where the step leads, or nothing where it is refused.
    fn ways(step: impl Fn(Stage) -> Option<Status>) -> Vec<Option<Status>> {
        let mechanic = Some(UserId::new());
        stages(mechanic).map(step).collect()
    }

    #[test]
    fn every_step_from_every_state() {
        use Status::{Assigned, Completed, InProgress, Sent};
        let manager = somebody(Role::ShopManager);
        let assigned = ways(|s| s.assign(Some(manager.user)).ok().map(|to| to.status));
        assert_eq!(assigned, [Some(Assigned), Some(Assigned), Some(InProgress), None, None]);
        let started = ways(|s| s.start(manager).ok().map(|to| to.status));
        assert_eq!(started, [Some(InProgress), Some(InProgress), Some(InProgress), None, None]);
        let completed = ways(|s| s.complete().ok().map(|to| to.status));
        assert_eq!(completed, [None, None, Some(Completed), Some(Completed), None]);
        let reopened = ways(|s| s.reopen().ok().map(|to| to.status));
        assert_eq!(reopened, [None, None, Some(InProgress), Some(InProgress), Some(InProgress)]);
        let sent = ways(|s| s.send().ok().map(|to| to.status));
        assert_eq!(sent, [None, None, None, Some(Sent), Some(Sent)]);
    }

    #[test]
    fn nobody_can_be_told_only_before_the_start() {
        let unassigned = ways(|s| s.assign(None).ok().map(|to| to.status));
        assert_eq!(unassigned, [Some(Status::Created), Some(Status::Created), None, None, None]);
    }

    #[test]
    fn assigning_the_same_person_again_changes_nothing_anywhere() {
        let mechanic = Some(UserId::new());
        for stage in stages(mechanic) {
            assert_eq!(stage.assign(mechanic).ok(), Some(stage));
        }
    }

    #[test]
    fn whoever_starts_what_is_free_takes_it() {
        let mechanic = somebody(Role::Mechanic);
        let started = Stage::new(None).start(mechanic).expect("free to take");
        assert_eq!(started, Stage { status: Status::InProgress, assigned_to: Some(mechanic.user) });
    }

    #[test]
    fn a_mechanic_keeps_hands_off_what_is_somebody_else_s() {
        for stage in stages(Some(UserId::new())) {
            assert!(matches!(stage.start(somebody(Role::Mechanic)), Err(Error::Forbidden(_))));
            assert!(stage.demand_hands(somebody(Role::ShopManager)).is_ok());
        }
    }

    #[test]
    fn a_manager_who_starts_for_a_mechanic_leaves_it_theirs() {
        let stage = Stage::new(Some(UserId::new()));
        let started = stage.start(somebody(Role::ShopManager)).expect("a manager may");
        assert_eq!(started.assigned_to, stage.assigned_to);
    }
}
