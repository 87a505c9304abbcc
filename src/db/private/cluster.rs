//! A new database ("cluster" in PostgreSQL's language), made completely or not at all.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Output, Stdio};

use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use uuid::Uuid;

use super::account::{Account, no_setpriv};
use super::binaries::Binaries;
use super::error::StartError;
use super::folder::{Folder, make};
use super::{DATABASE, LOGIN, SUPERUSER};

/// Begins the name of a folder in which a database is being made.
const UNFINISHED: &str = "unfinished-";

/// Makes the database. It is made in a folder of another name, which is renamed when everything is on the disk, so a
/// power cut leaves nothing that looks like a database and isn't one.
pub(super) async fn create(folder: &Folder, account: &Account, binaries: &Binaries) -> Result<(), StartError> {
    let refused = |reason| StartError::folder(folder.path(), reason);
    // A new name each time: an initdb that was orphaned a moment ago may still write into the old one.
    let unfinished = folder.path().join(format!("{UNFINISHED}{}", Uuid::new_v4().simple()));
    make(&unfinished, 0o700).map_err(refused)?;
    account.give(&unfinished)?;
    let filled = fill(&unfinished, folder, account, binaries).await;
    if let Err(reason) = filled.and_then(|()| publish(&unfinished, folder).map_err(refused)) {
        // The reason matters more than a folder that stays behind: the next start removes it.
        let _ = fs::remove_dir_all(&unfinished);
        return Err(reason);
    }
    Ok(())
}

/// Removes what killed first starts left behind.
pub(super) fn remove_unfinished(folder: &Folder) -> Result<(), StartError> {
    let entries = fs::read_dir(folder.path()).map_err(|reason| StartError::folder(folder.path(), reason))?;
    for entry in entries.flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(UNFINISHED.as_bytes())
            && let Err(reason) = fs::remove_dir_all(entry.path())
        {
            // Most likely something still writes into it; the next start removes it.
            tracing::warn!("{} stays for now: {reason}", entry.path().display());
        }
    }
    Ok(())
}

async fn fill(data: &Path, folder: &Folder, account: &Account, binaries: &Binaries) -> Result<(), StartError> {
    let mut initdb = account.command(binaries.initdb(), "KILL");
    initdb.arg("-D").arg(data).arg(format!("--username={SUPERUSER}"));
    initdb.args(["--locale=C.UTF-8", "--encoding=UTF8", "--data-checksums", "--auth=peer", "--no-sync"]);
    run("initdb", initdb, folder, "").await?;

    // Without a server (`--single`), so that nobody can connect before owner and rules exist.
    let mut single = account.command(binaries.postgres(), "KILL");
    single.arg("--single").arg("-D").arg(data).args(["-F", "-c", "exit_on_error=on", "template1"]);
    let statements = format!(
        "create role {LOGIN} login createrole createdb nosuperuser\n\
         create database {DATABASE} owner {LOGIN}\n"
    );
    run("postgres", single, folder, &statements).await
}

async fn run(program: &'static str, mut command: Command, folder: &Folder, input: &str) -> Result<(), StartError> {
    command.current_dir(folder.path()).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(no_setpriv)?;
    let mut stdin = child.stdin.take().expect("it was asked for");
    // A program that refuses before it has read everything says why; the broken pipe is only the consequence.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let Output { status, stderr, .. } = child.wait_with_output().await.map_err(no_setpriv)?;
    if status.success() {
        return Ok(());
    }
    Err(StartError::failed(program, folder.path(), &String::from_utf8_lossy(&stderr)))
}

/// initdb and the statements left syncing to one pass over the file system, which is several times faster.
fn publish(unfinished: &Path, folder: &Folder) -> io::Result<()> {
    rustix::fs::syncfs(File::open(folder.path())?)?;
    fs::rename(unfinished, folder.data())?;
    File::open(folder.path())?.sync_all()
}
