-- Who is asking: sessions, the check that rides in every request's flight, and the doors of the accounts.

CREATE TABLE sessions (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    shop_id UUID NOT NULL REFERENCES shops(id) ON DELETE CASCADE,
    user_id UUID NOT NULL,
    -- SHA-256 of the secret; the secret itself is only ever with the client.
    token_hash BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    last_seen_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    CONSTRAINT sessions_user_fkey FOREIGN KEY (shop_id, user_id) REFERENCES users (shop_id, id) ON DELETE CASCADE,
    CONSTRAINT sessions_token_hash_key UNIQUE (shop_id, token_hash)
);
CREATE INDEX sessions_by_user ON sessions (shop_id, user_id);
CREATE INDEX sessions_by_last_seen ON sessions (last_seen_at);
CREATE INDEX sessions_by_age ON sessions (created_at);
CALL courtesy.guard('sessions');
CALL courtesy.open_to_doors('sessions');
GRANT SELECT, DELETE ON sessions TO courtesy_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO courtesy_door;

-- Those of these sessions that let somebody in at the moment: not expired, and the person and the shop still there. The
-- one definition of it; written so that PostgreSQL makes it part of the statement that asks.
CREATE FUNCTION courtesy.live_sessions(of_shop UUID, bearers BYTEA[])
    RETURNS TABLE (token_hash BYTEA, user_id UUID, role TEXT, subscription TEXT)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT x.token_hash, u.id, u.role::text, s.subscription_status::text
      FROM sessions x
      JOIN users u ON u.shop_id = x.shop_id AND u.id = x.user_id
      JOIN shops s ON s.id = x.shop_id
     WHERE x.shop_id = of_shop AND x.token_hash = ANY (bearers)
       AND x.last_seen_at > now() - interval '12 hours' AND x.created_at > now() - interval '7 days'
       AND u.status = 'active' AND u.deleted_at IS NULL AND s.deleted_at IS NULL;
END;
GRANT EXECUTE ON FUNCTION courtesy.live_sessions TO courtesy_app;

-- Lets the bearer of a session in, or ends the flight: CI401 nobody, CI403 not in this role, CI402 the shop may only
-- read. A session of another shop is not found, because the tenant is the one that the token names. It must not
-- write: readers of one session would queue behind each other's fsync.
CREATE FUNCTION courtesy.enter(bearer BYTEA, demanded_role TEXT, writes BOOLEAN,
                               OUT user_id UUID, OUT role TEXT)
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    subscription text;
BEGIN
    SELECT l.user_id, l.role, l.subscription INTO user_id, role, subscription
      FROM courtesy.live_sessions(courtesy.current_shop(), ARRAY[bearer]) l;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such session' USING ERRCODE = 'CI401';
    ELSIF demanded_role IS NOT NULL AND demanded_role <> role THEN
        RAISE EXCEPTION 'for another role' USING ERRCODE = 'CI403';
    ELSIF writes AND subscription <> 'active' THEN
        RAISE EXCEPTION 'the subscription is inactive' USING ERRCODE = 'CI402';
    END IF;
    PERFORM set_config('app.current_user_id', user_id::text, true);
END $$;
GRANT EXECUTE ON FUNCTION courtesy.enter TO courtesy_app;

-- Signs a shop up with its first manager and that person's session. False when this very request was carried out
-- before: then only the session is new. CIIDT when the id belongs to another shop.
CREATE FUNCTION courtesy.sign_up(new_shop_id UUID, shop_name TEXT, shop_phone TEXT, shop_email TEXT, shop_address JSONB,
                                 shop_settings JSONB, digest BYTEA, manager_id UUID, manager_email TEXT,
                                 manager_hash TEXT, manager_first_name TEXT, manager_last_name TEXT, bearer BYTEA)
    RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO shops (id, name, phone, email, address, settings, client_digest)
    VALUES (new_shop_id, shop_name, shop_phone, shop_email, shop_address, shop_settings, digest)
    ON CONFLICT (id) DO NOTHING;
    IF FOUND THEN
        INSERT INTO users (id, shop_id, email, password_hash, role, first_name, last_name)
        VALUES (manager_id, new_shop_id, manager_email, manager_hash, 'shop_manager', manager_first_name,
                manager_last_name);
        INSERT INTO sessions (shop_id, user_id, token_hash) VALUES (new_shop_id, manager_id, bearer);
        RETURN true;
    END IF;
    -- The digest covers the password, so whoever repeats the request has proven to know it.
    INSERT INTO sessions (shop_id, user_id, token_hash)
    SELECT u.shop_id, u.id, bearer
      FROM shops s JOIN users u ON u.shop_id = s.id
     WHERE s.id = new_shop_id AND s.client_digest = digest AND s.deleted_at IS NULL
       AND u.email = manager_email AND u.status = 'active' AND u.deleted_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this id is taken' USING ERRCODE = 'CIIDT';
    END IF;
    RETURN false;
