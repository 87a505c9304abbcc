//! Who sees the photos of a report: whoever holds its link, as long as it is one, and nobody else.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use super::{Car, begun};
use crate::support::app::PUBLIC_URL;
use crate::support::{Answer, TestApp, World, pictures};

/// An inspection that was sent: its car, its photos by what they show, and the path of its report.
struct Sent {
    car: Car,
    odometer: Value,
    pads: Value,
    hidden: Vec<Value>,
    report: String,
}

const PADS: &str = "category=brakes&component=front_pads_left";

impl Sent {
    async fn report() -> Self {
        let car = Car::at_hand().await;
        let (odometer, pads) = (car.take("kind=odometer").await, car.take(PADS).await);
        let mut hidden = Vec::new();
        for kind in ["front", "rear", "vin"] {
            hidden.push(car.take(&format!("kind={kind}")).await);
        }
        let red = json!({ "category": "brakes", "component": "front_pads_left", "severity": "red" });
        car.app.put(&format!("{}/items", car.path), car.mechanic(), &red).await.ok();
        car.do_it("complete").await;
        let report = send(&car.app, &car.world, &car.path).await;
        Self { car, odometer, pads, hidden, report }
    }

    async fn see(&self, report: &str, photo: &Value) -> Answer {
        see(&self.car.app, report, photo, "large").await
    }

    async fn execute(&self, sql: &str) {
        self.car.app.owner().await.batch_execute(sql).await.unwrap();
    }
}

/// Sends the report, and tells where it is.
async fn send(app: &TestApp, world: &World, path: &str) -> String {
    let via = json!({ "via": "link" });
    let sent = app.post(&format!("{path}/send"), &world.ours.manager, &via).await.ok();
    sent["report_url"].as_str().unwrap().strip_prefix(PUBLIC_URL).unwrap().to_owned()
}

