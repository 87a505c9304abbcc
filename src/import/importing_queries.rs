//! Statements that bring the rows of a list into the shop.

use crate::db::Query;
use crate::ids::ImportId;
use crate::params;

/// Takes a list that is read to its end for oneself, to import it; nothing where that is done, or somebody else is at it and
/// has moved within the last half minute.
pub(super) fn claim(id: ImportId) -> Query<Option<()>> {
    Query::optional(
        "UPDATE imports SET moved_at = now(), rows_done = 0
          WHERE shop_id = $1 AND id = $2 AND read_at IS NOT NULL AND imported_at IS NULL
            AND coalesce(moved_at < now() - interval '30 seconds', true) RETURNING id",
        params![id],
        |_| Ok(()),
    )
}

/// Notes how far it has been imported: by a transaction of its own, because the one that imports shows nothing yet.
pub(super) fn note_done(id: ImportId, line: i32) -> Query<()> {
    Query::run(
        "UPDATE imports SET moved_at = now(),
                rows_done = (SELECT count(*) FROM import_rows r
                              WHERE r.shop_id = $1 AND r.import_id = $2 AND r.line <= $3)
          WHERE shop_id = $1 AND id = $2",
        params![id, line],
    )
}

/// Makes this transaction join rows by hashing them. What was uploaded a moment ago is not in PostgreSQL's statistics, and
/// for the few rows that it expects it would look through all others for each.
pub(super) fn expect_many() -> Query<()> {
    Query::run("SELECT set_config('enable_nestloop', 'off', true) FROM shops WHERE id = $1", vec![])
}

/// The last line that there is.
pub(super) fn last_line(id: ImportId) -> Query<i32> {
    Query::one(
        "SELECT coalesce(max(line), 0) AS last FROM import_rows WHERE shop_id = $1 AND import_id = $2",
        params![id],
        |row| row.try_get("last"),
    )
}

/// The end of an import: what came of it stays for a day, its rows go at once.
pub(super) fn finish(id: ImportId, added: i32, changed: i32) -> (Query<()>, Query<()>) {
    (
        Query::run(
            "UPDATE imports SET imported_at = now(), moved_at = now(), rows_done = rows_read, added = $3, changed = $4
              WHERE shop_id = $1 AND id = $2",
            params![id, added, changed],
        ),
        Query::run("DELETE FROM import_rows WHERE shop_id = $1 AND import_id = $2", params![id]),
    )
}

/// Holds the customers that a list changes until the transaction ends: all of them before the first is written, and in the
/// order of their ids, as whoever else takes several does.
pub(super) fn hold_customers(id: ImportId) -> Query<()> {
    Query::run(
        "SELECT FROM customers
          WHERE shop_id = $1 AND id = ANY (ARRAY(SELECT r.target FROM import_rows r
                                                  WHERE r.shop_id = $1 AND r.import_id = $2 AND r.verdict = 'changed'))
          ORDER BY id FOR NO KEY UPDATE",
        params![id],
    )
}

/// Holds the owners of the vehicles that a list adds or changes, as [`hold_customers`] does: whoever is deleted meanwhile is
/// waited for, and their cars go with them.
pub(super) fn hold_owners(id: ImportId) -> Query<()> {
    Query::run(
        "SELECT FROM customers
          WHERE shop_id = $1 AND id = ANY (ARRAY(SELECT r.owner FROM import_rows r
                                                  WHERE r.shop_id = $1 AND r.import_id = $2
                                                    AND r.verdict IN ('new', 'changed')))
          ORDER BY id FOR NO KEY UPDATE",
        params![id],
    )
}

/// Adds the new customers of these lines, and counts them.
pub(super) fn add_customers(id: ImportId, (after, to): (i32, i32)) -> Query<i64> {
    Query::one(
        "WITH written AS (
             INSERT INTO customers (shop_id, id, first_name, last_name, email, phone, address, sms_opt_in, email_opt_in)
             SELECT $1, r.target, r.fields->>'first_name', r.fields->>'last_name', r.fields->>'email',
                    r.fields->>'phone', r.fields->'address', (r.fields->>'sms_opt_in')::boolean,
                    (r.fields->>'email_opt_in')::boolean
               FROM import_rows r
              WHERE r.shop_id = $1 AND r.import_id = $2 AND r.line > $3 AND r.line <= $4 AND r.verdict = 'new'
             ON CONFLICT (id) DO NOTHING RETURNING id)
         SELECT count(*) AS count FROM written",
        params![id, after, to],
        |row| row.try_get("count"),
    )
}

