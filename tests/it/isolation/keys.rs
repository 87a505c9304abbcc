//! Foreign keys, which row level security does not watch: whoever points one at the neighbour's row is refused by the key
//! itself. Every key is taken from the catalogue, so a new one is tried without being listed.

use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Row};

use super::{fill, tables};
use crate::support::world::Shop;
use crate::support::{TestApp, World};

/// A foreign key between two tables of tenants.
struct Key {
    name: String,
    table: String,
    parent: String,
    /// Its columns beside the shop's, and those they lead to.
    columns: Vec<String>,
    parent_columns: Vec<String>,
}

/// The roles that serve; and the tables' owner, whom row level security does not hold back.
const SERVING: [&str; 3] = ["courtesy_app", "courtesy_worker", "courtesy_door"];
const OWNER: &str = "courtesy";

/// What was tried, and what came of it that should not.
#[derive(Default)]
struct Trial {
    faults: Vec<String>,
    tried: usize,
}

#[derive(Clone, Copy, Debug)]
enum Command {
    Insert,
    Update,
}

/// Every key but those of the shop itself: that one is what row level security compares, and what the matrix tries.
async fn keys(owner: &Client) -> Vec<Key> {
    let sql = "
        SELECT o.conname::text AS name, o.conrelid::regclass::text AS child, o.confrelid::regclass::text AS parent,
               array_agg(own.attname::text ORDER BY k.place) FILTER (WHERE own.attname <> 'shop_id') AS columns,
               array_agg(other.attname::text ORDER BY k.place) FILTER (WHERE own.attname <> 'shop_id')
                   AS parent_columns
          FROM pg_constraint o
          CROSS JOIN LATERAL unnest(o.conkey, o.confkey) WITH ORDINALITY AS k (own, other, place)
          JOIN pg_attribute own ON own.attrelid = o.conrelid AND own.attnum = k.own
          JOIN pg_attribute other ON other.attrelid = o.confrelid AND other.attnum = k.other
         WHERE o.contype = 'f' AND o.connamespace = 'public'::regnamespace
         GROUP BY o.oid, o.conname, o.conrelid, o.confrelid
        HAVING count(*) FILTER (WHERE own.attname <> 'shop_id') > 0
         ORDER BY 2, 1";
    let key = |row: &Row| Key {
        name: row.get("name"),
        table: row.get("child"),
        parent: row.get("parent"),
        columns: row.get("columns"),
        parent_columns: row.get("parent_columns"),
    };
    owner.query(sql, &[]).await.unwrap().iter().map(key).collect()
}

/// A second one of everything that keys lead to, so that a row can be pointed somewhere else inside its shop; and a
/// customer without a conversation, who may have one.
async fn add_seconds(owner: &Client, world: &World) {
    for Shop { id, manager, .. } in [&world.ours, &world.theirs] {
        let manager = &manager.id;
        owner
            .batch_execute(&format!(
                "WITH customer AS (INSERT INTO customers (shop_id) VALUES ('{id}') RETURNING id),
                 vehicle AS (
                     INSERT INTO vehicles (shop_id, customer_id) SELECT '{id}', id FROM customer RETURNING id),
                 inspection AS (
                     INSERT INTO inspections (shop_id, vehicle_id, created_by, catalogue_version)
                     SELECT '{id}', id, '{manager}', 'x' FROM vehicle),
                 conversation AS (
                     INSERT INTO conversations (shop_id, customer_id) SELECT '{id}', id FROM customer
                     RETURNING id, customer_id)
                 INSERT INTO messages (shop_id, conversation_id, customer_id, direction, phone_number, content)
                 SELECT '{id}', id, customer_id, 'outbound', '+14155550101', 'Again.' FROM conversation;
                 UPDATE inspections SET status = 'in_progress' WHERE shop_id = '{id}' AND status = 'created';
                 INSERT INTO customers (shop_id, created_at) VALUES ('{id}', now() + interval '1 second')"
            ))
            .await
            .unwrap();
    }
}

