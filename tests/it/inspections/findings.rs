//! How components are rated, and what may be rated when.

use serde_json::{Value, json};

use super::{started, take_in};
use crate::support::{TestApp, merged};

#[tokio::test]
async fn a_number_proposes_the_colour_and_a_finding_keeps_what_was_proposed() {
    let (app, world) = TestApp::start().await;
    let mechanic = &world.ours.mechanic;
    let path = started(&app, &world).await;
    let items = format!("{path}/items");
    let component = json!({ "category": "brakes", "component": "front_pads_left" });
    let pads = |rest: Value| merged(&component, &rest);
    let rated = app.put(&items, mechanic, &pads(json!({ "measurement": 3.5 }))).await.ok();
    let finding = &rated["items"][0];
    assert_eq!((&finding["severity"], &finding["proposed_severity"]), (&json!("yellow"), &json!("yellow")));
    assert_eq!(finding["rated_by"], mechanic.id.as_str());
    assert_eq!(rated["progress"]["missing"][4]["needs"], "note_or_photo");

    let over = app.put(&items, mechanic, &pads(json!({ "severity": "red", "notes": "Scored" }))).await.ok();
    let finding = &over["items"][0];
    assert_eq!((&finding["severity"], &finding["proposed_severity"]), (&json!("red"), &json!("yellow")));
    assert_eq!(finding["measurement"], 3.5);
    assert!(finding["version"].as_i64() > rated["items"][0]["version"].as_i64());

    let bare = app.put(&items, mechanic, &pads(json!({ "not_applicable": true }))).await.ok();
    assert_eq!(bare["items"][0]["severity"], json!(null));
    assert_eq!((&bare["progress"]["green"], &bare["progress"]["not_applicable"]), (&json!(0), &json!(1)));
}

#[tokio::test]
async fn a_late_tap_does_not_overwrite_a_newer_one() {
    let (app, world) = TestApp::start().await;
    let mechanic = &world.ours.mechanic;
    let items = format!("{}/items", started(&app, &world).await);
    let tap = |severity: &str, version: Option<i64>| json!({ "category": "tires", "component": "spare", "severity": severity, "notes": "x", "version": version });
    let first = app.put(&items, mechanic, &tap("green", None)).await.ok();
    let known = first["items"][0]["version"].as_i64();
    let newer = app.put(&items, mechanic, &tap("red", known)).await.ok();
    let late = app.put(&items, mechanic, &tap("yellow", known)).await.ok();
    assert_eq!(late["items"], json!([]));
    assert_eq!(late["conflicts"][0], newer["items"][0]);
    let repeated = app.put(&items, mechanic, &tap("red", known)).await.ok();
    assert_eq!(repeated["conflicts"], json!([]), "a tap whose answer was lost finds its own work done");
    assert_eq!(repeated["items"][0], newer["items"][0]);
}

#[tokio::test]
async fn a_late_tap_of_which_nothing_can_be_made_any_more_keeps_no_other_out() {
    let (app, world) = TestApp::start().await;
    let mechanic = &world.ours.mechanic;
    let path = started(&app, &world).await;
    let items = format!("{path}/items");
    let bare = json!({ "category": "tires", "component": "spare", "not_applicable": true });
    let gone = app.put(&items, mechanic, &bare).await.ok()["items"][0].clone();
    app.delete(&format!("{items}/{}", gone["id"].as_str().unwrap()), mechanic).await.no_content();
    app.put(&items, mechanic, &bare).await.ok();
    // Said of a rating that had a colour when it was said.
    let tap = json!({ "category": "tires", "component": "spare", "not_applicable": false });
    let late = merged(&tap, &json!({ "version": gone["version"] }));
    let horn = json!({ "category": "lights", "component": "horn", "severity": "green" });
    let told = app.put(&items, mechanic, &json!([late, horn])).await.ok();
    assert_eq!(
        (&told["items"][0]["component"], &told["conflicts"][0]["component"]),
        (&json!("horn"), &json!("spare"))
    );
    let unwarned = app.put(&items, mechanic, &tap).await;
    assert_eq!(unwarned.invalid_fields(), ["severity"], "one that knows nothing older is told what it lacks");
}

#[tokio::test]
async fn a_list_is_taken_whole_or_not_at_all() {
    let (app, world) = TestApp::start().await;
    let mechanic = &world.ours.mechanic;
    let path = started(&app, &world).await;
    let items = format!("{path}/items");
    let good = json!({ "category": "tires", "component": "spare", "severity": "green" });
    let cases = [
        (json!({ "category": "tires", "component": "spare", "severity": "red" }), "1.component"),
        (json!({ "category": "tires", "component": "wings", "severity": "red" }), "1.component"),
        (json!({ "category": "sails", "component": "spare", "severity": "red" }), "1.category"),
        (json!({ "category": "lights", "component": "horn", "severity": "blue" }), "1.severity"),
        (json!({ "category": "lights", "component": "horn" }), "1.severity"),
        (json!({ "category": "lights", "component": "horn", "measurement": 1 }), "1.measurement"),
        (json!({ "category": "lights", "component": "horn", "severity": "green", "colour": 1 }), "1.colour"),
    ];
    for (bad, field) in cases {
        let answer = app.put(&items, mechanic, &json!([good, bad])).await;
        assert_eq!(answer.invalid_fields(), [field], "{bad}");
    }
    assert_eq!(app.get(&path, mechanic).await.ok()["items"], json!([]));
    let many: Vec<_> = (0..201).map(|_| good.clone()).collect();
    app.put(&items, mechanic, &json!(many)).await.problem(422, "about:blank");
    app.put(&items, mechanic, &json!([])).await.ok();
}

