//! Whoever has no session, or no longer has one.

use tokio_postgres::Client;

use super::fingerprint::fingerprint;
use super::rules::{RULES, Who};
use super::scene::{Ready, Scene};
use super::{ask, demand_none, told};
use crate::support::{Person, TestApp, World};

/// Sessions that let nobody in, by what became of them.
async fn ended(app: &TestApp, owner: &Client, world: &World) -> Vec<(&'static str, Person)> {
    let mut ended = Vec::new();
    for (what, sql) in [
        ("logged out", ""),
        (
            "unused for long",
            "UPDATE sessions SET last_seen_at = now() - interval '13 hours' WHERE user_id::text = $1",
        ),
        ("begun long ago", "UPDATE sessions SET created_at = now() - interval '8 days' WHERE user_id::text = $1"),
        ("of somebody deactivated", "UPDATE users SET status = 'inactive' WHERE id::text = $1"),
        ("of somebody removed", "UPDATE users SET deleted_at = now() WHERE id::text = $1"),
    ] {
        let person = Scene::set(app, owner, &world.ours, Ready::Desk).await.manager;
        app.get("/me", &person).await.ok();
        if sql.is_empty() {
            app.delete("/sessions/current", &person).await.no_content();
        } else {
            assert_eq!(owner.execute(sql, &[&person.id]).await.unwrap(), 1);
        }
        ended.push((what, person));
    }
    let mut astray = Scene::set(app, owner, &world.ours, Ready::Desk).await.manager;
    astray.token = astray.token.replace(&world.ours.id, &world.theirs.id);
    ended.push(("with the neighbour's name on it", astray));
    ended
}

#[tokio::test]
async fn an_ended_session_is_answered_like_none_by_every_operation() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    let ended = ended(&app, &owner, &world).await;
    let mut faults = Vec::new();
    for rule in RULES.iter().filter(|rule| rule.who != Who::Anyone) {
        let scene = Scene::set(&app, &owner, &world.ours, rule.ready).await;
        let before = fingerprint(&owner, &world.ours.id).await;
        let anonymous = ask(&app, rule, &scene, None).await;
        if anonymous.status != 401 {
            faults.push(format!("{}: anonymous: {}", rule.operation, told(&anonymous)));
        }
        for (what, person) in &ended {
            let answer = ask(&app, rule, &scene, Some(person)).await;
            if told(&answer) != told(&anonymous) {
                faults.push(format!("{}: a session {what}: {}", rule.operation, told(&answer)));
            }
        }
        if fingerprint(&owner, &world.ours.id).await != before {
            faults.push(format!("{}: a stranger has changed something", rule.operation));
        }
    }
    demand_none(&faults);
}