impl Key {
    /// Whether the role may set the key's columns this way.
    async fn may(&self, owner: &Client, role: &str, command: Command) -> bool {
        let privilege = format!("{command:?}");
        let sql =
            "SELECT bool_and(has_column_privilege($1, $2::text::regclass, name, $3)) FROM unnest($4::text[]) name";
        owner.query_one(sql, &[&role, &self.table, &privilege, &self.columns]).await.unwrap().get(0)
    }

    /// Where the key could lead in a shop: to the row that was made there last.
    async fn target(&self, owner: &Client, shop: &str) -> Vec<String> {
        let columns: Vec<String> = self.parent_columns.iter().map(|column| format!("{column}::text")).collect();
        let newest = format!(
            "SELECT {} FROM {} WHERE shop_id = '{shop}' ORDER BY created_at DESC, id DESC LIMIT 1",
            columns.join(", "),
            self.parent
        );
        let row = owner.query_one(&newest, &[]).await.expect("the parent has rows: see rows_of");
        (0..columns.len()).map(|at| row.get(at)).collect()
    }

    /// Points our oldest row there, or puts it in again with this difference, as somebody inside our shop; taken back
    /// afterwards. The table's other keys are away meanwhile, so that this one alone is judged.
    async fn try_as(&self, owner: &Client, role: &str, command: Command, ours: &str, to: &[String]) -> Outcome {
        owner.batch_execute("BEGIN").await.unwrap();
        let source = self.take_out(owner, command, ours).await;
        let pointed = self.columns.iter().zip(to);
        let statement = match command {
            Command::Update => {
                let set: Vec<String> = pointed.map(|(column, value)| format!("{column} = '{value}'")).collect();
                format!("UPDATE {} SET {} WHERE id = '{source}'", self.table, set.join(", "))
            }
            Command::Insert => {
                let columns = self.insertable(owner, role).await;
                let value = |column: &String| match self.columns.iter().position(|own| own == column) {
                    Some(at) => format!("'{}'", to[at]),
                    None => column.clone(),
                };
                let values: Vec<String> = columns.iter().map(value).collect();
                format!(
                    "INSERT INTO {} ({}) SELECT {} FROM source",
                    self.table,
                    columns.join(", "),
                    values.join(", ")
                )
            }
        };
        let enter = format!("SET LOCAL ROLE {role}; SET LOCAL app.current_shop_id = '{ours}'");
        owner.batch_execute(&enter).await.unwrap();
        let tried = owner.execute(&statement, &[]).await;
        owner.batch_execute("ROLLBACK").await.unwrap();
        match tried {
            Ok(count) => Outcome::Accepted(count),
            Err(error) => {
                let refusal = error.as_db_error().expect("a refusal");
                let is_key = refusal.code() == &SqlState::FOREIGN_KEY_VIOLATION;
                let is_ours = refusal.constraint() == Some(self.name.as_str());
                if is_key && is_ours { Outcome::Refused } else { Outcome::Otherwise(refusal.to_string()) }
            }
        }
    }

    /// Drops the other keys of the table and takes our oldest row out of it, where it is to be put in again.
    async fn take_out(&self, owner: &Client, command: Command, ours: &str) -> String {
        let others =
            "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) FROM pg_constraint
                       WHERE contype = 'f' AND $1::text::regclass IN (conrelid, confrelid) AND conname <> $2";
        for row in owner.query(others, &[&self.table, &self.name]).await.unwrap() {
            owner.batch_execute(row.get(0)).await.unwrap();
        }
        let oldest =
            format!("SELECT id::text FROM {} WHERE shop_id = '{ours}' ORDER BY created_at, id LIMIT 1", self.table);
        let row = owner.query_opt(&oldest, &[]).await.unwrap();
        let source: String = row.unwrap_or_else(|| panic!("{} has no row: see rows_of", self.table)).get(0);
        if matches!(command, Command::Insert) {
            let table = &self.table;
            let take = format!(
                "CREATE TEMP TABLE source ON COMMIT DROP AS SELECT * FROM {table} WHERE id = '{source}';
                 GRANT SELECT ON source TO PUBLIC;
                 DELETE FROM {table} WHERE id = '{source}'"
            );
            owner.batch_execute(&take).await.unwrap();
        }
        source
    }

