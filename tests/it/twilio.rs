//! Twilio, by a stand-in that speaks its HTTP: what is handed over, and what is made of each answer.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod catching_up;
mod consent;
mod kills;
mod limits;
mod numbers;
mod pictures;
mod program;
mod sending;
mod strays;
mod webhooks;

use courtesy::app::App;
use courtesy::conversations::Texting;
use courtesy::conversations::outbox::turn;
use courtesy::conversations::twilio::Twilio;
use courtesy::photos::{Lab, Store};
use serde_json::{Value, json};

use crate::support::twilio::StandIn;
use crate::support::{TestApp, World};

/// The shop's number.
const LINE: &str = "+14155550199";
/// The customer's phone.
const RUTH: &str = "+14155550142";

/// A manager who texts by way of the stand-in.
struct Desk {
    app: TestApp,
    world: World,
    stand_in: StandIn,
    twilio: Twilio,
    lab: Lab,
    messages: String,
}

impl Desk {
    async fn start() -> Self {
        let stand_in = StandIn::start().await;
        let twilio = stand_in.provider();
        let (carrier, lab) = (Some(twilio.clone()), Lab::new(Store::in_memory()));
        let kept_in = lab.clone();
        let change = |app| App { texting: Texting::Provider, twilio: carrier, lab: kept_in, ..app };
        let (app, world) = TestApp::start_with(change).await;
        let boss = &world.ours.manager;
        app.patch("/shop", boss, &json!({ "sms_number": LINE })).await.ok();
        let talk = app.post("/conversations", boss, &json!({ "customer_id": world.ours.customer })).await.created();
        let messages = format!("/conversations/{}/messages", talk["id"].as_str().unwrap());
        Self { app, world, stand_in, twilio, lab, messages }
    }

    /// Queues a text.
    async fn text(&self, content: &str) -> Value {
        self.app.post(&self.messages, &self.world.ours.manager, &json!({ "content": content })).await.created()
    }

    /// The text as it is now.
    async fn now(&self, text: &Value) -> Value {
        let listed = self.app.get(&self.messages, &self.world.ours.manager).await.ok();
        let texts = listed["items"].as_array().unwrap();
        texts.iter().find(|listed| listed["id"] == text["id"]).unwrap().clone()
    }

    /// One turn of the outbox; how many texts it took up.
    async fn turn(&self) -> usize {
        turn(self.app.database(), &self.twilio).await.unwrap()
    }

    /// Lets the times come that texts wait for.
    async fn wait(&self) {
        self.move_rows("UPDATE messages SET next_attempt_at = now() - interval '1 second'").await;
    }

    async fn move_rows(&self, sql: &str) {
        self.app.owner().await.batch_execute(sql).await.unwrap();
    }
}
