//! The program on a database that the operator gives, and what it does beside answering: limits, metrics, the log.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use courtesy::db::migrate;
use reqwest::Method;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio_postgres::Config;

use crate::support::PASSWORD;
use crate::support::cluster::cluster;
use crate::support::program::{PATIENCE, Program, client, courtesy, data_dir, refusal, run, text, url};

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
async fn every_option_and_its_variable_stands_in_the_help() {
    let mut command = courtesy(&["--help"]);
    command.env("DATABASE_URL", "postgres://owner:geheim@host/shop");
    let help = text(&run(command).await.stdout);
    for variable in [
        "DATABASE_URL",
        "COURTESY_APP_URL",
        "COURTESY_DATA_DIR",
        "COURTESY_LISTEN",
        "COURTESY_PUBLIC_URL",
        "COURTESY_TRUSTED_PROXIES",
        "COURTESY_LIMITS",
        "COURTESY_METRICS_LISTEN",
        "COURTESY_SMS",
        "COURTESY_PG_BIN",
        "COURTESY_LOG",
    ] {
        let option = variable.trim_start_matches("COURTESY_").to_lowercase().replace('_', "-");
        assert!(help.contains(&format!("--{option} ")) && help.contains(&format!("[env: {variable}]")), "{variable}");
    }
    assert!(!help.contains("geheim"));
    assert!(text(&run(courtesy(&["serve", "--help"])).await.stdout).contains("[env: COURTESY_DEMO]"));
    assert!(text(&run(courtesy(&["--version"])).await.stdout).starts_with("courtesy 0."));
}

