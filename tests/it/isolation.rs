//! The neighbour at the door: what one shop's connection can reach of another's. Every table is taken from the
//! catalogue, so a new one is tried without being listed, and fails until it has rows to be tried on.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod keys;

use serde_json::json;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;
use uuid::Uuid;

use crate::support::world::Shop;
use crate::support::{TestApp, World, pictures};

/// A table as `courtesy_app` may use it.
struct Table {
    name: String,
    tenant_column: String,
    /// A column that may be updated.
    updatable: Option<String>,
    deletable: bool,
    /// Columns that may be inserted, and what a copy of a row has there in the shop `$1`; empty where none may. A
    /// copy begins in the first state, as every row does.
    insertable: Vec<String>,
    copied: Vec<String>,
}

async fn tables(requests: &Client) -> Vec<Table> {
    let sql = "
        SELECT c.relname::text AS name,
               CASE c.relname WHEN 'shops' THEN 'id' ELSE 'shop_id' END AS tenant_column,
               has_table_privilege(c.oid, 'DELETE') AS deletable,
               min(a.attname::text) FILTER (WHERE can_update AND a.attname NOT IN ('id', 'shop_id')) AS updatable,
               coalesce(array_agg(a.attname::text ORDER BY attnum) FILTER (WHERE can_insert), '{}') AS insertable,
               coalesce(array_agg(CASE a.attname WHEN 'shop_id' THEN '$1::text::uuid'
                                                 WHEN 'id' THEN 'gen_random_uuid()' ELSE a.attname::text END
                                  ORDER BY attnum) FILTER (WHERE can_insert), '{}') AS copied
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
          CROSS JOIN LATERAL (
              SELECT has_column_privilege(c.oid, attnum, 'UPDATE') AND attgenerated = '' AS can_update,
                     has_column_privilege(c.oid, attnum, 'INSERT') AND attgenerated = '' AND attname <> 'status'
                         AS can_insert) may
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
         GROUP BY c.oid, c.relname ORDER BY c.relname";
    let rows = requests.query(sql, &[]).await.unwrap();
    let table = |row: &tokio_postgres::Row| Table {
        name: row.get("name"),
        tenant_column: row.get("tenant_column"),
        updatable: row.get("updatable"),
        deletable: row.get("deletable"),
        insertable: row.get("insertable"),
        copied: row.get("copied"),
    };
    rows.iter().map(table).collect()
}

/// Gives both shops rows in the tables that the world leaves empty.
pub(crate) async fn fill(owner: &Client, world: &World) {
    for shop in [&world.ours, &world.theirs] {
        owner.batch_execute(&rows_of(shop)).await.unwrap();
    }
}

fn rows_of(Shop { id, manager, mechanic, customer, vehicle, .. }: &Shop) -> String {
    let (manager, mechanic) = (&manager.id, &mechanic.id);
    format!(
        "WITH inspection AS (
             INSERT INTO inspections (shop_id, vehicle_id, created_by, assigned_to, status, catalogue_version)
             VALUES ('{id}', '{vehicle}', '{manager}', '{mechanic}', 'assigned', 'x') RETURNING id),
         conversation AS (
             INSERT INTO conversations (shop_id, customer_id) VALUES ('{id}', '{customer}') RETURNING id),
         link AS (
             INSERT INTO report_links (shop_id, inspection_id, token_hash, created_by, expires_at)
             SELECT '{id}', id, sha256('{id}'), '{manager}', now() + interval '1 day' FROM inspection),
         event AS (
             INSERT INTO inspection_events (shop_id, inspection_id, user_id, kind)
             SELECT '{id}', id, '{manager}', 'created' FROM inspection),
         consent AS (
             INSERT INTO consent_events (shop_id, phone, kind, source)
             VALUES ('{id}', '+14155550100', 'opt_in', 'staff'))
         INSERT INTO messages (shop_id, conversation_id, customer_id, direction, phone_number, content)
         SELECT '{id}', id, '{customer}', 'outbound', '+14155550100', 'Ready.' FROM conversation;
         INSERT INTO sandbox_texts (shop_id, id, content)
         SELECT shop_id, id, content FROM messages WHERE shop_id = '{id}';
         INSERT INTO message_media (shop_id, message_id, place, source_url, state, width, height, size, digest)
         SELECT shop_id, id, 0, 'https://api.example/1', 'kept', 4, 3, 12, sha256('x')
           FROM messages WHERE shop_id = '{id}';
         INSERT INTO courtesy.stray_texts (provider, provider_message_id, texted, sender, content, pictures)
         VALUES ('twilio', '{id}', '+14155550000', '+14155550100', 'Hello?', 0);
         INSERT INTO courtesy.catch_ups (provider, read_until) VALUES ('twilio', now()) ON CONFLICT DO NOTHING;
         UPDATE inspections SET status = 'in_progress' WHERE shop_id = '{id}';
         INSERT INTO inspection_items (shop_id, inspection_id, category, component, version)
         SELECT '{id}', id, 'brakes', 'pads', 1 FROM inspections WHERE shop_id = '{id}';
         INSERT INTO login_codes (shop_id, user_id, code_hash, expires_at)
         VALUES ('{id}', '{mechanic}', sha256('{id}'), now() + interval '5 minutes');
         INSERT INTO inspection_photos (shop_id, inspection_id, kind, position, width, height, size, digest, uploaded_by)
         SELECT '{id}', id, 'front', 1, 4, 3, 12, sha256('x'), '{mechanic}' FROM inspections WHERE shop_id = '{id}';
         WITH list AS (
             INSERT INTO imports (shop_id, kind, file_name)
             VALUES ('{id}', 'customers', 'a.csv') RETURNING id)
         INSERT INTO import_rows (shop_id, import_id, line, verdict) SELECT '{id}', id, 2, 'new' FROM list"
    )
}

