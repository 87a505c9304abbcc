//! Statements about lists that were uploaded, and what would become of their rows.

use serde_json::Value;
use tokio_postgres::Error;
use uuid::Uuid;

use super::{Counts, Import, Judged, Kind, Verdict};
use crate::customers::Customer;
use crate::db::{Query, Row};
use crate::ids::ImportId;
use crate::params;
use crate::vehicles::Vehicle;
use crate::web::Limit;

impl Import {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let unused: Value = row.try_get("unused")?;
        let names = unused.as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned));
        Ok(Self {
            id: row.try_get("id")?,
            kind: row.try_get("kind")?,
            file_name: row.try_get("file_name")?,
            unused: names.collect(),
            rows_read: row.try_get("rows_read")?,
            read_at: row.try_get("read_at")?,
            rows_done: row.try_get("rows_done")?,
            moved_at: row.try_get("moved_at")?,
            imported_at: row.try_get("imported_at")?,
            added: row.try_get("added")?,
            changed: row.try_get("changed")?,
            created_at: row.try_get("created_at")?,
        })
    }
}

impl Judged {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            line: row.try_get("line")?,
            verdict: row.try_get("verdict")?,
            target: None,
            owner: None,
            fields: Value::Null,
            called: row.try_get("called")?,
            note: row.try_get("note")?,
        })
    }
}

/// More than anybody goes back to.
const RECENT: Limit = Limit::of(20);

/// The lists of the last day, after which they go, those uploaded last first.
pub(super) fn recent() -> Query<Vec<Import>> {
    Query::list(
        "SELECT * FROM imports WHERE shop_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2",
        params![RECENT.and_one_more()],
        Import::from_row,
    )
}

/// One of them.
pub(super) fn find(id: ImportId) -> Query<Import> {
    Query::one("SELECT * FROM imports WHERE shop_id = $1 AND id = $2", params![id], Import::from_row)
}

/// Begins to read a list; false if the id is taken.
pub(super) fn insert(id: ImportId, kind: Kind, file_name: String, unused: Value) -> Query<Option<()>> {
    Query::optional(
        "INSERT INTO imports (shop_id, id, kind, file_name, unused)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING RETURNING id",
        params![id, kind, file_name, unused],
        |_| Ok(()),
    )
}

/// Keeps rows of it.
pub(super) fn keep(id: ImportId, rows: Vec<Judged>) -> Query<()> {
    let mut columns = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        columns.0.push(row.line);
        columns.1.push(row.verdict.as_str());
        columns.2.push(row.target);
        columns.3.push(row.owner);
        columns.4.push(row.fields);
        columns.5.push(row.called);
        columns.6.push(row.note);
    }
    Query::run(
        "INSERT INTO import_rows (shop_id, import_id, line, verdict, target, owner, fields, called, note)
         SELECT $1, $2, row.*
           FROM unnest($3::int[], $4::text[], $5::uuid[], $6::uuid[], $7::jsonb[], $8::text[], $9::text[]) AS row",
        params![id, columns.0, columns.1, columns.2, columns.3, columns.4, columns.5, columns.6],
    )
}

/// Notes how far it has been read.
pub(super) fn note_read(id: ImportId, rows: i32, is_whole: bool) -> Query<()> {
    Query::run(
        "UPDATE imports SET rows_read = $3, read_at = CASE WHEN $4 THEN now() END WHERE shop_id = $1 AND id = $2",
        params![id, rows, is_whole],
    )
}

/// How many rows there are of each kind.
pub(super) fn counts(id: ImportId) -> Query<Counts> {
    Query::list(
        "SELECT verdict, count(*) AS count FROM import_rows WHERE shop_id = $1 AND import_id = $2 GROUP BY verdict",
        params![id],
        |row| Ok((row.try_get("verdict")?, row.try_get("count")?)),
    )
    .map(|rows: Vec<(Verdict, i64)>| {
        rows.into_iter().fold(Counts::default(), |mut counts, (verdict, count)| {
            *match verdict {
                Verdict::New => &mut counts.new,
                Verdict::Changed => &mut counts.changed,
                Verdict::Unchanged => &mut counts.unchanged,
                Verdict::Wrong => &mut counts.wrong,
            } = count;
            counts
        })
    })
}

/// The first rows of a kind.
pub(super) fn rows(id: ImportId, verdict: Verdict) -> Query<Vec<Judged>> {
    Query::list(
        "SELECT line, verdict, called, note FROM import_rows
          WHERE shop_id = $1 AND import_id = $2 AND verdict = $3 ORDER BY line LIMIT 100",
        params![id, verdict],
        Judged::from_row,
    )
}

/// Customers by ids.
pub(super) fn customers_by_id(ids: Vec<Uuid>) -> Query<Vec<Customer>> {
    Query::list(
        "SELECT * FROM customers WHERE shop_id = $1 AND id = ANY ($2) AND deleted_at IS NULL",
        params![ids],
        Customer::from_row,
    )
}

/// Customers by phones.
pub(super) fn customers_by_phone(phones: Vec<String>) -> Query<Vec<Customer>> {
    Query::list(
        "SELECT * FROM customers WHERE shop_id = $1 AND phone = ANY ($2) AND deleted_at IS NULL",
        params![phones],
        Customer::from_row,
    )
}

/// Customers by e-mail addresses.
pub(super) fn customers_by_email(emails: Vec<String>) -> Query<Vec<Customer>> {
    Query::list(
        "SELECT * FROM customers WHERE shop_id = $1 AND email = ANY ($2) AND deleted_at IS NULL",
        params![emails],
        Customer::from_row,
    )
}

/// Vehicles by ids.
pub(super) fn vehicles_by_id(ids: Vec<Uuid>) -> Query<Vec<Vehicle>> {
    Query::list(
        "SELECT * FROM vehicles WHERE shop_id = $1 AND id = ANY ($2) AND deleted_at IS NULL",
        params![ids],
        Vehicle::from_row,
    )
}

/// The vehicles of these customers.
pub(super) fn vehicles_of(customers: Vec<Uuid>) -> Query<Vec<Vehicle>> {
    Query::list(
        "SELECT * FROM vehicles WHERE shop_id = $1 AND customer_id = ANY ($2) AND deleted_at IS NULL",
        params![customers],
        Vehicle::from_row,
    )
}

/// The year up to which there are model years.
pub(super) fn latest_year() -> Query<i32> {
    Query::one("SELECT extract(year FROM now())::int + 2 AS year FROM shops WHERE id = $1", vec![], |row| {
        row.try_get("year")
    })
}
