//! Signing up, logging in and out, one's own password, the team.

use courtesy::shops::Zone;
use serde_json::json;

use crate::support::{PASSWORD, Person, TestApp};

#[tokio::test]
async fn a_shop_signs_up_and_its_manager_is_in() {
    let (app, _) = TestApp::start().await;
    let body = json!({
        "id": "0190f0c0-0000-7000-8000-000000000001",
        "shop": { "name": "Corner Garage", "phone": "(415) 555-0100", "settings": { "units": "metric" } },
        "user": { "email": "Boss@Corner.example", "password": PASSWORD, "first_name": "Ana", "last_name": "Ruiz" },
    });
    let session = app.post("/shops", None, &body).await.created();
    assert_eq!(session["shop"]["phone"], "+14155550100");
    assert_eq!(session["shop"]["settings"]["units"], "metric");
    assert_eq!(session["user"]["role"], "shop_manager");
    assert_eq!(session["user"]["email"], "boss@corner.example");
    assert!(session["user"].get("password_hash").is_none());
    let me = app.get("/me", &Person::from(&session)).await.ok();
    assert_eq!(me["shop"]["id"], body["id"]);

    let again = app.post("/shops", None, &body).await.ok();
    assert_ne!(again["token"], session["token"], "the same words open a new session");
    let mut other = body.clone();
    other["user"]["password"] = json!("another password");
    app.post("/shops", None, &other).await.problem(409, "id-taken");
}

#[tokio::test]
async fn a_login_belongs_to_one_person() {
    let (app, world) = TestApp::start().await;
    let body = json!({
        "shop": { "name": "Copycat" },
        "user": { "email": world.ours.manager.email, "password": PASSWORD, "first_name": "A", "last_name": "B" },
    });
    let problem = app.post("/shops", None, &body).await.problem(409, "duplicate");
    assert_eq!(problem["errors"][0]["field"], "user.email");
}

#[tokio::test]
async fn unknown_addresses_and_wrong_passwords_are_answered_alike() {
    let (app, world) = TestApp::start().await;
    let log_in = |email: &str, password: &str| {
        let body = json!({ "email": email, "password": password });
        let app = &app;
        async move { app.post("/sessions", None, &body).await }
    };
    let wrong = log_in(&world.ours.manager.email, "wrong").await;
    let unknown = log_in("nobody@nowhere.example", "wrong").await;
    wrong.problem(401, "about:blank");
    assert_eq!(wrong.bytes, unknown.bytes);
    log_in(&world.ours.manager.email, PASSWORD).await.created();
}

#[tokio::test]
async fn logging_out_ends_this_session_only() {
    let (app, world) = TestApp::start().await;
    let body = json!({ "email": world.ours.manager.email, "password": PASSWORD });
    let second = Person::from(&app.post("/sessions", None, &body).await.created());
    app.delete("/sessions/current", &second).await.no_content();
    app.get("/me", &second).await.problem(401, "about:blank");
    app.get("/me", &world.ours.manager).await.ok();
}

#[tokio::test]
async fn sessions_end_by_themselves() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    let moves = [
        ("last_seen_at = now() - interval '13 hours'", "last_seen_at = now()"),
        ("created_at = now() - interval '8 days'", "created_at = now()"),
    ];
    for (away, back) in moves {
        owner.batch_execute(&format!("UPDATE sessions SET {away}")).await.unwrap();
        app.get("/me", &world.ours.manager).await.problem(401, "about:blank");
        owner.batch_execute(&format!("UPDATE sessions SET {back}")).await.unwrap();
        app.get("/me", &world.ours.manager).await.ok();
    }
}

#[tokio::test]
async fn using_a_session_keeps_it_alive() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    owner.batch_execute("UPDATE sessions SET last_seen_at = now() - interval '11 hours'").await.unwrap();
    app.get("/me", &world.ours.manager).await.ok();
    app.database().keep_sessions().await.unwrap();
    let fresh = "SELECT count(*) FROM sessions WHERE last_seen_at > now() - interval '1 minute'";
    assert_eq!(owner.query_one(fresh, &[]).await.unwrap().get::<_, i64>(0), 1);
    owner.batch_execute("UPDATE sessions SET last_seen_at = now() - interval '13 hours'").await.unwrap();
    app.database().keep_sessions().await.unwrap();
    let left = owner.query_one("SELECT count(*) FROM sessions", &[]).await.unwrap();
    assert_eq!(left.get::<_, i64>(0), 0, "ended sessions are swept");
}

