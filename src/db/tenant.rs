//! Transactions inside one shop. Who may begin one is decided by who holds a [`Tenant`], and that is made by the
//! extractors in `auth` and by the doors alone.

use futures_util::FutureExt as _;
use tokio_postgres::SimpleQueryRow;
use uuid::Uuid;

use super::connect::{Connection, Database, in_time, take};
use super::flight::{self, Intent};
use super::news::Written;
use super::query::Batch;
use crate::error::{Error, Result};
use crate::ids::{ShopId, UserId};
use crate::role::Role;

/// SHA-256 of a session's secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

/// How the transaction's author is known.
#[derive(Clone)]
pub enum Entry {
    /// A member of staff by a session, who must have this role where one is named. Checked in the flight itself.
    Session {
        /// The session.
        bearer: TokenHash,
        /// The role that the address is for; `None` for everybody who works there.
        demand: Option<Role>,
    },
    /// Let in by a door: the customer by a link, the provider by a number, a worker by its own login.
    Door,
}

/// The right to begin transactions in one shop.
#[derive(Clone)]
pub struct Tenant {
    pub(super) database: Database,
    pub(super) connections: deadpool_postgres::Pool,
    pub(super) shop: ShopId,
    pub(super) entry: Entry,
}

/// Who acts, as the database knows them.
#[derive(Clone, Copy, Debug)]
pub struct Actor {
    /// The member of staff.
    pub user: UserId,
    /// What they are in this shop.
    pub role: Role,
}

impl Actor {
    /// Reads what `courtesy.enter` says, in words.
    pub(super) fn from_row(row: &SimpleQueryRow) -> Result<Self> {
        let read = |column| row.try_get(column).map(Option::unwrap_or_default);
        let (user, role) = (read("user_id")?, read("role")?);
        let strange = || Error::Internal(format!("nobody is {user}, {role}"));
        Ok(Self {
            user: user.parse::<Uuid>().map_err(|_| strange())?.into(),
            role: role.parse().map_err(|_| strange())?,
        })
    }
}

impl Tenant {
    /// The shop.
    #[must_use]
    pub fn shop(&self) -> ShopId {
        self.shop
    }

    /// Reads in one round trip, authentication included.
    pub async fn read<B: Batch>(&self, batch: B) -> Result<B::Output> {
        self.fly(Intent::Read, batch).await
    }

    /// Writes in one round trip, for changes that need no look beforehand. Repeatable, because a flight whose client
    /// hung up still commits.
    pub async fn write<B: Batch>(&self, batch: B) -> Result<B::Output> {
        let _news = self.database.written.note_at_end(self.shop);
        self.fly(Intent::Write, batch).await
    }

    /// Writes what everybody may write at any time, also where the subscription is inactive.
    pub async fn write_even_if_inactive<B: Batch>(&self, batch: B) -> Result<B::Output> {
        let _news = self.database.written.note_at_end(self.shop);
        self.fly(Intent::WriteEvenIfInactive, batch).await
    }

    /// Begins a transaction that reads, lets the caller decide, and then writes: the first of its two round trips.
    pub async fn begin<B: Batch>(&self, batch: B) -> Result<(Write, B::Output)> {
        in_time(async {
            let connection = self.connection(statements(&batch)).await?;
            let written = self.database.written.clone();
            let mut write = Write { connection, shop: self.shop, written, actor: None, is_open: true };
            let (actor, output) = flight::opening(&write.connection, self, batch).await?;
            self.note(actor);
            write.actor = actor;
            Ok((write, output))
        })
        .await
    }

    /// Who asks, before anything is done for them.
    pub async fn who(&self) -> Result<Option<Actor>> {
        in_time(async {
            let connection = self.connection(Vec::new()).await?;
            let (actor, ()) = flight::whole(&connection, self, Intent::Read, ()).await?;
            Ok(actor)
        })
        .await
    }

    /// Only finds out whether whoever asks may read, or write: before work outside the database, or ahead of a complaint
    /// about the request itself.
    pub async fn enter(&self, writes: bool) -> Result<()> {
        self.fly(if writes { Intent::Write } else { Intent::Read }, ()).await
    }

    async fn fly<B: Batch>(&self, intent: Intent, batch: B) -> Result<B::Output> {
        in_time(async {
            let connection = self.connection(statements(&batch)).await?;
            let (actor, output) = flight::whole(&connection, self, intent, batch).await?;
            self.note(actor);
            Ok(output)
        })
        .await
    }

    /// A connection that has met every statement of the batch, so that the flight is one round trip.
    async fn connection(&self, statements: Vec<&'static str>) -> Result<Connection> {
        let connection = take(&self.connections).await?;
        prepare(&connection, statements).await?;
        Ok(connection)
    }

    fn note(&self, actor: Option<Actor>) {
        if let (Some(_), Entry::Session { bearer, .. }) = (actor, &self.entry) {
            self.database.seen.note(*bearer);
        }
    }
}

/// A transaction between its two round trips. Dropped without [`Write::commit`], nothing of it remains.
pub struct Write {
    connection: Connection,
    shop: ShopId,
    written: Written,
    actor: Option<Actor>,
    is_open: bool,
}

impl Write {
    /// Who acts. Only transactions begun by a session have somebody.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.actor.expect("begun by a session")
    }

    /// One more round trip, for a transaction that writes more than fits into one statement's time.
    pub async fn go_on<B: Batch>(self, batch: B) -> Result<(Self, B::Output)> {
        let output = in_time(async {
            prepare(&self.connection, statements(&batch)).await?;
            batch.fly(&self.connection, self.shop).await
        })
        .await?;
        Ok((self, output))
    }

    /// The last round trip: sends the changes and the commit together. A connection that has not met them yet prepares
    /// them first, inside the transaction: what is written follows from what was read, so they aren't known earlier.
    pub async fn commit<B: Batch>(mut self, batch: B) -> Result<B::Output> {
        let _news = self.written.note_at_end(self.shop);
        let output = in_time(async {
            prepare(&self.connection, statements(&batch)).await?;
            flight::closing(&self.connection, self.shop, batch).await
        })
        .await?;
        self.is_open = false;
        Ok(output)
    }
}

impl Drop for Write {
    /// Sends the rollback without waiting: the connection goes back to the pool, and whoever gets it next queues behind.
    fn drop(&mut self) {
        if self.is_open {
            let _sent = self.connection.batch_execute("ROLLBACK").now_or_never();
        }
    }
}

fn statements(batch: &impl Batch) -> Vec<&'static str> {
    let mut statements = Vec::new();
    batch.statements(&mut statements);
    statements
}

/// Asks the database only for what this connection has not met yet.
async fn prepare(connection: &Connection, statements: Vec<&'static str>) -> Result<()> {
    for sql in statements {
        connection.prepare_cached(sql).await?;
    }
    Ok(())
}
