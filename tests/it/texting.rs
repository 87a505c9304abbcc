//! Texts from customers, and the sandbox that they are tried out in.

use courtesy::conversations::inbound::{Inbound, Receipt, Told, receive};
use courtesy::conversations::outbox::turn;
use courtesy::conversations::sandbox::Sandbox;
use courtesy::ids::MessageId;
use courtesy::text::{Country, Phone};
use serde_json::{Value, json};

use crate::conversations::link;
use crate::support::world::Shop;
use crate::support::{Person, TestApp};

/// The customer's phone.
const RUTH: &str = "+14155550142";

/// Somebody texts the shop.
async fn text(app: &TestApp, shop: &Shop, from: &str, content: &str) -> Value {
    let text = json!({ "from": from, "content": content });
    app.post("/sandbox/messages", &shop.mechanic, &text).await.created()
}

async fn conversations(app: &TestApp, boss: &Person) -> Vec<Value> {
    app.get("/conversations", boss).await.ok()["items"].as_array().expect("a list").clone()
}

/// A provider's text to the shop's invented number.
async fn provided(app: &TestApp, shop: &Shop, from: &str, its_id: &str, body: &str) -> Inbound {
    let line = "SELECT sandbox_number FROM shops WHERE id::text = $1";
    let line = app.owner().await.query_one(line, &[&shop.id]).await.expect("the shop").get(0);
    Inbound {
        id: MessageId::new(),
        to: line,
        from: Phone::parse(from, Country::US).expect("a phone"),
        body: body.to_owned(),
        provider: "twilio",
        provider_message_id: its_id.to_owned(),
        told: Told::default(),
    }
}

#[tokio::test]
async fn a_text_comes_into_the_customer_s_conversation_unread() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let came = text(&app, &world.ours, "(415) 555-0142", "Is it done?").await;
    assert_eq!((&came["direction"], &came["status"]), (&json!("inbound"), &json!("delivered")));
    assert_eq!((&came["phone_number"], &came["user_id"]), (&json!(RUTH), &Value::Null));
    assert_eq!(came["customer_id"], world.ours.customer.as_str());
    text(&app, &world.ours, RUTH, "Hello?").await;
    let talks = conversations(&app, boss).await;
    assert_eq!(talks.len(), 1);
    assert_eq!((&talks[0]["unread"], &talks[0]["last_message"]["content"]), (&json!(2), &json!("Hello?")));
    let path = format!("/conversations/{}", talks[0]["id"].as_str().unwrap());
    assert_eq!(app.patch(&path, boss, &json!({ "read": true })).await.ok()["unread"], 0);
    assert_eq!(app.patch(&path, boss, &json!({ "read": false })).await.ok()["unread"], 1);
    assert_eq!(app.get("/conversations", &world.theirs.manager).await.ok()["items"], json!([]));
}

#[tokio::test]
async fn a_text_reopens_the_latest_conversation() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let came = text(&app, &world.ours, RUTH, "Is it done?").await;
    let path = format!("/conversations/{}", came["conversation_id"].as_str().unwrap());
    app.patch(&path, boss, &json!({ "status": "closed" })).await.ok();
    assert_eq!(text(&app, &world.ours, RUTH, "Thanks").await["conversation_id"], came["conversation_id"]);
    assert_eq!(app.get(&path, boss).await.ok()["status"], "active");
}

#[tokio::test]
async fn a_text_comes_into_the_conversation_that_somebody_begins_meanwhile() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    let (shop, customer) = (&world.ours.id, &world.ours.customer);
    let begins = format!(
        "BEGIN; SELECT FROM customers WHERE id = '{customer}' FOR NO KEY UPDATE;
         INSERT INTO conversations (shop_id, customer_id) VALUES ('{shop}', '{customer}')"
    );
    owner.batch_execute(&begins).await.expect("begun");
    let ends = async {
        app.has_waiting(1).await;
        owner.batch_execute("COMMIT").await.expect("ended");
    };
    let (came, ()) = tokio::join!(text(&app, &world.ours, RUTH, "Is it done?"), ends);
    let talks = conversations(&app, &world.ours.manager).await;
    assert_eq!(talks.len(), 1);
    assert_eq!(came["conversation_id"], talks[0]["id"]);
}

