//! Workers that get in each other's way, and those that were thought dead.

use courtesy::conversations::provider::Attempt;
use serde_json::json;

use super::{Desk, messages_with};
use crate::support::provider::{Script, not_sent, refused, taken};

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
            desk.end_leases().await;
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
            desk.end_leases().await;
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
        desk.end_leases().await;
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
async fn a_late_yes_while_the_successor_looks_is_the_end_whatever_the_list_shows() {
    for listed in [vec![taken("SM1")], Vec::new()] {
        let desk = Desk::start().await;
        let text = desk.text("Your car is done").await;
        let (dead, successor) = (Script::new([Attempt::Accepted(taken("SM1"))]), Script::new([]));
        *successor.listed.lock().unwrap() = Some(listed);
        dead.close();
        successor.hold_list();
        let dies = async {
            desk.turn(&dead).await;
            successor.show_list();
        };
        let takes_over = async {
            dead.has_got(1).await;
            desk.end_leases().await;
            tokio::join!(desk.turn(&successor), async {
                successor.has_been_asked(1).await;
                dead.open();
            });
        };
        tokio::join!(dies, takes_over);
        assert_eq!(successor.sent(), [], "the customer has it");
        assert_eq!(desk.now(&text).await["provider_message_id"], "SM1");
    }
}
