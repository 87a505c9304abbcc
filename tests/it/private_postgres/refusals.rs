//! Why it can't start, in one sentence each.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use courtesy::db::private::{Places, StartError};
use rustix::process::geteuid;

use super::{folder, places, refusal};

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
