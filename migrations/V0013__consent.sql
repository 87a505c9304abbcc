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
