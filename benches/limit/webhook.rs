//! Customers' texts, as fast as they are heard through the signed webhook, beside pgbench with what the program sends for one.

use std::fs;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::join_all;
use ring::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::arguments::Arguments;
use crate::capture::{Captured, Ear};
use crate::cluster::Cluster;
use crate::data::ORDINARY;
use crate::load::{Connection, WARM_UP};
use crate::pgbench::{self, Script};
use crate::program::Program;
use crate::script::{NEW_ID, script};
use crate::seats::{self, Seat};
use crate::statistics::{median, percentile, verdict};
use crate::texting::{DATABASE, PUBLIC_URL, SID, TOKEN};

/// Texts a second that are demanded, and the least part of pgbench's rate.
const RATE: f64 = 500.0;
const RATIO: f64 = 0.7;
/// How many connections tell of texts at once.
const CONNECTIONS: usize = 16;
/// A new id of the provider's, as pgbench writes it.
const NEW_SID: &str = "('SM' || :beginning::text || :number::text)";

/// How a round went.
struct Heard {
    rate: f64,
    half: f64,
    most: f64,
}

/// Measures both and prints them.
pub(crate) async fn measure(cluster: &Cluster, superuser: &Client, program: &Program, arguments: &Arguments) {
    let seats = seat(superuser).await;
    let script = listen(cluster, superuser, program, &seats[0]).await;
    let (mut heard, mut ratios) = (Vec::new(), Vec::new());
    for round in 0..arguments.rounds {
        let offset = rand::random_range(0..seats.len());
        let limit = async { pgbench::run(cluster, DATABASE, &script, CONNECTIONS, offset, arguments.seconds).await };
        let told = tell(program, &seats, offset, arguments);
        let (limit, told) = if round % 2 == 0 {
            let limit = limit.await;
            (limit, told.await)
        } else {
            let told = told.await;
            (limit.await, told)
        };
        ratios.push(told.rate / limit);
        heard.push(told);
    }
    let of = |value: fn(&Heard) -> f64| median(heard.iter().map(value));
    let (rate, ratio) = (of(|it| it.rate), median(ratios));
    println!(
        "in: {rate:.0} texts/s on {CONNECTIONS} connections, p50 {:.1} ms, p99 {:.1} ms; demanded >= {RATE}: {}; \
         {ratio:.2} of pgbench, demanded >= {RATIO}: {}",
        of(|it| it.half),
        of(|it| it.most),
        verdict(rate >= RATE),
        verdict(ratio >= RATIO),
    );
}

/// The seats, each with its shop's number and with a customer's phone that there can be.
async fn seat(superuser: &Client) -> Vec<Seat> {
    let give = format!(
        "UPDATE bench.seats t SET subject = t.subject || jsonb_build_object(
                'to', s.sms_number, 'phone', '+14155' || lpad(t.n::text, 6, '0'))
           FROM shops s WHERE s.id::text = t.subject ->> 'shop_id' AND t.kind = '{ORDINARY}';
         UPDATE customers c SET phone = t.subject ->> 'phone'
           FROM bench.seats t WHERE c.id::text = t.subject ->> 'customer_id' AND t.kind = '{ORDINARY}'"
    );
    superuser.batch_execute(&give).await.expect("the superuser may");
    seats::read(superuser, ORDINARY).await
}

/// Listens to what the program sends for a text, and writes it down for pgbench.
async fn listen(cluster: &Cluster, superuser: &Client, program: &Program, seat: &Seat) -> Script {
    let mut ear = Ear::open(cluster, program).await;
    // The first requests prepare statements, and the settings take a moment to arrive.
    let mut captured = Vec::new();
    while captured.len() < 3 {
        let its_id = new_sid();
        let statements = ear.hear(&request(seat, &its_id)).await;
        let row =
            superuser.query_one("SELECT id::text FROM messages WHERE provider_message_id = $1", &[&its_id]).await;
        let id = row.expect("it came in").get(0);
        if statements.len() >= 3 {
            captured.push(Captured { statements, new: vec![(id, NEW_ID), (its_id, NEW_SID)] });
        }
    }
    ear.close().await;
    let file = cluster.file("webhook.pgbench");
    let captured = &captured[captured.len() - 1..];
    fs::write(&file, script(captured, seat, ORDINARY)).expect("the folder can be written to");
    Script { file, transactions: captured.len() }
}

/// Tells of texts as fast as they are heard.
async fn tell(program: &Program, seats: &[Seat], offset: usize, arguments: &Arguments) -> Heard {
    let begin = Instant::now() + WARM_UP;
    let end = begin + arguments.seconds;
    let telling = (0..CONNECTIONS).map(async |connection| {
        let seat = &seats[(offset + connection) % seats.len()];
        let mut line = Connection::open(program.address).await;
        let mut latencies = Vec::new();
        loop {
            let request = request(seat, &new_sid());
            let asked = Instant::now();
            line.ask(&request).await;
            let answered = Instant::now();
            if answered >= end {
                break latencies;
            }
            if answered >= begin {
                latencies.push(answered - asked);
            }
        }
    });
    let mut latencies = join_all(telling).await.concat();
    #[expect(clippy::cast_precision_loss, reason = "they are some thousands")]
    let rate = latencies.len() as f64 / arguments.seconds.as_secs_f64();
    let [half, most] = [50, 99].map(|percent| percentile(&mut latencies, percent).as_secs_f64() * 1000.0);
    Heard { rate, half, most }
}

fn new_sid() -> String {
    format!("SM{}", Uuid::new_v4().simple())
}

/// A text from a customer, as Twilio tells of it.
fn request(seat: &Seat, its_id: &str) -> Vec<u8> {
    let (from, to) = (seat.get("phone"), seat.get("to"));
    let form = [("AccountSid", SID), ("Body", "Is it done?"), ("From", from), ("MessageSid", its_id), ("To", to)];
    let path = "/webhooks/twilio/sms";
    // What is signed is sorted by name, as these are.
    let signed: String = form.iter().flat_map(|(name, value)| [*name, *value]).collect();
    let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, TOKEN.as_bytes());
    let signature = STANDARD.encode(sign(&key, format!("{PUBLIC_URL}{path}{signed}").as_bytes()));
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\nx-twilio-signature: {signature}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