#[tokio::test]
async fn a_list_is_answered_as_it_is_read_afterwards() {
    let (app, world) = TestApp::start().await;
    let mechanic = &world.ours.mechanic;
    let path = started(&app, &world).await;
    let items = format!("{path}/items");
    let tap = |category: &str, component: &str, severity: &str| json!({ "category": category, "component": component, "severity": severity });
    let before = json!([tap("leaks", "engine_oil", "green"), tap("lights", "horn", "green")]);
    app.put(&items, mechanic, &before).await.ok();
    // One stands already, one changes, one is new; and they are sent from the last to the first.
    let taps =
        json!([tap("leaks", "engine_oil", "green"), tap("lights", "horn", "red"), tap("tires", "spare", "green")]);
    let answer = app.put(&items, mechanic, &taps).await.ok();
    let read = app.get(&path, mechanic).await.ok();
    assert_eq!(answer["items"], read["items"]);
    assert_eq!(answer["items"][0]["component"], "spare");
    assert_eq!(answer["progress"], read["progress"]);
    assert_eq!(app.put(&items, mechanic, &taps).await.ok(), answer);
}

#[tokio::test]
async fn under_review_a_manager_mends_words_and_nothing_else() {
    let (app, world) = TestApp::start().await;
    let (boss, mechanic) = (&world.ours.manager, &world.ours.mechanic);
    let path = started(&app, &world).await;
    let items = format!("{path}/items");
    let horn = json!({ "category": "lights", "component": "horn", "severity": "red", "notes": "ded" });
    app.put(&items, mechanic, &horn).await.ok();
    app.post(&format!("{path}/complete"), boss, &json!({ "allow_incomplete": true })).await.ok();
    let words = json!({ "category": "lights", "component": "horn", "notes": "Does not sound" });
    app.put(&items, mechanic, &words).await.problem(409, "state");
    let mended = app.put(&items, boss, &words).await.ok();
    assert_eq!(mended["items"][0]["notes"], "Does not sound");
    assert_eq!(mended["items"][0]["rated_by"], mechanic.id.as_str(), "the verdict stays the mechanic's");
    let verdict = json!({ "category": "lights", "component": "horn", "severity": "green" });
    app.put(&items, boss, &verdict).await.problem(409, "state");
    let new = json!({ "category": "tires", "component": "spare", "severity": "green" });
    app.put(&items, boss, &new).await.problem(409, "state");
}

#[tokio::test]
async fn the_next_visit_knows_the_last_one() {
    let (app, world) = TestApp::start().await;
    let (boss, mechanic) = (&world.ours.manager, &world.ours.mechanic);
    let first = started(&app, &world).await;
    let pads =
        json!({ "category": "brakes", "component": "front_pads_left", "measurement": 4.5, "notes": "ok for now" });
    app.put(&format!("{first}/items"), mechanic, &pads).await.ok();
    let second = take_in(&app, &world, &json!({})).await;
    assert_eq!(app.get(&second, boss).await.ok()["previous"], json!([]), "an unfinished visit says nothing yet");
    app.post(&format!("{first}/complete"), boss, &json!({ "allow_incomplete": true })).await.ok();
    let previous = app.get(&second, boss).await.ok()["previous"].clone();
    assert_eq!(previous[0]["component"], "front_pads_left");
    assert_eq!((&previous[0]["measurement"], &previous[0]["severity"]), (&json!(4.5), &json!("yellow")));

    let history = app.get(&format!("/vehicles/{}/inspections", world.ours.vehicle), mechanic).await.ok();
    let statuses: Vec<_> = history["items"].as_array().unwrap().iter().map(|i| i["status"].clone()).collect();
    assert_eq!(statuses, [json!("created"), json!("completed")]);
    let foreign = format!("/vehicles/{}/inspections", world.theirs.vehicle);
    app.get(&foreign, mechanic).await.problem(404, "about:blank");
}

#[tokio::test]
async fn two_people_at_once_both_count_and_neither_is_lost() {
    let (app, world) = TestApp::start().await;
    let (boss, mechanic) = (&world.ours.manager, &world.ours.mechanic);
    let path = started(&app, &world).await;
    let items = format!("{path}/items");
    let one = json!({ "category": "lights", "component": "horn", "severity": "green" });
    let other = json!({ "category": "tires", "component": "spare", "severity": "green" });
    let same = json!({ "category": "lights", "component": "horn", "severity": "red", "notes": "silent" });
    let (a, b, c) =
        tokio::join!(app.put(&items, mechanic, &one), app.put(&items, boss, &other), app.put(&items, boss, &same));
    for answer in [&a, &b, &c] {
        answer.ok();
    }
    let whole = app.get(&path, boss).await.ok();
    assert_eq!(whole["items"].as_array().unwrap().len(), 2);
    let mut versions: Vec<_> =
        [&a, &b, &c].iter().map(|x| x.json()["items"][0]["version"].as_i64().unwrap()).collect();
    versions.sort_unstable();
    assert_eq!(versions, [1, 2, 3], "each write has a version of its own");
}
