//! The PostgreSQL that a command works with: the operator's, a private one, or that of the program which serves.

use std::path::Path;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_postgres::Config as Login;
use tokio_postgres::error::SqlState;

use crate::config::{Config, DatabaseChoice};
use crate::db::private::{Places, PrivatePostgres, StartError};
use crate::db::{OpenError, migrate};
use crate::failure::Failure;

/// A PostgreSQL that runs.
pub enum Postgres {
    /// The operator's.
    Given(Login),
    /// A private one, which this program has started.
    Private(PrivatePostgres),
    /// The private one of another program on the same data directory.
    Elsewhere(Login),
}

/// How long a command waits for another program that has taken the data directory, but whose database does not answer
/// yet: as long as a first start may take.
const PATIENCE: Duration = Duration::from_secs(20);

impl Postgres {
    /// For serving: a private one belongs to this program alone.
    pub async fn for_serving(config: &Config) -> Result<Self, Failure> {
        Ok(match &config.database {
            DatabaseChoice::Given(logins) => Self::Given(logins.owner.clone()),
            DatabaseChoice::Private(places) => Self::Private(PrivatePostgres::start(&config.data_dir, places).await?),
        })
    }

    /// For a command of the operator: a private one is shared with the program that serves, or else started for as long
    /// as the command takes.
    pub async fn for_command(config: &Config) -> Result<Self, Failure> {
        match &config.database {
            DatabaseChoice::Given(logins) => Ok(Self::Given(logins.owner.clone())),
            DatabaseChoice::Private(places) => find_or_start(&config.data_dir, places).await,
        }
    }

    /// How the schema's owner connects.
    #[must_use]
    pub fn owner(&self) -> Login {
        match self {
            Self::Given(owner) | Self::Elsewhere(owner) => owner.clone(),
            Self::Private(postgres) => postgres.config(),
        }
    }

    /// Stops what this program has started.
    pub async fn stop(self) {
        if let Self::Private(postgres) = self {
            postgres.stop().await;
        }
    }

    /// Whether it was another program's, and has ended with it.
    async fn is_gone(&self) -> bool {
        match self {
            Self::Elsewhere(owner) => migrate::connect(owner).await.is_err(),
            Self::Given(_) | Self::Private(_) => false,
        }
    }
}

/// Carries out a command of the operator on the database. If the PostgreSQL was another program's, and that program ended
/// before the command did, it is carried out once more: commands may be repeated.
pub async fn with_database<T>(
    config: &Config,
    command: impl AsyncFn(&Login) -> Result<T, Failure>,
) -> Result<T, Failure> {
    loop {
        let postgres = Postgres::for_command(config).await?;
        let outcome = command(&postgres.owner()).await;
        let ended_too_early = outcome.is_err() && postgres.is_gone().await;
        postgres.stop().await;
        if !ended_too_early {
            return outcome;
        }
    }
}

async fn find_or_start(data_dir: &Path, places: &Places) -> Result<Postgres, Failure> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(owner) = PrivatePostgres::run_elsewhere(data_dir) {
            match migrate::connect(&owner).await {
                Ok(_) => return Ok(Postgres::Elsewhere(owner)),
                Err(refusal) if is_final(&refusal) => return Err(refusal.into()),
                Err(_) => {}
            }
        }
        match PrivatePostgres::start(data_dir, places).await {
            Ok(postgres) => return Ok(Postgres::Private(postgres)),
            Err(StartError::InUse { .. }) if Instant::now() < deadline => sleep(Duration::from_millis(50)).await,
            Err(reason) => return Err(reason.into()),
        }
    }
}

/// A server that answers, but not to this user, will not do so later either.
fn is_final(refusal: &OpenError) -> bool {
    matches!(refusal, OpenError::Connect(error)
        if error.code().is_some_and(|code| *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION))
}
