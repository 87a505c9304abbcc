//! Who runs PostgreSQL: it refuses to run as root.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use super::error::StartError;

/// The children's whole environment: the program's own holds secrets, and `PG...` variables would change the server.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A user of the operating system.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) uid: u32,
    gid: u32,
}

impl Account {
    /// The user the program runs as.
    pub(super) async fn of_program() -> Result<Self, StartError> {
        Self::by_id(rustix::process::geteuid().as_raw()).await
    }

    /// The user that runs the server: the program's own; under root the owner of the database or of the data
    /// directory, else `postgres`, else `nobody`.
    pub(super) async fn for_server(data_dir: &Path, database: Option<&Path>) -> Result<Self, StartError> {
        if !rustix::process::geteuid().is_root() {
            return Self::of_program().await;
        }
        for folder in database.into_iter().chain([data_dir]) {
            let owner = fs::metadata(folder).map_err(|reason| StartError::folder(folder, reason))?.uid();
            if owner != 0 {
                return Self::by_id(owner).await;
            }
        }
        for name in ["postgres", "nobody"] {
            if let Some(account) = Self::find(name).await? {
                return Ok(account);
            }
        }
        Err(StartError::NoAccount { folder: data_dir.to_owned() })
    }

    async fn by_id(uid: u32) -> Result<Self, StartError> {
        Self::find(&uid.to_string()).await?.ok_or(StartError::NamelessUser { uid })
    }

    /// Asks the system's user list, which may be more than /etc/passwd, by name or number.
    async fn find(key: &str) -> Result<Option<Self>, StartError> {
        let output = Command::new("getent").env_clear().env("PATH", PATH).args(["passwd", "--", key]).output().await;
        let output = output.map_err(|reason| StartError::Tool { tool: "getent", package: "libc-bin", reason })?;
        Ok(Self::from_entry(&String::from_utf8_lossy(&output.stdout)))
    }

    /// `postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash`
    fn from_entry(entry: &str) -> Option<Self> {
        let mut fields = entry.split(':');
        let name = fields.next()?.to_owned();
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Self { name, uid, gid })
    }

    /// `program` as this user, in a process group of its own (Ctrl-C is for the program, which then stops the server in
    /// order), and sent `farewell` when the thread that spawns it ends, even by SIGKILL.
    pub(super) fn command(&self, program: impl AsRef<OsStr>, farewell: &str) -> Command {
        let mut command = Command::new("setpriv");
        command.env_clear().env("PATH", PATH).process_group(0).stdin(Stdio::null());
        if self.uid != rustix::process::geteuid().as_raw() {
            command.arg(format!("--reuid={}", self.uid)).arg(format!("--regid={}", self.gid)).arg("--init-groups");
        }
        command.args(["--pdeathsig", farewell, "--"]).arg(program);
        command
    }

    /// Whether this user can enter `folder`, asked by trying: modes alone don't know access control lists.
    pub(super) async fn can_enter(&self, folder: &Path) -> Result<bool, StartError> {
        let status = self.command("test", "KILL").arg("-x").arg(folder).status().await;
        Ok(status.map_err(no_setpriv)?.success())
    }

    /// Makes this user the owner of `path`, which must lie in a folder only the program writes to.
    pub(super) fn give(&self, path: &Path) -> Result<(), StartError> {
        chown(path, Some(self.uid), Some(self.gid)).map_err(|reason| StartError::folder(path, reason))
    }
}

/// A command of [`Account::command`] didn't come to life.
pub(super) fn no_setpriv(reason: io::Error) -> StartError {
    StartError::Tool { tool: "setpriv", package: "util-linux", reason }
}
