//! Which numbers a shop may have.

use serde_json::{Value, json};

use super::{Desk, LINE};
use crate::support::TestApp;
use crate::support::twilio::Lines;

const OTHER: &str = "+14155550198";

impl Desk {
    async fn number(&self) -> Value {
        self.app.get("/shop", &self.world.ours.manager).await.ok()["sms_number"].clone()
    }
}

#[tokio::test]
async fn a_number_is_one_of_the_account_s() {
    let desk = Desk::start().await;
    let boss = &desk.world.ours.manager;
    // One that only has the other in it is another one.
    desk.stand_in.has_lines(Lines::Only(vec![LINE.into(), format!("{OTHER}7")]));
    let wanted = json!({ "sms_number": OTHER, "name": "Delgado & Daughters" });
    let refused = desk.app.patch("/shop", boss, &wanted).await;
    assert_eq!(refused.invalid_fields(), ["sms_number"]);
    let shop = desk.app.get("/shop", boss).await.ok();
    assert_eq!((&shop["sms_number"], &shop["name"]), (&json!(LINE), &json!("Delgado & Sons")));
    let page = desk.app.submit("/settings", boss, &[("name", "Delgado"), ("sms_number", "(415) 555-0198")]).await;
    let wrong = page.texts(".wrong");
    assert_eq!((page.status.as_u16(), wrong.len()), (422, 1));
    assert!(wrong[0].ends_with("is none of your texting account's numbers."), "{wrong:?}");
    desk.stand_in.has_lines(Lines::Only(vec![OTHER.into()]));
    let changed = desk.app.patch("/shop", boss, &json!({ "sms_number": OTHER })).await.ok();
    assert_eq!((&changed["sms_number"], &changed["warnings"]), (&json!(OTHER), &json!([])));
}

#[tokio::test]
async fn what_stays_as_it_is_and_what_is_given_up_is_not_asked_about() {
    let desk = Desk::start().await;
    let boss = &desk.world.ours.manager;
    desk.stand_in.has_lines(Lines::Only(Vec::new()));
    desk.app.patch("/shop", boss, &json!({ "sms_number": LINE, "name": "Delgado" })).await.ok();
    desk.app.patch("/shop", boss, &json!({ "sms_number": null })).await.ok();
    assert_eq!(desk.number().await, Value::Null);
    let garbled = desk.app.patch("/shop", boss, &json!({ "sms_number": "12" })).await;
    assert_eq!(garbled.invalid_fields(), ["sms_number"]);
    // Whoever may not change anything learns nothing of numbers.
    let mechanic = &desk.world.ours.mechanic;
    desk.app.patch("/shop", mechanic, &json!({ "sms_number": OTHER })).await.problem(403, "about:blank");
}

#[tokio::test]
async fn a_provider_that_does_not_answer_keeps_nobody_from_saving() {
    let desk = Desk::start().await;
    let boss = &desk.world.ours.manager;
    desk.stand_in.has_lines(Lines::Untold);
    let changed = desk.app.patch("/shop", boss, &json!({ "sms_number": OTHER })).await.ok();
    assert_eq!((&changed["sms_number"], &changed["warnings"][0]["field"]), (&json!(OTHER), &json!("sms_number")));
    let saved = desk.app.submit("/settings", boss, &[("name", "Delgado"), ("sms_number", LINE)]).await;
    let page = desk.app.open(saved.leads_to(), boss).await;
    let said = page.texts("[role=status]");
    assert!(said[0].starts_with("Saved.") && said[0].contains("did not answer"), "{said:?}");
    assert_eq!(desk.number().await, LINE);
}

#[tokio::test]
async fn in_the_sandbox_any_number_will_do() {
    let (app, world) = TestApp::start().await;
    let changed = app.patch("/shop", &world.ours.manager, &json!({ "sms_number": OTHER })).await.ok();
    assert_eq!((&changed["sms_number"], &changed["warnings"]), (&json!(OTHER), &json!([])));
}
