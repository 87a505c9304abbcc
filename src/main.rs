//! The command line of `courtesy`.

use std::io::{Write as _, stderr, stdout};
use std::process::ExitCode;

use clap::Parser as _;
use courtesy::config::{Command, CommandLine, Config, Surroundings};
use courtesy::{doctor, logging, operator, serve};
use tokio::runtime::Builder;

/// Requests allocate many small values from several threads; this allocator spends half the time on them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // A thread for each core. Half of them would do nine tenths as many lists, for some processor time less.
    let runtime = Builder::new_multi_thread().enable_all().build();
    runtime.expect("the system gives threads and a poll").block_on(run())
}

async fn run() -> ExitCode {
    let CommandLine { command, options } = CommandLine::parse();
    let config = Config::check(options, Surroundings::of_process());
    logging::start(config.as_ref().map_or("info", |config| &config.log));
    let outcome = match (command, config) {
        (Command::Doctor, config) if doctor::examine(config.as_ref()).await => Ok(None),
        (Command::Doctor, _) => return ExitCode::FAILURE,
        (_, Err(mistakes)) => Err(mistakes.into()),
        (Command::Serve { demo }, Ok(config)) => serve::serve(&config, demo).await.map(|()| None),
        (Command::Migrate, Ok(config)) => operator::migrate(&config).await.map(Some),
        (Command::User(command), Ok(config)) => operator::user(&config, command).await.map(Some),
        (Command::Shop(command), Ok(config)) => operator::shop(&config, command).await.map(Some),
    };
    // A reader who has gone away changes nothing about what was done.
    let (code, _read) = match outcome {
        Ok(None) => (ExitCode::SUCCESS, Ok(())),
        Ok(Some(said)) => (ExitCode::SUCCESS, writeln!(stdout(), "{said}")),
        Err(reason) => (ExitCode::FAILURE, writeln!(stderr(), "courtesy: {reason}")),
    };
    code
}