#[tokio::test]
async fn a_stranger_becomes_a_customer_with_only_a_phone_once() {
    let (app, world) = TestApp::start().await;
    let stranger = "+14155550123";
    let (one, two, three) = tokio::join!(
        text(&app, &world.ours, stranger, "Hello"),
        text(&app, &world.ours, stranger, "Anybody there?"),
        text(&app, &world.ours, stranger, "I need new brakes"),
    );
    assert!(one["customer_id"] == two["customer_id"] && two["customer_id"] == three["customer_id"]);
    let customer = format!("/customers/{}", one["customer_id"].as_str().unwrap());
    let customer = app.get(&customer, &world.ours.mechanic).await.ok();
    assert_eq!((&customer["phone"], &customer["first_name"]), (&json!(stranger), &Value::Null));
    let talks = conversations(&app, &world.ours.manager).await;
    assert_eq!((talks.len(), &talks[0]["unread"]), (1, &json!(3)));
}

#[tokio::test]
async fn who_shares_a_phone_is_told_apart_by_who_was_texted_last() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let texted = |id: Value| {
        let app = &app;
        async move {
            let talk = app.post("/conversations", boss, &json!({ "customer_id": id })).await.json();
            let path = format!("/conversations/{}/messages", talk["id"].as_str().unwrap());
            app.post(&path, boss, &json!({ "content": "Hi" })).await.created();
        }
    };
    let husband = app.post("/customers", boss, &json!({ "first_name": "Sam", "phone": RUTH })).await.created();
    texted(json!(world.ours.customer)).await;
    assert_eq!(text(&app, &world.ours, RUTH, "Yes?").await["customer_id"], world.ours.customer.as_str());
    texted(husband["id"].clone()).await;
    assert_eq!(text(&app, &world.ours, RUTH, "Yes?").await["customer_id"], husband["id"]);
    let sam = format!("/customers/{}", husband["id"].as_str().unwrap());
    app.delete(&sam, boss).await.no_content();
    assert_eq!(text(&app, &world.ours, RUTH, "Yes?").await["customer_id"], world.ours.customer.as_str());
}

#[tokio::test]
async fn stop_holds_for_the_phone_until_start() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let came = text(&app, &world.ours, RUTH, "Hi").await;
    let path = format!("/conversations/{}", came["conversation_id"].as_str().unwrap());
    let may_text = || async { app.get(&path, boss).await.ok()["may_text"].clone() };
    for (word, may) in [
        ("yes", true),
        (" Stop.", false),
        ("stop by at 5?", false),
        ("START", true),
        ("unsubscribe", false),
        ("Yes", true),
        ("HELP", true),
    ] {
        text(&app, &world.ours, RUTH, word).await;
        assert_eq!(may_text().await, may, "{word}");
    }
    text(&app, &world.ours, RUTH, "STOP").await;
    let twin = app.post("/customers", boss, &json!({ "phone": RUTH })).await.created();
    let talk = app.post("/conversations", boss, &json!({ "customer_id": twin["id"] })).await.created();
    assert_eq!(talk["may_text"], false, "it is the phone's word, not the customer row's");
    text(&app, &world.theirs, RUTH, "Hello neighbour").await;
    assert_eq!(conversations(&app, &world.theirs.manager).await[0]["may_text"], true, "and it was said to one shop");

    app.patch(&format!("/customers/{}", world.ours.customer), boss, &json!({ "first_name": "R." })).await.ok();
    assert_eq!(may_text().await, false);
    app.patch(&format!("/customers/{}", world.ours.customer), boss, &json!({ "sms_opt_in": true })).await.ok();
    assert_eq!(may_text().await, true, "staff recorded a consent");
    let events = "SELECT kind || ' ' || source || ' ' || (message_id IS NOT NULL) || ' ' || (user_id IS NOT NULL)
                    FROM consent_events ORDER BY created_at";
    let events = app.owner().await.query(events, &[]).await.unwrap();
    let events: Vec<String> = events.iter().map(|row| row.get(0)).collect();
    let said = ["opt_out keyword true false", "opt_in keyword true false"];
    assert_eq!(events, [&said[..], &said, &[said[0], "opt_in staff false true"]].concat());
}

