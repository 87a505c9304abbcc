//! A shop that moves in: how long a list of customers takes through the pages, beside PostgreSQL's own `COPY` of the same rows.

use std::fmt::Write as _;
use std::pin::pin;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::SinkExt as _;
use reqwest::RequestBuilder;
use reqwest::header::CONTENT_TYPE;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::cluster::Cluster;
use crate::data::{Data, ORDINARY};
use crate::stand::Stand;
use crate::statistics::verdict;

/// Customers in the list.
const ROWS: u32 = 50_000;
/// How long uploading, judging and importing them may take together.
const MOST: Duration = Duration::from_secs(30);
/// The line between the parts of the form.
const BOUNDARY: &str = "between-the-parts";

/// Prints what each step takes.
pub(crate) async fn measure(cluster: &Cluster, data: &Data) {
    const DATABASE: &str = "imported";
    data.copy(cluster, DATABASE).await;
    let stand = Stand::set_up(cluster, DATABASE).await;
    let seats = stand.seats(ORDINARY).await;
    let (seat, other) = (&seats[0], seats.iter().find(|it| it.get("shop_id") != seats[0].get("shop_id")));
    let client = courtesy::outward::client(MOST * 10).build().expect("a client");
    let post = |path: &str| -> RequestBuilder {
        client.post(format!("http://{}{path}", stand.program.address)).bearer_auth(seat.get("token"))
    };
    println!("A list of {ROWS} customers");
    let id = Uuid::now_v7();
    let began = Instant::now();
    answered(post("/settings/data").header(CONTENT_TYPE, form_type()).body(form(id))).await;
    let judged = began.elapsed();
    let pressed = Instant::now();
    answered(post(&format!("/settings/data/imports/{id}"))).await;
    let written = pressed.elapsed();
    let imported = customers(&stand.superuser, seat.get("shop_id")).await;
    assert!(imported >= i64::from(ROWS), "only {imported} customers are there");
    let copied = copy(&stand.superuser, other.expect("several shops").get("shop_id")).await;
    let verdict = verdict(judged + written <= MOST);
    println!(
        "uploaded and judged in {:.1} s, imported in {:.1} s; demanded together <= {} s: {verdict}",
        judged.as_secs_f64(),
        written.as_secs_f64(),
        MOST.as_secs(),
    );
    let times = written.as_secs_f64() / copied.as_secs_f64();
    println!(
        "COPY of the same rows into the same table {:.1} s: importing takes {times:.1} times that",
        copied.as_secs_f64()
    );
    let (now, most) = stand.program.memory();
    println!("memory of the program: {now:.0} MiB, {most:.0} MiB at most\n");
}

/// The page that a form leads to, which has to be a good one.
async fn answered(request: RequestBuilder) {
    let answer = request.send().await.expect("an answer");
    assert!(answer.status().is_redirection(), "{}: {}", answer.status(), answer.text().await.unwrap_or_default());
}

fn form_type() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

/// The form of the lists' page, with the list as its file.
fn form(id: Uuid) -> String {
    let field = |name: &str, value: &str| {
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let mut form = field("id", &id.to_string()) + &field("kind", "customers");
    write!(form, "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"customers.csv\"\r\n\r\n")
        .expect("a String takes everything");
    form.push_str("First name,Last name,Phone,E-mail,City\r\n");
    for number in 0..ROWS {
        let [first, last, phone, email, city] = customer(number);
        writeln!(form, "{first},{last},{phone},{email},{city}\r").expect("a String takes everything");
    }
    form + "\r\n--" + BOUNDARY + "--\r\n"
}

/// First and last name, phone, e-mail and city of somebody.
fn customer(number: u32) -> [String; 5] {
    [
        format!("Ruth{number}"),
        format!("Abel{}", number % 977),
        format!("+1415{:07}", 2_000_000 + number),
        format!("ruth{number}@list.example"),
        "Oakland".to_owned(),
    ]
}

async fn customers(superuser: &Client, shop: &str) -> i64 {
    let sql = "SELECT count(*) FROM customers WHERE shop_id = $1::text::uuid";
    superuser.query_one(sql, &[&shop]).await.expect("the superuser may").get(0)
}

/// Copies the same customers into another shop; how long that takes.
async fn copy(superuser: &Client, shop: &str) -> Duration {
    let mut rows = String::new();
    for number in 0..ROWS {
        let [first, last, phone, email, city] = customer(number);
        let id = Uuid::now_v7();
        writeln!(rows, "{id}\t{shop}\t{first}\t{last}\t{phone}\t{email}\t{{\"city\":\"{city}\"}}")
            .expect("a String takes everything");
    }
    let began = Instant::now();
    let sql = "COPY customers (id, shop_id, first_name, last_name, phone, email, address) FROM STDIN";
    let mut sink = pin!(superuser.copy_in(sql).await.expect("the superuser may"));
    sink.send(Bytes::from(rows)).await.expect("PostgreSQL listens");
    sink.finish().await.expect("they are good rows");
    began.elapsed()
}
