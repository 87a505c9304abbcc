//! Conversations and their texts, as a manager sees them.

use courtesy::auth::token::SessionToken;
use courtesy::conversations::queries;
use courtesy::ids::CustomerId;
use serde_json::{Value, json};
use tokio_postgres::error::SqlState;

use crate::support::TestApp;
use crate::support::world::Shop;

/// Opens the conversation with the shop's customer.
async fn conversation(app: &TestApp, shop: &Shop) -> String {
    let opened = app.post("/conversations", &shop.manager, &json!({ "customer_id": shop.customer })).await;
    opened.created()["id"].as_str().expect("an id").to_owned()
}

/// Lets the outbox of the past have failed.
async fn fail(app: &TestApp, message: &Value, code: &str) {
    let fail = "UPDATE messages SET status = 'failed', error_code = $2 WHERE id::text = $1";
    let id = message["id"].as_str().expect("an id");
    assert_eq!(app.owner().await.execute(fail, &[&id, &code]).await.expect("moved"), 1);
}

/// Makes the word `s3cret` in a text the live link to a report.
pub(crate) async fn link(app: &TestApp, message: &Value) {
    let link = "WITH inspection AS (
                    INSERT INTO inspections (shop_id, vehicle_id, created_by, catalogue_version)
                    SELECT m.shop_id, v.id, m.user_id, '1'
                      FROM messages m JOIN vehicles v ON v.shop_id = m.shop_id AND v.customer_id = m.customer_id
                     WHERE m.id::text = $1 RETURNING id, shop_id),
                link AS (
                    INSERT INTO report_links (shop_id, inspection_id, token_hash, expires_at)
                    SELECT shop_id, id, sha256('s3cret'), now() + interval '1 day' FROM inspection)
                UPDATE messages SET link_token = 's3cret', inspection_id = (SELECT id FROM inspection)
                 WHERE id::text = $1";
    let id = message["id"].as_str().expect("an id");
    assert_eq!(app.owner().await.execute(link, &[&id]).await.expect("linked"), 1);
}

#[tokio::test]
async fn a_customer_has_one_open_conversation() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let new = json!({ "customer_id": world.ours.customer, "subject": "Brakes" });
    let opened = app.post("/conversations", boss, &new).await.created();
    assert_eq!(opened["subject"], "Brakes");
    assert_eq!(opened["status"], "active");
    assert_eq!(opened["customer"]["first_name"], "Ruth");
    assert_eq!(opened["last_message"], Value::Null);
    assert_eq!((&opened["unread"], &opened["may_text"]), (&json!(0), &json!(true)));
    assert_eq!(app.post("/conversations", boss, &new).await.ok(), opened);
    let path = format!("/conversations/{}", opened["id"].as_str().unwrap());
    assert_eq!(app.get(&path, boss).await.ok(), opened);
    assert_eq!(app.get("/conversations", boss).await.ok(), json!({ "items": [opened], "next": null }));

    app.patch(&path, boss, &json!({ "status": "closed" })).await.ok();
    let second = app.post("/conversations", boss, &new).await.created();
    assert_ne!(second["id"], opened["id"]);
    let refused = app.patch(&path, boss, &json!({ "status": "active" })).await.problem(409, "duplicate");
    assert_eq!(refused["errors"][0]["field"], "status");
    app.post(&format!("{path}/messages"), boss, &json!({ "content": "Hi" })).await.problem(409, "duplicate");
}

#[tokio::test]
async fn an_id_of_the_client_s_begins_a_conversation_once() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let id = "0190f0c0-0000-7000-8000-0000000000aa";
    let new = json!({ "id": id, "customer_id": world.ours.customer });
    assert_eq!(app.post("/conversations", boss, &new).await.created()["id"], id);
    assert_eq!(app.post("/conversations", boss, &new).await.ok()["id"], id);
    app.patch(&format!("/conversations/{id}"), boss, &json!({ "status": "closed" })).await.ok();
    assert_eq!(app.post("/conversations", boss, &new).await.ok()["status"], "closed", "the row that has the id");
    let other = app.post("/customers", boss, &json!({ "first_name": "Ann" })).await.created();
    let other = json!({ "id": id, "customer_id": other["id"] });
    app.post("/conversations", boss, &other).await.problem(409, "id-taken");
}

