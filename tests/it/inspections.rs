//! From a car arriving to an inspection completed.

use serde_json::{Value, json};

use crate::support::{Person, TestApp, World, merged};

async fn take_in(app: &TestApp, world: &World, extra: &Value) -> String {
    let body = merged(&json!({ "vehicle_id": world.ours.vehicle }), extra);
    let inspection = app.post("/inspections", &world.ours.manager, &body).await.created();
    format!("/inspections/{}", inspection["id"].as_str().expect("an id"))
}

/// An inspection that the mechanic has started.
pub(crate) async fn started(app: &TestApp, world: &World) -> String {
    let path = take_in(app, world, &json!({ "assigned_to": world.ours.mechanic.id })).await;
    app.post(&format!("{path}/start"), &world.ours.mechanic, &json!({})).await.ok();
    path
}

/// Every required component, green, with the numbers where they are measured.
pub(crate) async fn everything_green(app: &TestApp, who: &Person, path: &str) -> Value {
    let missing = app.get(path, who).await.ok()["progress"]["missing"].clone();
    let green = |m: &Value| json!({ "category": m["category"], "component": m["component"], "severity": "green" });
    Value::Array(missing.as_array().expect("a list").iter().map(green).collect())
}

#[tokio::test]
async fn a_car_goes_from_the_door_to_completed() {
    let (app, world) = TestApp::start().await;
    let (boss, mechanic) = (&world.ours.manager, &world.ours.mechanic);
    let path =
        take_in(&app, &world, &json!({ "customer_concerns": ["Squeals when braking"], "odometer_reading": 48210 }))
            .await;
    let created = app.get(&path, boss).await.ok();
    assert_eq!(created["status"], "created");
    assert_eq!(created["customer_concerns"], json!(["Squeals when braking"]));
    assert_eq!(created["vehicle"]["make"], "Honda");
    assert_eq!(created["customer"]["first_name"], "Ruth");
    assert_eq!(created["progress"]["green"], 0);
    assert_eq!((&created["items"], &created["photos"]), (&json!([]), &json!([])));

    let assigned = app.post(&format!("{path}/assign"), boss, &json!({ "user_id": mechanic.id })).await.ok();
    assert_eq!(assigned["status"], "assigned");
    assert_eq!(assigned["assignee"]["id"], mechanic.id.as_str());
    let begun = app.post(&format!("{path}/start"), mechanic, &json!({})).await.ok();
    assert_eq!(begun["status"], "in_progress");
    assert!(begun["started_at"].is_string());

    let refused = app.post(&format!("{path}/complete"), mechanic, &json!({})).await.problem(409, "incomplete");
    assert_eq!(refused["missing"].as_array().unwrap().len(), 31);
    let taps = everything_green(&app, mechanic, &path).await;
    let rated = app.put(&format!("{path}/items"), mechanic, &taps).await.ok();
    assert_eq!(rated["progress"]["done"], 31);
    let done = app.post(&format!("{path}/complete"), mechanic, &json!({})).await.ok();
    assert_eq!(done["status"], "completed");
    assert!(done["completed_at"].is_string());
    assert_eq!(done["items"].as_array().unwrap().len(), 31);

    let kinds = events(&app).await;
    assert_eq!(kinds[..4], ["created", "assigned", "started", "rated"]);
    assert_eq!(kinds.last().unwrap(), "completed");
}

async fn events(app: &TestApp) -> Vec<String> {
    let all = "SELECT kind FROM inspection_events ORDER BY created_at";
    let rows = app.owner().await.query(all, &[]).await.expect("the events");
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn every_step_may_be_repeated_and_leaves_one_event() {
    let (app, world) = TestApp::start().await;
    let (boss, mechanic) = (&world.ours.manager, &world.ours.mechanic);
    let path = take_in(&app, &world, &json!({})).await;
    let steps = [
        (boss, "assign", json!({ "user_id": mechanic.id }), "assigned"),
        (mechanic, "start", json!({}), "in_progress"),
        (boss, "complete", json!({ "allow_incomplete": true }), "completed"),
        (boss, "reopen", json!({ "reason": "photo of the left ball joint" }), "in_progress"),
    ];
    for (who, step, body, status) in steps {
        for _ in 0..2 {
            let answer = app.post(&format!("{path}/{step}"), who, &body).await.ok();
            assert_eq!(answer["status"], status, "{step}");
        }
    }
    assert_eq!(events(&app).await, ["created", "assigned", "started", "completed", "reopened"]);
}

#[tokio::test]
async fn a_step_that_the_state_does_not_allow_names_the_state() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let path = take_in(&app, &world, &json!({})).await;
    for step in ["complete", "reopen"] {
        let problem = app.post(&format!("{path}/{step}"), boss, &json!({})).await.problem(409, "state");
        assert_eq!(problem["current"], "created");
    }
    let items = format!("{path}/items");
    let tap = json!({ "category": "tires", "component": "spare", "severity": "green" });
    app.put(&items, boss, &tap).await.problem(409, "state");
    app.post(&format!("{path}/start"), boss, &json!({})).await.ok();
    app.post(&format!("{path}/complete"), boss, &json!({ "allow_incomplete": true })).await.ok();
    let problem = app.post(&format!("{path}/start"), boss, &json!({})).await.problem(409, "state");
    assert_eq!(problem["current"], "completed");
    let other = json!({ "user_id": world.ours.mechanic.id });
    app.post(&format!("{path}/assign"), boss, &other).await.problem(409, "state");
}

