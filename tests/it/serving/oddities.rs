//! HTTP as no well-behaved client speaks it, over bare sockets: each time there is one answer that blames the client, or
//! none and the connection ends; never a fault of ours, and never a wait without end.

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Setting;
use crate::support::cluster::cluster;
use crate::support::program::{PATIENCE, Program};

/// Says this on a connection of its own, and returns everything that came back until the program ended it.
async fn exchange(program: &Program, said: &[u8]) -> String {
    let address = program.url.strip_prefix("http://").unwrap();
    let (mut reader, mut writer) = TcpStream::connect(address).await.unwrap().into_split();
    let mut answer = Vec::new();
    // The program may end the connection while there is still something to say, and that may reset it.
    let talk = async { tokio::join!(writer.write_all(said), reader.read_to_end(&mut answer)) };
    let shown = String::from_utf8_lossy(&said[..said.len().min(80)]).into_owned();
    let _ended = timeout(PATIENCE, talk).await.unwrap_or_else(|_| panic!("no end: {shown}"));
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status of each answer.
fn statuses(answers: &str) -> Vec<u16> {
    let lines = answers.match_indices("HTTP/1.").map(|(at, _)| &answers[at..]);
    lines.filter_map(|line| line.split(' ').nth(1)?.parse().ok()).collect()
}

/// A request whose connection ends with its answer.
fn get(target: &str, more: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{more}\r\n")
}

fn post(more: &str, body: &str) -> String {
    format!("POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{more}\r\n{body}")
}

/// What is said, and the statuses that are fine; 0 is an end without an answer.
fn oddities() -> Vec<(&'static str, Vec<u8>, &'static [u16])> {
    let many = "X: 1\r\n".repeat(500);
    let text: Vec<(&str, String, &[u16])> = vec![
        ("no host", "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n".into(), &[200, 400]),
        ("two hosts", get("/healthz", "Host: y\r\n"), &[200, 400]),
        ("HTTP/1.0", "GET /healthz HTTP/1.0\r\n\r\n".into(), &[200]),
        ("HTTP/0.9", "GET /healthz\r\n\r\n".into(), &[400]),
        ("HTTP/3.0", "GET /healthz HTTP/3.0\r\n\r\n".into(), &[400]),
        ("HTTP/2 outright", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(), &[0, 400]),
        ("absolute form", get("http://elsewhere.example/healthz", ""), &[200]),
        ("another scheme", get("ftp://elsewhere.example/healthz", ""), &[200, 400]),
        ("an asterisk", "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".into(), &[404, 405]),
        ("CONNECT", "CONNECT x:443 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".into(), &[400, 404, 405]),
        ("an upgrade", get("/healthz", "Connection: upgrade\r\nUpgrade: h2c\r\n"), &[200, 400]),
        ("no path", get("x", ""), &[400, 404]),
        ("dots", get("/../../etc/passwd", ""), &[404]),
        ("hidden dots", get("/assets/%2e%2e%2fCargo.toml", ""), &[404]),
        ("a long address", get(&format!("/{}", "x".repeat(1_000_000)), ""), &[0, 414, 431]),
        ("a long query", get(&format!("/healthz?{}", "x".repeat(1_000_000)), ""), &[0, 414, 431]),
        ("an oversized header", get("/healthz", &format!("X: {}\r\n", "x".repeat(1_000_000))), &[0, 431]),
        ("many headers", get("/healthz", &many), &[431]),
        ("a header without a name", get("/healthz", ": x\r\n"), &[400]),
        ("a header with a space", get("/healthz", "X : y\r\n"), &[400]),
        ("a folded header", get("/healthz", "X: y\r\n z\r\n"), &[400]),
        ("bare line feeds", "GET /healthz HTTP/1.1\nHost: x\nConnection: close\n\n".into(), &[200, 400]),
        ("empty lines first", format!("\r\n\r\n{}", get("/healthz", "")), &[200, 400]),
        ("two lengths", post("Content-Length: 2\r\nContent-Length: 3\r\n", "{}x"), &[400]),
        ("a length of nothing", post("Content-Length: \r\n", ""), &[400]),
        ("a negative length", post("Content-Length: -1\r\n", ""), &[400]),
        ("an endless length", post("Content-Length: 99999999999999999999\r\n", ""), &[400]),
        ("a huge length", post("Content-Length: 10000000000\r\n", ""), &[413]),
        (
            "chunks and a length",
            post("Connection: close\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"),
            &[400, 422],
        ),
        ("chunks of no size", post("Transfer-Encoding: chunked\r\n", "x\r\n{}\r\n0\r\n\r\n"), &[400]),
        ("chunks of any size", post("Transfer-Encoding: chunked\r\n", "ffffffffffffffff1\r\n{}\r\n"), &[400]),
        ("another encoding", post("Transfer-Encoding: gzip\r\n", "{}"), &[400]),
        ("%00 in a query", get("/healthz?%00=%00", ""), &[200]),
        ("a trailing percent", get("/r/%", ""), &[404]),
    ];
    let mut oddities: Vec<_> = text.into_iter().map(|(name, said, fine)| (name, said.into_bytes(), fine)).collect();
    let bytes: [(&str, &[u8], &[u16]); 4] = [
        ("a NUL in the path", b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n", &[400]),
        (
            "raw bytes in a query",
            b"GET /healthz?\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            &[200, 400],
        ),
        ("raw bytes in a header", b"GET /healthz HTTP/1.1\r\nX: \xff\r\nConnection: close\r\n\r\n", &[200, 400]),
        ("TLS", b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n", &[0, 400]),
    ];
    oddities.extend(bytes.map(|(name, said, fine)| (name, said.to_vec(), fine)));
    oddities
}

#[tokio::test]
async fn whatever_is_said_is_answered_once_or_not_at_all() {
    let setting = Setting::new().await;
    let program = Program::serve(setting.command(&[])).await;
    for (name, said, fine) in oddities() {
        let answer = exchange(&program, &said).await;
        let statuses = statuses(&answer);
        let status = statuses.first().copied().unwrap_or(0);
        assert!(statuses.len() <= 1 && fine.contains(&status), "{name}: {answer}");
    }
    assert_eq!(program.get("/healthz", "").await.status(), 200);
    assert!(!program.log().contains("ERROR") && !program.log().contains("panicked"), "{}", program.log());
    program.stop().await;
}

#[tokio::test]
async fn requests_in_a_row_are_answered_in_a_row() {
    let setting = Setting::new().await;
    let program = Program::serve(setting.command(&[])).await;
    let first = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n";
    let answers = exchange(&program, format!("{first}{}", get("/robots.txt", "")).as_bytes()).await;
    assert_eq!(statuses(&answers), [200, 404, 200], "{answers}");
    program.stop().await;
}

#[tokio::test]
async fn ids_and_parameters_may_be_anything() {
    let setting = Setting::new().await;
    let program = Program::serve(setting.command(&[])).await;
    let bearer = format!("Authorization: Bearer {}\r\n", cluster().world.ours.manager.token);
    for (target, status) in [
        ("/api/v1/customers/%00", 404),
        ("/api/v1/customers/%ff%fe", 404),
        ("/api/v1/customers/0190f0c0-0000-7000-8000-00000000000a%00", 404),
        ("/api/v1/customers?q=%00", 422),
        ("/api/v1/customers?%00=x", 422),
        ("/api/v1/customers?q=%", 200),
        ("/api/v1/customers?cursor=%ff", 422),
        ("/api/v1/customers?limit=%ff", 422),
    ] {
        let answer = exchange(&program, get(target, &bearer).as_bytes()).await;
        assert_eq!(statuses(&answer), [status], "{target}: {answer}");
    }
    program.stop().await;
}

#[tokio::test]
async fn a_stranger_is_refused_before_a_body_is_read() {
    let setting = Setting::new().await;
    let program = Program::serve(setting.command(&[])).await;
    let address = "/api/v1/inspections/0190f0c0-0000-7000-8000-00000000000a/items";
    for announced in ["Content-Length: 1000000000\r\n", "Transfer-Encoding: chunked\r\n"] {
        let header = format!(
            "PUT {address} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n{announced}\r\n"
        );
        let answer = exchange(&program, header.as_bytes()).await;
        assert_eq!(statuses(&answer), [401], "neither asked to go on nor waited for: {answer}");
        // One that is sent all the same is cut off; who has sent it can still read why.
        let sent = format!("{header}{}", "x".repeat(3_000_000));
        assert_eq!(statuses(&exchange(&program, sent.as_bytes()).await), [401]);
    }
    let token = &cluster().world.ours.manager.token;
    let known = format!("POST /api/v1/customers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n");
    let known =
        format!("{known}Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 70000\r\n\r\n");
    let answer = exchange(&program, known.as_bytes()).await;
    assert_eq!(statuses(&answer), [413], "whoever is known, and says too much: {answer}");
    let wrong = json!({ "email": "nobody@nowhere.example", "password": "wrong" });
    assert_eq!(program.post("/api/v1/sessions", &wrong).await.status(), 401, "others are served");
    program.stop().await;
}
