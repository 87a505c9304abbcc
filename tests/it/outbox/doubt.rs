//! Texts of which nobody knows whether the provider has them.

use courtesy::conversations::provider::Attempt;
use serde_json::json;

use super::Desk;
use crate::support::provider::{Script, taken};

#[tokio::test]
async fn a_text_in_doubt_that_the_provider_has_is_not_sent_again() {
    let desk = Desk::start().await;
    let provider = Script::new([Attempt::InDoubt]);
    let text = desk.text("Your car is done").await;
    desk.turn(&provider).await;
    assert_eq!(desk.now(&text).await["status"], "pending");
    assert!(desk.patience(&text).await >= 15.0, "the provider gets time to show it");
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
