//! Ratings that are taken back: by their id, or in a list among others.

use serde_json::json;

use crate::inspections::{everything_green, started};
use crate::support::{TestApp, merged};

#[tokio::test]
async fn a_rating_taken_back_is_not_inspected_again() {
    let (app, world) = TestApp::start().await;
    let mechanic = &world.ours.mechanic;
    let path = started(&app, &world).await;
    let tap = json!({ "category": "lights", "component": "horn", "severity": "green" });
    let rated = app.put(&format!("{path}/items"), mechanic, &tap).await.ok();
    let item = format!("{path}/items/{}", rated["items"][0]["id"].as_str().unwrap());
    app.delete(&item, &world.theirs.manager).await.problem(404, "about:blank");
    app.delete(&item, mechanic).await.no_content();
    app.delete(&item, mechanic).await.no_content();
    app.delete(&format!("{path}/items/{}", world.ours.vehicle), mechanic).await.problem(404, "about:blank");
    assert_eq!(app.get(&path, mechanic).await.ok()["progress"]["green"], 0);
    let again = app.put(&format!("{path}/items"), mechanic, &tap).await.ok();
    assert!(again["items"][0]["version"].as_i64() > rated["items"][0]["version"].as_i64());
}

#[tokio::test]
async fn a_late_tap_does_not_bring_back_what_was_taken_back() {
    let (app, world) = TestApp::start().await;
    let mechanic = &world.ours.mechanic;
    let path = started(&app, &world).await;
    let items = format!("{path}/items");
    let tap = json!({ "category": "lights", "component": "horn", "severity": "green" });
    let rated = app.put(&items, mechanic, &tap).await.ok()["items"][0].clone();
    app.delete(&format!("{items}/{}", rated["id"].as_str().unwrap()), mechanic).await.no_content();
    let late = merged(&tap, &json!({ "version": rated["version"] }));
    let left = app.put(&items, mechanic, &late).await.ok();
    assert_eq!(left["items"], json!([]));
    assert_eq!(
        (&left["conflicts"][0]["component"], &left["conflicts"][0]["severity"]),
        (&json!("horn"), &json!(null))
    );
    let knowing = merged(&tap, &json!({ "version": left["conflicts"][0]["version"] }));
    assert_eq!(app.put(&items, mechanic, &knowing).await.ok()["items"][0]["severity"], "green");
}

#[tokio::test]
async fn a_list_takes_some_back_and_gives_others() {
    let (app, world) = TestApp::start().await;
    let mechanic = &world.ours.mechanic;
    let path = started(&app, &world).await;
    let items = format!("{path}/items");
    let horn = json!({ "category": "lights", "component": "horn", "severity": "red", "notes": "Silent" });
    let tail = json!({ "category": "lights", "component": "tail_lamps", "severity": "green" });
    let rated = app.put(&items, mechanic, &json!([horn, tail])).await.ok();
    let version = rated["items"][0]["version"].clone();
    let back = |key: &str| json!({ "category": "lights", "component": key, "cleared": true, "version": version });
    let spare = json!({ "category": "tires", "component": "spare", "severity": "green", "version": 0 });
    let list = json!([back("horn"), spare, back("tail_lamps"), back("fog_lamps")]);
    let told = app.put(&items, mechanic, &list).await.ok();
    let read = app.get(&path, mechanic).await.ok();
    assert_eq!((&told["items"], &told["conflicts"]), (&read["items"], &json!([])));
    assert_eq!((read["items"].as_array().unwrap().len(), &read["items"][0]["component"]), (1, &json!("spare")));
    assert_eq!(told["progress"], read["progress"]);
    assert_eq!(app.put(&items, mechanic, &list).await.ok(), told, "a repeated list is told the same");
    let owner = app.owner().await;
    let said =
        "SELECT before ->> 'component', before ->> 'notes' FROM inspection_events WHERE kind = 'cleared' ORDER BY 1";
    let events: Vec<(String, Option<String>)> =
        owner.query(said, &[]).await.unwrap().iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(events, [("horn".to_owned(), Some("Silent".to_owned())), ("tail_lamps".to_owned(), None)]);
}

#[tokio::test]
async fn what_was_rated_anew_meanwhile_stays_and_is_told() {
    let (app, world) = TestApp::start().await;
    let mechanic = &world.ours.mechanic;
    let path = started(&app, &world).await;
    let items = format!("{path}/items");
    let horn = json!({ "category": "lights", "component": "horn" });
    let green = app.put(&items, mechanic, &merged(&horn, &json!({ "severity": "green" }))).await.ok();
    let red = app.put(&items, &world.ours.manager, &merged(&horn, &json!({ "severity": "red" }))).await.ok();
    let back = |version| merged(&horn, &json!({ "cleared": true, "version": version }));
    let late = app.put(&items, mechanic, &back(green["items"][0]["version"].clone())).await.ok();
    assert_eq!((&late["items"], &late["conflicts"]), (&json!([]), &red["items"]));
    let knowing = app.put(&items, mechanic, &back(red["items"][0]["version"].clone())).await.ok();
    assert_eq!((&knowing["conflicts"], &knowing["progress"]["red"]), (&json!([]), &json!(0)));
}

#[tokio::test]
async fn whoever_takes_one_back_says_nothing_else_of_it() {
    let (app, world) = TestApp::start().await;
    let mechanic = &world.ours.mechanic;
    let path = started(&app, &world).await;
    let items = format!("{path}/items");
    let horn = json!({ "category": "lights", "component": "horn" });
    app.put(&items, mechanic, &merged(&horn, &json!({ "severity": "green", "cleared": false }))).await.ok();
    let others = [
        json!({ "severity": "red" }),
        json!({ "severity": null }),
        json!({ "not_applicable": false }),
        json!({ "measurement": null }),
        json!({ "notes": "Silent" }),
    ];
    for other in others {
        let both = merged(&merged(&horn, &json!({ "cleared": true })), &other);
        assert_eq!(app.put(&items, mechanic, &both).await.invalid_fields(), ["cleared"], "{other}");
    }
    assert_eq!(app.get(&path, mechanic).await.ok()["progress"]["green"], 1);
}

#[tokio::test]
async fn under_review_none_is_taken_back() {
    let (app, world) = TestApp::start().await;
    let (boss, mechanic) = (&world.ours.manager, &world.ours.mechanic);
    let path = started(&app, &world).await;
    let items = format!("{path}/items");
    app.put(&items, mechanic, &everything_green(&app, mechanic, &path).await).await.ok();
    let done = app.post(&format!("{path}/complete"), mechanic, &json!({})).await.ok();
    let horn = json!({ "category": "lights", "component": "horn", "cleared": true });
    for who in [boss, mechanic] {
        assert_eq!(app.put(&items, who, &horn).await.problem(409, "state")["current"], "completed");
    }
    assert_eq!(app.get(&path, boss).await.ok()["items"], done["items"]);
}