#[tokio::test]
async fn taking_in_twice_takes_in_once() {
    let (app, world) = TestApp::start().await;
    let body = json!({ "id": "0190f0c0-0000-7000-8000-0000000000aa", "vehicle_id": world.ours.vehicle });
    app.post("/inspections", &world.ours.manager, &body).await.created();
    let again = app.post("/inspections", &world.ours.manager, &body).await.ok();
    assert_eq!(again["id"], body["id"]);
    assert_eq!(events(&app).await, ["created"]);
    let other = json!({ "id": body["id"], "vehicle_id": world.ours.vehicle, "odometer_reading": 1 });
    app.post("/inspections", &world.ours.manager, &other).await.problem(409, "id-taken");
    let theirs = json!({ "id": body["id"], "vehicle_id": world.theirs.vehicle });
    app.post("/inspections", &world.theirs.manager, &theirs).await.problem(409, "id-taken");
}

#[tokio::test]
async fn what_a_body_names_has_to_be_the_shop_s_own() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let foreign_car = json!({ "vehicle_id": world.theirs.vehicle });
    assert_eq!(app.post("/inspections", boss, &foreign_car).await.invalid_fields(), ["vehicle_id"]);
    let foreign_hand = json!({ "vehicle_id": world.ours.vehicle, "assigned_to": world.theirs.mechanic.id });
    assert_eq!(app.post("/inspections", boss, &foreign_hand).await.invalid_fields(), ["assigned_to"]);
    let path = take_in(&app, &world, &json!({})).await;
    let foreign = json!({ "user_id": world.theirs.mechanic.id });
    assert_eq!(app.post(&format!("{path}/assign"), boss, &foreign).await.invalid_fields(), ["user_id"]);
    assert_eq!(app.post(&format!("{path}/assign"), boss, &json!({})).await.invalid_fields(), ["user_id"]);
    app.patch(&format!("/users/{}", world.ours.mechanic.id), boss, &json!({ "status": "inactive" })).await.ok();
    let gone = json!({ "user_id": world.ours.mechanic.id });
    assert_eq!(app.post(&format!("{path}/assign"), boss, &gone).await.invalid_fields(), ["user_id"]);
}

#[tokio::test]
async fn a_mechanic_works_on_what_is_theirs_or_free() {
    let (app, world) = TestApp::start().await;
    let (mechanic, other) = (&world.ours.mechanic, &world.ours.other_mechanic);
    let path = started(&app, &world).await;
    let items = format!("{path}/items");
    let tap = json!({ "category": "tires", "component": "spare", "severity": "green" });
    app.put(&items, other, &tap).await.problem(403, "about:blank");
    app.post(&format!("{path}/start"), other, &json!({})).await.problem(403, "about:blank");
    app.post(&format!("{path}/complete"), other, &json!({})).await.problem(403, "about:blank");
    app.patch(&path, other, &json!({ "odometer_reading": 1 })).await.problem(403, "about:blank");
    app.put(&items, mechanic, &tap).await.ok();
    app.patch(&path, mechanic, &json!({ "odometer_reading": 48211 })).await.ok();
    app.patch(&format!("/vehicles/{}", world.ours.vehicle), mechanic, &json!({ "mileage": 48211 })).await.ok();
    let forbidden = json!({ "model": "Accord" });
    app.patch(&format!("/vehicles/{}", world.ours.vehicle), mechanic, &forbidden).await.problem(403, "about:blank");
    let shortcut = json!({ "allow_incomplete": true });
    app.post(&format!("{path}/complete"), mechanic, &shortcut).await.problem(403, "about:blank");
    app.delete(&path, mechanic).await.problem(403, "about:blank");

    let free = take_in(&app, &world, &json!({})).await;
    let taken = app.post(&format!("{free}/start"), other, &json!({})).await.ok();
    assert_eq!(taken["assigned_to"], other.id.as_str());
}

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
async fn the_list_is_filtered_and_paged_and_says_how_far_each_is() {
    let (app, world) = TestApp::start().await;
    let (boss, mechanic) = (&world.ours.manager, &world.ours.mechanic);
    let path = started(&app, &world).await;
    let tap = json!({ "category": "tires", "component": "tread_depth_lf", "measurement": 2 });
    app.put(&format!("{path}/items"), mechanic, &tap).await.ok();
    take_in(&app, &world, &json!({})).await;
    take_in(&app, &world, &json!({ "assigned_to": world.ours.other_mechanic.id })).await;
    app.post("/inspections", &world.theirs.manager, &json!({ "vehicle_id": world.theirs.vehicle })).await.created();

    let count = |query: String, who: Person| {
        let app = &app;
        async move { app.get(&format!("/inspections{query}"), &who).await.ok()["items"].as_array().unwrap().len() }
    };
    assert_eq!(count(String::new(), boss.clone()).await, 3);
    assert_eq!(count("?status=created,assigned".into(), boss.clone()).await, 2);
    assert_eq!(count("?assigned_to=me".into(), mechanic.clone()).await, 1);
    assert_eq!(count("?assigned_to=me,none".into(), mechanic.clone()).await, 2);
    assert_eq!(count(format!("?assigned_to={}", world.ours.other_mechanic.id), boss.clone()).await, 1);
    assert_eq!(count(format!("?vehicle_id={}", world.theirs.vehicle), boss.clone()).await, 0);

    let row = app.get("/inspections?status=in_progress", boss).await.ok()["items"][0].clone();
    assert_eq!((&row["progress"]["done"], &row["progress"]["red"]), (&json!(1), &json!(1)));
    assert_eq!(row["assignee"]["id"], mechanic.id.as_str());
    assert_eq!(row["vehicle"]["model"], "Civic");
    assert_eq!(row["customer"]["last_name"], "Abel");

    let first = app.get("/inspections?limit=2", boss).await.ok();
    let next = first["next"].as_str().unwrap();
    let rest = app.get(&format!("/inspections?limit=2&cursor={next}"), boss).await.ok();
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (1, &json!(null)));

    for (query, field) in
        [("status=new", "status"), ("assigned_to=you", "assigned_to"), ("vehicle_id=1", "vehicle_id")]
    {
        assert_eq!(app.get(&format!("/inspections?{query}"), boss).await.invalid_fields(), [field]);
    }
}

