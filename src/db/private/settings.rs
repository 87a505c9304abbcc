//! The server's settings, for a shop's machine with two cores. Written anew at every start, so that a newer program
//! brings its own; what an operator changes by ALTER SYSTEM is kept by PostgreSQL and wins.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::account::Account;
use super::error::StartError;
use super::folder::give_to_owner_of;
use super::{LOGIN, SUPERUSER};

/// Relative paths begin where the server is started (its files) or in `data` (the socket's folder), so that no path
/// needs quoting.
///
/// - `wal_level`: nothing replicates, backups are dumps. `max_wal_size` bounds how long a recovery takes.
/// - `recovery_init_sync_method`: after a crash one syncfs instead of a thousand fsyncs.
/// - `jit`: costs more than these short statements take.
/// - `log_error_verbosity`: the details of an error hold customers' data ("Key (email)=(...) already exists").
const POSTGRESQL_CONF: &str = "\
# Written by courtesy at every start: change settings with ALTER SYSTEM.
hba_file = 'pg_hba.conf'
ident_file = 'pg_ident.conf'
listen_addresses = ''
unix_socket_directories = '../run'
unix_socket_permissions = 0700
max_connections = 50
shared_buffers = 128MB
random_page_cost = 1.1
jit = off
wal_level = minimal
max_wal_senders = 0
min_wal_size = 64MB
max_wal_size = 256MB
recovery_init_sync_method = syncfs
lc_messages = 'C'
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
log_error_verbosity = terse
";

/// Local callers only, and only those whom the operating system vouches for.
const PG_HBA_CONF: &str = "\
# Written by courtesy at every start.
local all all peer map=courtesy
";

/// Writes the three files into the folder `into`.
pub(super) fn write(data_dir: &Path, into: &Path, callers: [&Account; 2]) -> Result<(), StartError> {
    for (name, content) in [
        ("postgresql.conf", POSTGRESQL_CONF),
        ("pg_hba.conf", PG_HBA_CONF),
        ("pg_ident.conf", &pg_ident_conf(callers)),
    ] {
        let path = into.join(name);
        replace(data_dir, &path, content).map_err(|reason| StartError::folder(&path, reason))?;
    }
    Ok(())
}

/// Who may log in as whom: the program's user and the server's, as the owner or as the superuser; and root, who could
/// become either and runs the operator's commands.
fn pg_ident_conf(callers: [&Account; 2]) -> String {
    let [program, server] = callers.map(|caller| &caller.name);
    format!(
        "# Written by courtesy at every start.\n\
         courtesy \"{program}\" {LOGIN}\n\
         courtesy \"{program}\" {SUPERUSER}\n\
         courtesy \"{server}\" {LOGIN}\n\
         courtesy \"{server}\" {SUPERUSER}\n\
         courtesy root {LOGIN}\n\
         courtesy root {SUPERUSER}\n"
    )
}

/// The old file stays until the new one is complete; a link in its place is replaced, not followed.
fn replace(data_dir: &Path, path: &Path, content: &str) -> io::Result<()> {
    let new = path.with_extension("new");
    match fs::remove_file(&new) {
        Err(reason) if reason.kind() != io::ErrorKind::NotFound => return Err(reason),
        _ => {}
    }
    let mut file = File::create_new(&new)?;
    file.write_all(content.as_bytes())?;
    // The server's account reads it, whatever the umask is.
    file.set_permissions(Permissions::from_mode(0o644))?;
    give_to_owner_of(data_dir, &file)?;
    fs::rename(&new, path)
}
