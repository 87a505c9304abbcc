-- The ground that every tenant table stands on: who the tenant is, and one way to put a table under guard.
--
-- The roles courtesy_app, courtesy_worker, courtesy_door and courtesy_backup, and the schema `courtesy`, exist
-- before the first migration runs (src/db/roles.rs): roles belong to the cluster, not to one database.

-- Functions are for those who are named, never for everybody.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

GRANT USAGE ON SCHEMA public, courtesy TO courtesy_app, courtesy_worker, courtesy_door, courtesy_backup;

-- The tenant of this transaction, NULL when none is set. A pooled connection that was used once carries an empty
-- string instead of NULL, hence nullif. Policies call it in a sub-select, so that it runs once a statement.
CREATE FUNCTION courtesy.current_shop() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('app.current_shop_id', true), '')::uuid;

-- Who asks, as courtesy.enter found out; NULL for the customer, the provider and the workers.
CREATE FUNCTION courtesy.current_person() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('app.current_user_id', true), '')::uuid;

GRANT EXECUTE ON FUNCTION courtesy.current_shop(), courtesy.current_person()
    TO courtesy_app, courtesy_worker, courtesy_door, courtesy_backup;

-- Fails the transaction with this code unless something holds: for what is only known once a statement has run, when
-- the commit already follows it.
CREATE FUNCTION courtesy.demand(holds BOOLEAN, else_code TEXT) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF holds IS NOT TRUE THEN
        RAISE EXCEPTION 'a demand was not met' USING ERRCODE = else_code;
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION courtesy.demand(boolean, text) TO courtesy_app;

-- Moves updated_at with every change, whoever makes it.
CREATE FUNCTION courtesy.touch() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $$;

-- Puts a table under guard: row level security, forced on its owner too, and one policy for each role that may
-- come: requests and workers see the tenant's rows, the backup reads all, and the owner (who migrates) keeps its
-- hands on all rows, because under FORCE a backfill would otherwise change nothing and say so only in its count.
CREATE PROCEDURE courtesy.guard(guarded regclass, tenant_column name DEFAULT 'shop_id')
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    table_name text := (SELECT relname FROM pg_class WHERE oid = guarded);
    own_rows text := format('%I = (SELECT courtesy.current_shop())', tenant_column);
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY %I ON %s FOR ALL TO courtesy_app, courtesy_worker USING (%s) WITH CHECK (%3$s)',
                   'shop_isolation_' || table_name, guarded, own_rows);
    EXECUTE format('CREATE POLICY %I ON %s FOR SELECT TO courtesy_backup USING (true)',
                   'backup_' || table_name, guarded);
    EXECUTE format('CREATE POLICY %I ON %s FOR ALL TO CURRENT_USER USING (true) WITH CHECK (true)',
                   'owner_' || table_name, guarded);
    EXECUTE format('GRANT SELECT ON %s TO courtesy_backup', guarded);
END $$;

-- Lets the doors reach a table across shops; what they may do there is granted beside each call.
CREATE PROCEDURE courtesy.open_to_doors(guarded regclass)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE POLICY %I ON %s FOR ALL TO courtesy_door USING (true) WITH CHECK (true)',
                   'door_' || (SELECT relname FROM pg_class WHERE oid = guarded), guarded);
END $$;

-- Makes a function a door: it runs as courtesy_door, with a fixed search path, for one role only. A new owner needs
-- CREATE on the schema, for that moment and no longer.
CREATE PROCEDURE courtesy.make_door(door regprocedure, for_role name)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp', door);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', door, for_role);
    GRANT CREATE ON SCHEMA courtesy TO courtesy_door;
    EXECUTE format('ALTER FUNCTION %s OWNER TO courtesy_door', door);
    REVOKE CREATE ON SCHEMA courtesy FROM courtesy_door;
END $$;

REVOKE EXECUTE ON ALL PROCEDURES IN SCHEMA courtesy FROM PUBLIC;
