//! Bringing databases to the current schema: again, at once, and by owners who may do less.

use courtesy::db::private::PrivatePostgres;
use courtesy::db::{Database, OpenError, migrate};
use tempfile::TempDir;
use tokio_postgres::Config;

use crate::support::cluster::{cluster, places};
use crate::tenancy_catalogue::judgements::faults;

/// A server of one's own, where the roles don't exist yet.
async fn new_cluster() -> (PrivatePostgres, TempDir) {
    use std::os::unix::fs::PermissionsExt as _;
    let open = std::fs::Permissions::from_mode(0o711);
    let folder = tempfile::Builder::new().permissions(open).tempdir().unwrap();
    (PrivatePostgres::start(folder.path(), &places()).await.unwrap(), folder)
}

/// The server's administrator.
fn superuser(owner: &Config) -> Config {
    let mut config = owner.clone();
    config.user("postgres");
    config
}

#[tokio::test]
async fn two_migrations_at_once_apply_each_step_once() {
    let empty = cluster().empty_database().await;
    let (one, other) = tokio::join!(migrate::migrate(&empty), migrate::migrate(&empty));
    let steps = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap().count();
    assert_eq!(one.unwrap() + other.unwrap(), steps);
    assert_eq!(migrate::migrate(&empty).await.unwrap(), 0, "the second time there is nothing to do");
    let owner = migrate::connect(&empty).await.unwrap();
    assert_eq!(faults(&owner).await, [""; 0]);
    drop(owner);
    cluster().drop_database(&empty);
}

#[tokio::test]
async fn an_owner_that_may_not_create_roles_says_what_an_administrator_has_to_run() {
    let (server, _folder) = new_cluster().await;
    let owner = server.config();
    let administrator = migrate::connect(&superuser(&owner)).await.unwrap();
    administrator.batch_execute("ALTER ROLE courtesy NOCREATEROLE").await.unwrap();

    let refusal = migrate::migrate(&owner).await.unwrap_err();
    let OpenError::Roles(sql) = &refusal else { panic!("{refusal}") };
    assert!(refusal.to_string().contains(sql.as_str()), "the sentence holds the SQL");
    administrator.batch_execute(sql).await.expect("the SQL works word for word");
    assert!(migrate::migrate(&owner).await.unwrap() > 0, "and is enough");
    assert_eq!(migrate::migrate(&owner).await.unwrap(), 0);

    administrator.batch_execute("REVOKE courtesy_door FROM courtesy").await.unwrap();
    let refusal = migrate::migrate(&owner).await.unwrap_err();
    assert!(matches!(&refusal, OpenError::Roles(sql) if sql == "GRANT courtesy_door TO courtesy;"), "{refusal}");
    server.stop().await;
}

#[tokio::test]
async fn nobody_is_served_by_a_role_that_sees_every_shop() {
    let (server, _folder) = new_cluster().await;
    let owner = server.config();
    migrate::migrate(&owner).await.unwrap();
    let administrator = migrate::connect(&superuser(&owner)).await.unwrap();
    for (mistake, mend, reason) in [
        ("ALTER ROLE courtesy_app BYPASSRLS", "ALTER ROLE courtesy_app NOBYPASSRLS", "bypasses row level security"),
        (
            "ALTER ROLE courtesy_worker SUPERUSER",
            "ALTER ROLE courtesy_worker NOSUPERUSER",
            "bypasses row level security",
        ),
        ("ALTER TABLE users OWNER TO courtesy_app", "ALTER TABLE users OWNER TO courtesy", "owns the tables"),
        ("GRANT courtesy_door TO courtesy_app", "REVOKE courtesy_door FROM courtesy_app", "the rows of every shop"),
        ("CREATE POLICY all_ ON users USING (true)", "DROP POLICY all_ ON users", "the rows of every shop"),
    ] {
        administrator.batch_execute(mistake).await.expect(mistake);
        let refusal = Database::open(&owner, None).await.err().expect(mistake);
        let OpenError::Rights(sentence) = refusal else { panic!("{mistake}: {refusal}") };
        assert!(sentence.contains(reason), "{mistake}: {sentence}");
        administrator.batch_execute(mend).await.expect(mend);
        Database::open(&owner, None).await.expect(mend);
    }
    server.stop().await;
}

/// Roles belong to the whole server, and so the programs of two shops' databases make them at the same moment.
#[tokio::test]
async fn two_databases_of_a_new_server_are_migrated_at_once() {
    let (server, _folder) = new_cluster().await;
    let one = server.config();
    let mut other = one.clone();
    other.dbname("other");
    migrate::connect(&one).await.unwrap().batch_execute("CREATE DATABASE other TEMPLATE template0").await.unwrap();

    let (first, second) = tokio::join!(migrate::migrate(&one), migrate::migrate(&other));

    assert_eq!(first.unwrap(), second.unwrap());
    server.stop().await;
}
