//! What is worked on. It is made once and copied for each measurement, so that none meets what another left behind.

use std::time::Instant;

use courtesy::db::migrate;
use courtesy::inspections::catalogue;
use serde_json::json;
use tokio_postgres::Client;

use crate::arguments::Arguments;
use crate::cluster::Cluster;

/// The databases to copy from.
pub(crate) struct Data {
    scale: Scale,
}

/// How many shops there are, how many inspections the one with the long history has, and how many shops it grows to.
#[derive(Clone, Copy)]
struct Scale {
    ordinary: usize,
    history: usize,
    grown: usize,
}

const FULL: Scale = Scale { ordinary: 200, history: 5000, grown: 2000 };
const SMALL: Scale = Scale { ordinary: 20, history: 500, grown: 200 };

/// Some shops of the same kind, as data.sql makes them.
struct Shops {
    kind: &'static str,
    number: usize,
    visits: usize,
    texts: usize,
}

/// Ordinary shops, each with a year behind it, and one with a long history.
const BASE: &str = "base";
/// The same, with many smaller shops beside them.
const GROWN: &str = "grown";

/// Becomes one of them once it is whole.
const UNFINISHED: &str = "unfinished";

/// Seats in an ordinary shop.
pub(crate) const ORDINARY: &str = "ordinary";
/// Seats in the one shop with a long history.
pub(crate) const LONG_HISTORY: &str = "long history";
/// Seats in one ordinary shop.
pub(crate) const SHORT_HISTORY: &str = "short history";
/// Seats in the shops that come in addition; nobody sits there.
const OTHERS: &str = "others";

impl Data {
    /// Finds the data of an earlier run, or makes it.
    pub(crate) async fn prepare(cluster: &Cluster, arguments: &Arguments) -> Self {
        let data = Self { scale: if arguments.small { SMALL } else { FULL } };
        let is_kept = cluster.exists(BASE).await && data.is_current(cluster).await;
        if !is_kept {
            data.make(cluster).await;
        }
        data
    }

    /// A fresh copy of the ordinary shops, with sessions that hold.
    pub(crate) async fn copy(&self, cluster: &Cluster, name: &str) {
        copy_for_use(cluster, name, BASE).await;
    }

    /// A fresh copy with ten times as many shops.
    pub(crate) async fn copy_grown(&self, cluster: &Cluster, name: &str) {
        if !cluster.exists(GROWN).await {
            let others = self.scale.grown - self.scale.ordinary;
            cluster.copy(UNFINISHED, BASE).await;
            make(cluster, UNFINISHED, &[Shops { kind: OTHERS, number: others, visits: 20, texts: 10 }]).await;
            cluster.rename(UNFINISHED, GROWN).await;
        }
        copy_for_use(cluster, name, GROWN).await;
    }

    /// How many inspections the shop with the long history has.
    pub(crate) fn history(&self) -> usize {
        self.scale.history
    }

    pub(crate) fn describe(&self) -> String {
        let Scale { ordinary, history, grown } = self.scale;
        format!("{ordinary} shops, one with {history} inspections; grown to {grown} shops")
    }

    /// Whether what an earlier run made has this scale and this program's schema.
    async fn is_current(&self, cluster: &Cluster) -> bool {
        let is_migrated = matches!(migrate::migrate(&cluster.owner(BASE)).await, Ok(0));
        let client = cluster.superuser(BASE).await;
        let comment = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1";
        let comment: Option<String> = client.query_one(comment, &[&BASE]).await.expect("it knows").get(0);
        is_migrated && comment == Some(self.describe())
    }

    async fn make(&self, cluster: &Cluster) {
        for stale in [BASE, GROWN] {
            cluster.drop(stale).await;
        }
        cluster.copy(UNFINISHED, "template0").await;
        migrate::migrate(&cluster.owner(UNFINISHED)).await.expect("the migrations apply");
        let Scale { ordinary, history, .. } = self.scale;
        let kinds = [
            Shops { kind: ORDINARY, number: ordinary, visits: 100, texts: 40 },
            Shops { kind: LONG_HISTORY, number: 1, visits: history, texts: 40 },
        ];
        make(cluster, UNFINISHED, &kinds).await;
        let of_one_shop = format!(
            "INSERT INTO bench.seats
             SELECT '{SHORT_HISTORY}', row_number() OVER () - 1, subject FROM bench.seats
              WHERE kind = '{ORDINARY}' AND subject -> 'shop_id' IN
                    (SELECT subject -> 'shop_id' FROM bench.seats WHERE kind = '{ORDINARY}' AND n = 0);
             COMMENT ON DATABASE {UNFINISHED} IS '{}'",
            self.describe()
        );
        let client = cluster.superuser(UNFINISHED).await;
        client.batch_execute(&of_one_shop).await.expect("the superuser may");
        cluster.rename(UNFINISHED, BASE).await;
    }
}

async fn make(cluster: &Cluster, database: &str, kinds: &[Shops]) {
    let client = cluster.superuser(database).await;
    for shops in kinds {
        let began = Instant::now();
        println!("making {} shops with {} inspections each ...", shops.number, shops.visits);
        shops.make(&client).await;
        println!("... took {:.0} s", began.elapsed().as_secs_f64());
    }
    client.batch_execute("VACUUM (ANALYZE)").await.expect("the superuser may");
}

impl Shops {
    async fn make(&self, client: &Client) {
        for (setting, value) in [
            ("bench.kind", self.kind.to_owned()),
            ("bench.shops", self.number.to_string()),
            ("bench.visits", self.visits.to_string()),
            ("bench.texts", self.texts.to_string()),
            ("bench.checklist", checklist()),
        ] {
            let set = client.execute("SELECT set_config($1, $2, false)", &[&setting, &value]).await;
            set.expect("anybody may");
        }
        client.batch_execute(include_str!("data.sql")).await.expect("the data can be made");
    }
}

/// The thirty components that are found something about: the catalogue's first.
fn checklist() -> String {
    let entries = catalogue::catalogue().entries().take(30).enumerate();
    let entries: Vec<_> = entries
        .map(|(position, entry)| {
            json!({ "category": entry.category.key, "component": entry.component.key, "position": position })
        })
        .collect();
    json!({ "version": catalogue::VERSION, "entries": entries }).to_string()
}

async fn copy_for_use(cluster: &Cluster, name: &str, template: &str) {
    cluster.copy(name, template).await;
    let client = cluster.superuser(name).await;
    client.batch_execute(include_str!("sessions.sql")).await.expect("the superuser may");
    client.batch_execute("CHECKPOINT").await.expect("the superuser may");
}