/// What a statement came to in a transaction of the shop, which is taken back: the rows, or the refusal.
async fn tried(requests: &Client, shop: &str, sql: &str, of: &str) -> Result<u64, SqlState> {
    requests.batch_execute(&format!("BEGIN; SET LOCAL app.current_shop_id = '{shop}'")).await.unwrap();
    let tried = requests.execute(sql, &[&of]).await.map_err(|error| error.code().expect("a refusal").clone());
    requests.batch_execute("ROLLBACK").await.unwrap();
    tried
}

const DENIED: Result<u64, SqlState> = Err(SqlState::INSUFFICIENT_PRIVILEGE);

#[tokio::test]
async fn no_row_of_the_neighbour_is_seen_changed_or_removed() {
    let (app, world) = TestApp::start().await;
    fill(&app.owner().await, &world).await;
    let requests = app.with_role("courtesy_app").await;
    let (ours, theirs) = (&world.ours.id, &world.theirs.id);
    for Table { name, tenant_column, updatable, deletable, .. } in tables(&requests).await {
        let of_shop = format!("{name} WHERE {tenant_column} = $1::text::uuid");
        let seen = format!("SELECT {tenant_column} FROM {of_shop}");
        assert_eq!(tried(&requests, theirs, &seen, ours).await, Ok(0), "{name}");
        assert!(
            matches!(tried(&requests, ours, &seen, ours).await, Ok(1..)),
            "{name} has rows to be tried on: see rows_of"
        );

        let column = updatable.as_deref().unwrap_or(&tenant_column);
        let change = of_shop.replacen(" WHERE", &format!(" SET {column} = {column} WHERE"), 1);
        let change = format!("UPDATE {change}");
        match updatable {
            Some(_) => {
                assert_eq!(tried(&requests, theirs, &change, ours).await, Ok(0), "{name}");
                assert!(matches!(tried(&requests, ours, &change, ours).await, Ok(1..)), "{name}");
            }
            None => assert_eq!(tried(&requests, ours, &change, ours).await, DENIED, "{name}"),
        }

        let removal = format!("DELETE FROM {of_shop}");
        if deletable {
            assert_eq!(tried(&requests, theirs, &removal, ours).await, Ok(0), "{name}");
            assert!(matches!(tried(&requests, ours, &removal, ours).await, Ok(1..)), "{name}");
        } else {
            assert_eq!(tried(&requests, ours, &removal, ours).await, DENIED, "{name}");
        }
    }
}

#[tokio::test]
async fn no_row_is_put_into_the_neighbours_shop() {
    let (app, world) = TestApp::start().await;
    fill(&app.owner().await, &world).await;
    let requests = app.with_role("courtesy_app").await;
    let (ours, theirs) = (&world.ours.id, &world.theirs.id);
    for Table { name, tenant_column, insertable, copied, .. } in tables(&requests).await {
        let moved = format!("UPDATE {name} SET {tenant_column} = $1::text::uuid");
        assert_eq!(tried(&requests, theirs, &moved, ours).await, DENIED, "{name}");

        if insertable.is_empty() {
            let empty = format!("INSERT INTO {name} ({tenant_column}) VALUES ($1::text::uuid)");
            assert_eq!(tried(&requests, theirs, &empty, theirs).await, DENIED, "{name}");
            continue;
        }
        let copy = format!("INSERT INTO {name} ({}) SELECT {} FROM {name}", insertable.join(", "), copied.join(", "));
        let (given_away, kept) =
            (tried(&requests, theirs, &copy, ours).await, tried(&requests, theirs, &copy, theirs).await);
        assert!(given_away.is_err(), "{name}");
        assert_ne!(given_away, kept, "{name}: what is refused is the shop, and nothing else about the row");
    }
}