#[tokio::test]
async fn every_row_with_the_phone_follows_its_word() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let unwilling = json!({ "first_name": "Sam", "phone": RUTH, "sms_opt_in": false });
    let twin = app.post("/customers", boss, &unwilling).await.created();
    let twin = format!("/customers/{}", twin["id"].as_str().unwrap());
    let ruth = format!("/customers/{}", world.ours.customer);
    let wish = async |path: &str| app.get(path, boss).await.ok()["sms_opt_in"].clone();
    let wishes = async || [wish(&ruth).await, wish(&twin).await];
    let no = json!({ "sms_opt_in": false });
    app.patch(&ruth, boss, &no).await.ok();
    text(&app, &world.theirs, RUTH, "START").await;
    assert_eq!(wishes().await, [false, false], "said to another shop");
    text(&app, &world.ours, RUTH, "START").await;
    assert_eq!(wishes().await, [true, true]);
    assert_eq!(conversations(&app, boss).await[0]["may_text"], true);
    text(&app, &world.ours, RUTH, "STOP").await;
    assert_eq!(wishes().await, [false, false], "the rows follow the phone's word");
    assert_eq!(conversations(&app, boss).await[0]["may_text"], false);

    app.patch(&twin, boss, &json!({ "sms_opt_in": true })).await.ok();
    assert_eq!(wishes().await, [true, true], "staff noted a consent");
}

#[tokio::test]
async fn a_text_that_is_handed_over_twice_comes_in_once() {
    let (app, world) = TestApp::start().await;
    let first = provided(&app, &world.ours, RUTH, "SM1", "Is it\0 done?").await;
    let again = provided(&app, &world.ours, RUTH, "SM1", "Is it\0 done?").await;
    let both = tokio::join!(receive(app.database(), first), receive(app.database(), again));
    let both = [both.0.expect("taken in"), both.1.expect("taken in")];
    assert_eq!(both.iter().filter(|receipt| matches!(receipt, Receipt::New(_))).count(), 1);
    assert_eq!(both.iter().filter(|receipt| matches!(receipt, Receipt::Known(_))).count(), 1);
    let talk = conversations(&app, &world.ours.manager).await.remove(0);
    assert_eq!((&talk["unread"], &talk["last_message"]["content"]), (&json!(1), &json!("Is it done?")));
    let theirs = provided(&app, &world.theirs, RUTH, "SM1", "Hello").await;
    let receipt = receive(app.database(), theirs).await.expect("taken in");
    assert!(matches!(receipt, Receipt::New(_)), "another shop's ids are its own");
    let empty = provided(&app, &world.ours, RUTH, "SM2", "").await;
    receive(app.database(), empty).await.expect("a picture without words");
}

#[tokio::test]
async fn a_number_of_nobody_s_reaches_nobody() {
    let (app, world) = TestApp::start().await;
    let mut lost = provided(&app, &world.ours, RUTH, "SM1", "Hello?").await;
    lost.to = "+14155550000".into();
    let receipt = receive(app.database(), lost).await.expect("answered");
    assert!(matches!(receipt, Receipt::Nobody));
    app.patch("/shop", &world.theirs.manager, &json!({ "sms_number": "+14155550000" })).await.ok();
    let mut found = provided(&app, &world.ours, RUTH, "SM1", "Hello?").await;
    found.to = "+14155550000".into();
    receive(app.database(), found).await.expect("taken in");
    assert!(conversations(&app, &world.ours.manager).await.is_empty());
    assert_eq!(conversations(&app, &world.theirs.manager).await.len(), 1);
}

