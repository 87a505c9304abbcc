-- Pictures that customers text are fetched, kept as photos are, and shown with the text that they came with.

ALTER TABLE message_media
    -- Of the large picture, in pixels; and of what was fetched: how many bytes, and their SHA-256.
    ADD COLUMN width INTEGER,
    ADD COLUMN height INTEGER,
    ADD COLUMN size INTEGER,
    ADD COLUMN digest BYTEA,
    -- Why it was given up.
    ADD COLUMN trouble VARCHAR(20),
    ADD CONSTRAINT message_media_digest_is_sha256 CHECK (octet_length(digest) = 32),
    ADD CONSTRAINT message_media_have_a_size CHECK (width > 0 AND height > 0 AND size > 0),
    ADD CONSTRAINT message_media_kept_is_whole CHECK (
        (state = 'kept') = (digest IS NOT NULL) AND num_nonnulls(width, height, size, digest) IN (0, 4)
    ),
    ADD CONSTRAINT message_media_trouble_is_known CHECK (
        trouble IN ('no_picture', 'too_large', 'damaged', 'gone', 'not_reached')
    ),
    ADD CONSTRAINT message_media_given_up_has_a_reason CHECK ((state = 'given_up') = (trouble IS NOT NULL));
CREATE INDEX message_media_waiting_in_shop ON message_media (shop_id, next_attempt_at) WHERE state = 'waiting';
CREATE INDEX message_media_kept ON message_media (shop_id, id) WHERE state = 'kept';
CALL courtesy.open_to_doors('message_media');
GRANT SELECT, UPDATE (state, attempts, next_attempt_at, width, height, size, digest, trouble) ON message_media
    TO courtesy_worker;
GRANT SELECT (shop_id, state, next_attempt_at) ON message_media TO courtesy_door;

-- What a text shows of its pictures: [{id, state, content_type, width, height, trouble}], in their order. Every list of texts
-- shows it, and most texts have none; so it stands with the text, and a trigger keeps it.
ALTER TABLE messages ADD COLUMN pictures JSONB NOT NULL DEFAULT '[]';
GRANT UPDATE (pictures) ON messages TO courtesy_app;

CREATE FUNCTION courtesy.pictures_of(of_shop UUID, message UUID) RETURNS jsonb
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', x.id, 'state', x.state, 'content_type', x.content_type,
                                                 'width', x.width, 'height', x.height, 'trouble', x.trouble)
                              ORDER BY x.place), '[]')
      FROM message_media x WHERE x.shop_id = of_shop AND x.message_id = message
$$;
GRANT EXECUTE ON FUNCTION courtesy.pictures_of(uuid, uuid) TO courtesy_app, courtesy_worker;

CREATE FUNCTION courtesy.keep_pictures() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- Several pictures of one text may be noted at once: each waits here for the one before, and then sees it.
    PERFORM FROM messages m WHERE m.shop_id = NEW.shop_id AND m.id = NEW.message_id FOR NO KEY UPDATE;
    UPDATE messages m SET pictures = courtesy.pictures_of(NEW.shop_id, NEW.message_id)
     WHERE m.shop_id = NEW.shop_id AND m.id = NEW.message_id;
    RETURN NULL;
END $$;
-- Of that column alone: how often one was tried is nothing that anybody sees.
CREATE TRIGGER keep_pictures AFTER INSERT OR UPDATE OF state ON message_media
    FOR EACH ROW EXECUTE FUNCTION courtesy.keep_pictures();

-- Pictures that came before are fetched as well, as far as the provider still has them.
UPDATE messages m SET pictures = courtesy.pictures_of(m.shop_id, m.id)
 WHERE m.id IN (SELECT x.message_id FROM message_media x);

DROP TRIGGER touch ON messages;
CREATE TRIGGER touch BEFORE UPDATE ON messages FOR EACH ROW
    WHEN ((OLD.status, OLD.content, OLD.error_code, OLD.pictures)
          IS DISTINCT FROM (NEW.status, NEW.content, NEW.error_code, NEW.pictures))
    EXECUTE FUNCTION courtesy.touch();

-- The shops that have a picture to be fetched, those that wait longest first.
CREATE FUNCTION courtesy.shops_with_waiting_pictures(most INTEGER) RETURNS SETOF uuid
    LANGUAGE sql STABLE AS $$
    SELECT x.shop_id FROM message_media x
     WHERE x.state = 'waiting' AND x.next_attempt_at <= now()
     GROUP BY x.shop_id ORDER BY min(x.next_attempt_at) LIMIT most
$$;
CALL courtesy.make_door('courtesy.shops_with_waiting_pictures(integer)', 'courtesy_worker');

-- The same as before, with the pictures that were texted.
CREATE OR REPLACE FUNCTION courtesy.shops_with_photos(behind UUID, most INTEGER) RETURNS SETOF uuid
    LANGUAGE sql STABLE AS $$
    SELECT s.id FROM shops s
     WHERE s.id > behind AND (EXISTS (SELECT FROM inspection_photos p WHERE p.shop_id = s.id)
                              OR EXISTS (SELECT FROM message_media x WHERE x.shop_id = s.id AND x.state = 'kept'))
     ORDER BY s.id LIMIT most
$$;
CALL courtesy.make_door('courtesy.shops_with_photos(uuid, integer)', 'courtesy_worker');
