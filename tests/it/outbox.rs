//! The outbox: every text is handed over once, whatever happens on the way.

use std::time::Duration;

use courtesy::conversations::outbox::{self, turn};
use courtesy::conversations::provider::Attempt;
use courtesy::conversations::{MessageStatus, Wake};
use serde_json::{Value, json};

use crate::conversations::link;
use crate::support::provider::{Script, not_sent, refused, taken};
use crate::support::world::Shop;
use crate::support::{TestApp, World};

/// A manager who texts.
struct Desk {
    app: TestApp,
    world: World,
    messages: String,
}

impl Desk {
    async fn start() -> Self {
        let (app, world) = TestApp::start().await;
        let messages = messages_with(&app, &world.ours, &world.ours.customer).await;
        Self { app, world, messages }
    }

    /// Queues a text.
    async fn text(&self, content: &str) -> Value {
        self.app.post(&self.messages, &self.world.ours.manager, &json!({ "content": content })).await.created()
    }

    /// The text as it is now.
    async fn now(&self, text: &Value) -> Value {
        let listed = self.app.get(&self.messages, &self.world.ours.manager).await.ok();
        let texts = listed["items"].as_array().expect("a list");
        texts.iter().find(|listed| listed["id"] == text["id"]).expect("the text stays").clone()
    }

    /// One turn; how many texts it took up.
    async fn turn(&self, provider: &Script) -> usize {
        turn(self.app.database(), provider).await.expect("the database answers")
    }

    /// Lets the times come that texts wait for.
    async fn wait(&self) {
        self.move_rows("UPDATE messages SET next_attempt_at = now() - interval '1 second'").await;
    }

    async fn move_rows(&self, sql: &str) {
        self.app.owner().await.batch_execute(sql).await.expect("moved");
    }

    /// How many seconds from now the text is due.
    async fn due_in(&self, text: &Value) -> f64 {
        let sql = "SELECT extract(epoch FROM next_attempt_at - now())::float8 FROM messages WHERE id::text = $1";
        let id = text["id"].as_str().expect("an id");
        self.app.owner().await.query_one(sql, &[&id]).await.expect("the text").get(0)
    }
}

