//! What the desk writes, and what keeps it from being sent twice or in vain.

use serde_json::json;

use super::Desk;
use crate::matrix::scene::{Ready, Scene};

#[tokio::test]
async fn a_text_that_failed_is_tried_once_more_where_that_can_help() {
    let desk = Desk::open().await;
    let thread = desk.with_ruth().await;
    let lost = desk.say(&thread, "Your car is here").await;
    let fail =
        |code: &str| format!("UPDATE messages SET status = 'failed', error_code = '{code}' WHERE id = '{lost}'");
    desk.sql(&fail("30006")).await;
    let page = desk.page(&thread).await;
    assert_eq!(page.texts(".why button"), [""; 0]);
    assert!(page.texts(".why p")[0].ends_with("call instead."));
    let retry = format!("{thread}/messages/{lost}/retry");
    let refused = desk.submit(&retry, &[]).await;
    assert_eq!((refused.status.as_u16(), refused.texts("[role=alert]").len()), (409, 1));
    desk.sql(&fail("30003")).await;
    for _ in 0..2 {
        assert_eq!(desk.submit(&retry, &[]).await.leads_to(), thread);
    }
    let page = desk.page(&thread).await;
    assert_eq!(page.texts("#texts .bubble").len(), 2);
    assert_eq!(page.texts(".why button"), [""; 0]);
    assert!(page.texts(".why p")[0].ends_with("Sent once more below."));
}

#[tokio::test]
async fn one_press_sends_one_text_and_reads_what_there_was() {
    let desk = Desk::open().await;
    desk.hear_ruth("How long?").await;
    let thread = desk.with_ruth().await;
    let page = desk.page(&thread).await;
    let id = page.attributes(".write [name=id]", "value").remove(0);
    for _ in 0..2 {
        let sent = desk.submit(&format!("{thread}/messages"), &[("id", &id), ("content", "Two hours")]).await;
        assert_eq!(sent.leads_to(), thread);
    }
    assert_eq!(desk.count("Two hours").await, 1);
    assert_eq!(desk.page(&thread).await.texts("#unread"), [""]);
    // What is typed after a lost answer is another text.
    let other = desk.submit(&format!("{thread}/messages"), &[("id", &id), ("content", "Three hours")]).await;
    assert_eq!(other.status, 409);
    assert!(other.texts("[role=alert]")[0].starts_with("This was sent already, in other words"));
    assert_eq!(other.texts("#words"), ["Three hours"]);
    assert_ne!(other.attributes(".write [name=id]", "value"), [id]);
}

#[tokio::test]
async fn what_can_t_be_sent_stays_in_the_box() {
    let desk = Desk::open().await;
    let thread = desk.with_ruth().await;
    let long = "x".repeat(1601);
    let refused = desk.submit(&format!("{thread}/messages"), &[("content", &long)]).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.texts("#words[data-kept][aria-invalid=true]"), [long]);
    assert_eq!(refused.texts("#words-wrong"), ["The text must be at most 1600 characters."]);
    assert_eq!(refused.attributes("[data-self]", "data-self"), [thread]);
}

#[tokio::test]
async fn answers_that_are_sent_often_are_ready_for_this_customer() {
    let desk = Desk::open().await;
    let replies = json!(["Hi {name}, your {vehicle} is ready", "See {link}", "Please call us"]);
    let settings = json!({ "settings": { "quick_replies": replies } });
    desk.app.patch("/shop", &desk.ours().manager, &settings).await.ok();
    let thread = desk.with_ruth().await;
    let page = desk.page(&thread).await;
    assert_eq!(page.texts(".quick a"), ["Hi {name}, your {vehicle} is ready", "Please call us"]);
    assert_eq!(
        page.attributes(".quick a", "data-fills"),
        ["Hi Ruth, your 2018 Honda Civic is ready", "Please call us"]
    );
    let chosen = desk.page(&format!("{thread}?reply=1")).await;
    assert_eq!(chosen.texts("#words"), ["Please call us"]);
    assert_eq!(chosen.texts("[data-size]"), ["1 text, 53 of 160 characters"]);
    desk.hear("+14155550119", "Hello").await;
    let stranger = desk.page("/conversations").await.attributes("#talks .new a", "href").remove(0);
    let page = desk.page(&stranger).await;
    assert_eq!(page.attributes(".quick a", "data-fills")[0], "Hi, your car is ready");
}

#[tokio::test]
async fn a_link_leads_to_the_report_that_went_out_last() {
    let desk = Desk::open().await;
    let scene = Scene::set(&desk.app, &desk.owner, desk.ours(), Ready::Sent).await;
    let ours = desk.with(&scene["customers"]).await;
    let sent = desk.submit(&format!("{ours}/messages"), &[("content", "Once more: {link}")]).await;
    assert_eq!(sent.leads_to(), ours);
    let said = desk.page(&ours).await.texts("#texts .bubble.ours");
    assert!(said[0].contains("Once more: https://inspect.example/r/"), "{said:?}");
    let no_report = desk.with_ruth().await;
    let refused = desk.submit(&format!("{no_report}/messages"), &[("content", "Look: {link}")]).await;
    assert_eq!((refused.status.as_u16(), refused.texts("#words")), (422, vec!["Look: {link}".to_owned()]));
    assert_eq!(refused.texts("#words-wrong"), ["The text asks for a link, but no report is with this customer."]);
    assert_eq!(desk.count("Look").await, 0);
}

#[tokio::test]
async fn nobody_s_customer_is_texted() {
    let desk = Desk::open().await;
    for nobody in [desk.world.theirs.customer.as_str(), "", "nobody"] {
        assert_eq!(desk.submit("/conversations", &[("customer_id", nobody)]).await.status, 422, "{nobody}");
    }
}
