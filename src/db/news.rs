//! News between programs on one database: in which shops something was written. A notification is only a hint, the rows
//! are the truth, so one too many costs a look and a lost one costs some seconds.
//!
//! PostgreSQL lets transactions that notify commit one after the other only. So no request notifies: its shop is noted in
//! memory when its transaction has ended, and one task passes the notes on, many at a time.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tokio_postgres::{AsyncMessage, Config, NoTls};
use uuid::Uuid;

use super::connect::{Database, PATIENCE, in_time, take};
use crate::error::{Error, Result, chain};
use crate::ids::ShopId;

/// How long notes are gathered before they are passed on together.
const GATHERING: Duration = Duration::from_millis(50);
/// How long a database that is away is left alone before it is tried again.
const PAUSE: Duration = Duration::from_secs(1);
/// How long beginning to listen may take.
const LISTEN_PATIENCE: Duration = Duration::from_secs(10);

/// What a program hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Something was written in this shop.
    Shop(ShopId),
    /// From now on it hears again. What was said before, it has missed.
    Gap,
}

/// The shops that were written in since the last notes were passed on.
#[derive(Clone, Default)]
pub(super) struct Written(Arc<Notes>);

#[derive(Default)]
struct Notes {
    shops: Mutex<HashSet<ShopId>>,
    waiting: Notify,
}

impl Written {
    /// Notes the shop when this is dropped: once its transaction has ended, however it did, also where the client hung up
    /// after the flight had left.
    pub(super) fn note_at_end(&self, shop: ShopId) -> impl Drop + Send + use<> {
        struct AtEnd(Written, ShopId);
        impl Drop for AtEnd {
            fn drop(&mut self) {
                self.0.note([self.1]);
            }
        }
        AtEnd(self.clone(), shop)
    }

    fn note(&self, shops: impl IntoIterator<Item = ShopId>) {
        self.0.shops.lock().unwrap_or_else(PoisonError::into_inner).extend(shops);
        self.0.waiting.notify_one();
    }

    fn take(&self) -> HashSet<ShopId> {
        std::mem::take(&mut *self.0.shops.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Database {
    /// Passes news on until it is dropped. What can't be passed on at the moment stays noted.
    pub async fn keep_telling(&self) {
        loop {
            self.written.0.waiting.notified().await;
            sleep(GATHERING).await;
            if let Err(error) = self.tell().await {
                tracing::warn!(error = %chain(&error), "news waits for the database");
                sleep(PAUSE).await;
            }
        }
    }

    /// Passes on what is noted.
    pub async fn tell(&self) -> Result<()> {
        // The connection first: without one, the notes stay.
        let connection = take(&self.work).await?;
        let shops = self.written.take();
        if shops.is_empty() {
            return Ok(());
        }
        let told = in_time(async {
            let statement = connection
                .prepare_cached("SELECT pg_notify('courtesy_news', shop::text) FROM unnest($1::uuid[]) AS shop")
                .await?;
            let ids: Vec<Uuid> = shops.iter().map(|shop| shop.uuid()).collect();
            Ok(connection.execute(&statement, &[&ids]).await?)
        })
        .await;
        if told.is_err() {
            self.written.note(shops);
        }
        told.map(drop)
    }

    /// Hears the news of all programs on this database until it is dropped; begins anew whenever the connection ends.
    pub async fn keep_hearing(&self, mut heard: impl FnMut(Heard)) {
        loop {
            if let Err(error) = hear(&self.listener, &mut heard).await {
                tracing::warn!(error = %chain(&error), "no news of other programs for the moment");
            }
            sleep(PAUSE).await;
        }
    }
}

/// Hears on a connection of its own until that ends.
async fn hear(listener: &Config, heard: &mut impl FnMut(Heard)) -> Result<()> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a pooled connection hears nothing; this one sends nothing but LISTEN"
    )]
    let (client, mut connection) = timeout(PATIENCE, listener.connect(NoTls)).await.map_err(too_slow)??;
    let mut messages = stream::poll_fn(move |context| connection.poll_message(context));
    let mut beginning = pin!(timeout(LISTEN_PATIENCE, client.batch_execute("LISTEN courtesy_news")).fuse());
    let mut listens = false;
    loop {
        tokio::select! {
            begun = &mut beginning, if !listens => {
                begun.map_err(too_slow)??;
                listens = true;
                heard(Heard::Gap);
            }
            message = messages.next() => match message.transpose()? {
                Some(AsyncMessage::Notification(news)) => {
                    if let Ok(shop) = Uuid::try_parse(news.payload()) {
                        heard(Heard::Shop(shop.into()));
                    }
                }
                Some(_) => {}
                None => return Err(Error::Unavailable("the connection has ended".into())),
            },
        }
    }
}

fn too_slow(late: tokio::time::error::Elapsed) -> Error {
    Error::Unavailable(late.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_can_t_be_passed_on_stays_noted() {
        let database = Database::with_one_connection(&Config::new());
        database.close();
        let shop = ShopId::new();
        drop(database.written.note_at_end(shop));
        assert!(database.tell().await.is_err());
        assert_eq!(database.written.take(), HashSet::from([shop]));
    }
}