async fn see(app: &TestApp, report: &str, photo: &Value, size: &str) -> Answer {
    let path = format!("{report}/photos/{}/{size}", photo["id"].as_str().unwrap());
    app.send(Request::get(path).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn whoever_holds_the_link_sees_its_photos_and_nothing_that_tells_who_they_are() {
    let sent = Sent::report().await;
    let page = sent.car.app.open(&sent.report, None).await;
    let mut shown = page.attributes("#now .shots a, #car .shots a", "href");
    shown.extend(page.attributes(".shots img", "src"));
    let below =
        |photo: &Value, size: &str| format!("{}/photos/{}/{size}", sent.report, photo["id"].as_str().unwrap());
    let photos = [&sent.pads, &sent.odometer];
    assert_eq!(
        shown,
        [photos.map(|photo| below(photo, "large")), photos.map(|photo| below(photo, "thumb"))].concat()
    );
    assert!(page.attributes(".shots img", "alt").iter().all(|words| words.len() > 10));
    for address in shown {
        let picture = sent.car.app.open(&address, None).await;
        assert_eq!((picture.status.as_u16(), pictures::sides(&picture.bytes)), (200, (64, 48)));
        assert_eq!(picture.headers[header::CACHE_CONTROL], "private, max-age=31536000, immutable");
        assert_eq!(picture.headers[header::CONTENT_SECURITY_POLICY], "default-src 'none'; sandbox");
    }
    let html = String::from_utf8_lossy(&page.bytes);
    for hidden in &sent.hidden {
        let id = hidden["id"].as_str().unwrap();
        assert!(!html.contains(id));
        sent.see(&sent.report, hidden).await.problem(404, "about:blank");
    }
    assert!(!html.contains("/api/v1"), "the shop's own addresses stay in the shop");
}

#[tokio::test]
async fn no_other_link_and_no_other_address_shows_them() {
    let sent = Sent::report().await;
    let Car { app, world, .. } = &sent.car;
    // Another car of the same shop, with a report of its own.
    let other = begun(app, world).await;
    app.post(&format!("{other}/complete"), &world.ours.manager, &json!({ "allow_incomplete": true })).await.ok();
    let others = send(app, world, &other).await;
    // And one of another shop.
    let theirs = &world.theirs;
    let new = json!({ "vehicle_id": theirs.vehicle });
    let inspection = app.post("/inspections", &theirs.manager, &new).await.created();
    let path = format!("/inspections/{}", inspection["id"].as_str().unwrap());
    for step in ["start", "complete"] {
        let allowed = json!({ "allow_incomplete": true });
        let body = if step == "start" { json!({}) } else { allowed };
        app.post(&format!("{path}/{step}"), &theirs.manager, &body).await.ok();
    }
    let answer = app.post(&format!("{path}/send"), &theirs.manager, &json!({ "via": "link" })).await.ok();
    let neighbours = answer["report_url"].as_str().unwrap().strip_prefix(PUBLIC_URL).unwrap().to_owned();
    let unknown = sent.see(&sent.report, &json!({ "id": uuid::Uuid::now_v7() })).await;
    unknown.problem(404, "about:blank");
    for report in [&others, &neighbours, "/r/0123456789abcdefghijkl", "/r/short"] {
        let refused = sent.see(report, &sent.pads).await;
        assert_eq!((refused.status, &refused.bytes), (unknown.status, &unknown.bytes), "{report}");
    }
    for wrong in ["huge", "large.jpg", "%2e%2e"] {
        let refused = see(app, &sent.report, &sent.pads, wrong).await;
        assert_eq!((refused.status, &refused.bytes), (unknown.status, &unknown.bytes), "{wrong}");
    }
    // A customer has no way to where the shop looks at them, nor has the neighbour.
    let address = super::address(&sent.pads, "large");
    app.get(address, None).await.problem(401, "about:blank");
    app.get(address, &theirs.manager).await.problem(404, "about:blank");
    assert_eq!(sent.see(&sent.report, &sent.pads).await.status, 200);
}

#[tokio::test]
async fn they_are_seen_as_long_as_the_report_is() {
    let sent = Sent::report().await;
    let Car { app, path, .. } = &sent.car;
    let is_seen = async |report: &str| {
        let answer = sent.see(report, &sent.pads).await;
        assert!(answer.status == 200 || answer.status == 404, "{}", answer.status);
        answer.status == 200
    };
    assert!(is_seen(&sent.report).await);
    // While it is corrected, nobody looks over the mechanic's shoulder.
    app.post(&format!("{path}/reopen"), sent.car.manager(), &json!({})).await.ok();
    assert!(!is_seen(&sent.report).await);
    sent.car.do_it("complete").await;
    assert!(!is_seen(&sent.report).await);
    let second = send(app, &sent.car.world, path).await;
    assert!(is_seen(&sent.report).await && is_seen(&second).await);
    app.delete(&format!("{path}/links"), sent.car.manager()).await.no_content();
    assert!(!is_seen(&sent.report).await && !is_seen(&second).await);
    let third = send(app, &sent.car.world, path).await;
    assert!(is_seen(&third).await && !is_seen(&second).await);
    sent.execute("UPDATE report_links SET expires_at = now() WHERE revoked_at IS NULL").await;
    assert!(!is_seen(&third).await);
    let fourth = send(app, &sent.car.world, path).await;
    assert!(is_seen(&fourth).await);
    app.delete(path, sent.car.manager()).await.no_content();
    assert!(!is_seen(&fourth).await);
}

#[tokio::test]
async fn a_photo_taken_away_after_sending_is_seen_no_longer_and_the_others_are() {
    let sent = Sent::report().await;
    let Car { app, path, .. } = &sent.car;
    app.post(&format!("{path}/reopen"), sent.car.manager(), &json!({})).await.ok();
    let of_pads = format!("{path}/photos/{}", sent.pads["id"].as_str().unwrap());
    app.delete(&of_pads, sent.car.mechanic()).await.no_content();
    sent.car.do_it("complete").await;
    let again = send(app, &sent.car.world, path).await;
    for report in [&sent.report, &again] {
        sent.see(report, &sent.pads).await.problem(404, "about:blank");
        assert_eq!(sent.see(report, &sent.odometer).await.status, 200);
        let page = app.open(report, None).await;
        assert!(!String::from_utf8_lossy(&page.bytes).contains(sent.pads["id"].as_str().unwrap()));
    }
    app.get(super::address(&sent.pads, "thumb"), sent.car.manager()).await.problem(404, "about:blank");
}
