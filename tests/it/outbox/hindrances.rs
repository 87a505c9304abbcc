//! What came between a text's queueing and its sending.

use serde_json::json;

use super::Desk;
use crate::conversations::link;
use crate::support::provider::{Script, refused};

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

/// Whatever the customer's row says: it may have been made, or given this phone, after the STOP.
#[tokio::test]
async fn the_phone_s_word_alone_holds_a_text_back() {
    let desk = Desk::start().await;
    let provider = Script::new([]);
    let text = desk.text("Your car is done").await;
    desk.move_rows(
        "INSERT INTO consent_events (shop_id, phone, kind, source)
         SELECT shop_id, phone_number, 'opt_out', 'keyword' FROM messages",
    )
    .await;
    desk.turn(&provider).await;
    assert_eq!(desk.now(&text).await["error_code"], "21610");
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