#[tokio::test]
async fn without_a_tenant_nothing_is_seen_and_nothing_fails() {
    let (app, world) = TestApp::start().await;
    fill(&app.owner().await, &world).await;
    for role in ["courtesy_app", "courtesy_worker"] {
        let client = app.with_role(role).await;
        // Never set; then an empty string, as a connection has it that was used once.
        for _ in 0..2 {
            for Table { name, tenant_column, .. } in tables(&client).await {
                match client.query(&format!("SELECT {tenant_column} FROM {name}"), &[]).await {
                    Ok(rows) => assert_eq!(rows.len(), 0, "{role} {name}"),
                    Err(error) => assert_eq!(error.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{role} {name}"),
                }
            }
            tried(&client, &world.ours.id, "SELECT FROM shops WHERE id = $1::text::uuid", &world.ours.id)
                .await
                .unwrap();
        }
    }
}

#[tokio::test]
async fn requests_cant_lift_themselves_up() {
    let (app, world) = TestApp::start().await;
    let (requests, owner) = (app.with_role("courtesy_app").await, app.owner().await);
    fill(&owner, &world).await;
    let own = &world.ours.id;
    for forbidden in [
        "SELECT password_hash FROM users WHERE shop_id = $1::text::uuid",
        "SELECT * FROM users WHERE shop_id = $1::text::uuid",
        "SELECT u FROM users u WHERE shop_id = $1::text::uuid",
        "UPDATE users SET role = 'shop_manager' WHERE shop_id = $1::text::uuid",
        "UPDATE users SET status = 'active' WHERE shop_id = $1::text::uuid",
        "UPDATE users SET password_hash = 'x' WHERE shop_id = $1::text::uuid",
        "UPDATE users SET email = 'x' WHERE shop_id = $1::text::uuid",
        "UPDATE users SET deleted_at = NULL WHERE shop_id = $1::text::uuid",
        "UPDATE sessions SET last_seen_at = now() WHERE shop_id = $1::text::uuid",
        "UPDATE shops SET subscription_status = 'active' WHERE id = $1::text::uuid",
        "UPDATE shops SET sandbox_number = '+15550000009' WHERE id = $1::text::uuid",
        "INSERT INTO users (shop_id, email, password_hash) VALUES ($1::text::uuid, 'x', 'x')",
        "INSERT INTO sessions (shop_id, user_id, token_hash) SELECT $1::text::uuid, gen_random_uuid(), 'x'",
        "INSERT INTO shops (id, name) VALUES ($1::text::uuid, 'x')",
        "SELECT courtesy.touch_sessions(ARRAY[$1::text::bytea])",
        "SELECT courtesy.sweep_sessions() WHERE $1::text <> ''",
        "SELECT courtesy.shops_with_due_texts(length($1::text))",
        "SELECT courtesy.demand_manager() WHERE $1::text <> ''",
        "SELECT nextval('courtesy.sandbox_lines') WHERE $1::text <> ''",
        "CREATE TABLE mine ()",
        "CREATE TABLE courtesy.mine ()",
        "ALTER TABLE customers DISABLE ROW LEVEL SECURITY",
        "TRUNCATE inspection_items",
    ] {
        let refused = if forbidden.contains("$1") {
            tried(&requests, own, forbidden, own).await.err()
        } else {
            requests.batch_execute(forbidden).await.err().map(|error| error.code().unwrap().clone())
        };
        assert_eq!(refused, Some(SqlState::INSUFFICIENT_PRIVILEGE), "{forbidden}");
    }
}

#[tokio::test]
async fn a_door_opens_for_what_was_named_and_tells_one_row() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    fill(&owner, &world).await;
    let requests = app.with_role("courtesy_app").await;
    let told = async |door: &str, named: &str| requests.query(door, &[&named]).await.unwrap().len();
    let number: String = owner.query_one("SELECT min(sandbox_number) FROM shops", &[]).await.unwrap().get(0);
    let (login, ours) = (&world.ours.manager.email, &world.ours.id);
    for (door, named) in [
        ("SELECT * FROM courtesy.find_login($1)", login.as_str()),
        ("SELECT * FROM courtesy.find_shop_by_number($1)", &number),
        ("SELECT * FROM courtesy.find_report_link(sha256($1::text::bytea))", ours),
        ("SELECT * FROM courtesy.find_login_code(sha256($1::text::bytea))", ours),
    ] {
        assert_eq!(told(door, named).await, 1, "{door}");
        for wrong in ["", "%", "' OR true --"] {
            assert_eq!(told(door, wrong).await, 0, "{door} {wrong}");
        }
    }
    let anybodys = "SELECT courtesy.own_password_hash() WHERE $1::text = ''";
    let hash: Option<String> = requests.query_one(anybodys, &[&""]).await.unwrap().get(0);
    assert_eq!(hash, None, "nobody is asking");
}

