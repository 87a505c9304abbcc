//! How long the pages take: asked for at an even pace, whether or not the answer before has come, by browsers of all shops.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::header::{ACCEPT_ENCODING, AUTHORIZATION};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval};

use crate::arguments::Arguments;
use crate::cluster::Cluster;
use crate::data::{Data, ORDINARY};
use crate::seats::Seat;
use crate::stand::Stand;
use crate::statistics::{percentile, verdict};

/// Pages asked for in a second, all kinds together.
const PACE: u32 = 50;
/// How long a page may take, for ninety-nine of a hundred.
const MOST: Duration = Duration::from_millis(20);
/// How often each kind is asked for before it counts: connections are made and statements prepared.
const WARM_UP: usize = 20;

/// A kind of page: its name, and its address for a seat.
type Page = (&'static str, fn(&Seat) -> String);

const PAGES: [Page; 14] = [
    ("board", |_| "/board".to_owned()),
    ("customers", |_| "/customers".to_owned()),
    ("found", |_| "/customers?q=civic".to_owned()),
    ("customer", |seat| format!("/customers/{}", seat.get("customer_id"))),
    ("vehicle", |seat| format!("/vehicles/{}", seat.get("vehicle_1"))),
    ("conversations", |_| "/conversations".to_owned()),
    ("conversation", |seat| format!("/conversations/{}", seat.get("conversation_id"))),
    ("team", |_| "/team".to_owned()),
    ("settings", |_| "/settings".to_owned()),
    ("new", |_| "/inspections/new".to_owned()),
    ("search", |_| "/inspections/new/found?q=civic".to_owned()),
    ("review", |seat| format!("/inspections/{}", seat.get("inspection_id"))),
    ("preview", |seat| format!("/inspections/{}/report", seat.get("inspection_id"))),
    ("report", |seat| seat.get("report").to_owned()),
];

/// A browser of a shop.
struct Browser<'a> {
    client: &'a Client,
    url: String,
    seat: Seat,
}

/// Prints what each kind of page takes.
pub(crate) async fn measure(cluster: &Cluster, data: &Data, arguments: &Arguments) {
    const DATABASE: &str = "measured";
    data.copy(cluster, DATABASE).await;
    let stand = Stand::set_up(cluster, DATABASE).await;
    let client = courtesy::outward::client(Duration::from_secs(30)).build().expect("a client");
    let url = format!("http://{}", stand.program.address);
    let mut browsers = Vec::new();
    for seat in stand.seats(ORDINARY).await.into_iter().step_by(8) {
        browsers.push(Browser { client: &client, url: url.clone(), seat }.with_report().await);
    }
    println!("Pages, {PACE} a second in all, compressed, {}", data.describe());
    let seconds = u32::try_from(arguments.seconds.as_secs()).unwrap_or(3) * 4;
    let rounds = usize::try_from(PACE * seconds).expect("not that many") / PAGES.len();
    for browser in browsers.iter().cycle().take(WARM_UP) {
        for page in &PAGES {
            browser.open(page).await;
        }
    }
    let asked = at_an_even_pace(&browsers, rounds).await;
    for (place, (name, _)) in PAGES.iter().enumerate() {
        let mut latencies: Vec<Duration> = asked.iter().skip(place).step_by(PAGES.len()).copied().collect();
        let (half, most) = (percentile(&mut latencies, 50), percentile(&mut latencies, 99));
        let verdict = verdict(most <= MOST);
        let milliseconds = |took: Duration| took.as_secs_f64() * 1000.0;
        println!(
            "{name:<14} {:>6} times, p50 {:>6.1} ms, p99 {:>6.1} ms; demanded p99 <= {} ms: {verdict}",
            latencies.len(),
            milliseconds(half),
            milliseconds(most),
            MOST.as_millis(),
        );
    }
    println!();
}

/// One kind of page after the other, so many times; what each took, in that order.
async fn at_an_even_pace(browsers: &[Browser<'_>], rounds: usize) -> Vec<Duration> {
    let mut clock = interval(Duration::from_secs(1) / PACE);
    clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut open = Vec::new();
    for number in 0..rounds * PAGES.len() {
        clock.tick().await;
        let browser = &browsers[number % browsers.len()];
        open.push(tokio::spawn(took(browser.request(&PAGES[number % PAGES.len()]))));
    }
    join_all(open).await.into_iter().map(|latency| latency.expect("it is answered")).collect()
}

impl Browser<'_> {
    /// With the address of a report that was handed over.
    async fn with_report(mut self) -> Self {
        self.tell("complete", json!({ "allow_incomplete": true })).await;
        let sent = self.tell("send", json!({ "via": "link" })).await;
        let link = sent["report_url"].as_str().expect("a link").split_once("/r/").expect("our own address").1;
        self.seat.set("report", format!("/r/{link}"));
        self
    }

    async fn tell(&self, step: &str, body: Value) -> Value {
        let address = format!("{}/api/v1/inspections/{}/{step}", self.url, self.seat.get("inspection_id"));
        let answer = self.as_manager(self.client.post(address)).json(&body).send().await.expect("an answer");
        answer.error_for_status().expect("it may").json().await.expect("JSON")
    }

    async fn open(&self, page: &Page) {
        took(self.request(page)).await;
    }

    fn request(&self, (_, address): &Page) -> RequestBuilder {
        let address = format!("{}{}", self.url, address(&self.seat));
        self.as_manager(self.client.get(address)).header(ACCEPT_ENCODING, "gzip, br")
    }

    fn as_manager(&self, request: RequestBuilder) -> RequestBuilder {
        request.header(AUTHORIZATION, format!("Bearer {}", self.seat.get("token")))
    }
}

/// How long it takes until the whole page is there.
async fn took(request: RequestBuilder) -> Duration {
    let asked = Instant::now();
    let answer = request.send().await.expect("an answer").error_for_status().expect("a page");
    answer.bytes().await.expect("the whole of it");
    asked.elapsed()
}
