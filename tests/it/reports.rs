//! Sending the report, and the page that the customer opens.

use axum::body::Body;
use axum::http::Request;
use scraper::{Html, Selector};
use serde_json::{Value, json};

use crate::support::app::PUBLIC_URL;
use crate::support::{Answer, TestApp, World};

/// An inspection with a red, a yellow and a green finding, completed though much was not looked at.
async fn completed(app: &TestApp, world: &World) -> String {
    let ours = &world.ours;
    let body = json!({
        "vehicle_id": ours.vehicle, "assigned_to": ours.mechanic.id, "odometer_reading": 112_480,
        "customer_concerns": ["Squeals when braking"], "internal_notes": "pays late",
    });
    let inspection = app.post("/inspections", &ours.manager, &body).await.created();
    let path = format!("/inspections/{}", inspection["id"].as_str().expect("an id"));
    app.post(&format!("{path}/start"), &ours.mechanic, &json!({})).await.ok();
    let findings = json!([
        { "category": "brakes", "component": "front_pads_left", "measurement": 2.5, "notes": "Worn <out>" },
        { "category": "tires", "component": "tread_depth_lf", "measurement": 4, "notes": "Wearing" },
        { "category": "tires", "component": "tread_depth_rf", "measurement": 7 },
        { "category": "tires", "component": "spare", "not_applicable": true },
    ]);
    app.put(&format!("{path}/items"), &ours.mechanic, &findings).await.ok();
    app.post(&format!("{path}/complete"), &ours.manager, &json!({ "allow_incomplete": true })).await.ok();
    path
}

async fn send(app: &TestApp, world: &World, path: &str, body: Value) -> Value {
    app.post(&format!("{path}/send"), &world.ours.manager, &body).await.ok()
}

/// What stands behind the public address.
fn below(report_url: &Value) -> String {
    let url = report_url.as_str().expect("an address");
    url.strip_prefix(PUBLIC_URL).expect("our own address").to_owned()
}

async fn visit(app: &TestApp, method: &str, address: &str) -> Answer {
    app.send(Request::builder().method(method).uri(address).body(Body::empty()).expect("a request")).await
}

fn texts(page: &Answer, selector: &str) -> Vec<String> {
    let html = Html::parse_document(&String::from_utf8_lossy(&page.bytes));
    let selector = Selector::parse(selector).expect("a selector");
    let text = |element: scraper::ElementRef<'_>| element.text().collect::<String>().trim().to_owned();
    html.select(&selector).map(text).collect()
}

async fn count(app: &TestApp, what: &str) -> i64 {
    app.owner().await.query_one(&format!("SELECT count(*) FROM {what}"), &[]).await.expect("a count").get(0)
}

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
async fn the_report_says_reds_first_in_plain_words_and_nothing_personal() {
    let (app, world) = TestApp::start().await;
    let path = completed(&app, &world).await;
    app.patch(
        &format!("/vehicles/{}", world.ours.vehicle),
        &world.ours.manager,
        &json!({ "vin": "1HGCM82633A004352" }),
    )
    .await
    .ok();
    let sent = send(&app, &world, &path, json!({})).await;
    let page = visit(&app, "GET", &below(&sent["report_url"])).await;
    assert_eq!(texts(&page, "h1"), ["Your 2018 Honda Civic needs 1 thing now"]);
    assert_eq!(
        texts(&page, "h2"),
        [
            "You told us",
            "Needs attention now",
            "May need attention soon",
            "Checked and fine",
            "Not inspected",
            "Questions? Ask us"
        ]
    );
    assert_eq!(texts(&page, "#now h3"), ["Front brake pads, left"]);
    assert_eq!(texts(&page, "#now .value"), ["2.5 mm"]);
    assert_eq!(texts(&page, "#now .words"), ["Worn <out>"]);
    assert_eq!(texts(&page, ".summary b"), ["1", "1", "1"], "not applicable and not inspected are never green");
    assert_eq!(texts(&page, "#open-points li").len(), 28);
    let html = String::from_utf8_lossy(&page.bytes);
    for personal in ["Ruth", "Abel", "7ABC", "1HGCM82633A004352", "5550142", "pays late", &world.ours.customer] {
        assert!(!html.contains(personal), "{personal}");
    }
    assert!(html.contains("112,480 miles"));
    assert_eq!(page.headers["x-robots-tag"], "noindex, nofollow");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let script = texts(&page, "script");
    assert_eq!(script, [""], "no script stands in the page");
}

#[tokio::test]
async fn the_page_s_assets_are_kept_for_ever() {
    let (app, world) = TestApp::start().await;
    let path = completed(&app, &world).await;
    let sent = send(&app, &world, &path, json!({})).await;
    let page = visit(&app, "GET", &below(&sent["report_url"])).await;
    let html = Html::parse_document(&String::from_utf8_lossy(&page.bytes));
    let mut addresses = Vec::new();
    for (selector, attribute) in [("link[rel=stylesheet]", "href"), ("script", "src")] {
        let selector = Selector::parse(selector).unwrap();
        addresses.extend(html.select(&selector).filter_map(|element| element.attr(attribute)).map(str::to_owned));
    }
    assert_eq!(addresses.len(), 2);
    for address in addresses {
        let asset = visit(&app, "GET", &address).await;
        assert_eq!(asset.status, 200, "{address}");
        assert!(asset.headers["cache-control"].to_str().unwrap().contains("immutable"));
    }
    visit(&app, "GET", "/assets/app.css").await.problem(404, "about:blank");
}

