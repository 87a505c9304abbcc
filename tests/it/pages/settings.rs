//! The settings page: every field goes the way of the API, units are shown so everywhere, and quick replies keep their order.

use serde_json::json;

use crate::matrix::scene::{Ready, Scene};
use crate::support::TestApp;
use crate::support::app::PUBLIC_URL;

#[tokio::test]
async fn what_is_typed_is_what_the_shop_becomes() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let fields = [
        ("name", "Delgado & Daughters"),
        ("phone", "(415) 555-2671"),
        ("email", "Desk@Delgado.example"),
        ("address.line1", "12 Mission Street"),
        ("address.city", "San Francisco"),
        ("address.line2", ""),
        ("settings.timezone", "America/Los_Angeles"),
        ("settings.country", "US"),
        ("settings.units", "metric"),
        ("sms_number", "415 555 2672"),
    ];
    let saved = app.submit("/settings", boss, &fields).await;
    let page = app.open(saved.leads_to(), boss).await;
    assert_eq!(page.texts("[role=status]"), ["Saved."]);
    for (name, shown) in [("name", "Delgado & Daughters"), ("phone", "(415) 555-2671"), ("address.line2", "")] {
        assert_eq!(page.attributes(&format!("[name='{name}']"), "value"), [shown]);
    }
    let shop = app.get("/shop", boss).await.ok();
    assert_eq!(shop["sms_number"], "+14155552672");
    assert_eq!(shop["address"]["line1"], "12 Mission Street");
    assert!(shop["address"].get("line2").is_none());
    assert_eq!(shop["settings"]["timezone"], "America/Los_Angeles");
    // What is left empty is cleared, and what the form does not have stays.
    app.submit("/settings", boss, &[("name", "Delgado"), ("phone", ""), ("address.line1", "")]).await.leads_to();
    let shop = app.get("/shop", boss).await.ok();
    assert!(shop["phone"].is_null() && shop["address"].get("line1").is_none());
    assert_eq!((&shop["settings"]["units"], &shop["address"]["city"]), (&"metric".into(), &"San Francisco".into()));
}

#[tokio::test]
async fn what_is_wrong_is_said_and_nothing_of_it_is_saved() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let before = app.get("/shop", boss).await.ok();
    let fields = [
        ("name", "Half of it"),
        ("email", "nobody"),
        ("settings.timezone", "Mars/Olympus_Mons"),
        ("settings.country", "XX"),
        ("settings.units", "furlongs"),
    ];
    let refused = app.submit("/settings", boss, &fields).await;
    assert_eq!(refused.status, 422);
    let wrong = refused.texts(".wrong");
    assert_eq!(wrong.len(), 4, "{wrong:?}");
    assert!(wrong.contains(&"Time zone must be a time zone such as America/Chicago.".to_owned()), "{wrong:?}");
    assert_eq!(refused.attributes("[name=name]", "value"), ["Half of it"]);
    assert_eq!(app.get("/shop", boss).await.ok(), before);
    assert!(refused.attributes("#zones option", "value").len() > 300, "they can be searched");
}

#[tokio::test]
async fn a_number_that_another_shop_has_is_refused() {
    let (app, world) = TestApp::start().await;
    let claim = [("sms_number", "+14155552672")];
    app.submit("/settings", &world.theirs.manager, &claim).await.leads_to();
    let refused = app.submit("/settings", &world.ours.manager, &claim).await;
    assert_eq!(refused.texts(".wrong"), ["The number that customers text already belongs to a shop."]);
}

#[tokio::test]
async fn quick_replies_are_added_moved_and_removed() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let press = async |replies: &[&str], step: &str| {
        let names: Vec<String> = (0..replies.len()).map(|place| format!("settings.quick_replies.{place}")).collect();
        let mut fields: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(replies.iter().copied()).collect();
        fields.push(("step", step));
        let answer = app.submit("/settings/replies", boss, &fields).await;
        let page = app.open(answer.leads_to(), boss).await;
        let shown = page.texts(".replies textarea");
        let kept: Vec<String> =
            serde_json::from_value(app.get("/shop", boss).await.ok()["settings"]["quick_replies"].clone()).unwrap();
        assert_eq!(shown[..shown.len() - 1], kept[..], "and an empty one for the next");
        kept
    };
    assert_eq!(press(&["Ready, {name}."], "save").await, ["Ready, {name}."]);
    assert_eq!(
        press(&["Ready.", "Running late.", "Call us."], "up.2").await,
        ["Ready.", "Call us.", "Running late."]
    );
    assert_eq!(press(&["a", "b", " "], "down.0").await, ["b", "a"]);
    assert_eq!(press(&["a", "b"], "remove.0").await, ["b"]);
    assert_eq!(press(&["b"], "remove.0").await, [""; 0]);
    let many: Vec<String> = (0..12).map(|n| format!("Reply {n}")).collect();
    assert_eq!(press(&many.iter().map(String::as_str).collect::<Vec<_>>(), "save").await, many);
}