async fn messages_with(app: &TestApp, shop: &Shop, customer: &str) -> String {
    let talk = app.post("/conversations", &shop.manager, &json!({ "customer_id": customer })).await.created();
    format!("/conversations/{}/messages", talk["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn a_text_is_handed_over_once() {
    let desk = Desk::start().await;
    let provider = Script::new([]);
    let text = desk.text("Your car is done").await;
    assert_eq!(desk.turn(&provider).await, 1);
    assert_eq!(desk.turn(&provider).await, 0);
    let content = text["content"].as_str().unwrap().to_owned();
    assert_eq!(provider.sent(), [("+14155550142".to_owned(), content)]);
    let sent = desk.now(&text).await;
    assert_eq!((&sent["status"], &sent["provider"]), (&json!("sent"), &json!("script")));
    assert_eq!(sent["provider_message_id"], text["id"]);
    assert!(sent["sent_at"].is_string() && sent["delivered_at"].is_null());
}

#[tokio::test]
async fn what_the_provider_only_queued_is_not_handed_over_again() {
    let desk = Desk::start().await;
    let mut queued = taken("SM1");
    queued.status = MessageStatus::Pending;
    let provider = Script::new([Attempt::Accepted(queued)]);
    let text = desk.text("One").await;
    desk.turn(&provider).await;
    desk.wait().await;
    assert_eq!(desk.turn(&provider).await, 0);
    let now = desk.now(&text).await;
    assert_eq!((&now["status"], &now["provider_message_id"]), (&json!("pending"), &json!("SM1")));
    desk.text("Two").await;
    assert_eq!(desk.turn(&provider).await, 1, "nor does it hold up the next one");
}

#[tokio::test]
async fn what_was_not_sent_is_tried_again_later_and_later() {
    let desk = Desk::start().await;
    let patience = Duration::from_secs(40);
    let provider = Script::new([not_sent(None), not_sent(None), not_sent(Some(patience))]);
    let text = desk.text("Your car is done").await;
    for (least, most) in [(0.0, 1.0), (0.5, 2.0), (35.0, 40.0)] {
        assert_eq!(desk.turn(&provider).await, 1);
        assert_eq!(desk.now(&text).await["status"], "pending");
        let due = desk.due_in(&text).await;
        assert!(least <= due && due <= most, "{due}");
        assert_eq!(desk.turn(&provider).await, 0, "not before its time");
        desk.wait().await;
    }
    assert_eq!(desk.turn(&provider).await, 1);
    assert_eq!(desk.now(&text).await["status"], "sent");
    assert_eq!((provider.sent().len(), provider.asked()), (4, 0), "there was no doubt");
}

#[tokio::test]
async fn what_is_refused_has_failed_and_says_why() {
    let desk = Desk::start().await;
    let provider = Script::new([refused("30006")]);
    let text = desk.text("Your car is done").await;
    desk.turn(&provider).await;
    desk.wait().await;
    assert_eq!(desk.turn(&provider).await, 0);
    let failed = desk.now(&text).await;
    assert_eq!((&failed["status"], &failed["error_code"]), (&json!("failed"), &json!("30006")));
    assert!(failed["error"].as_str().unwrap().contains("landline"));
    assert!(failed["sent_at"].is_null());
    desk.text("Again").await;
}

#[tokio::test]
async fn the_provider_knows_of_a_stop_that_we_missed() {
    let desk = Desk::start().await;
    let text = desk.text("Your car is done").await;
    desk.turn(&Script::new([refused("21610")])).await;
    assert_eq!(desk.now(&text).await["status"], "failed");
    let boss = &desk.world.ours.manager;
    desk.app.post(&desk.messages, boss, &json!({ "content": "Hi" })).await.problem(409, "opted-out");
    let events = "SELECT source, kind, message_id::text FROM consent_events";
    let events = desk.app.owner().await.query(events, &[]).await.unwrap();
    let events: Vec<(String, String, String)> =
        events.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    assert_eq!(events, [("provider".into(), "opt_out".into(), text["id"].as_str().unwrap().to_owned())]);
}

#[tokio::test]
async fn a_stop_between_queueing_and_sending_holds() {
    let desk = Desk::start().await;
    let provider = Script::new([]);
    let text = desk.text("Your car is done").await;
    let stop = json!({ "from": "+14155550142", "content": "STOP" });
    desk.app.post("/sandbox/messages", &desk.world.ours.mechanic, &stop).await.created();
    assert_eq!(desk.turn(&provider).await, 1);
    let failed = desk.now(&text).await;
    assert_eq!((&failed["status"], &failed["error_code"]), (&json!("failed"), &json!("21610")));
    assert_eq!(provider.sent(), []);
}

#[tokio::test]
async fn a_wish_a_deletion_or_a_day_between_queueing_and_sending_hold_too() {
    for (change, code) in [
        ("UPDATE customers SET sms_opt_in = false", "21610"),
        ("UPDATE customers SET deleted_at = now()", "deleted"),
        ("UPDATE messages SET expires_at = now()", "expired"),
    ] {
        let desk = Desk::start().await;
        let provider = Script::new([]);
        let text = desk.text("Your car is done").await;
        desk.move_rows(change).await;
        desk.turn(&provider).await;
        assert_eq!(desk.now(&text).await["error_code"], code, "{change}");
        assert_eq!(provider.sent(), [], "{change}");
        let events = desk.app.owner().await.query("SELECT FROM consent_events", &[]).await.unwrap();
        assert!(events.is_empty(), "nobody said anything: {change}");
    }
}

#[tokio::test]
async fn a_report_whose_link_ended_between_queueing_and_sending_is_not_sent() {
    for end in ["revoked_at = now()", "expires_at = now()"] {
        let desk = Desk::start().await;
        let provider = Script::new([]);
        let text = desk.text("See https://x.example/r/s3cret").await;
        link(&desk.app, &text).await;
        desk.move_rows(&format!("UPDATE report_links SET {end}")).await;
        assert_eq!(desk.turn(&provider).await, 1);
        let failed = desk.now(&text).await;
        assert_eq!((&failed["status"], &failed["error_code"]), (&json!("failed"), &json!("revoked")), "{end}");
        assert_eq!(failed["error"], "The report's link was revoked before this was sent.");
        assert_eq!(provider.sent(), [], "{end}");
        let retry = format!("{}/{}/retry", desk.messages, text["id"].as_str().unwrap());
        let boss = &desk.world.ours.manager;
        assert_eq!(desk.app.post(&retry, boss, &json!({})).await.problem(409, "state")["current"], "failed");
    }
}

#[tokio::test]
async fn a_text_in_doubt_that_the_provider_has_is_not_sent_again() {
    let desk = Desk::start().await;
    let provider = Script::new([Attempt::InDoubt]);
    let text = desk.text("Your car is done").await;
    desk.turn(&provider).await;
    assert_eq!(desk.now(&text).await["status"], "pending");
    assert!(desk.due_in(&text).await > 10.0, "the provider gets time to show it");
    *provider.listed.lock().unwrap() = Some(vec![taken("SM1")]);
    desk.wait().await;
    desk.turn(&provider).await;
    let found = desk.now(&text).await;
    assert_eq!((&found["status"], &found["provider_message_id"]), (&json!("sent"), &json!("SM1")));
    assert_eq!((provider.sent().len(), provider.asked()), (1, 1));
}

#[tokio::test]
async fn a_text_in_doubt_that_the_provider_does_not_have_is_sent_again() {
    let desk = Desk::start().await;
    let provider = Script::new([Attempt::InDoubt]);
    let text = desk.text("Your car is done").await;
    desk.turn(&provider).await;
    *provider.listed.lock().unwrap() = None;
    desk.wait().await;
    desk.turn(&provider).await;
    assert_eq!(provider.sent().len(), 1, "without an answer it stays in doubt");
    *provider.listed.lock().unwrap() = Some(vec![]);
    desk.wait().await;
    desk.turn(&provider).await;
    assert_eq!(desk.now(&text).await["status"], "sent");
    assert_eq!(provider.sent().len(), 2);
}

#[tokio::test]
async fn a_text_in_doubt_is_not_taken_for_an_earlier_one_with_the_same_words() {
    let desk = Desk::start().await;
    let provider = Script::new([Attempt::Accepted(taken("SM1")), Attempt::Accepted(taken("SM2")), Attempt::InDoubt]);
    for _ in 0..3 {
        desk.text("Your car is done").await;
        desk.turn(&provider).await;
    }
    *provider.listed.lock().unwrap() = Some(vec![taken("SM1"), taken("SM2")]);
    desk.wait().await;
    desk.turn(&provider).await;
    assert_eq!(provider.sent().len(), 4, "what the provider has are the other two");
}

#[tokio::test]
async fn a_text_in_doubt_is_looked_up_before_a_stop_is_heeded() {
    let desk = Desk::start().await;
    let provider = Script::new([Attempt::InDoubt]);
    let text = desk.text("Your car is done").await;
    desk.turn(&provider).await;
    desk.move_rows("UPDATE customers SET sms_opt_in = false").await;
    *provider.listed.lock().unwrap() = Some(vec![taken("SM1")]);
    desk.wait().await;
    desk.turn(&provider).await;
    assert_eq!(desk.now(&text).await["status"], "sent", "it had left");
}

#[tokio::test]
async fn two_workers_at_once_send_each_text_once() {
    let desk = Desk::start().await;
    let provider = Script::new([]);
    let boss = &desk.world.ours.manager;
    for n in 10..40 {
        let new = json!({ "phone": format!("+141555501{n}") });
        let customer = desk.app.post("/customers", boss, &new).await.created();
        let messages = messages_with(&desk.app, &desk.world.ours, customer["id"].as_str().unwrap()).await;
        desk.app.post(&messages, boss, &json!({ "content": "Hi" })).await.created();
    }
    let work = async || while desk.turn(&provider).await > 0 {};
    tokio::join!(work(), work(), work());
    let mut sent = provider.sent();
    sent.sort();
    sent.dedup();
    assert_eq!((sent.len(), provider.sent().len()), (30, 30));
}

#[tokio::test]
async fn a_worker_that_died_hands_over_and_its_late_answer_changes_nothing() {
    for late in [refused("30006"), not_sent(None), Attempt::InDoubt, Attempt::Accepted(taken("late"))] {
        let desk = Desk::start().await;
        let text = desk.text("Your car is done").await;
        let dead = Script::new([late.clone()]);
        dead.close();
        let successor = Script::new([Attempt::Accepted(taken("SM2"))]);
        let zombie = desk.turn(&dead);
        let takes_over = async {
            dead.has_got(1).await;
            assert_eq!(desk.turn(&successor).await, 0, "the lease holds");
            desk.move_rows("UPDATE messages SET lease_until = now() - interval '1 second'").await;
            assert_eq!(desk.turn(&successor).await, 1);
            assert_eq!(successor.asked(), 1, "it may have been sent");
            dead.open();
        };
        tokio::join!(zombie, takes_over);
        let now = desk.now(&text).await;
        assert_eq!((&now["status"], &now["provider_message_id"]), (&json!("sent"), &json!("SM2")), "{late:?}");
    }
}

#[tokio::test]
async fn a_late_no_does_not_take_the_text_from_the_successor() {
    for late in [refused("30006"), refused("21610"), not_sent(None), Attempt::InDoubt] {
        let desk = Desk::start().await;
        let text = desk.text("Your car is done").await;
        let (dead, successor) = (Script::new([late.clone()]), Script::new([Attempt::Accepted(taken("SM2"))]));
        dead.close();
        successor.close();
        let zombie = async {
            desk.turn(&dead).await;
            assert_eq!(desk.now(&text).await["status"], "pending", "{late:?}");
            desk.wait().await;
            assert_eq!(desk.turn(&Script::new([])).await, 0, "the successor keeps its lease: {late:?}");
            successor.open();
        };
        let takes_over = async {
            dead.has_got(1).await;
            desk.move_rows("UPDATE messages SET lease_until = now() - interval '1 second'").await;
            tokio::join!(desk.turn(&successor), async {
                successor.has_got(1).await;
                dead.open();
            });
        };
        tokio::join!(zombie, takes_over);
        assert_eq!(desk.now(&text).await["provider_message_id"], "SM2", "{late:?}");
        let events = desk.app.owner().await.query("SELECT FROM consent_events", &[]).await.unwrap();
        assert!(events.is_empty(), "{late:?}");
    }
}

#[tokio::test]
async fn a_late_yes_spares_the_successor_the_sending() {
    let desk = Desk::start().await;
    let text = desk.text("Your car is done").await;
    let dead = Script::new([Attempt::Accepted(taken("SM1"))]);
    dead.close();
    let successor = Script::new([]);
    *successor.listed.lock().unwrap() = None;
    let takes_over = async {
        dead.has_got(1).await;
        desk.move_rows("UPDATE messages SET lease_until = now() - interval '1 second'").await;
        desk.turn(&successor).await;
        dead.open();
    };
    tokio::join!(desk.turn(&dead), takes_over);
    desk.wait().await;
    assert_eq!(desk.turn(&successor).await, 0);
    assert_eq!(desk.now(&text).await["provider_message_id"], "SM1");
    assert_eq!(successor.sent(), []);
}

#[tokio::test]
async fn texts_to_one_number_arrive_in_order() {
    let desk = Desk::start().await;
    let provider = Script::new([not_sent(None)]);
    for text in ["One: STOP ends this, says Delgado & Sons", "Two", "Three"] {
        desk.text(text).await;
    }
    assert_eq!(desk.turn(&provider).await, 1);
    assert_eq!(desk.turn(&provider).await, 0, "the second waits for the first");
    let shops = desk.app.database().shops_with_due_texts(10).await.expect("the database answers");
    assert!(shops.is_empty(), "and takes nobody's turn meanwhile");
    desk.wait().await;
    for _ in 0..3 {
        assert_eq!(desk.turn(&provider).await, 1);
    }
    let words: Vec<String> = provider.sent().into_iter().map(|(_, words)| words).collect();
    assert!(words[0].starts_with("One") && words[0] == words[1]);
    assert_eq!(words[2..], ["Two", "Three"]);
}

#[tokio::test]
async fn each_shop_s_texts_leave_from_its_own_number() {
    let desk = Desk::start().await;
    let provider = Script::new([]);
    let theirs = messages_with(&desk.app, &desk.world.theirs, &desk.world.theirs.customer).await;
    let boss = &desk.world.theirs.manager;
    desk.app.patch("/shop", boss, &json!({ "sms_number": "+14155550999" })).await.ok();
    let their_text = desk.app.post(&theirs, boss, &json!({ "content": "Theirs" })).await.created();
    let our_text = desk.text("Ours").await;
    assert_eq!(desk.turn(&provider).await, 2);
    let numbers = "SELECT id::text, shop_number FROM messages ORDER BY content LIKE '%Ours%'";
    let rows = desk.app.owner().await.query(numbers, &[]).await.unwrap();
    assert_eq!(rows[0].get::<_, String>(0), their_text["id"].as_str().unwrap());
    assert_eq!(rows[0].get::<_, String>(1), "+14155550999");
    assert!(rows[1].get::<_, String>(1).starts_with("+1555"), "an invented one");
    let listed = desk.app.get(&desk.messages, &desk.world.ours.manager).await.ok();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed["items"][0]["id"], our_text["id"]);
}

#[tokio::test]
async fn a_closed_shop_texts_nobody() {
    let desk = Desk::start().await;
    let provider = Script::new([]);
    desk.text("Your car is done").await;
    desk.move_rows("UPDATE shops SET deleted_at = now()").await;
    desk.turn(&provider).await;
    let failed = "SELECT status, error_code FROM messages";
    let failed = desk.app.owner().await.query_one(failed, &[]).await.unwrap();
    assert_eq!((failed.get(0), failed.get(1)), ("failed", "no-number"));
    assert_eq!(provider.sent(), []);
}

#[tokio::test]
async fn a_link_is_masked_once_delivery_is_final() {
    let mut delivered = taken("SM1");
    delivered.status = MessageStatus::Delivered;
    let cases = [
        (Attempt::Accepted(delivered), true),
        (refused("30006"), true),
        (refused("30003"), false),
        (Attempt::Accepted(taken("SM1")), false),
        (not_sent(None), false),
    ];
    for (answer, is_masked) in cases {
        let desk = Desk::start().await;
        let text = desk.text("See https://x.example/r/s3cret").await;
        link(&desk.app, &text).await;
        desk.turn(&Script::new([answer.clone()])).await;
        let now = desk.now(&text).await;
        let content = now["content"].as_str().unwrap();
        assert_eq!(!content.contains("s3cret"), is_masked, "{answer:?}: {content}");
        assert_eq!(content.contains("https://x.example/r/…"), is_masked, "{answer:?}");
        assert_eq!(now["segments"], text["segments"]);
    }
}

#[tokio::test]
async fn the_worker_is_woken_and_finishes_before_it_stops() {
    let desk = Desk::start().await;
    let provider = Script::new([]);
    provider.close();
    let wake = Wake::default();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let worker = outbox::run(desk.app.database(), &provider, &wake, async move {
        let _ = stopped.await;
    });
    let manager = async {
        let text = desk.text("Your car is done").await;
        wake.ring();
        provider.has_got(1).await;
        stop.send(()).expect("the worker listens");
        provider.open();
        text
    };
    let ((), text) = tokio::join!(worker, manager);
    assert_eq!(desk.now(&text).await["status"], "sent", "what was under way is finished");
}

#[tokio::test]
async fn the_worker_outlives_its_connections() {
    let desk = Desk::start().await;
    let provider = Script::new([]);
    let wake = Wake::default();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let worker = outbox::run(desk.app.database(), &provider, &wake, async move {
        let _ = stopped.await;
    });
    let manager = async {
        desk.text("One").await;
        wake.ring();
        provider.has_got(1).await;
        desk.move_rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE datname = current_database() AND application_name LIKE '%courtesy_worker'",
        )
        .await;
        desk.text("Two").await;
        wake.ring();
        provider.has_got(2).await;
        stop.send(()).expect("the worker listens");
    };
    tokio::join!(worker, manager);
}