#[tokio::test]
async fn a_deleted_inspection_is_gone_for_everybody() {
    let (app, world) = TestApp::start().await;
    let path = take_in(&app, &world, &json!({})).await;
    app.delete(&path, &world.theirs.manager).await.problem(404, "about:blank");
    app.delete(&path, &world.ours.manager).await.no_content();
    app.delete(&path, &world.ours.manager).await.no_content();
    app.get(&path, &world.ours.manager).await.problem(404, "about:blank");
    app.post(&format!("{path}/start"), &world.ours.manager, &json!({})).await.problem(404, "about:blank");
    assert_eq!(app.get("/inspections", &world.ours.manager).await.ok()["items"], json!([]));
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

#[tokio::test]
async fn the_catalogue_is_read_by_whoever_is_in() {
    let (app, world) = TestApp::start().await;
    app.get("/catalogue", None).await.problem(401, "about:blank");
    let catalogue = app.get("/catalogue", &world.ours.mechanic).await.ok();
    assert_eq!(catalogue["categories"].as_array().unwrap().len(), 14);
}

#[tokio::test]
async fn the_database_holds_the_workflow_too() {
    let (app, world) = TestApp::start().await;
    let path = take_in(&app, &world, &json!({})).await;
    let id = path.rsplit('/').next().unwrap();
    let owner = app.owner().await;
    for status in ["completed", "sent"] {
        let leap = format!("UPDATE inspections SET status = '{status}' WHERE id = '{id}'");
        let error = owner.batch_execute(&leap).await.unwrap_err();
        assert_eq!(error.code().unwrap().code(), "CIWAY");
    }
    let finding = format!(
        "INSERT INTO inspection_items (shop_id, inspection_id, category, component, version)
         SELECT shop_id, id, 'tires', 'spare', 1 FROM inspections WHERE id = '{id}'"
    );
    assert_eq!(owner.batch_execute(&finding).await.unwrap_err().code().unwrap().code(), "CIWAY");
}

#[tokio::test]
async fn two_who_take_in_with_one_id_at_once_take_in_one_car() {
    let (app, world) = TestApp::start().await;
    let id = "0190f0c0-0000-7000-8000-0000000000ab";
    let same = json!({ "id": id, "vehicle_id": world.ours.vehicle });
    let other = json!({ "id": id, "vehicle_id": world.ours.vehicle, "odometer_reading": 1 });
    let boss = &world.ours.manager;
    let (first, again, different) = tokio::join!(
        app.post("/inspections", boss, &same),
        app.post("/inspections", boss, &same),
        app.post("/inspections", boss, &other)
    );
    let mut statuses = [first.status.as_u16(), again.status.as_u16(), different.status.as_u16()];
    statuses.sort_unstable();
    assert!(statuses == [200, 201, 409] || statuses == [201, 409, 409], "{statuses:?}");
    assert_eq!(events(&app).await, ["created"]);
}

#[tokio::test]
async fn a_change_that_changes_nothing_leaves_no_event() {
    let (app, world) = TestApp::start().await;
    let path = take_in(&app, &world, &json!({})).await;
    for _ in 0..2 {
        app.patch(&path, &world.ours.manager, &json!({ "odometer_reading": 48_210 })).await.ok();
    }
    assert_eq!(events(&app).await, ["created", "changed"]);
}
