//! What the program itself takes of the machine, as Linux tells it.

use std::fs;

use rustix::time::{ClockId, clock_gettime};

/// Memory that it holds at the moment, in bytes; PostgreSQL's is its own.
pub(super) fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// Processor time that it has taken since it began, in seconds.
#[expect(clippy::cast_precision_loss, reason = "a program that runs for a century is off by a millionth of a second")]
pub(super) fn cpu_seconds() -> f64 {
    let taken = clock_gettime(ClockId::ProcessCPUTime);
    taken.tv_sec as f64 + taken.tv_nsec as f64 / 1e9
}

/// Files and connections that it has open.
pub(super) fn open_files() -> Option<u64> {
    let files = fs::read_dir("/proc/self/fd").ok()?;
    u64::try_from(files.count()).ok()
}
