//! How the program starts on a database that the operator gives, and what keeps it from that.

use std::net::TcpListener;

use super::Setting;
use crate::support::cluster::cluster;
use crate::support::program::{Program, courtesy, data_dir, refusal, run, text, url};

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
        "COURTESY_TLS_CERT",
        "COURTESY_TLS_KEY",
        "COURTESY_TRUSTED_PROXIES",
        "COURTESY_LIMITS",
        "COURTESY_METRICS_LISTEN",
        "COURTESY_SMS",
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "TWILIO_AUTH_TOKEN_2",
        "TWILIO_API_URL",
        "TWILIO_MESSAGING_SERVICE_SID",
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
    let twilio = ["COURTESY_SMS", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"];
    for name in ["COURTESY_LISTEN", "COURTESY_LIMITS", "DATABASE_URL"].into_iter().chain(twilio) {
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
    setting
        .change(
            "DELETE FROM courtesy.schema_history WHERE version IN (SELECT max(version) FROM courtesy.schema_history)",
        )
        .await;
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
