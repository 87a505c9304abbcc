-- What the board shows of the reports that are out: today's. Without this it would go through every report of the past.
CREATE INDEX inspections_by_sending ON inspections (shop_id, sent_at DESC, id DESC)
    WHERE sent_at IS NOT NULL AND deleted_at IS NULL;
