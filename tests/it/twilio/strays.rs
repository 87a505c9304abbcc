//! Texts that came for a number before a shop had it.

use courtesy::conversations::stray::deliver;
use serde_json::{Value, json};

use super::webhooks::{text, with};
use super::{Desk, RUTH};

/// The number that is nobody's at first.
const NEW: &str = "+14155550198";

impl Desk {
    /// Somebody texts the number that is nobody's.
    async fn hear_stray(&self, its_id: &str, from: &str, body: &str) {
        self.hear(&with(text(its_id, from, body), "To", NEW)).await;
    }

    async fn take_number(&self) {
        let boss = &self.world.ours.manager;
        self.app.patch("/shop", boss, &json!({ "sms_number": NEW })).await.ok();
    }

    async fn deliver(&self) -> usize {
        deliver(self.app.database()).await.unwrap()
    }

    async fn texts(&self) -> Vec<Value> {
        self.app.get(&self.messages, &self.world.ours.manager).await.ok()["items"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn they_find_their_way_once_a_shop_takes_the_number() {
    let desk = Desk::start().await;
    let mut pictured = with(with(text("MM1", RUTH, "Look"), "To", NEW), "NumMedia", "1");
    pictured = with(with(pictured, "MediaUrl0", "https://api.twilio.com/M/1"), "MediaContentType0", "image/png");
    desk.hear(&pictured).await;
    desk.hear_stray("SM2", RUTH, "Please stop texting me").await;
    desk.hear_stray("SM3", "262966", "Your code is 1234").await;
    desk.move_rows("UPDATE courtesy.stray_texts SET created_at = created_at - interval '3 days'").await;
    assert_eq!(desk.deliver().await, 0, "the number is nobody's");
    assert!(desk.texts().await.is_empty());
    desk.take_number().await;
    assert_eq!(desk.deliver().await, 2);
    let texts = desk.texts().await;
    let said: Vec<_> = texts.iter().map(|text| text["content"].as_str().unwrap()).collect();
    assert_eq!(said, ["Please stop texting me", "Look"]);
    assert_eq!(
        (&texts[1]["pictures"][0]["state"], &texts[1]["pictures"][0]["content_type"]),
        (&json!("waiting"), &json!("image/png"))
    );
    let talk = desk.talks().await.remove(0);
    assert_eq!((&talk["unread"], &talk["wants_no_texts"]), (&json!(2), &json!(true)));
    let rows = "SELECT bool_and(created_at BETWEEN now() - interval '73 hours' AND now() - interval '71 hours')
                  FROM messages WHERE direction = 'inbound'";
    assert!(
        desk.app.owner().await.query_one(rows, &[]).await.unwrap().get::<_, bool>(0),
        "it stands where it was said"
    );
    let latest = "SELECT last_message_at > now() - interval '1 hour' FROM conversations WHERE id::text = $1";
    let latest = desk.app.owner().await.query_one(latest, &[&talk["id"].as_str().unwrap()]).await.unwrap();
    assert!(latest.get::<_, bool>(0), "and is news all the same");
    let left: Vec<_> = desk.strays().await.into_iter().map(|(_, sender, _)| sender).collect();
    assert_eq!(left, ["262966"], "what no phone sent stays for the operator");
    assert_eq!(desk.deliver().await, 0);
    let theirs = desk.app.get("/conversations", &desk.world.theirs.manager).await.ok();
    assert_eq!(theirs["items"], json!([]));
}

#[tokio::test]
async fn one_that_was_delivered_when_the_program_died_comes_in_once() {
    let desk = Desk::start().await;
    desk.hear_stray("SM1", RUTH, "Hello?").await;
    desk.move_rows("CREATE TABLE kept AS SELECT * FROM courtesy.stray_texts").await;
    desk.take_number().await;
    assert_eq!(desk.deliver().await, 1);
    // As if it had not come to letting it go.
    desk.move_rows("INSERT INTO courtesy.stray_texts SELECT * FROM kept").await;
    let both = tokio::join!(deliver(desk.app.database()), deliver(desk.app.database()));
    assert!(both.0.unwrap() + both.1.unwrap() >= 1);
    assert_eq!((desk.texts().await.len(), &desk.talks().await[0]["unread"]), (1, &json!(1)));
    assert!(desk.strays().await.is_empty());
}

#[tokio::test]
async fn a_stop_that_was_kept_is_heeded_as_of_when_it_was_said() {
    let desk = Desk::start().await;
    let boss = &desk.world.ours.manager;
    desk.hear_stray("SM1", RUTH, "STOP").await;
    desk.move_rows("UPDATE courtesy.stray_texts SET created_at = created_at - interval '1 day'").await;
    let consent = desk.messages.replace("/messages", "/consent");
    let yes = json!({ "may_text": true, "reason": "Signed the form" });
    desk.app.post(&consent, boss, &yes).await.ok();
    desk.take_number().await;
    assert_eq!(desk.deliver().await, 1);
    assert_eq!(desk.talks().await[0]["may_text"], true, "they have said otherwise since");
}

#[tokio::test]
async fn what_is_older_than_a_week_was_meant_for_somebody_else() {
    let desk = Desk::start().await;
    desk.hear_stray("SM1", RUTH, "Is my car ready?").await;
    desk.move_rows("UPDATE courtesy.stray_texts SET created_at = created_at - interval '8 days'").await;
    desk.take_number().await;
    assert_eq!(desk.deliver().await, 0);
    assert!(desk.texts().await.is_empty());
}
