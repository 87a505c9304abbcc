//! What PostgreSQL's catalogue must say about a database whose shops can't see each other. Each judgement is a query
//! over the catalogue that yields one sentence per fault, so a table made tomorrow is judged without being listed.

use tokio_postgres::Client;

use super::{holds, rights};

/// Every fault of the database.
pub(crate) async fn faults(database: &Client) -> Vec<String> {
    let mut faults = Vec::new();
    for judgement in [TABLES, POLICIES, KEYS, OTHER_RELATIONS, FUNCTIONS, ROLES, SCHEMAS] {
        let sql = format!("WITH {TENANT_TABLES} {judgement}");
        let rows = database.query(&sql, &[]).await.expect("the judgement is a valid query");
        faults.extend(rows.iter().map(|row| row.get::<_, String>(0)));
    }
    faults.extend(rights::faults(database).await);
    faults.extend(holds::faults(database).await);
    faults
}

/// Every table with the column that says whose a row is, and who owns it. The migrations' own history is no tenant's, and
/// neither is what came for numbers that are nobody's, nor how far a provider's list was read: doors alone lead there.
const TENANT_TABLES: &str = "
    tenant_tables AS (
        SELECT c.oid, c.relname::text AS name, n.nspname::text AS schema, c.relrowsecurity, c.relforcerowsecurity,
               CASE c.relname WHEN 'shops' THEN 'id' ELSE 'shop_id' END AS tenant_column,
               pg_get_userbyid(d.datdba)::text AS owner, pg_get_userbyid(c.relowner)::text AS table_owner
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, pg_database d
         WHERE c.relkind IN ('r', 'p', 'f') AND d.datname = current_database()
           AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
           AND (n.nspname, c.relname) NOT IN (
               ('courtesy', 'schema_history'), ('courtesy', 'stray_texts'), ('courtesy', 'catch_ups')))";

/// Row level security is on, forced, and there is a column that says whose a row is.
const TABLES: &str = "
    SELECT name || ' has no row level security' FROM tenant_tables WHERE NOT relrowsecurity
    UNION ALL
    SELECT name || ' does not force row level security on its owner' FROM tenant_tables WHERE NOT relforcerowsecurity
    UNION ALL
    SELECT name || ' stands in schema ' || schema || ' instead of public' FROM tenant_tables WHERE schema <> 'public'
    UNION ALL
    SELECT name || ' belongs to ' || table_owner || ' instead of ' || owner FROM tenant_tables
     WHERE table_owner <> owner
    UNION ALL
    SELECT name || ' has no ' || tenant_column || ' that is a UUID and NOT NULL' FROM tenant_tables
     WHERE NOT EXISTS (SELECT FROM pg_attribute a
                        WHERE a.attrelid = tenant_tables.oid AND a.attname = tenant_column AND NOT a.attisdropped
                          AND a.atttypid = 'uuid'::regtype AND a.attnotnull)";

/// Each table has exactly the policies of `courtesy.guard`, word for word, and perhaps the doors' one. A second
/// permissive policy would be OR-ed to the first, so none is harmless.
const POLICIES: &str = "
    , actual AS (
        SELECT t.name, p.polname::text AS policy, p.polpermissive AS permissive, p.polcmd::text AS command,
               (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(r)::text END, ' ' ORDER BY 1)
                  FROM unnest(p.polroles) r) AS roles,
               pg_get_expr(p.polqual, p.polrelid) AS sees, pg_get_expr(p.polwithcheck, p.polrelid) AS writes
          FROM tenant_tables t JOIN pg_policy p ON p.polrelid = t.oid),
    expected AS (
        SELECT t.name, prefix || '_' || t.name AS policy, true AS permissive, command, roles, sees, writes, optional
          FROM tenant_tables t
          CROSS JOIN LATERAL (SELECT format('(%s = ( SELECT courtesy.current_shop() AS current_shop))', tenant_column)
                                     AS own_rows) own
          CROSS JOIN LATERAL (VALUES
              ('shop_isolation', '*', 'courtesy_app courtesy_worker', own_rows, own_rows, false),
              ('backup', 'r', 'courtesy_backup', 'true', NULL, false),
              ('owner', '*', t.owner, 'true', 'true', false),
              ('door', '*', 'courtesy_door', 'true', 'true', true)
          ) AS policy (prefix, command, roles, sees, writes, optional))
    SELECT format('%s has an unexpected policy %s: %s to %s, sees %s, writes %s', name, policy, command, roles,
                  sees, writes)
      FROM (SELECT * FROM actual EXCEPT SELECT name, policy, permissive, command, roles, sees, writes FROM expected) x
    UNION ALL
    SELECT format('%s lacks the policy %s to %s', name, policy, roles)
      FROM expected WHERE NOT optional AND (name, policy) NOT IN (SELECT name, policy FROM actual)";

