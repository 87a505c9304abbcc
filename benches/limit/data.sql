-- Shops with a past. What and how many is said by settings: bench.kind, bench.shops, bench.visits, bench.texts and
-- bench.checklist. Rows are written as they would have become, without the steps that lead there: triggers and the checks
-- of foreign keys rest.
BEGIN;
SET LOCAL session_replication_role = replica;

CREATE SCHEMA IF NOT EXISTS bench;
GRANT USAGE ON SCHEMA bench TO courtesy_app;

-- Where a connection sits down: one shop, and the rows in it that the connection works with. The subject's members are
-- what a request, and a script of pgbench, may name.
CREATE TABLE IF NOT EXISTS bench.seats (
    kind TEXT NOT NULL, n INTEGER NOT NULL, subject JSONB NOT NULL, PRIMARY KEY (kind, n));
GRANT SELECT ON bench.seats TO courtesy_app;

-- An id as the program makes them: one made later sorts later.
CREATE OR REPLACE FUNCTION bench.new_id(at TIMESTAMPTZ) RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT encode(overlay(uuid_send(gen_random_uuid())
                          PLACING substring(int8send((extract(epoch FROM at) * 1000)::bigint) FROM 3)
                          FROM 1 FOR 6), 'hex')::uuid
$$;
-- A session's secret, which the bench has to know and nobody has to guess.
CREATE OR REPLACE FUNCTION bench.secret_of(shop UUID) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT uuid_send(shop) || uuid_send(shop)
$$;

CREATE TEMP TABLE new_shops ON COMMIT DROP AS
SELECT before.n + s AS n, bench.new_id(born) AS shop_id, bench.new_id(born) AS manager_id,
       ARRAY[bench.new_id(born), bench.new_id(born)] AS mechanics
  FROM (SELECT count(*)::int AS n FROM shops) before, generate_series(1, current_setting('bench.shops')::int) s,
       LATERAL (SELECT now() - interval '2 years' + s * interval '1 minute' AS born) b;

INSERT INTO shops (id, name) SELECT shop_id, 'Corner Garage ' || n FROM new_shops ORDER BY n;

INSERT INTO users (id, shop_id, email, password_hash, role, first_name, last_name)
SELECT u.id, s.shop_id, u.name || s.n || '@bench.example', 'nobody logs in', u.role, u.name, 'Ruiz'
  FROM new_shops s, LATERAL (VALUES (s.manager_id, 'shop_manager', 'manager'), (s.mechanics[1], 'mechanic', 'ana'),
                                    (s.mechanics[2], 'mechanic', 'tomasz')) u (id, role, name)
 ORDER BY s.n;

CREATE TEMP TABLE new_customers ON COMMIT DROP AS
SELECT s.*, c, since, bench.new_id(since) AS customer_id, bench.new_id(since) AS vehicle_id,
       bench.new_id(since) AS conversation_id, '+1' || (2000000000 + s.n * 1000 + c) AS phone
  FROM new_shops s, generate_series(0, least(100, current_setting('bench.visits')::int) - 1) c,
       LATERAL (SELECT now() - interval '1 year' + c * interval '1 hour' AS since) b;

INSERT INTO customers (id, shop_id, first_name, last_name, email, phone, created_at)
SELECT customer_id, shop_id, 'Ruth', 'Abel ' || c, 'ruth' || c || '@bench.example', phone, since
  FROM new_customers ORDER BY since, n;

INSERT INTO vehicles (id, shop_id, customer_id, vin, make, model, year, mileage, license_plate, plate_key, created_at)
SELECT vehicle_id, shop_id, customer_id, '1HGCM' || lpad((n * 1000 + c)::text, 12, '0'), 'Honda', 'Civic', 2018, 48000,
       '7ABC' || lpad(c::text, 3, '0'), '7ABC' || lpad(c::text, 3, '0'), since
  FROM new_customers ORDER BY since, n;

-- Two hours apart; those of the last day are still at the car.
CREATE TEMP TABLE new_visits ON COMMIT DROP AS
SELECT c.*, v, at, bench.new_id(at) AS inspection_id, v > visits.n - 4 AS is_open
  FROM (SELECT current_setting('bench.visits')::int AS n) visits, generate_series(1, visits.n) v,
       LATERAL (SELECT now() - (visits.n - v + 1) * interval '2 hours' AS at) b, new_customers c
 WHERE c.c = v % least(100, visits.n);

