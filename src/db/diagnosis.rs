//! What can be said about a database from outside: its version, the owner's rights, the schema.

use tokio_postgres::Config;

use super::connect::OpenError;
use super::migrate::{self, Schema};
use super::roles;

/// A look at the database.
pub struct Diagnosis {
    /// The server's version, such as `15.18`.
    pub version: String,
    /// The login's name.
    pub owner: String,
    /// Whether the login bypasses row level security: a superuser, or one with BYPASSRLS.
    pub is_too_mighty: bool,
    /// What an administrator has to run, where roles are missing that the login may not create.
    pub roles_to_ask_for: Option<OpenError>,
    /// Whether all roles are there, so that serving connections can be tried.
    pub has_roles: bool,
    /// How current the schema is.
    pub schema: Schema,
}

/// Looks at the database as its owner, and changes nothing.
pub async fn diagnose(owner: &Config) -> Result<Diagnosis, OpenError> {
    let client = migrate::connect(owner).await?;
    let login = client
        .query_one(
            "SELECT split_part(current_setting('server_version'), ' ', 1), rolname::text, rolsuper OR rolbypassrls,
                    rolcreaterole OR rolsuper
               FROM pg_roles WHERE rolname = current_user",
            &[],
        )
        .await?;
    let missing = roles::missing(&client).await?;
    let may_create_roles: bool = login.get(3);
    Ok(Diagnosis {
        version: login.get(0),
        owner: login.get(1),
        is_too_mighty: login.get(2),
        roles_to_ask_for: (!missing.is_empty() && !may_create_roles).then(|| OpenError::Roles(missing.join("\n"))),
        has_roles: missing.is_empty(),
        schema: migrate::schema(&client).await?,
    })
}
