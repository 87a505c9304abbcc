//! Taps from two phones, one of which is always behind: what is kept, what is left alone, and what is counted.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Ground, Member, hold, text};

/// What a tap may name. The numbers are in half units, so that a millimetre's step of a half is among them.
#[derive(Clone, Debug)]
struct Tap {
    component: Component,
    severity: Member<&'static str>,
    not_applicable: Member<bool>,
    /// In halves of the unit.
    measurement: Member<i32>,
    notes: Member<&'static str>,
    /// Takes the rating back.
    cleared: bool,
    version: Version,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Component {
    /// Required, and measured in millimetres: red to 3, yellow to 5, in halves from 0 to 20.
    Pads,
    /// Measured in parts per million: red from 200, never yellow, whole from 0 to 1000.
    Fluid,
    /// Not measured.
    Pedal,
}

use Component::{Fluid, Pads, Pedal};

impl Component {
    fn key(self) -> &'static str {
        match self {
            Pads => "front_pads_left",
            Fluid => "fluid_condition",
            Pedal => "pedal_feel",
        }
    }

    /// The colour that a measurement proposes, in halves; nothing where it is off the scale or not taken.
    fn proposes(self, halves: i32) -> Option<&'static str> {
        match self {
            Pads if !(0..=40).contains(&halves) => None,
            Pads if halves <= 6 => Some("red"),
            Pads if halves <= 10 => Some("yellow"),
            Fluid if !(0..=2000).contains(&halves) || halves % 2 != 0 => None,
            Fluid if halves >= 400 => Some("red"),
            Pads | Fluid => Some("green"),
            Pedal => None,
        }
    }
}

/// The version that a tap says it knows.
#[derive(Clone, Copy, Debug)]
enum Version {
    Absent,
    /// What this phone was told last of the component, if anything.
    Known,
    /// What the other phone was told last.
    OthersKnown,
    /// One that is still to come.
    Future,
    /// None ever.
    Zero,
}

/// What a phone does.
#[derive(Clone, Debug)]
enum Act {
    Tap(Vec<Tap>, Shape),
    Clear(Component),
    /// Reads the inspection, and so learns of everything.
    Look,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    One,
    List,
}

fn member<T: Clone + std::fmt::Debug + 'static>(
    value: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Member<T>> {
    prop_oneof![3 => Just(None), 1 => Just(Some(None)), 3 => value.prop_map(|value| Some(Some(value)))].boxed()
}

fn any_tap(component: Component) -> impl Strategy<Value = Tap> {
    // Half of the numbers stand where a colour begins or the scale ends.
    let edges = match component {
        Fluid => vec![-2, 0, 398, 399, 400, 2000, 2002],
        Pads | Pedal => vec![-1, 0, 6, 7, 10, 11, 40, 41],
    };
    let halves = prop_oneof![prop::sample::select(edges), 0..41_i32];
    let severity = prop_oneof![3 => Just("green"), 3 => Just("yellow"), 3 => Just("red"), 1 => Just("blue")];
    let notes = prop_oneof![6 => Just("worn"), 6 => Just("scored"), 1 => Just("  ")];
    let not_applicable = prop_oneof![5 => Just(None), 1 => member(any::<bool>())];
    let measurement = prop_oneof![1 => Just(None), 1 => member(halves)];
    let cleared = prop::bool::weighted(0.03);
    let said = (member(severity), not_applicable, measurement, member(notes), cleared, any_version()).prop_map(
        move |(severity, not_applicable, measurement, notes, cleared, version)| Tap {
            component,
            severity,
            not_applicable,
            measurement,
            notes,
            cleared,
            version,
        },
    );
    prop_oneof![5 => said, 1 => any_version().prop_map(move |version| take_back(component, version))]
}

/// Takes a rating back, and says nothing else.
fn take_back(component: Component, version: Version) -> Tap {
    Tap { component, severity: None, not_applicable: None, measurement: None, notes: None, cleared: true, version }
}

fn any_version() -> impl Strategy<Value = Version> {
    prop_oneof![
        2 => Just(Version::Absent),
        6 => Just(Version::Known),
        2 => Just(Version::OthersKnown),
        1 => Just(Version::Future),
        1 => Just(Version::Zero)
    ]
}

fn any_act() -> impl Strategy<Value = Act> {
    let component = prop_oneof![Just(Pads), Just(Fluid), Just(Pedal)];
    let one = component.clone().prop_flat_map(any_tap).prop_map(|tap| Act::Tap(vec![tap], Shape::One));
    let list = prop::collection::vec(component.clone().prop_flat_map(any_tap), 0..4);
    prop_oneof![
        6 => one,
        4 => list.prop_map(|taps| Act::Tap(taps, Shape::List)),
        2 => component.prop_map(Act::Clear),
        1 => Just(Act::Look),
    ]
}

