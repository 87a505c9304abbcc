//! The data directory: made, locked, and asked which database it holds.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::account::Account;
use super::error::StartError;

/// Linux allows 107 bytes; the rest is for `.lock`, which PostgreSQL appends.
pub(super) const LONGEST_SOCKET_PATH: usize = 100;
/// The socket's name in its folder; the number is PostgreSQL's usual port, and the driver's default.
const SOCKET: &str = ".s.PGSQL.5432";
/// A program that was killed a moment ago may still hold its lock while the kernel clears up.
const LOCK_PATIENCE: Duration = Duration::from_secs(1);

/// Makes `path` and the folders above it where they are missing. Others may pass through to what they know the name of,
/// because the server runs as another user than root; nobody may list. The umask is overruled for that reason.
pub(super) fn create(path: &Path) -> Result<(), StartError> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        create(parent)?;
    }
    make(path, 0o711).map_err(|reason| StartError::folder(path, reason))
}

/// Makes one folder with exactly this mode.
pub(super) fn make(path: &Path, mode: u32) -> io::Result<()> {
    DirBuilder::new().create(path)?;
    fs::set_permissions(path, Permissions::from_mode(mode))
}

/// Gives what root has made to the data directory's owner, who may start the program next time.
pub(super) fn give_to_owner_of(data_dir: &Path, file: &File) -> io::Result<()> {
    let owner = fs::metadata(data_dir)?;
    fchown(file, Some(owner.uid()), Some(owner.gid()))
}

/// Held as long as this program uses the data directory; the kernel releases it when the program ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "closing the file is what releases the lock")] File);

impl Lock {
    /// Takes the data directory for this program alone. Other users may not even open the file, or they could take it.
    pub(super) async fn take(data_dir: &Path) -> Result<Self, StartError> {
        let path = data_dir.join("lock");
        let refused = |reason| StartError::folder(&path, reason);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(refused)?;
        let deadline = Instant::now() + LOCK_PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(reason)) => return Err(refused(reason)),
                Err(TryLockError::WouldBlock) if Instant::now() > deadline => {
                    return Err(in_use(data_dir, file));
                }
                Err(TryLockError::WouldBlock) => sleep(Duration::from_millis(20)).await,
            }
        }
        sign(&mut file).and_then(|()| give_to_owner_of(data_dir, &file)).map_err(refused)?;
        Ok(Self(file))
    }
}

fn sign(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    write!(file, "{}", std::process::id())
}

fn in_use(data_dir: &Path, mut lock: File) -> StartError {
    let mut signature = String::new();
    // Whatever goes wrong here, the directory is in use; only the number is missing from the sentence then.
    let pid = lock.read_to_string(&mut signature).ok().and_then(|_| signature.parse::<u32>().ok());
    let holder = pid.map_or_else(|| "process unknown".to_owned(), |pid| format!("process {pid}"));
    StartError::InUse { folder: data_dir.to_owned(), holder }
}

/// A database that exists already.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) folder: PathBuf,
    /// What the database itself says, which is what its files fit.
    pub(super) major: u32,
}

impl Held {
    /// The database of the newest major version in the data directory.
    pub(super) fn find(data_dir: &Path) -> Result<Option<Self>, StartError> {
        let entries = fs::read_dir(data_dir).map_err(|reason| StartError::folder(data_dir, reason))?;
        let folders = entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.file_name().is_some_and(|name| name.as_bytes().starts_with(b"postgres-")));
        Ok(folders.filter_map(Self::in_folder).max_by_key(|held| held.major))
    }

    fn in_folder(folder: PathBuf) -> Option<Self> {
        let version = fs::read_to_string(folder.join("data/PG_VERSION")).ok()?;
        Some(Self { folder, major: version.trim().parse().ok()? })
    }
}

/// The folder of one major version below the data directory.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Refuses a path that is too long for a socket, before anything is made.
    pub(super) fn new(path: PathBuf) -> Result<Self, StartError> {
        let folder = Self(path);
        let socket = folder.run().join(SOCKET);
        if socket.as_os_str().len() > LONGEST_SOCKET_PATH {
            return Err(StartError::SocketPathTooLong { path: socket });
        }
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    pub(super) fn run(&self) -> PathBuf {
        self.0.join("run")
    }

    pub(super) fn holds_database(&self) -> bool {
        self.data().join("PG_VERSION").exists()
    }

    /// Makes the folder and the one of the socket, and refuses a way to it that `account` can't walk.
    pub(super) async fn prepare(&self, data_dir: &Path, account: &Account) -> Result<(), StartError> {
        create(&self.0)?;
        let folder = File::open(&self.0).map_err(|reason| StartError::folder(&self.0, reason))?;
        give_to_owner_of(data_dir, &folder).map_err(|reason| StartError::folder(&self.0, reason))?;
        self.must_be_reachable_by(account).await?;
        let run = self.run();
        if !run.exists() {
            make(&run, 0o700).map_err(|reason| StartError::folder(&run, reason))?;
            account.give(&run)?;
        }
        Ok(())
    }

    /// Names the first folder on the way that `account` can't enter.
    async fn must_be_reachable_by(&self, account: &Account) -> Result<(), StartError> {
        if account.can_enter(&self.0).await? {
            return Ok(());
        }
        let mut way: Vec<&Path> = self.0.ancestors().collect();
        way.reverse();
        for folder in way {
            if !account.can_enter(folder).await? {
                return Err(StartError::Unreachable { folder: folder.to_owned(), user: account.name.clone() });
            }
        }
        Ok(())
    }
}