#[tokio::test]
async fn noting_and_sweeping_sessions_wait_for_nobody() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    owner.batch_execute("UPDATE sessions SET last_seen_at = now() - interval '11 hours'").await.unwrap();
    app.get("/me", &world.ours.manager).await.ok();
    app.get("/me", &world.theirs.manager).await.ok();
    let held = format!("BEGIN; DELETE FROM sessions WHERE user_id = '{}'", world.ours.manager.id);
    owner.batch_execute(&held).await.unwrap();
    app.database().keep_sessions().await.unwrap();
    owner.batch_execute("ROLLBACK; UPDATE sessions SET created_at = now() - interval '8 days'").await.unwrap();
    let fresh = "SELECT count(*) FROM sessions WHERE last_seen_at > now() - interval '1 minute'";
    assert_eq!(owner.query_one(fresh, &[]).await.unwrap().get::<_, i64>(0), 1, "the other was noted");

    owner.batch_execute(&held).await.unwrap();
    app.database().keep_sessions().await.unwrap();
    owner.batch_execute("ROLLBACK").await.unwrap();
    let left = owner.query_one("SELECT count(*) FROM sessions", &[]).await.unwrap();
    assert_eq!(left.get::<_, i64>(0), 1, "the others were swept");
}

#[tokio::test]
async fn ones_own_password_changes_with_the_old_one_and_ends_the_other_sessions() {
    let (app, world) = TestApp::start().await;
    let body = json!({ "email": world.ours.mechanic.email, "password": PASSWORD });
    let here = Person::from(&app.post("/sessions", None, &body).await.created());
    let wrong = json!({ "current": "not it", "new": "a new passphrase" });
    assert_eq!(app.post("/me/password", &here, &wrong).await.invalid_fields(), ["current"]);
    let right = json!({ "current": PASSWORD, "new": "a new passphrase" });
    app.post("/me/password", &here, &right).await.no_content();
    app.get("/me", &here).await.ok();
    app.get("/me", &world.ours.mechanic).await.problem(401, "about:blank");
    app.post("/sessions", None, &body).await.problem(401, "about:blank");
}

#[tokio::test]
async fn the_team_is_read_by_all_and_changed_by_managers() {
    let (app, world) = TestApp::start().await;
    let ours = &world.ours;
    let team = app.get("/users?limit=2", &ours.mechanic).await.ok();
    assert_eq!(team["items"].as_array().unwrap().len(), 2);
    let next = team["next"].as_str().unwrap();
    let rest = app.get(&format!("/users?limit=2&cursor={next}"), &ours.mechanic).await.ok();
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    assert_eq!(rest["next"], json!(null));

    let path = format!("/users/{}", ours.mechanic.id);
    app.get(&path, &world.theirs.manager).await.problem(404, "about:blank");
    app.patch(&path, &world.theirs.manager, &json!({ "role": "shop_manager" })).await.problem(404, "about:blank");
    app.patch(&path, &ours.mechanic, &json!({ "role": "shop_manager" })).await.problem(403, "about:blank");
    let changed =
        app.patch(&path, &ours.manager, &json!({ "first_name": "Tom", "phone": "415-555-0101" })).await.ok();
    assert_eq!((&changed["first_name"], &changed["phone"]), (&json!("Tom"), &json!("+14155550101")));
}

#[tokio::test]
async fn adding_somebody_twice_adds_them_once() {
    let (app, world) = TestApp::start().await;
    let new = json!({
        "id": "0190f0c0-0000-7000-8000-000000000002",
        "email": "new@ours.example", "password": PASSWORD, "role": "mechanic",
    });
    app.post("/users", &world.ours.manager, &new).await.created();
    app.post("/users", &world.ours.manager, &new).await.ok();
    let mut other = new.clone();
    other["password"] = json!("another password");
    app.post("/users", &world.ours.manager, &other).await.problem(409, "id-taken");
    app.post("/users", &world.theirs.manager, &new).await.problem(409, "id-taken");
    other["id"] = json!(null);
    let problem = app.post("/users", &world.ours.manager, &other).await.problem(409, "duplicate");
    let detail = problem["detail"].as_str().unwrap();
    assert!(!detail.contains("log in"), "a manager is in already: {detail}");
}

