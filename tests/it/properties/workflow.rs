//! The way of an inspection: who may take which step from where, what it leads to, and what it leaves behind.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Ground, hold, text};
use crate::support::{Answer, Person};

/// Whoever tries.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    Manager,
    Mechanic,
    Other,
}

/// What is tried.
#[derive(Clone, Debug)]
enum Step {
    Assign(Option<Who>),
    Start,
    Complete {
        allow_incomplete: bool,
    },
    Reopen,
    /// By text or as a link to hand over; a text perhaps with an id of its own.
    Send {
        by_text: bool,
        with_id: bool,
    },
    Delete,
    /// Everything that is required: green.
    RateAll,
    /// The spare tire, which is not required, red.
    RateSpare,
    /// The spare tire's note; `None` takes it away.
    Reword(Option<u8>),
}

use Step::{Assign, Complete, Delete, RateAll, RateSpare, Reopen, Reword, Send, Start};

fn anybody() -> impl Strategy<Value = Who> {
    prop_oneof![4 => Just(Who::Manager), 4 => Just(Who::Mechanic), 1 => Just(Who::Other)]
}

fn any_step() -> impl Strategy<Value = Step> {
    let somebody = prop_oneof![
        Just(None),
        Just(Some(Who::Mechanic)),
        Just(Some(Who::Mechanic)),
        Just(Some(Who::Other)),
        Just(Some(Who::Manager))
    ];
    prop_oneof![
        3 => somebody.prop_map(Assign),
        4 => Just(Start),
        4 => any::<bool>().prop_map(|allow_incomplete| Complete { allow_incomplete }),
        2 => Just(Reopen),
        3 => (any::<bool>(), any::<bool>()).prop_map(|(by_text, id)| Send { by_text, with_id: by_text && id }),
        3 => Just(RateAll),
        2 => Just(RateSpare),
        3 => prop::option::of(0..3_u8).prop_map(Reword),
    ]
}

/// Most histories never delete; the others go on for some steps after it.
fn any_history() -> impl Strategy<Value = Vec<(Who, Step)>> {
    let steps = prop::collection::vec((anybody(), any_step()), 1..24);
    (steps, prop::option::weighted(0.2, (anybody(), any::<prop::sample::Index>()))).prop_map(|(mut steps, end)| {
        if let Some((who, at)) = end {
            steps.insert(at.index(steps.len()), (who, Delete));
            steps.push((Who::Manager, Delete));
        }
        steps
    })
}

/// What should come of a step.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Done,
    Gone,
    Problem(u16, &'static str),
}

use Outcome::{Done, Gone, Problem};

const FORBIDDEN: Outcome = Problem(403, "about:blank");
const UNKNOWN: Outcome = Problem(404, "about:blank");
const STATE: Outcome = Problem(409, "state");

/// The inspection as the rules have it.
#[derive(Clone, Debug)]
struct Model {
    status: &'static str,
    assigned_to: Option<Who>,
    is_deleted: bool,
    is_rated: bool,
    is_spare_rated: bool,
    /// The spare tire's note.
    note: Option<u8>,
    /// The kinds of all events so far.
    events: Vec<&'static str>,
    required: usize,
}

impl Model {
    fn new(required: usize) -> Self {
        Self {
            status: "created",
            assigned_to: None,
            is_deleted: false,
            is_rated: false,
            is_spare_rated: false,
            note: None,
            events: vec!["created"],
            required,
        }
    }

    fn take(&mut self, who: Who, step: &Step) -> Outcome {
        let is_manager = who == Who::Manager;
        if !is_manager && matches!(step, Assign(_) | Reopen | Send { .. } | Delete) {
            return FORBIDDEN;
        }
        if matches!(step, Delete) {
            if !self.is_deleted {
                self.events.push("deleted");
            }
            self.is_deleted = true;
            return Gone;
        }
        if self.is_deleted {
            return UNKNOWN;
        }
        let is_in_the_way = self.assigned_to.is_some_and(|assignee| assignee != who);
        if !is_manager && is_in_the_way {
            return FORBIDDEN;
        }
        match step {
            Assign(to) => self.assign(*to),
            Start => match self.status {
                "created" | "assigned" => {
                    self.assigned_to.get_or_insert(who);
                    self.go("in_progress", "started")
                }
                "in_progress" => Done,
                _ => STATE,
            },
            Complete { allow_incomplete: true } if !is_manager => FORBIDDEN,
            Complete { allow_incomplete } => match self.status {
                "in_progress" if !allow_incomplete && self.is_missing_something() => Problem(409, "incomplete"),
                "in_progress" => self.go("completed", "completed"),
                "completed" => Done,
                _ => STATE,
            },
            Reopen => match self.status {
                "completed" | "sent" => self.go("in_progress", "reopened"),
                "in_progress" => Done,
                _ => STATE,
            },
            Send { with_id, .. } => match self.status {
                "completed" => self.go("sent", "sent"),
                "sent" => {
                    if *with_id {
                        self.events.push("sent");
                    }
                    Done
                }
                _ => STATE,
            },
            RateAll => self.tap(is_manager, false, |model| {
                let count = if model.is_rated { 0 } else { model.required };
                model.is_rated = true;
                count
            }),
            RateSpare => self.tap(is_manager, false, |model| {
                let count = usize::from(!model.is_spare_rated);
                model.is_spare_rated = true;
                count
            }),
            Reword(_) if !self.is_spare_rated => Problem(422, "about:blank"),
            Reword(note) => {
                let note = *note;
                self.tap(is_manager, true, |model| usize::from(std::mem::replace(&mut model.note, note) != note))
            }
            Delete => unreachable!("judged above"),
        }
    }