#[tokio::test]
async fn mistakes_are_told_together_before_anything_is_started() {
    let mut command = courtesy(&["serve", "--listen", "8080"]);
    command.env("COURTESY_LIMITS", "perhaps").env("COURTESY_SMS", "twilio");
    command.env("DATABASE_URL", "postgres://owner:geheim@host:port/shop").env("HOME", "/nowhere");
    let sentence = refusal(&run(command).await);
    for name in ["COURTESY_LISTEN", "COURTESY_LIMITS", "COURTESY_SMS", "DATABASE_URL"] {
        assert!(sentence.contains(name), "{name}: {sentence}");
    }
    assert!(!sentence.contains("geheim"), "{sentence}");
    for garbage in [&["--colour"][..], &["serve", "now"], &["shop", "set", "x"], &["user", "reset", "maria"], &[]] {
        let output = run(courtesy(garbage)).await;
        assert_eq!(output.status.code(), Some(2), "{garbage:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[tokio::test]
async fn what_keeps_it_from_starting_is_one_sentence() {
    let setting = Setting::new().await;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let sentence = refusal(&run(setting.command(&["serve", "--listen", &address])).await);
    assert!(sentence.starts_with(&format!("courtesy: can't listen on {address}: ")), "{sentence}");

    let mut nowhere = courtesy(&["serve"]);
    nowhere.env("DATABASE_URL", "postgres://owner:geheim@127.0.0.1:1/shop").env("HOME", setting.folder.path());
    let sentence = refusal(&run(nowhere).await);
    assert!(sentence.starts_with("courtesy: can't connect to the database: "), "{sentence}");

    let mut missing = courtesy(&["serve"]);
    missing.env("COURTESY_DATA_DIR", setting.folder.path()).env("COURTESY_PG_BIN", "/nowhere");
    let sentence = refusal(&run(missing).await);
    assert!(sentence.contains("COURTESY_PG_BIN"), "{sentence}");
    assert_eq!(sentence.lines().count(), 1, "{sentence}");
}

#[tokio::test]
async fn an_empty_database_is_no_fault_and_gets_its_schema() {
    let setting = Setting { database: cluster().empty_database().await, folder: data_dir() };
    let doctor = run(setting.command(&["doctor"])).await;
    assert!(doctor.status.success(), "{}", text(&doctor.stdout));
    assert!(text(&doctor.stdout).contains("ok    schema: none yet"));
    let program = Program::serve(setting.command(&[])).await;
    assert_eq!(program.get("/readyz", "").await.status(), 200);
    program.stop().await;
    let doctor = run(setting.command(&["doctor"])).await;
    assert!(text(&doctor.stdout).contains("ok    schema: current"));
}

#[tokio::test]
async fn a_login_for_serving_alone_is_enough_to_serve() {
    let setting = Setting::new().await;
    let server = setting.folder.path();
    let login = format!("serving_{}", std::process::id());
    setting.change(&format!("CREATE ROLE {login} LOGIN IN ROLE courtesy_app, courtesy_worker")).await;
    cluster().let_in(&login).await;

    let mut command = setting.command(&[]);
    command.env("COURTESY_APP_URL", url(&setting.database, &login)).env("COURTESY_DATA_DIR", server);
    let program = Program::serve(command).await;
    assert_eq!(program.get("/readyz", "").await.status(), 200);
    program.stop().await;

    setting.change(&format!("REVOKE courtesy_worker FROM {login}")).await;
    let mut command = setting.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("COURTESY_APP_URL", url(&setting.database, &login));
    assert!(refusal(&run(command).await).contains("courtesy_worker"));
    let mut command = setting.command(&["doctor"]);
    command.env("COURTESY_APP_URL", url(&setting.database, &login));
    let doctor = run(command).await;
    let findings = text(&doctor.stdout);
    assert_eq!(doctor.status.code(), Some(1));
    assert_eq!(findings.lines().filter(|line| line.starts_with("FAIL  serving: ")).count(), 1, "{findings}");
    setting.change(&format!("DROP ROLE {login}")).await;
}

#[tokio::test]
async fn a_schema_that_is_behind_is_told_to_whoever_asks() {
    let setting = Setting::new().await;
    let program = Program::serve(setting.command(&[])).await;
    setting.change("DELETE FROM courtesy.schema_history WHERE version = 7").await;
    let answer = program.get("/readyz", "").await;
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
    assert!(answer.text().await.unwrap().contains("courtesy migrate"));
    assert_eq!(program.get("/healthz", "").await.status(), 200);
    let doctor = run(setting.command(&["doctor"])).await;
    assert_eq!(doctor.status.code(), Some(1));
    assert!(text(&doctor.stdout).contains("FAIL  schema: not current: run `courtesy migrate`"));
    program.stop().await;
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
async fn wrong_passwords_are_slowed_down_for_the_client_that_tries_them() {
    let setting = Setting::new().await;
    let email = &cluster().world.ours.manager.email;
    let mut command = setting.command(&["--trusted-proxies", "127.0.0.0/8"]);
    command.env("COURTESY_LOG", "warn");
    let program = Program::serve(command).await;
    let log_in = async |email: &str, password: &str, from: &str| {
        let request = client().post(format!("{}/api/v1/sessions", program.url));
        let body = json!({ "email": email, "password": password });
        request.header("x-forwarded-for", from).json(&body).send().await.unwrap()
    };
    for account in [email.as_str(), "nobody@nowhere.example"] {
        for _ in 0..10 {
            assert_eq!(log_in(account, "wrong", "192.0.2.1").await.status(), 401);
        }
        let refused = log_in(account, "wrong", "192.0.2.1").await;
        assert_eq!(refused.status(), 429);
        let seconds: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=6).contains(&seconds), "{seconds}");
        assert_eq!(refused.headers()["content-type"], "application/problem+json");
        assert_eq!(refused.json::<Value>().await.unwrap()["status"], 429);
    }
    assert_eq!(log_in(email, PASSWORD, "192.0.2.1").await.status(), 429, "the right one too");
    assert_eq!(log_in(email, PASSWORD, "192.0.2.1, 198.51.100.7").await.status(), 201, "elsewhere it goes on");
    program.stop().await;
}

#[tokio::test]
async fn whoever_finds_a_session_open_can_not_guess_at_its_password() {
    let setting = Setting::new().await;
    let mechanic = &cluster().world.ours.mechanic;
    let program = Program::serve(setting.command(&[])).await;
    let change = async |current: &str| {
        let request = client().post(format!("{}/api/v1/me/password", program.url)).bearer_auth(&mechanic.token);
        request.json(&json!({ "current": current, "new": "a new passphrase" })).send().await.unwrap().status()
    };
    for _ in 0..10 {
        assert_eq!(change("wrong").await, 422);
    }
    assert_eq!(change("wrong").await, 429);
    assert_eq!(change(PASSWORD).await, 429, "the right one too");
    program.stop().await;
}

#[tokio::test]
async fn limits_can_be_lifted_on_loopback() {
    let setting = Setting::new().await;
    let program = Program::serve(setting.command(&["--limits", "off"])).await;
    let wrong = json!({ "email": "nobody@nowhere.example", "password": "wrong" });
    for _ in 0..15 {
        assert_eq!(program.post("/api/v1/sessions", &wrong).await.status(), 401);
    }
    program.stop().await;
}

#[tokio::test]
async fn prometheus_asks_on_a_listener_of_its_own() {
    let setting = Setting::new().await;
    // The program picks the port and says it in the log alone.
    let program = Program::serve(setting.command(&["--metrics-listen", "127.0.0.1:0"])).await;
    let log = program.logged("metrics on ").await;
    let metrics = log.split("metrics on ").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let world = &cluster().world;
    let car = format!("/api/v1/vehicles/{}", world.ours.vehicle);
    assert_eq!(program.get(&car, &world.ours.manager.token).await.status(), 200);
    assert_eq!(program.get("/nowhere?of=somebody", "").await.status(), 404);
    assert_eq!(program.ask("BREW".parse().unwrap(), "/healthz", "", None).await.status(), 405);
    let text = client().get(&metrics).send().await.unwrap().text().await.unwrap();
    for line in [
        r#"courtesy_http_requests_total{route="/api/v1/vehicles/{id}",method="GET",status="2xx"} 1"#,
        r#"courtesy_http_requests_total{route="none",method="GET",status="4xx"} 1"#,
        r#"courtesy_http_requests_total{route="/healthz",method="other",status="4xx"} 1"#,
        r#"courtesy_http_request_duration_seconds_count{route="/api/v1/vehicles/{id}",method="GET",status="2xx"} 1"#,
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert_eq!(program.get("/metrics", "").await.status(), 404, "not among the other addresses");
    program.stop().await;
}

#[tokio::test]
async fn every_request_leaves_one_line_without_anybodys_data() {
    let setting = Setting::new().await;
    let program = Program::serve(setting.command(&[])).await;
    let token = &cluster().world.ours.manager.token;
    let request = client().get(format!("{}/api/v1/customers?q=ruth", program.url));
    let answer = request.bearer_auth(token).header("x-request-id", "from-the-proxy.1").send().await.unwrap();
    assert_eq!(answer.headers()["x-request-id"], "from-the-proxy.1");
    for (name, value) in
        [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("cache-control", "no-store")]
    {
        assert_eq!(answer.headers()[name], value);
    }
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    program.get("/r/0123456789abcdefghijkl", "").await;
    let log = program.logged("/r/{token}").await;
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let answered: Vec<&Value> = lines.iter().filter(|line| line["message"] == "answered").collect();
    assert_eq!(answered.len(), 2, "{log}");
    assert_eq!(answered[0]["route"], "/api/v1/customers");
    assert_eq!(answered[0]["method"], "GET");
    assert_eq!(answered[0]["status"], 200);
    assert!(answered[0]["milliseconds"].is_number());
    assert_eq!(answered[0]["span"]["request_id"], "from-the-proxy.1");
    assert!(!log.contains("ruth") && !log.contains("0123456789abcdef") && !log.contains(token.as_str()), "{log}");
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
