//! The worker that takes the turns.

use courtesy::conversations::{Wake, outbox};
use serde_json::json;

use super::{Desk, messages_with};
use crate::support::provider::Script;

#[tokio::test]
async fn the_worker_is_woken_and_finishes_before_it_stops() {
    let desk = Desk::start().await;
    let provider = Script::new([]);
    provider.close();
    let wake = Wake::default();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let worker = outbox::run(desk.app.database(), &provider, &wake, async move {
        let _ = stopped.await;
    });
    let manager = async {
        let text = desk.text("Your car is done").await;
        wake.ring();
        provider.has_got(1).await;
        stop.send(()).expect("the worker listens");
        provider.open();
        text
    };
    let ((), text) = tokio::join!(worker, manager);
    assert_eq!(desk.now(&text).await["status"], "sent", "what was under way is finished");
}

#[tokio::test]
async fn the_worker_outlives_its_connections() {
    let desk = Desk::start().await;
    let provider = Script::new([]);
    let boss = &desk.world.ours.manager;
    let other = desk.app.post("/customers", boss, &json!({ "phone": "+14155550110" })).await.created();
    let messages = messages_with(&desk.app, &desk.world.ours, other["id"].as_str().unwrap()).await;
    let wake = Wake::default();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let worker = outbox::run(desk.app.database(), &provider, &wake, async move {
        let _ = stopped.await;
    });
    let manager = async {
        desk.text("One").await;
        wake.ring();
        provider.has_got(1).await;
        desk.move_rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
              WHERE datname = current_database() AND application_name LIKE '%courtesy_worker'",
        )
        .await;
        // To another number: the first may not have been noted as sent, and would hold up the next one to its own.
        desk.app.post(&messages, boss, &json!({ "content": "Two" })).await.created();
        wake.ring();
        provider.has_got(2).await;
        stop.send(()).expect("the worker listens");
    };
    tokio::join!(worker, manager);
}
