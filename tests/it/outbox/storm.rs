//! Hundreds of texts, a provider that does its worst, customers who say STOP in between, and workers that die anywhere:
//! each text still leaves once at most, in order, and none is forgotten.

mod watch;

use std::sync::Arc;
use std::time::Duration;

use courtesy::conversations::{Wake, outbox};
use courtesy::db::Database;
use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;
use tokio::task::JoinHandle;
use tokio_postgres::Client;

use super::messages_with;
use crate::support::hostile::Hostile;
use crate::support::{Person, TestApp, World};

const PHONES_OF_A_SHOP: usize = 12;
const WORKERS: usize = 3;

/// A customer's phone.
struct Phone {
    number: String,
    /// The conversation's address.
    messages: String,
    boss: Person,
    has_stopped: bool,
}

/// A time in which a phone may not be texted, by the database's clock: from when the STOP was answered until just before
/// START was said.
struct Silence {
    number: String,
    from: Timestamp,
    until: Option<Timestamp>,
}

/// A worker with connections of its own, which outlive it and serve the next one.
struct Worker {
    slot: usize,
    database: Database,
    wake: Wake,
    task: JoinHandle<()>,
}

impl Worker {
    async fn start(app: &TestApp, slot: usize, provider: &Arc<Hostile>) -> Self {
        let mut config = app.owner_config().clone();
        let options = format!("{} -c app.slot={slot}", config.get_options().unwrap_or_default());
        config.options(options.trim());
        let database = Database::open(&config, None).await.expect("the database opens");
        let wake = Wake::default();
        let task = work(database.clone(), wake.clone(), Arc::clone(provider));
        Self { slot, database, wake, task }
    }

    /// Ends it wherever it is.
    async fn die(&mut self) {
        self.task.abort();
        let _ended = (&mut self.task).await;
    }

    fn revive(&mut self, provider: &Arc<Hostile>) {
        self.task = work(self.database.clone(), self.wake.clone(), Arc::clone(provider));
    }
}

fn work(database: Database, wake: Wake, provider: Arc<Hostile>) -> JoinHandle<()> {
    tokio::spawn(async move { outbox::run(&database, &*provider, &wake, std::future::pending()).await })
}

struct Storm {
    app: TestApp,
    world: World,
    owner: Client,
    chance: StdRng,
    provider: Arc<Hostile>,
    phones: Vec<Phone>,
    silences: Vec<Silence>,
    workers: Vec<Worker>,
    deaths: usize,
}

impl Storm {
    async fn gather(seed: u64, provider: impl FnOnce(u64, Client) -> Hostile) -> Self {
        let (app, world) = TestApp::start().await;
        let owner = app.owner().await;
        watch::begin(&owner).await;
        let provider = Arc::new(provider(seed, app.owner().await));
        let mut phones = Vec::new();
        for (shop, area) in [(&world.ours, 415), (&world.theirs, 212)] {
            for line in 0..PHONES_OF_A_SHOP {
                let number = format!("+1{area}55501{line:02}");
                let customer = app.post("/customers", &shop.manager, &json!({ "phone": number })).await.created();
                let messages = messages_with(&app, shop, customer["id"].as_str().expect("an id")).await;
                phones.push(Phone { number, messages, boss: shop.manager.clone(), has_stopped: false });
            }
        }
        let mut workers = Vec::new();
        for slot in 0..WORKERS {
            workers.push(Worker::start(&app, slot, &provider).await);
        }
        let chance = StdRng::seed_from_u64(seed);
        Self { app, world, owner, chance, provider, phones, silences: Vec::new(), workers, deaths: 0 }
    }

