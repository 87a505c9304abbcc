//! Texts on their way out.

use courtesy::conversations::outbox::turn;
use courtesy::conversations::twilio::{Account, Twilio};
use courtesy::web::PublicUrl;
use courtesy::web::metrics::Metrics;
use serde_json::json;

use super::{Desk, LINE, RUTH};
use crate::support::app::PUBLIC_URL;
use crate::support::twilio::Mood;

/// A text that was queued, and one turn of the outbox.
async fn texted(desk: &Desk, mood: Mood) -> serde_json::Value {
    desk.stand_in.moods([mood]);
    let text = desk.text("Your car is done").await;
    assert_eq!(desk.turn().await, 1);
    desk.now(&text).await
}

#[tokio::test]
async fn a_text_leaves_from_the_shops_number_and_says_where_its_delivery_is_reported() {
    let desk = Desk::start().await;
    let text = texted(&desk, Mood::Takes(0)).await;
    let form = desk.stand_in.forms().remove(0);
    let callback = format!("https://inspect.example/webhooks/twilio/status/{}", text["id"].as_str().unwrap());
    let wanted = [
        ("To", RUTH),
        ("From", LINE),
        ("Body", text["content"].as_str().unwrap()),
        ("StatusCallback", callback.as_str()),
    ];
    assert_eq!(form, wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!((&text["status"], &text["provider"]), (&json!("pending"), &json!("twilio")));
    assert_eq!(text["provider_message_id"], format!("SM{:032x}", 1));
    desk.wait().await;
    assert_eq!(desk.turn().await, 0, "what is queued there is not handed over again");
}

#[tokio::test]
async fn whatever_happens_to_the_answer_the_text_is_taken_once() {
    for mood in [
        Mood::Takes(300),
        Mood::TakesAndBreaksOff,
        Mood::TakesAndHangs,
        Mood::TakesAndFails,
        Mood::Fails,
        Mood::AsksForPatience(1),
    ] {
        let desk = Desk::start().await;
        let text = texted(&desk, mood).await;
        assert_eq!(text["status"], "pending", "{mood:?}");
        let is_known = text["provider_message_id"].is_string();
        assert_eq!(is_known, matches!(mood, Mood::Takes(_)), "{mood:?}");
        for _ in 0..2 {
            desk.wait().await;
            desk.turn().await;
        }
        assert_eq!(desk.now(&text).await["provider_message_id"], format!("SM{:032x}", 1), "{mood:?}");
        assert_eq!(desk.stand_in.taken(), [text["content"].as_str().unwrap()], "{mood:?}");
    }
}

#[tokio::test]
async fn a_list_that_lags_or_is_not_to_be_had_delays_the_text_and_doubles_nothing() {
    let desk = Desk::start().await;
    desk.stand_in.lag(None);
    let text = texted(&desk, Mood::TakesAndFails).await;
    for asked in 1..=2 {
        desk.wait().await;
        desk.turn().await;
        assert_eq!((desk.stand_in.listings(), desk.stand_in.forms().len()), (asked, 1));
    }
    desk.stand_in.lag(Some(0));
    desk.wait().await;
    desk.turn().await;
    assert!(desk.now(&text).await["provider_message_id"].is_string());
    assert_eq!(desk.stand_in.taken().len(), 1);
}

#[tokio::test]
async fn the_same_words_twice_are_two_texts_also_where_both_are_in_doubt() {
    let desk = Desk::start().await;
    let first = texted(&desk, Mood::TakesAndFails).await;
    desk.stand_in.moods([Mood::TakesAndFails]);
    let second = desk.text(first["content"].as_str().unwrap()).await;
    for _ in 0..5 {
        desk.wait().await;
        desk.turn().await;
    }
    let ids = [desk.now(&first).await, desk.now(&second).await].map(|text| text["provider_message_id"].clone());
    assert_eq!(ids, [format!("SM{:032x}", 1), format!("SM{:032x}", 2)].map(|id| json!(id)));
    assert_eq!(desk.stand_in.taken().len(), 2);
}

#[tokio::test]
async fn a_text_is_found_behind_many_others() {
    let desk = Desk::start().await;
    let text = texted(&desk, Mood::TakesAndFails).await;
    for n in 0..120 {
        desk.stand_in.knows(json!({
            "sid": format!("SMother{n}"), "status": "sent", "direction": "outbound-api", "from": LINE, "to": RUTH,
            "body": "Something else", "date_created": crate::support::twilio::now(),
        }));
    }
    desk.wait().await;
    desk.turn().await;
    assert_eq!(desk.now(&text).await["provider_message_id"], format!("SM{:032x}", 1));
    assert_eq!(desk.stand_in.listings(), 3);
}

#[tokio::test]
async fn a_refusal_is_final_and_told_in_words() {
    for (status, code, words) in [
        (400, 21211, "This is not a mobile number."),
        (400, 21610, "The customer does not want to be texted."),
        (403, 21408, "Texts can't be sent to this number from here."),
    ] {
        let desk = Desk::start().await;
        let text = texted(&desk, Mood::Refuses(status, code)).await;
        assert_eq!((&text["status"], &text["error"]), (&json!("failed"), &json!(words)));
        assert_eq!(text["error_code"], code.to_string());
        desk.wait().await;
        assert_eq!(desk.turn().await, 0);
        let talk = desk.messages.trim_end_matches("/messages");
        let talk = desk.app.get(talk, &desk.world.ours.manager).await.ok();
        assert_eq!(talk["may_text"], code != 21610, "the provider's word counts as the customer's");
    }
}

#[tokio::test]
async fn who_asks_for_patience_gets_it() {
    let desk = Desk::start().await;
    texted(&desk, Mood::AsksForPatience(90)).await;
    let wait = "SELECT extract(epoch FROM next_attempt_at - now())::float8 FROM messages";
    let wait: f64 = desk.app.owner().await.query_one(wait, &[]).await.unwrap().get(0);
    assert!((60.0..=90.0).contains(&wait), "{wait}");
}

#[tokio::test]
async fn a_broken_account_burns_no_attempts() {
    let desk = Desk::start().await;
    desk.stand_in.account_is("suspended");
    let one = desk.text("One").await;
    let boss = &desk.world.ours.manager;
    let other = desk.app.post("/customers", boss, &json!({ "phone": "+14155550110" })).await.created();
    let talk = desk.app.post("/conversations", boss, &json!({ "customer_id": other["id"] })).await.created();
    let path = format!("/conversations/{}/messages", talk["id"].as_str().unwrap());
    desk.app.post(&path, boss, &json!({ "content": "Two" })).await.created();
    desk.turn().await;
    for _ in 0..3 {
        desk.wait().await;
        assert_eq!(desk.turn().await, 0, "nothing is claimed");
    }
    assert!(desk.stand_in.forms().len() <= 2, "only what was under way was tried");
    let attempts = "SELECT max(attempts) FROM messages";
    let attempts: i32 = desk.app.owner().await.query_one(attempts, &[]).await.unwrap().get(0);
    assert_eq!((attempts, &desk.now(&one).await["status"]), (0, &json!("pending")));

    let again = desk.stand_in.provider();
    desk.stand_in.account_is("active");
    desk.wait().await;
    assert_eq!(turn(desk.app.database(), &again).await.unwrap(), 2);
    assert_eq!(desk.stand_in.taken().len(), 2);
}

#[tokio::test]
async fn nobody_there_is_no_attempt_in_doubt() {
    let desk = Desk::start().await;
    let text = desk.text("Your car is done").await;
    let nowhere = Account { api_url: "http://127.0.0.1:1".into(), ..desk.stand_in.account() };
    let lost = Twilio::new(nowhere, PublicUrl(PUBLIC_URL.into()), Metrics::default()).unwrap();
    turn(desk.app.database(), &lost).await.unwrap();
    desk.wait().await;
    desk.turn().await;
    assert!(desk.now(&text).await["provider_message_id"].is_string());
    assert_eq!((desk.stand_in.listings(), desk.stand_in.taken().len()), (0, 1), "it was not looked up first");
}
