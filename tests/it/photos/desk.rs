//! Photos from the review page, as a browser without script sends them: a form with any number of files.

use axum::body::{Body, Bytes};
use axum::http::{Request, header};
use courtesy::app::App;
use courtesy::photos::Lab;
use futures_util::stream::poll_fn;
use serde_json::{Value, json};
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::yield_now;
use tokio::time::timeout;
use uuid::Uuid;

use super::{Car, begun};
use crate::support::browser::as_browser;
use crate::support::bucket::BucketServer;
use crate::support::program::PATIENCE;
use crate::support::{Answer, Person, TestApp, pictures};

const BOUNDARY: &str = "----a-boundary";
const PADS: &str = "category=brakes&component=front_pads_left";

/// Files by their names.
type Files<'a> = &'a [(&'a str, Vec<u8>)];

/// What a browser sends, but for the end.
fn begin(batch: &str, shows: &str, files: Files<'_>) -> Vec<u8> {
    let field = |name: &str, value: &str| {
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let mut form = [field("batch", batch), field("shows", shows)].concat().into_bytes();
    for (name, file) in files {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"{name}\"\r\n\
             Content-Type: image/jpeg\r\n\r\n"
        );
        form.extend_from_slice(head.as_bytes());
        form.extend_from_slice(file);
        form.extend_from_slice(b"\r\n");
    }
    form
}

fn form(batch: &str, shows: &str, files: Files<'_>) -> Vec<u8> {
    [begin(batch, shows, files), format!("--{BOUNDARY}--\r\n").into_bytes()].concat()
}

impl Car {
    async fn page(&self) -> Answer {
        self.app.open(&self.path, self.manager()).await
    }

    /// What the page in a browser says the ids of its photos begin with.
    async fn batch(&self) -> String {
        self.page().await.attributes("#add-photos [name=batch]", "value").remove(0)
    }

    async fn add(&self, who: &Person, form: impl Into<Body>) -> Answer {
        let request = as_browser(Request::post(format!("{}/photos", self.path)), Some(who));
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        self.app.send(request.header(header::CONTENT_TYPE, kind).body(form.into()).unwrap()).await
    }

    async fn photos(&self) -> Vec<Value> {
        self.show().await["photos"].as_array().unwrap().clone()
    }
}

#[track_caller]
fn refused(answer: &Answer) -> String {
    assert_eq!(answer.status, 409, "{}", String::from_utf8_lossy(&answer.bytes));
    let [refusal] = answer.texts("[role=alert]").try_into().expect("one sentence");
    refusal
}

#[tokio::test]
async fn several_at_once_are_all_of_the_same_thing() {
    let car = Car::at_hand().await;
    let batch = car.batch().await;
    let files: [(&str, Vec<u8>); 3] = [1, 2, 3].map(|number| ("photo.jpg", pictures::jpeg(64, 48, number * 80)));
    let sent = form(&batch, PADS, &files);
    // Pressed twice, they are there once.
    for _ in 0..2 {
        let added = car.add(car.manager(), sent.clone()).await;
        assert_eq!(added.leads_to(), format!("{}#photos", car.path));
    }
    let photos = car.photos().await;
    assert_eq!(photos.len(), 3);
    for (photo, (_, picture)) in photos.iter().zip(&files) {
        assert_eq!((&photo["category"], &photo["component"]), (&json!("brakes"), &json!("front_pads_left")));
        let shown = car.app.get(super::address(photo, "large"), car.manager()).await;
        let [blue, wanted] = [&shown.bytes, picture].map(|picture| pictures::pixel(picture, 32, 24)[2]);
        assert!(blue.abs_diff(wanted) < 12, "in the order of the form: {blue}, not {wanted}");
    }
    let page = car.page().await;
    assert_eq!(page.texts("#photos li"), ["Front brake pads, left"; 3]);
    // The next ones get other ids.
    car.add(car.mechanic(), form(&car.batch().await, "kind=rear", &files[..1])).await.leads_to();
    assert_eq!(car.photos().await.len(), 4);
}

#[tokio::test]
async fn a_bad_one_among_them_is_named_and_the_others_are_taken() {
    let car = Car::at_hand().await;
    let mut cut = pictures::jpeg(300, 200, 1);
    cut.truncate(cut.len() / 3);
    let files = [
        ("front.jpg", pictures::small()),
        ("notes.pdf", b"%PDF-1.7 and so on".to_vec()),
        ("IMG_0001.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0".to_vec()),
        ("<b>cut</b>.jpg", cut),
        ("empty.jpg", Vec::new()),
        ("huge.jpg", vec![0xFF; 12 * 1024 * 1024 + 1]),
        ("rear.jpg", pictures::jpeg(64, 48, 1)),
    ];
    let answer = car.add(car.manager(), form(&car.batch().await, "kind=damage", &files)).await;
    let refusal = refused(&answer);
    for told in [
        "notes.pdf is no JPEG, PNG or WebP.",
        "IMG_0001.HEIC is HEIC or AVIF, not JPEG: choose “Most Compatible” in the camera's settings.",
        "<b>cut</b>.jpg is damaged or cut off.",
        "empty.jpg is empty.",
        "huge.jpg is larger than 12 MB.",
    ] {
        assert!(refusal.contains(told), "{told}: {refusal}");
    }
    assert!(!refusal.contains("front.jpg") && !refusal.contains("rear.jpg"), "{refusal}");
    assert_eq!(answer.texts("#photos li"), ["Damage before"; 2]);
    assert_eq!(car.photos().await.len(), 2);
}

#[tokio::test]
async fn a_form_without_files_or_with_nonsense_adds_nothing() {
    let car = Car::at_hand().await;
    let batch = car.batch().await;
    let nothing = [("", Vec::new())];
    assert_eq!(refused(&car.add(car.manager(), form(&batch, PADS, &nothing)).await), "No photo was chosen.");
    let one = [("front.jpg", pictures::small())];
    for shows in ["", "kind=above", "category=brakes", "kind=front&kind=rear"] {
        let refusal = refused(&car.add(car.manager(), form(&batch, shows, &one)).await);
        assert!(refusal.starts_with("front.jpg"), "{shows}: {refusal}");
    }
    assert_eq!(car.photos().await, Vec::<Value>::new());
    // An id that can't be one does not stand in the way.
    car.add(car.manager(), form("no id", "kind=front", &one)).await.leads_to();
    assert_eq!(car.photos().await.len(), 1);
}

#[tokio::test]
async fn only_who_has_to_do_with_the_car_adds_photos_from_the_desk() {
    let car = Car::at_hand().await;
    let sent = form(&Uuid::now_v7().to_string(), "kind=front", &[("front.jpg", pictures::small())]);
    assert_eq!(car.add(&car.world.ours.other_mechanic, sent.clone()).await.status, 403);
    assert_eq!(car.add(&car.world.theirs.manager, sent.clone()).await.status, 404);
    let foreign = Request::post(format!("{}/photos", car.path)).header("sec-fetch-site", "cross-site");
    let foreign = foreign.header(header::COOKIE, format!("__Host-courtesy={}", car.manager().token));
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let foreign = foreign.header(header::CONTENT_TYPE, kind).body(Body::from(sent.clone())).unwrap();
    assert_eq!(car.app.send(foreign).await.status, 403);
    car.do_it("complete").await;
    let late = car.add(car.manager(), sent).await;
    assert_eq!(refused(&late), "front.jpg: not possible while it is completed.");
    assert_eq!(car.photos().await, Vec::<Value>::new());
}

#[tokio::test]
async fn one_too_many_is_told_and_those_before_it_stay() {
    let car = Car::at_hand().await;
    let photo = car.take("kind=front").await;
    car.fill_up(&photo, 59).await;
    let files = [("60th.jpg", pictures::jpeg(64, 48, 1)), ("61st.jpg", pictures::jpeg(64, 48, 2))];
    let answer = car.add(car.manager(), form(&car.batch().await, "kind=rear", &files)).await;
    assert_eq!(refused(&answer), "61st.jpg: an inspection has 60 photos at most.");
    assert_eq!(car.photos().await.len(), 60);
}

#[tokio::test]
async fn a_form_that_breaks_off_keeps_what_was_whole() {
    let car = Car::at_hand().await;
    let files = [("front.jpg", pictures::small()), ("rear.jpg", pictures::jpeg(64, 48, 1))];
    let mut sent = Bytes::from(begin(&car.batch().await, "kind=other", &files));
    let first = sent.split_to(sent.len() - 200);
    let (pieces, mut arriving) = unbounded_channel();
    let arriving = poll_fn(move |context| arriving.poll_recv(context));
    let (broken, ()) = tokio::join!(car.add(car.manager(), Body::from_stream(arriving)), async {
        pieces.send(Ok(first)).unwrap();
        let is_kept = async {
            while car.photos().await.is_empty() {
                yield_now().await;
            }
        };
        timeout(PATIENCE, is_kept).await.expect("the first one is kept before the second one is whole");
        pieces.send(Ok(sent.slice(..100))).unwrap();
        pieces.send(Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))).unwrap();
    });
    assert_eq!(broken.status, 400);
    assert_eq!(car.photos().await.len(), 1);
}

#[tokio::test]
async fn while_the_store_is_away_the_desk_is_told_which_ones_to_add_again() {
    let bucket = BucketServer::start().await;
    let lab = Lab::new(bucket.store());
    let (app, world) = TestApp::start_with(|app| App { lab, ..app }).await;
    let path = begun(&app, &world).await;
    let car = Car { app, world, path };
    bucket.goes_away();
    let files = [("front.jpg", pictures::small()), ("rear.jpg", pictures::jpeg(64, 48, 1))];
    let sent = form(&car.batch().await, "kind=other", &files);
    let away = car.add(car.manager(), sent.clone()).await;
    assert_eq!(away.status, 503);
    let told = "front.jpg: the store of photos does not answer. Add it again in a moment, with those behind it.";
    assert_eq!(away.texts("[role=alert]"), [told]);
    bucket.comes_back();
    car.add(car.manager(), sent).await.leads_to();
    assert_eq!(car.photos().await.len(), 2);
}
