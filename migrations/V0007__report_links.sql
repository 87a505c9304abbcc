-- The links by which customers open their report. Only a hash is kept; the text that carried the link keeps it until
-- its delivery is final.

CREATE TABLE report_links (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    shop_id UUID NOT NULL REFERENCES shops(id) ON DELETE CASCADE,
    inspection_id UUID NOT NULL,
    token_hash BYTEA NOT NULL,
    created_by UUID,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT report_links_token_hash_key UNIQUE (token_hash),
    CONSTRAINT report_links_inspection_id_fkey FOREIGN KEY (shop_id, inspection_id)
        REFERENCES inspections (shop_id, id) ON DELETE CASCADE,
    CONSTRAINT report_links_created_by_fkey FOREIGN KEY (shop_id, created_by)
        REFERENCES users (shop_id, id) ON DELETE SET NULL (created_by)
);
CREATE INDEX report_links_by_inspection ON report_links (shop_id, inspection_id);
CREATE INDEX report_links_by_creator ON report_links (shop_id, created_by);
CALL courtesy.guard('report_links');
CALL courtesy.open_to_doors('report_links');
GRANT SELECT, INSERT, UPDATE (revoked_at) ON report_links TO courtesy_app;
GRANT SELECT ON report_links TO courtesy_door;
-- A text whose link has ended is not sent.
GRANT SELECT (shop_id, token_hash, expires_at, revoked_at) ON report_links TO courtesy_worker;

-- Where a link leads, for whoever holds it: also when it has ended, so that the page can say so.
CREATE FUNCTION courtesy.find_report_link(bearer BYTEA, OUT shop_id UUID, OUT inspection_id UUID, OUT is_live BOOLEAN)
    RETURNS SETOF record LANGUAGE sql STABLE AS $$
    SELECT l.shop_id, l.inspection_id, l.revoked_at IS NULL AND l.expires_at > now()
      FROM report_links l JOIN shops s ON s.id = l.shop_id
     WHERE l.token_hash = bearer AND s.deleted_at IS NULL
$$;
CALL courtesy.make_door('courtesy.find_report_link(bytea)', 'courtesy_app');