#[tokio::test]
async fn a_shop_is_where_the_database_knows_what_time_it_is() {
    let (app, world) = TestApp::start().await;
    let (owner, boss) = (app.owner().await, &world.ours.manager);
    for nowhere in ["Etc/Unknown", "Mars/Olympus_Mons"] {
        let refused = app.patch("/shop", boss, &json!({ "settings": { "timezone": nowhere } })).await;
        assert_eq!(refused.invalid_fields(), ["settings.timezone"], "{nowhere}");
    }
    let strange =
        "SELECT name FROM unnest($1::text[]) AS name WHERE name NOT IN (SELECT name FROM pg_timezone_names)";
    let strange = owner.query(strange, &[&Zone::names()]).await.unwrap();
    assert_eq!(strange.iter().map(|row| row.get(0)).collect::<Vec<&str>>(), [""; 0]);
}

#[tokio::test]
async fn a_repetition_that_overtakes_the_first_adds_somebody_once_too() {
    let (app, world) = TestApp::start().await;
    let new = json!({
        "id": "0190f0c0-0000-7000-8000-000000000003",
        "email": "new@ours.example", "password": PASSWORD, "role": "mechanic",
    });
    let owner = app.owner().await;
    owner.batch_execute("BEGIN; SELECT FROM shops FOR UPDATE").await.unwrap();
    let release_both = async {
        app.has_waiting(2).await;
        owner.batch_execute("COMMIT").await.unwrap();
    };
    let (one, other, ()) = tokio::join!(
        app.post("/users", &world.ours.manager, &new),
        app.post("/users", &world.ours.manager, &new),
        release_both,
    );
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 201], "{one:?} {other:?}");
    assert_eq!(one.json(), other.json());
}

#[tokio::test]
async fn a_change_of_the_password_that_is_sent_several_times_at_once_is_done_for_each() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    owner.batch_execute("BEGIN; SELECT FROM shops FOR NO KEY UPDATE").await.unwrap();
    let ends = async {
        app.has_waiting(3).await;
        owner.batch_execute("COMMIT").await.unwrap();
    };
    let own = json!({ "current": PASSWORD, "new": "a new passphrase" });
    let change = || app.post("/me/password", &world.ours.mechanic, &own);
    let (one, two, three, ()) = tokio::join!(change(), change(), change(), ends);
    for answer in [one, two, three] {
        answer.no_content();
    }
}

#[tokio::test]
async fn a_password_is_changed_by_oneself_and_by_the_manager_in_one_order() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    // As a manager does who changes what decides over access: first the shop, then the person.
    owner.batch_execute("BEGIN; SELECT FROM shops FOR NO KEY UPDATE").await.unwrap();
    let change = format!("UPDATE users SET role = 'shop_manager' WHERE id = '{}'", world.ours.mechanic.id);
    let own = json!({ "current": PASSWORD, "new": "a new passphrase" });
    app.amid(&owner, &change, app.post("/me/password", &world.ours.mechanic, &own)).await.no_content();
    assert_eq!(app.get("/me", &world.ours.mechanic).await.ok()["user"]["role"], "shop_manager");
}

#[tokio::test]
async fn whoever_is_deactivated_is_out_at_once() {
    let (app, world) = TestApp::start().await;
    let path = format!("/users/{}", world.ours.mechanic.id);
    app.patch(&path, &world.ours.manager, &json!({ "status": "inactive" })).await.ok();
    app.get("/me", &world.ours.mechanic).await.problem(401, "about:blank");
    let log_in = json!({ "email": world.ours.mechanic.email, "password": PASSWORD });
    app.post("/sessions", None, &log_in).await.problem(401, "about:blank");
    app.patch(&path, &world.ours.manager, &json!({ "status": "active" })).await.ok();
    app.post("/sessions", None, &log_in).await.created();
}

#[tokio::test]
async fn whoever_leaves_can_be_hired_again() {
    let (app, world) = TestApp::start().await;
    let path = format!("/users/{}", world.ours.mechanic.id);
    app.delete(&path, &world.ours.manager).await.no_content();
    app.delete(&path, &world.ours.manager).await.no_content();
    app.get(&path, &world.ours.manager).await.problem(404, "about:blank");
    let new = json!({ "email": world.ours.mechanic.email, "password": PASSWORD, "role": "mechanic" });
    app.post("/users", &world.ours.manager, &new).await.created();
}

#[tokio::test]
async fn the_last_manager_stays() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let own = format!("/users/{}", boss.id);
    app.delete(&own, boss).await.problem(409, "last-manager");
    app.patch(&own, boss, &json!({ "role": "mechanic" })).await.problem(409, "last-manager");
    app.patch(&own, boss, &json!({ "status": "inactive" })).await.problem(409, "last-manager");
    app.get("/me", boss).await.ok();

    let second = format!("/users/{}", world.ours.mechanic.id);
    app.patch(&second, boss, &json!({ "role": "shop_manager" })).await.ok();
    app.patch(&own, boss, &json!({ "role": "mechanic" })).await.ok();
}

