//! Links that lead to no report, or to none just now.

use serde_json::json;

use super::{below, completed, count, send, texts, visit};
use crate::support::TestApp;

#[tokio::test]
async fn a_reopened_report_says_that_it_is_being_updated() {
    let (app, world) = TestApp::start().await;
    let path = completed(&app, &world).await;
    let report = below(&send(&app, &world, &path, json!({})).await["report_url"]);
    app.post(&format!("{path}/reopen"), &world.ours.manager, &json!({})).await.ok();
    let page = visit(&app, "GET", &report).await;
    assert_eq!(texts(&page, "h1"), ["Your report is being updated"]);
    assert!(!String::from_utf8_lossy(&page.bytes).contains("brake"));
    app.post(&format!("{path}/complete"), &world.ours.manager, &json!({ "allow_incomplete": true })).await.ok();
    send(&app, &world, &path, json!({ "via": "link" })).await;
    assert_eq!(texts(&visit(&app, "GET", &report).await, "h1"), ["Your 2018 Honda Civic needs 1 thing now"]);
}

#[tokio::test]
async fn a_link_that_was_revoked_or_has_expired_opens_nothing() {
    let (app, world) = TestApp::start().await;
    let path = completed(&app, &world).await;
    let revoked = below(&send(&app, &world, &path, json!({})).await["report_url"]);
    app.delete(&format!("{path}/links"), &world.ours.mechanic).await.problem(403, "about:blank");
    app.delete(&format!("{path}/links"), &world.ours.manager).await.no_content();
    app.delete(&format!("{path}/links"), &world.ours.manager).await.no_content();
    let expired = below(&send(&app, &world, &path, json!({})).await["report_url"]);
    app.owner().await.batch_execute("UPDATE report_links SET expires_at = now()").await.unwrap();
    for report in [&revoked, &expired] {
        let page = visit(&app, "GET", report).await;
        assert_eq!(page.status, 410);
        assert_eq!(texts(&page, "h1"), ["This link has ended"]);
        visit(&app, "POST", &format!("{report}/seen")).await.problem(404, "about:blank");
    }
}

#[tokio::test]
async fn a_link_that_never_was_is_a_page_with_a_way_back() {
    let (app, _) = TestApp::start().await;
    for token in ["0123456789abcdefghijkl", "short", "%FF", "0123456789abcdefghijk%00"] {
        let page = visit(&app, "GET", &format!("/r/{token}")).await;
        assert_eq!(page.status, 404, "{token}");
        assert_eq!(texts(&page, "h1"), ["Nothing here"]);
    }
}

#[tokio::test]
async fn a_deleted_inspection_takes_its_report_along() {
    let (app, world) = TestApp::start().await;
    let path = completed(&app, &world).await;
    let report = below(&send(&app, &world, &path, json!({})).await["report_url"]);
    app.delete(&path, &world.ours.manager).await.no_content();
    assert_eq!(visit(&app, "GET", &report).await.status, 410);
}

#[tokio::test]
async fn a_link_that_is_made_while_its_inspection_is_deleted_opens_nothing() {
    let (app, world) = TestApp::start().await;
    let path = completed(&app, &world).await;
    let owner = app.owner().await;
    let (shop, id) = (&world.ours.id, path.trim_start_matches("/inspections/"));
    let take = format!("BEGIN; SELECT FROM inspections WHERE id = '{id}' FOR NO KEY UPDATE");
    owner.batch_execute(&take).await.unwrap();
    let link = format!(
        "INSERT INTO report_links (shop_id, inspection_id, token_hash, expires_at)
         VALUES ('{shop}', '{id}', sha256('x'), now() + interval '1 day')"
    );
    app.amid(&owner, &link, app.delete(&path, &world.ours.manager)).await.no_content();
    assert_eq!(count(&app, "report_links WHERE revoked_at IS NULL").await, 0);
    app.delete(&path, &world.ours.manager).await.no_content();
    assert_eq!(count(&app, "inspection_events WHERE kind = 'deleted'").await, 1);
}
