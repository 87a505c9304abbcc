//! The real program, killed as by a power cut again and again while it texts, and PostgreSQL with it: what was acknowledged is
//! taken by the provider, and taken once.

use std::time::Duration;

use courtesy::db::migrate;
use courtesy::db::private::PrivatePostgres;
use rand::RngExt as _;
use reqwest::Method;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};
use tokio_postgres::Client;
use uuid::Uuid;

use super::LINE;
use crate::support::PASSWORD;
use crate::support::cluster::places;
use crate::support::program::{PATIENCE, Program, Server, client, courtesy, data_dir, url};
use crate::support::twilio::{Mood, SID, StandIn, TOKEN};

const PHONES: usize = 12;

/// A program on a PostgreSQL that outlives it, and what it was asked to send.
struct Siege {
    stand_in: StandIn,
    folder: tempfile::TempDir,
    server: PrivatePostgres,
    program: Program,
    token: String,
    conversations: Vec<String>,
    acknowledged: Vec<String>,
}

impl Siege {
    async fn begin() -> Self {
        let (stand_in, folder) = (StandIn::start().await, data_dir());
        let server = PrivatePostgres::start(folder.path(), &places()).await.expect("PostgreSQL starts");
        let program = serve(&stand_in, &folder, &server).await;
        let mut siege = Self {
            stand_in,
            folder,
            server,
            program,
            token: String::new(),
            conversations: Vec::new(),
            acknowledged: Vec::new(),
        };
        let sign_up = json!({
            "shop": { "name": "Delgado & Sons" },
            "user": { "email": "maria@delgado.example", "password": PASSWORD, "first_name": "M", "last_name": "D" },
        });
        let session = siege.told("POST", "/shops", &sign_up).await;
        siege.token = session["token"].as_str().map(str::to_owned).unwrap();
        siege.told("PATCH", "/shop", &json!({ "sms_number": LINE })).await;
        for phone in 0..PHONES {
            let new = json!({ "phone": format!("+1415555{:04}", 100 + phone) });
            let customer = siege.told("POST", "/customers", &new).await["id"].clone();
            let talk = siege.told("POST", "/conversations", &json!({ "customer_id": customer })).await;
            siege.conversations.push(talk["id"].as_str().unwrap().to_owned());
        }
        siege
    }

    async fn told(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.ask(method.parse().unwrap(), path, body).await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    }

    async fn ask(&self, method: Method, path: &str, body: &Value) -> reqwest::Result<reqwest::Response> {
        let request = client().request(method, format!("{}/api/v1{path}", self.program.url)).json(body);
        request.bearer_auth(&self.token).send().await
    }

    /// Writes a few texts, half of them with the same words; what is acknowledged is kept. While the database is away, none is.
    async fn write(&mut self) {
        for _ in 0..rand::rng().random_range(2..6) {
            let at = rand::rng().random_range(0..PHONES);
            let number = rand::rng().random_range(0..1000);
            let words = if number < 500 { "Your car is ready".to_owned() } else { format!("That is ${number}") };
            let id = Uuid::now_v7().to_string();
            let path = format!("/conversations/{}/messages", self.conversations[at]);
            let answer = self.ask(Method::POST, &path, &json!({ "id": id, "content": words })).await;
            if answer.is_ok_and(|answer| answer.status() == 201) {
                self.acknowledged.push(id);
            }
        }
    }

    /// What the provider does next, by chance.
    fn provoke(&self) {
        let moods = [
            Mood::Takes(0),
            Mood::Takes(30),
            Mood::TakesAndBreaksOff,
            Mood::TakesAndFails,
            Mood::Fails,
            Mood::AsksForPatience(1),
        ];
        let moods = (0..4).map(|_| moods[rand::rng().random_range(0..moods.len())]);
        self.stand_in.moods(moods.collect::<Vec<_>>());
    }

