//! One PostgreSQL for the whole run, and a fresh database for each test: a copy of one that is migrated and has two
//! shops in it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{OnceLock, mpsc};

use courtesy::db::private::{Places, PrivatePostgres};
use courtesy::db::{Database, migrate};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

use super::world::World;

/// The running server, with its template.
pub(crate) struct Cluster {
    owner: Config,
    pub world: World,
    done: mpsc::Sender<String>,
}

const TEMPLATE: &str = "template_of_two_shops";

/// The run's server; the first test to ask starts it. It ends with the process, as the launcher makes sure.
pub(crate) fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        // What a request logs as a fault of ours is printed with the test that made it.
        let _ = tracing_subscriber::fmt().with_test_writer().with_max_level(tracing::Level::WARN).try_init();
        let (ready, started) = mpsc::channel();
        let (done, finished) = mpsc::channel();
        // A thread with a runtime of its own: a test's runtime ends with the test, the server must not.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(async {
                sweep_leftovers();
                let folder = folder(std::process::id());
                let server = PrivatePostgres::start(&folder, &places()).await.expect("PostgreSQL starts");
                let owner = fast(server.config());
                let world = build_template(&owner).await;
                ready.send((owner.clone(), world)).expect("the test waits");
                drop_databases(&owner, finished).await;
            });
        });
        let (owner, world) = started.recv().expect("the server's thread lives");
        Cluster { owner, world, done }
    })
}

impl Cluster {
    /// A copy of the template, as its owner sees it.
    pub(crate) async fn new_database(&self) -> Config {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        create(&self.owner, &name, TEMPLATE).await
    }

    /// A database with nothing in it.
    pub(crate) async fn empty_database(&self) -> Config {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("empty_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        create(&self.owner, &name, "template0").await
    }

    /// Lets in a login that a test has made: the private PostgreSQL knows only its own.
    pub(crate) async fn let_in(&self, login: &str) {
        let [Host::Unix(socket)] = self.owner.get_hosts() else { panic!("one socket") };
        let map = socket.with_file_name("pg_ident.conf");
        let known = std::fs::read_to_string(&map).expect("the program wrote it");
        let callers = known.lines().filter_map(|line| line.strip_suffix(" courtesy"));
        let lines =
            callers.flat_map(|caller| ["courtesy", "postgres", login].map(|name| format!("{caller} {name}\n")));
        let content = lines.collect::<Vec<_>>().concat();
        std::fs::write(&map, content).expect("it can be changed");
        let mut config = self.owner.clone();
        let superuser = migrate::connect(config.user("postgres")).await.expect("the superuser connects");
        superuser.batch_execute("SELECT pg_reload_conf()").await.expect("it reads its files again");
        // It does so a moment later.
        while migrate::connect(config.user(login)).await.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// Lets a database go.
    pub(crate) fn drop_database(&self, database: &Config) {
        if let Some(name) = database.get_dbname() {
            let _ = self.done.send(name.to_owned());
        }
    }
}

/// Where the tests look for PostgreSQL: where the program does.
#[expect(clippy::disallowed_methods, reason = "the tests' own way to the machine's PATH")]
pub(crate) fn places() -> Places {
    Places::new(std::env::var_os("COURTESY_PG_BIN").map(PathBuf::from), std::env::var_os("PATH").unwrap_or_default())
}

/// Tests move rows instead of waiting, and nothing of theirs has to survive a crash of the machine.
fn fast(mut config: Config) -> Config {
    config.options("-c synchronous_commit=off");
    config
}

async fn build_template(owner: &Config) -> World {
    let template = create(owner, TEMPLATE, "template0").await;
    migrate::migrate(&template).await.expect("the migrations apply");
    let database = Database::with_one_connection(&template);
    let world = World::build(database.clone()).await;
    // A database can be copied only while nobody is connected to it.
    database.close();
    world
}

async fn create(owner: &Config, name: &str, template: &str) -> Config {
    let client = migrate::connect(owner).await.expect("the owner connects");
    for attempt in 0.. {
        // PostgreSQL notices a closed connection a moment later, and then the template is still "being accessed".
        match client.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await {
            Ok(()) => break,
            Err(error) if attempt < 100 && is_being_accessed(&error) => {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            Err(error) => panic!("creating {name}: {error:?}"),
        }
    }
    let mut config = owner.clone();
    config.dbname(name);
    config
}

fn is_being_accessed(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&tokio_postgres::error::SqlState::OBJECT_IN_USE)
}

async fn drop_databases(owner: &Config, finished: mpsc::Receiver<String>) {
    let client = migrate::connect(owner).await.expect("the owner connects");
    while let Ok(name) = finished.recv() {
        let _ = client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    }
}

/// Below the system's folder for temporary files, because the database's own user has to reach it.
fn folder(process: u32) -> PathBuf {
    std::env::temp_dir().join(format!("courtesy-tests-{process}"))
}

/// Removes what earlier runs left, whose process is gone.
fn sweep_leftovers() {
    for entry in std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix("courtesy-tests-"));
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
