//! The private PostgreSQL on real data directories: what it starts, what it survives, what it refuses.
//!
//! As root these exercise the change of user; as an ordinary user they work the same without it.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
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

/// A folder with programs of these names that do what `script` says.
fn fake_programs(into: &Path, programs: &[(&str, &str)]) -> Places {
    let bin = into.join("bin");
    fs::create_dir(&bin).unwrap();
    for (name, script) in programs {
        let program = bin.join(name);
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    }
    fs::set_permissions(&bin, Permissions::from_mode(0o755)).unwrap();
    Places { explicit: Some(bin), ..places() }
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

#[tokio::test]
async fn a_second_program_on_the_same_directory_is_refused() {
    let data_dir = folder();
    let server = start(data_dir.path()).await;

    let refusal = refusal(data_dir.path(), &places()).await;

    assert!(matches!(refusal, StartError::InUse { .. }), "{refusal:?}");
    assert!(refusal.to_string().contains(&format!("(process {})", std::process::id())), "{refusal}");
    assert!(connect(&server.config()).await.is_ok(), "the first one goes on");
    server.stop().await;
}

#[tokio::test]
async fn a_server_that_was_left_running_is_stopped_first() {
    let data_dir = folder();
    let server = start(data_dir.path()).await;
    let command_line = fs::read(format!("/proc/{}/cmdline", server_pid(data_dir.path()).as_raw_nonzero())).unwrap();
    server.stop().await;
    let mut left = leave_running(data_dir.path(), &String::from_utf8(command_line).unwrap()).await;

    let server = start(data_dir.path()).await;

    assert!(left.try_wait().unwrap().is_some(), "it has ended");
    assert!(connect(&server.config()).await.is_ok());
    server.stop().await;
}

/// Starts the server as the program does, but not as its child, and waits until it has opened the database.
async fn leave_running(data_dir: &Path, command_line: &str) -> Child {
    let mut words = command_line.trim_end_matches('\0').split('\0');
    let child = as_database_user(data_dir, words.next().unwrap()).args(words).spawn().unwrap();
    let socket = version_folder(data_dir).join("run/.s.PGSQL.5432");
    timeout(Duration::from_secs(10), async {
        while !socket.exists() {
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
    child
}

/// What a server that was killed leaves behind, had it been this process.
fn leave_trace(data_dir: &Path, process: &Child) {
    let data = version_folder(data_dir).join("data");
    let trace = format!("{}\n{}\n1700000000\n5432\n../run\n\n\nready\n", process.id(), data.display());
    fs::write(data.join("postmaster.pid"), trace).unwrap();
}

#[tokio::test]
async fn a_number_that_belongs_to_another_process_by_now_is_no_server() {
    let data_dir = folder();
    start(data_dir.path()).await.stop().await;
    let mut bystander = as_database_user(data_dir.path(), "sleep").arg("60").spawn().unwrap();
    leave_trace(data_dir.path(), &bystander);

    let server = start(data_dir.path()).await;

    assert!(connect(&server.config()).await.is_ok());
    assert!(bystander.try_wait().unwrap().is_none(), "it is not ours to end");
    server.stop().await;
    bystander.kill().unwrap();
    bystander.wait().unwrap();
}

/// In a container whose first process waits for nobody's children that lasts until the container ends.
#[tokio::test]
async fn a_killed_server_that_nobody_waits_for_is_no_server() {
    let data_dir = folder();
    start(data_dir.path()).await.stop().await;
    let program = data_dir.path().join("postgres");
    fs::copy("/bin/true", &program).unwrap();
    let mut dead = as_database_user(data_dir.path(), program.to_str().unwrap()).spawn().unwrap();
    leave_trace(data_dir.path(), &dead);
    let state = format!("/proc/{}/cmdline", dead.id());
    timeout(Duration::from_secs(10), async {
        while !fs::read(&state).unwrap().is_empty() {
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();

    let server = start(data_dir.path()).await;

    assert!(connect(&server.config()).await.is_ok());
    server.stop().await;
    dead.wait().unwrap();
}

/// The first folder to appear in another.
async fn first_folder_in(folder: &Path) -> PathBuf {
    loop {
        let mut entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        if let Some(first) = entries.find(|path| path.is_dir()) {
            return first;
        }
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_first_start_that_was_cut_short_is_begun_anew() {
    let data_dir = folder();
    let places = places();
    let folder = tokio::select! {
        _ = PrivatePostgres::start(data_dir.path(), &places) => panic!("creating a database takes longer"),
        folder = first_folder_in(data_dir.path()) => folder,
    };
    let unfinished = folder.join("unfinished-by-a-killed-program");
    fs::create_dir(&unfinished).unwrap();
    fs::write(unfinished.join("PG_VERSION"), "15\n").unwrap();

    let server = start(data_dir.path()).await;

    assert!(connect(&server.config()).await.is_ok());
    assert!(!unfinished.exists());
    server.stop().await;
}

#[tokio::test]
async fn a_database_of_another_major_version_is_refused() {
    let data_dir = folder();
    let data = data_dir.path().join("postgres-14/data");
    fs::create_dir_all(&data).unwrap();
    fs::write(data.join("PG_VERSION"), "14\n").unwrap();

    let refusal = refusal(data_dir.path(), &places()).await;

    assert!(matches!(refusal, StartError::OtherMajor { held: 14, .. }), "{refusal:?}");
    assert!(refusal.to_string().contains("postgres-14 belongs to PostgreSQL 14"), "{refusal}");
}

#[tokio::test]
async fn a_missing_postgresql_is_named_with_the_way_to_get_it() {
    let data_dir = folder();
    let nowhere = data_dir.path().join("nowhere");
    let places = Places { explicit: None, search_path: nowhere.clone().into(), installed: nowhere.clone() };
    let missing = refusal(data_dir.path(), &places).await;
    assert!(matches!(missing, StartError::NoPostgres), "{missing:?}");
    assert!(missing.to_string().contains("apt install postgresql"), "{missing}");

    let places = Places { explicit: Some(nowhere), ..places };
    let missing = refusal(data_dir.path(), &places).await;
    assert!(matches!(missing, StartError::NotInFolder { .. }), "{missing:?}");
}

#[tokio::test]
async fn a_postgresql_that_is_too_old_is_refused() {
    let data_dir = folder();
    let places =
        fake_programs(data_dir.path(), &[("postgres", "echo 'postgres (PostgreSQL) 14.9'"), ("initdb", "exit 1")]);

    let refusal = refusal(data_dir.path(), &places).await;

    assert!(matches!(refusal, StartError::TooOld { major: 14, .. }), "{refusal:?}");
}

#[tokio::test]
async fn the_highest_installed_version_is_taken_unless_a_database_needs_another() {
    let installed = folder();
    for major in ["9", "15", "17"] {
        let version = installed.path().join(major);
        fs::create_dir(&version).unwrap();
        fake_programs(
            &version,
            &[
                ("postgres", &format!("echo 'postgres (PostgreSQL) {major}.1'")),
                ("initdb", &format!("echo 'initdb: error: I am {major}' >&2; exit 1")),
            ],
        );
        fs::set_permissions(&version, Permissions::from_mode(0o755)).unwrap();
    }
    let places = Places { explicit: None, search_path: "".into(), installed: installed.path().to_owned() };
    let data_dir = folder();
    assert!(refusal(data_dir.path(), &places).await.to_string().ends_with("initdb: error: I am 17"));

    let data = data_dir.path().join("postgres-16/data");
    fs::create_dir_all(&data).unwrap();
    fs::write(data.join("PG_VERSION"), "16\n").unwrap();
    let refusal = refusal(data_dir.path(), &places).await;
    assert!(matches!(refusal, StartError::OtherMajor { held: 16, found: 17, .. }), "{refusal:?}");
}

#[tokio::test]
async fn a_folder_the_servers_user_cannot_reach_is_named() {
    let parent = folder();
    let closed = parent.path().join("closed");
    fs::create_dir(&closed).unwrap();
    // Root passes this, the server's user doesn't; an ordinary user is both and isn't let in at all.
    let mode = if geteuid().is_root() { 0o700 } else { 0o000 };
    fs::set_permissions(&closed, Permissions::from_mode(mode)).unwrap();

    let refusal = refusal(&closed.join("data"), &places()).await;

    assert!(refusal.to_string().contains(closed.to_str().unwrap()), "{refusal}");
    if geteuid().is_root() {
        assert!(matches!(&refusal, StartError::Unreachable { folder, .. } if *folder == closed), "{refusal:?}");
    } else {
        assert!(matches!(refusal, StartError::Folder { .. }), "{refusal:?}");
    }
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_is_refused() {
    let parent = folder();

    let refusal = refusal(&parent.path().join("x".repeat(90)), &places()).await;

    assert!(matches!(refusal, StartError::SocketPathTooLong { .. }), "{refusal:?}");
}

/// The words are those of a real initdb on a full file system.
#[tokio::test]
async fn a_full_disk_is_called_a_full_disk() {
    let data_dir = folder();
    let places = fake_programs(
        data_dir.path(),
        &[
            ("postgres", "echo 'postgres (PostgreSQL) 15.1'"),
            (
                "initdb",
                "echo 'initdb: error: could not write to file \"pg_wal/xlogtemp.42\": No space left on device' >&2; exit 1",
            ),
        ],
    );

    let refusal = refusal(data_dir.path(), &places).await;

    assert!(matches!(refusal, StartError::DiskFull { .. }), "{refusal:?}");
    let left = fs::read_dir(data_dir.path().join("postgres-15")).unwrap();
    assert!(!left.flatten().any(|entry| entry.file_name().to_string_lossy().contains("unfinished")), "cleaned up");
}

#[tokio::test]
async fn a_failing_initdb_is_quoted_in_one_line() {
    let data_dir = folder();
    let places = fake_programs(
        data_dir.path(),
        &[
            ("postgres", "echo 'postgres (PostgreSQL) 15.1'"),
            ("initdb", "printf 'initdb: error: no locale\\ninitdb: removing contents\\n' >&2; exit 1"),
        ],
    );

    let refusal = refusal(data_dir.path(), &places).await;

    assert!(refusal.to_string().starts_with("initdb failed in "), "{refusal}");
    assert!(refusal.to_string().ends_with(": initdb: error: no locale"), "{refusal}");
}