/// Which of the two phones acts, and whether it does so twice because the answer was lost.
fn any_history() -> impl Strategy<Value = Vec<(usize, Act, bool)>> {
    prop::collection::vec((0..2_usize, any_act(), prop::bool::weighted(0.2)), 1..24)
}

/// A finding as the rules have it.
#[derive(Clone, Debug, Default, PartialEq)]
struct Finding {
    severity: Option<&'static str>,
    not_applicable: bool,
    halves: Option<i32>,
    proposed: Option<&'static str>,
    notes: Option<&'static str>,
}

/// All findings with the number of the write that last changed each.
#[derive(Clone, Debug, Default, PartialEq)]
struct Model {
    findings: BTreeMap<Component, (Finding, i64)>,
    writes: i64,
}

/// What a request comes to.
#[derive(Debug, Default, PartialEq)]
struct Told {
    items: BTreeMap<&'static str, i64>,
    conflicts: BTreeMap<&'static str, i64>,
}

impl Model {
    /// The taps in turn, all or none: what is told, or the places of those that can't be taken.
    fn tap(&mut self, taps: &[(Tap, Option<i64>)]) -> Result<Told, Vec<usize>> {
        let mut told = Told::default();
        let (mut after, mut bad, mut seen) = (self.clone(), Vec::new(), BTreeSet::new());
        let number = self.writes + 1;
        for (place, (tap, known)) in taps.iter().enumerate() {
            let before = self.findings.get(&tap.component);
            let is_first = seen.insert(tap.component);
            if is_first && tap.cleared && tap.is_silent() {
                let key = tap.component.key();
                match before {
                    Some((_, version)) if known.is_some_and(|known| known < *version) => {
                        told.conflicts.insert(key, *version);
                    }
                    Some(_) => {
                        after.findings.remove(&tap.component);
                        after.writes = number;
                    }
                    None => {}
                }
                continue;
            }
            let verdict = verdict(before.map(|(finding, _)| finding), tap);
            // One that knew less is only told, even where nothing could be made of what it says by now.
            let is_late = match (before, *known) {
                (Some((_, version)), Some(known)) => known < *version,
                // It knew a rating which is gone.
                (None, Some(known)) => known > 0 && known < self.writes,
                (_, None) => false,
            };
            if !is_first || tap.is_garbled() || verdict.is_none() && !is_late {
                bad.push(place);
                continue;
            }
            let key = tap.component.key();
            match (before, verdict) {
                (Some((finding, version)), Some(verdict)) if *finding == verdict => {
                    told.items.insert(key, *version);
                }
                (before, _) if is_late => {
                    told.conflicts.insert(key, before.map_or(self.writes, |(_, version)| *version));
                }
                (_, verdict) => {
                    let verdict = verdict.expect("what is not late was judged");
                    after.findings.insert(tap.component, (verdict, number));
                    after.writes = number;
                    told.items.insert(key, number);
                }
            }
        }
        if bad.is_empty() {
            *self = after;
            Ok(told)
        } else {
            Err(bad)
        }
    }

    fn clear(&mut self, component: Component) {
        if self.findings.remove(&component).is_some() {
            self.writes += 1;
        }
    }

    fn count(&self, is_counted: impl Fn(&Finding) -> bool) -> usize {
        self.findings.values().filter(|(finding, _)| is_counted(finding)).count()
    }
}

impl Tap {
    /// Whether it says what can't be read at all, or contradicts itself.
    fn is_garbled(&self) -> bool {
        let contradicts_itself = self.cleared && !self.is_silent();
        contradicts_itself || self.severity == Some(Some("blue")) || self.notes == Some(Some("  "))
    }

    fn is_silent(&self) -> bool {
        self.severity.is_none() && self.not_applicable.is_none() && self.measurement.is_none() && self.notes.is_none()
    }
}

/// What the tap makes of the finding, or nothing where it can't be.
fn verdict(before: Option<&Finding>, tap: &Tap) -> Option<Finding> {
    let before = before.cloned().unwrap_or_default();
    let notes = tap.notes.unwrap_or(before.notes);
    let (names_colour, names_number) =
        (matches!(tap.severity, Some(Some(_))), matches!(tap.measurement, Some(Some(_))));
    let not_applicable = match tap.not_applicable {
        Some(said) => said == Some(true),
        None => before.not_applicable && !names_colour && !names_number,
    };
    if not_applicable {
        let is_bare = !names_colour && !names_number;
        return is_bare.then_some(Finding { not_applicable, notes, ..Finding::default() });
    }
    let (halves, proposed) = match tap.measurement {
        None => (before.halves, before.proposed),
        Some(None) => (None, None),
        Some(Some(halves)) => (Some(halves), Some(tap.component.proposes(halves)?)),
    };
    let severity = match tap.severity {
        Some(Some(named)) => Some(named),
        Some(None) => proposed,
        None if names_number => proposed,
        None => before.severity,
    };
    severity?;
    Some(Finding { severity, not_applicable, halves, proposed, notes })
}

