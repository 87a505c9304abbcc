//! Connections: how they are opened, which rights they have, and how many there are.

use std::num::NonZero;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, QueueMode, RecyclingMethod, Runtime,
};
use tokio_postgres::{Config, NoTls};

use super::flight::PREPARE_ENTER;
use super::load::counted;
use super::migrate;
use super::news::Written;
use super::sessions::Seen;
use crate::error::{Error, Result};

/// A connection out of the pool.
pub(super) type Connection = Object;

/// The database as the program sees it: one pool for requests, one for workers, no way round row level security.
#[derive(Clone)]
pub struct Database {
    pub(super) requests: Pool,
    pub(super) work: Pool,
    /// How a connection is opened that hears news.
    pub(super) listener: Arc<Config>,
    pub(super) seen: Seen,
    pub(super) written: Written,
}

/// How many connections wait for requests, four for each core. PostgreSQL has a process for each, with caches of its own:
/// two cores serve 16 requests at once through 8 connections a tenth faster than through 16.
fn request_connections() -> usize {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    (4 * cores).clamp(8, 16)
}

/// The outbox and the sweeps need few.
const WORK_CONNECTIONS: usize = 4;
/// How long a request waits for a free connection before it is answered 503.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// How long the database may give no sign of life; longer than any statement may take.
const SILENCE: Duration = Duration::from_secs(15);

