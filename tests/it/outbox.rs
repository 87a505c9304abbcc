//! The outbox: every text is handed over once, whatever happens on the way.

mod doubt;
mod hindrances;
mod lease;
mod storm;
mod worker;

use std::time::Duration;

use courtesy::conversations::MessageStatus;
use courtesy::conversations::outbox::turn;
use courtesy::conversations::provider::Attempt;
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

    /// Lets the time run out in which a text belongs to whoever claimed it.
    async fn end_leases(&self) {
        self.move_rows("UPDATE messages SET lease_until = now() - interval '1 second'").await;
    }

    async fn move_rows(&self, sql: &str) {
        self.app.owner().await.batch_execute(sql).await.expect("moved");
    }

    /// Puts off what was tried already, so that no test has to be quicker than the outbox is patient.
    async fn put_off(&self) {
        self.move_rows("UPDATE messages SET next_attempt_at = now() + interval '1 hour' WHERE attempts > 0").await;
    }

    /// How many seconds after the last attempt began the text is due.
    async fn patience(&self, text: &Value) -> f64 {
        let sql = "SELECT extract(epoch FROM next_attempt_at - attempt_started_at)::float8
                     FROM messages WHERE id::text = $1";
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
    let provider = Script::new([not_sent(None), not_sent(None), not_sent(Some(Duration::from_secs(40)))]);
    let text = desk.text("Your car is done").await;
    for least in [0.5, 1.0, 40.0] {
        assert_eq!(desk.turn(&provider).await, 1);
        assert_eq!(desk.now(&text).await["status"], "pending");
        let patience = desk.patience(&text).await;
        // No attempt takes longer than fifteen seconds.
        assert!((least..least + 16.0).contains(&patience), "{patience}");
        desk.put_off().await;
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
async fn texts_to_one_number_arrive_in_order() {
    let desk = Desk::start().await;
    let provider = Script::new([not_sent(None)]);
    for text in ["One: STOP ends this, says Delgado & Sons", "Two", "Three"] {
        desk.text(text).await;
    }
    assert_eq!(desk.turn(&provider).await, 1);
    desk.put_off().await;
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
