//! The program on a private database, from its first start to whatever may happen to it.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use reqwest::Method;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::support::PASSWORD;
use crate::support::program::{PATIENCE, Program, Server, courtesy, data_dir, refusal, run, text};

fn command(data_dir: &Path, arguments: &[&str]) -> tokio::process::Command {
    let mut command = courtesy(arguments);
    command.env("COURTESY_DATA_DIR", data_dir);
    command
}

/// Signs a shop up; yields the token.
async fn sign_up(program: &Program, email: &str) -> String {
    let body = json!({
        "shop": { "name": "Delgado & Sons" },
        "user": { "email": email, "password": PASSWORD, "first_name": "Maria", "last_name": "Delgado" },
    });
    let answer = program.post("/api/v1/shops", &body).await;
    assert_eq!(answer.status(), 201);
    let session: Value = answer.json().await.unwrap();
    session["token"].as_str().unwrap().to_owned()
}

async fn add_customer(program: &Program, token: &str, name: &str) {
    let body = json!({ "first_name": name, "last_name": "Abel" });
    assert_eq!(program.ask(Method::POST, "/api/v1/customers", token, Some(&body)).await.status(), 201);
}

async fn customers(program: &Program, token: &str) -> usize {
    let answer = program.get("/api/v1/customers", token).await;
    assert_eq!(answer.status(), 200);
    answer.json::<Value>().await.unwrap()["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn it_serves_until_it_is_told_to_stop_and_leaves_nothing_running() {
    let folder = data_dir();
    let program = Program::private(folder.path()).await;
    assert_eq!(program.get("/healthz", "").await.text().await.unwrap(), "ok");
    assert_eq!(program.get("/readyz", "").await.status(), 200);
    let server = Server::of(folder.path());
    assert!(server.processes() > 1, "there is something to look at");
    assert!(program.greeting.is_empty(), "nothing but the address is said");

    program.stop().await;

    assert_eq!(server.processes(), 0);
}

#[tokio::test]
async fn what_was_acknowledged_survives_every_kill() {
    let folder = data_dir();
    let program = Program::private(folder.path()).await;
    let token = sign_up(&program, "maria@delgado.example").await;
    add_customer(&program, &token, "Ruth").await;

    program.kill().await;
    let program = Program::private(folder.path()).await;
    assert_eq!(customers(&program, &token).await, 1);

    add_customer(&program, &token, "Noah").await;
    Server::of(folder.path()).kill();
    let recovered = timeout(PATIENCE, recover(&program, &token)).await.expect("it recovers by itself");
    assert!(recovered, "while the database was away, requests were answered 503");
    assert_eq!(customers(&program, &token).await, 2);

    add_customer(&program, &token, "Ines").await;
    Server::of(folder.path()).kill();
    program.kill().await;
    let program = Program::private(folder.path()).await;
    assert_eq!(customers(&program, &token).await, 3);
    program.stop().await;
}

/// Asks until the database is there again; true if it was seen to be away.
async fn recover(program: &Program, token: &str) -> bool {
    let mut was_away = false;
    loop {
        let answer = program.get("/api/v1/me", token).await;
        match answer.status().as_u16() {
            200 if was_away => return true,
            200 => {}
            503 => {
                assert!(answer.headers().contains_key("retry-after"));
                assert_eq!(program.get("/healthz", "").await.status(), 200);
                was_away = true;
            }
            other => panic!("answered {other}: {}", program.log()),
        }
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn the_operators_commands_work_beside_the_program_that_serves() {
    let folder = data_dir();
    let program = Program::private(folder.path()).await;
    let token = sign_up(&program, "maria@delgado.example").await;

    let second = run(command(folder.path(), &["serve", "--listen", "127.0.0.1:0"])).await;
    let sentence = refusal(&second);
    assert!(sentence.contains("is in use by another courtesy (process "), "{sentence}");
    assert_eq!(sentence.lines().count(), 1, "{sentence}");

    let doctor = run(command(folder.path(), &["doctor"])).await;
    let findings = text(&doctor.stdout);
    assert!(doctor.status.success(), "{findings}");
    assert!(findings.lines().count() > 5 && findings.lines().all(|line| line.starts_with("ok ")), "{findings}");
    assert!(findings.contains("of the courtesy that runs"), "{findings}");

    let migrate = run(command(folder.path(), &["migrate"])).await;
    assert_eq!(text(&migrate.stdout), "the schema is current, nothing was applied\n");

    let reset = run(command(folder.path(), &["user", "reset", "Maria@Delgado.example"])).await;
    assert!(reset.status.success(), "{}", text(&reset.stderr));
    let new = text(&reset.stdout).trim().to_owned();
    assert_eq!(program.get("/api/v1/me", &token).await.status(), 401, "the sessions have ended");
    let log_in = |password: &str| json!({ "email": "maria@delgado.example", "password": password });
    assert_eq!(program.post("/api/v1/sessions", &log_in(PASSWORD)).await.status(), 401);
    assert_eq!(program.post("/api/v1/sessions", &log_in(&new)).await.status(), 201);
    assert!(!program.log().contains(&new) && !program.log().contains("maria"), "{}", program.log());

    let unknown = run(command(folder.path(), &["user", "reset", "nobody@delgado.example"])).await;
    assert_eq!(refusal(&unknown), "courtesy: nobody logs in with nobody@delgado.example");
    assert_eq!(program.get("/readyz", "").await.status(), 200, "none of them has stopped the database");
    program.stop().await;
}

#[tokio::test]
async fn migrating_twice_and_two_at_once_is_harmless() {
    let folder = data_dir();
    let (one, other) =
        tokio::join!(run(command(folder.path(), &["migrate"])), run(command(folder.path(), &["migrate"])));
    for output in [&one, &other] {
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    let said = [&one, &other].map(|output| text(&output.stdout).contains("nothing was applied"));
    assert!(said.contains(&true) && said.contains(&false), "one applied them: {said:?}");
    let again = run(command(folder.path(), &["migrate"])).await;
    assert_eq!(text(&again.stdout), "the schema is current, nothing was applied\n");
}

#[tokio::test]
async fn told_to_stop_while_it_starts_it_gives_up_in_order() {
    let folder = data_dir();
    let mut serve = command(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    let mut child = serve.stderr(Stdio::null()).spawn().unwrap();
    timeout(PATIENCE, async {
        while !folder.path().join("lock").exists() {
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("it begins");
    let pid = rustix::process::Pid::from_raw(child.id().unwrap().try_into().unwrap()).unwrap();
    rustix::process::kill_process(pid, Signal::INT).unwrap();
    let status = timeout(PATIENCE, child.wait()).await.expect("it ends").unwrap();
    assert_eq!(status.code(), Some(0));
}

#[tokio::test]
async fn a_command_without_a_schema_says_what_to_do() {
    let folder = data_dir();
    let reset = run(command(folder.path(), &["user", "reset", "maria@delgado.example"])).await;
    assert_eq!(refusal(&reset), "courtesy: the database has no schema yet: run `courtesy migrate` first");
}

#[tokio::test]
async fn a_demo_says_how_to_log_in_and_where_to_look_at_every_start() {
    let folder = data_dir();
    for _ in 0..2 {
        let mut demo = command(folder.path(), &[]);
        demo.env("COURTESY_DEMO", "true");
        let program = Program::serve(demo).await;
        let said = program.greeting.join("\n");
        assert!(said.contains("rosa@delgado.example") && said.contains(courtesy::demo::PASSWORD), "{said}");
        let log_in = json!({ "email": "rosa@delgado.example", "password": courtesy::demo::PASSWORD });
        assert_eq!(program.post("/api/v1/sessions", &log_in).await.status(), 201);
        let report = said.split_whitespace().find(|word| word.contains("/r/")).unwrap();
        let report = report.strip_prefix(&program.url).unwrap();
        assert_eq!(program.get(report, "").await.status(), 200);
        program.stop().await;
    }
}
