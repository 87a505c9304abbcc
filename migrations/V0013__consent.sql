-- What customers say about being texted in words of their own, and what they said in person.

-- Something was said that sounds like a STOP and is none by its words: somebody of the shop has to look.
ALTER TABLE conversations ADD COLUMN wants_no_texts BOOLEAN NOT NULL DEFAULT false;

-- What whoever recorded it has to say about how it was given.
ALTER TABLE consent_events ADD COLUMN reason VARCHAR(500);

-- When a text that no person sent may go: now, or at eight in the morning where the shop is, if it is between nine in the
-- evening and then.
CREATE FUNCTION courtesy.waking_moment(of_shop UUID) RETURNS TIMESTAMP WITH TIME ZONE
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE WHEN there.hour >= time '21:00' THEN (there.day + 1 + time '08:00') AT TIME ZONE there.zone
                WHEN there.hour < time '08:00' THEN (there.day + time '08:00') AT TIME ZONE there.zone
                ELSE now() END
      FROM (SELECT z.zone, (now() AT TIME ZONE z.zone)::date AS day, (now() AT TIME ZONE z.zone)::time AS hour
              FROM (SELECT coalesce(s.settings ->> 'timezone', 'America/New_York') AS zone
                      FROM shops s WHERE s.id = of_shop) z) there
$$;
GRANT EXECUTE ON FUNCTION courtesy.waking_moment(uuid) TO courtesy_app, courtesy_worker;

-- What a shop, and a phone, was sent lately: what caps are counted by.
CREATE INDEX messages_by_handing_over ON messages (shop_id, attempt_started_at DESC)
    WHERE direction = 'outbound' AND provider_message_id IS NOT NULL;

-- Right after a shop has queued thousands of texts, statistics still know of none, and every index of what waits looks as
-- good as any other: a text's predecessor was looked for among all that wait, which took longer than a statement may. Now
-- only one index can serve that look-up; the others ask for a direction, which it does not mention.
DROP INDEX messages_due;
CREATE INDEX messages_due ON messages (next_attempt_at)
    WHERE direction = 'outbound' AND status = 'pending' AND provider_message_id IS NULL;
-- What waits in a shop, in the order in which it is sent.
CREATE INDEX messages_waiting ON messages (shop_id, created_at, id)
    WHERE direction = 'outbound' AND status = 'pending' AND provider_message_id IS NULL;

CREATE OR REPLACE FUNCTION courtesy.shops_with_due_texts(most INTEGER) RETURNS SETOF uuid
    LANGUAGE sql STABLE AS $$
    SELECT m.shop_id FROM messages m
     WHERE m.direction = 'outbound' AND m.status = 'pending' AND m.provider_message_id IS NULL
       AND m.next_attempt_at <= now() AND (m.lease_until IS NULL OR m.lease_until < now())
       AND m.id = (SELECT o.id FROM messages o
                    WHERE o.shop_id = m.shop_id AND o.phone_number = m.phone_number
                      AND o.status = 'pending' AND o.provider_message_id IS NULL
                    ORDER BY o.created_at, o.id LIMIT 1)
     GROUP BY m.shop_id ORDER BY min(m.next_attempt_at) LIMIT most
$$;
GRANT SELECT (direction) ON messages TO courtesy_door;
CALL courtesy.make_door('courtesy.shops_with_due_texts(integer)', 'courtesy_worker');
