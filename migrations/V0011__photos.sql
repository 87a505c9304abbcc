-- Photos of findings and of the car. The rows only: the pictures themselves are in a store, a folder or S3, under a name
-- made of shop, id and digest. They are there before the row is, so that a row never points to nothing.

CREATE TABLE inspection_photos (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    shop_id UUID NOT NULL REFERENCES shops(id) ON DELETE CASCADE,
    inspection_id UUID NOT NULL,
    -- What it shows: a component, which may not be rated yet, or something of the car.
    category VARCHAR(100),
    component VARCHAR(200),
    kind VARCHAR(10),
    caption TEXT,
    -- In the order in which they were taken in.
    position INTEGER NOT NULL,
    -- Of the large picture, in pixels.
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    -- Of what was uploaded: how many bytes, and their SHA-256, by which a repeated upload is known.
    size INTEGER NOT NULL,
    digest BYTEA NOT NULL,
    uploaded_by UUID,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    deleted_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT inspection_photos_kind_is_known CHECK (
        kind IN ('front', 'rear', 'left', 'right', 'vin', 'odometer', 'damage', 'other')
    ),
    CONSTRAINT inspection_photos_show_one_thing CHECK (
        (category IS NULL) = (component IS NULL) AND (category IS NULL) <> (kind IS NULL)
    ),
    CONSTRAINT inspection_photos_have_a_size CHECK (width > 0 AND height > 0 AND size > 0),
    CONSTRAINT inspection_photos_digest_is_sha256 CHECK (octet_length(digest) = 32),
    CONSTRAINT inspection_photos_inspection_id_fkey FOREIGN KEY (shop_id, inspection_id)
        REFERENCES inspections (shop_id, id) ON DELETE CASCADE,
    CONSTRAINT inspection_photos_uploaded_by_fkey FOREIGN KEY (shop_id, uploaded_by)
        REFERENCES users (shop_id, id) ON DELETE SET NULL (uploaded_by)
);
CREATE INDEX inspection_photos_by_inspection ON inspection_photos (shop_id, inspection_id, position, id);
-- Which findings have one: asked of each of them whenever one changes.
CREATE INDEX inspection_photos_by_component ON inspection_photos (shop_id, inspection_id, category, component)
    WHERE deleted_at IS NULL AND category IS NOT NULL;
CREATE INDEX inspection_photos_by_uploader ON inspection_photos (shop_id, uploaded_by);
CREATE INDEX inspection_photos_by_id ON inspection_photos (shop_id, id);
CREATE INDEX inspection_photos_by_deletion ON inspection_photos (shop_id, deleted_at) WHERE deleted_at IS NOT NULL;
CALL courtesy.guard('inspection_photos');
CALL courtesy.open_to_doors('inspection_photos');
GRANT SELECT, INSERT, UPDATE (caption, deleted_at) ON inspection_photos TO courtesy_app;
GRANT SELECT, DELETE ON inspection_photos TO courtesy_worker;
GRANT SELECT (shop_id) ON inspection_photos TO courtesy_door;

-- Photos come and go while the inspection is in progress, like findings. Under review (completed) the words below one may
-- still be mended. What was removed is let go for good by a worker, at any time.
CREATE FUNCTION courtesy.hold_photos() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    inspection_status text := (SELECT i.status FROM inspections i
                                WHERE i.shop_id = NEW.shop_id AND i.id = NEW.inspection_id);
BEGIN
    IF inspection_status = 'in_progress'
       OR (TG_OP = 'UPDATE' AND inspection_status = 'completed'
           AND NEW.deleted_at IS NOT DISTINCT FROM OLD.deleted_at) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'photos can''t change while the inspection is %', inspection_status USING ERRCODE = 'CIWAY';
END $$;
-- Of those columns alone: when somebody leaves, who uploaded a photo is forgotten whatever state the inspection is in.
CREATE TRIGGER hold_photos AFTER INSERT OR UPDATE OF caption, deleted_at ON inspection_photos
    FOR EACH ROW EXECUTE FUNCTION courtesy.hold_photos();

-- A photo tells the customer why as well as a note does.
CREATE OR REPLACE FUNCTION courtesy.ratings_of(of_shop UUID, inspection UUID) RETURNS text
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT coalesce(string_agg(c.category || c.marks, ';' ORDER BY c.place, c.category), '')
      FROM (SELECT x.category, min(x.sort_order) AS place,
                   string_agg(' ' || x.component || ' '
                              || CASE WHEN x.not_applicable THEN '-' ELSE left(x.severity, 1) END
                              || CASE WHEN x.notes IS NULL AND NOT EXISTS (
                                               SELECT FROM inspection_photos p
                                                WHERE p.shop_id = of_shop AND p.inspection_id = inspection
                                                  AND p.category = x.category AND p.component = x.component
                                                  AND p.deleted_at IS NULL)
                                      THEN '' ELSE '+' END,
                              '' ORDER BY x.sort_order, x.component) AS marks
              FROM inspection_items x
             WHERE x.shop_id = of_shop AND x.inspection_id = inspection
             GROUP BY x.category) c;
END;
CREATE TRIGGER keep_ratings_of_new AFTER INSERT ON inspection_photos
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION courtesy.keep_ratings();
CREATE TRIGGER keep_ratings_of_changed AFTER UPDATE ON inspection_photos
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION courtesy.keep_ratings();

-- The next shops behind this one that have photos, for whoever tidies the store.
CREATE FUNCTION courtesy.shops_with_photos(behind UUID, most INTEGER) RETURNS SETOF uuid
    LANGUAGE sql STABLE AS $$
    SELECT s.id FROM shops s
     WHERE s.id > behind AND EXISTS (SELECT FROM inspection_photos p WHERE p.shop_id = s.id)
     ORDER BY s.id LIMIT most
$$;
CALL courtesy.make_door('courtesy.shops_with_photos(uuid, integer)', 'courtesy_worker');
