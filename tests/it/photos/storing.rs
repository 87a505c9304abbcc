//! A store that is away, and a program that dies in the middle of twenty uploads.

use courtesy::app::App;
use courtesy::photos::{Bucket, Lab, Place, Store};
use futures_util::future::join_all;
use reqwest::Method;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{Car, address, begun};
use crate::support::program::{Program, client, data_dir};
use crate::support::{PASSWORD, TestApp, pictures};

/// A bucket at an address where nobody answers.
async fn nowhere() -> Store {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let setting = |name: &str, value: &str| (name.parse().unwrap(), value.to_owned());
    let settings = vec![
        setting("aws_endpoint", &endpoint),
        setting("aws_access_key_id", "somebody"),
        setting("aws_secret_access_key", "something"),
    ];
    Store::at(&Place::Bucket(Bucket { name: "photos".into(), prefix: String::new(), settings })).unwrap()
}

#[tokio::test]
async fn while_the_store_is_away_nothing_is_lost_and_everybody_is_told_to_come_back() {
    let lab = Lab::new(nowhere().await);
    let (app, world) = TestApp::start_with(|app| App { lab, ..app }).await;
    let path = begun(&app, &world).await;
    let car = Car { app, world, path };
    let (_, refused) = car.send("kind=front", pictures::small()).await;
    assert_eq!(refused.headers["retry-after"], "2");
    let told = refused.problem(503, "about:blank");
    assert!(told["detail"].as_str().unwrap().contains("photos"), "{told}");
    assert_eq!(car.show().await["photos"], json!([]));
    // What was there before is still known, and can't be shown for the moment.
    let sql = "INSERT INTO inspection_photos (shop_id, inspection_id, kind, position, width, height, size, digest)
               SELECT shop_id, id, 'front', 1, 4, 3, 12, sha256('x') FROM inspections WHERE status = 'in_progress'";
    car.app.owner().await.execute(sql, &[]).await.unwrap();
    let shown = car.show().await;
    car.app.get(address(&shown["photos"][0], "thumb"), car.manager()).await.problem(503, "about:blank");
}

/// Pictures, and where they are sent: made beforehand, because whoever connects and says nothing is let go.
struct Uploads {
    client: reqwest::Client,
    pictures: Vec<(String, Vec<u8>)>,
}

impl Uploads {
    fn to(inspection: &str) -> Self {
        let picture = |number| {
            let path = format!("/api/v1/inspections/{inspection}/photos/{}?kind=other", Uuid::now_v7());
            (path, pictures::jpeg(400, 300, number))
        };
        Self { client: client(), pictures: (0..20).map(picture).collect() }
    }

    /// How one of them was answered; not at all where the program died over it.
    async fn send(&self, program: &Program, token: &str, place: usize) -> Option<u16> {
        let (path, picture) = &self.pictures[place];
        let request = self.client.put(format!("{}{path}", program.url)).bearer_auth(token);
        let answer = request.body(picture.clone()).send().await.ok()?;
        Some(answer.status().as_u16())
    }
}

async fn signed_up(program: &Program) -> String {
    let body = json!({
        "shop": { "name": "Delgado & Sons" },
        "user": { "email": "maria@delgado.example", "password": PASSWORD, "first_name": "Maria", "last_name": "D" },
    });
    let session: Value = program.post("/api/v1/shops", &body).await.json().await.unwrap();
    session["token"].as_str().unwrap().to_owned()
}

async fn made(program: &Program, token: &str, path: &str, body: Value) -> String {
    let answer = program.ask(Method::POST, &format!("/api/v1{path}"), token, Some(&body)).await;
    answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn killed_in_the_middle_of_twenty_uploads_it_keeps_what_it_acknowledged_and_takes_the_rest_again() {
    let folder = data_dir();
    let program = Program::private(folder.path()).await;
    let token = signed_up(&program).await;
    let customer = made(&program, &token, "/customers", json!({ "first_name": "Ruth" })).await;
    let car = made(&program, &token, &format!("/customers/{customer}/vehicles"), json!({ "make": "Saab" })).await;
    let inspection = made(&program, &token, "/inspections", json!({ "vehicle_id": car })).await;
    made(&program, &token, &format!("/inspections/{inspection}/start"), json!({})).await;
    let uploads = Uploads::to(&inspection);

    let answered = Semaphore::new(0);
    let sent = join_all((0..20).map(async |place| {
        let status = uploads.send(&program, &token, place).await;
        answered.add_permits(1);
        status
    }));
    let (acknowledged, ()) = tokio::join!(sent, async {
        // Some are done, and others are not.
        let _some = answered.acquire_many(4).await.unwrap();
        program.signal(Signal::KILL);
    });
    let done = acknowledged.iter().filter(|status| **status == Some(201)).count();
    assert!((4..20).contains(&done), "{acknowledged:?}");
    program.kill().await;

    let program = Program::private(folder.path()).await;
    let whole: Value = program.get(&format!("/api/v1/inspections/{inspection}"), &token).await.json().await.unwrap();
    let kept: Vec<&Value> = whole["photos"].as_array().unwrap().iter().collect();
    assert!(kept.len() >= done, "{} of {done}", kept.len());
    for photo in kept {
        for size in ["large", "thumb"] {
            let answer = program.get(photo["urls"][size].as_str().unwrap(), &token).await;
            assert_eq!(answer.status(), 200, "no row points to nothing");
        }
    }
    for (place, before) in acknowledged.iter().enumerate() {
        let again = uploads.send(&program, &token, place).await.unwrap();
        assert!(again == 200 || (again == 201 && *before != Some(201)), "{again} after {before:?}");
    }
    let whole: Value = program.get(&format!("/api/v1/inspections/{inspection}"), &token).await.json().await.unwrap();
    assert_eq!(whole["photos"].as_array().unwrap().len(), 20);
    program.stop().await;
}
