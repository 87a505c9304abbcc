//! Photos: what a print costs beside vipsthumbnail, how soon an upload is answered, and what many of them leave in memory.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use courtesy::photos::develop;
use futures_util::future::join_all;
use rustix::time::{ClockId, clock_gettime};
use uuid::Uuid;

use crate::cluster::Cluster;
use crate::data::{Data, ORDINARY};
use crate::load::Connection;
use crate::painting::{painted, painted_of};
use crate::program::processor_time_of_children;
use crate::seats::Seat;
use crate::stand::Stand;
use crate::statistics::{median, percentile, verdict};

const DATABASE: &str = "photos";

/// A camera's picture, twelve megapixels.
const CAMERA: (u16, u16) = (4000, 3000);
/// How well cameras keep theirs, of 100.
const CAMERA_QUALITY: u8 = 90;
/// What a phone sends after it made the camera's smaller, and how much that weighs.
const PHONE: (u16, u16) = (2048, 1536);
const PHONE_BYTES: usize = 1_500_000;

/// How often a print is made on each side; the sides take turns.
const PRINTS: u32 = 10;
/// The most processor time of a print, as a multiple of what vipsthumbnail takes.
const RATIO: f64 = 1.5;
/// How many are sent one after the other, and how long half of them may take.
const ALONE: usize = 20;
const ANSWER: Duration = Duration::from_millis(150);
/// How many each of so many connections sends, in two halves: 200 in all.
const HALVES: [usize; 2] = [13, 12];
const CONNECTIONS: usize = 8;
/// The most memory, in MiB, and how many times as much the second half may need as the first.
const MEMORY: f64 = 300.0;
const GROWTH: f64 = 1.1;

/// Measures all three and prints them.
pub(crate) async fn measure(cluster: &Cluster, data: &Data) {
    let camera = painted(CAMERA, CAMERA_QUALITY);
    let phone = painted_of(PHONE, PHONE_BYTES);
    println!("Photos: of a camera, {}, and as a phone sends them, {}", megabytes(&camera), megabytes(&phone));
    develop_beside_vips(&cluster.file("camera.jpg"), &camera);

    data.copy(cluster, DATABASE).await;
    let stand = Stand::set_up(cluster, DATABASE).await;
    let seats = stand.seats(ORDINARY).await;
    alone(&stand, &seats[CONNECTIONS], &phone).await;
    many(&stand, &seats[..CONNECTIONS], &camera).await;
    println!();
    drop(stand);
    let kept = cluster.file(&format!("{DATABASE}.unused"));
    fs::remove_dir_all(kept).expect("the program kept its photos there");
}

/// Prints what a print takes of a processor, and the same two pictures from Debian's libvips.
fn develop_beside_vips(file: &Path, camera: &[u8]) {
    fs::write(file, camera).expect("the folder can be written to");
    let tiny = file.with_file_name("tiny.jpg");
    fs::write(&tiny, painted((16, 16), CAMERA_QUALITY)).expect("the folder can be written to");
    let (mut ours, mut theirs, mut start) = (Vec::new(), Duration::ZERO, Duration::ZERO);
    for _ in 0..PRINTS {
        let began = time_of_thread();
        let print = develop(camera).expect("it is a picture");
        ours.push(time_of_thread().saturating_sub(began).as_secs_f64() * 1000.0);
        assert_eq!((print.width, print.height), (2000, 1500));
        theirs += vipsthumbnail(file, "2000x2000") + vipsthumbnail(file, "400x400");
        start += vipsthumbnail(&tiny, "16x16") * 2;
    }
    let [theirs, start] = [theirs, start].map(|time| time.as_secs_f64() * 1000.0 / f64::from(PRINTS));
    let ours = median(ours);
    let at_work = theirs - start;
    println!(
        "print: {ours:.0} ms of a processor, vipsthumbnail {theirs:.0} ms, of which {at_work:.0} ms at work; \
         {:.2} times as much, {:.2} of its work; demanded <= {RATIO}: {}",
        ours / theirs,
        ours / at_work,
        verdict(ours / theirs <= RATIO)
    );
}

