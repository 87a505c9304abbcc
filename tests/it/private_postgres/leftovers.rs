//! What a program that was killed left behind: a server, its trace, half a database.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use courtesy::db::private::{PrivatePostgres, StartError};
use tokio::time::{sleep, timeout};

use super::{as_database_user, connect, folder, places, refusal, server_pid, start, version_folder};

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
