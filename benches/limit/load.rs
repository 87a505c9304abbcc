//! A browser's side of HTTP, as little of it as measuring takes: connections that are kept, one request at a time on each.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::sleep_until;
use uuid::Uuid;

use crate::operations::Operation;
use crate::program::Program;
use crate::seats::Seat;
use crate::statistics::percentile;

/// How a round is driven.
pub(crate) struct Round<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) seats: &'a [Seat],
    pub(crate) connections: usize,
    /// The first connection's seat; the others sit beside it.
    pub(crate) offset: usize,
    pub(crate) length: Duration,
}

/// What does not count at the beginning of a round: connections are made and statements prepared.
pub(crate) const WARM_UP: Duration = Duration::from_secs(1);

/// How a round went.
pub(crate) struct Outcome {
    /// Answers a second.
    pub(crate) rate: f64,
    /// The program's processor time for a thousand answers, in seconds.
    pub(crate) processor_seconds: f64,
    /// How long half of the answers took at most, and ninety-nine of a hundred.
    pub(crate) half: Duration,
    pub(crate) most: Duration,
}

impl Round<'_> {
    /// Asks as fast as answers come.
    pub(crate) async fn drive(&self, program: &Program) -> Outcome {
        let begin = Instant::now() + WARM_UP;
        let end = begin + self.length;
        let clock = async {
            sleep_until(begin.into()).await;
            let before = program.processor_time();
            sleep_until(end.into()).await;
            program.processor_time().saturating_sub(before)
        };
        let asking = (0..self.connections).map(|number| self.ask_on(number, program.address, begin..end));
        let (processor_time, latencies) = tokio::join!(clock, join_all(asking));
        let mut latencies = latencies.concat();
        assert!(!latencies.is_empty(), "{} was never answered in time", self.operation.name);
        #[expect(clippy::cast_precision_loss, reason = "answers are not that many")]
        let answers = latencies.len() as f64;
        Outcome {
            rate: answers / self.length.as_secs_f64(),
            processor_seconds: processor_time.as_secs_f64() / answers * 1000.0,
            half: percentile(&mut latencies, 50),
            most: percentile(&mut latencies, 99),
        }
    }

    /// The latencies of one connection's answers that came within this time.
    async fn ask_on(&self, number: usize, address: SocketAddr, counted: std::ops::Range<Instant>) -> Vec<Duration> {
        let seat = &self.seats[(self.offset + number) % self.seats.len()];
        let mut connection = Connection::open(address).await;
        let mut latencies = Vec::new();
        let mut request = self.operation.request(seat, 0, Uuid::now_v7());
        for turn in 1.. {
            let asked = Instant::now();
            connection.ask(&request).await;
            let answered = Instant::now();
            if answered >= counted.end {
                break;
            }
            if answered >= counted.start {
                latencies.push(answered - asked);
            }
            if self.operation.writes() {
                request = self.operation.request(seat, turn, Uuid::now_v7());
            }
        }
        latencies
    }
}

/// A connection that is kept.
pub(crate) struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("the program listens");
        stream.set_nodelay(true).expect("a TCP connection");
        Self { stream, answer: Vec::with_capacity(64 * 1024) }
    }

    /// Asks, waits for the whole answer, and wants it to be a success.
    pub(crate) async fn ask(&mut self, request: &[u8]) {
        self.stream.write_all(request).await.expect("the program reads");
        self.answer.clear();
        let mut whole = usize::MAX;
        while self.answer.len() < whole {
            let read = self.stream.read_buf(&mut self.answer).await.expect("the program answers");
            assert!(read > 0, "the program hung up");
            if whole == usize::MAX {
                whole = length(&self.answer).unwrap_or(usize::MAX);
            }
        }
        let is_success = self.answer.starts_with(b"HTTP/1.1 2");
        assert!(is_success, "refused: {}", String::from_utf8_lossy(&self.answer));
    }
}

/// How long the answer is, its head included, once its head has come.
fn length(answer: &[u8]) -> Option<usize> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).expect("plain text");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("answers have a length");
    Some(end + 4 + length.parse::<usize>().expect("a number"))
}