/// Changes the known customers of these lines, only in what was to be changed, and counts them.
pub(super) fn change_customers(id: ImportId, (after, to): (i32, i32)) -> Query<i64> {
    Query::one(
        "WITH written AS (
             UPDATE customers c
                SET first_name = coalesce(r.fields->>'first_name', c.first_name),
                    last_name = coalesce(r.fields->>'last_name', c.last_name),
                    email = coalesce(r.fields->>'email', c.email), phone = coalesce(r.fields->>'phone', c.phone),
                    address = c.address || coalesce(r.fields->'address', '{}'),
                    sms_opt_in = coalesce((r.fields->>'sms_opt_in')::boolean, c.sms_opt_in),
                    email_opt_in = coalesce((r.fields->>'email_opt_in')::boolean, c.email_opt_in)
               FROM import_rows r
              WHERE r.shop_id = $1 AND r.import_id = $2 AND r.line > $3 AND r.line <= $4 AND r.verdict = 'changed'
                AND c.shop_id = $1 AND c.id = r.target AND c.deleted_at IS NULL
                AND c.id = ANY (ARRAY(SELECT t.target FROM import_rows t
                                       WHERE t.shop_id = $1 AND t.import_id = $2 AND t.line > $3 AND t.line <= $4
                                         AND t.verdict = 'changed'))
             RETURNING c.id)
         SELECT count(*) AS count FROM written",
        params![id, after, to],
        |row| row.try_get("count"),
    )
}

/// Keeps it like any other no that these lines say a customer does not want texts.
pub(super) fn record_refusals(id: ImportId, (after, to): (i32, i32)) -> Query<()> {
    Query::run(
        "INSERT INTO consent_events (shop_id, phone, kind, source, user_id)
         SELECT DISTINCT $1::uuid, refused.phone, 'opt_out', 'staff', courtesy.current_person()
           FROM (SELECT (SELECT c.phone FROM customers c WHERE c.shop_id = $1 AND c.id = r.target) AS phone
                   FROM import_rows r
                  WHERE r.shop_id = $1 AND r.import_id = $2 AND r.line > $3 AND r.line <= $4
                    AND r.fields->>'sms_opt_in' = 'false' OFFSET 0) refused
          WHERE refused.phone IS NOT NULL AND NOT courtesy.has_opted_out($1, refused.phone)",
        params![id, after, to],
    )
}

/// Adds the new vehicles of these lines, where their owner, who is held, is still there, and counts them.
pub(super) fn add_vehicles(id: ImportId, (after, to): (i32, i32)) -> Query<i64> {
    Query::one(
        "WITH written AS (
             INSERT INTO vehicles (shop_id, id, customer_id, vin, make, model, year, mileage, license_plate, plate_key, color,
                                   powertrain)
             SELECT $1, r.target, r.owner, r.fields->>'vin', r.fields->>'make', r.fields->>'model',
                    (r.fields->>'year')::int, (r.fields->>'mileage')::int, r.fields->>'license_plate',
                    r.fields->>'plate_key', r.fields->>'color', r.fields->>'powertrain'
               FROM import_rows r
              WHERE r.shop_id = $1 AND r.import_id = $2 AND r.line > $3 AND r.line <= $4 AND r.verdict = 'new'
                AND (SELECT c.deleted_at IS NULL FROM customers c WHERE c.shop_id = $1 AND c.id = r.owner)
             ON CONFLICT (id) DO NOTHING RETURNING id)
         SELECT count(*) AS count FROM written",
        params![id, after, to],
        |row| row.try_get("count"),
    )
}

/// Changes the known vehicles of these lines, only in what was to be changed, and counts them.
pub(super) fn change_vehicles(id: ImportId, (after, to): (i32, i32)) -> Query<i64> {
    Query::one(
        "WITH written AS (
             UPDATE vehicles v
                SET vin = coalesce(r.fields->>'vin', v.vin), make = coalesce(r.fields->>'make', v.make),
                    model = coalesce(r.fields->>'model', v.model),
                    year = coalesce((r.fields->>'year')::int, v.year),
                    mileage = coalesce((r.fields->>'mileage')::int, v.mileage),
                    license_plate = coalesce(r.fields->>'license_plate', v.license_plate),
                    plate_key = coalesce(r.fields->>'plate_key', v.plate_key),
                    color = coalesce(r.fields->>'color', v.color),
                    powertrain = coalesce(r.fields->>'powertrain', v.powertrain)
               FROM import_rows r
              WHERE r.shop_id = $1 AND r.import_id = $2 AND r.line > $3 AND r.line <= $4 AND r.verdict = 'changed'
                AND v.shop_id = $1 AND v.id = r.target AND v.deleted_at IS NULL
                AND v.id = ANY (ARRAY(SELECT t.target FROM import_rows t
                                       WHERE t.shop_id = $1 AND t.import_id = $2 AND t.line > $3 AND t.line <= $4
                                         AND t.verdict = 'changed'))
             RETURNING v.id)
         SELECT count(*) AS count FROM written",
        params![id, after, to],
        |row| row.try_get("count"),
    )
}
