//! The server process: started, watched, started again when it dies, stopped.

use std::convert::Infallible;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use tokio::process::Child;
use tokio::sync::oneshot;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::account::{Account, no_setpriv};
use super::binaries::{Binaries, Places};
use super::error::StartError;
use super::folder::{self, Folder, Held, Lock};
use super::log::Log;
use super::processes::{Processes, clear_traces};
use super::{cluster, owner_of, settings};

type Started = oneshot::Sender<Result<tokio_postgres::Config, StartError>>;

/// The kernel tells the server when the *thread* that spawned it ends, so it gets one for the program's whole life. A
/// small runtime of its own lets that thread wait for the server and for the order to stop at the same time.
pub(super) fn spawn_thread(
    data_dir: &Path,
    places: &Places,
    started: Started,
    stop: oneshot::Receiver<Infallible>,
    done: oneshot::Sender<Infallible>,
) -> Result<(), StartError> {
    let refused = |reason| StartError::folder(data_dir, reason);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(refused)?;
    let thread = thread::Builder::new().name("postgres".to_owned());
    let (data_dir, places) = (data_dir.to_owned(), places.clone());
    thread
        .spawn(move || {
            runtime.block_on(supervise(&data_dir, &places, started, stop));
            drop(done);
        })
        .map_err(refused)?;
    Ok(())
}

async fn supervise(data_dir: &Path, places: &Places, started: Started, mut stop: oneshot::Receiver<Infallible>) {
    let prepared = tokio::select! {
        _ = &mut stop => return,
        prepared = Server::prepare(data_dir, places) => prepared,
    };
    let mut server = match prepared {
        Ok(server) => server,
        Err(reason) => return answer(started, Err(reason)),
    };
    tokio::select! {
        _ = stop => {}
        () = server.keep_running(started) => {}
    }
    server.stop().await;
}

/// Whoever asked may have given up meanwhile.
fn answer(started: Started, outcome: Result<tokio_postgres::Config, StartError>) {
    let _ = started.send(outcome);
}

struct Server {
    folder: Folder,
    data_dir: PathBuf,
    account: Account,
    binaries: Binaries,
    processes: Processes,
    child: Option<Child>,
    /// Released after the server has stopped, so a second program can't come between.
    _lock: Lock,
}

impl Server {
    /// Everything up to the point where the server can be started: folders, account, database.
    async fn prepare(data_dir: &Path, places: &Places) -> Result<Self, StartError> {
        folder::create(data_dir)?;
        let data_dir = fs::canonicalize(data_dir).map_err(|reason| StartError::folder(data_dir, reason))?;
        let lock = Lock::take(&data_dir).await?;
        let held = Held::find(&data_dir)?;
        let binaries = places.choose(held.as_ref()).await?;
        let database = held.as_ref().map(|held| held.folder.join("data"));
        let account = Account::for_server(&data_dir, database.as_deref()).await?;
        let path = held.map_or_else(|| data_dir.join(format!("postgres-{}", binaries.major)), |held| held.folder);
        let folder = Folder::new(path)?;
        folder.prepare(&data_dir, &account).await?;
        settings::write(&data_dir, folder.path(), [&Account::of_program().await?, &account])?;
        cluster::remove_unfinished(&folder)?;
        if !folder.holds_database() {
            tracing::info!(user = account.name, "creating a database in {}", folder.path().display());
            cluster::create(&folder, &account, &binaries).await?;
        }
        let processes = Processes::of(&folder.data(), &account)?;
        Ok(Self { folder, data_dir, account, binaries, processes, child: None, _lock: lock })
    }

    /// Answers how the first start went; then, for as long as the program runs, starts the server again when it dies.
    async fn keep_running(&mut self, started: Started) {
        let mut log = match self.launch().await {
            Ok(log) => log,
            Err(reason) => return answer(started, Err(reason)),
        };
        tracing::info!(
            user = self.account.name,
            "PostgreSQL {} runs in {}",
            self.binaries.major,
            self.folder.path().display()
        );
        answer(started, Ok(owner_of(&self.folder)));
        loop {
            self.watch(&log).await;
            log = self.relaunch().await;
        }
    }

    /// Tries until it works: the reason (a full disk, say) may go away while the program answers 503.
    async fn relaunch(&mut self) -> Log {
        const LONGEST_PAUSE: Duration = Duration::from_secs(30);
        let mut pause = Duration::from_millis(500);
        loop {
            match self.launch().await {
                Ok(log) => {
                    tracing::info!("PostgreSQL runs again");
                    return log;
                }
                Err(reason) => tracing::error!("PostgreSQL does not start again: {reason}"),
            }
            sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    /// Starts the server once nothing is left of the one before, and waits until it accepts connections. There is no
    /// time limit: recovering takes as long as it takes, and is ended only from outside.
    async fn launch(&mut self) -> Result<Log, StartError> {
        self.processes.end().await?;
        let (data, run) = (self.folder.data(), self.folder.run());
        clear_traces(&data, &run).map_err(|reason| StartError::folder(self.folder.path(), reason))?;
        let log = Log::begin(&self.data_dir, self.folder.path())?;
        let mut command = self.account.command(self.binaries.postgres(), "INT");
        command.arg("-D").arg(&data).arg("-c").arg(format!("cluster_name={}", self.processes.name));
        command.args(["-c", "config_file=postgresql.conf"]).current_dir(self.folder.path());
        command.stdout(log.writer()?).stderr(log.writer()?);
        let child = self.child.insert(command.spawn().map_err(no_setpriv)?);
        let pid = child.id().expect("it has not been waited for");
        tokio::select! {
            _ = child.wait() => Err(StartError::failed("postgres", self.folder.path(), &log.read())),
            () = until_ready(&data, pid) => Ok(log),
        }
    }

    /// Until the server has ended by itself.
    async fn watch(&mut self, log: &Log) {
        let child = self.child.as_mut().expect("it was launched");
        let mut minute = interval(Duration::from_mins(1));
        minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                status = child.wait() => {
                    tracing::error!("PostgreSQL ended ({}), starting it again", describe(status));
                    return;
                }
                _ = minute.tick() => {
                    if let Err(reason) = log.shorten() {
                        tracing::warn!("PostgreSQL's log can't be shortened: {reason}");
                    }
                }
            }
        }
    }

    async fn stop(mut self) {
        if let Err(reason) = self.processes.end().await {
            tracing::error!("{reason}");
            return;
        }
        if let Some(child) = &mut self.child {
            // Nothing can be done about an error, and nothing depends on it: the process is gone.
            let _ = child.wait().await;
        }
        tracing::info!("PostgreSQL has stopped");
    }
}

/// The server writes its own number into the first line of `postmaster.pid` and how far it is into the eighth.
async fn until_ready(data: &Path, pid: u32) {
    let path = data.join("postmaster.pid");
    let pid = pid.to_string();
    loop {
        let content = fs::read_to_string(&path).unwrap_or_default();
        let mut lines = content.lines().map(str::trim);
        if lines.next() == Some(&pid) && lines.nth(6) == Some("ready") {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
}

fn describe(status: io::Result<std::process::ExitStatus>) -> String {
    status.map_or_else(|reason| reason.to_string(), |status| status.to_string())
}