INSERT INTO inspections (id, vehicle_id, shop_id, created_by, assigned_to, status, customer_concerns, started_at,
                         completed_at, sent_at, sent_via, odometer_reading, catalogue_version, findings_version,
                         created_at, updated_at, status_changed_at)
SELECT inspection_id, vehicle_id, shop_id, manager_id, mechanics[1 + v % 2],
       CASE WHEN is_open THEN 'in_progress' ELSE 'sent' END, '["Squeals when braking"]', at,
       CASE WHEN NOT is_open THEN at END, CASE WHEN NOT is_open THEN at END, CASE WHEN NOT is_open THEN 'sms' END,
       48000 + v, current_setting('bench.checklist')::jsonb ->> 'version', 1, at, at, at
  FROM new_visits ORDER BY at, n;

INSERT INTO inspection_items (id, shop_id, inspection_id, category, component, severity, notes, sort_order, rated_by,
                              version, created_at, updated_at, rated_at)
SELECT bench.new_id(at), shop_id, inspection_id, e.category, e.component,
       CASE e.position % 10 WHEN 3 THEN 'yellow' WHEN 7 THEN 'red' ELSE 'green' END,
       CASE WHEN e.position % 10 IN (3, 7) THEN 'Worn, look at it again at the next oil change' END,
       e.position, mechanics[1 + v % 2], 1, at, at, at
  FROM (SELECT * FROM new_visits ORDER BY at, n) visits,
       jsonb_to_recordset(current_setting('bench.checklist')::jsonb -> 'entries')
           AS e (category text, component text, position int);

UPDATE inspections i SET ratings = courtesy.ratings_of(i.shop_id, i.id)
  FROM new_visits visit WHERE i.id = visit.inspection_id;

INSERT INTO conversations (id, shop_id, customer_id, created_at, last_message_at)
SELECT conversation_id, shop_id, customer_id, since, now() - interval '1 hour' - c * interval '1 minute'
  FROM new_customers ORDER BY since, n;

INSERT INTO messages (id, shop_id, conversation_id, customer_id, user_id, direction, phone_number, content, segments,
                      provider, provider_message_id, status, sent_at, delivered_at, created_at, next_attempt_at)
SELECT t.id, shop_id, conversation_id, customer_id, CASE WHEN is_ours THEN manager_id END,
       CASE WHEN is_ours THEN 'outbound' ELSE 'inbound' END, phone,
       CASE WHEN is_ours THEN 'Your car is ready, we are open until six.' ELSE 'Thanks, I will be there at five.' END, 1,
       'sandbox', t.id::text, 'delivered', at, at, at, at
  FROM generate_series(1, current_setting('bench.texts')::int) k, new_customers c,
       LATERAL (SELECT now() - (current_setting('bench.texts')::int - k + 1) * interval '1 hour'
                       - c.c * interval '1 minute' AS at, k % 2 = 1 AS is_ours) a,
       LATERAL (SELECT bench.new_id(at) AS id) t
 ORDER BY k, c.c DESC, c.n;

-- Four seats a shop, in an order by chance: neighbours are rarely of one shop.
INSERT INTO bench.seats
SELECT current_setting('bench.kind'), row_number() OVER (ORDER BY random()) - 1,
       jsonb_build_object(
           'shop_id', shop_id, 'inspection_id', inspection_id, 'customer_id', customer_id, 'phone', phone,
           'conversation_id', conversation_id, 'token_hash', sha256(bench.secret_of(shop_id)),
           'token', shop_id || '.' || rtrim(translate(encode(bench.secret_of(shop_id), 'base64'), '+/', '-_'), '='))
       || (SELECT jsonb_object_agg('vehicle_' || i, c.vehicle_id)
             FROM generate_series(0, 7) i
             JOIN new_customers c ON c.shop_id = visit.shop_id
                                 AND c.c = (visit.v * 8 + i) % least(100, current_setting('bench.visits')::int))
  FROM new_visits visit WHERE is_open;
COMMIT;
