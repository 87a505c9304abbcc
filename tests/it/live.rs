//! Live events: who is told what, and that nothing is missed.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod endings;
mod hearing;
mod programs;

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use courtesy::app::App;
use courtesy::db::Heard;
use courtesy::ids::ShopId;
use courtesy::live::Live;
use courtesy::web::{PublicUrl, Throttles};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::app::PUBLIC_URL;
use crate::support::program::PATIENCE;
use crate::support::stream::Stream;
use crate::support::world::Shop;
use crate::support::{Person, TestApp, World};

/// The router with what passes news on beside it.
struct Scene {
    app: TestApp,
    world: World,
    live: Live,
    /// Holds the database.
    base: TestApp,
    running: JoinSet<()>,
}

impl Scene {
    async fn start() -> Self {
        let mut scene = Self::without_news().await;
        let (live, database) = (scene.live.clone(), scene.base.database().clone());
        scene.running.spawn(async move { live.run(&database).await });
        scene
    }

    /// Nobody passes news on: what is told was found by looking.
    async fn without_news() -> Self {
        let (base, world) = TestApp::start().await;
        let live = Live::default();
        let app = App::new(base.database().clone(), PublicUrl(PUBLIC_URL.into()));
        let router = courtesy::app::router(App { live: live.clone(), throttles: Throttles::off(), ..app });
        Self { app: TestApp::over(router), world, live, base, running: JoinSet::new() }
    }

    async fn listen(&self, who: &Person) -> Stream {
        Stream::of(self.app.begin(request(who, None)).await).await
    }

    async fn resume(&self, who: &Person, last_id: &str) -> Stream {
        Stream::of(self.app.begin(request(who, Some(last_id))).await).await
    }

    /// What a notification does, or the time that passes without one.
    fn wake(&self, shop: &Shop) {
        self.live.wake(Heard::Shop(shop_id(shop)));
    }

    /// An inspection that the shop's mechanic has begun.
    async fn begun(&self, shop: &Shop) -> String {
        let new = json!({ "vehicle_id": shop.vehicle, "assigned_to": shop.mechanic.id });
        let id = id(&self.app.post("/inspections", &shop.manager, &new).await.created());
        self.app.post(&format!("/inspections/{id}/start"), &shop.mechanic, &json!({})).await.ok();
        id
    }

    async fn tap(&self, who: &Person, inspection: &str, severity: &str) -> Value {
        let tap = json!([{ "category": "brakes", "component": "front_pads_left", "severity": severity }]);
        self.app.put(&format!("/inspections/{inspection}/items"), who, &tap).await.ok()
    }

    async fn conversation(&self, shop: &Shop) -> String {
        let new = json!({ "customer_id": shop.customer });
        id(&self.app.post("/conversations", &shop.manager, &new).await.created())
    }
}

fn request(who: &Person, last_id: Option<&str>) -> Request<Body> {
    let request = Request::get("/api/v1/events").header(header::AUTHORIZATION, format!("Bearer {}", who.token));
    let request = last_id.into_iter().fold(request, |request, id| request.header("last-event-id", id));
    request.body(Body::empty()).unwrap()
}

fn shop_id(shop: &Shop) -> ShopId {
    ShopId::from_path(&shop.id)
}

fn id(row: &Value) -> String {
    row["id"].as_str().unwrap().to_owned()
}

/// An event as it is read.
fn event(subject: &str, id: &str, status: &str) -> (String, String, String) {
    (subject.to_owned(), id.to_owned(), status.to_owned())
}

#[tokio::test]
async fn a_tap_shows_in_its_own_shop_and_not_next_door() {
    let scene = Scene::start().await;
    let (ours, theirs) = (&scene.world.ours, &scene.world.theirs);
    let (our_car, their_car) = (scene.begun(ours).await, scene.begun(theirs).await);
    let (mut desk, mut neighbour) = (scene.listen(&ours.manager).await, scene.listen(&theirs.manager).await);
    scene.tap(&ours.mechanic, &our_car, "red").await;
    assert_eq!(desk.next().await, Some(event("inspection", &our_car, "in_progress")));
    scene.tap(&theirs.mechanic, &their_car, "red").await;
    assert_eq!(neighbour.next().await, Some(event("inspection", &their_car, "in_progress")));
}

