-- What a mechanic's day begins with: the cars that are theirs and not done. Without this it would go through every car that
-- they have ever inspected.
CREATE INDEX inspections_to_do ON inspections (shop_id, assigned_to, created_at DESC, id DESC)
    WHERE status IN ('assigned', 'in_progress') AND deleted_at IS NULL;