/// A phone: the versions that it was told last.
#[derive(Default)]
struct Phone {
    known: BTreeMap<&'static str, i64>,
}

impl Phone {
    fn learn(&mut self, findings: &Value) {
        for finding in findings.as_array().expect("a list") {
            let version = finding["version"].as_i64().expect("a number");
            for component in [Pads, Fluid, Pedal] {
                if finding["component"] == component.key() {
                    self.known.insert(component.key(), version);
                }
            }
        }
    }
}

fn body(tap: &Tap, version: Option<i64>) -> Value {
    let mut body = Map::new();
    body.insert("category".into(), json!("brakes"));
    body.insert("component".into(), json!(tap.component.key()));
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.insert(name.into(), value);
        }
    };
    put("severity", tap.severity.map(|said| json!(said)));
    put("not_applicable", tap.not_applicable.map(|said| json!(said)));
    put("measurement", tap.measurement.map(|halves| json!(halves.map(|halves| f64::from(halves) / 2.0))));
    put("notes", tap.notes.map(|said| json!(said)));
    put("cleared", tap.cleared.then_some(Value::Bool(true)));
    put("version", version.map(|known| json!(known)));
    Value::Object(body)
}

struct Play<'a> {
    ground: &'a Ground,
    path: String,
    phones: [Phone; 2],
    model: Model,
    /// Every version that was ever seen of a component, with what it stood for.
    given: BTreeMap<(Component, i64), Finding>,
}

