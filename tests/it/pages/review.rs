//! The review of an inspection, and what the desk does from there.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::matrix::scene::{Ready, Scene};
use crate::support::browser::as_browser;
use crate::support::{Answer, TestApp, World};

async fn scene(ready: Ready) -> (TestApp, World, Scene) {
    let (app, world) = TestApp::start().await;
    let scene = Scene::set(&app, &app.owner().await, &world.ours, ready).await;
    (app, world, scene)
}

fn path(scene: &Scene) -> String {
    format!("/inspections/{}", scene["inspections"])
}

async fn review(app: &TestApp, scene: &Scene) -> Answer {
    let page = app.open(&path(scene), Some(&scene.manager)).await;
    assert_eq!(page.status, 200);
    page
}

async fn finding(app: &TestApp, scene: &Scene) -> Value {
    let whole = app.get(&path(scene), Some(&scene.manager)).await.ok();
    let mut items = whole["items"].as_array().unwrap().iter();
    items.find(|item| item["component"] == "front_pads_left").unwrap().clone()
}

/// The form that mends the words of the finding in the scene.
fn words<'a>(version: &'a str, notes: &'a str) -> [(&'a str, &'a str); 4] {
    [("category", "brakes"), ("component", "front_pads_left"), ("version", version), ("notes", notes)]
}

#[tokio::test]
async fn reds_stand_first_with_their_number_and_words() {
    let (app, _, scene) = scene(Ready::InProgress).await;
    let findings = json!([
        { "category": "tires", "component": "tread_depth_lf", "measurement": 4, "severity": "red", "notes": "Bald <b>" },
        { "category": "tires", "component": "spare", "not_applicable": true },
        { "category": "lights", "component": "horn", "severity": "yellow" },
        { "category": "glass", "component": "windshield", "severity": "green" },
    ]);
    app.put(&format!("{}/items", path(&scene)), Some(&scene.mechanic), &findings).await.ok();
    let page = review(&app, &scene).await;
    assert_eq!(page.texts("article h3"), ["Tire tread, left front", "Front brake pads, left", "Horn", "Windshield",]);
    assert_eq!(page.texts("#tires-tread_depth_lf textarea"), ["Bald <b>"]);
    assert_eq!(page.texts("#tires-tread_depth_lf .what > p"), ["4/32 in proposes yellow, the mechanic chose red."]);
    assert_eq!(page.texts("#brakes-front_pads_left .measure b"), ["2.5 mm"]);
    assert_eq!(page.texts("h2.group")[1], "1 yellow1 without a note or photo");
}

#[tokio::test]
async fn last_visit_s_values_stand_beside_today_s() {
    let (app, world, before) = scene(Ready::Completed).await;
    let new = json!({ "vehicle_id": before["vehicles"] });
    let id = app.post("/inspections", Some(&before.manager), &new).await.created()["id"].clone();
    let inspection = format!("/inspections/{}", id.as_str().unwrap());
    app.post(&format!("{inspection}/start"), Some(&world.ours.mechanic), &json!({})).await.ok();
    let findings = json!([
        { "category": "brakes", "component": "front_pads_left", "measurement": 2, "notes": "Gone" },
        { "category": "lights", "component": "horn", "severity": "red", "notes": "Silent" },
        { "category": "tires", "component": "spare", "severity": "red", "notes": "Flat" },
    ]);
    app.put(&format!("{inspection}/items"), Some(&world.ours.mechanic), &findings).await.ok();
    let page = app.open(&inspection, Some(&before.manager)).await;
    assert_eq!(page.texts("#brakes-front_pads_left .measure > p"), ["2 mm was 2.5 mm"]);
    assert_eq!(page.texts("#lights-horn .measure > p"), ["was green"]);
    assert_eq!(page.texts("#tires-spare .measure > p"), ["first time checked"]);
}

#[tokio::test]
async fn what_was_not_inspected_is_said_and_never_green() {
    let (app, _, scene) = scene(Ready::InProgress).await;
    let incomplete = app.submit(&format!("{}/complete", path(&scene)), Some(&scene.mechanic), &[]).await;
    assert_eq!((incomplete.status.as_u16(), incomplete.texts("[role=alert]").len()), (409, 1));
    let allowed = [("allow_incomplete", "true")];
    let refused = app.submit(&format!("{}/complete", path(&scene)), Some(&scene.mechanic), &allowed).await;
    assert_eq!(refused.status, 403);
    app.submit(&format!("{}/complete", path(&scene)), Some(&scene.manager), &allowed).await.leads_to();
    let page = review(&app, &scene).await;
    assert_eq!(page.texts(".columns li").len(), 30);
    assert!(page.texts(".columns li").contains(&"Windshield".to_owned()));
    assert_eq!(page.texts(".tally li"), ["1 red", "0 yellow", "0 green"]);
}

#[tokio::test]
async fn words_are_mended_by_those_who_have_seen_the_latest() {
    let (app, _, scene) = scene(Ready::Completed).await;
    let notes = format!("{}/notes", path(&scene));
    let version = review(&app, &scene).await.attributes("#brakes-front_pads_left [name=version]", "value").remove(0);
    let mended = app.submit(&notes, Some(&scene.manager), &words(&version, "Worn to the metal")).await;
    assert_eq!(mended.leads_to(), format!("{}#brakes-front_pads_left", path(&scene)));
    assert_eq!(finding(&app, &scene).await["notes"], "Worn to the metal");
    let late = app.submit(&notes, Some(&scene.manager), &words("1", "Mine")).await;
    assert_eq!((late.status.as_u16(), late.texts("textarea[aria-invalid=true]")), (422, vec!["Mine".to_owned()]));
    assert!(late.texts(".mend .quiet").iter().any(|told| told == "Theirs: Worn to the metal"));
    assert_eq!(finding(&app, &scene).await["notes"], "Worn to the metal");
    let by_mechanic = app.submit(&notes, Some(&scene.mechanic), &words(&version, "Mine")).await;
    assert_eq!(by_mechanic.status, 409);
}