#[tokio::test]
async fn whatever_is_done_to_an_inspection_is_told() {
    let scene = Scene::start().await;
    let ours = &scene.world.ours;
    let mut mechanic = scene.listen(&ours.mechanic).await;
    let new = json!({ "vehicle_id": ours.vehicle });
    let car = id(&scene.app.post("/inspections", &ours.manager, &new).await.created());
    let path = format!("/inspections/{car}");
    assert_eq!(mechanic.next().await, Some(event("inspection", &car, "created")));
    let steps = [
        ("assign", json!({ "user_id": ours.mechanic.id }), "assigned"),
        ("start", json!({}), "in_progress"),
        ("complete", json!({ "allow_incomplete": true }), "completed"),
        ("reopen", json!({}), "in_progress"),
    ];
    for (step, body, status) in steps {
        scene.app.post(&format!("{path}/{step}"), &ours.manager, &body).await.ok();
        assert_eq!(mechanic.next().await, Some(event("inspection", &car, status)));
    }
    let item = id(&scene.tap(&ours.manager, &car, "red").await["items"][0]);
    assert_eq!(mechanic.next().await, Some(event("inspection", &car, "in_progress")));
    scene.app.delete(&format!("{path}/items/{item}"), &ours.manager).await.no_content();
    assert_eq!(mechanic.next().await, Some(event("inspection", &car, "in_progress")));
    scene.app.patch(&path, &ours.manager, &json!({ "internal_notes": "Keys in the box" })).await.ok();
    assert_eq!(mechanic.next().await, Some(event("inspection", &car, "in_progress")));
    scene.app.delete(&path, &ours.manager).await.no_content();
    assert_eq!(mechanic.next().await, Some(event("inspection", &car, "deleted")));
}

#[tokio::test]
async fn the_customers_answers_are_told_like_everything_else() {
    let scene = Scene::start().await;
    let ours = &scene.world.ours;
    let car = scene.begun(ours).await;
    scene.tap(&ours.mechanic, &car, "red").await;
    let path = format!("/inspections/{car}");
    scene.app.post(&format!("{path}/complete"), &ours.manager, &json!({ "allow_incomplete": true })).await.ok();
    let sent = scene.app.post(&format!("{path}/send"), &ours.manager, &json!({ "via": "link" })).await.ok();
    let report = sent["report_url"].as_str().unwrap().strip_prefix(PUBLIC_URL).unwrap().to_owned();
    let mut desk = scene.listen(&ours.manager).await;
    let visit = |what: &str, body: &Value| {
        let request = Request::post(format!("{report}/{what}")).header(header::CONTENT_TYPE, "application/json");
        scene.app.send(request.body(Body::from(body.to_string())).unwrap())
    };
    visit("seen", &json!({})).await.no_content();
    assert_eq!(desk.next().await, Some(event("inspection", &car, "sent")));
    let answer = json!({ "category": "brakes", "component": "front_pads_left", "answer": "do_it" });
    visit("answers", &json!({ "answers": [answer] })).await.no_content();
    let told = desk.events(3).await;
    let subjects: Vec<&str> = told.iter().map(|(subject, ..)| subject.as_str()).collect();
    assert_eq!(subjects, ["conversation", "inspection", "message"]);
}

#[tokio::test]
async fn texting_is_told_to_the_desk_alone() {
    let scene = Scene::start().await;
    let ours = &scene.world.ours;
    let car = scene.begun(ours).await;
    let (mut desk, mut mechanic) = (scene.listen(&ours.manager).await, scene.listen(&ours.mechanic).await);
    let conversation = scene.conversation(ours).await;
    assert_eq!(desk.next().await, Some(event("conversation", &conversation, "active")));
    let path = format!("/conversations/{conversation}/messages");
    let message =
        id(&scene.app.post(&path, &ours.manager, &json!({ "content": "Your car is ready" })).await.created());
    let told = [event("conversation", &conversation, "active"), event("message", &message, "pending")];
    assert_eq!(desk.events(2).await, told.into());
    scene.base.owner().await.execute("UPDATE messages SET status = 'sent'", &[]).await.unwrap();
    scene.tap(&ours.mechanic, &car, "red").await;
    let told = [event("inspection", &car, "in_progress"), event("message", &message, "sent")];
    assert_eq!(desk.events(2).await, told.into());
    assert_eq!(mechanic.next().await, Some(event("inspection", &car, "in_progress")));
}

/// A worker's lease on a text changes its row, and nothing that anybody sees.
#[tokio::test]
async fn a_text_that_is_claimed_is_no_news() {
    let scene = Scene::start().await;
    let ours = &scene.world.ours;
    let path = format!("/conversations/{}/messages", scene.conversation(ours).await);
    let text = json!({ "content": "Your car is ready" });
    let first = id(&scene.app.post(&path, &ours.manager, &text).await.created());
    let mut desk = scene.listen(&ours.manager).await;
    let claim = "UPDATE messages SET lease_token = gen_random_uuid(), attempts = 1";
    scene.base.owner().await.execute(claim, &[]).await.unwrap();
    let second = id(&scene.app.post(&path, &ours.manager, &text).await.created());
    let told = desk.events(2).await;
    assert!(told.contains(&event("message", &second, "pending")), "{told:?}");
    assert!(!told.contains(&event("message", &first, "pending")), "{told:?}");
}

/// A change is dated by its transaction's beginning, so one may appear that is older than the last look.
#[tokio::test]
async fn what_is_committed_late_is_told_late() {
    let scene = Scene::start().await;
    let ours = &scene.world.ours;
    let (car, conversation) = (scene.begun(ours).await, scene.conversation(ours).await);
    let mut desk = scene.listen(&ours.manager).await;
    let owner = scene.base.owner().await;
    owner.batch_execute("BEGIN; UPDATE conversations SET subject = 'Brakes'").await.unwrap();
    scene.tap(&ours.mechanic, &car, "red").await;
    assert_eq!(desk.next().await, Some(event("inspection", &car, "in_progress")));
    owner.batch_execute("COMMIT").await.unwrap();
    scene.wake(ours);
    assert_eq!(desk.next().await, Some(event("conversation", &conversation, "active")));
}

