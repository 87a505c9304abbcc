//! Sending the report: a text with a link, once, or a link that is handed over.

use serde_json::json;

use super::{below, completed, count, send, visit};
use crate::support::TestApp;

#[tokio::test]
async fn sending_queues_one_text_with_a_link_that_opens() {
    let (app, world) = TestApp::start().await;
    let path = completed(&app, &world).await;
    let sent = send(&app, &world, &path, json!({})).await;
    assert_eq!((&sent["inspection"]["status"], &sent["inspection"]["sent_via"]), (&json!("sent"), &json!("sms")));
    assert!(sent["inspection"]["report_expires_at"].is_string());
    let url = sent["report_url"].as_str().unwrap();
    let expected = format!("Delgado & Sons: your 2018 Honda Civic inspection is ready: {url}. Reply STOP to opt out");
    assert_eq!(sent["message"]["content"], expected);
    assert_eq!(
        (&sent["message"]["status"], &sent["message"]["phone_number"]),
        (&json!("pending"), &json!("+14155550142"))
    );
    let page = visit(&app, "GET", &below(&sent["report_url"])).await;
    assert_eq!(page.status, 200);
}

#[tokio::test]
async fn the_same_message_id_never_texts_twice() {
    let (app, world) = TestApp::start().await;
    let path = completed(&app, &world).await;
    let body = json!({ "id": "0190f0c0-0000-7000-8000-0000000000bb" });
    let first = send(&app, &world, &path, body.clone()).await;
    let again = send(&app, &world, &path, body.clone()).await;
    assert_eq!(again["message"]["id"], first["message"]["id"]);
    assert_eq!(count(&app, "messages").await, 1);
    assert_eq!(visit(&app, "GET", &below(&again["report_url"])).await.status, 200);

    let silent = send(&app, &world, &path, json!({})).await;
    assert_eq!(silent["message"], json!(null), "without an id on a sent inspection nothing is texted");
    let anew = json!({ "id": "0190f0c0-0000-7000-8000-0000000000bc", "text": "Here it is once more:" });
    let anew = send(&app, &world, &path, anew).await;
    let url = anew["report_url"].as_str().unwrap();
    assert_eq!(anew["message"]["content"], format!("Here it is once more: {url}"));
    assert_eq!(count(&app, "messages").await, 2);

    let other = json!({ "id": body["id"], "text": "Other words" });
    app.post(&format!("{path}/send"), &world.ours.manager, &other).await.problem(409, "id-taken");
    assert_eq!(count(&app, "messages").await, 2);
}

#[tokio::test]
async fn an_id_of_another_shop_s_text_sends_nothing_at_all() {
    let (app, world) = TestApp::start().await;
    let path = completed(&app, &world).await;
    let sent = send(&app, &world, &path, json!({})).await;
    let foreign = sent["message"]["id"].clone();
    let theirs = &world.theirs;
    let car = json!({ "vehicle_id": theirs.vehicle });
    let inspection = app.post("/inspections", &theirs.manager, &car).await.created();
    let their_path = format!("/inspections/{}", inspection["id"].as_str().unwrap());
    app.post(&format!("{their_path}/start"), &theirs.manager, &json!({})).await.ok();
    app.post(&format!("{their_path}/complete"), &theirs.manager, &json!({ "allow_incomplete": true })).await.ok();
    let body = json!({ "id": foreign });
    app.post(&format!("{their_path}/send"), &theirs.manager, &body).await.problem(409, "id-taken");
    assert_eq!(app.get(&their_path, &theirs.manager).await.ok()["status"], "completed", "nothing is half-done");
    assert_eq!(count(&app, "report_links").await, 1);
}

#[tokio::test]
async fn who_can_not_be_texted_is_handed_the_link() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let path = completed(&app, &world).await;
    let customer = format!("/customers/{}", world.ours.customer);
    app.patch(&customer, boss, &json!({ "phone": null })).await.ok();
    app.post(&format!("{path}/send"), boss, &json!({})).await.problem(409, "no-phone");
    app.patch(&customer, boss, &json!({ "phone": "+14155550142", "sms_opt_in": false })).await.ok();
    app.post(&format!("{path}/send"), boss, &json!({ "via": "sms" })).await.problem(409, "opted-out");
    assert_eq!(app.get(&path, boss).await.ok()["status"], "completed");
    let sent = send(&app, &world, &path, json!({ "via": "link" })).await;
    assert_eq!((&sent["inspection"]["sent_via"], &sent["message"]), (&json!("link"), &json!(null)));
    let both = json!({ "via": "link", "text": "x" });
    assert_eq!(app.post(&format!("{path}/send"), boss, &both).await.invalid_fields(), ["text"]);
}

#[tokio::test]
async fn the_words_have_to_leave_room_for_the_link() {
    let (app, world) = TestApp::start().await;
    let path = completed(&app, &world).await;
    let long = json!({ "text": "x".repeat(1600) });
    let refusal = app.post(&format!("{path}/send"), &world.ours.manager, &long).await;
    assert_eq!(refusal.invalid_fields(), ["text"]);
    let why = refusal.problem(422, "about:blank")["errors"][0]["detail"].to_string();
    assert!(why.contains("at most 1600 characters with the report's link"), "{why}");
}

#[tokio::test]
async fn only_a_manager_sends_and_only_what_is_completed() {
    let (app, world) = TestApp::start().await;
    let path = completed(&app, &world).await;
    app.post(&format!("{path}/send"), &world.ours.mechanic, &json!({})).await.problem(403, "about:blank");
    app.post(&format!("{path}/send"), &world.theirs.manager, &json!({})).await.problem(404, "about:blank");
    app.post(&format!("{path}/reopen"), &world.ours.manager, &json!({})).await.ok();
    let problem = app.post(&format!("{path}/send"), &world.ours.manager, &json!({})).await.problem(409, "state");
    assert_eq!(problem["current"], "in_progress");
}

#[tokio::test]
async fn a_late_repetition_does_not_send_what_was_reopened_since() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let path = completed(&app, &world).await;
    let body = json!({ "id": "0190f0c0-0000-7000-8000-0000000000bd" });
    send(&app, &world, &path, body.clone()).await;
    app.post(&format!("{path}/reopen"), boss, &json!({})).await.ok();
    app.post(&format!("{path}/complete"), boss, &json!({ "allow_incomplete": true })).await.ok();
    let problem = app.post(&format!("{path}/send"), boss, &body).await.problem(409, "state");
    assert_eq!(problem["current"], "completed");
    assert_eq!(app.get(&path, boss).await.ok()["status"], "completed");
}