#[tokio::test]
async fn a_quick_reply_that_is_too_long_comes_back() {
    let (app, world) = TestApp::start().await;
    let long = "x".repeat(641);
    let fields = [("settings.quick_replies.0", "Short."), ("settings.quick_replies.1", long.as_str())];
    let refused = app.submit("/settings/replies", &world.ours.manager, &fields).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.texts(".wrong"), ["Quick replies: line 2 must be at most 640 characters."]);
    assert_eq!(refused.texts(".replies textarea")[..2], ["Short.", long.as_str()]);
}

#[tokio::test]
async fn a_quick_reply_that_wants_what_nobody_can_fill_in_comes_back() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let fields = [("settings.quick_replies.0", "Hi {name}: {link}"), ("settings.quick_replies.1", "Hi {nmae}")];
    let refused = app.submit("/settings/replies", boss, &fields).await;
    assert_eq!(refused.status, 422);
    let field = refused.attributes("[aria-label='Quick reply 2']", "aria-describedby");
    let why = refused.texts(&format!("#{}", field[0]));
    assert_eq!(why, ["Nobody knows what {nmae} is: {name}, {vehicle} and {link} are filled in."]);
    assert_eq!(refused.texts(".replies .wrong"), why);
    assert_eq!(app.get("/shop", boss).await.ok()["settings"]["quick_replies"], json!([]));
}

#[tokio::test]
async fn metric_units_are_shown_everywhere() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    let scene = Scene::set(&app, &owner, &world.ours, Ready::InProgress).await;
    let boss = &scene.manager;
    let path = format!("/inspections/{}", scene["inspections"]);
    app.patch(&path, boss, &json!({ "odometer_reading": 112_480 })).await.ok();
    let worn = json!({ "category": "tires", "component": "tread_depth_lf", "measurement": 2, "notes": "Bald" });
    app.put(&format!("{path}/items"), &scene.mechanic, &worn).await.ok();
    app.post(&format!("{path}/complete"), boss, &json!({ "allow_incomplete": true })).await.ok();
    let sent = app.post(&format!("{path}/send"), boss, &json!({ "via": "link" })).await.ok();
    app.submit("/settings", boss, &[("settings.units", "metric")]).await.leads_to();
    let report = sent["report_url"].as_str().unwrap().strip_prefix(PUBLIC_URL).unwrap();
    for page in [path.as_str(), report, &format!("{path}/report")] {
        let shown = app.open(page, boss).await;
        let words = String::from_utf8_lossy(&shown.bytes).into_owned();
        assert!(words.contains("112,480 km") && words.contains("1.6 mm"), "{page}: {words}");
        assert!(!words.contains("/32 in") && !words.contains("miles"), "{page}");
        assert!(
            shown.attributes(".gauge", "aria-label").iter().any(|said| said.starts_with("1.6 mm. Red up to 1.6 mm"))
        );
    }
}

#[tokio::test]
async fn a_shop_whose_texts_fail_is_told() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    let boss = &world.ours.manager;
    app.post("/conversations", boss, &json!({ "customer_id": world.ours.customer })).await.created();
    let texts =
        "INSERT INTO messages (shop_id, conversation_id, customer_id, direction, phone_number, content, status)
                 SELECT x.shop_id, x.id, x.customer_id, 'outbound', '+14155550142', 'Hello',
                        CASE WHEN n <= 10 THEN 'failed' ELSE 'delivered' END
                   FROM conversations x, generate_series(1, 90) n";
    owner.batch_execute(texts).await.unwrap();
    assert_eq!(
        app.open("/settings", boss).await.texts("#fared"),
        [""; 0],
        "a tenth of a hundred is not more than that"
    );
    let one_more = "UPDATE messages SET status = 'failed'
                     WHERE id = (SELECT id FROM messages WHERE status = 'delivered' LIMIT 1)";
    // Delivery never goes back; here it never happened.
    owner.batch_execute(&format!("ALTER TABLE messages DISABLE TRIGGER hold_delivery; {one_more}")).await.unwrap();
    let told = app.open("/settings", boss).await.texts("#fared");
    assert!(told[0].starts_with("11 of your last 90 texts did not arrive."), "{told:?}");
    assert_eq!(app.open("/settings", &world.theirs.manager).await.texts("#fared"), [""; 0]);
}
