//! The same for functions in the database, whose statements no flight prepares: each is called, and PostgreSQL's own
//! statistics tell which tables it read through and how many rows it went to by an index.

use courtesy::db::migrate;
use tokio_postgres::Client;

use super::{YOUNG, inside, past};

/// Somebody of the young shop, their session, a colleague, and the code that lets that one in.
const BOSS: &str = "md5('user1/1')::uuid";
const SESSION: &str = "sha256(convert_to(md5('user1/1')::uuid::text || 1, 'UTF8'))";
const COLLEAGUE: &str = "md5('user1/2')::uuid";
const CODE: &str = "sha256(convert_to(md5('user1/2')::uuid::text, 'UTF8'))";

/// Every function but triggers: who calls it, and with what, where `BOSS` and others stand for values.
const CALLS: [(&str, &str, &str); 35] = [
    ("courtesy_app", "current_shop", ""),
    ("courtesy_app", "current_person", ""),
    ("courtesy_app", "demand", "true, 'CI403'"),
    ("courtesy_app", "live_sessions", "courtesy.current_shop(), ARRAY[SESSION]"),
    ("courtesy_app", "enter", "SESSION, 'shop_manager', true"),
    (
        "courtesy_app",
        "sign_up",
        "md5('new')::uuid, 'New', NULL, NULL, '{}', '{}', NULL, md5('new')::uuid, 'new@x.example', 'h', 'A', 'B', '\\x00'",
    ),
    ("courtesy_app", "find_login", "'user1@shop1.example'"),
    ("courtesy_app", "open_session", "'user1@shop1.example', 'none', '\\x00'"),
    ("courtesy_app", "own_password_hash", ""),
    ("courtesy_door", "forget_sign_up", ""),
    ("courtesy_app", "change_own_password", "'none', 'new', SESSION"),
    ("courtesy_door", "demand_manager", ""),
    ("courtesy_app", "add_user", "md5('new')::uuid, 'new@x.example', 'h', 'mechanic', 'A', 'B', NULL, NULL"),
    ("courtesy_app", "change_user", "COLLEAGUE, NULL, 'mechanic', 'inactive', 'new', false"),
    ("courtesy_worker", "touch_sessions", "ARRAY[SESSION]"),
    ("courtesy_worker", "sweep_sessions", ""),
    ("courtesy_worker", "shops_with_due_texts", "10"),
    ("courtesy_worker", "waiting_texts", ""),
    ("courtesy_app", "find_shop_by_number", "'+15550000007'"),
    ("courtesy_app", "waking_moment", "courtesy.current_shop()"),
    ("courtesy_app", "find_shop_by_message", "md5('nobody')::uuid"),
    (
        "courtesy_app",
        "keep_stray_text",
        "'twilio', 'SM1', '+14155550000', '+14155550100', 'Hello?', 1, '[{\"url\": \"https://a.example\"}]', true",
    ),
    ("courtesy_worker", "strays_come_home", "10"),
    ("courtesy_worker", "forget_stray_text", "'twilio', 'SM1'"),
    ("courtesy_app", "pictures_of", "courtesy.current_shop(), md5('nothing')::uuid"),
    ("courtesy_worker", "shops_with_waiting_pictures", "5"),
    ("courtesy_worker", "begin_catch_up", "'twilio'"),
    ("courtesy_worker", "end_catch_up", "'twilio', now()"),
    ("courtesy_app", "ratings_of", "courtesy.current_shop(), md5('inspection1/1')::uuid"),
    ("courtesy_worker", "shops_with_photos", "'00000000-0000-0000-0000-000000000000', 5"),
    ("courtesy_app", "find_report_link", "sha256(convert_to(md5('inspection1/1')::uuid::text, 'UTF8'))"),
    ("courtesy_worker", "sweep_imports", ""),
    ("courtesy_app", "add_login_code", "COLLEAGUE, '\\x00'"),
    ("courtesy_app", "find_login_code", "CODE"),
    ("courtesy_app", "redeem_login_code", "CODE, '\\x00'"),
];

/// More rows than this are more than any of them has to see, but for the one that counts what waits.
const FEW: i64 = 20;
const COUNTS: &str = "SELECT courtesy.waiting_texts()";

/// What a statement reads in a transaction of its own: tables that it reads through, and rows that it goes to by an index.
async fn reading(client: &Client, statement: &str) -> (Vec<String>, i64) {
    client.batch_execute(&format!("BEGIN; {statement}")).await.unwrap_or_else(|e| panic!("{e:?}: {statement}"));
    let sql = "SELECT relname::text, seq_scan, coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables
                WHERE schemaname = 'public'";
    let rows = client.query(sql, &[]).await.unwrap();
    client.batch_execute("ROLLBACK").await.unwrap();
    let through = rows.iter().filter(|row| row.get::<_, i64>(1) > 0).map(|row| row.get(0)).collect();
    (through, rows.iter().map(|row| row.get::<_, i64>(2)).sum())
}

/// What is wrong with how a function reads, if anything.
async fn fault(role: &str, call: &str) -> Option<String> {
    let client = inside(role, YOUNG).await;
    let setting =
        format!("SELECT set_config('app.current_user_id', ({BOSS})::text, false); SET enable_seqscan = off");
    client.batch_execute(&setting).await.unwrap();
    let (through, fetched) = reading(&client, call).await;
    (!through.is_empty() || fetched > FEW && call != COUNTS)
        .then(|| format!("{call}: reads {through:?}, {fetched} rows by index"))
}

#[tokio::test]
async fn every_function_goes_to_few_rows() {
    let mut faults = Vec::new();
    for (role, name, arguments) in CALLS {
        let arguments = arguments.replace("SESSION", SESSION).replace("COLLEAGUE", COLLEAGUE).replace("CODE", CODE);
        faults.extend(fault(role, &format!("SELECT courtesy.{name}({arguments})")).await);
    }
    for name in ["has_opted_out", "was_texted"] {
        let call = format!("SELECT courtesy.{name}(courtesy.current_shop(), '+14155550001')");
        faults.extend(fault("courtesy_app", &call).await);
    }
    assert_eq!(faults, [""; 0]);
    let sql = "SELECT proname::text FROM pg_proc WHERE pronamespace = 'courtesy'::regnamespace AND prokind = 'f'
                  AND prorettype <> 'trigger'::regtype AND proname NOT IN ('has_opted_out', 'was_texted')";
    let functions = migrate::connect(&past().await).await.unwrap().query(sql, &[]).await.unwrap();
    for function in functions.iter().map(|row| row.get::<_, &str>(0)) {
        assert!(CALLS.iter().any(|(_, name, _)| *name == function), "{function} is not called here");
    }
}

#[tokio::test]
async fn reading_through_is_seen() {
    for call in [
        "SELECT count(*) FROM messages WHERE shop_id = courtesy.current_shop() AND content = 'x'",
        "SELECT count(*) FROM customers WHERE lower(last_name) = 'x'",
    ] {
        assert!(fault("courtesy_app", call).await.is_some(), "{call}");
    }
}
