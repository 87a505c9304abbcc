//! What webhooks missed is read from the provider's list.

use courtesy::conversations::outbox::turn;
use courtesy::web::metrics::Metrics;
use serde_json::{Value, json};

use super::{Desk, LINE, RUTH};
use crate::support::twilio::now;

fn said(its_id: &str, from: &str, body: &str, date: &str) -> Value {
    json!({
        "sid": its_id, "status": "received", "direction": "inbound", "from": from, "to": LINE, "body": body,
        "date_created": date, "num_media": "0", "error_code": null,
    })
}

impl Desk {
    async fn catch_up(&self) -> bool {
        self.twilio.catch_up(self.app.database(), &Metrics::default()).await.is_ok()
    }

    async fn talk(&self) -> Value {
        let path = self.messages.trim_end_matches("/messages");
        self.app.get(path, &self.world.ours.manager).await.ok()
    }

    async fn read_until(&self) -> Option<jiff::Timestamp> {
        let sql = "SELECT max(read_until) FROM courtesy.catch_ups";
        self.app.owner().await.query_one(sql, &[]).await.unwrap().get(0)
    }
}

#[tokio::test]
async fn what_was_missed_comes_in_once_in_the_order_in_which_it_was_said() {
    let desk = Desk::start().await;
    desk.stand_in.knows(said("SM1", RUTH, "Is it done?", &now()));
    desk.stand_in.knows(said("SM2", RUTH, "Hello?", &now()));
    desk.stand_in.knows(said("SM3", "262966", "Your code is 1234", &now()));
    for _ in 0..2 {
        assert!(desk.catch_up().await);
    }
    let talk = desk.talk().await;
    assert_eq!((&talk["unread"], &talk["last_message"]["content"]), (&json!(2), &json!("Hello?")));
    let strays = "SELECT count(*) FROM courtesy.stray_texts";
    assert_eq!(desk.app.owner().await.query_one(strays, &[]).await.unwrap().get::<_, i64>(0), 1);
}

#[tokio::test]
async fn an_old_start_that_is_told_late_lifts_no_stop() {
    let desk = Desk::start().await;
    let boss = &desk.world.ours.manager;
    desk.app
        .patch(&format!("/customers/{}", desk.world.ours.customer), boss, &json!({ "sms_opt_in": false }))
        .await
        .ok();
    desk.move_rows("UPDATE consent_events SET created_at = now() + interval '1 minute'").await;
    desk.stand_in.knows(said("SM1", RUTH, "START", &now()));
    assert!(desk.catch_up().await);
    assert_eq!(desk.talk().await["may_text"], false);
    desk.move_rows("UPDATE consent_events SET created_at = now() - interval '1 hour'").await;
    desk.stand_in.knows(said("SM2", RUTH, "START", &now()));
    assert!(desk.catch_up().await);
    assert_eq!(desk.talk().await["may_text"], true);
}

#[tokio::test]
async fn a_report_that_never_came_is_made_up_for() {
    let desk = Desk::start().await;
    let text = desk.text("Your car is done").await;
    turn(desk.app.database(), &desk.twilio).await.unwrap();
    desk.stand_in.becomes(&format!("SM{:032x}", 1), "undelivered", Some(30_003));
    assert!(desk.catch_up().await);
    let now = desk.now(&text).await;
    assert_eq!((&now["status"], &now["error_code"]), (&json!("failed"), &json!("30003")));
}

#[tokio::test]
async fn a_list_that_is_not_to_be_had_is_read_from_the_same_place_later() {
    let desk = Desk::start().await;
    assert!(desk.catch_up().await);
    let before = desk.read_until().await.expect("it is noted");
    desk.stand_in.lag(None);
    assert!(!desk.catch_up().await);
    assert_eq!(desk.read_until().await, Some(before));
    desk.stand_in.lag(Some(0));
    assert!(desk.catch_up().await);
    assert!(desk.read_until().await.expect("it is noted") > before);
}

#[tokio::test]
async fn a_long_list_is_read_to_where_it_was_read_before_and_no_further() {
    let desk = Desk::start().await;
    desk.stand_in.knows(said("SMold", RUTH, "Long ago", "Thu, 24 Aug 2023 05:01:45 +0000"));
    for n in 0..1100 {
        let body = if n == 0 { "The first".to_owned() } else { String::new() };
        let direction = if n == 0 { "inbound" } else { "outbound-api" };
        let mut listed = said(&format!("SMmany{n}"), RUTH, &body, &now());
        listed["direction"] = json!(direction);
        desk.stand_in.knows(listed);
    }
    assert!(desk.catch_up().await);
    assert_eq!(desk.talk().await["last_message"]["content"], "The first");
    assert_eq!((&desk.talk().await["unread"], desk.stand_in.listings()), (&json!(1), 3));
}