/// Foreign keys hold the shop on both sides, and an index of all rows serves the check from the other side.
const KEYS: &str = "
    , keys AS (
        SELECT o.conname::text AS key, t.name, o.conrelid, o.confrelid,
               array_position(o.conkey, (SELECT a.attnum FROM pg_attribute a
                                          WHERE a.attrelid = t.oid AND a.attname = t.tenant_column)) AS own_place,
               array_position(o.confkey, (SELECT a.attnum FROM pg_attribute a
                                           WHERE a.attrelid = f.oid AND a.attname = f.tenant_column)) AS other_place,
               o.conkey
          FROM pg_constraint o
          JOIN tenant_tables t ON t.oid = o.conrelid
          LEFT JOIN tenant_tables f ON f.oid = o.confrelid
         WHERE o.contype = 'f')
    SELECT format('%s: the foreign key %s does not contain the shop on both sides', name, key)
      FROM keys WHERE own_place IS NULL OR other_place IS NULL OR own_place <> other_place
    UNION ALL
    SELECT format('%s: no index of all rows begins with the columns of the foreign key %s', name, key)
      FROM keys
     WHERE NOT EXISTS (SELECT FROM pg_index i
                        WHERE i.indrelid = conrelid AND i.indpred IS NULL AND i.indisvalid
                          AND i.indkey[0] = conkey[own_place]
                          AND (cardinality(conkey) = 1 OR i.indkey[1] = ANY (conkey)))";

/// A view shows what its owner sees, and a materialized one keeps it; neither asks whose the rows are.
const OTHER_RELATIONS: &str = "
    SELECT format('%s is a view with its owner''s eyes', c.oid::regclass)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
       AND (c.relkind = 'm' OR c.relkind = 'v' AND NOT 'security_invoker=true' = ANY (coalesce(c.reloptions, '{}')))";

/// A function that runs with other rights has a fixed search path and belongs to the doors' owner, and a door never takes
/// anybody's word for which shop it is about; only signing up names a new one.
const FUNCTIONS: &str = "
    , functions AS (
        SELECT p.oid::regprocedure::text AS name, p.proname, p.prosecdef, p.proargnames, p.pronargs,
               pg_get_userbyid(p.proowner)::text AS owner,
               (SELECT setting FROM unnest(p.proconfig) setting WHERE setting LIKE 'search\\_path=%') AS search_path
          FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema')
    SELECT format('%s runs with its owner''s rights without a fixed search path', name) FROM functions
     WHERE prosecdef AND search_path IS DISTINCT FROM 'search_path=pg_catalog, public, pg_temp'
    UNION ALL
    SELECT format('%s runs with the rights of %s', name, owner) FROM functions
     WHERE prosecdef <> (owner = 'courtesy_door')
    UNION ALL
    SELECT format('%s is told which shop to open', name) FROM functions
     WHERE prosecdef AND proname <> 'sign_up'
       AND EXISTS (SELECT FROM unnest(proargnames) WITH ORDINALITY AS argument (name, place)
                    WHERE argument.name LIKE '%shop%' AND place <= pronargs)";

/// The program's roles can't log in, rise, own tables, or borrow another role's rights.
const ROLES: &str = "
    , ours AS (SELECT rolname::text AS name, * FROM pg_roles
                WHERE rolname IN ('courtesy_app', 'courtesy_worker', 'courtesy_door', 'courtesy_backup'))
    SELECT name || ' may do more than a role that serves' FROM ours
     WHERE rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole OR rolcreatedb OR rolreplication
    UNION ALL
    SELECT format('%s is a member of %s', name, pg_get_userbyid(m.roleid))
      FROM ours JOIN pg_auth_members m ON m.member = ours.oid
    UNION ALL
    SELECT format('%s owns %s', name, pg_describe_object(d.classid, d.objid, d.objsubid))
      FROM ours JOIN pg_shdepend d ON d.refclassid = 'pg_authid'::regclass AND d.refobjid = ours.oid
     WHERE d.deptype = 'o' AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
       AND NOT (name = 'courtesy_door' AND d.classid = 'pg_proc'::regclass)
    UNION ALL
    SELECT format('%s is the owner of the tables and may bypass row level security', rolname) FROM pg_roles
     WHERE rolname IN (SELECT owner FROM tenant_tables) AND (rolsuper OR rolbypassrls)";

/// Nobody but the owner makes anything in the schemas, where it could stand in front of what is meant.
const SCHEMAS: &str = "
    SELECT format('%s may create in schema %s', coalesce(r.rolname, 'PUBLIC'), n.nspname)
      FROM pg_namespace n CROSS JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
      LEFT JOIN pg_roles r ON r.oid = a.grantee
     WHERE n.nspname IN ('public', 'courtesy') AND a.privilege_type = 'CREATE'
       AND a.grantee NOT IN (n.nspowner, (SELECT datdba FROM pg_database WHERE datname = current_database()))
    UNION ALL
    SELECT format('%s is granted on whatever is made in future', a.privilege_type)
      FROM pg_default_acl d CROSS JOIN LATERAL aclexplode(d.defaclacl) a
     WHERE a.grantee <> d.defaclrole";
