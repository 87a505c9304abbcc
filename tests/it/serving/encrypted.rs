//! HTTPS: what a connection begins with, what keeps it from beginning, and a certificate that changes while it is in use.

use std::fs;
use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use courtesy::certificate::Pair;
use courtesy::serve::listener::Bounds;
use courtesy::serve::tls::Tls;
use courtesy::web::Scheme;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustix::process::Signal;
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::Setting;
use super::patience::{Listener, REQUEST, SHORT, WIDE, hello, read_until, rest};
use crate::support::program::{PATIENCE, Program, client, courtesy, data_dir, refusal, run, text};

/// A pair of files, as an operator lays them down.
struct Files {
    folder: TempDir,
}

/// A certificate that whoever knows it trusts, and its key, both as PEM.
struct Shown {
    der: CertificateDer<'static>,
    certificate: String,
    key: String,
}

impl Shown {
    fn new() -> Self {
        Self::with(|_| ())
    }

    fn expired() -> Self {
        Self::with(|params| params.not_after = date_time_ymd(2001, 2, 3))
    }

    fn with(change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = CertificateParams::new([Ipv4Addr::LOCALHOST.to_string()]).unwrap();
        params.not_before = date_time_ymd(2000, 1, 1);
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { der: certificate.der().clone(), certificate: certificate.pem(), key: key.serialize_pem() }
    }

    fn client(&self, protocols: &[&str]) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap();
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        TlsConnector::from(Arc::new(config))
    }

    /// A connection to a server that has to show this certificate.
    async fn trying(&self, stream: TcpStream) -> std::io::Result<TlsStream<TcpStream>> {
        let handshake = self.client(&[]).connect(Ipv4Addr::LOCALHOST.into(), stream);
        timeout(PATIENCE, handshake).await.expect("in time")
    }

    /// The answer to a request whose connection ends with it, asked by the address that the program names.
    async fn ask(&self, program: &Program) -> std::io::Result<String> {
        self.ask_by_name(program, address(program)).await
    }

    async fn ask_by_name(&self, program: &Program, host: &str) -> std::io::Result<String> {
        let mut stream = self.trying(TcpStream::connect(address(program)).await?).await?;
        let request = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        Ok(rest(&mut stream).await)
    }
}

impl Files {
    fn of(shown: &Shown) -> Self {
        let files = Self { folder: data_dir() };
        files.lay(&shown.certificate, &shown.key);
        files
    }

    /// Puts others in their place, as tools do it: written beside, then renamed.
    fn lay(&self, certificate: &str, key: &str) {
        let Pair { certificate: certificate_path, key: key_path } = self.pair();
        for (path, contents) in [(certificate_path, certificate), (key_path, key)] {
            let beside = path.with_extension("new");
            fs::write(&beside, contents).unwrap();
            fs::rename(beside, path).unwrap();
        }
    }

    fn pair(&self) -> Pair {
        let [certificate, key] = ["certificate.pem", "key.pem"].map(|name| self.folder.path().join(name));
        Pair { certificate, key }
    }

    fn tls(&self) -> Arc<Tls> {
        Arc::new(Tls::open(&self.pair()).unwrap())
    }

    fn told_to(&self, mut command: tokio::process::Command) -> tokio::process::Command {
        let Pair { certificate, key } = self.pair();
        command.env("COURTESY_TLS_CERT", certificate).env("COURTESY_TLS_KEY", key);
        command
    }
}

fn address(program: &Program) -> &str {
    program.url.strip_prefix("https://").expect("https is spoken")
}

#[tokio::test]
async fn who_has_a_certificate_serves_https_alone() {
    let (setting, shown) = (Setting::new().await, Shown::new());
    let files = Files::of(&shown);
    let program = Program::serve(files.told_to(setting.command(&["--metrics-listen", "127.0.0.1:0"]))).await;
    let answer = shown.ask(&program).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok"), "{answer}");
    assert!(answer.contains("\r\nstrict-transport-security: max-age=63072000\r\n"), "{answer}");
    let answer = shown.ask_by_name(&program, "server.lan").await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && !answer.contains("strict-transport"), "another name: {answer}");

    let plain = format!("http://{}/r/x?y=z", address(&program));
    let led = courtesy::outward::client(PATIENCE).build().unwrap();
    let answer = led.get(&plain).send().await.unwrap();
    assert_eq!(answer.status(), 307);
    assert_eq!(answer.headers()["location"], format!("{}/r/x?y=z", program.url).as_str());
    for request in [led.get(&plain).bearer_auth("a token"), led.post(&plain)] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 400);
        assert!(answer.text().await.unwrap().contains("https"));
    }

    let log = program.logged("metrics on http://").await;
    let metrics = log.split("metrics on ").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(client().get(metrics).send().await.unwrap().status(), 200, "they stay plain");
    program.stop().await;
}