    fn assign(&mut self, to: Option<Who>) -> Outcome {
        if to == self.assigned_to {
            return Done;
        }
        match (self.status, to) {
            ("created" | "assigned", _) => {
                self.assigned_to = to;
                self.go(if to.is_some() { "assigned" } else { "created" }, "assigned")
            }
            ("in_progress", Some(_)) => {
                self.assigned_to = to;
                self.go("in_progress", "assigned")
            }
            _ => STATE,
        }
    }

    fn go(&mut self, status: &'static str, event: &'static str) -> Outcome {
        self.status = status;
        self.events.push(event);
        Done
    }

    /// A tap changes this many findings, if the state lets it.
    fn tap(&mut self, is_manager: bool, is_words: bool, change: impl Fn(&mut Self) -> usize) -> Outcome {
        let mut after = self.clone();
        let count = change(&mut after);
        let may = match self.status {
            "in_progress" => true,
            "completed" => is_manager && (is_words || count == 0),
            _ => false,
        };
        if !may {
            return STATE;
        }
        after.events.extend(vec!["rated"; count]);
        *self = after;
        Done
    }

    fn is_missing_something(&self) -> bool {
        !self.is_rated || (self.is_spare_rated && self.note.is_none())
    }
}

/// The same inspection in the program.
struct Play<'a> {
    ground: &'a Ground,
    id: String,
    required: Vec<Value>,
}

impl Play<'_> {
    fn person(&self, who: Who) -> &Person {
        let ours = &self.ground.world.ours;
        match who {
            Who::Manager => &ours.manager,
            Who::Mechanic => &ours.mechanic,
            Who::Other => &ours.other_mechanic,
        }
    }

    async fn take(&self, who: Who, step: &Step) -> Answer {
        let (app, person) = (&self.ground.app, self.person(who));
        let path = |rest: &str| format!("/inspections/{}{rest}", self.id);
        let spare =
            |rest: Value| crate::support::merged(&json!({ "category": "tires", "component": "spare" }), &rest);
        match step {
            Assign(to) => {
                let id = to.map(|to| &self.person(to).id);
                app.post(&path("/assign"), person, &json!({ "user_id": id })).await
            }
            Start => app.post(&path("/start"), person, &json!({})).await,
            Complete { allow_incomplete: false } => app.post(&path("/complete"), person, &json!({})).await,
            Complete { .. } => app.post(&path("/complete"), person, &json!({ "allow_incomplete": true })).await,
            Reopen => app.post(&path("/reopen"), person, &json!({ "reason": "look again" })).await,
            Send { by_text: false, .. } => app.post(&path("/send"), person, &json!({ "via": "link" })).await,
            Send { with_id: false, .. } => app.post(&path("/send"), person, &json!({})).await,
            Send { .. } => {
                let body = json!({ "via": "sms", "id": uuid::Uuid::now_v7() });
                app.post(&path("/send"), person, &body).await
            }
            Delete => app.delete(&path(""), person).await,
            RateAll => app.put(&path("/items"), person, &json!(self.required)).await,
            RateSpare => app.put(&path("/items"), person, &spare(json!({ "severity": "red" }))).await,
            Reword(note) => {
                let words = note.map(|note| format!("Worn, {note}"));
                app.put(&path("/items"), person, &spare(json!({ "notes": words }))).await
            }
        }
    }

    /// The row itself, which also shows what was deleted.
    async fn row(&self) -> Value {
        let sql = "SELECT to_jsonb(i) FROM inspections i WHERE id::text = $1";
        self.ground.owner.query_one(sql, &[&self.id]).await.expect("the inspection").get(0)
    }
}

