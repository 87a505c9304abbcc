//! How PostgreSQL goes about each statement, on shops with a past: by an index that begins with the shop, and no further
//! than a page of a list reaches. What is judged are plans and counts, never times.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod doors;

use std::collections::HashMap;

use courtesy::db::migrate;
use serde_json::Value;
use tokio::sync::OnceCell;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Config, Row, SimpleQueryMessage};

use crate::support::cluster::cluster;
use crate::support::statements::{Statement, all, tenant_tables};

/// Two of the shops: with a hundred inspections and customers, and with thousands.
const YOUNG: &str = "md5('shop1')::uuid";
const OLD: &str = "md5('shop2')::uuid";

/// How the superuser connects to a database of forty shops with a past. All tests here share it, because it takes
/// seconds to make, and none of them changes it.
async fn past() -> Config {
    static PAST: OnceCell<Config> = OnceCell::const_new();
    let make = async || {
        let mut superuser = cluster().new_database().await;
        superuser.user("postgres");
        let client = migrate::connect(&superuser).await.unwrap();
        client.batch_execute(include_str!("plans/history.sql")).await.unwrap();
        superuser
    };
    PAST.get_or_init(make).await.clone()
}

/// A connection of a role, inside a shop, that plans as a statement is planned which is used often: for any values.
async fn inside(role: &str, shop: &str) -> Client {
    let client = migrate::connect(&past().await).await.unwrap();
    let settings = format!(
        "SET plan_cache_mode = force_generic_plan; SET ROLE {role};
         SELECT set_config('app.current_shop_id', ({shop})::text, false)"
    );
    client.batch_execute(&settings).await.unwrap();
    client
}

/// Indexes that lead to one shop's rows though they begin with something else.
const LIKE_A_SHOP: [(&str, &str); 3] = [
    ("sessions_by_token", "a hash names its session alone"),
    ("idx_inspections_assigned_to", "somebody works in one shop"),
    ("idx_inspections_status", "a state and the shop together lead there as well as the shop and a state"),
];

/// Tables of which a shop has a few rows: reading through those is no fault.
const SMALL: [&str; 2] = ["shops", "users"];

/// What can be judged about the tables and indexes without looking at any plan.
struct Schema {
    tenant_tables: Vec<String>,
    indexes: HashMap<String, Index>,
}

struct Index {
    table: String,
    first_column: String,
    is_unique: bool,
}

impl Schema {
    async fn read() -> Self {
        let owner = migrate::connect(&past().await).await.unwrap();
        let sql = "SELECT c.relname::text, i.indrelid::regclass::text, pg_get_indexdef(i.indexrelid, 1, true), i.indisunique
                     FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                    WHERE c.relnamespace = 'public'::regnamespace";
        let rows = owner.query(sql, &[]).await.unwrap();
        let index = |row: &Row| Index { table: row.get(1), first_column: row.get(2), is_unique: row.get(3) };
        let indexes = rows.iter().map(|row| (row.get(0), index(row))).collect();
        Self { tenant_tables: tenant_tables(&owner).await, indexes }
    }

    /// What is wrong with a step on the way to a statement's rows. An index leads there by the shop and something else,
    /// or is unique and leads to one row; only a page of a list may follow the shop alone, because it stops.
    fn fault(&self, step: &Value, is_page: bool) -> Option<String> {
        let kind = text(step, "Node Type");
        if kind == "Seq Scan" {
            let table = text(step, "Relation Name");
            let is_tenant = self.tenant_tables.iter().any(|tenant| tenant == table);
            return is_tenant.then(|| format!("reads all of {table}"));
        }
        let name = step["Index Name"].as_str()?;
        let index = &self.indexes[name];
        let condition = text(step, "Index Cond");
        let is_known = LIKE_A_SHOP.iter().any(|(known, _why)| *known == name);
        let begins = index.first_column == "shop_id" || index.is_unique || is_known;
        if !begins || !condition.contains(&index.first_column) {
            return Some(format!("{kind} of {name} by {condition:?}"));
        }
        let is_whole_shop = index.first_column == "shop_id" && !condition.contains(" AND ");
        let is_fault = is_whole_shop && !is_page && !SMALL.contains(&index.table.as_str());
        is_fault.then(|| format!("goes through the shop's {} by {name}", index.table))
    }
}

