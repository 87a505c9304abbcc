//! The schema: what the original eight tables are held to, how migrations behave, and a backup that can be restored.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod migrating;
mod restoring;

use std::collections::HashMap;

use tokio_postgres::Client;

use crate::support::TestApp;

/// The original eight tables: column, type, whether it must have a value, default. More columns are welcome.
const COLUMNS: &str = "
shops
    id                   uuid          required  gen_random_uuid()
    name                 varchar(255)  required
    address              jsonb         required  '{}'
    phone                varchar(20)
    email                varchar(255)
    subscription_tier    varchar(50)   required  'starter'
    subscription_status  varchar(20)   required  'active'
    settings             jsonb         required  '{}'
    created_at           timestamptz   optional  now()
    updated_at           timestamptz   optional  now()
    deleted_at           timestamptz
users
    id                   uuid          required  gen_random_uuid()
    shop_id              uuid          required
    email                varchar(255)  required
    password_hash        varchar(255)  required
    role                 varchar(50)   required  'mechanic'
    first_name           varchar(100)
    last_name            varchar(100)
    phone                varchar(20)
    status               varchar(20)   optional  'active'
    created_at           timestamptz   optional  now()
    updated_at           timestamptz   optional  now()
    deleted_at           timestamptz
customers
    id                   uuid          required  gen_random_uuid()
    shop_id              uuid          required
    first_name           varchar(100)
    last_name            varchar(100)
    email                varchar(255)
    phone                varchar(20)
    address              jsonb         required  '{}'
    sms_opt_in           boolean       optional  true
    email_opt_in         boolean       optional  true
    status               varchar(20)   optional  'active'
    created_at           timestamptz   optional  now()
    updated_at           timestamptz   optional  now()
    deleted_at           timestamptz
vehicles
    id                   uuid          required  gen_random_uuid()
    customer_id          uuid          required
    vin                  varchar(17)
    make                 varchar(50)
    model                varchar(50)
    year                 integer
    mileage              integer
    license_plate        varchar(20)
    color                varchar(50)
    status               varchar(20)   optional  'active'
    created_at           timestamptz   optional  now()
    updated_at           timestamptz   optional  now()
    deleted_at           timestamptz
inspections
    id                   uuid          required  gen_random_uuid()
    vehicle_id           uuid          required
    shop_id              uuid          required
    created_by           uuid          required
    assigned_to          uuid
    status               varchar(50)   required  'created'
    customer_concerns    jsonb         required  '[]'
    started_at           timestamptz
    completed_at         timestamptz
    odometer_reading     integer
    internal_notes       text
    created_at           timestamptz   optional  now()
    updated_at           timestamptz   optional  now()
    deleted_at           timestamptz
inspection_items
    id                   uuid          required  gen_random_uuid()
    inspection_id        uuid          required
    category             varchar(100)  required
    component            varchar(200)  required
    severity             varchar(10)   required  'green'
    notes                text
    sort_order           integer       optional  0
    created_at           timestamptz   optional  now()
    updated_at           timestamptz   optional  now()
conversations
    id                   uuid          required  gen_random_uuid()
    customer_id          uuid          required
    shop_id              uuid          required
    subject              varchar(500)
    status               varchar(20)   required  'active'
    last_message_at      timestamptz
    created_at           timestamptz   optional  now()
    updated_at           timestamptz   optional  now()
messages
    id                   uuid          required  gen_random_uuid()
    conversation_id      uuid          required
    customer_id          uuid          required
    shop_id              uuid          required
    user_id              uuid
    direction            varchar(20)   required
    type                 varchar(20)   required  'sms'
    phone_number         varchar(20)
    content              text          required
    provider             varchar(50)
    provider_message_id  varchar(255)
    status               varchar(20)   optional  'pending'
    sent_at              timestamptz
    delivered_at         timestamptz
    created_at           timestamptz   optional  now()
";

/// Named checks: the column, and the words that it may be.
const CHECKS: &str = "
shops             valid_subscription_tier    subscription_tier    starter professional business
shops             valid_subscription_status  subscription_status  active inactive
users             valid_role                 role                 shop_manager mechanic
users             valid_status               status               active inactive
customers         valid_customer_status      status               active inactive
vehicles          valid_vehicle_status       status               active inactive
inspections       valid_inspection_status    status               created assigned in_progress completed sent
inspection_items  valid_severity             severity             green yellow red
conversations     valid_conversation_status  status               active closed
messages          valid_direction            direction            inbound outbound
messages          valid_type                 type                 sms
messages          valid_status               status               pending sent delivered failed
";

/// The one check of numbers.
const VALID_YEAR: &str =
    "CHECK (((year >= 1900) AND ((year)::numeric <= (EXTRACT(year FROM now()) + (2)::numeric))))";

/// Named indexes; `live` leaves out what was deleted.
const INDEXES: &str = "
users               idx_users_shop_id                   (shop_id)                       live
users               idx_users_email                     (email)                         live
customers           idx_customers_shop_id               (shop_id)                       live
customers           idx_customers_phone                 (phone)                         live
vehicles            idx_vehicles_customer_id            (customer_id)                   live
inspections         idx_inspections_vehicle_id          (vehicle_id)                    live
inspections         idx_inspections_shop_id             (shop_id)                       live
inspections         idx_inspections_assigned_to         (assigned_to)                   live
inspections         idx_inspections_status              (status, shop_id)               live
inspection_items    idx_inspection_items_inspection_id  (inspection_id)                 all
conversations       idx_conversations_customer_id       (customer_id)                   all
conversations       idx_conversations_shop_id           (shop_id)                       all
messages            idx_messages_conversation_id        (conversation_id, created_at)   all
messages            idx_messages_customer_id            (customer_id)                   all
";

