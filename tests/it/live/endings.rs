//! What ends a stream: its session, the shop, the program, or a client that does not read.

use courtesy::db::Operator;
use serde_json::json;

use super::{Scene, event, shop_id};
use crate::support::{PASSWORD, Person};

/// Another session of the same person.
async fn another(scene: &Scene, who: &Person) -> Person {
    let log_in = json!({ "email": who.email, "password": PASSWORD });
    Person::from(&scene.app.post("/sessions", None, &log_in).await.created())
}

#[tokio::test]
async fn logging_out_ends_the_streams_of_that_session_alone() {
    let scene = Scene::start().await;
    let ours = &scene.world.ours;
    let car = scene.begun(ours).await;
    let phone = another(&scene, &ours.mechanic).await;
    let (mut stays, one, two) =
        (scene.listen(&ours.mechanic).await, scene.listen(&phone).await, scene.listen(&phone).await);
    scene.app.delete("/sessions/current", &phone).await.no_content();
    one.end().await;
    two.end().await;
    scene.app.get("/events", &phone).await.problem(401, "about:blank");
    scene.tap(&ours.mechanic, &car, "red").await;
    assert_eq!(stays.next().await, Some(event("inspection", &car, "in_progress")));
}

#[tokio::test]
async fn a_new_password_ends_ones_other_streams() {
    let scene = Scene::start().await;
    let ours = &scene.world.ours;
    let car = scene.begun(ours).await;
    let phone = another(&scene, &ours.mechanic).await;
    let (mut stays, ends) = (scene.listen(&ours.mechanic).await, scene.listen(&phone).await);
    let change = json!({ "current": PASSWORD, "new": "another long passphrase" });
    scene.app.post("/me/password", &ours.mechanic, &change).await.no_content();
    ends.end().await;
    scene.tap(&ours.mechanic, &car, "red").await;
    assert_eq!(stays.next().await, Some(event("inspection", &car, "in_progress")));
}

#[tokio::test]
async fn whoever_may_no_longer_come_in_hears_no_more() {
    let scene = Scene::start().await;
    let ours = &scene.world.ours;
    let (deactivated, removed) = (scene.listen(&ours.mechanic).await, scene.listen(&ours.other_mechanic).await);
    let inactive = json!({ "status": "inactive" });
    scene.app.patch(&format!("/users/{}", ours.mechanic.id), &ours.manager, &inactive).await.ok();
    deactivated.end().await;
    scene.app.delete(&format!("/users/{}", ours.other_mechanic.id), &ours.manager).await.no_content();
    removed.end().await;
}

/// Nobody writes when time passes, so the next look has to see it.
#[tokio::test]
async fn a_session_that_expires_ends_its_stream() {
    let scene = Scene::start().await;
    let (ours, theirs) = (&scene.world.ours, &scene.world.theirs);
    let (unused, old) = (scene.listen(&ours.manager).await, scene.listen(&theirs.manager).await);
    let owner = scene.base.owner().await;
    let unused_for_long = "UPDATE sessions SET last_seen_at = now() - interval '13 hours'";
    owner.execute(unused_for_long, &[]).await.unwrap();
    scene.wake(ours);
    unused.end().await;
    let opened_long_ago = "UPDATE sessions SET last_seen_at = now(), created_at = now() - interval '8 days'";
    owner.execute(opened_long_ago, &[]).await.unwrap();
    scene.wake(theirs);
    old.end().await;
}

#[tokio::test]
async fn a_role_counts_from_when_it_is_given() {
    let scene = Scene::start().await;
    let ours = &scene.world.ours;
    let mut listening = scene.listen(&ours.mechanic).await;
    let promoted = json!({ "role": "shop_manager" });
    scene.app.patch(&format!("/users/{}", ours.mechanic.id), &ours.manager, &promoted).await.ok();
    let conversation = scene.conversation(ours).await;
    assert_eq!(listening.next().await, Some(event("conversation", &conversation, "active")));
}

#[tokio::test]
async fn the_operator_ends_streams_at_once() {
    let scene = Scene::start().await;
    let (ours, theirs) = (&scene.world.ours, &scene.world.theirs);
    let (reset, closed) = (scene.listen(&ours.mechanic).await, scene.listen(&theirs.manager).await);
    let mut operator = Operator::connect(scene.base.owner_config()).await.unwrap();
    operator.reset_password(&ours.mechanic.email.parse().unwrap(), "no hash").await.unwrap();
    reset.end().await;
    operator.close_shop(shop_id(theirs)).await.unwrap();
    closed.end().await;
}

#[tokio::test]
async fn a_server_that_stops_ends_all_streams_and_opens_no_more() {
    let scene = Scene::start().await;
    let (ours, theirs) = (&scene.world.ours, &scene.world.theirs);
    let (one, other) = (scene.listen(&ours.manager).await, scene.listen(&theirs.mechanic).await);
    scene.live.close();
    one.end().await;
    other.end().await;
    scene.app.get("/events", &ours.manager).await.problem(503, "about:blank");
}

/// What it has not read is not kept for it: it is ended, and comes back for what it missed.
#[tokio::test]
async fn a_client_that_does_not_keep_up_is_ended() {
    let scene = Scene::start().await;
    let ours = &scene.world.ours;
    let car = scene.begun(ours).await;
    let (mut reads, slow) = (scene.listen(&ours.manager).await, scene.listen(&ours.manager).await);
    for tap in 0..20 {
        scene.tap(&ours.mechanic, &car, ["red", "yellow"][tap % 2]).await;
        scene.wake(ours);
        reads.next().await.unwrap();
    }
    assert_eq!(slow.last_id, "");
    let last_id = slow.left_id().await;
    let mut back = scene.resume(&ours.manager, &last_id).await;
    assert_eq!(back.next().await, Some(event("inspection", &car, "in_progress")));
}
