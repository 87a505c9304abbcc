//! Photos in a bucket: put there, shown from there, and what happens while it is away.

use std::fs::{self, File};
use std::time::Duration;

use courtesy::app::App;
use courtesy::photos::Lab;
use courtesy::photos::sweep::{Swept, sweep};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Car, address, begun};
use crate::support::bucket::{BucketServer, NAME, PREFIX, SECRET};
use crate::support::program::{Program, client, courtesy, data_dir, run, text};
use crate::support::{PASSWORD, TestApp, pictures};

async fn car_beside(bucket: &BucketServer) -> Car {
    let lab = Lab::new(bucket.store());
    let (app, world) = TestApp::start_with(|app| App { lab, ..app }).await;
    let path = begun(&app, &world).await;
    Car { app, world, path }
}

#[tokio::test]
async fn what_is_kept_in_a_bucket_stands_below_its_prefix_and_is_shown_from_there() {
    let bucket = BucketServer::start().await;
    let car = car_beside(&bucket).await;
    let (id, answer) = car.send("kind=front", pictures::jpeg(900, 600, 4)).await;
    let photo = answer.created();
    let beside: Vec<_> = fs::read_dir(bucket.bucket()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(beside, [PREFIX.split('/').next().unwrap()]);
    let shop = fs::read_dir(bucket.folder().join(&car.world.ours.id)).unwrap().next().unwrap().unwrap();
    for (size, sides) in [("large", (900, 600)), ("thumb", (400, 267))] {
        let shown = car.app.get(address(&photo, size), car.manager()).await;
        assert_eq!((shown.status.as_u16(), pictures::sides(&shown.bytes)), (200, sides));
        let digest = shop.file_name().into_string().unwrap();
        let mut files = fs::read_dir(shop.path()).unwrap().map(|entry| entry.unwrap().path());
        let of_it = files.find(|file| file.to_str().unwrap().ends_with(&format!(".{size}.jpg"))).unwrap();
        assert!(of_it.file_name().unwrap().to_str().unwrap().starts_with(&format!("{id}.{digest}")));
        assert_eq!(fs::read(of_it).unwrap(), shown.bytes);
    }
}

#[tokio::test]
async fn sweeping_a_bucket_leaves_what_is_somebody_else_s() {
    let bucket = BucketServer::start().await;
    let car = car_beside(&bucket).await;
    car.take("kind=front").await;
    let print = format!("{}.0123456789abcdef.large.jpg", Uuid::now_v7());
    let elsewhere = bucket.bucket().join("backups").join(&car.world.ours.id).join("01").join(&print);
    let no_print = bucket.folder().join(&car.world.ours.id).join("notes.txt");
    let orphan = bucket.folder().join(&car.world.ours.id).join("01").join(&print);
    for file in [&elsewhere, &no_print, &orphan] {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let made = File::create(file).unwrap();
        made.set_modified(made.metadata().unwrap().modified().unwrap() - Duration::from_hours(25)).unwrap();
    }
    let swept = sweep(car.app.database(), &bucket.store()).await.unwrap();
    assert_eq!(swept, Swept { orphans: 1, ..Swept::default() });
    assert_eq!([&elsewhere, &no_print, &orphan].map(|file| file.exists()), [true, true, false]);
}

#[tokio::test]
async fn while_a_bucket_is_away_nothing_is_lost_and_once_it_is_back_everything_goes_on() {
    let bucket = BucketServer::start().await;
    let car = car_beside(&bucket).await;
    let before = car.take("kind=front").await;
    let gone = car.take("kind=rear").await;
    bucket.goes_away();
    let (id, refused) = car.send("kind=left", pictures::small()).await;
    assert_eq!(refused.headers["retry-after"], "2");
    let told = refused.problem(503, "about:blank");
    assert_eq!(told["detail"], "the store of photos does not answer");
    let shown = car.app.get(address(&before, "thumb"), car.manager()).await;
    shown.problem(503, "about:blank");
    // What only the database has to know goes on.
    let path = format!("{}/photos/{}", car.path, gone["id"].as_str().unwrap());
    car.app.delete(&path, car.mechanic()).await.no_content();
    assert_eq!(car.show().await["photos"], json!([before]));
    assert!(sweep(car.app.database(), &bucket.store()).await.is_err());
    bucket.comes_back();
    // The phone tries again under the same id.
    let after = car.send_as(&id, "kind=left", pictures::small()).await.created();
    assert_eq!(car.show().await["photos"], json!([before, after]));
    for photo in [&before, &after] {
        for size in ["large", "thumb"] {
            assert_eq!(car.app.get(address(photo, size), car.manager()).await.status, 200);
        }
    }
    assert_eq!(sweep(car.app.database(), &bucket.store()).await.unwrap(), Swept::default());
}

#[tokio::test]
async fn the_doctor_tries_the_bucket() {
    let (bucket, folder) = (BucketServer::start().await, data_dir());
    let doctor = async |changed: &[(&str, &str)]| {
        let mut command = courtesy(&["doctor"]);
        command.env("COURTESY_DATA_DIR", folder.path()).envs(bucket.environment());
        command.envs(changed.iter().copied());
        let output = run(command).await;
        let told = text(&output.stdout);
        let line = told.lines().find(|line| line.contains("storage: ")).unwrap().to_owned();
        assert_eq!(output.status.success(), line.starts_with("ok"), "{told}");
        assert!(!told.contains(SECRET) && !text(&output.stderr).contains(SECRET), "{told}");
        line
    };
    let well = format!("ok    storage: s3://{NAME}/{PREFIX} takes, gives back and removes what it is given");
    assert_eq!(doctor(&[]).await, well);
    assert_eq!(fs::read_dir(bucket.folder()).unwrap().count(), 0, "nothing is left behind");
    for (name, value) in [("AWS_SECRET_ACCESS_KEY", "wrong"), ("AWS_ACCESS_KEY_ID", "nobody")] {
        let line = doctor(&[(name, value)]).await;
        let advice = "check COURTESY_STORAGE_URL and the AWS_ variables";
        assert!(line.starts_with("FAIL") && line.ends_with(advice), "{name}: {line}");
    }
    bucket.goes_away();
    assert!(doctor(&[]).await.starts_with("FAIL  storage: "));
}

#[tokio::test]
async fn the_program_keeps_its_photos_where_the_environment_says() {
    let (bucket, folder) = (BucketServer::start().await, data_dir());
    let serve = async || {
        let mut command = courtesy(&[]);
        command.env("COURTESY_DATA_DIR", folder.path()).envs(bucket.environment());
        Program::serve(command).await
    };
    let program = serve().await;
    let body = json!({
        "shop": { "name": "Delgado & Sons" },
        "user": { "email": "maria@delgado.example", "password": PASSWORD, "first_name": "Maria", "last_name": "D" },
    });
    let session: Value = program.post("/api/v1/shops", &body).await.json().await.unwrap();
    let token = session["token"].as_str().unwrap();
    let made = async |path: &str, body: Value| {
        let answer = program.ask(reqwest::Method::POST, &format!("/api/v1{path}"), token, Some(&body)).await;
        answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
    };
    let customer = made("/customers", json!({ "first_name": "Ruth" })).await;
    let car = made(&format!("/customers/{customer}/vehicles"), json!({ "make": "Saab" })).await;
    let inspection = made("/inspections", json!({ "vehicle_id": car })).await;
    made(&format!("/inspections/{inspection}/start"), json!({})).await;
    let photo = Uuid::now_v7();
    let address = format!("{}/api/v1/inspections/{inspection}/photos/{photo}?kind=front", program.url);
    let sent = client().put(address).bearer_auth(token).body(pictures::small()).send().await.unwrap();
    assert_eq!(sent.status(), 201);
    program.stop().await;
    assert!(!folder.path().join("photos").exists(), "the data directory has no photos");
    // Another start finds it there.
    let program = serve().await;
    let shown = program.get(&format!("/api/v1/photos/{photo}/large"), token).await;
    assert_eq!((shown.status().as_u16(), pictures::sides(&shown.bytes().await.unwrap())), (200, (64, 48)));
    program.stop().await;
}