#[tokio::test]
async fn what_begins_no_conversation_is_refused_by_field() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let nobody = "0190f0c0-ffff-7000-8000-00000000000a";
    for (body, field) in [
        (json!({}), "customer_id"),
        (json!({ "customer_id": nobody }), "customer_id"),
        (json!({ "customer_id": world.theirs.customer }), "customer_id"),
        (json!({ "customer_id": world.ours.customer, "subject": "x".repeat(501) }), "subject"),
        (json!({ "customer_id": world.ours.customer, "status": "closed" }), "status"),
    ] {
        assert_eq!(app.post("/conversations", boss, &body).await.invalid_fields(), [field], "{body}");
    }
}

#[tokio::test]
async fn the_first_text_says_who_writes_and_how_to_stop() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let path = format!("/conversations/{}/messages", conversation(&app, &world.ours).await);
    let first = app.post(&path, boss, &json!({ "content": "Your car is done\r\n" })).await.created();
    assert_eq!(first["content"], "Delgado & Sons: Your car is done. Reply STOP to opt out");
    assert_eq!((&first["status"], &first["direction"]), (&json!("pending"), &json!("outbound")));
    assert_eq!(first["phone_number"], "+14155550142");
    assert_eq!(first["user_id"], boss.id.as_str());
    assert_eq!((&first["segments"], &first["error_code"], &first["error"]), (&json!(1), &json!(null), &json!(null)));

    let second = app.post(&path, boss, &json!({ "content": "x".repeat(1600) })).await.created();
    assert_eq!(second["content"].as_str().unwrap().len(), 1600);
    assert_eq!(second["segments"], 11);
    let listed = app.get(&path, boss).await.ok();
    assert_eq!(listed["items"], json!([second, first]), "the latest first");
    let page = app.get(&format!("{path}?limit=1"), boss).await.ok();
    assert_eq!(page["items"], json!([second]));
    let next = page["next"].as_str().expect("there is more");
    let rest = app.get(&format!("{path}?limit=1&cursor={next}"), boss).await.ok();
    assert_eq!(rest, json!({ "items": [first], "next": null }));
    let row = app.get(&path.replace("/messages", ""), boss).await.ok();
    assert_eq!(row["last_message"], second);
    assert_eq!(row["last_message_at"], second["created_at"]);
}

#[tokio::test]
async fn a_repeated_text_is_queued_once() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let path = format!("/conversations/{}/messages", conversation(&app, &world.ours).await);
    let id = "0190f0c0-0000-7000-8000-0000000000bb";
    let new = json!({ "id": id, "content": "Your car is done" });
    let made = app.post(&path, boss, &new).await.created();
    assert_eq!(app.post(&path, boss, &new).await.ok(), made);
    app.post(&path, boss, &json!({ "id": id, "content": "Another" })).await.problem(409, "id-taken");

    let ann = app.post("/customers", boss, &json!({ "first_name": "Ann", "phone": "4155550101" })).await.created();
    let other = app.post("/conversations", boss, &json!({ "customer_id": ann["id"] })).await.created();
    let elsewhere = format!("/conversations/{}/messages", other["id"].as_str().unwrap());
    app.post(&elsewhere, boss, &new).await.problem(409, "id-taken");

    let customer = format!("/customers/{}", world.ours.customer);
    app.patch(&customer, boss, &json!({ "sms_opt_in": false })).await.ok();
    assert_eq!(app.post(&path, boss, &new).await.ok(), made, "a lost answer, asked for again");
    let their_path = format!("/conversations/{}/messages", conversation(&app, &world.theirs).await);
    app.post(&their_path, &world.theirs.manager, &new).await.problem(409, "id-taken");
}

#[tokio::test]
async fn who_can_not_be_texted_is_not() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let talk = conversation(&app, &world.ours).await;
    let (path, messages) = (format!("/conversations/{talk}"), format!("/conversations/{talk}/messages"));
    let customer = format!("/customers/{}", world.ours.customer);
    let text = json!({ "content": "Hi" });

    app.patch(&customer, boss, &json!({ "sms_opt_in": false })).await.ok();
    app.post(&messages, boss, &text).await.problem(409, "opted-out");
    assert_eq!(app.get(&path, boss).await.ok()["may_text"], false);
    app.patch(&customer, boss, &json!({ "sms_opt_in": true })).await.ok();
    assert_eq!(app.get(&path, boss).await.ok()["may_text"], true);

    app.patch(&customer, boss, &json!({ "phone": null })).await.ok();
    app.post(&messages, boss, &text).await.problem(409, "no-phone");
    app.patch(&customer, boss, &json!({ "phone": "+14155550142" })).await.ok();
    app.delete(&customer, boss).await.no_content();
    assert_eq!(app.post(&messages, boss, &text).await.problem(409, "state")["current"], "deleted");
    assert_eq!(app.get(&path, boss).await.ok()["may_text"], false, "what was said stays readable");
}