    /// Lets it blow until so many texts are written, and then until the last one has its end.
    async fn blow(&mut self, texts: usize) {
        let mut written = 0;
        while written < texts {
            match self.chance.random_range(0..100) {
                0..55 => written += self.write().await,
                55..59 => self.stop_or_start().await,
                59..75 => self.kill().await,
                75..98 => self.let_time_pass().await,
                98 => self.cut_connections().await,
                _ => tokio::time::sleep(Duration::from_millis(2)).await,
            }
            for worker in &self.workers {
                worker.wake.ring();
            }
        }
        for _ in 0..30 {
            self.kill().await;
            self.let_time_pass().await;
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        self.calm_down().await;
    }

    /// Somebody writes to a customer; every third text says the same.
    async fn write(&mut self) -> usize {
        let at = self.chance.random_range(0..self.phones.len());
        let Phone { messages, boss, has_stopped, .. } = &self.phones[at];
        if *has_stopped {
            return 0;
        }
        let words = if self.chance.random_range(0..3) == 0 {
            "Your car is ready".to_owned()
        } else {
            format!("Your bill is ${}", self.chance.random_range(100..100_000))
        };
        self.app.post(messages, boss, &json!({ "content": words })).await.created();
        1
    }

    async fn stop_or_start(&mut self) {
        let at = self.chance.random_range(0..self.phones.len());
        let before = self.now().await;
        let phone = &mut self.phones[at];
        phone.has_stopped = !phone.has_stopped;
        let (number, has_stopped) = (phone.number.clone(), phone.has_stopped);
        let shop = if at < PHONES_OF_A_SHOP { &self.world.ours } else { &self.world.theirs };
        if !has_stopped {
            let silence = self.silences.iter_mut().rfind(|silence| silence.number == number);
            silence.expect("it had stopped").until = Some(before);
        }
        let said = json!({ "from": number, "content": if has_stopped { "STOP" } else { "START" } });
        self.app.post("/sandbox/messages", &shop.mechanic, &said).await.created();
        if has_stopped {
            let from = self.now().await;
            self.silences.push(Silence { number, from, until: None });
        }
    }

    async fn now(&self) -> Timestamp {
        self.owner.query_one("SELECT clock_timestamp()", &[]).await.expect("the time").get(0)
    }

    /// A worker dies; what it held is free once its leases have run out, and another takes its place.
    async fn kill(&mut self) {
        let at = self.chance.random_range(0..self.workers.len());
        self.workers[at].die().await;
        self.deaths += 1;
        let slot = self.workers[at].slot.to_string();
        self.end_leases(&[slot]).await;
        self.workers[at].revive(&self.provider);
    }

    /// Lets the leases of dead workers run out, which takes longer than the provider needs to come to rest.
    async fn end_leases(&self, slots: &[String]) {
        let held = "SELECT id::text FROM messages WHERE status = 'pending'
                       AND lease_token IN (SELECT lease FROM watched WHERE slot = ANY ($1))";
        let rows = self.owner.query(held, &[&slots]).await.expect("what they held");
        let held: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        self.provider.catch_up(&held);
        let end = "UPDATE messages SET lease_until = now() - interval '1 second'
                    WHERE id::text = ANY ($1) AND lease_token IN (SELECT lease FROM watched WHERE slot = ANY ($2))";
        self.owner.execute(end, &[&held, &slots]).await.expect("moved");
    }

    /// Lets the times come that texts wait for, and with them what the provider was late with.
    async fn let_time_pass(&self) {
        let waiting = "SELECT id::text FROM messages
                        WHERE status = 'pending' AND lease_token IS NULL AND next_attempt_at > now()";
        let rows = self.owner.query(waiting, &[]).await.expect("what waits");
        let waiting: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        self.provider.catch_up(&waiting);
        let due = "UPDATE messages SET next_attempt_at = now() - interval '1 second' WHERE id::text = ANY ($1)";
        self.owner.execute(due, &[&waiting]).await.expect("moved");
    }

    /// The database drops the workers' connections.
    async fn cut_connections(&self) {
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name LIKE '%courtesy_worker'";
        self.owner.execute(cut, &[]).await.expect("cut");
    }

    /// The provider becomes kind, the workers are replaced once more, and then everything must find its end.
    async fn calm_down(&mut self) {
        for worker in &mut self.workers {
            worker.die().await;
        }
        self.provider.be_kind();
        let slots: Vec<String> = self.workers.iter().map(|worker| worker.slot.to_string()).collect();
        for _ in 0..600 {
            // Nobody works between the rounds, so whatever is held is held by the dead.
            self.end_leases(&slots).await;
            self.let_time_pass().await;
            let turns = self.workers.iter().map(|worker| outbox::turn(&worker.database, &*self.provider));
            let handled = futures_util::future::try_join_all(turns).await.expect("the database answers");
            if handled.iter().sum::<usize>() == 0 && watch::waiting(&self.owner).await == 0 {
                break;
            }
        }
    }

    #[expect(clippy::print_stdout, reason = "the numbers are worth a look: --nocapture shows them")]
    async fn judged(&self, seed: u64) -> Vec<String> {
        let written = watch::written(&self.owner).await;
        let books = self.provider.books().clone();
        let faults = watch::faults(&self.owner, &books, &self.silences).await;
        println!(
            "seed {seed}: {written} texts, {} handed over, {} taken, {} answers lost, {} workers aborted, {} phones \
             silenced; {} faults",
            books.handed_over.len(),
            books.taken.len(),
            books.lost,
            self.deaths,
            self.silences.len(),
            faults.len()
        );
        faults
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_each_text_leaves_once_at_most_and_finds_its_end() {
    let seed = rand::random();
    let mut storm = Storm::gather(seed, Hostile::new).await;
    storm.blow(300).await;
    assert_eq!(storm.judged(seed).await, [""; 0], "seed {seed}");
}

/// The judgement sees what it should: with a provider that finds nothing, texts in doubt are sent blindly.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outbox_that_sends_blindly_is_seen() {
    let seed = rand::random();
    let mut storm = Storm::gather(seed, Hostile::forgetful).await;
    storm.blow(80).await;
    let faults = storm.judged(seed).await;
    assert!(faults.iter().any(|fault| fault.contains("was taken 2 times")), "{faults:?}");
}
