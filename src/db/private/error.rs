//! Why the private PostgreSQL can't start: one sentence each, with what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use super::binaries::OLDEST_MAJOR;
use super::folder::LONGEST_SOCKET_PATH;

/// Why the private PostgreSQL can't start. Displayed it is the whole sentence for the operator; there is no chain of
/// causes to print after it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No programs of PostgreSQL in any of the usual places.
    #[error(
        "PostgreSQL {OLDEST_MAJOR} or newer is not installed: run `apt install postgresql`, or set COURTESY_PG_BIN to \
         the folder of its programs, or DATABASE_URL to a server"
    )]
    NoPostgres,

    /// The operator named a folder without them.
    #[error("COURTESY_PG_BIN names {}, which holds no working `postgres` and `initdb`", .folder.display())]
    NotInFolder {
        /// The named folder.
        folder: PathBuf,
    },

    /// Only versions that are too old.
    #[error(
        "{} holds PostgreSQL {major}, but {OLDEST_MAJOR} or newer is needed: run `apt install postgresql`, or set \
         COURTESY_PG_BIN to the folder of a newer one", .folder.display()
    )]
    TooOld {
        /// Where the newest was found.
        folder: PathBuf,
        /// Its major version.
        major: u32,
    },

    /// The database belongs to a major version that isn't installed.
    #[error(
        "the database in {} belongs to PostgreSQL {held}, but PostgreSQL {found} was found: install that version \
         (`apt install postgresql-{held}`), or choose another COURTESY_DATA_DIR", .folder.display()
    )]
    OtherMajor {
        /// The folder of the database.
        folder: PathBuf,
        /// What its `PG_VERSION` says.
        held: u32,
        /// The version that would be used for a new database.
        found: u32,
    },

    /// A user id without a name; peer authentication and `initdb` need one.
    #[error(
        "the user with id {uid} that would run PostgreSQL has no name in the system's user list: add the user, or set \
         DATABASE_URL to a server"
    )]
    NamelessUser {
        /// The user's number.
        uid: u32,
    },

    /// Root must not run PostgreSQL, and nobody else was found to.
    #[error(
        "root can't run PostgreSQL itself and the users `postgres` and `nobody` don't exist: give the folder {} to \
         the user that shall run it", .folder.display()
    )]
    NoAccount {
        /// The data directory.
        folder: PathBuf,
    },

    /// The operating system refused a file or folder.
    #[error("{} can't be used: {reason}; make it writable, or choose another COURTESY_DATA_DIR", .path.display())]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's answer.
        reason: io::Error,
    },

    /// The account that runs the server can't get to the data directory.
    #[error(
        "the user {user}, who runs PostgreSQL, can't enter {}: run `chmod o+x` on it, or choose another \
         COURTESY_DATA_DIR", .folder.display()
    )]
    Unreachable {
        /// The first folder on the way that refuses.
        folder: PathBuf,
        /// The account's name.
        user: String,
    },

    /// Unix sockets have short names.
    #[error(
        "the socket's path {} is longer than {LONGEST_SOCKET_PATH} bytes: choose a shorter COURTESY_DATA_DIR",
        .path.display()
    )]
    SocketPathTooLong {
        /// Where the socket would be.
        path: PathBuf,
    },

    /// A second program on the same data directory.
    #[error("{} is in use by another courtesy ({holder}): stop that one, or choose another COURTESY_DATA_DIR",
        .folder.display()
    )]
    InUse {
        /// The data directory.
        folder: PathBuf,
        /// `process 4711`, or that it isn't known.
        holder: String,
    },

    /// What an earlier program left behind doesn't even yield to SIGKILL.
    #[error(
        "a PostgreSQL that was left running on this database (process {pid}) can't be stopped: end it, then start again"
    )]
    Leftover {
        /// One of its processes.
        pid: i32,
    },

    /// No space left, or the quota is used up.
    #[error("the disk of {} is full: make room there, then start again", .folder.display())]
    DiskFull {
        /// Where there was something to be written.
        folder: PathBuf,
    },

    /// A program of the operating system that is needed can't be run.
    #[error("`{tool}` can't be run: {reason}; on Debian it comes with `apt install {package}`")]
    Tool {
        /// The program.
        tool: &'static str,
        /// The package that holds it.
        package: &'static str,
        /// The operating system's answer.
        reason: io::Error,
    },

    /// PostgreSQL gave up and said why.
    #[error("{program} failed in {}: {reason}", .folder.display())]
    Failed {
        /// `initdb` or `postgres`.
        program: &'static str,
        /// The folder it worked in; the server's log lies there.
        folder: PathBuf,
        /// The decisive line of what it said.
        reason: String,
    },
}

impl StartError {
    /// The operating system refused `path`.
    pub(super) fn folder(path: &Path, reason: io::Error) -> Self {
        match reason.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { folder: path.to_owned() },
            _ => Self::Folder { path: path.to_owned(), reason },
        }
    }

    /// A program of PostgreSQL ended by itself and left `output`.
    pub(super) fn failed(program: &'static str, folder: &Path, output: &str) -> Self {
        let folder = folder.to_owned();
        if output.contains("No space left on device") || output.contains("Disk quota exceeded") {
            return Self::DiskFull { folder };
        }
        Self::Failed { program, folder, reason: decisive_line(output).to_owned() }
    }
}

/// The last line that names an error; without one the last line at all.
fn decisive_line(output: &str) -> &str {
    const MARKS: [&str; 3] = ["PANIC: ", "FATAL: ", "error: "];
    let lines = || output.lines().map(str::trim).filter(|line| !line.is_empty());
    lines()
        .rfind(|line| MARKS.iter().any(|mark| line.contains(mark)))
        .or_else(|| lines().next_back())
        .unwrap_or("it said nothing")
}
