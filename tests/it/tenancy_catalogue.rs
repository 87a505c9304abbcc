//! The catalogue of a migrated database, judged table by table, and proof that the judgement sees what it should.

mod holds;
pub(crate) mod judgements;
mod rights;

use courtesy::db::migrate;

use crate::support::TestApp;
use judgements::faults;

#[tokio::test]
async fn a_migrated_database_keeps_its_shops_apart() {
    let (app, _) = TestApp::start().await;
    assert_eq!(faults(&app.owner().await).await, [""; 0]);
}

/// What somebody might do to the schema by mistake, and what the fault says then.
const SABOTAGES: &[(&str, &str)] = &[
    ("DROP POLICY shop_isolation_customers ON customers", "customers lacks the policy shop_isolation_customers"),
    ("DROP POLICY owner_vehicles ON vehicles", "vehicles lacks the policy owner_vehicles"),
    (
        "ALTER POLICY shop_isolation_users ON users USING (true)",
        "users has an unexpected policy shop_isolation_users",
    ),
    ("ALTER POLICY shop_isolation_messages ON messages WITH CHECK (true)", "messages has an unexpected policy"),
    (
        "ALTER POLICY shop_isolation_vehicles ON vehicles USING (shop_id = courtesy.current_shop())",
        "vehicles has an unexpected policy",
    ),
    ("ALTER POLICY backup_users ON users TO PUBLIC", "users has an unexpected policy backup_users: r to PUBLIC"),
    ("ALTER POLICY door_users ON users TO courtesy_door, courtesy_app", "users has an unexpected policy door_users"),
    (
        "CREATE POLICY support ON customers FOR SELECT TO courtesy_app USING (status = 'active')",
        "customers has an unexpected policy support",
    ),
    (
        "ALTER POLICY shop_isolation_shops ON shops USING (sms_number IS NOT NULL)",
        "shops has an unexpected policy shop_isolation_shops",
    ),
    ("ALTER TABLE inspections DISABLE ROW LEVEL SECURITY", "inspections has no row level security"),
    ("ALTER TABLE inspections NO FORCE ROW LEVEL SECURITY", "inspections does not force row level security"),
    ("ALTER TABLE consent_events ALTER shop_id DROP NOT NULL", "consent_events has no shop_id"),
    ("CREATE TABLE notes (id uuid, shop_id uuid NOT NULL)", "notes has no row level security"),
    ("CREATE TABLE courtesy.notes (id uuid)", "notes stands in schema courtesy"),
    ("CREATE TABLE notes (id uuid); CALL courtesy.guard('notes', 'id')", "notes has no shop_id"),
    (
        "ALTER TABLE vehicles ADD sold_to uuid REFERENCES customers (id)",
        "vehicles: the foreign key vehicles_sold_to_fkey",
    ),
    (
        "ALTER TABLE vehicles ADD sold_to uuid, ADD FOREIGN KEY (sold_to, shop_id) REFERENCES customers (shop_id, id)",
        "does not contain the shop on both sides",
    ),
    (
        "DROP INDEX messages_by_user",
        "messages: no index of all rows begins with the columns of the foreign key messages_user",
    ),
    (
        "DROP INDEX report_links_by_creator;
         CREATE INDEX ON report_links (shop_id, created_by) WHERE revoked_at IS NULL",
        "report_links: no index of all rows",
    ),
    ("GRANT DELETE ON customers TO courtesy_app", "courtesy_app has DELETE on customers"),
    ("GRANT TRUNCATE ON messages TO courtesy_worker", "courtesy_worker has TRUNCATE on messages"),
    ("GRANT SELECT (password_hash) ON users TO courtesy_app", "password_hash"),
    (
        "GRANT UPDATE (role) ON users TO courtesy_app",
        "courtesy_app has UPDATE (first_name, last_name, phone, role) on users",
    ),
    ("GRANT SELECT ON users TO courtesy_app", "courtesy_app has SELECT on users"),
    ("GRANT SELECT ON customers TO PUBLIC", "PUBLIC has SELECT on customers"),
    ("GRANT INSERT ON customers TO courtesy_backup", "courtesy_backup has INSERT on customers"),
    ("REVOKE SELECT ON shops FROM courtesy_app", "courtesy_app lacks SELECT on shops"),
    (
        "GRANT EXECUTE ON FUNCTION courtesy.sweep_sessions TO courtesy_app",
        "courtesy_app has EXECUTE on sweep_sessions",
    ),
    ("GRANT EXECUTE ON FUNCTION courtesy.find_login TO PUBLIC", "PUBLIC has EXECUTE on find_login"),
    (
        "ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC;
         CREATE FUNCTION courtesy.peek() RETURNS text LANGUAGE sql RETURN 'x'",
        "PUBLIC has EXECUTE on peek",
    ),
    ("ALTER FUNCTION courtesy.find_login RESET search_path", "find_login(text) runs with its owner's rights without"),
    ("ALTER FUNCTION courtesy.enter SECURITY DEFINER", "courtesy.enter(bytea,text,boolean) runs with the rights of"),
    (
        "CREATE FUNCTION courtesy.peek(of_shop uuid) RETURNS bigint LANGUAGE sql
             AS 'SELECT count(*) FROM customers WHERE shop_id = of_shop';
         CALL courtesy.make_door('courtesy.peek(uuid)', 'courtesy_app')",
        "courtesy.peek(uuid) is told which shop to open",
    ),
    ("CREATE VIEW all_customers AS SELECT * FROM customers", "all_customers is a view with its owner's eyes"),
    ("CREATE MATERIALIZED VIEW counts AS SELECT count(*) FROM customers", "counts is a view with its owner's eyes"),
    ("GRANT CREATE ON SCHEMA public TO courtesy_app", "courtesy_app may create in schema public"),
    ("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO courtesy_app", "SELECT is granted on whatever is made"),
    ("ALTER ROLE courtesy_app LOGIN", "courtesy_app may do more than a role that serves"),
    ("ALTER ROLE courtesy_worker CREATEROLE", "courtesy_worker may do more than a role that serves"),
    ("GRANT courtesy_door TO courtesy_app", "courtesy_app is a member of courtesy_door"),
    (
        "GRANT CREATE ON SCHEMA public TO courtesy_door; ALTER TABLE customers OWNER TO courtesy_door",
        "courtesy_door owns table customers",
    ),
    (
        "CREATE POLICY all_of_them ON customers TO courtesy_app USING (true) WITH CHECK (true)",
        "customers has an unexpected policy all_of_them",
    ),
    (
        "ALTER TABLE messages DROP CONSTRAINT messages_conversation_id_fkey;
         ALTER TABLE messages ADD FOREIGN KEY (conversation_id) REFERENCES conversations (id)",
        "messages: the foreign key messages_conversation_id_fkey does not contain the shop",
    ),
    (
        "CREATE VIEW all_customers WITH (security_invoker = false) AS SELECT * FROM customers",
        "all_customers is a view with its owner's eyes",
    ),
    ("ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO courtesy_app", "EXECUTE is granted on whatever is made"),
    ("DROP TRIGGER touch ON customers", "it lacks: CREATE TRIGGER touch BEFORE UPDATE ON public.customers"),
    ("DROP TRIGGER hold_delivery ON messages", "it lacks: CREATE TRIGGER hold_delivery"),
    ("DROP TRIGGER hold_workflow ON inspections", "it lacks: CREATE TRIGGER hold_workflow"),
    ("ALTER TABLE inspection_items DISABLE TRIGGER hold_findings", "hold_findings(), which is switched off"),
    (
        "CREATE OR REPLACE TRIGGER hold_workflow BEFORE INSERT ON inspections
             FOR EACH ROW EXECUTE FUNCTION courtesy.hold_workflow()",
        "it lacks: CREATE TRIGGER hold_workflow BEFORE INSERT OR UPDATE",
    ),
    (
        "CREATE TRIGGER mirror AFTER INSERT ON customers FOR EACH ROW EXECUTE FUNCTION courtesy.touch()",
        "it has, unexpected: CREATE TRIGGER mirror",
    ),
    ("CREATE RULE hide AS ON DELETE TO sessions DO INSTEAD NOTHING", "it has, unexpected: CREATE RULE hide"),
    (
        "ALTER TABLE messages DROP CONSTRAINT messages_inbound_is_delivered",
        "it lacks: messages messages_inbound_is_delivered",
    ),
    (
        "ALTER TABLE inspections DROP CONSTRAINT valid_inspection_status,
             ADD CONSTRAINT valid_inspection_status CHECK (status <> '')",
        "it lacks: inspections valid_inspection_status",
    ),
    (
        "ALTER TABLE messages DROP CONSTRAINT messages_provider_message_id_key",
        "it lacks: messages messages_provider_message_id_key",
    ),
    ("DROP INDEX conversations_one_active", "it lacks: CREATE UNIQUE INDEX conversations_one_active"),
];

