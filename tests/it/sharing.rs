//! People who share a phone. A word about being texted holds for all of them, so whoever writes one down waits for
//! whoever is doing the same, and never for each other.

use courtesy::conversations::outbox::turn;
use serde_json::{Value, json};

use crate::support::provider::{Script, refused};
use crate::support::{Answer, TestApp, World};

const PHONE: &str = "+14155550142";

/// Whoever shares Ruth's phone. The id comes before hers, and the row behind it.
const SAM: &str = "00000000-0000-7000-8000-000000000001";

struct Household {
    app: TestApp,
    world: World,
    /// Ruth's conversation. The shop texted her last, so what comes from the phone is hers.
    talk: String,
}

impl Household {
    async fn start() -> Self {
        let (app, world) = TestApp::start().await;
        let boss = &world.ours.manager;
        let sam = json!({ "id": SAM, "first_name": "Sam", "phone": PHONE });
        app.post("/customers", boss, &sam).await.created();
        let begun = app.post("/conversations", boss, &json!({ "customer_id": world.ours.customer })).await.created();
        let talk = format!("/conversations/{}", begun["id"].as_str().expect("an id"));
        app.post(&format!("{talk}/messages"), boss, &json!({ "content": "It is ready." })).await.created();
        Self { app, world, talk }
    }

    /// What comes of it while another transaction takes everybody who has the phone: Sam before, and Ruth once this waits.
    async fn meanwhile<T>(&self, word: impl Future<Output = T>) -> T {
        let owner = self.app.owner().await;
        let take = |who: &str| format!("SELECT FROM customers WHERE id = '{who}' FOR NO KEY UPDATE");
        owner.batch_execute(&format!("BEGIN; {}", take(SAM))).await.expect("begun");
        self.app.amid(&owner, &take(&self.world.ours.customer), word).await
    }

    async fn say(&self, words: &str) -> Answer {
        let text = json!({ "from": PHONE, "content": words });
        self.app.post("/sandbox/messages", &self.world.ours.manager, &text).await
    }

    async fn record(&self, may_text: bool) -> Answer {
        let word = json!({ "may_text": may_text, "reason": "Said so at the desk" });
        self.app.post(&format!("{}/consent", self.talk), &self.world.ours.manager, &word).await
    }

    async fn change(&self, who: &str, change: Value) -> Answer {
        self.app.patch(&format!("/customers/{who}"), &self.world.ours.manager, &change).await
    }

    /// Whether each of these wants texts, as their row says.
    async fn wants<const N: usize>(&self, people: [&str; N]) -> [Value; N] {
        let mut wants = [const { Value::Null }; N];
        for (who, wants) in people.into_iter().zip(&mut wants) {
            let row = self.app.get(&format!("/customers/{who}"), &self.world.ours.manager).await.ok();
            *wants = row["sms_opt_in"].clone();
        }
        wants
    }

    fn ruth(&self) -> &str {
        &self.world.ours.customer
    }
}

#[tokio::test]
async fn a_stop_waits_for_whoever_takes_all_who_share_the_phone() {
    let home = Household::start().await;
    home.meanwhile(home.say("STOP")).await.created();
    assert_eq!(home.wants([home.ruth(), SAM]).await, [false, false]);
}

#[tokio::test]
async fn what_was_said_in_person_waits_for_whoever_takes_all_who_share_the_phone() {
    let home = Household::start().await;
    home.meanwhile(home.record(false)).await.ok();
    assert_eq!(home.wants([home.ruth(), SAM]).await, [false, false]);
}

#[tokio::test]
async fn a_changed_wish_waits_for_whoever_takes_all_who_share_the_phone() {
    let home = Household::start().await;
    home.meanwhile(home.change(home.ruth(), json!({ "sms_opt_in": false }))).await.ok();
    assert_eq!(home.wants([home.ruth(), SAM]).await, [false, false]);
}

#[tokio::test]
async fn whoever_comes_to_share_the_phone_with_a_wish_waits_for_whoever_takes_all_who_do() {
    let home = Household::start().await;
    let new = json!({ "first_name": "Kim", "phone": "+14155550143" });
    let kim = home.app.post("/customers", &home.world.ours.manager, &new).await.created();
    let kim = kim["id"].as_str().expect("an id");
    let wish = json!({ "phone": "(415) 555-0142", "sms_opt_in": false });
    home.meanwhile(home.change(kim, wish)).await.ok();
    assert_eq!(home.wants([home.ruth(), SAM, kim]).await, [false, false, false]);
}

#[tokio::test]
async fn a_provider_s_refusal_waits_for_whoever_takes_all_who_share_the_phone() {
    let home = Household::start().await;
    let provider = Script::new([refused("21610")]);
    assert_eq!(home.meanwhile(turn(home.app.database(), &provider)).await.expect("a turn"), 1);
    assert_eq!(home.wants([home.ruth(), SAM]).await, [false, false]);
}

/// Each begins with somebody else, and has them before any goes on to the other.
#[tokio::test]
async fn words_about_several_who_share_a_phone_are_all_written_down() {
    let home = Household::start().await;
    let owner = home.app.owner().await;
    owner.batch_execute("BEGIN; LOCK TABLE consent_events IN SHARE MODE").await.expect("begun");
    let ends = async {
        home.app.has_waiting(3).await;
        owner.batch_execute("COMMIT").await.expect("ended");
    };
    let (sam, said, stop, ()) =
        tokio::join!(home.change(SAM, json!({ "sms_opt_in": false })), home.record(false), home.say("STOP"), ends);
    assert_eq!((sam.status.as_u16(), said.status.as_u16(), stop.status.as_u16()), (200, 200, 201));
    assert_eq!(home.wants([home.ruth(), SAM]).await, [false, false]);
}