/// Whether a statement reads a page of a list; what such a page costs is measured.
fn is_page(sql: &str) -> bool {
    sql.contains("LIMIT $2")
}

fn text<'a>(node: &'a Value, member: &str) -> &'a str {
    node[member].as_str().unwrap_or_default()
}

/// A plan's steps, each with what is below it.
fn steps(plan: &Value) -> Vec<&Value> {
    let below = plan["Plans"].as_array().into_iter().flatten().flat_map(steps);
    std::iter::once(plan).chain(below).collect()
}

/// The plan of what was prepared as `planned`, with these values; `None` where the role may not carry it out.
async fn explain(client: &Client, options: &str, values: &str) -> Option<Value> {
    let explained = client.simple_query(&format!("EXPLAIN ({options} FORMAT JSON) EXECUTE planned({values})")).await;
    let explained = match explained {
        Err(error) if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => return None,
        explained => explained.unwrap(),
    };
    let plan = explained.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    Some(serde_json::from_str::<Value>(plan.unwrap()).unwrap()[0]["Plan"].clone())
}

/// Prepares a statement as `planned`, and tells the types of its parameters; `None` where the role may not send it.
async fn prepare(client: &Client, sql: &str) -> Option<Vec<Type>> {
    let types = client.prepare(sql).await.ok()?.params().to_vec();
    client.batch_execute(&format!("DEALLOCATE ALL; PREPARE planned AS {sql}")).await.unwrap();
    Some(types)
}

/// How this role carries a statement out, whatever the values.
async fn plan(client: &Client, sql: &str) -> Option<Value> {
    let types = prepare(client, sql).await?;
    explain(client, "", &vec!["NULL"; types.len()].join(", ")).await
}

/// The faults of every statement that flies, planned by the role that sends it.
async fn faults(schema: &Schema, setting: &str) -> Vec<String> {
    let (requests, work) = (inside("courtesy_app", YOUNG).await, inside("courtesy_worker", YOUNG).await);
    for client in [&requests, &work] {
        client.batch_execute(setting).await.unwrap();
    }
    let mut faults = Vec::new();
    for Statement { at, sql, .. } in all().into_iter().filter(|statement| statement.flies) {
        let plan = match plan(&requests, &sql).await {
            Some(plan) => plan,
            None => plan(&work, &sql).await.unwrap_or_else(|| panic!("nobody may send {sql}")),
        };
        let found = steps(&plan).into_iter().filter_map(|step| schema.fault(step, is_page(&sql)));
        faults.extend(found.map(|fault| format!("{at}: {fault} in: {sql}")));
    }
    faults
}

/// Whether a table is read through that is not small: forty shops fit into a few pages.
fn is_read_through(fault: &str) -> bool {
    fault.contains("reads all of") && !SMALL.iter().any(|small| fault.contains(&format!("reads all of {small} ")))
}

#[tokio::test]
async fn every_statement_finds_its_rows_by_the_shop() {
    let schema = Schema::read().await;
    assert_eq!(faults(&schema, "SET enable_seqscan = off").await, [""; 0]);
    // As PostgreSQL would have it, too.
    let chosen = faults(&schema, "RESET enable_seqscan").await;
    let read_through: Vec<_> = chosen.into_iter().filter(|fault| is_read_through(fault)).collect();
    assert_eq!(read_through, [""; 0]);
}

/// The lists that may cost more as a shop ages: what the customers' phones show in the sandbox, which no shop grows old
/// with. An index for it would be kept for every text that is really sent.
const MAY_GROW: &str = "conversations/queries/sandbox.rs";

