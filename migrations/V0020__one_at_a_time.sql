-- Passwords and codes that change at the same time wait for one another, in one order.

-- The same as before, with the shop held first, as whoever changes somebody's access does: two who began with the shop and
-- with the person would wait for each other.
CREATE OR REPLACE FUNCTION courtesy.change_own_password(known_hash TEXT, new_hash TEXT, bearer BYTEA) RETURNS boolean
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM shops s WHERE s.id = courtesy.current_shop() FOR NO KEY UPDATE;
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

-- The same as before, with the person held first: whoever changes their password or shuts them out either waits for this
-- session and ends it, or is waited for and has ended the code.
CREATE OR REPLACE FUNCTION courtesy.redeem_login_code(code BYTEA, bearer BYTEA) RETURNS boolean
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM login_codes c JOIN users u ON u.shop_id = c.shop_id AND u.id = c.user_id
      WHERE c.code_hash = code FOR SHARE OF u;
    IF NOT EXISTS (SELECT FROM courtesy.find_login_code(code)) THEN
        RETURN false;
    END IF;
    WITH used AS (DELETE FROM login_codes c WHERE c.code_hash = code RETURNING c.shop_id, c.user_id)
    INSERT INTO sessions (shop_id, user_id, token_hash) SELECT used.shop_id, used.user_id, bearer FROM used;
    RETURN FOUND;
END $$;
CALL courtesy.make_door('courtesy.redeem_login_code(bytea, bytea)', 'courtesy_app');