impl Play<'_> {
    fn versions(&self, phone: usize, taps: &[Tap]) -> Vec<(Tap, Option<i64>)> {
        let version = |tap: &Tap| match tap.version {
            Version::Absent => None,
            Version::Known => self.phones[phone].known.get(tap.component.key()).copied(),
            Version::OthersKnown => self.phones[1 - phone].known.get(tap.component.key()).copied(),
            Version::Future => Some(self.model.writes + 7),
            Version::Zero => Some(0),
        };
        taps.iter().map(|tap| (tap.clone(), version(tap))).collect()
    }

    async fn act(&mut self, phone: usize, act: &Act, twice: bool) {
        match act {
            Act::Tap(taps, shape) => {
                let taps = self.versions(phone, taps);
                let told = self.tap(phone, &taps, *shape).await;
                if twice {
                    let (before, writes) = (self.whole().await, self.model.writes);
                    let again = self.tap(phone, &taps, *shape).await;
                    let is_told_the_same =
                        told.map(|told| told["items"].clone()) == again.map(|again| again["items"].clone());
                    assert!(is_told_the_same && writes == self.model.writes, "what is repeated is told the same");
                    assert!(before == self.whole().await, "what is repeated changes nothing");
                } else if let Some(told) = told {
                    self.phones[phone].learn(&told["items"]);
                    self.phones[phone].learn(&told["conflicts"]);
                }
            }
            Act::Clear(component) => self.clear(phone, *component, twice).await,
            Act::Look => {
                let whole = self.whole().await;
                self.phones[phone].learn(&whole["items"]);
            }
        }
    }

    fn person(&self, phone: usize) -> &crate::support::Person {
        let ours = &self.ground.world.ours;
        [&ours.mechanic, &ours.manager][phone]
    }

    /// Sends the taps; what was told, where they were taken.
    async fn tap(&mut self, phone: usize, taps: &[(Tap, Option<i64>)], shape: Shape) -> Option<Value> {
        let bodies: Vec<Value> = taps.iter().map(|(tap, version)| body(tap, *version)).collect();
        let sent = if shape == Shape::One { bodies[0].clone() } else { json!(bodies) };
        let answer = self.ground.app.put(&format!("{}/items", self.path), self.person(phone), &sent).await;
        match self.model.tap(taps) {
            Err(bad) => {
                let fields = answer.invalid_fields();
                let is_named = |place: &usize| shape == Shape::One || fields[0].starts_with(&format!("{place}."));
                assert!(bad.iter().any(is_named), "{sent} was refused for {fields:?}");
                None
            }
            Ok(expected) => {
                let told = answer.ok();
                let versions = |name: &str| -> Vec<(String, i64)> {
                    let rows = told[name].as_array().expect("a list").iter();
                    let mut rows: Vec<_> = rows
                        .map(|row| (text(&row["component"]), row["version"].as_i64().expect("a number")))
                        .collect();
                    rows.sort();
                    rows
                };
                let told_of = |rows: &BTreeMap<&str, i64>| -> Vec<(String, i64)> {
                    rows.iter().map(|(key, version)| ((*key).to_owned(), *version)).collect()
                };
                assert_eq!(versions("items"), told_of(&expected.items), "{sent}");
                assert_eq!(versions("conflicts"), told_of(&expected.conflicts), "{sent}");
                self.judge_progress(&told["progress"]);
                Some(told)
            }
        }
    }

    async fn clear(&mut self, phone: usize, component: Component, twice: bool) {
        let whole = self.whole().await;
        let items = whole["items"].as_array().expect("a list");
        if let Some(item) = items.iter().find(|item| item["component"] == component.key()) {
            let path = format!("{}/items/{}", self.path, text(&item["id"]));
            for _ in 0..=usize::from(twice) {
                self.ground.app.delete(&path, self.person(phone)).await.no_content();
            }
        }
        self.model.clear(component);
    }

    async fn whole(&self) -> Value {
        self.ground.app.get(&self.path, &self.ground.world.ours.manager).await.ok()
    }

    /// The findings are the model's, and so is every number that is counted from them.
    async fn judge(&mut self) {
        let whole = self.whole().await;
        let items = whole["items"].as_array().expect("a list");
        assert_eq!(items.len(), self.model.findings.len());
        for (component, (finding, version)) in &self.model.findings {
            let item = items.iter().find(|item| item["component"] == component.key()).expect("it is rated");
            assert_eq!(item["severity"], json!(finding.severity), "{component:?}");
            assert_eq!(item["not_applicable"], finding.not_applicable, "{component:?}");
            assert_eq!(item["measurement"], json!(finding.halves.map(|halves| f64::from(halves) / 2.0)));
            assert_eq!(item["proposed_severity"], json!(finding.proposed), "{component:?}");
            assert_eq!(item["notes"], json!(finding.notes), "{component:?}");
            assert_eq!(item["version"], *version, "{component:?}");
            let stood_for = self.given.entry((*component, *version)).or_insert_with(|| finding.clone());
            assert_eq!(stood_for, finding, "version {version} is given once");
        }
        self.judge_progress(&whole["progress"]);
        let newest = self.ground.app.get("/inspections?limit=1", &self.ground.world.ours.manager).await.ok();
        let listed = &newest["items"][0];
        assert_eq!((&listed["id"], &listed["progress"]), (&whole["id"], &whole["progress"]), "a list says the same");
    }

    fn judge_progress(&self, progress: &Value) {
        let colour = |named| self.model.count(|finding| finding.severity == Some(named));
        assert_eq!(progress["green"], colour("green"), "nothing unrated is green");
        assert_eq!(progress["yellow"], colour("yellow"));
        assert_eq!(progress["red"], colour("red"));
        assert_eq!(progress["not_applicable"], self.model.count(|finding| finding.not_applicable));
        let is_done = self.model.findings.contains_key(&Pads);
        assert_eq!(progress["done"], usize::from(is_done));
        let missing = progress["missing"].as_array().expect("a list");
        let lacking = |needs: &str| missing.iter().filter(|missing| missing["needs"] == needs).count();
        let unexplained =
            self.model.count(|finding| matches!(finding.severity, Some("yellow" | "red")) && finding.notes.is_none());
        assert_eq!(lacking("note_or_photo"), unexplained);
        assert_eq!(progress["required"], lacking("rating") + usize::from(is_done));
    }

    /// One event for each finding that a write changed, and the counter in the row is the last number given.
    async fn judge_events(&self) {
        let id = self.path.rsplit('/').next().expect("an id");
        let sql = "SELECT findings_version::bigint FROM inspections WHERE id::text = $1";
        let counter: i64 = self.ground.owner.query_one(sql, &[&id]).await.expect("the inspection").get(0);
        assert_eq!(counter, self.model.writes);
        for (kind, before, after) in self.ground.events(id).await {
            assert!(kind != "rated" || before != after, "no event for nothing: {before} {after}");
        }
    }
}

async fn play(ground: &Ground, history: Vec<(usize, Act, bool)>) {
    let id = ground.take_in(Some(&ground.world.ours.mechanic.id)).await;
    let path = format!("/inspections/{id}");
    ground.app.post(&format!("{path}/start"), &ground.world.ours.mechanic, &json!({})).await.ok();
    let mut play =
        Play { ground, path, phones: Default::default(), model: Model::default(), given: BTreeMap::default() };
    for (phone, act, twice) in history {
        play.act(phone, &act, twice).await;
        play.judge().await;
    }
    play.judge_events().await;
}

#[test]
fn of_two_phones_the_last_tap_that_knew_the_state_wins() {
    hold(60, any_history(), &play);
}
