//! The program itself, as an operator starts it, and what it takes from the machine.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use courtesy::config::Surroundings;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// A program that serves; killed when this value is dropped.
pub(crate) struct Program {
    _child: Child,
    process: u32,
    pub(crate) address: SocketAddr,
}

impl Program {
    /// Serves this database, and logs as in operation, into a file.
    pub(crate) async fn serve(program: &Path, database: &Config, log: &Path) -> Self {
        Self::serve_with(program, database, log, &[]).await
    }

    /// The same with more in its environment.
    pub(crate) async fn serve_with(
        program: &Path,
        database: &Config,
        log: &Path,
        environment: &[(&str, String)],
    ) -> Self {
        let mut command = Command::new(program);
        command.arg("serve").env_clear().env("PATH", Surroundings::of_process().search_path);
        command.env("DATABASE_URL", url(database)).env("COURTESY_DATA_DIR", log.with_extension("unused"));
        command.env("COURTESY_LISTEN", "127.0.0.1:0").env("COURTESY_LIMITS", "off");
        command.envs(environment.iter().map(|(name, value)| (*name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        command.stderr(File::create(log).expect("a file for the log"));
        let mut child = command.spawn().expect("the program starts");
        let mut said = BufReader::new(child.stdout.take().expect("piped")).lines();
        let address = loop {
            let line = said.next_line().await.expect("text");
            let line = line.unwrap_or_else(|| panic!("the program ended, see {}", log.display()));
            if let Some(address) = line.strip_prefix("listening on http://") {
                break address.parse().expect("an address");
            }
        };
        Self { process: child.id().expect("it runs"), _child: child, address }
    }

    /// How much processor time it has taken so far.
    pub(crate) fn processor_time(&self) -> Duration {
        processor_time(self.process)
    }

    /// What it holds in memory now, and the most that it ever held, in MiB.
    pub(crate) fn memory(&self) -> (f64, f64) {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process)).expect("it runs");
        let kibibytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("Linux says so");
            let number = line.trim_matches(|c: char| !c.is_ascii_digit());
            number.parse::<f64>().expect("a number")
        };
        (kibibytes("VmRSS:") / 1024.0, kibibytes("VmHWM:") / 1024.0)
    }
}

/// How much processor time a process has taken, in the program and in the kernel for it.
pub(crate) fn processor_time(process: u32) -> Duration {
    ticks(&process.to_string(), 11)
}

/// The same of all programs together that this one has started and waited for.
pub(crate) fn processor_time_of_children() -> Duration {
    ticks("self", 13)
}

/// Two fields of what Linux tells of a process, counted from the third.
fn ticks(process: &str, first: usize) -> Duration {
    /// Linux counts in hundredths of a second, on every machine that this program is built for.
    const TICK: Duration = Duration::from_millis(10);
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The second field is the name, in parentheses.
    let behind_name = stat.rsplit_once(')').map_or("", |(_, behind)| behind);
    let fields = behind_name.split_whitespace().skip(first).take(2);
    TICK * fields.map(|ticks| ticks.parse::<u32>().unwrap_or_default()).sum::<u32>()
}

fn url(database: &Config) -> String {
    let [Host::Unix(folder)] = database.get_hosts() else { panic!("one socket") };
    let name = database.get_dbname().expect("a name");
    format!("postgres:///{name}?host={}&user={}", folder.display(), database.get_user().expect("a name"))
}
