//! Where PostgreSQL's programs are.

use std::env::split_paths;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::error::StartError;
use super::folder::Held;

/// The oldest major version that works: the schema uses what 15 brought (SET NULL on some columns of a key).
pub(super) const OLDEST_MAJOR: u32 = 15;

/// Where PostgreSQL's programs are looked for.
#[derive(Debug, Clone)]
pub struct Places {
    /// The operator's choice; nothing else is tried then.
    pub explicit: Option<PathBuf>,
    /// The `PATH` of the program.
    pub search_path: OsString,
    /// Where Debian installs every major version side by side, `<installed>/<major>/bin`.
    pub installed: PathBuf,
}

impl Places {
    /// The explicit folder alone, or `search_path`, Debian's folder and what `pg_config` names, in this order.
    #[must_use]
    pub fn new(explicit: Option<PathBuf>, search_path: OsString) -> Self {
        Self { explicit, search_path, installed: PathBuf::from("/usr/lib/postgresql") }
    }

    /// The programs for the database that is `held`, or else the first that are new enough.
    pub(super) async fn choose(&self, held: Option<&Held>) -> Result<Binaries, StartError> {
        let mut found = Vec::new();
        for folder in self.folders().await {
            found.extend(Binaries::in_folder(folder).await);
        }
        let newest = found.iter().max_by_key(|binaries| binaries.major).ok_or_else(|| self.nothing_found())?;
        if newest.major < OLDEST_MAJOR {
            return Err(StartError::TooOld { folder: newest.folder.clone(), major: newest.major });
        }
        found.retain(|binaries| binaries.major >= OLDEST_MAJOR);
        let Some(held) = held else {
            return Ok(found.swap_remove(0));
        };
        match found.iter().position(|binaries| binaries.major == held.major) {
            Some(fitting) => Ok(found.swap_remove(fitting)),
            None => {
                Err(StartError::OtherMajor { folder: held.folder.clone(), held: held.major, found: found[0].major })
            }
        }
    }

    fn nothing_found(&self) -> StartError {
        match &self.explicit {
            Some(folder) => StartError::NotInFolder { folder: folder.clone() },
            None => StartError::NoPostgres,
        }
    }

    async fn folders(&self) -> Vec<PathBuf> {
        if let Some(folder) = &self.explicit {
            return vec![folder.clone()];
        }
        let mut folders: Vec<PathBuf> = split_paths(&self.search_path).collect();
        folders.extend(installed_versions(&self.installed));
        folders.extend(self.pg_config_folder().await);
        folders
    }

    async fn pg_config_folder(&self) -> Option<PathBuf> {
        let pg_config =
            split_paths(&self.search_path).map(|folder| folder.join("pg_config")).find(|it| it.is_file())?;
        let output = Command::new(pg_config).arg("--bindir").output().await.ok()?;
        Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim()))
    }
}

/// `<installed>/<major>/bin`, the highest major first.
fn installed_versions(installed: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(installed).into_iter().flatten().flatten();
    let mut majors: Vec<u32> = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    majors.sort_unstable_by(|a, b| b.cmp(a));
    majors.into_iter().map(|major| installed.join(major.to_string()).join("bin")).collect()
}

/// One installation.
#[derive(Debug)]
pub(super) struct Binaries {
    folder: PathBuf,
    pub(super) major: u32,
}

impl Binaries {
    async fn in_folder(folder: PathBuf) -> Option<Self> {
        let (postgres, initdb) = (folder.join("postgres"), folder.join("initdb"));
        if !postgres.is_file() || !initdb.is_file() {
            return None;
        }
        let output = Command::new(postgres).arg("--version").output().await.ok()?;
        let major = major_version(&String::from_utf8(output.stdout).ok()?)?;
        Some(Self { folder, major })
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` is 15, `postgres (PostgreSQL) 19devel` is 19.
fn major_version(answer: &str) -> Option<u32> {
    let version = answer.strip_prefix("postgres (PostgreSQL) ")?;
    let digits = version.find(|c: char| !c.is_ascii_digit()).unwrap_or(version.len());
    version[..digits].parse().ok()
}