#[tokio::test]
async fn looking_is_noted_by_the_page_and_not_by_opening_it() {
    let (app, world) = TestApp::start().await;
    let path = completed(&app, &world).await;
    let report = below(&send(&app, &world, &path, json!({})).await["report_url"]);
    visit(&app, "GET", &report).await;
    let viewed = async || app.get(&path, &world.ours.manager).await.ok()["viewed_at"].clone();
    assert_eq!(viewed().await, json!(null));
    visit(&app, "POST", &format!("{report}/seen")).await.no_content();
    let first = viewed().await;
    assert!(first.is_string());
    visit(&app, "POST", &format!("{report}/seen")).await.no_content();
    assert_eq!(viewed().await, first);
    assert_eq!(count(&app, "inspection_events WHERE kind = 'viewed'").await, 1);
}

#[tokio::test]
async fn a_reopened_report_says_that_it_is_being_updated() {
    let (app, world) = TestApp::start().await;
    let path = completed(&app, &world).await;
    let report = below(&send(&app, &world, &path, json!({})).await["report_url"]);
    app.post(&format!("{path}/reopen"), &world.ours.manager, &json!({})).await.ok();
    let page = visit(&app, "GET", &report).await;
    assert_eq!(texts(&page, "h1"), ["Your report is being updated"]);
    assert!(!String::from_utf8_lossy(&page.bytes).contains("brake"));
    app.post(&format!("{path}/complete"), &world.ours.manager, &json!({ "allow_incomplete": true })).await.ok();
    send(&app, &world, &path, json!({ "via": "link" })).await;
    assert_eq!(texts(&visit(&app, "GET", &report).await, "h1"), ["Your 2018 Honda Civic needs 1 thing now"]);
}

#[tokio::test]
async fn a_link_that_was_revoked_or_has_expired_opens_nothing() {
    let (app, world) = TestApp::start().await;
    let path = completed(&app, &world).await;
    let revoked = below(&send(&app, &world, &path, json!({})).await["report_url"]);
    app.delete(&format!("{path}/links"), &world.ours.mechanic).await.problem(403, "about:blank");
    app.delete(&format!("{path}/links"), &world.ours.manager).await.no_content();
    app.delete(&format!("{path}/links"), &world.ours.manager).await.no_content();
    let expired = below(&send(&app, &world, &path, json!({})).await["report_url"]);
    app.owner().await.batch_execute("UPDATE report_links SET expires_at = now()").await.unwrap();
    for report in [&revoked, &expired] {
        let page = visit(&app, "GET", report).await;
        assert_eq!(page.status, 410);
        assert_eq!(texts(&page, "h1"), ["This link has ended"]);
        visit(&app, "POST", &format!("{report}/seen")).await.problem(404, "about:blank");
    }
}

#[tokio::test]
async fn a_link_that_never_was_is_a_page_with_a_way_back() {
    let (app, _) = TestApp::start().await;
    for token in ["0123456789abcdefghijkl", "short", "%FF", "0123456789abcdefghijk%00"] {
        let page = visit(&app, "GET", &format!("/r/{token}")).await;
        assert_eq!(page.status, 404, "{token}");
        assert_eq!(texts(&page, "h1"), ["Nothing here"]);
    }
}

#[tokio::test]
async fn a_deleted_inspection_takes_its_report_along() {
    let (app, world) = TestApp::start().await;
    let path = completed(&app, &world).await;
    let report = below(&send(&app, &world, &path, json!({})).await["report_url"]);
    app.delete(&path, &world.ours.manager).await.no_content();
    assert_eq!(visit(&app, "GET", &report).await.status, 410);
}

async fn answer(app: &TestApp, report: &str, body: &Value) -> Answer {
    let request = Request::builder()
        .method("POST")
        .uri(format!("{report}/answers"))
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .expect("a request");
    app.send(request).await
}

#[tokio::test]
async fn the_customer_s_answers_mark_the_findings_and_stand_in_the_conversation() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let path = completed(&app, &world).await;
    let report = below(&send(&app, &world, &path, json!({})).await["report_url"]);
    let body = json!({ "answers": [
        { "category": "brakes", "component": "front_pads_left", "answer": "do_it" },
        { "category": "tires", "component": "tread_depth_lf", "answer": "later" },
    ] });
    answer(&app, &report, &body).await.no_content();
    answer(&app, &report, &body).await.no_content();
    let items = app.get(&path, boss).await.ok()["items"].clone();
    let given: Vec<_> = items.as_array().unwrap().iter().map(|item| item["customer_answer"].clone()).collect();
    assert_eq!(given.iter().filter(|answer| **answer == json!("do_it")).count(), 1);
    let said = "messages WHERE direction = 'inbound' AND content = 'Please do it: Front brake pads, left. \
                Later: Tire tread, left front.'";
    assert_eq!(count(&app, said).await, 1, "a repeated answer is no news");
    assert_eq!(app.get("/conversations", boss).await.ok()["items"][0]["unread"], 1);

    let green = json!({ "answers": [{ "category": "tires", "component": "tread_depth_rf", "answer": "later" }] });
    assert_eq!(answer(&app, &report, &green).await.invalid_fields(), ["answers.0.component"]);
    app.post(&format!("{path}/reopen"), boss, &json!({})).await.ok();
    answer(&app, &report, &body).await.problem(409, "state");
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