#[tokio::test]
async fn one_press_sends_one_text_and_tells_what_became_of_it() {
    let (app, _, scene) = scene(Ready::Completed).await;
    let page = review(&app, &scene).await;
    assert_eq!(page.texts(".panel h2")[0], "What Ruth gets");
    assert!(page.texts("[data-bubble]")[0].contains("your 2018 Honda Civic inspection is ready"));
    assert!(page.texts("[data-meter]")[0].starts_with("1 text, "));
    let id = page.attributes("#send [name=id]", "value").remove(0);
    let words = "It is ready, Ruth: {link}";
    for _ in 0..2 {
        let fields = [("id", id.as_str()), ("text", words)];
        let sent = app.submit(&format!("{}/send", path(&scene)), Some(&scene.manager), &fields).await;
        assert_eq!(sent.leads_to(), path(&scene));
    }
    let page = review(&app, &scene).await;
    let texts = page.texts(".bubble");
    assert_eq!(texts.len(), 1);
    assert!(texts[0].contains("It is ready, Ruth: https://inspect.example/r/"), "{texts:?}");
    assert!(page.texts(".delivery")[0].starts_with("Waiting to be sent"), "{:?}", page.texts(".delivery"));
    app.owner()
        .await
        .execute("UPDATE messages SET status = 'failed', error_code = '30006' WHERE id::text = $1", &[&id])
        .await
        .unwrap();
    let page = review(&app, &scene).await;
    assert!(page.texts(".delivery")[0].starts_with("Not delivered"));
    assert_eq!(page.texts(".bubble.lost + .delivery + p"), ["The number is unknown or a landline: call instead."]);
}

#[tokio::test]
async fn whoever_can_t_be_texted_gets_the_link_by_hand() {
    let (app, _, scene) = scene(Ready::Completed).await;
    let customer = format!("/customers/{}", scene["customers"]);
    app.patch(&customer, Some(&scene.manager), &json!({ "phone": null })).await.ok();
    let page = review(&app, &scene).await;
    assert_eq!(page.texts("button.send"), ["Hand over the report"]);
    let refused = app.submit(&format!("{}/send", path(&scene)), Some(&scene.manager), &[]).await;
    assert_eq!(
        (refused.status.as_u16(), refused.texts("[role=alert]")),
        (409, vec!["There is no phone number to text.".to_owned()])
    );
    let handed = app.submit(&format!("{}/send", path(&scene)), Some(&scene.manager), &[("via", "link")]).await;
    let link = handed.attributes("#address", "value").remove(0);
    let report = app.open(link.strip_prefix("https://inspect.example").unwrap(), None).await;
    assert_eq!(report.status, 200);
    assert!(review(&app, &scene).await.texts(".delivery")[0].starts_with("The link was handed over"));
}

#[tokio::test]
async fn it_goes_back_to_the_car_with_a_reason() {
    let (app, _, scene) = scene(Ready::Sent).await;
    let fields = [("reason", "The left ball joint")];
    app.submit(&format!("{}/reopen", path(&scene)), Some(&scene.manager), &fields).await.leads_to();
    let page = review(&app, &scene).await;
    assert!(page.texts(".history li")[0].contains("Sent back by"), "{:?}", page.texts(".history li"));
    assert!(page.texts(".history li")[0].contains("“The left ball joint”"));
    app.submit(&format!("{}/delete", path(&scene)), Some(&scene.manager), &[]).await.leads_to();
    assert_eq!(app.open(&path(&scene), Some(&scene.manager)).await.status, 404);
}

#[tokio::test]
async fn the_shop_s_own_people_are_not_the_customer() {
    let (app, world, scene) = scene(Ready::Sent).await;
    let seen = |who: Option<&crate::support::Person>| {
        let request = as_browser(Request::post(format!("/r/{}/seen", scene["r"])), who);
        app.send(request.body(Body::empty()).unwrap())
    };
    let viewed = async || app.get(&path(&scene), Some(&scene.manager)).await.ok()["viewed_at"].is_string();
    seen(Some(&scene.manager)).await.no_content();
    assert!(!viewed().await);
    // Somebody who works in another shop may well be a customer of this one.
    seen(Some(&world.theirs.manager)).await.no_content();
    assert!(viewed().await);
}

#[tokio::test]
async fn what_was_typed_stays_on_the_page_that_refuses_it() {
    let (app, _, scene) = scene(Ready::Completed).await;
    let long = "x".repeat(1001);
    let refused = app.submit(&format!("{}/reopen", path(&scene)), Some(&scene.manager), &[("reason", &long)]).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.attributes("#reason", "value"), [long]);
    assert_eq!(refused.texts("#reason-wrong"), ["The reason must be at most 1000 characters."]);
    app.submit(&format!("{}/send", path(&scene)), Some(&scene.manager), &[("via", "link")]).await;
    let late = app.submit(&format!("{}/notes", path(&scene)), Some(&scene.manager), &words("1", "My words")).await;
    assert_eq!(late.status, 409);
    assert!(late.texts(".note").contains(&"Your words: My words".to_owned()), "{:?}", late.texts(".note"));
}