/// What only a superuser can do by mistake.
const SABOTAGES_OF_A_SUPERUSER: &[(&str, &str)] = &[
    ("ALTER ROLE courtesy_app BYPASSRLS", "courtesy_app may do more than a role that serves"),
    ("ALTER ROLE courtesy_worker SUPERUSER", "courtesy_worker may do more than a role that serves"),
    ("ALTER ROLE courtesy BYPASSRLS", "courtesy is the owner of the tables and may bypass row level security"),
    ("REVOKE courtesy_app FROM courtesy; GRANT courtesy TO courtesy_app", "courtesy_app is a member of courtesy"),
    ("GRANT pg_read_all_data TO courtesy_worker", "courtesy_worker is a member of pg_read_all_data"),
    ("GRANT pg_write_all_data TO courtesy_door", "courtesy_door is a member of pg_write_all_data"),
    ("ALTER TABLE customers OWNER TO postgres", "customers belongs to postgres instead of courtesy"),
    ("ALTER FUNCTION courtesy.find_login OWNER TO postgres", "courtesy.find_login(text) runs with the rights of"),
];

/// Each is tried in a transaction of its own that is taken back: none outlives the test, and the roles, which all
/// databases share, never change for anybody else.
#[tokio::test]
async fn each_mistake_in_the_schema_is_seen() {
    let (app, _) = TestApp::start().await;
    let owner = app.owner().await;
    let superuser =
        migrate::connect(app.owner_config().clone().user("postgres")).await.expect("the superuser connects");
    assert_eq!(SABOTAGES.len() + SABOTAGES_OF_A_SUPERUSER.len(), 64, "none is lost");
    for (by, sabotages) in [(&owner, SABOTAGES), (&superuser, SABOTAGES_OF_A_SUPERUSER)] {
        for (sabotage, expected) in sabotages {
            by.batch_execute(&format!("BEGIN; {sabotage}")).await.expect(sabotage);
            let faults = faults(by).await;
            by.batch_execute("ROLLBACK").await.expect("the mistake is taken back");
            assert!(faults.iter().any(|fault| fault.contains(expected)), "{sabotage}\nwas judged as {faults:#?}");
        }
        assert_eq!(faults(by).await, [""; 0], "all is as it was");
    }
}
