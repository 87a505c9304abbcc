//! A newer program has changed the schema while this one serves.

use crate::support::TestApp;

#[tokio::test]
async fn a_statement_that_was_prepared_before_a_migration_is_prepared_anew() {
    let (app, world) = TestApp::start_with_one_connection().await;
    app.get("/shop", &world.ours.manager).await.ok();
    app.owner().await.batch_execute("ALTER TABLE shops ADD COLUMN bays INTEGER").await.unwrap();
    let refused = app.get("/shop", &world.ours.manager).await;
    refused.problem(503, "about:blank");
    assert!(refused.headers.contains_key("retry-after"));
    app.get("/shop", &world.ours.manager).await.ok();
}
