//! When a visit took its steps: back from where it is now, at the pace of the shop.

use super::ago::{Ago, NOW};
use super::visits::{Reached, Visit};

/// When a visit took its steps, as far as it took them.
pub(super) struct Timeline {
    pub(super) created: Ago,
    pub(super) assigned: Option<Ago>,
    pub(super) started: Option<Ago>,
    pub(super) completed: Option<Ago>,
    pub(super) sent_back: Option<Ago>,
    pub(super) sent: Option<Ago>,
    pub(super) viewed: Option<Ago>,
}

/// Minutes at the desk until somebody is told to look at a car.
const AT_THE_DESK: i32 = 6;
/// Minutes until the mechanic begins.
const WAITING: i32 = 9;
/// Minutes that an inspection takes.
const INSPECTING: i32 = 24;
/// Minutes until a manager has reviewed it.
const REVIEWING: i32 = 7;

impl Timeline {
    pub(super) fn of(visit: &Visit) -> Self {
        let since = visit.since;
        let is_sent = matches!(visit.reached, Reached::Texted | Reached::HandedOver);
        let sent = is_sent.then_some(since);
        let sent_back = matches!(visit.reached, Reached::SentBack(_)).then_some(since);
        let completed = match visit.reached {
            Reached::Completed => Some(since),
            _ => sent.or(sent_back).map(|reviewed| reviewed + REVIEWING),
        };
        let started = match visit.reached {
            Reached::Started(_) => Some(since),
            _ => completed.map(|completed| completed + INSPECTING),
        };
        let assigned = match visit.reached {
            Reached::Assigned => Some(since),
            _ => started.map(|started| started + WAITING),
        };
        let created = assigned.map_or(since, |assigned| assigned + AT_THE_DESK);
        let viewed = sent.zip(visit.viewed_after).map(|(sent, after)| sent - after);
        Self { created, assigned, started, completed, sent_back, sent, viewed }
    }

    /// When the customer answered: some minutes after they looked.
    pub(super) fn answered(&self) -> Option<Ago> {
        self.viewed.map(|viewed| viewed - 9)
    }

    /// When the component at this place of so many was rated; the first place is 1.
    pub(super) fn rated(&self, place: i32, of: i32) -> Option<Ago> {
        let started = self.started?;
        let until = self.completed.unwrap_or(NOW);
        Some(started - (started - until) * place / (of + 1))
    }
}
