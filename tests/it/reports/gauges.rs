//! Numbers on the report: against their thresholds, and against last time.

use serde_json::json;

use super::{attributes, below, completed, completed_and_sent, send, texts, visit};
use crate::support::TestApp;

#[tokio::test]
async fn a_number_is_drawn_against_its_thresholds_and_said() {
    let (app, world) = TestApp::start().await;
    let (_, report) = completed_and_sent(&app, &world).await;
    let page = visit(&app, "GET", &report).await;
    assert_eq!(attributes(&page, "#now .gauge", "role"), ["img"]);
    let said = ["2.5 mm. Red up to 3 mm, yellow up to 5 mm, green above."];
    assert_eq!(attributes(&page, "#now .gauge", "aria-label"), said);
    assert_eq!(attributes(&page, "#now .band", "class"), ["band red", "band yellow", "band green"]);
    assert_eq!(texts(&page, "#now .gauge text"), ["3", "5"]);
    assert_eq!(attributes(&page, "#now .now", "transform"), ["translate(50)"]);
    assert_eq!(attributes(&page, ".gauge .before", "d"), [""; 0], "there was no last time");
    assert_eq!(attributes(&page, "[style]", "style"), [""; 0], "the content policy allows no style");
}

#[tokio::test]
async fn last_time_is_an_open_mark_with_its_month() {
    let (app, world) = TestApp::start().await;
    completed_and_sent(&app, &world).await;
    let moved = "UPDATE inspection_items SET rated_at = '2026-03-15 12:00Z'";
    app.owner().await.batch_execute(moved).await.expect("the past");
    let path = completed(&app, &world).await;
    let report = below(&send(&app, &world, &path, json!({ "via": "link" })).await["report_url"]);
    let page = visit(&app, "GET", &report).await;
    assert_eq!(attributes(&page, "#now .before", "transform"), ["translate(50)"]);
    assert!(texts(&page, "#now .reading").concat().contains("Open mark: 2.5 mm, March 2026."));
    assert!(attributes(&page, "#now .gauge", "aria-label")[0].ends_with("Last time 2.5 mm."));
}

#[tokio::test]
async fn a_colour_that_the_mechanic_chose_against_the_number_says_so() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let path = completed(&app, &world).await;
    app.post(&format!("{path}/reopen"), boss, &json!({})).await.ok();
    let over = json!({ "category": "tires", "component": "tread_depth_lf", "severity": "red" });
    app.put(&format!("{path}/items"), boss, &over).await.ok();
    app.post(&format!("{path}/complete"), boss, &json!({ "allow_incomplete": true })).await.ok();
    let page = visit(&app, "GET", &below(&send(&app, &world, &path, json!({})).await["report_url"])).await;
    let said = |finding: &str| texts(&page, &format!("#{finding} .reading")).concat().contains("By the number alone");
    assert!(texts(&page, "#tires-tread_depth_lf").concat().contains("By the number alone this would be yellow."));
    assert!(!said("brakes-front_pads_left"));
}