    /// The columns that the role may fill; an inspection begins in the first state, as every one does.
    async fn insertable(&self, owner: &Client, role: &str) -> Vec<String> {
        let sql = "SELECT attname::text FROM pg_attribute
                    WHERE attrelid = $2::text::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
                      AND has_column_privilege($1, attrelid, attnum, 'INSERT')
                      AND (attname <> 'status' OR attrelid <> 'inspections'::regclass)";
        owner.query(sql, &[&role, &self.table]).await.unwrap().iter().map(|row| row.get(0)).collect()
    }
}

/// What came of a statement.
#[derive(Debug, PartialEq)]
enum Outcome {
    Accepted(u64),
    /// By this very key.
    Refused,
    Otherwise(String),
}

/// Tries every key with whoever may set it, and with the owner.
async fn trial(owner: &Client, world: &World) -> Trial {
    let (ours, theirs) = (&world.ours.id, &world.theirs.id);
    let mut trial = Trial::default();
    for key in keys(owner).await {
        let (own, foreign) = (key.target(owner, ours).await, key.target(owner, theirs).await);
        let mut is_served = false;
        for role in SERVING.into_iter().chain([OWNER]) {
            for command in [Command::Insert, Command::Update] {
                if !key.may(owner, role, command).await {
                    continue;
                }
                is_served |= role != OWNER;
                trial.tried += 1;
                let name = format!("{}: {} by {command:?} as {role}", key.table, key.name);
                let accepted = key.try_as(owner, role, command, ours, &own).await;
                if accepted != Outcome::Accepted(1) {
                    trial.faults.push(format!("{name} does not lead inside the shop: {accepted:?}"));
                }
                let refused = key.try_as(owner, role, command, ours, &foreign).await;
                if refused != Outcome::Refused {
                    trial.faults.push(format!("{name} leads to the neighbour: {refused:?}"));
                }
            }
        }
        if !is_served {
            trial.faults.push(format!("{}: {} can't be tried, because nobody may set it", key.table, key.name));
        }
    }
    trial
}

async fn ground() -> (TestApp, World, Client) {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    fill(&owner, &world).await;
    add_seconds(&owner, &world).await;
    (app, world, owner)
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "the numbers are worth a look: --nocapture shows them")]
async fn no_foreign_key_leads_to_the_neighbour() {
    let (app, world, owner) = ground().await;
    let Trial { faults, tried } = trial(&owner, &world).await;
    let (tables, keys) = (tables(&app.with_role("courtesy_app").await).await.len(), keys(&owner).await.len());
    println!("{tables} tables by 4 commands; {keys} foreign keys, {tried} ways to set them");
    assert_eq!(faults, [""; 0]);
}

/// The trial sees what it should: a key without the shop, one that is not checked, and one that nobody may set.
#[tokio::test]
async fn a_key_that_leads_to_the_neighbour_is_seen() {
    let (_app, world, owner) = ground().await;
    owner
        .batch_execute(
            "ALTER TABLE vehicles DROP CONSTRAINT vehicles_customer_id_fkey,
                 ADD CONSTRAINT vehicles_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id);
             REVOKE INSERT ON conversations FROM courtesy_app;
             REVOKE UPDATE ON conversations FROM courtesy_app",
        )
        .await
        .unwrap();
    let faults = trial(&owner, &world).await.faults;
    for expected in [
        "vehicles: vehicles_customer_id_fkey by Insert as courtesy_app leads to the neighbour",
        "vehicles: vehicles_customer_id_fkey by Update as courtesy leads to the neighbour",
        "conversations: conversations_customer_id_fkey can't be tried",
    ] {
        assert!(faults.iter().any(|fault| fault.starts_with(expected)), "{expected}: {faults:#?}");
    }
}