#[tokio::test]
async fn an_encrypted_request_that_is_under_way_is_finished_before_the_end() {
    let (setting, shown) = (Setting::new().await, Shown::new());
    let mut program = Program::serve(Files::of(&shown).told_to(setting.command(&[]))).await;
    let _silent = TcpStream::connect(address(&program)).await.unwrap();
    let mut slow = shown.trying(TcpStream::connect(address(&program)).await.unwrap()).await.unwrap();
    let body = json!({ "email": "nobody@nowhere.example", "password": "wrong" }).to_string();
    let header = format!(
        "POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    slow.write_all(header.as_bytes()).await.unwrap();
    read_until(&mut slow, "100 Continue\r\n\r\n").await;
    program.signal(Signal::TERM);
    program.logged("told to stop").await;
    slow.write_all(body.as_bytes()).await.unwrap();
    assert!(rest(&mut slow).await.starts_with("HTTP/1.1 401"));
    assert_eq!(program.ended().await.code(), Some(0), "{}", program.log());
    assert!(!program.log().contains("was cut off"), "{}", program.log());
}

#[tokio::test]
async fn a_certificate_is_renewed_while_it_is_in_use() {
    let (setting, old, new) = (Setting::new().await, Shown::new(), Shown::new());
    let files = Files::of(&old);
    let program = Program::serve(files.told_to(setting.command(&[]))).await;
    assert!(old.ask(&program).await.is_ok());

    for (certificate, key) in [(&new.certificate, &old.key), (&"nonsense".into(), &new.key)] {
        files.lay(certificate, key);
        for _ in 0..3 {
            assert!(old.ask(&program).await.is_ok(), "the old one stays in use");
        }
    }
    fs::remove_file(files.pair().key).unwrap();
    assert!(old.ask(&program).await.is_ok());

    files.lay(&new.certificate, &new.key);
    assert!(new.ask(&program).await.is_ok());
    assert!(old.ask(&program).await.is_err(), "the old one is not shown any more");
    let log = program.logged("the new one is in use").await;
    let errors = log.lines().filter(|line| line.contains("the old one stays in use")).count();
    assert_eq!(errors, 3, "one for each time that it was replaced: {log}");
    program.stop().await;
}

#[tokio::test]
async fn files_that_can_not_be_used_are_told_before_anything_is_started() {
    let (shown, other) = (Shown::new(), Shown::new());
    let files = Files::of(&shown);
    let missing = ("COURTESY_TLS_KEY names ", "key.pem, which can't be read: ");
    let cases = [
        (&shown.certificate, None, missing),
        (&shown.key, Some(&shown.key), ("COURTESY_TLS_CERT names ", "certificate.pem, which holds no certificate")),
        (
            &shown.certificate,
            Some(&shown.certificate),
            ("COURTESY_TLS_KEY names ", "key.pem, which holds no private key"),
        ),
        (&shown.certificate, Some(&other.key), ("the key in ", "certificate.pem")),
    ];
    for (certificate, key, (begins, contains)) in cases {
        files.lay(certificate, key.unwrap_or(&shown.key));
        if key.is_none() {
            fs::remove_file(files.pair().key).unwrap();
        }
        let mut command = files.told_to(courtesy(&["serve"]));
        // There is no PostgreSQL: one that was looked for would be complained of instead.
        command.env("COURTESY_DATA_DIR", files.folder.path()).env("COURTESY_PG_BIN", "/nowhere");
        let sentence = refusal(&run(command).await);
        let said = sentence.strip_prefix("courtesy: ").unwrap();
        assert!(said.starts_with(begins) && said.contains(contains), "{sentence}");
        assert_eq!(sentence.lines().count(), 1, "{sentence}");
    }
}

#[tokio::test]
async fn the_doctor_tells_how_the_certificate_is() {
    let (setting, shown) = (Setting::new().await, Shown::with(|params| params.not_after = date_time_ymd(2999, 2, 3)));
    let files = Files::of(&shown);
    let finding = async || {
        let findings = text(&run(files.told_to(setting.command(&["doctor"]))).await.stdout);
        findings.lines().find(|line| line.contains("  https: ")).expect("a finding").to_owned()
    };
    let line = finding().await;
    assert!(
        line.starts_with("ok ") && line.ends_with("certificate.pem is good until 2999-02-03T00:00:00Z"),
        "{line}"
    );
    let expired = Shown::expired();
    files.lay(&expired.certificate, &expired.key);
    let line = finding().await;
    assert!(line.starts_with("FAIL") && line.contains("was good until 2001-02-03"), "{line}");
    files.lay(&shown.certificate, &expired.key);
    let line = finding().await;
    assert!(line.starts_with("FAIL") && line.contains("is not the one of the certificate"), "{line}");

    let plain = text(&run(setting.command(&["doctor"])).await.stdout);
    assert!(plain.contains("ok    https: off"), "{plain}");
}

#[tokio::test]
async fn one_that_has_expired_is_shown_with_a_warning() {
    let (setting, expired) = (Setting::new().await, Shown::expired());
    let program = Program::serve(Files::of(&expired).told_to(setting.command(&[]))).await;
    program.logged("the certificate was good until 2001-02-03T00:00:00Z; browsers refuse it").await;
    assert!(expired.ask(&program).await.unwrap_err().to_string().contains("expired"));
    program.stop().await;
}

#[tokio::test]
async fn a_handshake_has_to_end_in_time_and_nobody_waits_for_it() {
    let shown = Shown::new();
    let files = Files::of(&shown);
    let listener = Listener::showing(Some(files.tls()), hello(), WIDE).await;
    let (_silent, mut half) = (listener.connect().await, listener.connect().await);
    half.write_all(&[0x16]).await.unwrap();
    let mut other = shown.trying(listener.connect().await).await.expect("nobody waits for the two");
    other.write_all(REQUEST).await.unwrap();
    read_until(&mut other, "hello").await;

    let listener = Listener::showing(Some(files.tls()), hello(), Bounds { header: SHORT, ..WIDE }).await;
    assert_eq!(rest(&mut listener.connect().await).await, "", "who says nothing");
    let mut half = listener.connect().await;
    half.write_all(&[0x16, 3, 1]).await.unwrap();
    assert_eq!(rest(&mut half).await, "", "who says half");
    let mut idle = shown.trying(listener.connect().await).await.unwrap();
    let mut heard = Vec::new();
    let _cut_off = timeout(PATIENCE, idle.read_to_end(&mut heard)).await.expect("who shakes hands and falls silent");
    assert_eq!(heard, b"");
}

#[tokio::test]
async fn a_handshake_takes_a_place() {
    let shown = Shown::new();
    let bounds = Bounds { header: SHORT, connections: 1, ..WIDE };
    let listener = Listener::showing(Some(Files::of(&shown).tls()), hello(), bounds).await;
    let silent = listener.connect().await;
    let second = shown.trying(listener.connect().await).await.expect("once there is a place");
    assert_eq!(silent.try_read(&mut [0]).unwrap(), 0, "the first had ended by then");
    drop(second);
}

#[tokio::test]
async fn nonsense_ends_the_connection_and_nothing_else() {
    let shown = Shown::new();
    let listener = Listener::showing(Some(Files::of(&shown).tls()), hello(), WIDE).await;
    let mut client = listener.connect().await;
    client.write_all(b"\x16\x03\x01\x00\x05nonsense, and more of it").await.unwrap();
    let mut alert = Vec::new();
    let _reset = timeout(PATIENCE, client.read_to_end(&mut alert)).await.expect("it ends");
    assert!(!alert.windows(4).any(|part| part == b"HTTP"), "{alert:?}");
    assert!(shown.trying(listener.connect().await).await.is_ok(), "others are served");
}

#[tokio::test]
async fn handlers_can_tell_how_they_are_spoken_to() {
    let shown = Shown::new();
    let told = async |scheme: axum::Extension<Scheme>| if scheme.is_https() { "encrypted" } else { "clear" };
    let router = Router::new().route("/", get(told));
    let listener = Listener::showing(Some(Files::of(&shown).tls()), router.clone(), WIDE).await;
    let protocols = shown.client(&["h2", "http/1.1"]);
    let mut client = protocols.connect(Ipv4Addr::LOCALHOST.into(), listener.connect().await).await.unwrap();
    assert_eq!(client.get_ref().1.alpn_protocol(), Some(b"http/1.1".as_slice()), "the one that is spoken here");
    client.write_all(REQUEST).await.unwrap();
    read_until(&mut client, "encrypted").await;

    let listener = Listener::showing(None, router, WIDE).await;
    let mut client = listener.connect().await;
    client.write_all(REQUEST).await.unwrap();
    read_until(&mut client, "clear").await;
}
