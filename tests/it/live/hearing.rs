//! What programs on one database hear of each other.

use courtesy::auth::token::SessionToken;
use courtesy::db::{Database, Heard, Query, Tenant};
use courtesy::params;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::shop_id;
use crate::support::TestApp;
use crate::support::program::PATIENCE;
use crate::support::world::Shop;

/// Another program that does nothing but listen, until the tasks are dropped.
async fn listening(app: &TestApp) -> (UnboundedReceiver<Heard>, JoinSet<()>) {
    let other = Database::open(app.owner_config(), None).await.unwrap();
    let (tell, mut heard) = unbounded_channel();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { other.keep_hearing(|news| tell.send(news).unwrap()).await });
    assert_eq!(next(&mut heard).await, Heard::Gap);
    (heard, tasks)
}

async fn next(heard: &mut UnboundedReceiver<Heard>) -> Heard {
    timeout(PATIENCE, heard.recv()).await.unwrap().unwrap()
}

fn tenant(app: &TestApp, shop: &Shop) -> Tenant {
    let token = SessionToken::parse(&shop.manager.token).unwrap();
    app.database().by_session(token.shop(), token.hash(), None)
}

fn rename(name: &'static str) -> Query<()> {
    Query::run("UPDATE customers SET first_name = $2 WHERE shop_id = $1", params![name])
}

#[tokio::test]
async fn whatever_writes_is_heard_and_nothing_else() {
    let (app, world) = TestApp::start().await;
    let (mut heard, _listening) = listening(&app).await;
    let (ours, theirs) = (tenant(&app, &world.ours), tenant(&app, &world.theirs));
    let database = app.database().clone();
    let worker = database.worker_in(shop_id(&world.ours));

    ours.read(rename("Nobody")).await.unwrap_err();
    ours.enter(true).await.unwrap();
    drop(ours.begin(()).await.unwrap());
    theirs.write(rename("Ruth")).await.unwrap();
    database.tell().await.unwrap();
    assert_eq!(next(&mut heard).await, Heard::Shop(shop_id(&world.theirs)));

    ours.write(rename("Ruth")).await.unwrap();
    database.tell().await.unwrap();
    assert_eq!(next(&mut heard).await, Heard::Shop(shop_id(&world.ours)));
    theirs.write_even_if_inactive(rename("Ruth")).await.unwrap();
    database.tell().await.unwrap();
    assert_eq!(next(&mut heard).await, Heard::Shop(shop_id(&world.theirs)));
    let (write, ()) = ours.begin(()).await.unwrap();
    write.commit(rename("Ruth")).await.unwrap();
    database.tell().await.unwrap();
    assert_eq!(next(&mut heard).await, Heard::Shop(shop_id(&world.ours)));
    theirs.write(rename("Ruth")).await.unwrap();
    database.tell().await.unwrap();
    assert_eq!(next(&mut heard).await, Heard::Shop(shop_id(&world.theirs)));
    worker.write(Query::run("UPDATE messages SET attempts = attempts WHERE shop_id = $1", vec![])).await.unwrap();
    database.tell().await.unwrap();
    assert_eq!(next(&mut heard).await, Heard::Shop(shop_id(&world.ours)));
}

#[tokio::test]
async fn many_writes_are_told_together() {
    let (app, world) = TestApp::start().await;
    let (mut heard, _listening) = listening(&app).await;
    let (ours, theirs) = (tenant(&app, &world.ours), tenant(&app, &world.theirs));
    for _ in 0..20 {
        ours.write(rename("Ruth")).await.unwrap();
    }
    app.database().tell().await.unwrap();
    theirs.write(rename("Ruth")).await.unwrap();
    app.database().tell().await.unwrap();
    assert_eq!(next(&mut heard).await, Heard::Shop(shop_id(&world.ours)));
    assert_eq!(next(&mut heard).await, Heard::Shop(shop_id(&world.theirs)));
}

#[tokio::test]
async fn whoever_was_cut_off_knows_that_there_is_a_gap() {
    let (app, world) = TestApp::start().await;
    let (mut heard, _listening) = listening(&app).await;
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    let cut_off: i64 = app.owner().await.query_one(cut, &[]).await.unwrap().get(0);
    assert_eq!(cut_off, 1);
    assert_eq!(next(&mut heard).await, Heard::Gap);
    tenant(&app, &world.ours).write(rename("Ruth")).await.unwrap();
    app.database().tell().await.unwrap();
    assert_eq!(next(&mut heard).await, Heard::Shop(shop_id(&world.ours)));
}

/// The client hung up after its flight had left: the change is there, and has to be told.
#[tokio::test]
async fn a_write_whose_client_has_gone_is_told() {
    let (app, world) = TestApp::start().await;
    let (mut heard, _listening) = listening(&app).await;
    let ours = tenant(&app, &world.ours);
    ours.write(rename("Ruth")).await.unwrap();
    app.database().tell().await.unwrap();
    assert_eq!(next(&mut heard).await, Heard::Shop(shop_id(&world.ours)));
    let mut leaving = Box::pin(ours.write(rename("Ruth")));
    assert!(futures_util::poll!(&mut leaving).is_pending());
    drop(leaving);
    app.database().tell().await.unwrap();
    assert_eq!(next(&mut heard).await, Heard::Shop(shop_id(&world.ours)));
}
