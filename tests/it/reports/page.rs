//! What the page says, and that it was looked at.

use serde_json::json;

use super::{attributes, below, completed, count, send, texts, visit};
use crate::support::TestApp;

#[tokio::test]
async fn the_report_says_reds_first_in_plain_words_and_nothing_personal() {
    let (app, world) = TestApp::start().await;
    let path = completed(&app, &world).await;
    app.patch(
        &format!("/vehicles/{}", world.ours.vehicle),
        &world.ours.manager,
        &json!({ "vin": "1HGCM82633A004352" }),
    )
    .await
    .ok();
    let sent = send(&app, &world, &path, json!({})).await;
    let page = visit(&app, "GET", &below(&sent["report_url"])).await;
    assert_eq!(texts(&page, "h1"), ["Your 2018 Honda Civic needs 1 thing now"]);
    assert_eq!(
        texts(&page, "h2"),
        [
            "You told us",
            "Needs attention now",
            "May need attention soon",
            "Checked and fine",
            "Not inspected",
            "Questions? Ask us"
        ]
    );
    assert_eq!(texts(&page, "#now h3"), ["Front brake pads, left"]);
    assert_eq!(texts(&page, "#now .value"), ["2.5 mm"]);
    assert_eq!(texts(&page, "#now .words"), ["Worn <out>"]);
    assert_eq!(texts(&page, ".summary b"), ["1", "1", "1"], "not applicable and not inspected are never green");
    assert_eq!(texts(&page, "#open-points li").len(), 28);
    let html = String::from_utf8_lossy(&page.bytes);
    for personal in ["Ruth", "Abel", "7ABC", "1HGCM82633A004352", "5550142", "pays late", &world.ours.customer] {
        assert!(!html.contains(personal), "{personal}");
    }
    assert!(html.contains("112,480 miles"));
    assert_eq!(page.headers["x-robots-tag"], "noindex, nofollow");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let script = texts(&page, "script");
    assert_eq!(script, [""], "no script stands in the page");
}

#[tokio::test]
async fn the_page_s_assets_are_kept_for_ever() {
    let (app, world) = TestApp::start().await;
    let path = completed(&app, &world).await;
    let sent = send(&app, &world, &path, json!({})).await;
    let page = visit(&app, "GET", &below(&sent["report_url"])).await;
    let mut addresses = attributes(&page, "link[rel=stylesheet]", "href");
    addresses.extend(attributes(&page, "script", "src"));
    assert_eq!(addresses.len(), 2);
    for address in addresses {
        let asset = visit(&app, "GET", &address).await;
        assert_eq!(asset.status, 200, "{address}");
        assert!(asset.headers["cache-control"].to_str().unwrap().contains("immutable"));
    }
    visit(&app, "GET", "/assets/app.css").await.problem(404, "about:blank");
}

#[tokio::test]
async fn looking_is_noted_by_the_page_and_not_by_opening_it() {
    let (app, world) = TestApp::start().await;
    let path = completed(&app, &world).await;
    let report = below(&send(&app, &world, &path, json!({})).await["report_url"]);
    visit(&app, "GET", &report).await;
    let viewed = async || app.get(&path, &world.ours.manager).await.ok()["viewed_at"].clone();
    assert_eq!(viewed().await, json!(null));
    visit(&app, "POST", &format!("{report}/seen")).await.no_content();
    let first = viewed().await;
    assert!(first.is_string());
    visit(&app, "POST", &format!("{report}/seen")).await.no_content();
    assert_eq!(viewed().await, first);
    assert_eq!(count(&app, "inspection_events WHERE kind = 'viewed'").await, 1);
}
