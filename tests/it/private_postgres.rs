//! The private PostgreSQL on real data directories: what it starts, what it survives, what it refuses.
//!
//! As root these exercise the change of user; as an ordinary user they work the same without it.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod leftovers;
mod refusals;

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use courtesy::db::private::{Places, PrivatePostgres, StartError};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};
use tokio_postgres::{Client, NoTls};

/// What the program gets from its `PATH`.
fn places() -> Places {
    Places::new(None, "/usr/local/bin:/usr/bin:/bin".into())
}

/// A folder others may pass through, as the server's user has to.
fn folder() -> TempDir {
    tempfile::Builder::new().permissions(Permissions::from_mode(0o711)).tempdir().unwrap()
}

async fn start(data_dir: &Path) -> PrivatePostgres {
    PrivatePostgres::start(data_dir, &places()).await.unwrap()
}

async fn refusal(data_dir: &Path, places: &Places) -> StartError {
    PrivatePostgres::start(data_dir, places).await.expect_err("it must be refused")
}

#[expect(clippy::disallowed_methods, reason = "the server is under test here, not what db/ makes of it")]
async fn connect(config: &tokio_postgres::Config) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = config.connect(NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// A committed row, to be found again.
async fn save_a_car(server: &PrivatePostgres) {
    let client = connect(&server.config()).await.unwrap();
    client.batch_execute("create table cars (plate text); insert into cars values ('M-CI 1')").await.unwrap();
}

async fn saved_plate(client: &Client) -> String {
    client.query_one("select plate from cars", &[]).await.unwrap().get(0)
}

async fn setting(client: &Client, name: &str) -> String {
    client.query_one("select current_setting($1)", &[&name]).await.unwrap().get(0)
}

/// The folder of the one major version in use.
fn version_folder(data_dir: &Path) -> PathBuf {
    let mut folders = fs::read_dir(data_dir).unwrap().map(|entry| entry.unwrap().path());
    folders.find(|path| path.join("data/PG_VERSION").exists()).unwrap()
}

fn server_pid(data_dir: &Path) -> Pid {
    let content = fs::read_to_string(version_folder(data_dir).join("data/postmaster.pid")).unwrap();
    Pid::from_raw(content.lines().next().unwrap().parse().unwrap()).unwrap()
}

/// A command as the user the database belongs to.
fn as_database_user(data_dir: &Path, program: &str) -> Command {
    let owner = fs::metadata(version_folder(data_dir).join("data")).unwrap();
    let mut command = Command::new(program);
    if geteuid().is_root() {
        command.uid(owner.uid()).gid(owner.gid());
    }
    command.current_dir(version_folder(data_dir));
    command
}

#[tokio::test]
async fn a_new_database_belongs_to_a_login_that_is_no_superuser() {
    let parent = folder();
    // Quotes, commas and spaces have a meaning in PostgreSQL's settings.
    let data_dir = parent.path().join("new/the \"shop's\" data, all");
    let server = start(&data_dir).await;
    let client = connect(&server.config()).await.unwrap();

    let login = client
        .query_one(
            "select rolname::text, rolsuper, rolcreaterole, rolcreatedb, pg_get_userbyid(datdba)::text, datname::text
             from pg_roles, pg_database where rolname = current_user and datname = current_database()",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(login.get::<_, &str>(0), "courtesy");
    assert_eq!([1, 2, 3].map(|column| login.get::<_, bool>(column)), [false, true, true]);
    assert_eq!((login.get(4), login.get(5)), ("courtesy", "courtesy"));
    for (name, value) in [
        ("listen_addresses", ""),
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("server_encoding", "UTF8"),
        ("lc_collate", "C.UTF-8"),
    ] {
        assert_eq!(setting(&client, name).await, value, "{name}");
    }
    server.stop().await;
}

#[tokio::test]
async fn nobody_but_the_programs_user_and_the_servers_gets_in() {
    let data_dir = folder();
    let server = start(data_dir.path()).await;
    let pid = server_pid(data_dir.path());
    let run = fs::metadata(version_folder(data_dir.path()).join("run")).unwrap();
    let process = fs::metadata(format!("/proc/{}", pid.as_raw_nonzero())).unwrap();

    assert_ne!(process.uid(), 0, "PostgreSQL must not run as root");
    assert_eq!(run.uid(), process.uid());
    assert_eq!(run.mode() & 0o777, 0o700);
    for private in [data_dir.path().join("lock"), version_folder(data_dir.path()).join("postgres.log")] {
        assert_eq!(fs::metadata(&private).unwrap().mode() & 0o777, 0o600, "{}", private.display());
    }
    let mut other_login = server.config();
    other_login.user("somebody");
    let refused = connect(&other_login).await.err().unwrap();
    assert_eq!(refused.code(), Some(&tokio_postgres::error::SqlState::INVALID_AUTHORIZATION_SPECIFICATION));
    server.stop().await;
}

#[tokio::test]
async fn the_servers_environment_holds_nothing_of_the_programs() {
    let data_dir = folder();
    let server = start(data_dir.path()).await;

    let environment = fs::read(format!("/proc/{}/environ", server_pid(data_dir.path()).as_raw_nonzero())).unwrap();

    let environment = String::from_utf8(environment).unwrap();
    let names: Vec<&str> = environment.split('\0').filter_map(|pair| Some(pair.split_once('=')?.0)).collect();
    assert!(names.contains(&"PATH"), "there is something to look at: {names:?}");
    assert!(names.iter().all(|name| ["PATH", "PWD", "OLDPWD"].contains(name) || name.starts_with("PG")), "{names:?}");
    server.stop().await;
}

#[tokio::test]
async fn committed_data_survives_a_stop() {
    let data_dir = folder();
    let server = start(data_dir.path()).await;
    save_a_car(&server).await;
    server.stop().await;
    assert!(!version_folder(data_dir.path()).join("data/postmaster.pid").exists(), "stop waits for the end");

    let server = start(data_dir.path()).await;

    assert_eq!(saved_plate(&connect(&server.config()).await.unwrap()).await, "M-CI 1");
    server.stop().await;
}

#[tokio::test]
async fn a_killed_server_is_started_again_with_what_was_committed() {
    let data_dir = folder();
    let server = start(data_dir.path()).await;
    save_a_car(&server).await;
    let config = server.config();
    // One that computes and never looks whether the main process is still there.
    let busy = connect(&config).await.unwrap();
    let work =
        tokio::spawn(async move { busy.query("select sum(i) from generate_series(1, 1e12::bigint) i", &[]).await });

    kill_process(server_pid(data_dir.path()), Signal::KILL).unwrap();

    assert!(work.await.unwrap().is_err());
    let client = timeout(Duration::from_secs(20), async {
        loop {
            match connect(&config).await {
                Ok(client) => return client,
                Err(_) => sleep(Duration::from_millis(20)).await,
            }
        }
    });
    assert_eq!(saved_plate(&client.await.unwrap()).await, "M-CI 1");
    server.stop().await;
}
