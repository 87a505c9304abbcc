-- Texts that came for a number before a shop had it find their way there.

ALTER TABLE courtesy.stray_texts
    -- Where the pictures are that came along: [{url, content_type}].
    ADD COLUMN media JSONB NOT NULL DEFAULT '[]',
    -- Whether it came from a phone, so that it can be delivered once the number is a shop's.
    ADD COLUMN is_from_phone BOOLEAN NOT NULL DEFAULT false;
UPDATE courtesy.stray_texts SET is_from_phone = true WHERE sender LIKE '+%';
CREATE INDEX stray_texts_by_number ON courtesy.stray_texts (texted, created_at) WHERE is_from_phone;
GRANT DELETE ON courtesy.stray_texts TO courtesy_door;

-- A program that was not changed yet tells neither of the last two.
DROP FUNCTION courtesy.keep_stray_text(text, text, text, text, text, integer);
CREATE FUNCTION courtesy.keep_stray_text(
    carrier TEXT, its_id TEXT, texted TEXT, sender TEXT, said TEXT, pictures INTEGER,
    media JSONB DEFAULT '[]', is_from_phone BOOLEAN DEFAULT false
) RETURNS boolean LANGUAGE sql AS $$
    WITH kept AS (
        INSERT INTO courtesy.stray_texts (provider, provider_message_id, texted, sender, content, pictures, media,
                                          is_from_phone)
        VALUES (carrier, its_id, texted, sender, said, pictures, media, is_from_phone)
        ON CONFLICT DO NOTHING RETURNING 1)
    SELECT EXISTS (SELECT FROM kept)
$$;
CALL courtesy.make_door('courtesy.keep_stray_text(text, text, text, text, text, integer, jsonb, boolean)', 'courtesy_app');

-- Texts that came for a number before a shop had it, the oldest first: they can be delivered now. What is older than a week
-- was rather meant for whoever had the number before.
CREATE FUNCTION courtesy.strays_come_home(
    most INTEGER, OUT carrier TEXT, OUT its_id TEXT, OUT texted TEXT, OUT sender TEXT, OUT said TEXT, OUT media JSONB,
    OUT came TIMESTAMP WITH TIME ZONE
) RETURNS SETOF record LANGUAGE sql STABLE AS $$
    SELECT t.provider, t.provider_message_id, t.texted, t.sender, t.content, t.media, t.created_at
      FROM courtesy.stray_texts t
     WHERE t.is_from_phone AND t.created_at > now() - interval '7 days'
       AND EXISTS (SELECT FROM shops s WHERE s.sms_number = t.texted AND s.deleted_at IS NULL)
     ORDER BY t.created_at, t.provider_message_id LIMIT most
$$;
CALL courtesy.make_door('courtesy.strays_come_home(integer)', 'courtesy_worker');

-- Lets one go that was delivered.
CREATE FUNCTION courtesy.forget_stray_text(carrier TEXT, its_id TEXT) RETURNS void
    LANGUAGE sql AS $$
    DELETE FROM courtesy.stray_texts t WHERE t.provider = carrier AND t.provider_message_id = its_id
$$;
CALL courtesy.make_door('courtesy.forget_stray_text(text, text)', 'courtesy_worker');
