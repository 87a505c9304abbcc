//! The other shop's people with our ids: in the path, in the body, in a filter. An id of ours is to them what nobody has,
//! nothing of ours changes, and nothing of ours is told.

use serde_json::json;
use tokio_postgres::Client;
use uuid::Uuid;

use super::fingerprint::fingerprint;
use super::rules::{RULES, Rule, Who};
use super::scene::Scene;
use super::{ask, ask_at, demand_none, told};
use crate::support::{Answer, TestApp, World, merged};

/// The same car at the same moment, in both shops.
struct Neighbours {
    ours: Scene,
    theirs: Scene,
}

fn unknown() -> String {
    Uuid::now_v7().to_string()
}

/// The answers, where they are not all alike and of this kind.
fn unlike(what: &str, answers: &[Answer], is_right: impl Fn(&Answer) -> bool) -> Option<String> {
    let mut words: Vec<String> = answers.iter().map(told).collect();
    words.dedup();
    (words.len() > 1 || !answers.iter().all(is_right)).then(|| format!("{what}: {}", words.join(", then ")))
}

impl Neighbours {
    /// Our ids in each place of the path and behind it, where the places before it have their own.
    async fn reach_by_path(&self, app: &TestApp, rule: &Rule) -> Vec<String> {
        let mut faults = Vec::new();
        let Self { ours, theirs } = self;
        for (role, person) in [("manager", &theirs.manager), ("mechanic", &theirs.mechanic)] {
            let refusal = if rule.who == Who::Manager && role == "mechanic" { 403 } else { 404 };
            let mut answers = Vec::new();
            for first in 0..rule.places() {
                for foreign in [None, Some(unknown()), Some("nobody".to_owned())] {
                    let path = rule.path(|behind, place| match &foreign {
                        _ if place < first => theirs[behind].clone(),
                        Some(nobodys) => nobodys.clone(),
                        None => ours[behind].clone(),
                    });
                    let body = rule.body.map(|body| body(theirs));
                    answers.push(ask_at(app, rule, &path, Some(person), body).await);
                }
            }
            let what = format!("their {role} with our id in the path");
            faults.extend(unlike(&what, &answers, |answer| answer.status == refusal));
        }
        faults
    }

    /// Our ids as members of a body that is otherwise sound.
    async fn reach_by_body(&self, app: &TestApp, rule: &Rule) -> Vec<String> {
        let mut faults = Vec::new();
        let Some(body) = rule.body else { return faults };
        let (sound, of_ours) = (body(&self.theirs), body(&self.ours));
        let path = rule.path(|behind, _| self.theirs[behind].clone());
        for (member, id) in sound.as_object().unwrap() {
            if !self.theirs.all_ids().any(|own| id == own) {
                continue;
            }
            let mut answers = Vec::new();
            for foreign in [of_ours[member].clone(), json!(unknown())] {
                let body = merged(&sound, &json!({ member: foreign }));
                answers.push(ask_at(app, rule, &path, Some(&self.theirs.manager), Some(body)).await);
            }
            let is_right =
                |answer: &Answer| answer.status == 422 && answer.json()["errors"][0]["field"] == member.as_str();
            faults.extend(unlike(&format!("our id as {member}"), &answers, is_right));
        }
        faults
    }

    /// Our ids as parameters of a list of theirs.
    async fn reach_by_filter(&self, app: &TestApp, rule: &Rule) -> Vec<String> {
        let mut faults = Vec::new();
        let path = rule.path(|behind, _| self.theirs[behind].clone());
        for (filter, behind) in rule.filters {
            let mut answers = Vec::new();
            for id in [&self.ours[behind], &unknown()] {
                let path = format!("{path}?{filter}={id}");
                answers.push(ask_at(app, rule, &path, Some(&self.theirs.manager), None).await);
            }
            faults.extend(unlike(&format!("our id as {filter}"), &answers, |answer| answer.status == rule.success));
        }
        faults
    }

    /// What they ask for themselves: it is done, and nothing of ours stands in the answer.
    async fn ask_for_their_own(&self, app: &TestApp, rule: &Rule, our_shop: &String) -> Vec<String> {
        let own = ask(app, rule, &self.theirs, Some(&self.theirs.manager)).await;
        let words = told(&own);
        if own.status != rule.success {
            return vec![format!("asking for their own: {words}")];
        }
        let ids = self.ours.all_ids().chain([our_shop]).filter(|id| words.contains(*id));
        ids.map(|id| format!("asking for their own: our id {id} is in {words}")).collect()
    }
}

/// Everything that they try with one operation; then we ask for the same, so that it was the shop that was refused.
async fn trespass(app: &TestApp, owner: &Client, world: &World, rule: &Rule) -> Vec<String> {
    let ours = Scene::set(app, owner, &world.ours, rule.ready).await;
    let theirs = Scene::set(app, owner, &world.theirs, rule.ready).await;
    let neighbours = Neighbours { ours, theirs };
    let before = fingerprint(owner, &world.ours.id).await;
    let mut faults = neighbours.reach_by_path(app, rule).await;
    faults.extend(neighbours.reach_by_body(app, rule).await);
    faults.extend(neighbours.reach_by_filter(app, rule).await);
    faults.extend(neighbours.ask_for_their_own(app, rule, &world.ours.id).await);
    let after = fingerprint(owner, &world.ours.id).await;
    let touched = before.iter().filter(|(table, digest)| after[*table] != **digest);
    faults.extend(touched.map(|(table, _)| format!("rows of ours have changed in {table}")));

    let Neighbours { ours, .. } = neighbours;
    let answer = ask(app, rule, &ours, Some(&ours.manager)).await;
    if answer.status != rule.success {
        faults.push(format!("asking for our own: {}", told(&answer)));
    }
    let is_read = rule.operation.starts_with("GET ") || rule.operation == "POST /shops";
    if (fingerprint(owner, &world.ours.id).await == after) != is_read {
        faults.push("asking for our own: what it changed of ours is not what it should".into());
    }
    faults
}

#[tokio::test]
async fn to_the_neighbour_our_ids_are_unknown_to_every_operation() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    let mut all_faults = Vec::new();
    for rule in RULES {
        let faults = trespass(&app, &owner, &world, rule).await;
        all_faults.extend(faults.iter().map(|fault| format!("{}: {fault}", rule.operation)));
    }
    demand_none(&all_faults);
}
