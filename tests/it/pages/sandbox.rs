//! The customers' phones, on which texting is tried out.

use courtesy::conversations::outbox;
use courtesy::conversations::sandbox::{PHONES, Sandbox};
use serde_json::json;

use crate::support::{Answer, TestApp, World};

async fn phone(app: &TestApp, world: &World, number: &str) -> Answer {
    let page = app.open(&format!("/sandbox?phone={}", number.replace('+', "%2B")), &world.ours.manager).await;
    assert_eq!(page.status, 200);
    page
}

/// Lets everything arrive that is on its way.
async fn deliver(app: &TestApp) {
    let sandbox = Sandbox::new(app.database().clone());
    while outbox::turn(app.database(), &sandbox).await.unwrap() > 0 {}
}

#[tokio::test]
async fn what_the_shop_texts_arrives_there_and_what_is_answered_comes_in() {
    let (app, world) = TestApp::start().await;
    let manager = &world.ours.manager;
    let begun = app.submit("/conversations", manager, &[("customer_id", &world.ours.customer)]).await;
    let thread = begun.leads_to().to_owned();
    let messages = format!("{thread}/messages");
    app.submit(&messages, manager, &[("content", "It is ready: https://inspect.example/r/k3v9")]).await.leads_to();
    assert_eq!(phone(&app, &world, "+14155550142").await.texts("#on-phone li"), [""; 0], "not yet");
    deliver(&app).await;
    let page = phone(&app, &world, "+14155550142").await;
    assert_eq!(page.texts(".handset h2"), ["Delgado & Sons"]);
    assert!(page.texts("#on-phone .bubble")[0].starts_with("Delgado & Sons: It is ready"));
    assert_eq!(page.attributes("#on-phone a", "href"), ["https://inspect.example/r/k3v9"]);
    let id = page.attributes("#pad [name=id]", "value").remove(0);
    let stop = [("id", id.as_str()), ("from", "+14155550142"), ("content", "STOP")];
    for _ in 0..2 {
        assert_eq!(app.submit("/sandbox", manager, &stop).await.leads_to(), "/sandbox?phone=%2B14155550142");
    }
    assert_eq!(phone(&app, &world, "+14155550142").await.texts("#on-phone .by-them .bubble"), ["STOP"]);
    assert_eq!(app.submit(&messages, manager, &[("content", "But")]).await.status, 409);
}

#[tokio::test]
async fn a_phone_shows_no_other_shop_s_texts() {
    let (app, world) = TestApp::start().await;
    let theirs = json!({ "from": "+14155550142", "content": "Between us" });
    app.post("/sandbox/messages", &world.theirs.manager, &theirs).await.created();
    let page = phone(&app, &world, "+14155550142").await;
    assert_eq!(page.texts("#on-phone li"), [""; 0]);
    assert_eq!(page.texts("#phones li"), [""; 0]);
    assert!(!String::from_utf8_lossy(&page.bytes).contains("Between us"));
}

#[tokio::test]
async fn what_is_no_number_and_what_says_nothing_is_told() {
    let (app, world) = TestApp::start().await;
    let page = phone(&app, &world, "12").await;
    assert_eq!(page.texts("#phone-wrong"), ["This is no phone number."]);
    assert_eq!(page.attributes("#phone", "value"), ["12"]);
    let silent = app.submit("/sandbox", &world.ours.manager, &[("from", "+14155550142"), ("content", " ")]).await;
    assert_eq!((silent.status.as_u16(), silent.texts("#say-wrong").len()), (422, 1));
}

#[tokio::test]
async fn every_phone_that_behaves_badly_does_what_is_said_of_it() {
    let (app, world) = TestApp::start().await;
    let manager = &world.ours.manager;
    let mut threads = Vec::new();
    for (number, what) in PHONES {
        app.submit("/sandbox", manager, &[("from", number), ("content", "Hello")]).await.leads_to();
        let list = app.open("/conversations", manager).await;
        let thread = list.attributes("#talks a", "href").remove(0);
        app.submit(&format!("{thread}/messages"), manager, &[("content", what)]).await.leads_to();
        threads.push((thread, what));
    }
    deliver(&app).await;
    let mut reasons = Vec::new();
    for (thread, what) in &threads {
        let page = app.open(thread, manager).await;
        let reason = page.texts(".why p");
        assert_eq!(reason.is_empty(), what.contains("after some seconds"), "{what}: {reason:?}");
        reasons.extend(reason);
    }
    assert!(reasons.iter().any(|reason| reason.contains("call instead")), "{reasons:?}");
    assert!(reasons.iter().any(|reason| reason.contains("off or out of reach")), "{reasons:?}");
}