/// Lets the shop have the number that was invented for its neighbour, as it could before those were refused.
async fn claim_the_neighbour_s_number(app: &TestApp, world: &World) -> String {
    let owner = app.owner().await;
    let sql = "SELECT sandbox_number FROM shops WHERE id = $1::text::uuid";
    let theirs: String = owner.query_one(sql, &[&world.theirs.id]).await.unwrap().get(0);
    let claim = format!("UPDATE shops SET sms_number = '{theirs}' WHERE id = $1::text::uuid");
    owner.execute(&claim, &[&world.ours.id]).await.unwrap();
    theirs
}

#[tokio::test]
async fn nobody_gets_the_texts_for_a_number_that_was_invented_for_another_shop() {
    let (app, world) = TestApp::start().await;
    let theirs = claim_the_neighbour_s_number(&app, &world).await;
    let texted = app.database().by_texted_number(&theirs).await.unwrap().expect("the number is somebody's");
    assert_eq!(texted.shop().to_string(), world.theirs.id);
}

#[tokio::test]
async fn what_is_texted_in_the_sandbox_stays_in_the_shop_of_whoever_asks() {
    let (app, world) = TestApp::start().await;
    claim_the_neighbour_s_number(&app, &world).await;
    let boss = &world.ours.manager;
    let customer = format!("/customers/{}", world.theirs.customer);
    let phone = app.get(&customer, &world.theirs.manager).await.ok()["phone"].as_str().unwrap().to_owned();
    let stop = json!({ "from": phone, "content": "STOP" });
    let texted = app.post("/sandbox/messages", boss, &stop).await.created();
    let path = format!("/sandbox/messages/{}?from={}", Uuid::now_v7(), phone.replace('+', "%2B"));
    let pictured = app.put_photo(&path, boss, pictures::small()).await.created();
    app.submit("/sandbox", boss, &[("from", &phone), ("content", "STOP")]).await.leads_to();
    for text in [texted, pictured] {
        assert_eq!(text["shop_id"], *world.ours.id);
    }
    assert_eq!(app.get("/conversations", &world.theirs.manager).await.ok()["items"], json!([]));
    assert_eq!(app.get(&customer, &world.theirs.manager).await.ok()["sms_opt_in"], true);
    assert_eq!(app.get("/conversations", boss).await.ok()["items"][0]["unread"], 3);
}

#[tokio::test]
async fn a_number_that_the_sandbox_invents_is_no_shop_s_to_take() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    for invented in ["+15550000001", "1 (555) 000-0002", "555 999 9999"] {
        let refused = app.patch("/shop", boss, &json!({ "sms_number": invented })).await;
        assert_eq!(refused.invalid_fields(), ["sms_number"], "{invented}");
    }
    let real = json!({ "sms_number": "+14155550000" });
    assert_eq!(app.patch("/shop", boss, &real).await.ok()["sms_number"], "+14155550000");
}

/// Row level security is forced on the owner as well: a backfill must not say `UPDATE 0` for that, and a foreign key
/// must not be called valid because its check saw nothing.
#[tokio::test]
async fn migrations_reach_every_row() {
    let (app, _) = TestApp::start().await;
    let owner = app.owner().await;
    let forced = "SELECT relforcerowsecurity FROM pg_class WHERE oid = 'customers'::regclass";
    assert!(owner.query_one(forced, &[]).await.unwrap().get::<_, bool>(0));
    let changed = owner.execute("UPDATE customers SET status = 'inactive'", &[]).await.unwrap();
    assert_eq!(changed, 2, "both shops' customers");

    owner
        .batch_execute(
            "ALTER TABLE customers ADD favourite uuid;
             UPDATE customers SET favourite = gen_random_uuid();
             ALTER TABLE customers ADD CONSTRAINT customers_favourite_fkey
                 FOREIGN KEY (shop_id, favourite) REFERENCES vehicles (shop_id, id) NOT VALID",
        )
        .await
        .unwrap();
    let validated = owner.batch_execute("ALTER TABLE customers VALIDATE CONSTRAINT customers_favourite_fkey").await;
    assert_eq!(validated.unwrap_err().code(), Some(&SqlState::FOREIGN_KEY_VIOLATION));
}
