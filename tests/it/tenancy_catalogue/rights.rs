//! Who may do what: the one place where it is written down beside the migrations. What is granted and does not stand
//! here is a fault, and so is what stands here and is not granted.

use std::collections::BTreeSet;

use tokio_postgres::Client;

/// Table, role, privileges; a privilege on some columns only names them.
const ON_TABLES: &[(&str, &str, &[&str])] = &[
    ("shops", "courtesy_app", &["SELECT", "UPDATE (address, email, name, phone, settings, sms_number)"]),
    ("shops", "courtesy_worker", &["SELECT"]),
    ("shops", "courtesy_door", &["INSERT", "SELECT", "UPDATE"]),
    (
        "users",
        "courtesy_app",
        &[
            "SELECT (client_digest, created_at, deleted_at, email, first_name, id, last_name, phone, role, shop_id, \
             status, updated_at)",
            "UPDATE (first_name, last_name, phone)",
        ],
    ),
    ("users", "courtesy_worker", &["SELECT (deleted_at, id, role, shop_id, status)"]),
    ("users", "courtesy_door", &["INSERT", "SELECT", "UPDATE"]),
    ("sessions", "courtesy_app", &["DELETE", "SELECT"]),
    ("sessions", "courtesy_door", &["DELETE", "INSERT", "SELECT", "UPDATE"]),
    ("customers", "courtesy_app", &["INSERT", "SELECT", "UPDATE"]),
    ("customers", "courtesy_worker", &["SELECT", "UPDATE (sms_opt_in)"]),
    ("vehicles", "courtesy_app", &["INSERT", "SELECT", "UPDATE"]),
    ("vehicles", "courtesy_worker", &["SELECT"]),
    ("inspections", "courtesy_app", &["INSERT", "SELECT", "UPDATE"]),
    ("inspections", "courtesy_worker", &["SELECT"]),
    // No row means not inspected, so findings are the one thing of the shop's that is really deleted.
    ("inspection_items", "courtesy_app", &["DELETE", "INSERT", "SELECT", "UPDATE"]),
    ("inspection_items", "courtesy_worker", &["SELECT"]),
    ("inspection_photos", "courtesy_app", &["INSERT", "SELECT", "UPDATE (caption, deleted_at)"]),
    // What was taken away goes for good later, and its picture with it.
    ("inspection_photos", "courtesy_worker", &["DELETE", "SELECT"]),
    ("inspection_photos", "courtesy_door", &["SELECT (shop_id)"]),
    ("inspection_events", "courtesy_app", &["INSERT", "SELECT"]),
    ("conversations", "courtesy_app", &["INSERT", "SELECT", "UPDATE"]),
    ("conversations", "courtesy_worker", &["SELECT"]),
    (
        "messages",
        "courtesy_app",
        &[
            "INSERT",
            "SELECT",
            "UPDATE (content, delivered_at, error_code, link_token, pictures, provider, provider_message_id, sent_at, \
             status)",
        ],
    ),
    ("messages", "courtesy_worker", &["SELECT", "UPDATE"]),
    (
        "messages",
        "courtesy_door",
        &["SELECT (created_at, direction, id, lease_until, next_attempt_at, phone_number, provider_message_id, \
             shop_id, status)"],
    ),
    ("message_media", "courtesy_app", &["INSERT", "SELECT"]),
    (
        "message_media",
        "courtesy_worker",
        &["SELECT", "UPDATE (attempts, digest, height, next_attempt_at, size, state, trouble, width)"],
    ),
    ("message_media", "courtesy_door", &["SELECT (next_attempt_at, shop_id, state)"]),
    ("stray_texts", "courtesy_door", &["DELETE", "INSERT", "SELECT"]),
    ("catch_ups", "courtesy_door", &["INSERT", "SELECT", "UPDATE"]),
    ("sandbox_texts", "courtesy_app", &["SELECT"]),
    ("sandbox_texts", "courtesy_worker", &["INSERT", "SELECT"]),
    ("consent_events", "courtesy_app", &["INSERT", "SELECT"]),
    ("consent_events", "courtesy_worker", &["INSERT", "SELECT"]),
    ("report_links", "courtesy_app", &["INSERT", "SELECT", "UPDATE (revoked_at)"]),
    ("report_links", "courtesy_worker", &["SELECT (expires_at, revoked_at, shop_id, token_hash)"]),
    ("report_links", "courtesy_door", &["SELECT"]),
    ("login_codes", "courtesy_app", &["DELETE", "SELECT"]),
    ("login_codes", "courtesy_door", &["DELETE", "INSERT", "SELECT", "UPDATE"]),
    (
        "imports",
        "courtesy_app",
        &[
            "DELETE",
            "INSERT",
            "SELECT",
            "UPDATE (added, changed, imported_at, moved_at, read_at, rows_done, rows_read)",
        ],
    ),
    ("imports", "courtesy_door", &["DELETE", "SELECT", "UPDATE"]),
    ("import_rows", "courtesy_app", &["DELETE", "INSERT", "SELECT"]),
    ("schema_history", "courtesy_app", &["SELECT"]),
    ("schema_history", "courtesy_backup", &["SELECT"]),
    ("sandbox_lines", "courtesy_door", &["USAGE"]),
    ("sandbox_lines", "courtesy_backup", &["SELECT"]),
];

