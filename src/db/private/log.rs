//! What PostgreSQL says, in a file of bounded size.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::error::StartError;
use super::folder::give_to_owner_of;

/// Beyond this size, in bytes, the log begins anew.
const LIMIT: u64 = 10 << 20;

/// `postgres.log`; what was there before is `postgres.log.1`.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    file: File,
}

impl Log {
    /// Begins a new log in `folder`.
    pub(super) fn begin(data_dir: &Path, folder: &Path) -> Result<Self, StartError> {
        let path = folder.join("postgres.log");
        let file = begin(data_dir, &path).map_err(|reason| StartError::folder(&path, reason))?;
        Ok(Self { path, file })
    }

    /// The end of the file a child writes to.
    pub(super) fn writer(&self) -> Result<Stdio, StartError> {
        self.file.try_clone().map(Stdio::from).map_err(|reason| StartError::folder(&self.path, reason))
    }

    pub(super) fn read(&self) -> String {
        fs::read(&self.path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Moves the content aside once it is too long. The server appends, so it goes on writing at the new beginning.
    pub(super) fn shorten(&self) -> io::Result<()> {
        if self.file.metadata()?.len() > LIMIT {
            let copied = fs::copy(&self.path, earlier(&self.path));
            self.file.set_len(0)?;
            copied?;
        }
        Ok(())
    }
}

fn begin(data_dir: &Path, path: &Path) -> io::Result<File> {
    if path.exists() {
        fs::rename(path, earlier(path))?;
    }
    let file = OpenOptions::new().append(true).create_new(true).mode(0o600).open(path)?;
    give_to_owner_of(data_dir, &file)?;
    Ok(file)
}

fn earlier(path: &Path) -> PathBuf {
    path.with_extension("log.1")
}
