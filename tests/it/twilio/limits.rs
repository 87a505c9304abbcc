//! What is not sent though it was queued: too much, too far, or at night.

use courtesy::conversations::queries::{enqueue, fared, open};
use courtesy::conversations::{Fared, Outgoing};
use courtesy::ids::{CustomerId, MessageId};
use courtesy::text::{Country, Phone};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Desk, LINE, RUTH};
use crate::support::twilio::Mood;

impl Desk {
    /// Texts that were sent lately, to any phone and to Ruth's.
    async fn has_sent(&self, texts: i32, to: &str) {
        let sql = format!(
            "INSERT INTO messages (shop_id, conversation_id, customer_id, direction, phone_number, content, status,
                                   provider, provider_message_id, attempt_started_at, created_at)
             SELECT x.shop_id, x.id, x.customer_id, 'outbound', '{to}', 'Hello', 'sent', 'twilio',
                    'SM{to}' || n, now() - interval '1 hour', now() - interval '1 hour'
               FROM conversations x, generate_series(1, {texts}) n WHERE x.shop_id = '{}'",
            self.world.ours.id
        );
        self.move_rows(&sql).await;
    }

    /// What becomes of a text now.
    async fn tried(&self) -> Value {
        let text = self.text("Your car is done").await;
        self.turn().await;
        self.now(&text).await
    }
}

#[tokio::test]
async fn a_phone_gets_twenty_texts_a_day() {
    let desk = Desk::start().await;
    desk.has_sent(19, RUTH).await;
    assert_eq!(desk.tried().await["status"], "pending", "the provider has it");
    let held = desk.tried().await;
    assert_eq!((&held["status"], &held["error_code"]), (&json!("failed"), &json!("capped")));
    desk.move_rows("UPDATE messages SET attempt_started_at = attempt_started_at - interval '1 day'").await;
    assert_eq!(desk.tried().await["status"], "pending", "tomorrow it may");
}

#[tokio::test]
async fn a_new_shop_starts_small() {
    let desk = Desk::start().await;
    desk.has_sent(100, "+14155550111").await;
    assert_eq!(desk.tried().await["error_code"], "capped");
    desk.move_rows("UPDATE shops SET created_at = now() - interval '8 days'").await;
    assert_eq!(desk.tried().await["error_code"], Value::Null);
    desk.has_sent(1900, "+14155550112").await;
    assert_eq!(desk.tried().await["error_code"], "capped");
    let unlimited = desk.twilio.clone().without_caps();
    let text = desk.text("Your car is done").await;
    courtesy::conversations::outbox::turn(desk.app.database(), &unlimited).await.unwrap();
    assert_eq!(desk.now(&text).await["error_code"], Value::Null);
}

#[tokio::test]
async fn a_shop_overshoots_its_day_by_what_is_on_its_way_and_no_more() {
    let desk = Desk::start().await;
    desk.has_sent(98, "+14155550111").await;
    let many =
        "INSERT INTO messages (shop_id, conversation_id, customer_id, user_id, direction, phone_number, content,
                                      expires_at)
                SELECT x.shop_id, x.id, x.customer_id, u.id, 'outbound', '+1415556' || lpad(n::text, 4, '0'), 'Hello',
                       now() + interval '1 day'
                  FROM conversations x JOIN users u ON u.shop_id = x.shop_id AND u.role = 'shop_manager',
                       generate_series(1, 200) n";
    desk.move_rows(many).await;
    desk.stand_in.moods([Mood::Takes(200); 200]);
    desk.turn().await;
    let (sent, allowed) = (desk.stand_in.taken().len(), 2);
    assert!((64..=allowed + 95).contains(&sent), "as docs/decisions/0017 says: {sent}");
    assert_eq!(desk.turn().await, 0, "the others were held back");
}

#[tokio::test]
async fn texts_go_no_further_than_the_shops_own_country() {
    let desk = Desk::start().await;
    let boss = &desk.world.ours.manager;
    let path = format!("/customers/{}", desk.world.ours.customer);
    desk.app.patch(&path, boss, &json!({ "phone": "+4915112345678" })).await.ok();
    assert_eq!(desk.tried().await["error_code"], "abroad");
    assert!(desk.stand_in.forms().is_empty());
    desk.app.patch("/shop", boss, &json!({ "settings": { "country": "DE" } })).await.ok();
    assert_eq!(desk.tried().await["error_code"], Value::Null);
}

#[tokio::test]
async fn what_no_person_sent_waits_for_the_morning_and_what_a_person_sent_does_not() {
    let desk = Desk::start().await;
    let hour = "SELECT extract(hour FROM now() AT TIME ZONE 'UTC')::int";
    let hour: i32 = desk.app.owner().await.query_one(hour, &[]).await.unwrap().get(0);
    // Half past something between 22 and 23 where the shop is. POSIX counts to the west.
    let east = (22 - hour + 36) % 24 - 12;
    let zone = format!("Etc/GMT{}{}", if east > 0 { "-" } else { "+" }, east.abs());
    let boss = &desk.world.ours.manager;
    desk.app.patch("/shop", boss, &json!({ "settings": { "timezone": zone } })).await.ok();
    let shop = desk.app.database().by_texted_number(LINE).await.unwrap().expect("the shop");
    let customer = CustomerId::from(desk.world.ours.customer.parse::<Uuid>().unwrap());
    let phone = Phone::parse(RUTH, Country::US).unwrap();
    let text = Outgoing::plain(MessageId::new(), customer, phone, "Your next service is due".into());
    let (_, queued) = shop.write((open(customer), enqueue(text))).await.unwrap();
    assert!(queued.is_some());
    assert_eq!(desk.turn().await, 0, "it is late there");
    let until = "SELECT extract(hour FROM next_attempt_at AT TIME ZONE $1)::int,
                        next_attempt_at BETWEEN now() AND now() + interval '12 hours' FROM messages";
    let until = desk.app.owner().await.query_one(until, &[&zone]).await.unwrap();
    assert_eq!((until.get::<_, i32>(0), until.get::<_, bool>(1)), (8, true));
    desk.wait().await;
    assert_eq!(desk.turn().await, 1);
    assert!(desk.stand_in.forms().is_empty(), "whatever made it due, it is not sent before the morning");
    let waits = "SELECT next_attempt_at > now() FROM messages";
    assert!(desk.app.owner().await.query_one(waits, &[]).await.unwrap().get::<_, bool>(0));
    desk.move_rows("UPDATE messages SET status = 'failed'").await;
    desk.tried().await;
    assert_eq!(desk.stand_in.forms().len(), 1, "a person may text at any hour");
}

#[tokio::test]
async fn a_shop_whose_texts_fail_is_noticed() {
    let desk = Desk::start().await;
    desk.has_sent(95, "+14155550111").await;
    desk.move_rows("UPDATE messages SET updated_at = now() - interval '1 day'").await;
    let shop = desk.app.database().by_texted_number(LINE).await.unwrap().expect("the shop");
    assert_eq!(shop.read(fared()).await.unwrap(), Fared { failed: 0, texts: 95 });
    desk.move_rows(
        "UPDATE messages SET status = 'failed' WHERE id IN (SELECT id FROM messages WHERE status = 'sent' LIMIT 11)",
    )
    .await;
    let fared = shop.read(fared()).await.unwrap();
    assert_eq!(fared, Fared { failed: 11, texts: 95 });
    assert!(fared.is_alarming());
}
