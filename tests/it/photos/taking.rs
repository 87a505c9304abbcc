//! What a phone relies on: a photo is taken in once, is there, and can be taken away.

use axum::http::header;
use serde_json::json;
use uuid::Uuid;

use super::{Car, address, begun};
use crate::support::pictures;

const PADS: &str = "category=brakes&component=front_pads_left";

#[tokio::test]
async fn a_photo_is_taken_in_and_looked_at() {
    let car = Car::at_hand().await;
    let (id, answer) =
        car.send(&format!("{PADS}&caption=Down%20to%20the%20metal"), pictures::jpeg(3000, 2000, 9)).await;
    let photo = answer.created();
    let expected = json!({
        "id": id, "category": "brakes", "component": "front_pads_left", "kind": null, "caption": "Down to the metal",
        "width": 2048, "height": 1366,
        "urls": { "large": format!("/api/v1/photos/{id}/large"), "thumb": format!("/api/v1/photos/{id}/thumb") },
    });
    assert_eq!(photo, expected);
    for (size, sides) in [("large", (2048, 1366)), ("thumb", (400, 267))] {
        let picture = car.app.get(address(&photo, size), car.manager()).await;
        assert_eq!(picture.status, 200);
        for (header, value) in [
            (header::CONTENT_TYPE, "image/jpeg"),
            (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        ] {
            assert_eq!(picture.headers[&header], value);
        }
        assert_eq!(pictures::sides(&picture.bytes), sides);
    }
    for wrong in [format!("/photos/{id}/huge"), format!("/photos/{}/thumb", Uuid::now_v7())] {
        car.app.get(&wrong, car.manager()).await.problem(404, "about:blank");
    }
    car.app.get(address(&photo, "thumb"), &car.world.theirs.manager).await.problem(404, "about:blank");
}

#[tokio::test]
async fn a_photo_stands_beside_its_finding_before_and_after_it_is_rated() {
    let car = Car::at_hand().await;
    let (of_pads, of_car) = (car.take(PADS).await, car.take("kind=odometer").await);
    let shown = car.show().await;
    assert_eq!((&shown["photos"], &shown["items"]), (&json!([of_pads, of_car]), &json!([])));
    let red = json!({ "category": "brakes", "component": "front_pads_left", "severity": "red" });
    let rated = car.app.put(&format!("{}/items", car.path), car.mechanic(), &red).await.ok();
    assert_eq!(rated["items"][0]["photos"], json!([of_pads]));
    let missing = rated["progress"]["missing"].as_array().unwrap();
    assert!(missing.iter().all(|missing| missing["needs"] == "rating"), "the photo says why: {missing:?}");
    assert_eq!(car.show().await["items"][0]["photos"], json!([of_pads]));
    // A list counts from what is kept with the inspection, and has to say the same.
    let listed = car.app.get("/inspections", car.manager()).await.ok();
    assert_eq!(listed["items"][0]["progress"], rated["progress"]);
    let photo = format!("{}/photos/{}", car.path, of_pads["id"].as_str().unwrap());
    car.app.delete(&photo, car.mechanic()).await.no_content();
    let listed = car.app.get("/inspections", car.manager()).await.ok();
    let shown = car.show().await;
    assert_eq!(listed["items"][0]["progress"], shown["progress"]);
    let missing = shown["progress"]["missing"].as_array().unwrap();
    assert!(missing.iter().any(|missing| missing["needs"] == "note_or_photo"), "{missing:?}");
}

#[tokio::test]
async fn the_same_photo_again_is_no_other_one() {
    let car = Car::at_hand().await;
    let (id, first) = car.send("kind=front", pictures::small()).await;
    let first = first.created();
    assert_eq!(car.send_as(&id, "kind=front", pictures::small()).await.ok(), first);
    car.send_as(&id, "kind=front", pictures::jpeg(64, 48, 1)).await.problem(409, "id-taken");
    // Also where the answer to the first was lost until the inspection had gone on.
    car.do_it("complete").await;
    assert_eq!(car.send_as(&id, "kind=front", pictures::small()).await.ok(), first);
    let (_, late) = car.send("kind=front", pictures::small()).await;
    assert_eq!(late.problem(409, "state")["current"], "completed");
    assert_eq!(car.show().await["photos"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_id_of_another_inspection_or_another_shop_is_taken() {
    let car = Car::at_hand().await;
    let (id, answer) = car.send("kind=front", pictures::small()).await;
    answer.created();
    let other = begun(&car.app, &car.world).await;
    let at_other = format!("{other}/photos/{id}?kind=front");
    car.app.put_photo(&at_other, car.mechanic(), pictures::small()).await.problem(409, "id-taken");
    let theirs = &car.world.theirs;
    let new = json!({ "vehicle_id": theirs.vehicle, "assigned_to": theirs.mechanic.id });
    let inspection = car.app.post("/inspections", &theirs.manager, &new).await.created();
    let path = format!("/inspections/{}", inspection["id"].as_str().unwrap());
    car.app.post(&format!("{path}/start"), &theirs.mechanic, &json!({})).await.ok();
    let at_theirs = format!("{path}/photos/{id}?kind=front");
    let refusal = car.app.put_photo(&at_theirs, &theirs.mechanic, pictures::small()).await.problem(409, "id-taken");
    assert!(!refusal.to_string().contains(&car.world.ours.id));
}

#[tokio::test]
async fn a_photo_is_taken_away_and_brought_back() {
    let car = Car::at_hand().await;
    let (id, answer) = car.send("kind=front", pictures::small()).await;
    let photo = answer.created();
    let path = format!("{}/photos/{id}", car.path);
    for _ in 0..2 {
        car.app.delete(&path, car.mechanic()).await.no_content();
    }
    assert_eq!(car.show().await["photos"], json!([]));
    car.app.get(address(&photo, "thumb"), car.manager()).await.problem(404, "about:blank");
    assert_eq!(car.send_as(&id, "kind=front", pictures::small()).await.ok(), photo);
    assert_eq!(car.show().await["photos"], json!([photo]));
    let other = begun(&car.app, &car.world).await;
    car.app.delete(&format!("{other}/photos/{id}"), car.mechanic()).await.problem(404, "about:blank");
    car.do_it("complete").await;
    car.app.delete(&path, car.manager()).await.problem(409, "state");
}

#[tokio::test]
async fn an_inspection_has_sixty_photos_at_most() {
    let car = Car::at_hand().await;
    let photo = car.take("kind=front").await;
    car.fill_up(&photo, 60).await;
    let (_, refused) = car.send("kind=rear", pictures::small()).await;
    refused.problem(409, "photo-limit");
    car.app
        .delete(&format!("{}/photos/{}", car.path, photo["id"].as_str().unwrap()), car.mechanic())
        .await
        .no_content();
    car.take("kind=rear").await;
    // Taken away, it made room for another one, and would be one too many.
    let again = car.send_as(photo["id"].as_str().unwrap(), "kind=front", pictures::small()).await;
    again.problem(409, "photo-limit");
}

#[tokio::test]
async fn two_at_once_under_one_id_are_one() {
    let car = Car::at_hand().await;
    let id = Uuid::now_v7().to_string();
    let answers = futures_util::future::join_all((0..4).map(|number| {
        // Two pairs of the same bytes.
        car.send_as(&id, "kind=front", pictures::jpeg(64, 48, number / 2))
    }))
    .await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 201, 409, 409]);
    let photo = answers.iter().find(|answer| answer.status == 201).unwrap().json();
    let picture = car.app.get(address(&photo, "thumb"), car.manager()).await;
    let blue = u8::from(answers[2].status != 409);
    let shown = pictures::pixel(&picture.bytes, 32, 24)[2];
    assert!(shown.abs_diff(blue) < 12, "the picture is that of the row: {shown}");
}

#[tokio::test]
async fn what_changes_is_told_to_who_listens() {
    let car = Car::at_hand().await;
    let owner = car.app.owner().await;
    let (id, answer) = car.send("kind=front", pictures::small()).await;
    answer.created();
    car.app.delete(&format!("{}/photos/{id}", car.path), car.mechanic()).await.no_content();
    let sql = "SELECT kind FROM inspection_events WHERE inspection_id::text = $1 ORDER BY created_at";
    let events = owner.query(sql, &[&car.path.rsplit('/').next().unwrap()]).await.unwrap();
    let kinds: Vec<&str> = events.iter().map(|row| row.get(0)).collect();
    assert_eq!(kinds, ["created", "started", "photographed", "photo_removed"]);
}
