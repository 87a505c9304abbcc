//! What the program costs: its answers a second beside what pgbench gets out of the same PostgreSQL with the same
//! statements. `bin/bench --help` shows the options, docs/BENCH.md how to read what is printed.
#![expect(clippy::print_stdout, reason = "a table on standard output is what the bench is for")]

mod arguments;
mod capture;
mod cluster;
mod data;
mod growth;
mod import;
mod limit;
mod load;
mod operations;
mod outbox;
mod pages;
mod painting;
mod pgbench;
mod photos;
mod program;
mod script;
mod seats;
mod stand;
mod statistics;
mod streams;
mod texting;
mod webhook;

use clap::Parser as _;

use crate::arguments::{Arguments, Part};
use crate::cluster::Cluster;
use crate::data::Data;

/// One thread, as pgbench has: what drives the program must not take its processor.
#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments = Arguments::parse();
    let cluster = Cluster::start(&arguments).await;
    tokio::select! {
        () = measure(&cluster, &arguments) => {}
        _ = tokio::signal::ctrl_c() => println!("given up"),
    }
    cluster.stop().await;
}

async fn measure(cluster: &Cluster, arguments: &Arguments) {
    let data = Data::prepare(cluster, arguments).await;
    println!("\n{}\n", data.describe());
    if arguments.parts.contains(&Part::Limit) {
        limit::measure(cluster, &data, arguments).await;
    }
    if arguments.parts.contains(&Part::History) {
        growth::measure_history(cluster, &data, arguments).await;
    }
    if arguments.parts.contains(&Part::Shops) {
        growth::measure_shops(cluster, &data, arguments).await;
    }
    if arguments.parts.contains(&Part::Pages) {
        pages::measure(cluster, &data, arguments).await;
    }
    if arguments.parts.contains(&Part::Import) {
        import::measure(cluster, &data).await;
    }
    if arguments.parts.contains(&Part::Texting) {
        texting::measure(cluster, &data, arguments).await;
    }
    if arguments.parts.contains(&Part::Photos) {
        photos::measure(cluster, &data).await;
    }
    if let Some(streams) = arguments.streams {
        streams::measure(cluster, &data, streams).await;
    }
}