#[tokio::test]
async fn a_text_that_can_not_be_sent_is_refused_by_field() {
    let (app, world) = TestApp::start().await;
    let path = format!("/conversations/{}/messages", conversation(&app, &world.ours).await);
    for (body, field) in [
        (json!({}), "content"),
        (json!({ "content": " \n" }), "content"),
        (json!({ "content": "x".repeat(1601) }), "content"),
        (json!({ "content": "x".repeat(1590) }), "content"),
        (json!({ "content": "a\u{0}b" }), "content"),
        (json!({ "content": "Hi", "id": "no" }), "id"),
        (json!({ "content": "Hi", "to": "+14155550100" }), "to"),
    ] {
        assert_eq!(app.post(&path, &world.ours.manager, &body).await.invalid_fields(), [field], "{body}");
    }
    let talk = path.replace("/messages", "");
    for (change, field) in [
        (json!({ "status": "open" }), "status"),
        (json!({ "read": "yes" }), "read"),
        (json!({ "status": null }), "status"),
        (json!({ "read": null }), "read"),
    ] {
        assert_eq!(app.patch(&talk, &world.ours.manager, &change).await.invalid_fields(), [field]);
    }
}

#[tokio::test]
async fn a_text_reopens_the_conversation_that_it_stands_in() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let path = format!("/conversations/{}", conversation(&app, &world.ours).await);
    assert_eq!(app.patch(&path, boss, &json!({ "status": "closed" })).await.ok()["status"], "closed");
    app.post(&format!("{path}/messages"), boss, &json!({ "content": "One more thing" })).await.created();
    assert_eq!(app.get(&path, boss).await.ok()["status"], "active");
}

#[tokio::test]
async fn a_failed_text_is_sent_again_once_and_only_where_that_can_help() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let path = format!("/conversations/{}/messages", conversation(&app, &world.ours).await);
    let text = app.post(&path, boss, &json!({ "content": "Your car is done" })).await.created();
    let retry = format!("{path}/{}/retry", text["id"].as_str().unwrap());
    assert_eq!(app.post(&retry, boss, &json!({})).await.problem(409, "state")["current"], "pending");

    fail(&app, &text, "30003").await;
    let failed = app.get(&path, boss).await.ok()["items"][0].clone();
    assert_eq!((&failed["status"], &failed["error_code"]), (&json!("failed"), &json!("30003")));
    assert!(failed["error"].as_str().unwrap().contains("off"));
    let again = app.post(&retry, boss, &json!({})).await.created();
    assert_eq!((&again["status"], &again["retry_of"]), (&json!("pending"), &text["id"]));
    assert_eq!(again["content"], text["content"]);
    assert_eq!(app.post(&retry, boss, &json!({})).await.ok(), again, "asked twice, sent once");

    fail(&app, &again, "30006").await;
    let retry = format!("{path}/{}/retry", again["id"].as_str().unwrap());
    assert_eq!(app.post(&retry, boss, &json!({})).await.problem(409, "state")["current"], "failed");
    let customer = format!("/customers/{}", world.ours.customer);
    app.patch(&customer, boss, &json!({ "phone": "+14155550111" })).await.ok();
    let moved = app.post(&retry, boss, &json!({})).await.created();
    assert_eq!(moved["phone_number"], "+14155550111", "another number is another matter");
}

#[tokio::test]
async fn a_failed_report_takes_its_link_along_or_stays() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let path = format!("/conversations/{}/messages", conversation(&app, &world.ours).await);
    let text = app.post(&path, boss, &json!({ "content": "See https://x.example/r/s3cret" })).await.created();
    let id = text["id"].as_str().unwrap();
    link(&app, &text).await;
    fail(&app, &text, "30003").await;
    let again = app.post(&format!("{path}/{id}/retry"), boss, &json!({})).await.created();
    assert!(again["content"].as_str().unwrap().contains("s3cret"));
    let listed = app.get(&path, boss).await.ok();
    assert_eq!(listed["items"][1]["content"], "Delgado & Sons: See https://x.example/r/… Reply STOP to opt out");

    fail(&app, &again, "30003").await;
    let retry = format!("{path}/{}/retry", again["id"].as_str().unwrap());
    for end in ["UPDATE report_links SET revoked_at = now()", "UPDATE messages SET link_token = NULL"] {
        app.owner().await.batch_execute(end).await.expect("ended");
        app.post(&retry, boss, &json!({})).await.problem(409, "state");
        app.owner().await.batch_execute("UPDATE report_links SET revoked_at = NULL").await.expect("moved");
    }
}