/// Function, and who may call it beside its owner.
const ON_FUNCTIONS: &[(&str, &[&str])] = &[
    ("current_shop", &["courtesy_app", "courtesy_backup", "courtesy_door", "courtesy_worker"]),
    ("demand", &["courtesy_app"]),
    ("current_person", &["courtesy_app", "courtesy_backup", "courtesy_door", "courtesy_worker"]),
    ("live_sessions", &["courtesy_app"]),
    ("enter", &["courtesy_app"]),
    ("ratings_of", &["courtesy_app"]),
    ("shops_with_photos", &["courtesy_worker"]),
    ("sign_up", &["courtesy_app"]),
    ("find_login", &["courtesy_app"]),
    ("open_session", &["courtesy_app"]),
    ("own_password_hash", &["courtesy_app"]),
    ("change_own_password", &["courtesy_app"]),
    ("add_user", &["courtesy_app"]),
    ("change_user", &["courtesy_app"]),
    ("touch_sessions", &["courtesy_worker"]),
    ("sweep_sessions", &["courtesy_worker"]),
    ("shops_with_due_texts", &["courtesy_worker"]),
    ("waiting_texts", &["courtesy_worker"]),
    ("find_shop_by_number", &["courtesy_app"]),
    ("waking_moment", &["courtesy_app", "courtesy_worker"]),
    ("find_shop_by_message", &["courtesy_app"]),
    ("keep_stray_text", &["courtesy_app"]),
    ("strays_come_home", &["courtesy_worker"]),
    ("forget_stray_text", &["courtesy_worker"]),
    ("pictures_of", &["courtesy_app", "courtesy_worker"]),
    ("shops_with_waiting_pictures", &["courtesy_worker"]),
    ("begin_catch_up", &["courtesy_worker"]),
    ("end_catch_up", &["courtesy_worker"]),
    ("has_opted_out", &["courtesy_app", "courtesy_worker"]),
    ("was_texted", &["courtesy_app"]),
    ("find_report_link", &["courtesy_app"]),
    ("add_login_code", &["courtesy_app"]),
    ("find_login_code", &["courtesy_app"]),
    ("redeem_login_code", &["courtesy_app"]),
    ("sweep_imports", &["courtesy_worker"]),
];

/// The roles that read for a backup read every tenant table, a new one too.
const BACKUP: &str = "courtesy_backup";

/// Everything granted to somebody who is not the owner, as `name role privilege` or `name role privilege (column)`.
const GRANTED: &str = "
    WITH ours AS (SELECT oid, nspname FROM pg_namespace WHERE nspname IN ('public', 'courtesy')),
    granted AS (
        SELECT c.relname::text AS name, c.relowner AS owner, a.grantee, a.privilege_type, NULL AS column_name,
               c.relkind::text AS kind
          FROM pg_class c JOIN ours ON ours.oid = c.relnamespace CROSS JOIN LATERAL aclexplode(c.relacl) a
         UNION ALL
        SELECT c.relname, c.relowner, a.grantee, a.privilege_type, t.attname::text, c.relkind::text
          FROM pg_class c JOIN ours ON ours.oid = c.relnamespace
          JOIN pg_attribute t ON t.attrelid = c.oid AND NOT t.attisdropped CROSS JOIN LATERAL aclexplode(t.attacl) a
         UNION ALL
        SELECT p.proname, p.proowner, a.grantee, a.privilege_type, NULL, 'f'
          FROM pg_proc p JOIN ours ON ours.oid = p.pronamespace
          CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a)
    SELECT name, coalesce(pg_roles.rolname::text, 'PUBLIC') AS role,
           privilege_type || coalesce(' (' || string_agg(column_name, ', ' ORDER BY column_name) || ')', '')
               AS privilege,
           kind IN ('r', 'p') AND name <> 'schema_history' AS is_tenant_table
      FROM granted LEFT JOIN pg_roles ON pg_roles.oid = grantee
     WHERE grantee <> owner
     GROUP BY name, 2, privilege_type, column_name IS NULL, kind";

/// Rights that nobody expects, and expected ones that are missing.
pub(super) async fn faults(database: &Client) -> Vec<String> {
    let rows = database.query(GRANTED, &[]).await.expect("the catalogue is readable");
    let granted: BTreeSet<[String; 3]> = rows
        .iter()
        .filter(|row| {
            !(row.get("is_tenant_table") && row.get::<_, &str>(1) == BACKUP && row.get::<_, &str>(2) == "SELECT")
        })
        .map(|row| [0, 1, 2].map(|column| row.get(column)))
        .collect();
    let expected = expected();
    let beyond =
        granted.difference(&expected).map(|[name, role, privilege]| format!("{role} has {privilege} on {name}"));
    let missing =
        expected.difference(&granted).map(|[name, role, privilege]| format!("{role} lacks {privilege} on {name}"));
    beyond.chain(missing).collect()
}

fn expected() -> BTreeSet<[String; 3]> {
    let right = |name: &str, role: &str, privilege: &str| [name, role, privilege].map(str::to_owned);
    let on_tables = ON_TABLES
        .iter()
        .flat_map(|(table, role, privileges)| privileges.iter().map(|privilege| right(table, role, privilege)));
    let on_functions =
        ON_FUNCTIONS.iter().flat_map(|(function, roles)| roles.iter().map(|role| right(function, role, "EXECUTE")));
    on_tables.chain(on_functions).collect()
}
