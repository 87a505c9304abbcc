//! From looks to words: what of a look is new, and how it is written into a stream.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Change, Look, Subject};
use crate::db::TokenHash;
use crate::role::Role;

/// How long a transaction may last: what began longer ago has been committed or never will be. Each look goes back so
/// much further than the one before.
const LONGEST: SignedDuration = SignedDuration::from_mins(1);
/// How far back changes are told one by one.
const MEMORY: SignedDuration = SignedDuration::from_hours(1);
/// How many changes are told one by one.
pub(super) const MOST: usize = 20_000;

/// How far a shop's changes have been told.
#[derive(Default)]
pub(super) struct Feed {
    /// The last look's moment.
    since: Option<Timestamp>,
    /// What was told of the time that the next look goes back to.
    told: HashSet<Change>,
}

impl Feed {
    /// Goes on behind the event with this id, or begins now. An id that never was one stands for the distant past.
    pub(super) fn behind(last_event_id: Option<&[u8]>) -> Self {
        let moment = |id| {
            let microseconds: i64 = str::from_utf8(id).ok()?.parse().ok().filter(|count| *count >= 0)?;
            Timestamp::from_microsecond(microseconds).ok()
        };
        let since = last_event_id.map(|id| moment(id).unwrap_or(Timestamp::UNIX_EPOCH));
        Self { since, told: HashSet::new() }
    }

    /// What the next look asks for.
    pub(super) fn moment(&self) -> Option<Timestamp> {
        self.since
    }

    /// What of a look is new; of a feed's first look, nothing is.
    pub(super) fn news(&mut self, look: Look) -> News {
        let before = self.since.replace(look.moment);
        let is_new = |change: &&Change| before.is_some() && !self.told.contains(*change);
        let fresh: Vec<&Change> = once_each(look.changes.iter().filter(is_new).collect());
        let is_too_much = before.is_some_and(|before| !is_remembered(before, look.moment))
            || (!fresh.is_empty() && look.changes.len() > MOST);
        let what = if is_too_much { What::TooMuch } else { What::Changes(&fresh) };
        let news = News {
            has_events: is_too_much || !fresh.is_empty(),
            for_managers: what.words_for(Role::ShopManager, look.moment),
            for_mechanics: what.words_for(Role::Mechanic, look.moment),
            sessions: look.sessions,
        };
        self.told = look.changes.into_iter().filter(|change| change.at >= look.moment - LONGEST).collect();
        news
    }
}

/// Whether what changed since then can still be told one by one; not so for a moment that has not come yet.
fn is_remembered(since: Timestamp, now: Timestamp) -> bool {
    (-LONGEST..=MEMORY).contains(&now.duration_since(since))
}

/// What changed twice is told once, as it stands now, in the order of the last times.
fn once_each(changes: Vec<&Change>) -> Vec<&Change> {
    let mut named: HashSet<(Subject, uuid::Uuid)> = HashSet::new();
    let mut latest: Vec<&Change> =
        changes.into_iter().rev().filter(|change| named.insert((change.subject, change.id))).collect();
    latest.reverse();
    latest
}

/// What a shop's streams are told after a look.
pub(super) struct News {
    sessions: HashMap<TokenHash, Role>,
    has_events: bool,
    for_managers: Bytes,
    for_mechanics: Bytes,
}

impl News {
    /// Whether it holds more than the moment.
    pub(super) fn has_events(&self) -> bool {
        self.has_events
    }

    /// Of how many sessions it knows that they are live.
    pub(super) fn live_sessions(&self) -> usize {
        self.sessions.len()
    }

    /// What is written into the stream of a session; `None` where that has ended.
    pub(super) fn words_for(&self, session: TokenHash) -> Option<Bytes> {
        Some(match self.sessions.get(&session)? {
            Role::ShopManager => self.for_managers.clone(),
            Role::Mechanic => self.for_mechanics.clone(),
        })
    }
}

enum What<'a> {
    Changes(&'a [&'a Change]),
    /// Longer ago, or more, than is told one by one.
    TooMuch,
}

