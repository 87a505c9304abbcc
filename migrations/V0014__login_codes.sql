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
