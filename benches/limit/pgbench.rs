//! pgbench: the limit, what PostgreSQL carries out with nobody in between.

use std::path::PathBuf;
use std::time::Duration;

use courtesy::db::connect::options;
use tokio::process::Command;

use crate::cluster::Cluster;
use crate::load::WARM_UP;
use crate::script::FIRST_NUMBER;

/// A script, ready to be run.
pub(crate) struct Script {
    pub(crate) file: PathBuf,
    /// How many transactions of ours one of pgbench's is made of.
    pub(crate) transactions: usize,
}

/// Runs a script with so many clients; how many transactions of ours it carried out a second, the warm-up left out.
pub(crate) async fn run(
    cluster: &Cluster,
    database: &str,
    script: &Script,
    clients: usize,
    offset: usize,
    length: Duration,
) -> f64 {
    let mut command = Command::new(cluster.programs.join("pgbench"));
    command.arg("--no-vacuum").args(["--protocol", "prepared", "--progress", "1"]);
    command.arg("--client").arg(clients.to_string());
    // Its last line of progress does not always come.
    command.arg("--time").arg((2 * WARM_UP + length).as_secs_f64().ceil().to_string());
    command.arg("--define").arg("is_seated=0").arg("--define").arg(format!("number={FIRST_NUMBER}"));
    command.arg("--define").arg(format!("offset={offset}"));
    command.arg("--file").arg(&script.file).arg("--username").arg("courtesy");
    command.arg("--host").arg(cluster.socket()).arg(database);
    // As the program's own connections are.
    command.env("PGOPTIONS", options("courtesy_app"));
    let output = command.output().await.expect("pgbench starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "pgbench with {}: {said}", script.file.display());
    #[expect(clippy::cast_precision_loss, reason = "they are eight at most")]
    let transactions = script.transactions as f64;
    rate(&said).unwrap_or_else(|| panic!("pgbench said something else: {said}")) * transactions
}

/// What it carried out a second between its first line of progress, where the warm-up ends, and its last. A line's rate is
/// that since the line before it.
fn rate(said: &str) -> Option<f64> {
    let lines: Option<Vec<(f64, f64)>> =
        said.lines().filter_map(|line| line.strip_prefix("progress: ")).map(progress).collect();
    let lines = lines?;
    let counts = lines.windows(2).map(|pair| (pair[1].0 - pair[0].0) * pair[1].1);
    let count: f64 = counts.sum();
    let seconds = lines.last()?.0 - lines.first()?.0;
    (seconds > 0.0).then(|| count / seconds)
}

/// Reads how many seconds had passed, and the rate, from `1.0 s, 532.7 tps, lat ...`.
fn progress(line: &str) -> Option<(f64, f64)> {
    let (seconds, rest) = line.split_once(" s, ")?;
    let (rate, _) = rest.split_once(" tps")?;
    Some((seconds.parse().ok()?, rate.parse().ok()?))
}
