//! What the program sends to PostgreSQL for a request, read from PostgreSQL's own log: so the statements that pgbench runs
//! are never others than the program's.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

use tokio_postgres::Client;
use uuid::Uuid;

use crate::cluster::Cluster;
use crate::load::Connection;
use crate::operations::Operation;
use crate::program::Program;
use crate::script::NEW_ID;
use crate::seats::Seat;

/// One statement as it was sent.
pub(crate) struct Statement {
    pub(crate) words: String,
    /// What was bound to `$1`, `$2` and so on; `None` is NULL.
    pub(crate) values: Vec<Option<String>>,
}

/// What one request made the program send.
pub(crate) struct Captured {
    pub(crate) statements: Vec<Statement>,
    /// What is another one with each request, and how pgbench makes a new one.
    pub(crate) new: Vec<(String, &'static str)>,
}

/// A PostgreSQL that logs every statement with its values, and a connection to the program.
pub(crate) struct Ear {
    superuser: Client,
    log: PathBuf,
    connection: Connection,
}

/// What the log's lines begin with, for the connections that serve requests. Lines that go on begin with a tab.
const MARK: &str = "<courtesy courtesy_app> ";

impl Ear {
    /// Begins to listen. The program has had one request at a time so far, so that it has one connection to PostgreSQL.
    pub(crate) async fn open(cluster: &Cluster, program: &Program) -> Self {
        let superuser = cluster.superuser("postgres").await;
        for setting in ["log_statement = 'all'", "log_line_prefix = '<%a> '", "log_error_verbosity = 'default'"] {
            let set = superuser.batch_execute(&format!("ALTER SYSTEM SET {setting}")).await;
            set.expect("the superuser may");
        }
        superuser.batch_execute("SELECT pg_reload_conf()").await.expect("the superuser may");
        Self { superuser, log: cluster.log(), connection: Connection::open(program.address).await }
    }

    /// What this operation sends, one request after the other until they are the same again.
    pub(crate) async fn listen(&mut self, operation: &Operation, seat: &Seat) -> Vec<Captured> {
        // The first request prepares statements and looks up types, and the settings take a moment to arrive.
        while self.ask(operation, seat, operation.turns - 1).await.statements.len() < 3 {}
        let mut captured = Vec::new();
        for turn in 0..operation.turns {
            self.ask(operation, seat, turn).await;
            captured.push(self.ask(operation, seat, turn + 1).await);
        }
        captured
    }

    pub(crate) async fn close(self) {
        for setting in ["log_statement", "log_line_prefix", "log_error_verbosity"] {
            let reset = self.superuser.batch_execute(&format!("ALTER SYSTEM RESET {setting}")).await;
            reset.expect("the superuser may");
        }
        self.superuser.batch_execute("SELECT pg_reload_conf()").await.expect("the superuser may");
    }

    async fn ask(&mut self, operation: &Operation, seat: &Seat, turn: usize) -> Captured {
        let id = Uuid::now_v7();
        let statements = self.hear(&operation.request(seat, turn, id)).await;
        Captured { statements, new: vec![(id.to_string(), NEW_ID)] }
    }

    /// What this request makes the program send.
    pub(crate) async fn hear(&mut self, request: &[u8]) -> Vec<Statement> {
        let mut log = File::open(&self.log).expect("PostgreSQL logs");
        log.seek(SeekFrom::End(0)).expect("a file");
        self.connection.ask(request).await;
        // Statements are logged before they are carried out, so with the answer all of them are there.
        let mut said = String::new();
        log.read_to_string(&mut said).expect("text");
        statements(&said)
    }
}

fn statements(log: &str) -> Vec<Statement> {
    let mut statements: Vec<Statement> = Vec::new();
    for record in log.replace("\n\t", "\r").lines() {
        let Some(record) = record.strip_prefix(MARK).map(|record| record.replace('\r', "\n")) else { continue };
        let words = record.strip_prefix("LOG:  statement: ").or_else(|| {
            let executed = record.strip_prefix("LOG:  execute ")?;
            executed.split_once(": ").map(|(_name, words)| words)
        });
        if let Some(words) = words {
            statements.push(Statement { words: words.to_owned(), values: Vec::new() });
        } else if let (Some((_, detail)), Some(last)) = (record.split_once("DETAIL:  "), statements.last_mut()) {
            match detail.strip_prefix("prepare: ") {
                Some(prepared) => {
                    let executed = executed(last, prepared);
                    statements.push(executed);
                }
                None => last.values = bound(detail),
            }
        }
    }
    statements
}

/// Takes `EXECUTE name (E'\\x00', NULL, true)` off the end of a message, and tells it as what was prepared by that name.
fn executed(message: &mut Statement, prepared: &str) -> Statement {
    let (before, called) = message.words.split_once("; EXECUTE ").expect("what is executed stands behind BEGIN");
    let (_name, values) = called.split_once('(').expect("values stand in parentheses");
    let value = |written: &str| {
        let text = written.trim_start_matches('E').trim_matches('\'').replace("\\\\", "\\");
        (written != "NULL").then_some(text)
    };
    let values = values.trim_end_matches(')').split(", ").map(value).collect();
    let (_name, words) = prepared.split_once(" AS ").expect("what was prepared has words");
    let executed = Statement { words: words.to_owned(), values };
    message.words.truncate(before.len());
    executed
}

/// Reads `parameters: $1 = 'it''s', $2 = NULL`.
fn bound(detail: &str) -> Vec<Option<String>> {
    let mut values = Vec::new();
    let mut rest = detail;
    while let Some((_, value)) = rest.split_once(&format!("${} = ", values.len() + 1)) {
        let Some(mut quoted) = value.strip_prefix('\'') else {
            values.push(None);
            rest = value;
            continue;
        };
        let mut text = String::new();
        loop {
            let (head, tail) = quoted.split_once('\'').expect("a quote is closed");
            text.push_str(head);
            let Some(more) = tail.strip_prefix('\'') else {
                rest = tail;
                break;
            };
            text.push('\'');
            quoted = more;
        }
        values.push(Some(text));
    }
    values
}
