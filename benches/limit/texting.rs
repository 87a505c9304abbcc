//! Texting beside a provider that answers in a tenth of a second: whether a busy shop starves others, how many texts leave in a
//! second, and how fast customers' texts come in.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::arguments::Arguments;
use crate::cluster::Cluster;
use crate::data::Data;
use crate::program::Program;
use crate::statistics::verdict;
use crate::webhook;

pub(crate) const DATABASE: &str = "texting";
pub(crate) const SID: &str = "AC0123456789abcdef0123456789abcdef";
pub(crate) const TOKEN: &str = "12345";
pub(crate) const PUBLIC_URL: &str = "https://inspect.example";

/// How long the provider takes for an answer.
const ANSWER: Duration = Duration::from_millis(100);
/// Texts of the busy shop, and how many other shops have one each.
const BUSY: i32 = 5000;
const OTHERS: usize = 49;
/// Among so many texts the others' have to be.
const FIRST: usize = 100;
/// Texts a second that are demanded.
const OUT: f64 = 300.0;
/// How long handing all of them over may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// Which shop's number each text came from, in order, and when the first and the last came.
#[derive(Default)]
struct Books {
    from: Vec<String>,
    began: Option<Instant>,
    ended: Option<Instant>,
}

type Shared = Arc<Mutex<Books>>;

/// Measures all three and prints them.
pub(crate) async fn measure(cluster: &Cluster, data: &Data, arguments: &Arguments) {
    data.copy(cluster, DATABASE).await;
    let superuser = cluster.superuser(DATABASE).await;
    let numbers = give_numbers(&superuser).await;
    let queued = queue(&superuser).await;
    let books = Shared::default();
    let provider = serve(books.clone()).await;
    let environment = [
        ("COURTESY_SMS", "twilio".to_owned()),
        ("COURTESY_PUBLIC_URL", PUBLIC_URL.to_owned()),
        ("TWILIO_ACCOUNT_SID", SID.to_owned()),
        ("TWILIO_AUTH_TOKEN", TOKEN.to_owned()),
        ("TWILIO_API_URL", format!("http://{provider}")),
    ];
    let log = cluster.file(&format!("{DATABASE}.log"));
    let program = Program::serve_with(&cluster.program, &cluster.owner(DATABASE), &log, &environment).await;
    println!("Texting, beside a provider that answers in {} ms", ANSWER.as_millis());
    sent(&books, &numbers[0], queued).await;
    let (before, _) = program.memory();
    webhook::measure(cluster, &superuser, &program, arguments).await;
    let (now, most) = program.memory();
    println!("memory of the program: {before:.0} MiB, then {now:.0} MiB, {most:.0} MiB at most\n");
}

/// Each shop gets a number; the first of them is the busy one's.
async fn give_numbers(superuser: &Client) -> Vec<String> {
    let sql = "UPDATE shops s SET sms_number = '+1212555' || lpad(n.n::text, 4, '0')
                 FROM (SELECT id, row_number() OVER (ORDER BY created_at, id) AS n FROM shops) n
                WHERE s.id = n.id RETURNING s.sms_number";
    let rows = superuser.query(sql, &[]).await.expect("the superuser may");
    let mut numbers: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    numbers.sort_unstable();
    numbers.truncate(OTHERS + 1);
    numbers
}

/// The busy shop's texts, each to a number of its own, and after them one of each other shop; yields how many they are.
async fn queue(superuser: &Client) -> usize {
    let sql = format!(
        "INSERT INTO messages (shop_id, conversation_id, customer_id, user_id, direction, phone_number, content, expires_at,
                               created_at)
         SELECT s.id, x.id, x.customer_id, u.id, 'outbound', '+1415' || lpad((5000000 + t.n)::text, 7, '0'),
                'Your car is ready, we are open until six.', now() + interval '1 day',
                clock_timestamp() - interval '1 minute' * (s.place = 1)::int
           FROM (SELECT id, row_number() OVER (ORDER BY sms_number) AS place FROM shops) s
           JOIN LATERAL (SELECT id, customer_id FROM conversations c WHERE c.shop_id = s.id LIMIT 1) x ON true
           JOIN LATERAL (SELECT id FROM users v WHERE v.shop_id = s.id LIMIT 1) u ON true
           JOIN LATERAL generate_series(1, CASE s.place WHEN 1 THEN {BUSY} ELSE 1 END) t (n) ON true
          WHERE s.place <= {OTHERS} + 1"
    );
    let queued = superuser.execute(&sql, &[]).await.expect("the superuser may");
    usize::try_from(queued).expect("some thousands")
}

/// Takes every text; its list is empty.
async fn serve(books: Shared) -> SocketAddr {
    let messages = format!("/2010-04-01/Accounts/{SID}/Messages.json");
    let list = async || Json(json!({ "messages": [], "next_page_uri": null }));
    let router = Router::new().route(&messages, get(list)).route(&messages, post(take)).with_state(books);
    let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = socket.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(socket, router).await.expect("it serves") });
    address
}

async fn take(State(books): State<Shared>, form: String) -> (StatusCode, Json<Value>) {
    let from = form_urlencoded::parse(form.as_bytes()).find(|(name, _)| name == "From");
    {
        let mut books = books.lock().expect("nobody panicked");
        books.from.extend(from.map(|(_, number)| number.into_owned()));
        books.began.get_or_insert_with(Instant::now);
        books.ended = Some(Instant::now());
    }
    sleep(ANSWER).await;
    (StatusCode::CREATED, Json(json!({ "sid": format!("SM{}", Uuid::new_v4().simple()), "status": "queued" })))
}

/// Waits until all are handed over, and prints when the others' were, and how fast it went.
async fn sent(books: &Shared, busy: &str, queued: usize) {
    let handed_over = || books.lock().expect("nobody panicked").from.len();
    let all = async {
        while handed_over() < queued {
            sleep(Duration::from_millis(50)).await;
        }
    };
    assert!(timeout(PATIENCE, all).await.is_ok(), "{} of {queued} were handed over", handed_over());
    let books = books.lock().expect("nobody panicked");
    let last = books.from.iter().rposition(|from| from != busy).map_or(0, |place| place + 1);
    println!(
        "fairness: the last text of the shops with one each comes {last}th of {queued}; demanded among {FIRST}: {}",
        verdict(last <= FIRST)
    );
    let took = books.ended.zip(books.began).map_or(Duration::ZERO, |(ended, began)| ended - began);
    #[expect(clippy::cast_precision_loss, reason = "they are some thousands")]
    let rate = queued as f64 / took.as_secs_f64();
    println!("out: {rate:.0} texts/s; demanded >= {OUT}: {}", verdict(rate >= OUT));
}