END $$;
CALL courtesy.make_door(
    'courtesy.sign_up(uuid, text, text, text, jsonb, jsonb, bytea, uuid, text, text, text, text, bytea)', 'courtesy_app');

-- What a log-in is checked against. The hash leaves the database because checking it takes argon2.
CREATE FUNCTION courtesy.find_login(login_email TEXT, OUT shop_id UUID, OUT user_id UUID, OUT password_hash TEXT)
    RETURNS SETOF record LANGUAGE sql STABLE AS $$
    SELECT u.shop_id, u.id, u.password_hash
      FROM users u JOIN shops s ON s.id = u.shop_id
     WHERE u.email = login_email AND u.deleted_at IS NULL AND u.status = 'active' AND s.deleted_at IS NULL
$$;
CALL courtesy.make_door('courtesy.find_login(text)', 'courtesy_app');

-- Opens a session for whoever knows the present hash, so that a password changed in between opens nothing.
CREATE FUNCTION courtesy.open_session(login_email TEXT, known_hash TEXT, bearer BYTEA) RETURNS boolean
    LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sessions (shop_id, user_id, token_hash)
    SELECT u.shop_id, u.id, bearer
      FROM users u JOIN shops s ON s.id = u.shop_id
     WHERE u.email = login_email AND u.password_hash = known_hash
       AND u.deleted_at IS NULL AND u.status = 'active' AND s.deleted_at IS NULL
       FOR SHARE OF u;
    RETURN FOUND;
END $$;
CALL courtesy.make_door('courtesy.open_session(text, text, bytea)', 'courtesy_app');

-- The hash of the person who asks, and nobody else's.
CREATE FUNCTION courtesy.own_password_hash() RETURNS text
    LANGUAGE sql STABLE AS $$
    SELECT u.password_hash FROM users u
     WHERE u.shop_id = courtesy.current_shop() AND u.id = courtesy.current_person()
$$;
CALL courtesy.make_door('courtesy.own_password_hash()', 'courtesy_app');

-- Lets the request that signed a shop up open no more sessions: it holds a password that is no longer somebody's.
CREATE FUNCTION courtesy.forget_sign_up() RETURNS void
    LANGUAGE sql AS $$
    UPDATE shops SET client_digest = NULL WHERE id = courtesy.current_shop()
$$;
CALL courtesy.make_door('courtesy.forget_sign_up()', 'courtesy_door');

-- Changes one's own password, if the old one still stands, and ends all other sessions.
CREATE FUNCTION courtesy.change_own_password(known_hash TEXT, new_hash TEXT, bearer BYTEA) RETURNS boolean
    LANGUAGE plpgsql AS $$
BEGIN
    UPDATE users u SET password_hash = new_hash
     WHERE u.shop_id = courtesy.current_shop() AND u.id = courtesy.current_person() AND u.password_hash = known_hash;
    IF FOUND THEN
        DELETE FROM sessions x
         WHERE x.shop_id = courtesy.current_shop() AND x.user_id = courtesy.current_person() AND x.token_hash <> bearer;
        PERFORM courtesy.forget_sign_up();
        RETURN true;
    END IF;
    RETURN false;
END $$;
CALL courtesy.make_door('courtesy.change_own_password(text, text, bytea)', 'courtesy_app');

