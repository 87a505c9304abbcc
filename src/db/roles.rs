//! The roles. They belong to the whole cluster, so they are made before the migrations and only where they are missing.

use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use super::connect::OpenError;

/// Nobody logs in as these; the owner takes the first two when it serves.
const ROLES: [&str; 4] = ["courtesy_app", "courtesy_worker", "courtesy_door", "courtesy_backup"];

/// What is still to be done, as statements. Since version 16 whoever creates a role is a member of it, but may not take
/// it; the two are told apart by a privilege that version 15 does not know.
const MISSING: &str = "
    WITH wanted AS (
        SELECT name, oid,
               CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END AS taking
          FROM unnest($1::text[]) WITH ORDINALITY AS role (name, place) LEFT JOIN pg_roles ON rolname = name
         ORDER BY place)
    SELECT format('CREATE ROLE %I NOLOGIN;', name) FROM wanted WHERE oid IS NULL
     UNION ALL
    SELECT format('GRANT %I TO %I;', name, current_user) FROM wanted
     WHERE oid IS NULL OR NOT pg_has_role(current_user, oid, taking)";

/// Makes the schema `courtesy` and the roles, and makes the owner a member, so that it may hand functions to a door and
/// serve in the other roles' name. What the owner may not do itself is what the error asks an administrator for.
pub(super) async fn prepare(client: &Client) -> Result<(), OpenError> {
    let missing = missing(client).await.map_err(OpenError::Connect)?;
    for statement in &missing {
        client.batch_execute(statement).await.or_else(|error| match error.code() {
            // Another database's owner does the same at the same moment: roles are the cluster's, so that is as good.
            Some(&SqlState::DUPLICATE_OBJECT | &SqlState::UNIQUE_VIOLATION) => Ok(()),
            Some(&SqlState::INSUFFICIENT_PRIVILEGE) => Err(OpenError::Roles(missing.join("\n"))),
            _ => Err(OpenError::Connect(error)),
        })?;
    }
    client
        .batch_execute("CREATE SCHEMA IF NOT EXISTS courtesy")
        .await
        .map_err(|error| OpenError::Migrate(crate::error::chain(&error)))
}

/// What an administrator would have to run, or the owner where it may.
pub(super) async fn missing(client: &Client) -> Result<Vec<String>, tokio_postgres::Error> {
    let statements = client.query(MISSING, &[&ROLES.as_slice()]).await?;
    Ok(statements.iter().map(|row| row.get(0)).collect())
}