#[tokio::test]
async fn the_sandbox_shows_the_customer_s_phone() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let asked = text(&app, &world.ours, RUTH, "Is it done?").await;
    text(&app, &world.ours, "+14155550100", "Wrong phone").await;
    let path = format!("/conversations/{}/messages", asked["conversation_id"].as_str().unwrap());
    let told = app.post(&path, boss, &json!({ "content": "See https://x.example/r/s3cret" })).await.created();
    link(&app, &told).await;
    let phone = "/sandbox/messages?phone=415-555-0142";
    let shown = app.get(phone, &world.ours.mechanic).await.ok();
    assert_eq!(shown["items"].as_array().unwrap().len(), 1, "nothing was sent yet");

    let sandbox = Sandbox::new(app.database().clone());
    assert_eq!(turn(app.database(), &sandbox).await.expect("a turn"), 1);
    let shown = app.get(phone, &world.ours.mechanic).await.ok();
    assert_eq!(shown["items"][0]["id"], told["id"]);
    assert_eq!(shown["items"][0]["status"], "delivered");
    assert_eq!(shown["items"][0]["content"], told["content"], "the phone keeps the link");
    assert_eq!(shown["items"][1], asked);
    let kept = app.get(&path, boss).await.ok();
    assert!(!kept["items"][0]["content"].as_str().unwrap().contains("s3cret"), "the shop does not");
    let page = app.get(&format!("{phone}&limit=1"), boss).await.ok();
    assert!(page["next"].is_string());
    assert_eq!(app.get("/sandbox/messages", boss).await.ok()["items"].as_array().unwrap().len(), 3);
    assert_eq!(app.get(phone, &world.theirs.manager).await.ok()["items"], json!([]));
}

#[tokio::test]
async fn an_answer_on_the_report_is_no_text_from_a_phone() {
    let (app, world) = TestApp::start().await;
    let mut answer = provided(&app, &world.ours, RUTH, "1", "Brake pads: please do").await;
    answer.provider = "report";
    receive(app.database(), answer).await.expect("taken in");
    let texted = text(&app, &world.ours, RUTH, "When?").await;
    assert_eq!(app.get("/sandbox/messages", &world.ours.mechanic).await.ok()["items"], json!([texted]));
    assert_eq!(conversations(&app, &world.ours.manager).await[0]["unread"], 2, "the shop sees both");
}

#[tokio::test]
async fn the_provider_s_numbers_for_failures_fail_in_the_sandbox() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let sandbox = Sandbox::new(app.database().clone());
    for (last, code) in [("1", "21211"), ("2", "21612"), ("3", "21408"), ("4", "21610"), ("9", "21614")] {
        let new = json!({ "phone": format!("+1500555000{last}") });
        let customer = app.post("/customers", boss, &new).await.created();
        let talk = app.post("/conversations", boss, &json!({ "customer_id": customer["id"] })).await.created();
        let path = format!("/conversations/{}/messages", talk["id"].as_str().unwrap());
        app.post(&path, boss, &json!({ "content": "Hi" })).await.created();
        turn(app.database(), &sandbox).await.expect("a turn");
        let failed = app.get(&path, boss).await.ok()["items"][0].clone();
        assert_eq!((&failed["status"], &failed["error_code"]), (&json!("failed"), &json!(code)));
        assert!(failed["error"].is_string());
    }
    assert_eq!(app.get("/sandbox/messages", boss).await.ok()["items"], json!([]), "none arrived");
}

