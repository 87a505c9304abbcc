-- Gathers the ratings of the inspections that were there before. In a migration of its own: the one before it locks the
-- whole table, this one single rows, while shops work. Those at a car are left out, so that no tap waits for it; the next tap
-- gathers theirs, and until then a list does.
UPDATE inspections SET ratings = courtesy.ratings_of(shop_id, id)
 WHERE ratings IS NULL AND status IN ('completed', 'sent');
