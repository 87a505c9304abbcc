//! The backup drill: what `pg_dump` writes as the backup role is restored, counted and judged.

use std::env::split_paths;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use courtesy::db::migrate;
use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config};

use crate::isolation::fill;
use crate::support::TestApp;
use crate::support::cluster::{cluster, places};
use crate::tenancy_catalogue::judgements::faults;

/// A program of PostgreSQL's that stands beside the server, on this database as this login.
fn program(name: &str, database: &Config, login: &str, arguments: &[&str]) -> Output {
    let Some(Host::Unix(socket)) = database.get_hosts().first() else { panic!("a socket") };
    let mut command = Command::new(server_folder().join(name));
    command.arg("-h").arg(socket).args(["-U", login, "-d", database.get_dbname().unwrap()]).args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// The first folder that holds the server and its tools.
fn server_folder() -> PathBuf {
    let places = places();
    let installed = std::fs::read_dir(&places.installed).into_iter().flatten().flatten();
    let folders = places.explicit.into_iter().chain(split_paths(&places.search_path));
    let mut folders = folders.chain(installed.map(|version| version.path().join("bin")));
    let holds = |folder: &Path, name: &OsStr| folder.join(name).is_file();
    folders.find(|it| holds(it, "postgres".as_ref()) && holds(it, "pg_dump".as_ref())).expect("pg_dump stands there")
}

/// How many rows each table has, as the owner counts them.
async fn counts(owner: &Client) -> Vec<(String, i64)> {
    let sql = "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname IN ('public', 'courtesy') AND c.relkind IN ('r', 'S') ORDER BY 1";
    let mut counts = Vec::new();
    for row in owner.query(sql, &[]).await.unwrap() {
        let name: String = row.get(0);
        let count = owner.query_one(&format!("SELECT count(*) FROM {name}"), &[]).await.unwrap().get(0);
        counts.push((name, count));
    }
    counts
}

#[tokio::test]
async fn a_backup_is_restored_with_every_row_and_every_right() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    fill(&owner, &world).await;
    let before = counts(&owner).await;
    assert!(before.iter().all(|(_, count)| *count > 0), "every table has rows that could be lost: {before:?}");

    let roles = ["--role=courtesy_backup", "--enable-row-security"];
    let dump = program("pg_dump", app.owner_config(), "courtesy", &roles);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), dump.stdout).unwrap();
    let empty = cluster().empty_database().await;
    // As the administrator: only they may give functions to courtesy_door, which can't create any itself.
    let quietly = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", file.path().to_str().unwrap()];
    program("psql", &empty, "postgres", &quietly);

    let restored = migrate::connect(&empty).await.unwrap();
    assert_eq!(counts(&restored).await, before);
    assert_eq!(faults(&restored).await, [""; 0], "the shops are apart there too");
    assert_eq!(migrate::migrate(&empty).await.unwrap(), 0, "and the program goes on from there");
    drop(restored);
    cluster().drop_database(&empty);
}
