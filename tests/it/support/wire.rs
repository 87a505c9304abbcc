//! The wire between the program and PostgreSQL, with a counter on it: how often the program waited for an answer.
//!
//! What is sent while no answer is owed begins a round trip, and it ends when everything that was asked is answered; only
//! then the answers are handed on. So a message belongs to the next round trip exactly when it could have followed from
//! an answer. This needs a test of one thread, as `#[tokio::test]` gives it: the program and the wire take turns there,
//! so that what leaves in one flight is written whole before the wire reads.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use courtesy::db::migrate;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

use super::app::TestApp;

/// A socket in front of PostgreSQL's own.
pub(crate) struct Wire {
    round_trips: Arc<AtomicUsize>,
    /// Where the socket is, as long as anybody may connect.
    _folder: TempDir,
}

impl Wire {
    /// A wire to this server, and how to connect over it.
    pub(crate) fn to(server: &Config) -> (Self, Config) {
        let [Host::Unix(socket)] = server.get_hosts() else { panic!("one socket") };
        let name = format!(".s.PGSQL.{}", server.get_ports().first().unwrap_or(&5432));
        let folder = tempfile::tempdir().expect("a folder for the socket");
        let listener = UnixListener::bind(folder.path().join(&name)).expect("a socket of the wire's own");
        let round_trips = Arc::default();
        tokio::spawn(accept(listener, socket.join(&name), Arc::clone(&round_trips)));
        let config = over(folder.path(), server);
        (Self { round_trips, _folder: folder }, config)
    }

    /// How many there have been, over all connections.
    pub(crate) fn round_trips(&self) -> usize {
        self.round_trips.load(Ordering::Relaxed)
    }
}

/// The same login through another folder; a `Config` can't take a host back.
fn over(folder: &Path, server: &Config) -> Config {
    let mut config = Config::new();
    config.host_path(folder).user(server.get_user().expect("a login"));
    config.dbname(server.get_dbname().expect("a database")).options(server.get_options().unwrap_or_default());
    for port in server.get_ports() {
        config.port(*port);
    }
    config
}

async fn accept(listener: UnixListener, server: impl AsRef<Path>, round_trips: Arc<AtomicUsize>) {
    while let Ok((client, _)) = listener.accept().await {
        let server = UnixStream::connect(&server).await.expect("PostgreSQL listens");
        tokio::spawn(relay(client, server, Arc::clone(&round_trips)));
    }
}

async fn relay(mut client: UnixStream, mut server: UnixStream, round_trips: Arc<AtomicUsize>) -> io::Result<()> {
    let (mut questions, mut answers) = (Messages::of_client(), Messages::of_server());
    let (mut asked, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
    let (mut owed, mut held) = (0, Vec::new());
    loop {
        // The client first: whatever it has sent, it sent without the answers that are still here.
        tokio::select! { biased;
            length = client.read(&mut asked) => {
                let asked = &asked[..length?];
                let count = questions.read(asked).filter(|kind| matches!(*kind, STARTUP | b'Q' | b'S')).count();
                if owed == 0 && count > 0 {
                    round_trips.fetch_add(1, Ordering::Relaxed);
                }
                owed += count;
                server.write_all(asked).await?;
                if asked.is_empty() {
                    return Ok(());
                }
            }
            length = server.read(&mut answered) => {
                let answered = &answered[..length?];
                owed -= answers.read(answered).filter(|kind| *kind == b'Z').count();
                held.extend_from_slice(answered);
                if owed == 0 || answered.is_empty() {
                    client.write_all(&held).await?;
                    held.clear();
                }
                if answered.is_empty() {
                    return Ok(());
                }
            }
        }
    }
}

/// The first message of a connection, which has no kind.
const STARTUP: u8 = 0;

/// One direction, cut into messages: a byte for the kind, then four for the length, which counts itself.
struct Messages {
    has_begun: bool,
    unread: Vec<u8>,
}

impl Messages {
    fn of_client() -> Self {
        Self { has_begun: false, unread: Vec::new() }
    }

    fn of_server() -> Self {
        Self { has_begun: true, unread: Vec::new() }
    }

    /// The kinds of the messages that are whole with these bytes: `Q` and `S` ask for an answer, which ends with a `Z`.
    fn read(&mut self, bytes: &[u8]) -> impl Iterator<Item = u8> {
        self.unread.extend_from_slice(bytes);
        std::iter::from_fn(|| {
            let kind = if self.has_begun { *self.unread.first()? } else { STARTUP };
            let length_at = usize::from(self.has_begun);
            let length: [u8; 4] = self.unread.get(length_at..length_at + 4)?.try_into().ok()?;
            let end = length_at + usize::try_from(u32::from_be_bytes(length)).ok()?;
            (self.unread.len() >= end).then(|| {
                self.has_begun = true;
                self.unread.drain(..end);
                kind
            })
        })
    }
}

#[tokio::test]
async fn a_round_trip_is_counted_where_an_answer_was_waited_for() {
    let (app, _) = TestApp::start().await;
    let (wire, over_wire) = Wire::to(app.owner_config());
    let client = migrate::connect(&over_wire).await.expect("a connection over the wire");
    let since = |before: usize| wire.round_trips() - before;
    let before = wire.round_trips();
    for _ in 0..3 {
        client.batch_execute("SELECT 1").await.expect("an answer");
    }
    assert_eq!(since(before), 3);
    let statement = client.prepare("SELECT repeat($1, 1000)").await.expect("a statement");
    assert_eq!(since(before), 4);
    // More in either direction than is read at once, and the first answer long before the last.
    let long = "x".repeat(100_000);
    let (first, second, third) = futures_util::join!(
        client.query_one(&statement, &[&"x"]),
        client.query_one(&statement, &[&"x"]),
        client.batch_execute(&long),
    );
    assert!(first.is_ok() && second.is_ok() && third.is_err());
    assert_eq!(since(before), 5);
    client.query_one(&statement, &[&&*long]).await.expect("a long answer");
    assert_eq!(since(before), 6);
}
