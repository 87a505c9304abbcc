//! The customers' phones, on which texting is tried out.

use axum::body::Body;
use axum::http::{Request, header};
use courtesy::conversations::outbox;
use courtesy::conversations::sandbox::{PHONES, Sandbox};
use serde_json::json;

use crate::support::browser::as_browser;
use crate::support::{Answer, TestApp, World, pictures};

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

/// Sends the form for a picture.
async fn send_picture(app: &TestApp, world: &World, id: &str, name: &str, picture: &[u8]) -> Answer {
    const BOUNDARY: &str = "----a-boundary";
    let field = |name: &str, value: &str| {
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let file =
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"{name}\"\r\n\r\n");
    let fields = field("id", id) + &field("from", "(415) 555-0142") + &file;
    let form = [fields.as_bytes(), picture, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat();
    let request = as_browser(Request::post("/sandbox/pictures"), Some(&world.ours.manager));
    let request = request.header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"));
    app.send(request.body(Body::from(form)).unwrap()).await
}

#[tokio::test]
async fn a_picture_comes_in_from_the_phone_once_and_what_is_none_is_told() {
    let (app, world) = TestApp::start().await;
    let begun = phone(&app, &world, "+14155550142").await;
    let id = begun.attributes(".sends-picture [name=id]", "value").remove(0);
    for _ in 0..2 {
        let sent = send_picture(&app, &world, &id, "car.jpg", &pictures::jpeg(640, 480, 1)).await;
        assert_eq!(sent.leads_to(), "/sandbox?phone=%28415%29%20555%2D0142");
    }
    let page = phone(&app, &world, "+14155550142").await;
    assert_eq!(page.attributes("#on-phone .by-them img", "width"), ["640"]);
    assert_eq!(page.texts("#on-phone .bubble"), [""; 0], "there are no words");
    let talk = app.get("/conversations", &world.ours.manager).await.ok()["items"][0].clone();
    assert_eq!((&talk["unread"], &talk["last_message"]["pictures"][0]["state"]), (&json!(1), &json!("kept")));
    for (name, picture, words) in [
        ("", &b""[..], "No picture was chosen."),
        ("car.svg", b"<svg xmlns=", "It could not be sent: the content type must be"),
        ("car.jpg", b"\xFF\xD8\xFF\xE0 cut", "The picture is damaged or cut off."),
    ] {
        let another = uuid::Uuid::now_v7().to_string();
        let refused = send_picture(&app, &world, &another, name, picture).await;
        let told = refused.texts("#picture-wrong");
        assert!(refused.status == 422 && told[0].starts_with(words), "{told:?}");
    }
    let other = send_picture(&app, &world, &id, "car.jpg", &pictures::jpeg(64, 48, 2)).await;
    assert_eq!(other.texts("#picture-wrong"), ["It could not be sent: this id belongs to something else."]);
}

#[tokio::test]
async fn a_picture_over_the_api_says_from_whom_it_comes() {
    let (app, world) = TestApp::start().await;
    let mechanic = &world.ours.mechanic;
    let path = |query: &str| format!("/sandbox/messages/{}?{query}", uuid::Uuid::now_v7());
    let came = app.put_photo(&path("from=415-555-0142&content=Look"), mechanic, pictures::small()).await.created();
    assert_eq!((&came["content"], &came["pictures"][0]["id"]), (&json!("Look"), &came["id"]));
    for query in ["", "from=12", "from=", "from=4155550142&content=", "from=4155550142&subject=x"] {
        let refused = app.put_photo(&path(query), mechanic, pictures::small()).await;
        assert_eq!(refused.status, 422, "{query}");
    }
    app.put_photo("/sandbox/messages/x?from=4155550142", mechanic, pictures::small())
        .await
        .problem(404, "about:blank");
    let foreign = format!("/sandbox/messages/{}?from=4155550142", came["id"].as_str().unwrap());
    let foreign = app.put_photo(&foreign, &world.theirs.mechanic, pictures::small()).await;
    foreign.problem(409, "id-taken");
}