/// Why the database can't be used; each is one sentence with what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is not a PostgreSQL address.
    #[error("{0} is not a PostgreSQL address ({1}); one looks like postgres://user:password@host/database")]
    Address(&'static str, #[source] tokio_postgres::Error),
    /// Nothing answered, or the login was refused.
    #[error("can't connect to the database: {}", crate::error::chain(.0))]
    Connect(#[source] tokio_postgres::Error),
    /// Something is there, but takes longer than a request would wait.
    #[error("the database does not answer within {} s: check that it is up and has connections to spare", .0.as_secs())]
    TooSlow(Duration),
    /// The server is too old for composite keys with SET NULL on one column.
    #[error("the database is PostgreSQL {0}; version 15 or newer is needed")]
    TooOld(String),
    /// The roles are missing and this login may not create them.
    #[error("the roles are missing and this login may not create them; let an administrator run:\n{0}")]
    Roles(String),
    /// A migration failed; the database is as it was before it.
    #[error("the schema could not be brought up to date: {0}")]
    Migrate(String),
    /// There is nothing of ours in the database yet.
    #[error("the database has no schema yet: run `courtesy migrate` first")]
    NoSchema,
    /// A statement failed.
    #[error("the database refused a statement: {}", crate::error::chain(.0))]
    Refused(#[from] tokio_postgres::Error),
    /// The serving login has rights that bypass row level security.
    #[error("refusing to serve: {0}")]
    Rights(String),
}

impl Database {
    /// Opens the pools over a migrated database. `owner` is the schema's owner, who may take the serving roles;
    /// `serving`, where given, is a login that has only those roles.
    pub async fn open(owner: &Config, serving: Option<&Config>) -> Result<Self, OpenError> {
        let login = serving.unwrap_or(owner);
        let database = Self::of(login, request_connections(), WORK_CONNECTIONS);
        for pool in [&database.requests, &database.work] {
            drop(take(pool).await.map_err(refusal)?);
        }
        Ok(database)
    }

    /// Whether the database answers and has the schema of this program.
    pub async fn is_ready(&self) -> crate::error::Result<bool> {
        let connection = take(&self.requests).await?;
        Ok(migrate::schema(&connection).await? == migrate::Schema::Current)
    }

    /// Lets all connections go; whoever still waits for one is refused.
    pub fn close(&self) {
        self.requests.close();
        self.work.close();
    }

    /// The same database through a single connection: what a request leaves behind, the next one meets.
    #[must_use]
    pub fn with_one_connection(owner: &Config) -> Self {
        Self::of(owner, 1, 1)
    }

    fn of(login: &Config, for_requests: usize, for_work: usize) -> Self {
        Self {
            requests: pool(login, "courtesy_app", for_requests, PREPARE_ENTER),
            work: pool(login, "courtesy_worker", for_work, ""),
            listener: connecting(login, "courtesy_worker").into(),
            seen: Seen::default(),
            written: Written::default(),
        }
    }
}

/// Takes a connection out of a pool, or says that none came free in time.
#[expect(clippy::disallowed_methods, reason = "this is where connections are taken, for db/ alone")]
pub(super) async fn take(pool: &Pool) -> Result<Connection, PoolError> {
    pool.get().await
}

/// Gives a database up that holds a request without a word: its process hangs, or the network does. What was sent may
/// still be carried out, and the connection is used again once it answers.
///
/// The work is boxed, because it is large and whatever awaits it is moved about.
pub(super) fn in_time<T>(work: impl Future<Output = Result<T>>) -> impl Future<Output = Result<T>> {
    let work = Box::pin(work);
    async {
        let late = |_| Error::Unavailable(format!("no answer for {} s", SILENCE.as_secs()).into());
        counted(tokio::time::timeout(SILENCE, work)).await.map_err(late)?
    }
}

/// The settings that every connection of a role starts with. They need no round trip of their own, and the time
/// limits are the backstop for whatever the program overlooks.
#[must_use]
pub fn options(role: &str) -> String {
    format!(
        "-c role={role} -c search_path=public -c timezone=UTC -c statement_timeout=10s \
         -c idle_in_transaction_session_timeout=15s -c lock_timeout=5s"
    )
}

/// How a login connects to act in a role.
fn connecting(login: &Config, role: &str) -> Config {
    let mut config = login.clone();
    let given = config.get_options().unwrap_or_default().to_owned();
    config.options(format!("{given} {}", options(role)).trim());
    config.application_name(format!("courtesy {role}"));
    // A server that vanished without a word is noticed while something is waiting for it, not hours later.
    config.tcp_user_timeout(SILENCE).keepalives_idle(SILENCE).keepalives_interval(SILENCE / 5);
    config
}

/// Connections of a role, each of which is told something before it is used.
fn pool(login: &Config, role: &str, size: usize, told: &'static str) -> Pool {
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    Pool::builder(Manager::from_config(connecting(login, role), NoTls, recycling))
        .max_size(size)
        // The one that was used last: what it read is still at hand in its caches.
        .queue_mode(QueueMode::Lifo)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(PATIENCE))
        .create_timeout(Some(PATIENCE))
        .post_create(Hook::async_fn(|client, _| Box::pin(get_ready(client, told))))
        .build()
        .expect("a pool with a runtime can be built")
}

async fn get_ready(client: &tokio_postgres::Client, told: &str) -> Result<(), HookError> {
    check_rights(client).await?;
    client.batch_execute(told).await.map_err(HookError::Backend)
}

/// Judges a new connection by what it may do now: rights that bypass row level security are refused.
async fn check_rights(client: &tokio_postgres::Client) -> Result<(), HookError> {
    let row = client
        .query_one(
            "SELECT current_user::text AS name, r.rolsuper OR r.rolbypassrls AS bypasses,
                    EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                             WHERE n.nspname = 'public' AND c.relkind = 'r'
                               AND pg_has_role(current_user, c.relowner, 'USAGE')) AS owns,
                    EXISTS (SELECT FROM pg_policy p
                             WHERE pg_get_expr(p.polqual, p.polrelid) = 'true'
                               AND (0 = ANY (p.polroles) OR EXISTS (
                                   SELECT FROM pg_roles let WHERE let.oid = ANY (p.polroles)
                                      AND pg_has_role(current_user, let.oid, 'USAGE')))) AS sees_all
               FROM pg_roles r WHERE r.rolname = current_user",
            &[],
        )
        .await
        .map_err(HookError::Backend)?;
    let name: String = row.get("name");
    if row.get("bypasses") {
        return Err(HookError::message(format!("{name} bypasses row level security")));
    }
    if row.get("owns") {
        return Err(HookError::message(format!("{name} owns the tables")));
    }
    if row.get("sees_all") {
        return Err(HookError::message(format!("a policy shows {name} the rows of every shop")));
    }
    Ok(())
}

fn refusal(error: PoolError) -> OpenError {
    match error {
        PoolError::Backend(cause) | PoolError::PostCreateHook(HookError::Backend(cause)) => OpenError::Connect(cause),
        PoolError::PostCreateHook(HookError::Message(rights)) => OpenError::Rights(rights.into()),
        PoolError::Timeout(_) => OpenError::TooSlow(PATIENCE),
        PoolError::Closed | PoolError::NoRuntimeSpecified => {
            unreachable!("a pool just made is open and has a runtime")
        }
    }
}

#[cfg(test)]
mod tests {
    use deadpool_postgres::TimeoutType;

    use super::*;

    #[test]
    fn a_refusal_says_what_is_wrong_and_nothing_else() {
        let rights = PoolError::PostCreateHook(HookError::message("app owns the tables"));
        assert_eq!(refusal(rights).to_string(), "refusing to serve: app owns the tables");
        let slow = refusal(PoolError::Timeout(TimeoutType::Create)).to_string();
        assert!(slow.starts_with("the database does not answer within 5 s"), "{slow}");
    }
}
