//! The PostgreSQL that is measured with: started as the program starts its private one, with the program's settings.

use std::path::{Path, PathBuf};

use courtesy::config::Surroundings;
use courtesy::db::migrate;
use courtesy::db::private::{Places, PrivatePostgres, make_folders};
use tempfile::TempDir;
use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config};

use crate::arguments::Arguments;

/// The database that is always there.
const ANY: &str = "postgres";

/// A running server.
pub(crate) struct Cluster {
    server: PrivatePostgres,
    folder: PathBuf,
    /// The program that is measured.
    pub(crate) program: PathBuf,
    /// Where pgbench is.
    pub(crate) programs: PathBuf,
    /// Removed with this value, where nothing is kept.
    _thrown_away: Option<TempDir>,
}

impl Cluster {
    pub(crate) async fn start(arguments: &Arguments) -> Self {
        let thrown_away = arguments.data.is_none().then(temporary_folder);
        let folder = thrown_away.as_ref().map(|it| it.path().to_owned()).or_else(|| arguments.data.clone());
        let folder = folder.expect("one or the other");
        make_folders(&folder).expect("the folder for the data can be made");
        let places = Places::new(arguments.pg_bin.clone(), Surroundings::of_process().search_path);
        let server = PrivatePostgres::start(&folder, &places).await.expect("PostgreSQL starts");
        let server = with_room(server, &folder, &places).await;
        let superuser = superuser(&server.config()).await;
        let bindir = superuser.query_one("SELECT setting FROM pg_config() WHERE name = 'BINDIR'", &[]).await;
        let programs = PathBuf::from(bindir.expect("it knows").get::<_, String>(0));
        assert!(programs.join("pgbench").is_file(), "pgbench is missing in {}", programs.display());
        Self { server, folder, program: arguments.program.clone(), programs, _thrown_away: thrown_away }
    }

    pub(crate) async fn stop(self) {
        self.server.stop().await;
    }

    /// How the schema's owner gets into this database.
    pub(crate) fn owner(&self, database: &str) -> Config {
        let mut config = self.server.config();
        config.dbname(database);
        config
    }

    pub(crate) async fn superuser(&self, database: &str) -> Client {
        superuser(&self.owner(database)).await
    }

    /// A database as another one is now.
    pub(crate) async fn copy(&self, name: &str, template: &str) {
        self.drop(name).await;
        let create = format!("CREATE DATABASE {name} OWNER courtesy TEMPLATE {template} STRATEGY file_copy");
        self.alone_with(template, &create).await;
    }

    pub(crate) async fn rename(&self, name: &str, new: &str) {
        self.alone_with(name, &format!("ALTER DATABASE {name} RENAME TO {new}")).await;
    }

    /// Shows out whoever is still connected to a database: a client that is gone is so for PostgreSQL a moment later.
    async fn alone_with(&self, database: &str, statement: &str) {
        let show_out = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1";
        let superuser = self.superuser(ANY).await;
        superuser.execute(show_out, &[&database]).await.expect("the superuser may");
        superuser.batch_execute(statement).await.expect("the superuser may");
    }

    pub(crate) async fn drop(&self, name: &str) {
        let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        self.superuser(ANY).await.batch_execute(&drop).await.expect("the superuser may");
    }

    pub(crate) async fn exists(&self, name: &str) -> bool {
        let superuser = self.superuser(ANY).await;
        let found = superuser.query_opt("SELECT FROM pg_database WHERE datname = $1", &[&name]).await;
        found.expect("it knows").is_some()
    }

    pub(crate) fn socket(&self) -> PathBuf {
        let config = self.server.config();
        let [Host::Unix(folder)] = config.get_hosts() else { panic!("one socket") };
        folder.clone()
    }

    /// What PostgreSQL logs.
    pub(crate) fn log(&self) -> PathBuf {
        self.socket().with_file_name("postgres.log")
    }

    /// A file beside the database, to look at while or, where the data is kept, after the bench runs.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// pgbench has a connection for each of its clients, where the program makes do with a few; with the private settings
/// sixty-four would not get in.
async fn with_room(server: PrivatePostgres, folder: &Path, places: &Places) -> PrivatePostgres {
    const ROOM: &str = "100";
    let client = superuser(&server.config()).await;
    let present: String = client.query_one("SHOW max_connections", &[]).await.expect("it knows").get(0);
    if present == ROOM {
        return server;
    }
    let set = client.batch_execute(&format!("ALTER SYSTEM SET max_connections = {ROOM}")).await;
    set.expect("the superuser may");
    drop(client);
    server.stop().await;
    PrivatePostgres::start(folder, places).await.expect("PostgreSQL starts again")
}

async fn superuser(database: &Config) -> Client {
    let mut config = database.clone();
    migrate::connect(config.user("postgres")).await.expect("the superuser connects")
}

/// Others may pass through, as the database's user has to.
fn temporary_folder() -> TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let permissions = std::fs::Permissions::from_mode(0o711);
    tempfile::Builder::new().prefix("courtesy-bench-").permissions(permissions).tempdir().expect("a folder")
}