/// The answer must be what the model says.
fn compare(answer: &Answer, expected: &Outcome, status_before: &str) {
    match expected {
        Done => drop(answer.ok()),
        Gone => answer.no_content(),
        Problem(status, kind) => {
            let problem = answer.problem(*status, kind);
            if *kind == "state" {
                assert_eq!(problem["current"], status_before, "it names the state");
            }
        }
    }
}

/// What the row must say of itself, and how it may differ from the row before the step.
fn judge_row(model: &Model, before: &Value, after: &Value, play: &Play<'_>) {
    assert_eq!(after["status"], model.status);
    assert_eq!(after["assigned_to"], json!(model.assigned_to.map(|who| &play.person(who).id)));
    assert_eq!(after["deleted_at"].is_string(), model.is_deleted);
    let (started, completed, sent) = (&after["started_at"], &after["completed_at"], &after["sent_at"]);
    let since = &after["status_changed_at"];
    let has_moved = before["status"] != after["status"];
    assert_eq!(since != &before["status_changed_at"], has_moved, "the time in a state begins with the state");
    assert!(before["started_at"].is_null() || started == &before["started_at"], "it is started once");
    assert_eq!(started.is_null(), ["created", "assigned"].contains(&model.status), "started or not");
    for (state, time) in [("completed", completed), ("sent", sent)] {
        let name = format!("{state}_at");
        let moves_now = has_moved && model.status == state;
        assert_eq!(time != &before[&name], moves_now, "{name} moves when it is {state}");
        assert!(!moves_now || time == since, "{name} is since when it is {state}");
    }
    let order = [&after["created_at"], started, completed, sent];
    let passed = match model.status {
        "created" | "assigned" => 1,
        "in_progress" => 2,
        "completed" => 3,
        _ => 4,
    };
    let times: Vec<String> = order[..passed].iter().map(|time| text(time)).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert!(text(&after["updated_at"]) >= text(since));
}

async fn play(ground: &Ground, history: Vec<(Who, Step)>) {
    let (id, required) = (ground.take_in(None).await, required(ground).await);
    let play = Play { ground, id, required };
    let mut model = Model::new(play.required.len());
    for (who, step) in history {
        let (before, status_before) = (play.row().await, model.status);
        let expected = model.take(who, &step);
        let answer = play.take(who, &step).await;
        compare(&answer, &expected, status_before);
        let after = play.row().await;
        judge_row(&model, &before, &after, &play);
        // A link made anew for whoever asks again is no step.
        if expected != Done {
            assert!(expected == Gone || before == after, "what is refused changes nothing: {who:?} {step:?}");
        }
        let events = ground.events(&play.id).await;
        let kinds: Vec<&str> = events.iter().map(|(kind, ..)| kind.as_str()).collect();
        assert_eq!(kinds, model.events, "after {who:?} {step:?}");
    }
    judge_events(&ground.events(&play.id).await);
    if !model.is_deleted {
        let whole = ground.app.get(&format!("/inspections/{}", play.id), &ground.world.ours.manager).await.ok();
        let missing = whole["progress"]["missing"].as_array().expect("a list");
        assert_eq!(missing.is_empty(), !model.is_missing_something());
    }
}

/// The events of the steps tell one story: each begins where the one before it ended.
fn judge_events(events: &[(String, Value, Value)]) {
    let stage = |value: &Value| (value["status"].clone(), value["assigned_to"].clone());
    let steps = ["created", "assigned", "started", "completed", "reopened"];
    let mut last = json!(null);
    for (kind, before, after) in events.iter().filter(|(kind, ..)| kind == "sent" || steps.contains(&kind.as_str())) {
        if kind != "created" {
            assert_eq!(stage(before), stage(&last), "{kind} begins where the last step ended");
        }
        if kind == "sent" {
            last = json!({ "status": "sent", "assigned_to": before["assigned_to"] });
        } else {
            assert_ne!(stage(before), stage(after), "{kind} is a change");
            last = after.clone();
        }
    }
}

/// A green tap for everything that our car has to be rated on.
async fn required(ground: &Ground) -> Vec<Value> {
    let catalogue = ground.app.get("/catalogue", &ground.world.ours.mechanic).await.ok();
    let mut taps = Vec::new();
    for category in catalogue["categories"].as_array().expect("a list") {
        for component in category["components"].as_array().expect("a list") {
            let kinds: BTreeSet<&str> =
                component["applies_to"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
            if component["required"] == true && kinds.contains("combustion") {
                taps.push(json!({ "category": category["key"], "component": component["key"], "severity": "green" }));
            }
        }
    }
    taps
}

#[test]
fn the_way_of_an_inspection_is_the_model_s() {
    hold(60, any_history(), &play);
}
