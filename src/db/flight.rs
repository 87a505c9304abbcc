//! One flight: `BEGIN`, the tenant, who is asking, the queries and `COMMIT` leave together and come back together. The first
//! three are one message: PostgreSQL answers each message by itself, and every answer wakes the program.
//!
//! Every future here sends its message when first polled, and `join!` polls them in order before any waits. So a request
//! that is dropped half-way has sent either nothing or everything, and never leaves a connection inside a transaction.
//! What the batch waits with is boxed: it holds the place of every row that will come back.

use std::fmt::Write as _;

use tokio_postgres::SimpleQueryMessage;

use super::connect::Connection;
use super::query::Batch;
use super::tenant::{Actor, Entry, Tenant};
use crate::error::Result;
use crate::ids::ShopId;

/// Prepares what finds out who is asking, or fails the transaction. Every connection for requests begins with this; on one
/// without a schema, which is only looked at, there is nothing to prepare.
pub(super) const PREPARE_ENTER: &str = "DO $$ BEGIN
    IF to_regnamespace('courtesy') IS NOT NULL THEN
        EXECUTE 'PREPARE enter (bytea, text, boolean) AS SELECT user_id, role FROM courtesy.enter($1, $2, $3)';
    END IF;
END $$";

/// What a transaction means to do.
#[derive(Clone, Copy)]
pub(super) enum Intent {
    /// Change nothing; held by the database too.
    Read,
    /// Change something, which a shop with an inactive subscription may not.
    Write,
    /// Change what everybody may change at any time, such as ending one's own session.
    WriteEvenIfInactive,
}

/// A whole transaction in one round trip.
pub(super) async fn whole<B: Batch>(
    on: &Connection,
    tenant: &Tenant,
    intent: Intent,
    batch: B,
) -> Result<(Option<Actor>, B::Output)> {
    let opening = opening_words(intent, tenant);
    // COMMIT's own result says little: after a failed statement it rolls back without an error. The statements speak.
    let (began, output, ended) = futures_util::join!(
        on.simple_query(&opening),
        Box::pin(batch.fly(on, tenant.shop)),
        on.batch_execute("COMMIT"),
    );
    let actor = actor(&began?)?;
    let output = output?;
    ended?;
    Ok((actor, output))
}

/// The first half of a transaction. The caller holds a guard that rolls back.
pub(super) async fn opening<B: Batch>(
    on: &Connection,
    tenant: &Tenant,
    batch: B,
) -> Result<(Option<Actor>, B::Output)> {
    let opening = opening_words(Intent::Write, tenant);
    let (began, output) = futures_util::join!(on.simple_query(&opening), Box::pin(batch.fly(on, tenant.shop)));
    Ok((actor(&began?)?, output?))
}

/// The second half.
pub(super) async fn closing<B: Batch>(on: &Connection, shop: ShopId, batch: B) -> Result<B::Output> {
    let (output, ended) = futures_util::join!(Box::pin(batch.fly(on, shop)), on.batch_execute("COMMIT"));
    let output = output?;
    ended?;
    Ok(output)
}

/// Everything that is read in one flight is read of one moment, so that rows and what is beside them agree.
/// Ids, a hash and a role are written here that can't be anything else, so there is nothing that could be injected.
/// `SET LOCAL`, not `set_config`: it reaches the workers of a distributed database too.
fn opening_words(intent: Intent, tenant: &Tenant) -> String {
    let isolation = if matches!(intent, Intent::Read) { " ISOLATION LEVEL REPEATABLE READ, READ ONLY" } else { "" };
    let mut words = format!("BEGIN{isolation}; SET LOCAL app.current_shop_id = '{}'", tenant.shop);
    if let Entry::Session { bearer, demand } = &tenant.entry {
        let demand = demand.map_or("NULL".to_owned(), |role| format!("'{}'", role.as_str()));
        let writes = matches!(intent, Intent::Write);
        words.push_str(r"; EXECUTE enter (E'\\x");
        bearer.0.iter().try_for_each(|byte| write!(words, "{byte:02x}")).expect("text takes everything");
        write!(words, "', {demand}, {writes})").expect("text takes everything");
    }
    words
}

/// Who acts, where somebody was asked for.
fn actor(began: &[SimpleQueryMessage]) -> Result<Option<Actor>> {
    let row = began.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    row.map(Actor::from_row).transpose()
}
