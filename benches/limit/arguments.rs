//! What may be asked of the bench.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Parser, ValueEnum};

use crate::operations::{self, Operation};

/// Measures courtesy beside pgbench, on a PostgreSQL of its own.
#[derive(Parser)]
#[command(name = "bin/bench", max_term_width = 110)]
pub(crate) struct Arguments {
    /// What is measured
    #[arg(long, value_delimiter = ',', default_value = "limit,history,shops,pages,import,texting,photos")]
    pub(crate) parts: Vec<Part>,
    /// Only these operations [default: all]
    #[arg(long, value_delimiter = ',', value_parser = PossibleValuesParser::new(operations::ALL.map(|it| it.name)))]
    pub(crate) only: Vec<String>,
    /// How many connections ask at once
    #[arg(long, value_delimiter = ',', default_value = "1,16,64")]
    pub(crate) connections: Vec<usize>,
    /// How often each side is measured; the sides take turns
    #[arg(long, default_value_t = 5)]
    pub(crate) rounds: usize,
    /// How long a round lasts, after a second that does not count
    #[arg(long, value_name = "SECONDS", default_value = "3", value_parser = seconds)]
    pub(crate) seconds: Duration,
    /// Open so many event streams, and see what they cost
    #[arg(long, value_name = "NUMBER")]
    pub(crate) streams: Option<usize>,
    /// A tenth of the shops, for trying the bench itself
    #[arg(long)]
    pub(crate) small: bool,
    /// Keep the data here, so that the next run does not make it again [default: made and thrown away]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    /// The program to measure, for comparing two builds of it
    #[arg(long, value_name = "FILE", default_value = env!("CARGO_BIN_EXE_courtesy"), hide_default_value = true)]
    pub(crate) program: PathBuf,
    /// The folder of PostgreSQL's programs [default: where courtesy looks]
    #[arg(long, env = "COURTESY_PG_BIN", value_name = "FOLDER")]
    pub(crate) pg_bin: Option<PathBuf>,
    /// Said by `cargo bench`, means nothing.
    #[arg(long = "bench", hide = true)]
    _bench: bool,
}

/// What can be measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Each operation beside pgbench
    Limit,
    /// The newest fifty of a shop with a long history
    History,
    /// The operations on single rows among ten times as many shops
    Shops,
    /// The pages at an even pace
    Pages,
    /// A shop's list of customers
    Import,
    /// Texts out and in
    Texting,
    /// Photos beside vipsthumbnail
    Photos,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "must be a number".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

impl Arguments {
    /// Whether an operation was asked for.
    pub(crate) fn wants(&self, operation: &Operation) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == operation.name)
    }
}
