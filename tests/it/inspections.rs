//! From a car arriving to an inspection completed.

mod findings;

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
