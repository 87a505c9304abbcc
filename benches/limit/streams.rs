//! Many open event streams: what they hold in memory, and how soon a change reaches those of its shop.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;
use uuid::Uuid;

use crate::cluster::Cluster;
use crate::data::{Data, ORDINARY};
use crate::load::Connection;
use crate::operations;
use crate::seats::Seat;
use crate::stand::Stand;
use crate::statistics::median;

/// How often a change is followed.
const CHANGES: usize = 10;
/// After this long without reaching every stream a change is given up.
const PATIENCE: Duration = Duration::from_secs(35);

/// Opens so many streams, spread over the shops, and follows some changes.
pub(crate) async fn measure(cluster: &Cluster, data: &Data, streams: usize) {
    const DATABASE: &str = "measured";
    data.copy(cluster, DATABASE).await;
    let stand = Stand::set_up(cluster, DATABASE).await;
    let seats = stand.seats(ORDINARY).await;
    // What the program needs to serve at all is not the streams'.
    Connection::open(stand.program.address).await.ask(&operations::ALL[0].request(&seats[0], 0, Uuid::nil())).await;
    let (before, _) = stand.program.memory();
    let (told, mut heard) = unbounded_channel();
    for number in 0..streams {
        listen(stand.program.address, &seats[number % seats.len()], told.clone()).await;
    }
    let (after, most) = stand.program.memory();
    println!(
        "{streams} event streams: {before:.0} MiB without them, {after:.0} MiB with them, {most:.0} MiB at most"
    );

    let mut waits = Vec::new();
    for seat in seats.iter().take(CHANGES) {
        let of_shop =
            seats.iter().cycle().take(streams).filter(|it| it.get("shop_id") == seat.get("shop_id")).count();
        match change(&stand, seat, of_shop, &mut heard).await {
            Some(wait) => waits.push(wait.as_secs_f64() * 1000.0),
            None => println!("a change did not reach all {of_shop} streams of its shop within {PATIENCE:?}"),
        }
    }
    if !waits.is_empty() {
        let most = waits.iter().copied().fold(0.0, f64::max);
        println!(
            "a change reached all streams of its shop after {:.1} ms (median), {most:.1} ms (most)\n",
            median(waits)
        );
    }
}

/// Opens a stream and tells, from then on, whenever something comes: the shop.
async fn listen(address: SocketAddr, seat: &Seat, told: UnboundedSender<(String, usize)>) {
    /// Which stream tells.
    static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let mut stream = TcpStream::connect(address).await.expect("the program listens");
    let request = format!(
        "GET /api/v1/events HTTP/1.1\r\nhost: bench\r\naccept: text/event-stream\r\nauthorization: Bearer {}\r\n\r\n",
        seat.get("token")
    );
    stream.write_all(request.as_bytes()).await.expect("the program reads");
    let mut head = Vec::new();
    while !head.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
        let read = stream.read_buf(&mut head).await.expect("the program answers");
        assert!(read > 0, "the program hung up");
    }
    assert!(head.starts_with(b"HTTP/1.1 200"), "no stream: {}", String::from_utf8_lossy(&head));
    let shop = seat.get("shop_id").to_owned();
    drop(head);
    tokio::spawn(async move {
        let mut came = [0; 512];
        while let Ok(1..) = stream.read(&mut came).await {
            // Between events a stream says only that it still lives.
            if came.windows(5).any(|bytes| bytes == b"data:") && told.send((shop.clone(), number)).is_err() {
                return;
            }
            came.fill(0);
        }
    });
}

/// Changes a finding; how long it took until every stream of the shop had heard of it.
async fn change(
    stand: &Stand,
    seat: &Seat,
    of_shop: usize,
    heard: &mut UnboundedReceiver<(String, usize)>,
) -> Option<Duration> {
    while heard.try_recv().is_ok() {}
    let finding = operations::ALL.iter().find(|operation| operation.name == "finding").expect("it is there");
    let mut connection = Connection::open(stand.program.address).await;
    let mut hearers = std::collections::HashSet::new();
    let began = Instant::now();
    connection.ask(&finding.request(seat, 0, Uuid::nil())).await;
    let all = async {
        while hearers.len() < of_shop {
            let (shop, number) = heard.recv().await.expect("the streams are open");
            if shop == seat.get("shop_id") {
                hearers.insert(number);
            }
        }
    };
    timeout(PATIENCE, all).await.ok().map(|()| began.elapsed())
}
