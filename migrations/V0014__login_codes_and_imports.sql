-- How a phone logs in without typing, and how lists of customers and vehicles come in.

-- Codes by which a phone logs in without typing a password: shown as a picture at the desk, good once and for five minutes.

CREATE TABLE login_codes (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    shop_id UUID NOT NULL REFERENCES shops(id) ON DELETE CASCADE,
    user_id UUID NOT NULL,
    -- SHA-256 of the code; the code itself is only in the picture.
    code_hash BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT login_codes_user_fkey FOREIGN KEY (shop_id, user_id) REFERENCES users (shop_id, id) ON DELETE CASCADE,
    CONSTRAINT login_codes_code_hash_key UNIQUE (code_hash),
    -- A new code ends the one before, so there is never more than one to lose.
    CONSTRAINT login_codes_user_key UNIQUE (shop_id, user_id)
);
CALL courtesy.guard('login_codes');
CALL courtesy.open_to_doors('login_codes');
GRANT SELECT, DELETE ON login_codes TO courtesy_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON login_codes TO courtesy_door;

-- Makes a code for somebody of the caller's shop, and says until when it is good; nothing where they may not come in.
CREATE FUNCTION courtesy.add_login_code(person UUID, code BYTEA) RETURNS timestamptz
    LANGUAGE plpgsql AS $$
DECLARE
    good_until timestamptz;
BEGIN
    PERFORM courtesy.demand_manager();
    INSERT INTO login_codes (shop_id, user_id, code_hash, expires_at)
    SELECT u.shop_id, u.id, code, now() + interval '5 minutes'
      FROM users u
     WHERE u.shop_id = courtesy.current_shop() AND u.id = person AND u.status = 'active' AND u.deleted_at IS NULL
    ON CONFLICT ON CONSTRAINT login_codes_user_key
    DO UPDATE SET code_hash = excluded.code_hash, created_at = excluded.created_at, expires_at = excluded.expires_at
    RETURNING expires_at INTO good_until;
    RETURN good_until;
END $$;
CALL courtesy.make_door('courtesy.add_login_code(uuid, bytea)', 'courtesy_app');

-- Whom a code lets in, and where: only while it is good. Whatever was changed of that person since it was made (a new
-- password, another role) ends it. Looking does not use it up, because cameras and previews look before anybody presses.
CREATE FUNCTION courtesy.find_login_code(code BYTEA, OUT shop_id UUID, OUT shop_name TEXT, OUT person TEXT)
    RETURNS SETOF record LANGUAGE sql STABLE AS $$
    SELECT s.id, s.name, coalesce(u.first_name, u.last_name, u.email)
      FROM login_codes c
      JOIN users u ON u.shop_id = c.shop_id AND u.id = c.user_id
      JOIN shops s ON s.id = c.shop_id
     WHERE c.code_hash = code AND c.expires_at > now() AND c.created_at >= u.updated_at
       AND u.status = 'active' AND u.deleted_at IS NULL AND s.deleted_at IS NULL
$$;
CALL courtesy.make_door('courtesy.find_login_code(bytea)', 'courtesy_app');

-- Opens a session for whoever presents a good code, and uses the code up: of two at once, one finds it gone.
CREATE FUNCTION courtesy.redeem_login_code(code BYTEA, bearer BYTEA) RETURNS boolean
    LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM courtesy.find_login_code(code)) THEN
        RETURN false;
    END IF;
    WITH used AS (DELETE FROM login_codes c WHERE c.code_hash = code RETURNING c.shop_id, c.user_id)
    INSERT INTO sessions (shop_id, user_id, token_hash) SELECT used.shop_id, used.user_id, bearer FROM used;
    RETURN FOUND;
END $$;
CALL courtesy.make_door('courtesy.redeem_login_code(bytea, bytea)', 'courtesy_app');

-- Lists of customers or vehicles that somebody uploaded, between the preview and the press that imports them. They wait
-- here and not in a folder, so that any of several programs can go on with them, and are gone after a day.
CREATE TABLE imports (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    shop_id UUID NOT NULL REFERENCES shops(id) ON DELETE CASCADE,
    kind VARCHAR(20) NOT NULL,
    file_name VARCHAR(200) NOT NULL,
    -- What the columns are called that nothing is made of.
    unused JSONB NOT NULL DEFAULT '[]',
    rows_read INTEGER NOT NULL DEFAULT 0,
    -- When the list had been read to its end.
    read_at TIMESTAMP WITH TIME ZONE,
    -- When somebody last pressed for it to be imported, how far that is, and when it last moved.
    rows_done INTEGER NOT NULL DEFAULT 0,
    moved_at TIMESTAMP WITH TIME ZONE,
    imported_at TIMESTAMP WITH TIME ZONE,
    added INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    CONSTRAINT imports_kind_is_known CHECK (kind IN ('customers', 'vehicles')),
    CONSTRAINT imports_shop_id_id_key UNIQUE (shop_id, id)
);
CREATE INDEX imports_by_age ON imports (shop_id, created_at DESC, id DESC);
CREATE INDEX imports_to_sweep ON imports (created_at);
CALL courtesy.guard('imports');
CALL courtesy.open_to_doors('imports');
GRANT SELECT, INSERT, DELETE, UPDATE (rows_read, read_at, rows_done, moved_at, imported_at, added, changed)
    ON imports TO courtesy_app;
GRANT SELECT, UPDATE, DELETE ON imports TO courtesy_door;

CREATE TABLE import_rows (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    shop_id UUID NOT NULL REFERENCES shops(id) ON DELETE CASCADE,
    import_id UUID NOT NULL,
    -- Where it stands in the file, as people count.
    line INTEGER NOT NULL,
    -- What would become of it.
    verdict VARCHAR(10) NOT NULL,
    -- Who or what it is: an id of its own where it is new.
    target UUID,
    -- Whose vehicle.
    owner UUID,
    -- What it would write: all there is of a new one, what differs of a known one.
    fields JSONB NOT NULL DEFAULT '{}',
    -- What people call it, and what is wrong with it or would change.
    called TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    CONSTRAINT import_rows_verdict_is_known CHECK (verdict IN ('new', 'changed', 'unchanged', 'wrong')),
    CONSTRAINT import_rows_line_key UNIQUE (shop_id, import_id, line),
    CONSTRAINT import_rows_import_id_fkey FOREIGN KEY (shop_id, import_id)
        REFERENCES imports (shop_id, id) ON DELETE CASCADE
);
CALL courtesy.guard('import_rows');
GRANT SELECT, INSERT, DELETE ON import_rows TO courtesy_app;

-- Removes what nobody imported within a day, and what was: the list of a shop's customers is not to lie about.
CREATE FUNCTION courtesy.sweep_imports() RETURNS void
    LANGUAGE sql AS $$
    DELETE FROM imports
     WHERE id IN (SELECT id FROM imports WHERE created_at < now() - interval '1 day' FOR UPDATE SKIP LOCKED)
$$;
CALL courtesy.make_door('courtesy.sweep_imports()', 'courtesy_worker');

-- A row of a list finds its customer by e-mail as well.
CREATE INDEX customers_by_email ON customers (shop_id, email) WHERE deleted_at IS NULL;
-- The archive goes through all of a shop's consent events.
CREATE INDEX consent_events_by_id ON consent_events (shop_id, id);
