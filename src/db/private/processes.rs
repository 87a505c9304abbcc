//! The processes of one database, found by name: also those that a killed program or a killed server left behind.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::time::{Instant, sleep};

use super::account::Account;
use super::error::StartError;

/// SIGINT: roll back, write a checkpoint, end. SIGQUIT: end, and recover at the next start. A committed transaction
/// survives all three.
const INSISTENCE: [(Signal, Duration); 3] = [
    (Signal::INT, Duration::from_secs(10)),
    (Signal::QUIT, Duration::from_secs(2)),
    (Signal::KILL, Duration::from_secs(2)),
];

/// Every process of the database in one folder.
#[derive(Debug)]
pub(super) struct Processes {
    /// The server's `cluster_name`. It is an argument of the main process and in the title of all others, where
    /// everybody may read it; their working directories need a right that root lacks in containers.
    pub(super) name: String,
    uid: u32,
}

struct Process {
    pid: Pid,
    /// Waits for its children, which SIGINT would only have cancel what they do.
    main: bool,
}

impl Processes {
    /// Of the database in `data`, run by `account`. Device and inode tell it from one that has the same path in another
    /// container.
    pub(super) fn of(data: &Path, account: &Account) -> Result<Self, StartError> {
        let folder = fs::metadata(data).map_err(|reason| StartError::folder(data, reason))?;
        Ok(Self { name: format!("courtesy-{:x}-{:x}", folder.dev(), folder.ino()), uid: account.uid })
    }

    /// Ends them all and waits until they are gone.
    pub(super) async fn end(&self) -> Result<(), StartError> {
        for (signal, patience) in INSISTENCE {
            let deadline = Instant::now() + patience;
            self.send(signal);
            while Instant::now() < deadline {
                let left = self.list();
                if left.is_empty() {
                    return Ok(());
                }
                if signal == Signal::INT && !left.iter().any(|process| process.main) {
                    // Without the main process nobody tells the others to end; they are told next.
                    break;
                }
                sleep(Duration::from_millis(20)).await;
            }
        }
        self.list().first().map_or(Ok(()), |left| Err(StartError::Leftover { pid: left.pid.as_raw_nonzero().get() }))
    }

    fn send(&self, signal: Signal) {
        for process in self.list() {
            if process.main || signal != Signal::INT {
                // One that has just ended needs no signal; one that may not be signalled is found again by the caller.
                let _ = kill_process(process.pid, signal);
            }
        }
    }

    fn list(&self) -> Vec<Process> {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        entries
            .filter_map(|entry| {
                let pid = entry.file_name().to_str()?.parse().ok()?;
                // A process may end while it is looked at.
                let mine = entry.metadata().ok()?.uid() == self.uid;
                let title = fs::read(entry.path().join("cmdline")).ok()?;
                let named = title.windows(self.name.len()).any(|part| part == self.name.as_bytes());
                let main = !title.starts_with(b"postgres: ");
                (mine && named).then_some(Process { pid: Pid::from_raw(pid)?, main })
            })
            .collect()
    }
}

/// Removes `postmaster.pid` and the socket's files where they outlived their server and the number in them belongs to
/// something else by now, or to a killed server nobody has waited for yet: PostgreSQL would take that for a running
/// server and refuse to start. Call it when no process is left.
pub(super) fn clear_traces(data: &Path, run: &Path) -> io::Result<()> {
    let trace = data.join("postmaster.pid");
    let Ok(content) = fs::read_to_string(&trace) else {
        return Ok(());
    };
    if is_running_server(content.lines().next().unwrap_or_default()) {
        // Perhaps the operator started it by hand on this database. PostgreSQL knows, and says so.
        return Ok(());
    }
    for entry in fs::read_dir(run)? {
        fs::remove_file(entry?.path())?;
    }
    fs::remove_file(trace)
}

/// A process that has ended keeps its name until it is waited for, but loses its command line.
fn is_running_server(pid: &str) -> bool {
    let is_postgres = |command: Vec<u8>| command.windows(8).any(|part| part == b"postgres");
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(is_postgres)
}
