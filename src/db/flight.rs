//! One flight: `BEGIN`, the tenant, who is asking, the queries and `COMMIT` leave together and come back together.
//!
//! Every future here sends its message when first polled, and `join!` polls them in order before any waits. So a request
//! that is dropped half-way has sent either nothing or everything, and never leaves a connection inside a transaction.
//! What the batch waits with is boxed: it holds the place of every row that will come back.

use super::connect::Connection;
use super::query::Batch;
use super::tenant::{Actor, Entry, Tenant};
use crate::error::Result;
use crate::ids::ShopId;
use crate::role::Role;

/// Finds out who is asking, or fails the transaction.
pub(super) const ENTER: &str = "SELECT user_id, role FROM courtesy.enter($1, $2, $3)";

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
    let opening = opening_words(intent, tenant.shop);
    // COMMIT's own result says little: after a failed statement it rolls back without an error. The statements speak.
    let (began, actor, output, ended) = futures_util::join!(
        on.batch_execute(&opening),
        enter(on, &tenant.entry, intent),
        Box::pin(batch.fly(on, tenant.shop)),
        on.batch_execute("COMMIT"),
    );
    began?;
    let actor = actor?;
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
    let opening = opening_words(Intent::Write, tenant.shop);
    let (began, actor, output) = futures_util::join!(
        on.batch_execute(&opening),
        enter(on, &tenant.entry, Intent::Write),
        Box::pin(batch.fly(on, tenant.shop))
    );
    began?;
    Ok((actor?, output?))
}

/// The second half.
pub(super) async fn closing<B: Batch>(on: &Connection, shop: ShopId, batch: B) -> Result<B::Output> {
    let (output, ended) = futures_util::join!(Box::pin(batch.fly(on, shop)), on.batch_execute("COMMIT"));
    let output = output?;
    ended?;
    Ok(output)
}

/// Everything that is read in one flight is read of one moment, so that rows and what is beside them agree.
/// A `ShopId` is a UUID and prints as one, so there is nothing here that could be injected. `SET LOCAL`, not
/// `set_config`: it reaches the workers of a distributed database too.
fn opening_words(intent: Intent, shop: ShopId) -> String {
    let begin =
        if matches!(intent, Intent::Read) { "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY" } else { "BEGIN" };
    format!("{begin}; SET LOCAL app.current_shop_id = '{shop}'")
}

async fn enter(on: &Connection, entry: &Entry, intent: Intent) -> Result<Option<Actor>> {
    let Entry::Session { bearer, demand } = entry else {
        return Ok(None);
    };
    let statement = on.prepare_cached(ENTER).await?;
    let demand = demand.map(Role::as_str);
    let writes = matches!(intent, Intent::Write);
    let row = on.query_one(&statement, &[&bearer.0.as_slice(), &demand, &writes]).await?;
    Ok(Some(Actor::from_row(&row)?))
}
