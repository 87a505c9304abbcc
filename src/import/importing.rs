//! From judged rows into the shop.

use super::{Kind, importing_queries as queries};
use crate::auth::Manager;
use crate::error::Result;
use crate::ids::ImportId;

/// How many lines are written at once. Between them other requests have their turn, and it is noted how far it is.
const AT_ONCE: u16 = 5_000;

/// Writes everything that was judged to be new or changed, in one transaction. How far it is, is told by others, because
/// nothing of this one can be seen before its end.
pub(super) async fn import(manager: &Manager, id: ImportId, kind: Kind) -> Result<()> {
    if manager.write(queries::claim(id)).await?.is_none() {
        return Ok(());
    }
    let hold = match kind {
        Kind::Customers => queries::hold_customers(id),
        Kind::Vehicles => queries::hold_owners(id),
    };
    let (mut write, ((), (), last)) = manager.begin((queries::expect_many(), hold, queries::last_line(id))).await?;
    let (mut added, mut changed) = (0, 0);
    for after in (0..last).step_by(AT_ONCE.into()) {
        let lines = (after, after.saturating_add(AT_ONCE.into()));
        let counts;
        (write, counts) = match kind {
            Kind::Customers => {
                let steps = (
                    queries::add_customers(id, lines),
                    queries::change_customers(id, lines),
                    queries::record_refusals(id, lines),
                );
                let (write, (new, old, ())) = write.go_on(steps).await?;
                (write, (new, old))
            }
            Kind::Vehicles => {
                write.go_on((queries::add_vehicles(id, lines), queries::change_vehicles(id, lines))).await?
            }
        };
        added += counts.0;
        changed += counts.1;
        manager.write(queries::note_done(id, lines.1)).await?;
    }
    let most = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
    write.commit(queries::finish(id, most(added), most(changed))).await?;
    Ok(())
}