-- For the doors below: the caller must be an active manager of the tenant. The shop's row is locked, so that two
-- managers who demote each other wait for one another.
CREATE FUNCTION courtesy.demand_manager() RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM shops s WHERE s.id = courtesy.current_shop() FOR NO KEY UPDATE;
    PERFORM 1 FROM users u
      WHERE u.shop_id = courtesy.current_shop() AND u.id = courtesy.current_person()
        AND u.role = 'shop_manager' AND u.status = 'active' AND u.deleted_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only a manager may do this' USING ERRCODE = 'CI403';
    END IF;
END $$;
CALL courtesy.make_door('courtesy.demand_manager()', 'courtesy_door');

-- Adds somebody to the caller's shop, unless the id is taken; false where it is.
CREATE FUNCTION courtesy.add_user(person UUID, new_email TEXT, new_hash TEXT, new_role TEXT, new_first_name TEXT,
                                  new_last_name TEXT, new_phone TEXT, digest BYTEA) RETURNS boolean
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM courtesy.demand_manager();
    INSERT INTO users (id, shop_id, email, password_hash, role, first_name, last_name, phone, client_digest)
    VALUES (person, courtesy.current_shop(), new_email, new_hash, new_role, new_first_name, new_last_name, new_phone,
            digest)
    ON CONFLICT (id) DO NOTHING;
    RETURN FOUND;
END $$;
CALL courtesy.make_door('courtesy.add_user(uuid, text, text, text, text, text, text, bytea)', 'courtesy_app');

-- Changes what decides over access: NULL keeps. Whoever may no longer come in, or has a new password, loses all
-- sessions at once. CILAS when the shop would be left without an active manager.
CREATE FUNCTION courtesy.change_user(person UUID, new_email TEXT, new_role TEXT, new_status TEXT, new_hash TEXT,
                                     remove BOOLEAN) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM courtesy.demand_manager();
    UPDATE users u
       SET email = coalesce(new_email, u.email), role = coalesce(new_role, u.role),
           status = CASE WHEN remove THEN 'inactive' ELSE coalesce(new_status, u.status) END,
           password_hash = coalesce(new_hash, u.password_hash),
           deleted_at = CASE WHEN remove THEN now() END
     WHERE u.shop_id = courtesy.current_shop() AND u.id = person AND u.deleted_at IS NULL;
    PERFORM 1 FROM users u
      WHERE u.shop_id = courtesy.current_shop() AND u.role = 'shop_manager' AND u.status = 'active'
        AND u.deleted_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the last manager stays' USING ERRCODE = 'CILAS';
    END IF;
    IF remove OR new_hash IS NOT NULL OR new_status = 'inactive' THEN
        PERFORM courtesy.forget_sign_up();
        DELETE FROM sessions x WHERE x.shop_id = courtesy.current_shop() AND x.user_id = person;
    END IF;
END $$;
CALL courtesy.make_door('courtesy.change_user(uuid, text, text, text, text, boolean)', 'courtesy_app');

-- Notes when sessions were last used, many at a time. A hash names its session alone, so no shop is needed. What
-- somebody else holds is about to be ended or noted: waiting for many rows in one's own order would be a deadlock.
CREATE FUNCTION courtesy.touch_sessions(bearers BYTEA[]) RETURNS void
    LANGUAGE sql AS $$
    UPDATE sessions SET last_seen_at = now()
     WHERE id IN (SELECT id FROM sessions WHERE token_hash = ANY (bearers) FOR NO KEY UPDATE SKIP LOCKED)
$$;
CREATE INDEX sessions_by_token ON sessions (token_hash);
CALL courtesy.make_door('courtesy.touch_sessions(bytea[])', 'courtesy_worker');

-- Removes the sessions that have ended by themselves; those that somebody holds, the next time.
CREATE FUNCTION courtesy.sweep_sessions() RETURNS void
    LANGUAGE sql AS $$
    DELETE FROM sessions
     WHERE id IN (SELECT id FROM sessions
                   WHERE last_seen_at < now() - interval '12 hours' OR created_at < now() - interval '7 days'
                     FOR UPDATE SKIP LOCKED)
$$;
CALL courtesy.make_door('courtesy.sweep_sessions()', 'courtesy_worker');
