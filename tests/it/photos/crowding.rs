//! Uploads that take room and do not go on: they are in the way of nobody but their own shop.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Request, header};
use futures_util::StreamExt as _;
use futures_util::stream;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::Car;
use crate::matrix::scene::{Ready, Scene};
use crate::support::pictures;

#[tokio::test]
async fn stalled_uploads_of_one_shop_do_not_keep_the_photos_of_another_waiting() {
    let car = Car::at_hand().await;
    let owner = car.app.owner().await;
    let scene = Scene::set(&car.app, &owner, &car.world.theirs, Ready::InProgress).await;
    let begun = Arc::new(AtomicUsize::new(0));
    let stalled = (0..8).map(|_| {
        let begun = begun.clone();
        let first = stream::once(async move {
            begun.fetch_add(1, Ordering::Relaxed);
            Ok::<_, Infallible>(Bytes::from(pictures::small()))
        });
        let request = Request::put(format!("/api/v1{}/photos/{}?kind=front", car.path, Uuid::now_v7()))
            .header(header::AUTHORIZATION, format!("Bearer {}", car.mechanic().token))
            .header(header::CONTENT_LENGTH, 12 * 1024 * 1024)
            .body(Body::from_stream(first.chain(stream::pending())));
        car.app.send(request.unwrap())
    });
    let stalled = futures_util::future::join_all(stalled);
    let photo = format!("/inspections/{}/photos/{}?kind=front", scene["inspections"], Uuid::now_v7());
    let theirs = async {
        // All of them have room, or as many as get some.
        let mut before = 0;
        while before == 0 || before < begun.load(Ordering::Relaxed) {
            before = begun.load(Ordering::Relaxed);
            sleep(Duration::from_millis(500)).await;
        }
        timeout(Duration::from_secs(5), car.app.put_photo(&photo, &scene.mechanic, pictures::small())).await
    };
    tokio::select! {
        _ = stalled => panic!("nothing comes of an upload that stands still"),
        answer = theirs => answer.expect("it does not wait").created(),
    };
}
