//! The program itself with a provider: what an operator sees of it.

use std::path::Path;

use courtesy::db::migrate;

use crate::support::cluster::cluster;
use crate::support::program::{Program, client, courtesy, data_dir, run, text, url};
use crate::support::twilio::{Mood, OTHER_TOKEN, SID, StandIn, TOKEN};
use serde_json::{Value, json};
use tokio::process::Command;
use tokio_postgres::Client;

use super::webhooks::{Fields, SMS, signature};

/// The program's command line, told of the stand-in.
pub(super) struct Setting {
    database: tokio_postgres::Config,
    folder: tempfile::TempDir,
    pub(super) stand_in: StandIn,
}

impl Setting {
    pub(super) async fn new() -> Self {
        Self { database: cluster().new_database().await, folder: data_dir(), stand_in: StandIn::start().await }
    }

    /// The owner's hand.
    pub(super) async fn owner(&self) -> Client {
        migrate::connect(&self.database).await.unwrap()
    }

    pub(super) fn data_dir(&self) -> &Path {
        self.folder.path()
    }

    /// Tells a program of a text, as Twilio does.
    pub(super) async fn tell(&self, program: &Program, form: &Fields) {
        let signature = signature(TOKEN, &format!("https://inspect.example{SMS}"), form);
        let request = client().post(format!("{}{SMS}", program.url)).header("x-twilio-signature", signature);
        assert_eq!(request.form(form).send().await.unwrap().status(), 200);
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = courtesy(arguments);
        command.env("DATABASE_URL", url(&self.database, "courtesy")).env("COURTESY_DATA_DIR", self.folder.path());
        command.env("COURTESY_SMS", "twilio").env("COURTESY_PUBLIC_URL", "https://inspect.example");
        command
            .env("TWILIO_ACCOUNT_SID", SID)
            .env("TWILIO_AUTH_TOKEN", TOKEN)
            .env("TWILIO_AUTH_TOKEN_2", OTHER_TOKEN);
        command.env("TWILIO_API_URL", &self.stand_in.url);
        command
    }
}

impl Drop for Setting {
    fn drop(&mut self) {
        cluster().drop_database(&self.database);
    }
}

#[tokio::test]
async fn the_doctor_tries_the_account() {
    let setting = Setting::new().await;
    let doctor = run(setting.command(&["doctor"])).await;
    assert!(doctor.status.success(), "{}", text(&doctor.stdout));
    assert!(text(&doctor.stdout).contains(&format!("ok    texting: Twilio's account {SID} is active")));
    let mut wrong = setting.command(&["doctor"]);
    wrong.env("TWILIO_AUTH_TOKEN", "geheim");
    let doctor = run(wrong).await;
    let told = text(&doctor.stdout);
    assert_eq!(doctor.status.code(), Some(1));
    assert!(told.contains("FAIL  texting: ") && told.contains("it answers 401, error 20003"), "{told}");
    assert!(!told.contains("geheim"));
    setting.stand_in.account_is("suspended");
    let told = text(&run(setting.command(&["doctor"])).await.stdout);
    assert!(told.contains("the account is suspended"), "{told}");
    assert!(setting.stand_in.forms().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn a_refused_account_is_told_in_log_and_metrics_and_texts_wait() {
    let setting = Setting::new().await;
    setting.stand_in.account_is("suspended");
    let program = Program::serve(setting.command(&["--metrics-listen", "127.0.0.1:0"])).await;
    let ours = &cluster().world.ours;
    let token = &ours.manager.token;
    let ask = async |method: &str, path: &str, body: Value| -> Value {
        let answer = program.ask(method.parse().unwrap(), path, token, Some(&body)).await;
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    };
    ask("PATCH", "/api/v1/shop", json!({ "sms_number": super::LINE })).await;
    let talk = ask("POST", "/api/v1/conversations", json!({ "customer_id": ours.customer })).await;
    let messages = format!("/api/v1/conversations/{}/messages", talk["id"].as_str().unwrap());
    ask("POST", &messages, json!({ "content": "Your car is ready." })).await;
    let log = program.logged("the texting account is refused").await;
    assert!(log.contains("error 20003") && !log.contains("ready"), "{log}");
    let metrics = log.split("metrics on ").nth(1).unwrap().split('"').next().unwrap();
    let metrics = client().get(metrics).send().await.unwrap().text().await.unwrap();
    for line in ["courtesy_texting_account_refused 1", "courtesy_texts_waiting 1"] {
        assert!(metrics.lines().any(|found| found == line), "{line}\n{metrics}");
    }
    assert_eq!(setting.stand_in.forms().len(), 1);
    program.stop().await;
    setting.stand_in.account_is("active");
    setting.stand_in.moods([Mood::Takes(0)]);
    let program = Program::serve(setting.command(&[])).await;
    let is_sent = async {
        while setting.stand_in.taken().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(crate::support::program::PATIENCE, is_sent)
        .await
        .expect("it is sent once the account works");
    program.stop().await;
}
