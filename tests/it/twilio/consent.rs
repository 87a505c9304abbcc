//! What a customer said in person.

use serde_json::{Value, json};

use super::Desk;

impl Desk {
    fn talk_path(&self) -> &str {
        self.messages.trim_end_matches("/messages")
    }

    async fn events(&self) -> Vec<String> {
        let sql = "SELECT concat_ws(' ', kind, source, reason, user_id = $1::text::uuid) FROM consent_events
                    ORDER BY created_at";
        let boss = &self.world.ours.manager.id;
        let rows = self.app.owner().await.query(sql, &[boss]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}

#[tokio::test]
async fn what_was_said_in_person_is_kept_with_who_when_and_how() {
    let desk = Desk::start().await;
    let boss = &desk.world.ours.manager;
    let path = format!("{}/consent", desk.talk_path());
    let waiting = desk.text("Your car is done").await;
    desk.move_rows("UPDATE conversations SET wants_no_texts = true").await;
    let no = json!({ "may_text": false, "reason": "Asked at the desk" });
    for _ in 0..2 {
        let talk = desk.app.post(&path, boss, &no).await.ok();
        assert_eq!((&talk["may_text"], &talk["wants_no_texts"]), (&json!(false), &json!(false)));
        assert_eq!(talk["customer"]["sms_opt_in"], false);
    }
    desk.turn().await;
    assert_eq!(desk.now(&waiting).await["error_code"], "21610", "what waits is not sent");
    assert!(desk.stand_in.forms().is_empty());
    desk.app.post(&desk.messages, boss, &json!({ "content": "Hello?" })).await.problem(409, "opted-out");
    let yes = json!({ "may_text": true, "reason": "Signed the form" });
    assert_eq!(desk.app.post(&path, boss, &yes).await.ok()["may_text"], true);
    assert_eq!(desk.events().await, ["opt_out staff Asked at the desk t", "opt_in staff Signed the form t"]);
    desk.text("Thank you").await;
}

#[tokio::test]
async fn a_consent_has_a_reason_and_a_phone() {
    let desk = Desk::start().await;
    let boss = &desk.world.ours.manager;
    let path = format!("{}/consent", desk.talk_path());
    for (body, field) in [
        (json!({ "may_text": true }), "reason"),
        (json!({ "may_text": true, "reason": " " }), "reason"),
        (json!({ "reason": "Said so" }), "may_text"),
        (json!({ "may_text": true, "reason": "Said so", "phone": "1" }), "phone"),
    ] {
        assert_eq!(desk.app.post(&path, boss, &body).await.invalid_fields(), [field], "{body}");
    }
    let customer = format!("/customers/{}", desk.world.ours.customer);
    desk.app.patch(&customer, boss, &json!({ "phone": Value::Null })).await.ok();
    let yes = json!({ "may_text": true, "reason": "Said so" });
    desk.app.post(&path, boss, &yes).await.problem(409, "no-phone");
    assert_eq!(desk.events().await, [""; 0]);
}