#[tokio::test]
async fn two_managers_who_open_at_once_open_one() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let new = json!({ "customer_id": world.ours.customer });
    let open = || app.post("/conversations", boss, &new);
    let answers = tokio::join!(open(), open(), open(), open());
    let answers = [answers.0, answers.1, answers.2, answers.3];
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert!(answers.iter().all(|answer| answer.json()["id"] == answers[0].json()["id"]));
}

#[tokio::test]
async fn whoever_opens_a_conversation_holds_its_customer_also_a_deleted_one() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    app.delete(&format!("/customers/{}", world.ours.customer), boss).await.no_content();
    let token = SessionToken::parse(&boss.token).expect("a token");
    let tenant = app.database().by_session(token.shop(), token.hash(), None);
    let customer: CustomerId = serde_json::from_value(json!(world.ours.customer)).expect("an id");
    let (write, _) = tenant.begin(queries::open(customer)).await.expect("opened");
    let hold = "SELECT FROM customers WHERE id::text = $1 FOR NO KEY UPDATE NOWAIT";
    let refusal = app.owner().await.execute(hold, &[&world.ours.customer]).await.expect_err("held");
    assert_eq!(refusal.code(), Some(&SqlState::LOCK_NOT_AVAILABLE));
    drop(write);
}

#[tokio::test]
async fn conversations_are_the_managers_and_the_shop_s() {
    let (app, world) = TestApp::start().await;
    let theirs = conversation(&app, &world.theirs).await;
    let path = format!("/conversations/{theirs}/messages");
    let text = app.post(&path, &world.theirs.manager, &json!({ "content": "Hi" })).await.created();
    let text = text["id"].as_str().unwrap();
    let body = json!({ "content": "Hi", "customer_id": world.ours.customer });
    for talk in [theirs.as_str(), "0190f0c0-ffff-7000-8000-00000000000a", "no-id"] {
        let boss = &world.ours.manager;
        let (path, messages) = (format!("/conversations/{talk}"), format!("/conversations/{talk}/messages"));
        app.get(&path, boss).await.problem(404, "about:blank");
        app.get(&format!("{messages}?limit=0"), boss).await.problem(404, "about:blank");
        app.patch(&path, boss, &json!({ "status": 5 })).await.problem(404, "about:blank");
        app.post(&messages, boss, &json!({})).await.problem(404, "about:blank");
        app.post(&format!("{messages}/{text}/retry"), boss, &json!({})).await.problem(404, "about:blank");
    }
    assert_eq!(app.get("/conversations", &world.ours.manager).await.ok()["items"], json!([]));
    let ours = conversation(&app, &world.ours).await;
    app.post(&format!("/conversations/{ours}/messages/{text}/retry"), &world.ours.manager, &json!({}))
        .await
        .problem(404, "about:blank");
    let mechanic = &world.ours.mechanic;
    for path in ["/conversations".to_owned(), format!("/conversations/{ours}/messages")] {
        app.get(&path, mechanic).await.problem(403, "about:blank");
        app.post(&path, mechanic, &body).await.problem(403, "about:blank");
        app.get(&path, None).await.problem(401, "about:blank");
    }
    app.patch(&format!("/conversations/{ours}"), mechanic, &json!({})).await.problem(403, "about:blank");
}

#[tokio::test]
async fn with_a_provider_a_shop_needs_a_number_of_its_own() {
    let (app, world) = TestApp::start_with_provider().await;
    let boss = &world.ours.manager;
    let path = format!("/conversations/{}/messages", conversation(&app, &world.ours).await);
    let text = json!({ "content": "Hi" });
    app.post(&path, boss, &text).await.problem(409, "no-number");
    app.patch("/shop", boss, &json!({ "sms_number": "+14155550100" })).await.ok();
    app.post(&path, boss, &text).await.created();
    app.get("/sandbox/messages", boss).await.problem(404, "about:blank");
}
