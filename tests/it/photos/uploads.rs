//! What is sent as a photo and is none, and what is one in spite of its looks.

use axum::body::{Body, Bytes};
use axum::http::{Request, header};
use futures_util::stream;
use std::convert::Infallible;

use super::Car;
use crate::support::pictures;

#[tokio::test]
async fn what_a_photo_shows_has_to_be_said_once() {
    let car = Car::at_hand().await;
    for (query, field) in [
        ("", "kind"),
        ("kind=above", "kind"),
        ("category=brakes", "component"),
        ("component=front_pads_left", "category"),
        ("category=wheels&component=front_pads_left", "category"),
        ("category=tires&component=front_pads_left", "component"),
        ("category=brakes&component=front_pads_left&kind=front", "kind"),
        ("kind=front&caption=a%0Ab", "caption"),
        ("kind=front&size=large", "size"),
    ] {
        let (_, refused) = car.send(query, pictures::small()).await;
        assert_eq!(refused.invalid_fields(), [field], "{query}");
    }
    let too_long = format!("kind=front&caption={}", "x".repeat(301));
    assert_eq!(car.send(&too_long, pictures::small()).await.1.invalid_fields(), ["caption"]);
    assert_eq!(
        car.send("kind=front&caption=", pictures::small()).await.1.created()["caption"],
        serde_json::Value::Null
    );
}

#[tokio::test]
async fn complaints_come_in_their_order() {
    let car = Car::at_hand().await;
    let theirs = &car.world.theirs.manager;
    let path = format!("{}/photos/{}?size=wrong", car.path, uuid::Uuid::now_v7());
    let huge = || vec![0; 12 * 1024 * 1024 + 1];
    car.app.put_photo(&path, None, huge()).await.problem(401, "about:blank");
    car.app.put_photo(&path, &car.world.ours.other_mechanic, huge()).await.problem(403, "about:blank");
    car.app.put_photo(&path, theirs, huge()).await.problem(404, "about:blank");
    let nobodys = format!("{}/photos/x?kind=front", car.path);
    car.app.put_photo(&nobodys, car.mechanic(), huge()).await.problem(404, "about:blank");
    car.app.put_photo(&path, car.mechanic(), huge()).await.problem(413, "about:blank");
    car.app.put_photo(&path, car.mechanic(), "plain text").await.problem(415, "about:blank");
    assert_eq!(car.app.put_photo(&path, car.mechanic(), pictures::small()).await.invalid_fields(), ["size"]);
    car.do_it("complete").await;
    let (_, empty) = car.send("kind=front", Vec::new()).await;
    assert_eq!(empty.invalid_fields(), ["body"]);
    let (_, damaged) = car.send("kind=front", pictures::small()[..300].to_vec()).await;
    assert_eq!(damaged.invalid_fields(), ["body"]);
    let (_, late) = car.send("kind=front", pictures::small()).await;
    late.problem(409, "state");
}

#[tokio::test]
async fn how_large_it_is_counts_also_where_nobody_announced_it() {
    let car = Car::at_hand().await;
    let path = format!("/api/v1{}/photos/{}?kind=front", car.path, uuid::Uuid::now_v7());
    let request = |pieces: usize| {
        // A picture with something behind it, in pieces.
        let first = pictures::small();
        let rest = (0..pieces).map(|_| Bytes::from(vec![0; 1024 * 1024]));
        let pieces = std::iter::once(Bytes::from(first)).chain(rest).map(Ok::<_, Infallible>);
        Request::put(&path)
            .header(header::AUTHORIZATION, format!("Bearer {}", car.mechanic().token))
            .body(Body::from_stream(stream::iter(pieces)))
            .unwrap()
    };
    car.app.send(request(12)).await.problem(413, "about:blank");
    car.app.send(request(11)).await.created();
}

#[tokio::test]
async fn a_body_that_breaks_off_leaves_nothing() {
    let car = Car::at_hand().await;
    let path = format!("/api/v1{}/photos/{}?kind=front", car.path, uuid::Uuid::now_v7());
    let pieces = [Ok(Bytes::from(pictures::small())), Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))];
    let request = Request::put(&path)
        .header(header::AUTHORIZATION, format!("Bearer {}", car.mechanic().token))
        .body(Body::from_stream(stream::iter(pieces)))
        .unwrap();
    car.app.send(request).await.problem(400, "about:blank");
    assert_eq!(car.show().await["photos"], serde_json::json!([]));
}