    async fn kill(&mut self) {
        if rand::rng().random_range(0..4) == 0 {
            Server::of(self.folder.path()).kill();
            // It is started again beside the program, which has to get along without it.
            self.owner().await;
            return;
        }
        self.program.signal(Signal::KILL);
        self.program.ended().await;
        // Nobody is left who could hold a lease: the time that it would take to run out passes at once.
        let leases = "UPDATE messages SET lease_until = NULL, next_attempt_at = now()
                       WHERE status = 'pending' AND provider_message_id IS NULL";
        self.owner().await.batch_execute(leases).await.expect("moved");
        self.program = serve(&self.stand_in, &self.folder, &self.server).await;
    }

    /// The owner's hand, once the database is there.
    async fn owner(&self) -> Client {
        let connected = async {
            loop {
                if let Ok(client) = migrate::connect(&self.server.config()).await
                    && client.batch_execute("SELECT 1").await.is_ok()
                {
                    return client;
                }
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, connected).await.expect("it recovers")
    }

    /// Lets what is left find its end.
    async fn calm_down(&mut self) {
        self.stand_in.be_kind();
        self.program.signal(Signal::KILL);
        self.program.ended().await;
        let owner = self.owner().await;
        owner.batch_execute("UPDATE messages SET lease_until = NULL WHERE status = 'pending'").await.expect("moved");
        self.program = serve(&self.stand_in, &self.folder, &self.server).await;
        let waiting = "WITH due AS (
                           UPDATE messages SET next_attempt_at = now() - interval '1 second'
                            WHERE status = 'pending' AND lease_until IS NULL AND next_attempt_at > now())
                       SELECT count(*) FROM messages WHERE status = 'pending' AND provider_message_id IS NULL";
        let ended = async {
            while owner.query_one(waiting, &[]).await.expect("a count").get::<_, i64>(0) > 0 {
                sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(4 * PATIENCE, ended).await.expect("every text finds its end");
    }

    #[expect(clippy::print_stdout, reason = "the numbers are worth a look: --nocapture shows them")]
    fn judge(&self, kills: usize) {
        let taken = self.stand_in.taken_ids();
        let times = |id: &String| taken.iter().filter(|taken| *taken == id).count();
        let lost = self.acknowledged.iter().filter(|id| times(id) == 0).count();
        let mut once = taken.clone();
        once.sort_unstable();
        once.dedup();
        let twice = taken.len() - once.len();
        println!("{kills} kills: {} acknowledged, {lost} lost, {twice} twice", self.acknowledged.len());
        assert!(self.acknowledged.len() > kills, "there is something to judge");
        assert_eq!((lost, twice), (0, 0));
    }
}

async fn serve(stand_in: &StandIn, folder: &tempfile::TempDir, server: &PrivatePostgres) -> Program {
    let mut command = courtesy(&[]);
    command.env("DATABASE_URL", url(&server.config(), "courtesy"));
    command.env("COURTESY_DATA_DIR", folder.path().join("program")).env("COURTESY_LIMITS", "off");
    command.env("COURTESY_SMS", "twilio").env("COURTESY_PUBLIC_URL", "https://inspect.example");
    command.env("TWILIO_ACCOUNT_SID", SID).env("TWILIO_AUTH_TOKEN", TOKEN).env("TWILIO_API_URL", &stand_in.url);
    Program::serve(command).await
}

async fn besiege(kills: usize) {
    let mut siege = Siege::begin().await;
    for _ in 0..kills {
        siege.provoke();
        siege.write().await;
        // Somewhere on the way, wherever that is: nothing waits for this.
        sleep(Duration::from_millis(rand::rng().random_range(0..60))).await;
        siege.kill().await;
    }
    siege.calm_down().await;
    siege.judge(kills);
    let Siege { program, server, .. } = siege;
    program.stop().await;
    server.stop().await;
}

#[tokio::test]
async fn twenty_kills_lose_nothing_and_double_nothing() {
    besiege(20).await;
}

/// `cargo test --test it two_hundred -- --ignored --nocapture`
#[tokio::test]
#[ignore = "it takes several minutes"]
async fn two_hundred_kills_lose_nothing_and_double_nothing() {
    besiege(200).await;
}
