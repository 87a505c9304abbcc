//! Who may be texted, and what is said where nobody may be.

use courtesy::app::App;
use courtesy::conversations::Texting;
use serde_json::json;

use super::Desk;
use crate::support::TestApp;

#[tokio::test]
async fn whoever_said_stop_is_not_texted_until_they_say_otherwise() {
    let desk = Desk::open().await;
    let thread = desk.with_ruth().await;
    desk.hear_ruth("STOP").await;
    let page = desk.page(&thread).await;
    assert!(page.texts("#standing .note")[0].starts_with("Ruth does not want texts"));
    assert_eq!(page.texts("#words"), [""; 0]);
    assert_eq!(page.texts("#talks .cut.quiet"), ["Opted out of texts"]);
    let refused = desk.submit(&format!("{thread}/messages"), &[("content", "But your car")]).await;
    assert_eq!(refused.status, 409);
    assert_eq!(
        refused.texts("#reply [role=alert]"),
        ["They said STOP or have not agreed to texts, so they can't be texted."]
    );
    assert_eq!(refused.texts("#reply .words"), ["But your car"]);
    assert_eq!(desk.count("But your car").await, 0);
    // The row of somebody else with this phone began with a yes; staff who hear one there lift the STOP all the same.
    let twin = json!({ "first_name": "Ann", "phone": "+14155550142" });
    let twin = desk.ask("/customers", twin).await["id"].as_str().unwrap().to_owned();
    let twin = desk.with(&twin).await;
    assert_eq!(desk.page(&twin).await.attributes(".about [name=may_text]", "value"), ["true"]);
    desk.submit(&format!("{twin}/consent"), &[("may_text", "true"), ("reason", "Told us at the desk")])
        .await
        .leads_to();
    let page = desk.page(&thread).await;
    assert_eq!(page.texts("#standing .note"), [""; 0]);
    assert_eq!(page.attributes(".about [name=may_text]", "value"), ["false"]);
    desk.submit(&format!("{thread}/consent"), &[("may_text", "false"), ("reason", "Told us at the desk")])
        .await
        .leads_to();
    assert_eq!(desk.page(&thread).await.texts("#words"), [""; 0]);
}

#[tokio::test]
async fn what_sounds_like_a_stop_is_pointed_at_until_somebody_has_looked() {
    let desk = Desk::open().await;
    let thread = desk.with_ruth().await;
    for (may_text, box_stays) in [("true", true), ("false", false)] {
        desk.hear_ruth("Please stop texting me").await;
        let page = desk.page(&thread).await;
        assert_eq!(page.texts("#standing .note p"), ["It sounds as if they want no more texts."]);
        assert_eq!(page.texts("#words").len(), 1, "nothing is decided yet");
        let reasonless = desk.submit(&format!("{thread}/consent"), &[("may_text", may_text), ("reason", "")]).await;
        assert_eq!((reasonless.status.as_u16(), reasonless.texts("#reason-wrong").len()), (422, 1));
        let reason = page.attributes("#standing [name=reason]", "value").remove(0);
        let heard = [("may_text", may_text), ("reason", reason.as_str())];
        desk.submit(&format!("{thread}/consent"), &heard).await.leads_to();
        let page = desk.page(&thread).await;
        assert_eq!(page.texts("#standing .note p"), [""; 0]);
        assert_eq!(!page.texts("#words").is_empty(), box_stays, "{may_text}");
    }
}

#[tokio::test]
async fn why_nobody_can_be_texted_is_said_plainly() {
    let desk = Desk::open().await;
    let customer = desk.ask("/customers", json!({ "first_name": "Ann" })).await["id"].as_str().unwrap().to_owned();
    let page = desk.page(&desk.with(&customer).await).await;
    assert_eq!(page.texts("#standing .note"), ["Ann has no phone number here, so there is nowhere to text to."]);
    assert_eq!(page.texts(".about [name=may_text], .about button"), [""; 0]);
    let ruth = desk.with_ruth().await;
    desk.app.delete(&format!("/customers/{}", desk.ours().customer), &desk.ours().manager).await.no_content();
    let page = desk.page(&ruth).await;
    assert_eq!(page.texts("#standing .note"), ["This customer was deleted, so nobody can be texted here."]);
}

#[tokio::test]
async fn with_a_provider_it_takes_a_number_and_there_are_no_phones_to_try() {
    let (app, world) = TestApp::start_with(|app| App { texting: Texting::Provider, ..app }).await;
    let manager = &world.ours.manager;
    let begun = app.submit("/conversations", manager, &[("customer_id", &world.ours.customer)]).await;
    let page = app.open(begun.leads_to(), manager).await;
    assert_eq!(page.texts("#standing .note"), ["The shop has no number to text from yet."]);
    assert_eq!(page.attributes("[href='/sandbox']", "href"), [""; 0]);
    assert_eq!(app.open("/sandbox", manager).await.status, 404);
}
