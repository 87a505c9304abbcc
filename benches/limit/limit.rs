//! Each operation beside pgbench.

use std::fs;
use std::path::PathBuf;

use crate::arguments::Arguments;
use crate::capture::Ear;
use crate::cluster::Cluster;
use crate::data::{Data, ORDINARY};
use crate::load::{Outcome, Round};
use crate::operations::{self, Operation, Texts};
use crate::outbox::Outbox;
use crate::pgbench::{self, Script};
use crate::script::script;
use crate::seats::Seat;
use crate::stand::Stand;
use crate::statistics::{median, verdict};

/// The database that is worked on.
const DATABASE: &str = "measured";
/// At so many connections the ratio is demanded.
const DEMANDED_AT: usize = 16;
/// The most processor time for a thousand answers, in seconds, and what is aimed at.
const PROCESSOR_SECONDS: (f64, f64) = (0.10, 0.07);
/// The most memory, in MiB.
const MEMORY: f64 = 64.0;

/// What is measured with.
struct Contest<'a> {
    cluster: &'a Cluster,
    stand: &'a Stand,
    outbox: Outbox<'a>,
    seats: Vec<Seat>,
    arguments: &'a Arguments,
}

/// One round of both sides.
struct Pair {
    limit: f64,
    outcome: Outcome,
}

/// Measures the operations that were asked for and prints a line for each.
pub(crate) async fn measure(cluster: &Cluster, data: &Data, arguments: &Arguments) {
    data.copy(cluster, DATABASE).await;
    let stand = Stand::set_up(cluster, DATABASE).await;
    let outbox = Outbox::of(&stand.superuser).await;
    let contest = Contest { cluster, stand: &stand, outbox, seats: stand.seats(ORDINARY).await, arguments };
    let operations: Vec<_> = operations::ALL.iter().filter(|operation| arguments.wants(operation)).collect();
    let scripts = contest.write_scripts(&operations).await;
    heading();
    for (operation, script) in operations.iter().zip(&scripts) {
        println!("{}", operation.what);
        for connections in &arguments.connections {
            contest.compare(operation, script, *connections).await;
        }
    }
    let (now, most) = stand.program.memory();
    let verdict = verdict(most < MEMORY);
    println!(
        "memory of the program: {now:.0} MiB now, {most:.0} MiB at most; demanded below {MEMORY} MiB: {verdict}\n"
    );
}

fn heading() {
    println!(
        "{:<14} {:>5} {:>9} {:>9} {:>6} {:>9} {:>8} {:>8}",
        "operation", "conns", "answers/s", "pgbench/s", "ratio", "s/1000", "p50 ms", "p99 ms"
    );
}

impl Contest<'_> {
    /// Listens to what the program sends, and writes it down for pgbench.
    async fn write_scripts(&self, operations: &[&Operation]) -> Vec<Script> {
        let mut ear = Ear::open(self.cluster, &self.stand.program).await;
        let mut scripts = Vec::new();
        for operation in operations {
            let seat = &self.seats[0];
            let captured = ear.listen(operation, seat).await;
            let file: PathBuf = self.cluster.file(&format!("{}.pgbench", operation.name));
            fs::write(&file, script(&captured, seat, ORDINARY)).expect("the folder can be written to");
            scripts.push(Script { file, transactions: captured.len() });
        }
        ear.close().await;
        scripts
    }

    async fn compare(&self, operation: &Operation, script: &Script, connections: usize) {
        let mut pairs = Vec::new();
        let before = self.outbox.done().await;
        for round in 0..self.arguments.rounds {
            pairs.push(self.pair(operation, script, connections, round % 2 == 0).await);
        }
        let of = |value: fn(&Pair) -> f64| median(pairs.iter().map(value));
        let ratio = of(|pair| pair.outcome.rate / pair.limit);
        let processor_seconds = of(|pair| pair.outcome.processor_seconds);
        let line = format!(
            "{:<14} {connections:>5} {:>9.0} {:>9.0} {ratio:>6.2} {processor_seconds:>9.3} {:>8.2} {:>8.2}",
            operation.name,
            of(|pair| pair.outcome.rate),
            of(|pair| pair.limit),
            of(|pair| pair.outcome.half.as_secs_f64() * 1000.0),
            of(|pair| pair.outcome.most.as_secs_f64() * 1000.0),
        );
        let demands = verdicts(operation, connections, ratio, processor_seconds);
        println!("{}", format!("{line}   {demands}").trim_end());
        if operation.texts == Texts::HandedOver {
            let done = self.outbox.done().await;
            let texts = done.texts - before.texts;
            let seconds = done.processor_time.saturating_sub(before.processor_time).as_secs_f64();
            println!(
                "{:<14} meanwhile the outbox handed over {texts} texts and took {seconds:.1} s of PostgreSQL",
                ""
            );
        }
    }

    /// Both sides from the same seats, in turns the one or the other first.
    async fn pair(&self, operation: &Operation, script: &Script, connections: usize, limit_first: bool) -> Pair {
        let offset = rand::random_range(0..self.seats.len());
        let Arguments { seconds: length, .. } = *self.arguments;
        let limit = async {
            self.lay_to_rest(operation).await;
            pgbench::run(self.cluster, DATABASE, script, connections, offset, length).await
        };
        let round = Round { operation, seats: &self.seats, connections, offset, length };
        let asked = async {
            self.lay_to_rest(operation).await;
            if operation.texts == Texts::HandedOver {
                self.outbox.work().await;
            }
            round.drive(&self.stand.program).await
        };
        if limit_first {
            let limit = limit.await;
            Pair { limit, outcome: asked.await }
        } else {
            let outcome = asked.await;
            Pair { limit: limit.await, outcome }
        }
    }

    async fn lay_to_rest(&self, operation: &Operation) {
        if operation.texts != Texts::None {
            self.outbox.rest().await;
        }
    }
}

/// How the figures stand to what is demanded of them.
fn verdicts(operation: &Operation, connections: usize, ratio: f64, processor_seconds: f64) -> String {
    let mut verdicts = Vec::new();
    if connections == DEMANDED_AT {
        let Operation { demand, aim, .. } = operation;
        verdicts.push(format!("ratio >= {demand} (aim {aim}): {}", standing(ratio >= *demand, ratio >= *aim)));
    }
    let (most, aim) = PROCESSOR_SECONDS;
    verdicts.push(format!(
        "processor <= {most} (aim {aim}): {}",
        standing(processor_seconds <= most, processor_seconds <= aim)
    ));
    verdicts.join(", ")
}

fn standing(is_kept: bool, is_aim_reached: bool) -> &'static str {
    if is_aim_reached { "aim reached" } else { verdict(is_kept) }
}
