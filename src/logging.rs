//! The log, on standard error: for people at a terminal, JSON lines for everything else. Nobody's data is in it: the
//! types of `text` mask what they print, addresses of requests are never written, of the database's errors the values that
//! it refused are left out ([`crate::error::chain`]), and the database driver, which would print what is bound to a
//! statement, only gets to warn, whatever the filter says.

use std::any::Any;
use std::io::{IsTerminal as _, stderr};
use std::panic::PanicHookInfo;

use tracing_subscriber::EnvFilter;

/// Begins logging what `filter` lets through, and writes every panic once.
pub fn start(filter: &str) {
    let quiet = |target: &str| format!("{target}=warn").parse().expect("a directive");
    let filter = EnvFilter::new(filter).add_directive(quiet("tokio_postgres")).add_directive(quiet("refinery_core"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr);
    if stderr().is_terminal() {
        log.init();
    } else {
        log.json().flatten_event(true).with_span_list(false).init();
    }
    std::panic::set_hook(Box::new(note_panic));
}

fn note_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(place, "panicked: {}", words(panic.payload()));
}

fn words(payload: &(dyn Any + Send)) -> &str {
    let owned = || payload.downcast_ref::<String>().map(String::as_str);
    payload.downcast_ref::<&str>().copied().or_else(owned).unwrap_or("no message")
}