/// The first page of a list in one shop, searched for nothing and filtered by nothing.
fn first_page(shop: &str, list: &str, types: &[Type]) -> String {
    let value = |(place, kind): (usize, &Type)| match place {
        0 => shop,
        1 => "51",
        2 if *kind == Type::TIMESTAMPTZ => "'infinity'",
        3 if *kind == Type::UUID => "'ffffffff-ffff-ffff-ffff-ffffffffffff'",
        _ if *kind == Type::BOOL => "false",
        _ if *kind == Type::TEXT_ARRAY && list.contains("LIKE ALL") => "'{}'",
        _ => "NULL",
    };
    types.iter().enumerate().map(value).collect::<Vec<_>>().join(", ")
}

/// What a list's first page takes in a shop, and gives.
#[derive(Default)]
struct Cost {
    /// Pages of memory that are looked at.
    pages: u64,
    /// Rows that are looked at, wherever they stand.
    rows: u64,
    /// Rows that come out.
    given: u64,
}

impl Cost {
    fn of(plan: &Value) -> Self {
        let count = |step: &Value, what: &str| step[what].as_u64().unwrap_or_default();
        let looked_at = |step: &Value| {
            (count(step, "Actual Rows") + count(step, "Rows Removed by Filter")) * count(step, "Actual Loops")
        };
        let scans = steps(plan).into_iter().filter(|step| text(step, "Node Type").contains("Scan"));
        Self {
            pages: count(plan, "Shared Hit Blocks") + count(plan, "Shared Read Blocks"),
            rows: scans.map(looked_at).sum(),
            given: count(plan, "Actual Rows"),
        }
    }
}

/// How PostgreSQL may go about a list that it was asked for before: as it weighs the values, or the same way for all.
/// Which of the two it settles on depends on how shops differ, so both have to do.
const MODES: [&str; 2] = ["auto", "force_generic_plan"];

/// What a list's first page takes in each of the shops. `None` for a list that requests may not read.
async fn costs(list: &str, mode: &str, shops: [&str; 2]) -> Option<[Cost; 2]> {
    let client = inside("courtesy_app", shops[0]).await;
    client.batch_execute(&format!("SET plan_cache_mode = {mode}")).await.unwrap();
    let types = prepare(&client, list).await?;
    // It weighs a plan for any values against plans for these ones after five times.
    for _ in 0..6 {
        explain(&client, "ANALYZE,", &first_page(shops[0], list, &types)).await?;
    }
    let mut costs = <[Cost; 2]>::default();
    for (shop, cost) in shops.into_iter().zip(&mut costs) {
        let enter = format!("SELECT set_config('app.current_shop_id', ({shop})::text, false)");
        client.batch_execute(&enter).await.unwrap();
        let plan = explain(&client, "ANALYZE, BUFFERS,", &first_page(shop, list, &types)).await?;
        *cost = Cost::of(&plan);
    }
    Some(costs)
}

#[tokio::test]
async fn a_list_costs_as_much_in_an_old_shop_as_in_a_young_one() {
    let mut judged = 0;
    let lists: Vec<_> = all().into_iter().filter(|s| s.flies && is_page(&s.sql) && s.at != MAY_GROW).collect();
    for (Statement { at, sql, .. }, mode) in lists.iter().flat_map(|list| MODES.map(|mode| (list, mode))) {
        let Some([young, old]) = costs(sql, mode, [YOUNG, OLD]).await else { continue };
        assert_eq!(young.given, old.given, "{at}: {sql}");
        // Of a small shop PostgreSQL may rather read everything than go to each row by an index.
        for (what, young, old) in [("pages", young.pages, old.pages), ("rows", young.rows, old.rows)] {
            assert!(old <= 2 * young + 10, "{at}, {mode}: {old} {what} instead of {young} for: {sql}");
        }
        judged += u64::from(old.given > 0);
    }
    assert!(judged >= 10, "there is something to judge: {judged} lists");
}