/// Where a column leads, and what becomes of the row when that is deleted.
const FOREIGN_KEYS: &str = "
users               shop_id             shops           cascade
customers           shop_id             shops           cascade
vehicles            customer_id         customers       cascade
inspections         vehicle_id          vehicles        cascade
inspections         shop_id             shops           cascade
inspections         created_by          users           restrict
inspections         assigned_to         users           set null
inspection_items    inspection_id       inspections     cascade
conversations       customer_id         customers       cascade
conversations       shop_id             shops           cascade
messages            conversation_id     conversations   cascade
messages            customer_id         customers       cascade
messages            shop_id             shops           cascade
messages            user_id             users           set null
";

/// Policies that the original schema names.
const POLICIES: [&str; 5] = ["users", "customers", "inspections", "conversations", "messages"];

/// A table of facts: its lines, each cut at two spaces or more.
fn facts(table: &str) -> impl Iterator<Item = Vec<&str>> {
    let cells = |line| str::split(line, "  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    table.lines().skip(1).map(cells)
}

/// What a query tells, the second column by the first.
async fn told(owner: &Client, sql: &str) -> HashMap<String, String> {
    owner.query(sql, &[]).await.unwrap().iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[tokio::test]
async fn every_column_of_the_original_schema_is_there() {
    let (app, _) = TestApp::start().await;
    let sql = "
        SELECT c.relname || '.' || a.attname,
               replace(replace(format_type(atttypid, atttypmod), 'character varying', 'varchar'),
                       'timestamp with time zone', 'timestamptz')
               || CASE WHEN attnotnull THEN ' required ' ELSE ' optional ' END
               || coalesce(regexp_replace(pg_get_expr(adbin, adrelid), '::[a-z ]+$', ''), '')
          FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
          LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = attnum
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped";
    let columns = told(&app.owner().await, sql).await;
    let mut table = "";
    let mut judged = 0;
    for fact in facts(COLUMNS) {
        let &[column, kind, ref rest @ ..] = fact.as_slice() else {
            table = fact[0];
            continue;
        };
        let (is_required, default) = (rest.first() == Some(&"required"), rest.get(1).unwrap_or(&""));
        let actual = &columns[&format!("{table}.{column}")];
        // Stricter is welcome: what may be missing there may be required here.
        let strict = actual == &format!("{kind} required {default}");
        assert!(
            strict || (!is_required && actual == &format!("{kind} optional {default}")),
            "{table}.{column}: {actual}"
        );
        judged += 1;
    }
    assert_eq!(judged, 95);
}

#[tokio::test]
async fn every_named_check_allows_the_same_words() {
    let (app, _) = TestApp::start().await;
    let sql = "SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
                 FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0";
    let checks = told(&app.owner().await, sql).await;
    for fact in facts(CHECKS) {
        let &[table, name, column, words] = fact.as_slice() else { panic!("{fact:?}") };
        let check = &checks[&format!("{table}.{name}")];
        let allowed: Vec<&str> = check.split('\'').skip(1).step_by(2).collect();
        assert_eq!(allowed, words.split(' ').collect::<Vec<_>>(), "{name}");
        assert!(check.starts_with(&format!("CHECK ((({column})::text = ")), "{check}");
    }
    assert_eq!(checks["vehicles.valid_year"], VALID_YEAR);
}

#[tokio::test]
async fn every_named_index_and_policy_is_there() {
    let (app, _) = TestApp::start().await;
    let owner = app.owner().await;
    let indexes = told(&owner, "SELECT indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public'").await;
    for fact in facts(INDEXES) {
        let &[table, name, columns, rows] = fact.as_slice() else { panic!("{fact:?}") };
        let which = if rows == "live" { " WHERE (deleted_at IS NULL)" } else { "" };
        assert_eq!(indexes[name], format!("CREATE INDEX {name} ON public.{table} USING btree {columns}{which}"));
    }
    assert!(
        indexes["users_email_key"]
            .starts_with("CREATE UNIQUE INDEX users_email_key ON public.users USING btree (email)")
    );
    let policies = told(&owner, "SELECT tablename || '.' || policyname, cmd FROM pg_policies").await;
    for table in POLICIES {
        assert_eq!(policies[&format!("{table}.shop_isolation_{table}")], "ALL");
    }
}

#[tokio::test]
async fn every_foreign_key_leads_where_it_did() {
    let (app, _) = TestApp::start().await;
    let sql = "
        SELECT conrelid::regclass || '.' || attname || ' ' || confrelid::regclass,
               CASE confdeltype WHEN 'c' THEN 'cascade' WHEN 'r' THEN 'restrict' WHEN 'n' THEN 'set null' ELSE '' END
          FROM pg_constraint
          JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[least(2, cardinality(conkey))]
         WHERE contype = 'f'";
    let keys = told(&app.owner().await, sql).await;
    for fact in facts(FOREIGN_KEYS) {
        let &[table, column, target, action] = fact.as_slice() else { panic!("{fact:?}") };
        assert_eq!(keys[&format!("{table}.{column} {target}")], action, "{table}.{column}");
    }
}