#[tokio::test]
async fn a_look_finds_what_no_notification_told() {
    let scene = Scene::without_news().await;
    let ours = &scene.world.ours;
    let car = scene.begun(ours).await;
    let mut desk = scene.listen(&ours.manager).await;
    scene.tap(&ours.mechanic, &car, "red").await;
    scene.wake(ours);
    assert_eq!(desk.next().await, Some(event("inspection", &car, "in_progress")));
}

#[tokio::test]
async fn whoever_comes_back_is_told_what_happened_meanwhile() {
    let scene = Scene::start().await;
    let ours = &scene.world.ours;
    let car = scene.begun(ours).await;
    let mut desk = scene.listen(&ours.manager).await;
    scene.tap(&ours.mechanic, &car, "red").await;
    desk.next().await.unwrap();
    let last_id = desk.last_id.clone();
    drop(desk);
    let conversation = scene.conversation(ours).await;

    let mut back = scene.resume(&ours.manager, &last_id).await;
    // It goes back far enough to repeat the tap.
    let told = [event("conversation", &conversation, "active"), event("inspection", &car, "in_progress")];
    assert_eq!(back.events(2).await, told.into());
    let mut mechanic = scene.resume(&ours.mechanic, &last_id).await;
    assert_eq!(mechanic.next().await, Some(event("inspection", &car, "in_progress")));
    // Whoever begins now is told nothing of it.
    let mut new = scene.listen(&ours.manager).await;
    scene
        .app
        .patch(&format!("/conversations/{conversation}"), &ours.manager, &json!({ "status": "closed" }))
        .await
        .ok();
    for stream in [&mut new, &mut back] {
        assert_eq!(stream.next().await, Some(event("conversation", &conversation, "closed")));
    }
    // A stream without any event has an id, too.
    let id = scene.listen(&ours.manager).await.first_id().await;
    scene.tap(&ours.mechanic, &car, "yellow").await;
    let mut back = scene.resume(&ours.manager, &id).await;
    assert!(back.events(2).await.contains(&event("inspection", &car, "in_progress")));
}

#[tokio::test]
async fn whoever_was_away_for_long_is_told_to_fetch_anew() {
    let scene = Scene::start().await;
    let ours = &scene.world.ours;
    let conversation = scene.conversation(ours).await;
    let long_ago = "SELECT (extract(epoch FROM now() - interval '62 minutes') * 1000000)::int8::text";
    let long_ago: String = scene.base.owner().await.query_one(long_ago, &[]).await.unwrap().get(0);
    for id in [&long_ago, "0", "-1", "x", "9223372036854775807", "253402300799000000", "1.5", ""] {
        let mut back = scene.resume(&ours.manager, id).await;
        assert_eq!(back.next().await, Some(event("reload", "", "")), "{id}");
        scene
            .app
            .patch(&format!("/conversations/{conversation}"), &ours.manager, &json!({ "read": false }))
            .await
            .ok();
        assert_eq!(back.next().await, Some(event("conversation", &conversation, "active")), "{id}");
    }
}

#[tokio::test]
async fn strangers_are_told_nothing_and_an_inactive_shop_still_listens() {
    let scene = Scene::start().await;
    let ours = &scene.world.ours;
    scene.app.get("/events", None).await.problem(401, "about:blank");
    let stranger = Person { token: format!("{}.{}", ours.id, "A".repeat(43)), ..ours.manager.clone() };
    scene.app.get("/events", &stranger).await.problem(401, "about:blank");
    let inactive = "UPDATE shops SET subscription_status = 'inactive'";
    scene.base.owner().await.execute(inactive, &[]).await.unwrap();
    drop(scene.listen(&ours.manager).await);
}

#[tokio::test]
async fn where_nothing_moves_nothing_is_asked() {
    let scene = Scene::start().await;
    let ours = &scene.world.ours;
    let car = scene.begun(ours).await;
    let mut desk = scene.listen(&ours.manager).await;
    scene.tap(&ours.mechanic, &car, "red").await;
    desk.next().await.unwrap();
    let owner = scene.base.owner().await;
    let last_words = async || {
        let latest = "SELECT max(state_change)::text, count(*) FROM pg_stat_activity
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let row = owner.query_one(latest, &[]).await.unwrap();
        (row.get::<_, String>(0), row.get::<_, i64>(1))
    };
    // What the tap set off ends; then nobody says a word for as long as this looks.
    let silence = async {
        loop {
            let before = last_words().await;
            tokio::time::sleep(Duration::from_millis(500)).await;
            if last_words().await == before {
                break;
            }
        }
    };
    timeout(PATIENCE, silence).await.unwrap();
}
