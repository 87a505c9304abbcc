-- What a provider tells beside taking texts: how they were delivered, what customers sent with theirs, what came for
-- numbers that are nobody's, and how far its list has been read.

-- Whose text a report on delivery is about. The id was given to the provider alone, and what it says is signed.
CREATE FUNCTION courtesy.find_shop_by_message(message UUID) RETURNS SETOF uuid
    LANGUAGE sql STABLE AS $$
    SELECT m.shop_id FROM messages m WHERE m.id = message
$$;
CALL courtesy.make_door('courtesy.find_shop_by_message(uuid)', 'courtesy_app');

-- A report may come before the answer to the request that sent the text: then it says first who carries it, and under
-- which id.
GRANT UPDATE (provider) ON messages TO courtesy_app;

-- Pictures that came with a text, to be fetched from the provider afterwards: it is answered at once.
CREATE TABLE message_media (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    shop_id UUID NOT NULL REFERENCES shops(id) ON DELETE CASCADE,
    message_id UUID NOT NULL,
    -- Its place among the pictures of the text, from 0.
    place INTEGER NOT NULL,
    source_url TEXT NOT NULL,
    content_type VARCHAR(100),
    state VARCHAR(20) NOT NULL DEFAULT 'waiting',
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    CONSTRAINT message_media_state_is_known CHECK (state IN ('waiting', 'kept', 'given_up')),
    CONSTRAINT message_media_place_key UNIQUE (shop_id, message_id, place),
    CONSTRAINT message_media_message_id_fkey FOREIGN KEY (shop_id, message_id)
        REFERENCES messages (shop_id, id) ON DELETE CASCADE
);
CREATE INDEX message_media_waiting ON message_media (next_attempt_at) WHERE state = 'waiting';
CALL courtesy.guard('message_media');
GRANT SELECT, INSERT ON message_media TO courtesy_app;

-- Texts to numbers that belong to no shop, or from senders whom nobody can text back: kept, so that nothing is lost
-- while a number changes hands. They are no tenant's, so only doors lead here, and the operator.
CREATE TABLE courtesy.stray_texts (
    provider VARCHAR(50) NOT NULL,
    provider_message_id VARCHAR(255) NOT NULL,
    texted TEXT NOT NULL,
    sender TEXT NOT NULL,
    content TEXT NOT NULL,
    pictures INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    PRIMARY KEY (provider, provider_message_id)
);
GRANT SELECT, INSERT ON courtesy.stray_texts TO courtesy_door;
GRANT SELECT ON courtesy.stray_texts TO courtesy_backup;

-- Keeps one, unless it was kept before; tells whether it is new.
CREATE FUNCTION courtesy.keep_stray_text(
    carrier TEXT, its_id TEXT, texted TEXT, sender TEXT, said TEXT, pictures INTEGER
) RETURNS boolean LANGUAGE sql AS $$
    WITH kept AS (
        INSERT INTO courtesy.stray_texts (provider, provider_message_id, texted, sender, content, pictures)
        VALUES (carrier, its_id, texted, sender, said, pictures) ON CONFLICT DO NOTHING RETURNING 1)
    SELECT EXISTS (SELECT FROM kept)
$$;
CALL courtesy.make_door('courtesy.keep_stray_text(text, text, text, text, text, integer)', 'courtesy_app');

-- Until when a provider's list was read for what its webhooks missed.
CREATE TABLE courtesy.catch_ups (
    provider VARCHAR(50) PRIMARY KEY,
    read_until TIMESTAMP WITH TIME ZONE NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON courtesy.catch_ups TO courtesy_door;
GRANT SELECT ON courtesy.catch_ups TO courtesy_backup;

-- From when the list is to be read now, and what time it is. Never read before: a day.
CREATE FUNCTION courtesy.begin_catch_up(
    carrier TEXT, OUT since TIMESTAMP WITH TIME ZONE, OUT began TIMESTAMP WITH TIME ZONE
) LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT c.read_until FROM courtesy.catch_ups c WHERE c.provider = carrier), now() - interval '1 day'),
           now()
$$;
CALL courtesy.make_door('courtesy.begin_catch_up(text)', 'courtesy_worker');

CREATE FUNCTION courtesy.end_catch_up(carrier TEXT, began TIMESTAMP WITH TIME ZONE) RETURNS void
    LANGUAGE sql AS $$
    INSERT INTO courtesy.catch_ups AS c (provider, read_until) VALUES (carrier, began)
    ON CONFLICT (provider) DO UPDATE SET read_until = greatest(c.read_until, excluded.read_until)
$$;
CALL courtesy.make_door('courtesy.end_catch_up(text, timestamp with time zone)', 'courtesy_worker');
