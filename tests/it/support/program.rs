//! The program itself, as an operator starts it.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::{Method, Response};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

use super::cluster::places;

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A program that serves. It is killed when this value is dropped, and its PostgreSQL with it.
pub(crate) struct Program {
    child: Child,
    /// What it says it listens on.
    pub url: String,
    /// What it said before that; nothing, but for a demo shop's welcome.
    pub greeting: Vec<String>,
    log: Arc<Mutex<String>>,
}

/// Where the program keeps its things; others may pass through, as the database's user has to.
pub(crate) fn data_dir() -> TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let permissions = std::fs::Permissions::from_mode(0o711);
    tempfile::Builder::new().prefix("courtesy-").permissions(permissions).tempdir().expect("a folder")
}

/// The program with nothing set but where PostgreSQL is.
pub(crate) fn courtesy(arguments: &[&str]) -> Command {
    let places = places();
    let mut command = Command::new(env!("CARGO_BIN_EXE_courtesy"));
    command.args(arguments).env_clear().env("PATH", places.search_path).kill_on_drop(true);
    if let Some(folder) = places.explicit {
        command.env("COURTESY_PG_BIN", folder);
    }
    command
}

/// Runs a command to its end.
pub(crate) async fn run(mut command: Command) -> Output {
    let output = command.stdin(Stdio::null()).output();
    timeout(PATIENCE, output).await.expect("it ends in time").expect("it starts")
}

/// The one sentence of a program that refuses; nothing else is on standard error or output.
#[track_caller]
pub(crate) fn refusal(output: &Output) -> String {
    assert!(!output.status.success(), "it should have refused");
    assert_eq!(text(&output.stdout), "");
    let log = text(&output.stderr);
    let said: Vec<&str> = log.lines().filter(|line| !line.starts_with('{')).collect();
    said.join("\n")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// The address of a database of the tests' cluster.
pub(crate) fn url(database: &Config, user: &str) -> String {
    let [Host::Unix(folder)] = database.get_hosts() else { panic!("one socket") };
    let name = database.get_dbname().expect("a name");
    format!("postgres:///{name}?host={}&user={user}", folder.display())
}

impl Program {
    /// Starts `courtesy serve` on any port and waits until it listens.
    pub(crate) async fn serve(mut command: Command) -> Self {
        command.env("COURTESY_LISTEN", "127.0.0.1:0").arg("serve");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let log = Arc::new(Mutex::new(String::new()));
        let mut stderr = BufReader::new(child.stderr.take().expect("piped")).lines();
        let written = log.clone();
        tokio::spawn(async move {
            while let Ok(Some(line)) = stderr.next_line().await {
                written.lock().expect("not poisoned").push_str(&(line + "\n"));
            }
        });
        let mut stdout = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut greeting = Vec::new();
        let url = loop {
            let line = timeout(PATIENCE, stdout.next_line()).await.expect("it listens in time").expect("text");
            let line = line.unwrap_or_else(|| panic!("it ended: {}", log.lock().expect("not poisoned")));
            match line.strip_prefix("listening on ") {
                Some(url) => break url.to_owned(),
                None => greeting.push(line),
            }
        };
        tokio::spawn(async move { stdout.into_inner().read_to_end(&mut Vec::new()).await });
        Self { child, url, greeting, log }
    }

    /// Starts it with a private database.
    pub(crate) async fn private(data_dir: &Path) -> Self {
        let mut command = courtesy(&[]);
        command.env("COURTESY_DATA_DIR", data_dir);
        Self::serve(command).await
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("not poisoned").clone()
    }

    /// The log once these words stand in it.
    pub(crate) async fn logged(&self, words: &str) -> String {
        let written = async {
            while !self.log().contains(words) {
                sleep(Duration::from_millis(5)).await;
            }
        };
        assert!(timeout(PATIENCE, written).await.is_ok(), "not logged: {words}\n{}", self.log());
        self.log()
    }

    /// Any request, with a token and a JSON body where they are given.
    pub(crate) async fn ask(&self, method: Method, path: &str, token: &str, body: Option<&Value>) -> Response {
        let mut request = client().request(method, format!("{}{path}", self.url));
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.expect("an answer")
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Response {
        self.ask(Method::GET, path, token, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        self.ask(Method::POST, path, "", Some(body)).await
    }

    /// A connection of its own, for requests that no client would send.
    pub(crate) fn connect(&self) -> TcpStream {
        TcpStream::connect(self.url.strip_prefix("http://").expect("plain http")).expect("it listens")
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = self.child.id().expect("it runs").try_into().expect("a process id");
        kill_process(Pid::from_raw(pid).expect("not zero"), signal).expect("it is ours");
    }

    /// Waits for its end.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        timeout(PATIENCE, self.child.wait()).await.expect("it ends in time").expect("it was started")
    }

    /// Stops it as an operator does, and wants it to succeed.
    pub(crate) async fn stop(mut self) {
        self.signal(Signal::TERM);
        let status = self.ended().await;
        assert_eq!(status.code(), Some(0), "{}", self.log());
    }

    /// Ends it as a power cut does.
    pub(crate) async fn kill(mut self) {
        self.signal(Signal::KILL);
        self.ended().await;
    }
}

/// A client that keeps no connection: after a kill the next request meets the new program.
pub(crate) fn client() -> reqwest::Client {
    let builder = courtesy::outward::client(PATIENCE).redirect(reqwest::redirect::Policy::default());
    builder.pool_max_idle_per_host(0).build().expect("a client")
}

/// The private PostgreSQL of a data directory.
pub(crate) struct Server {
    pub pid: Pid,
    name: String,
}

impl Server {
    /// The one that runs.
    pub(crate) fn of(data_dir: &Path) -> Self {
        let entries = std::fs::read_dir(data_dir).expect("the data directory").flatten();
        let folders: Vec<PathBuf> = entries.map(|entry| entry.path().join("data/postmaster.pid")).collect();
        let trace = folders.iter().find_map(|path| std::fs::read_to_string(path).ok()).expect("it runs");
        let pid = trace.lines().next().expect("a line").parse().expect("a process id");
        let command_line = std::fs::read(format!("/proc/{pid}/cmdline")).expect("it runs");
        let command_line = text(&command_line);
        let name = command_line.split('\0').find_map(|word| word.strip_prefix("cluster_name=")).expect("its name");
        Self { pid: Pid::from_raw(pid).expect("not zero"), name: name.to_owned() }
    }

    /// How many processes bear its name.
    pub(crate) fn processes(&self) -> usize {
        let processes = std::fs::read_dir("/proc").expect("Linux").flatten();
        let titles = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
        titles.filter(|title| title.windows(self.name.len()).any(|part| part == self.name.as_bytes())).count()
    }

    pub(crate) fn kill(&self) {
        kill_process(self.pid, Signal::KILL).expect("it runs");
    }
}