/// The processor time of one picture, on as many threads as ours has.
fn vipsthumbnail(file: &Path, size: &str) -> Duration {
    let into = file.with_file_name(format!("{size}.jpg[Q=80,strip]"));
    let before = processor_time_of_children();
    let mut command = Command::new("vipsthumbnail");
    command.arg(file).args(["--size", size, "-o"]).arg(into).env("VIPS_CONCURRENCY", "1");
    let status = command.status().expect("vipsthumbnail is there: bin/bench installs it");
    assert!(status.success(), "vipsthumbnail ended with {status}");
    processor_time_of_children().saturating_sub(before)
}

fn time_of_thread() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().expect("it does not go backwards")
}

/// Prints how soon uploads are answered that come one after the other on one connection.
async fn alone(stand: &Stand, seat: &Seat, picture: &[u8]) {
    let mut latencies = upload(stand, seat, picture, ALONE).await;
    let half = percentile(&mut latencies, 50);
    let most = percentile(&mut latencies, 99);
    println!(
        "upload: {:.0} ms for half of {ALONE} on one connection, {:.0} ms at most; demanded <= {} ms: {}",
        half.as_secs_f64() * 1000.0,
        most.as_secs_f64() * 1000.0,
        ANSWER.as_millis(),
        verdict(half <= ANSWER)
    );
}

/// Prints what many uploads at once leave in memory, and how fast they go.
async fn many(stand: &Stand, seats: &[Seat], picture: &[u8]) {
    let (_, before) = stand.program.memory();
    let (began, worked) = (Instant::now(), stand.program.processor_time());
    // The most ever: what is held at a moment depends on what the allocator has just given back.
    let mut most = Vec::new();
    for half in HALVES {
        join_all(seats.iter().map(|seat| upload(stand, seat, picture, half))).await;
        most.push(stand.program.memory().1);
    }
    let uploads = u32::try_from(HALVES.iter().sum::<usize>() * CONNECTIONS).expect("some hundreds");
    let rate = f64::from(uploads) / began.elapsed().as_secs_f64();
    let each = stand.program.processor_time().saturating_sub(worked) / uploads;
    println!(
        "many: {uploads} of a camera on {CONNECTIONS} connections, {rate:.1}/s, {} ms of a processor each",
        each.as_millis()
    );
    let growth = most[1] / most[0];
    println!(
        "memory at most: {before:.0} MiB before, {:.0} MiB over half of them, {:.0} MiB over all; demanded <= {GROWTH} \
         times as much over all as over half: {}; at most {MEMORY} MiB: {}",
        most[0],
        most[1],
        verdict(growth <= GROWTH),
        verdict(most[1] <= MEMORY)
    );
}

/// How long each of so many took, one after the other.
async fn upload(stand: &Stand, seat: &Seat, picture: &[u8], times: usize) -> Vec<Duration> {
    let mut connection = Connection::open(stand.program.address).await;
    let mut latencies = Vec::new();
    for _ in 0..times {
        let request = request(seat, picture);
        let asked = Instant::now();
        connection.ask(&request).await;
        latencies.push(asked.elapsed());
    }
    latencies
}

fn request(seat: &Seat, picture: &[u8]) -> Vec<u8> {
    let head = format!(
        "PUT /api/v1/inspections/{}/photos/{}?kind=other HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {}\r\n\
         content-type: image/jpeg\r\ncontent-length: {}\r\n\r\n",
        seat.get("inspection_id"),
        Uuid::now_v7(),
        seat.get("token"),
        picture.len()
    );
    [head.as_bytes(), picture].concat()
}

fn megabytes(picture: &[u8]) -> String {
    #[expect(clippy::cast_precision_loss, reason = "they are some millions")]
    let megabytes = picture.len() as f64 / 1e6;
    format!("{megabytes:.1} MB")
}
