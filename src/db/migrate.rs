//! Bringing the database to the current schema: once, also when two programs start at the same time.

use tokio_postgres::{Client, Config, NoTls};

use super::connect::OpenError;
use super::roles;

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// The lock that programs starting at the same time queue for; any number that nobody else uses.
const ONE_AT_A_TIME: i64 = 0x0063_6f75_7274_6573;
/// Beside the tables, but not among them.
const HISTORY: &str = "courtesy.schema_history";

/// Creates the roles where they are missing and applies the migrations that are. Returns how many were applied.
pub async fn migrate(owner: &Config) -> Result<usize, OpenError> {
    let mut client = connect(owner).await?;
    // Held until the connection closes, whatever happens in between.
    client.execute("SELECT pg_advisory_lock($1)", &[&ONE_AT_A_TIME]).await.map_err(|error| failed(&error))?;
    roles::prepare(&client).await?;
    let mut runner = embedded::migrations::runner();
    runner.set_migration_table_name(HISTORY);
    let report = runner.run_async(&mut client).await.map_err(|error| failed(&error))?;
    client
        .batch_execute("GRANT SELECT ON courtesy.schema_history TO courtesy_app, courtesy_backup")
        .await
        .map_err(|error| failed(&error))?;
    Ok(report.applied_migrations().len())
}

/// A connection of the schema's owner, for what an operator does; requests never get one.
pub async fn connect(owner: &Config) -> Result<Client, OpenError> {
    let mut config = owner.clone();
    config.application_name("courtesy owner");
    // Not "$user", public: a login that happens to be called courtesy would make its tables in the schema of that name.
    config.options(format!("{} -c search_path=public", config.get_options().unwrap_or_default()).trim());
    #[expect(clippy::disallowed_methods, reason = "this is where the owner's connection comes from")]
    let (client, connection) = config.connect(NoTls).await.map_err(OpenError::Connect)?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!(%error, "the owner's connection ended");
        }
    });
    let version: i32 = client
        .query_one("SELECT current_setting('server_version_num')::int", &[])
        .await
        .map_err(OpenError::Connect)?
        .get(0);
    if version < 150_000 {
        return Err(OpenError::TooOld((version / 10_000).to_string()));
    }
    Ok(client)
}

/// How the database's schema compares to what this program knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// Nothing of ours is there.
    Empty,
    /// Migrations are missing.
    Behind,
    /// All are applied.
    Current,
}

/// Compares the newest migration that was applied with the newest that this program knows.
pub(super) async fn schema(client: &Client) -> Result<Schema, tokio_postgres::Error> {
    let is_there = client.query_one("SELECT to_regclass($1) IS NOT NULL", &[&HISTORY]).await?;
    if !is_there.get::<_, bool>(0) {
        return Ok(Schema::Empty);
    }
    let newest =
        embedded::migrations::runner().get_migrations().iter().map(refinery::Migration::version).max().unwrap_or(0);
    let applied: Option<i32> =
        client.query_one("SELECT max(version)::int FROM courtesy.schema_history", &[]).await?.get(0);
    let is_current = applied.is_some_and(|version| i64::from(version) >= i64::from(newest));
    Ok(if is_current { Schema::Current } else { Schema::Behind })
}

fn failed(error: &(dyn std::error::Error + 'static)) -> OpenError {
    OpenError::Migrate(crate::error::chain(error))
}
