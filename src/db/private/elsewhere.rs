//! The server that another program runs on the same data directory: the operator's commands work with it meanwhile.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use super::folder::{Folder, Held};
use super::owner_of;

/// How its owner connects; `None` where no program uses the directory, or it holds no database yet.
pub(super) fn find(data_dir: &Path) -> Option<tokio_postgres::Config> {
    let data_dir = fs::canonicalize(data_dir).ok()?;
    if !is_in_use(&data_dir) {
        return None;
    }
    let held = Held::find(&data_dir).ok()??;
    Some(owner_of(&Folder::new(held.folder).ok()?))
}

/// Whether somebody holds the lock. Asked with a shared one, which a program that starts just now waits out.
fn is_in_use(data_dir: &Path) -> bool {
    File::open(data_dir.join("lock"))
        .is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
}
