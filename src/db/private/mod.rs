//! The private PostgreSQL: a server of the program's own, for shops that have no database server.
//!
//! It lives below the data directory and answers on a Unix socket only. No password exists: the operating system tells
//! the server who is calling (peer authentication). Data directory, as far as it is written here:
//!
//! ```text
//! lock                    held while a program uses this directory, names its process
//! postgres-15/            one folder per major version, because their files don't fit each other
//!     data/               the database, belongs to the account that runs the server
//!     run/                the socket, only for that account (and root)
//!     postgresql.conf, pg_hba.conf, pg_ident.conf    written at every start; ALTER SYSTEM survives
//!     postgres.log, postgres.log.1                   this start's and the one before
//! ```
//!
//! Root writes only into folders of the data directory's owner, never into the two of the server's account.

mod account;
mod binaries;
mod cluster;
mod elsewhere;
mod error;
mod folder;
mod log;
mod processes;
mod server;
mod settings;

use std::convert::Infallible;
use std::path::Path;

use tokio::sync::oneshot;

pub use binaries::Places;
pub use error::StartError;
use folder::Folder;

/// The database the program uses.
const DATABASE: &str = "courtesy";
/// Its owner: may create roles and databases, is no superuser and so is subject to row level security.
const LOGIN: &str = "courtesy";
/// For the operator's hand (backups, repairs): `psql -h <data directory>/postgres-15/run -U postgres courtesy`.
const SUPERUSER: &str = "postgres";

/// A running server. It is started again when it dies, and stops when this value is dropped or the program ends,
/// however it ends.
#[derive(Debug)]
pub struct PrivatePostgres {
    config: tokio_postgres::Config,
    /// Nothing is ever sent: the server's thread stops when this end is gone.
    running: oneshot::Sender<Infallible>,
    /// Nothing is ever sent: the server's thread drops its end when PostgreSQL has stopped.
    stopped: oneshot::Receiver<Infallible>,
}

impl PrivatePostgres {
    /// Starts the server of `data_dir`, creating directory and database where they don't exist yet. Answers as soon as
    /// connections are accepted.
    pub async fn start(data_dir: &Path, places: &Places) -> Result<Self, StartError> {
        let (running, stop) = oneshot::channel();
        let (done, stopped) = oneshot::channel();
        let (started, outcome) = oneshot::channel();
        server::spawn_thread(data_dir, places, started, stop, done)?;
        let config = outcome.await.expect("the thread says how the start went before it ends")?;
        Ok(Self { config, running, stopped })
    }

    /// How to connect, as the owner, to the server that another program runs on this data directory; `None` where none
    /// does. Whether it answers already is for the caller to find out.
    #[must_use]
    pub fn run_elsewhere(data_dir: &Path) -> Option<tokio_postgres::Config> {
        elsewhere::find(data_dir)
    }

    /// How to connect to the database `courtesy` as its owner.
    #[must_use]
    pub fn config(&self) -> tokio_postgres::Config {
        self.config.clone()
    }

    /// Ends every connection (open transactions are rolled back) and waits until the server is gone.
    pub async fn stop(self) {
        drop(self.running);
        // The only possible answer is that the other end is gone, which is what is waited for.
        let _ = self.stopped.await;
    }
}

/// Makes a folder, and those above it where they are missing, as the data directory is made: others may pass through, but
/// not look around.
pub fn make_folders(path: &Path) -> Result<(), StartError> {
    folder::create(path)
}

fn owner_of(folder: &Folder) -> tokio_postgres::Config {
    let mut config = tokio_postgres::Config::new();
    config.host_path(folder.run()).user(LOGIN).dbname(DATABASE);
    config
}
