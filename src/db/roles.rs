//! The roles. They belong to the whole cluster, so they are made before the migrations and only where they are missing.

use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use super::connect::OpenError;

/// Nobody logs in as these; the owner takes the first two when it serves.
const ROLES: [&str; 4] = ["courtesy_app", "courtesy_worker", "courtesy_door", "courtesy_backup"];

/// Makes the schema `courtesy` and the roles, and makes the owner a member, so that it may hand functions to a door and
/// serve in the other roles' name.
pub(super) async fn prepare(client: &Client) -> Result<(), OpenError> {
    for role in ROLES {
        make(client, role).await?;
    }
    client
        .batch_execute("CREATE SCHEMA IF NOT EXISTS courtesy")
        .await
        .map_err(|error| OpenError::Migrate(crate::error::chain(&error)))
}

async fn make(client: &Client, role: &str) -> Result<(), OpenError> {
    let state = client
        .query_one(
            "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1),
                    coalesce((SELECT pg_has_role(current_user, oid, 'MEMBER') FROM pg_roles WHERE rolname = $1), false)",
            &[&role],
        )
        .await
        .map_err(OpenError::Connect)?;
    if !state.get::<_, bool>(0) {
        let made = client.batch_execute(&format!("CREATE ROLE {role} NOLOGIN")).await;
        // Another database's owner may make it at the same moment: the role is the cluster's, so that is as good.
        made.or_else(|error| match error.code() {
            Some(&SqlState::DUPLICATE_OBJECT | &SqlState::UNIQUE_VIOLATION) => Ok(()),
            _ => Err(ask_operator()),
        })?;
    }
    if !state.get::<_, bool>(1) {
        client.batch_execute(&format!("GRANT {role} TO CURRENT_USER")).await.map_err(|_| ask_operator())?;
    }
    Ok(())
}

/// The SQL that an administrator runs once where the owner may not create roles.
fn ask_operator() -> OpenError {
    let mut sql: Vec<String> = ROLES.iter().map(|role| format!("CREATE ROLE {role} NOLOGIN;")).collect();
    sql.push(format!("GRANT {} TO the_owner;", ROLES.join(", ")));
    OpenError::Roles(sql.join("\n"))
}
