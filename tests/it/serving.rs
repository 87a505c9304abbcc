//! The program on a database that the operator gives, and what it does beside answering.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod answers;
mod crowd;
mod encrypted;
mod guessing;
mod oddities;
mod patience;
mod starting;
mod watching;

use std::io::{Read as _, Write as _};
use std::time::Duration;

use courtesy::db::migrate;
use reqwest::Method;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio_postgres::Config;

use crate::support::PASSWORD;
use crate::support::cluster::cluster;
use crate::support::program::{PATIENCE, Program, courtesy, data_dir, refusal, run, text, url};

/// A database of two shops, and the program's command line for it.
struct Setting {
    database: Config,
    folder: tempfile::TempDir,
}

impl Setting {
    async fn new() -> Self {
        Self { database: cluster().new_database().await, folder: data_dir() }
    }

    fn command(&self, arguments: &[&str]) -> tokio::process::Command {
        let mut command = courtesy(arguments);
        command.env("DATABASE_URL", url(&self.database, "courtesy")).env("COURTESY_DATA_DIR", self.folder.path());
        command
    }

    async fn change(&self, statement: &str) {
        migrate::connect(&self.database).await.unwrap().batch_execute(statement).await.unwrap();
    }
}

impl Drop for Setting {
    fn drop(&mut self) {
        cluster().drop_database(&self.database);
    }
}

#[tokio::test]
async fn the_operator_decides_what_a_shop_may() {
    let setting = Setting::new().await;
    let world = &cluster().world;
    let (ours, theirs) = (&world.ours, &world.theirs);
    let program = Program::serve(setting.command(&[])).await;
    let rename = json!({ "name": "New name" });
    let status =
        async |token: &str| program.ask(Method::PATCH, "/api/v1/shop", token, Some(&rename)).await.status().as_u16();

    let set = setting.command(&["shop", "set", &ours.id, "--status", "inactive", "--tier", "business"]);
    assert_eq!(text(&run(set).await.stdout), format!("shop {} is business and inactive\n", ours.id));
    assert_eq!(status(&ours.manager.token).await, 403);
    assert_eq!(status(&theirs.manager.token).await, 200);
    let set = run(setting.command(&["shop", "set", &ours.id, "--status", "active"])).await;
    assert_eq!(text(&set.stdout), format!("shop {} is business and active\n", ours.id));
    assert_eq!(status(&ours.manager.token).await, 200);

    for _ in 0..2 {
        let close = run(setting.command(&["shop", "close", &ours.id])).await;
        assert_eq!(text(&close.stdout), format!("shop {} is closed\n", ours.id));
    }
    assert_eq!(status(&ours.manager.token).await, 401);
    let log_in = json!({ "email": ours.manager.email, "password": PASSWORD });
    assert_eq!(program.post("/api/v1/sessions", &log_in).await.status(), 401);
    assert_eq!(status(&theirs.manager.token).await, 200);

    let nobody = "0190f0c0-0000-7000-8000-000000000001";
    for arguments in [["shop", "set", nobody, "--tier=starter"].as_slice(), &["shop", "close", nobody]] {
        let sentence = refusal(&run(setting.command(arguments)).await);
        assert!(sentence.contains(&format!("there is no shop {nobody}")), "{sentence}");
    }
    program.stop().await;
}

#[tokio::test]
async fn texts_are_handed_over_beside_the_requests() {
    let setting = Setting::new().await;
    let program = Program::serve(setting.command(&[])).await;
    let ours = &cluster().world.ours;
    let token = &ours.manager.token;
    let post = async |path: &str, body: Value| -> Value {
        let answer = program.ask(Method::POST, path, token, Some(&body)).await;
        assert_eq!(answer.status(), 201);
        answer.json().await.unwrap()
    };
    let conversation = post("/api/v1/conversations", json!({ "customer_id": ours.customer })).await;
    let messages = format!("/api/v1/conversations/{}/messages", conversation["id"].as_str().unwrap());
    assert_eq!(post(&messages, json!({ "content": "Your car is ready." })).await["status"], "pending");
    let delivered = async {
        loop {
            let list: Value = program.get(&messages, token).await.json().await.unwrap();
            if list["items"][0]["status"] == "delivered" {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, delivered).await.expect("the sandbox delivers");
    program.stop().await;
}

#[tokio::test]
async fn what_is_under_way_is_finished_before_the_end() {
    let setting = Setting::new().await;
    let mut program = Program::serve(setting.command(&[])).await;
    let body = json!({ "email": "nobody@nowhere.example", "password": "wrong" }).to_string();
    let mut slow = program.connect();
    let idle = program.connect();
    write!(
        slow,
        "POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    )
    .unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut go_on = [0; 25];
    slow.read_exact(&mut go_on).unwrap();
    assert_eq!(text(&go_on), "HTTP/1.1 100 Continue\r\n\r\n", "the program waits for the body");
    program.signal(Signal::INT);
    program.logged("told to stop").await;
    write!(slow, "{body}").unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert_eq!(program.ended().await.code(), Some(0), "{}", program.log());
    drop(idle);
}