impl What<'_> {
    /// The events for a role, the last of them with the moment as its id: whoever got only some of them asks for all again.
    /// Where there are none, a comment, which keeps the connection open and moves the id on.
    fn words_for(&self, role: Role, moment: Timestamp) -> Bytes {
        let mut words = String::new();
        match self {
            Self::TooMuch => words.push_str("event: reload\ndata: {}\n\n"),
            Self::Changes(changes) => {
                for Change { subject, id, status, .. } in
                    changes.iter().filter(|change| change.subject.concerns(role))
                {
                    let data = json!({ "id": id, "status": status });
                    write!(words, "event: {subject}\ndata: {data}\n\n").expect("text can be written to");
                }
            }
        }
        // The blank line moves behind the id.
        if words.pop().is_none() {
            words.push_str(":\n");
        }
        write!(words, "id: {}\n\n", moment.as_microsecond()).expect("text can be written to");
        words.into()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const SESSIONS: [(TokenHash, Role); 2] =
        [(TokenHash([1; 32]), Role::ShopManager), (TokenHash([2; 32]), Role::Mechanic)];

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).expect("a moment")
    }

    /// A change of the thing with this number.
    fn change(subject: Subject, number: u128, second: i64) -> Change {
        Change { subject, id: Uuid::from_u128(number), status: "sent".to_owned(), at: at(second) }
    }

    fn look(second: i64, changes: &[Change]) -> Look {
        Look { moment: at(second), sessions: SESSIONS.into(), changes: changes.to_vec() }
    }

    /// What a manager and a mechanic read, the things by their numbers.
    fn words(news: &News) -> [String; 2] {
        SESSIONS.map(|(session, _)| {
            let words = news.words_for(session).expect("a live session");
            let words = str::from_utf8(&words).expect("text").replace("00000000-0000-0000-0000-00000000000", "#");
            words.replace(&at(0).as_second().to_string()[..7], "")
        })
    }

    #[test]
    fn a_first_look_tells_nothing_and_a_change_is_told_once() {
        let mut feed = Feed::default();
        let (car, text) = (change(Subject::Inspection, 1, -5), change(Subject::Message, 2, 3));
        assert!(!feed.news(look(0, std::slice::from_ref(&car))).has_events());
        assert_eq!(feed.moment(), Some(at(0)));
        let news = feed.news(look(5, &[car.clone(), text.clone()]));
        assert!(news.has_events());
        let told = "event: message\ndata: {\"id\":\"#2\",\"status\":\"sent\"}\nid: 005000000\n\n";
        assert_eq!(words(&news), [told, ":\nid: 005000000\n\n"]);
        assert!(!feed.news(look(6, &[car.clone(), text.clone()])).has_events());
        // Committed now, begun long before: no look has told it yet.
        let late = change(Subject::Inspection, 3, -50);
        let news = feed.news(look(7, &[late, car.clone(), text]));
        let told = "event: inspection\ndata: {\"id\":\"#3\",\"status\":\"sent\"}\nid: 007000000\n\n";
        assert_eq!(words(&news), [told, told]);
        let again = change(Subject::Inspection, 1, 8);
        assert!(feed.news(look(9, &[car, again])).has_events());
    }

    #[test]
    fn what_changed_often_is_told_once_and_the_last_event_bears_the_id() {
        let changes = [1, 2, 1].iter().zip(0..).map(|(number, second)| change(Subject::Inspection, *number, second));
        let changes: Vec<Change> = changes.collect();
        let news = Feed::behind(Some(b"1800000000000000")).news(look(5, &changes));
        let told = "event: inspection\ndata: {\"id\":\"#2\",\"status\":\"sent\"}\n\n\
                    event: inspection\ndata: {\"id\":\"#1\",\"status\":\"sent\"}\nid: 005000000\n\n";
        assert_eq!(words(&news), [told, told]);
    }

    #[test]
    fn too_long_ago_or_too_much_is_fetched_anew() {
        let reload = "event: reload\ndata: {}\nid: 000000000\n\n";
        let behind = |moment: i64| Feed::behind(Some(at(moment).as_microsecond().to_string().as_bytes()));
        for moment in [-3601, 61] {
            assert_eq!(words(&behind(moment).news(look(0, &[]))), [reload, reload], "{moment}");
        }
        for moment in [-3600, 0, 60] {
            assert!(!behind(moment).news(look(0, &[])).has_events(), "{moment}");
        }
        for garbage in ["", "x", "-1", "1.5", "\u{fc}", "9223372036854775807", "99999999999999999999"] {
            assert_eq!(words(&Feed::behind(Some(garbage.as_bytes())).news(look(0, &[]))), [reload, reload]);
        }
        let many = |count: usize| (0..count as u128).map(|n| change(Subject::Inspection, n, -1)).collect::<Vec<_>>();
        assert_eq!(words(&behind(-5).news(look(0, &many(MOST + 1)))), [reload, reload]);
        assert!(words(&behind(-5).news(look(0, &many(MOST))))[0].starts_with("event: inspection"));
    }

    #[test]
    fn a_session_that_has_ended_is_told_nothing() {
        let mut look = look(0, &[]);
        look.sessions.remove(&TokenHash([2; 32]));
        let news = Feed::default().news(look);
        assert_eq!(news.live_sessions(), 1);
        assert!(news.words_for(TokenHash([2; 32])).is_none());
    }
}