#[tokio::test]
async fn two_managers_who_demote_each_other_leave_one() {
    let (app, world) = TestApp::start().await;
    let (first, second) = (&world.ours.manager, &world.ours.mechanic);
    app.patch(&format!("/users/{}", second.id), first, &json!({ "role": "shop_manager" })).await.ok();
    let demotion = json!({ "role": "mechanic" });
    let (of_second, of_first) = (format!("/users/{}", second.id), format!("/users/{}", first.id));
    let (one, other) = tokio::join!(app.patch(&of_second, first, &demotion), app.patch(&of_first, second, &demotion));
    let successes = [&one, &other].iter().filter(|answer| answer.status == 200).count();
    assert_eq!(successes, 1, "{one:?} {other:?}");
}

#[tokio::test]
async fn an_inactive_shop_reads_and_logs_out_but_does_not_write() {
    let (app, world) = TestApp::start().await;
    app.owner().await.batch_execute("UPDATE shops SET subscription_status = 'inactive'").await.unwrap();
    app.get("/me", &world.ours.manager).await.ok();
    app.patch("/shop", &world.ours.manager, &json!({ "name": "X" })).await.problem(403, "subscription-inactive");
    app.post("/customers", &world.ours.manager, &json!({})).await.problem(403, "subscription-inactive");
    app.delete("/sessions/current", &world.ours.manager).await.no_content();
}

#[tokio::test]
async fn what_the_database_refuses_is_logged_without_anybodys_data() {
    let (app, _) = TestApp::start().await;
    let owner = app.owner().await;
    // Row level security makes PostgreSQL withhold the values by itself; not every table needs to have it.
    let table =
        "CREATE TEMPORARY TABLE people (email TEXT NOT NULL CONSTRAINT people_email_key UNIQUE, role TEXT NOT NULL);
                 INSERT INTO people VALUES ('ana@corner.example', 'boss')";
    owner.batch_execute(table).await.unwrap();
    for (refused, told) in [
        ("INSERT INTO people VALUES ('ana@corner.example', 'x')", "constraint people_email_key"),
        ("UPDATE people SET role = NULL", "ERROR 23502"),
    ] {
        let error = owner.batch_execute(refused).await.unwrap_err();
        let detail = error.as_db_error().unwrap().detail().unwrap();
        assert!(detail.contains("ana@corner.example"), "there is something to keep back: {detail}");
        let logged = courtesy::error::chain(&courtesy::error::Error::Database(error));
        assert!(logged.contains(told) && !logged.contains("ana@"), "{logged}");
    }
}

#[tokio::test]
async fn the_request_that_signed_up_opens_nothing_after_the_password_changed() {
    let (app, _) = TestApp::start().await;
    let body = json!({
        "id": "0190f0c0-0000-7000-8000-000000000003",
        "shop": { "name": "Corner Garage" },
        "user": { "email": "boss@corner.example", "password": PASSWORD, "first_name": "Ana", "last_name": "Ruiz" },
    });
    let boss = Person::from(&app.post("/shops", None, &body).await.created());
    let change = json!({ "current": PASSWORD, "new": "a new passphrase" });
    app.post("/me/password", &boss, &change).await.no_content();
    app.post("/shops", None, &body).await.problem(409, "id-taken");
    app.post("/me/password", &boss, &change).await.no_content();
    app.post("/sessions", None, &json!({ "email": boss.email, "password": "a new passphrase" })).await.created();
}

#[tokio::test]
async fn what_always_has_a_value_is_not_cleared() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let cases = [
        ("/shop".to_owned(), "name"),
        (format!("/users/{}", world.ours.mechanic.id), "role"),
        (format!("/customers/{}", world.ours.customer), "sms_opt_in"),
        (format!("/vehicles/{}", world.ours.vehicle), "powertrain"),
    ];
    for (path, field) in cases {
        assert_eq!(app.patch(&path, boss, &json!({ field: null })).await.invalid_fields(), [field], "{path}");
    }
    let settings =
        json!({ "settings": { "units": "metric", "quick_replies": ["Ready"] }, "address": { "city": "Oakland" } });
    app.patch("/shop", boss, &settings).await.ok();
    let cleared = app.patch("/shop", boss, &json!({ "settings": null, "address": null })).await.ok();
    assert_eq!((&cleared["settings"]["units"], &cleared["address"]), (&json!("us"), &json!({})));
}