#[tokio::test]
async fn the_sandbox_s_requests_are_judged_like_all_others() {
    let (app, world) = TestApp::start().await;
    let (staff, path) = (&world.ours.mechanic, "/sandbox/messages");
    for (body, field) in [
        (json!({ "content": "Hi" }), "from"),
        (json!({ "from": RUTH }), "content"),
        (json!({ "from": "12", "content": "Hi" }), "from"),
        (json!({ "from": RUTH, "content": "" }), "content"),
        (json!({ "from": RUTH, "content": "Hi", "to": "x" }), "to"),
    ] {
        assert_eq!(app.post(path, staff, &body).await.invalid_fields(), [field], "{body}");
    }
    assert_eq!(app.get("/sandbox/messages?phone=abc", staff).await.invalid_fields(), ["phone"]);
    app.get(path, None).await.problem(401, "about:blank");
    app.post(path, None, &json!({})).await.problem(401, "about:blank");
    let text = json!({ "id": "0190f0c0-0000-7000-8000-0000000000cc", "from": RUTH, "content": "Hi" });
    let came = app.post(path, staff, &text).await.created();
    assert_eq!(came["id"], text["id"]);
    assert_eq!(app.post(path, staff, &text).await.ok(), came);
    let other = json!({ "id": text["id"], "from": RUTH, "content": "Ho" });
    app.post(path, staff, &other).await.problem(409, "id-taken");
    let elsewhere = json!({ "id": text["id"], "from": "+14155550100", "content": "Hi" });
    app.post(path, staff, &elsewhere).await.problem(409, "id-taken");
    app.post(path, &world.theirs.mechanic, &text).await.problem(409, "id-taken");
}

#[tokio::test]
async fn writing_a_customer_back_as_they_were_read_lifts_no_stop() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let customer = format!("/customers/{}", world.ours.customer);
    let stop = json!({ "from": "+14155550142", "content": "STOP" });
    app.post("/sandbox/messages", boss, &stop).await.created();
    let read = app.get(&customer, boss).await.ok();
    let back = json!({ "sms_opt_in": read["sms_opt_in"], "first_name": "Ruth" });
    app.patch(&customer, boss, &back).await.ok();
    let conversation = &app.get("/conversations", boss).await.ok()["items"][0];
    assert_eq!(conversation["may_text"], false);
    app.patch(&customer, boss, &json!({ "sms_opt_in": true })).await.ok();
    assert_eq!(app.get("/conversations", boss).await.ok()["items"][0]["may_text"], true);
}

/// The rows follow a STOP, but a row that is made later knows nothing of it: the phone's word alone stands there.
#[tokio::test]
async fn a_stop_holds_for_a_customer_who_is_added_after_it() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    text(&app, &world.ours, RUTH, "STOP").await;
    let added = app.post("/customers", boss, &json!({ "first_name": "Ruth", "phone": RUTH })).await.created();
    assert_eq!(added["sms_opt_in"], true);
    let conversation = app.post("/conversations", boss, &json!({ "customer_id": added["id"] })).await.created();
    assert_eq!(conversation["may_text"], false);
    let messages = format!("/conversations/{}/messages", conversation["id"].as_str().unwrap());
    app.post(&messages, boss, &json!({ "content": "Hi" })).await.problem(409, "opted-out");
    let row = format!("/customers/{}", added["id"].as_str().unwrap());
    app.patch(&row, boss, &json!({ "sms_opt_in": true })).await.ok();
    app.post(&messages, boss, &json!({ "content": "Hi" })).await.problem(409, "opted-out");
    app.patch(&row, boss, &json!({ "sms_opt_in": false })).await.ok();
    app.patch(&row, boss, &json!({ "sms_opt_in": true })).await.ok();
    app.post(&messages, boss, &json!({ "content": "Hi" })).await.created();
    let theirs = json!({ "customer_id": world.theirs.customer });
    let theirs = app.post("/conversations", &world.theirs.manager, &theirs).await.created();
    assert_eq!(theirs["may_text"], true, "said to another shop");
}
