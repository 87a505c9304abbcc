-- Forty shops with a past, as large as a test can wait for. One has a hundred inspections, one five thousand, the others
-- four hundred each. Made by the superuser as a replica: nothing is checked, because nothing of it is new.
SET session_replication_role = replica;

CREATE TEMP TABLE past AS
SELECT md5('shop' || n)::uuid AS shop, n, CASE n WHEN 1 THEN 100 WHEN 2 THEN 5000 ELSE 400 END AS inspections,
       CASE n WHEN 1 THEN 100 WHEN 2 THEN 2000 ELSE 150 END AS customers
  FROM generate_series(1, 40) n;

INSERT INTO shops (id, name) SELECT shop, 'Shop ' || n FROM past;

INSERT INTO users (id, shop_id, email, password_hash, role)
SELECT md5('user' || n || '/' || u)::uuid, shop, 'user' || u || '@shop' || n || '.example', 'none',
       CASE u WHEN 1 THEN 'shop_manager' ELSE 'mechanic' END
  FROM past, generate_series(1, 5) u;

INSERT INTO sessions (shop_id, user_id, token_hash)
SELECT u.shop_id, u.id, sha256(convert_to(u.id::text || k, 'UTF8')) FROM users u, generate_series(1, 5) k;

INSERT INTO login_codes (shop_id, user_id, code_hash, expires_at)
SELECT u.shop_id, u.id, sha256(convert_to(u.id::text, 'UTF8')), now() + interval '5 minutes' FROM users u;

INSERT INTO customers (id, shop_id, first_name, last_name, phone, created_at)
SELECT md5('customer' || n || '/' || c)::uuid, shop, 'First ' || c, 'Last ' || c, '+1415' || (5550000 + c),
       now() - c * interval '1 hour'
  FROM past, generate_series(1, customers) c;

INSERT INTO vehicles (id, shop_id, customer_id, vin, make, year, plate_key, created_at)
SELECT md5('vehicle' || n || '/' || c)::uuid, shop, md5('customer' || n || '/' || c)::uuid, 'VIN' || c, 'Honda', 2018,
       'PLATE' || c, now() - c * interval '1 hour'
  FROM past, generate_series(1, customers) c;

INSERT INTO inspections (id, shop_id, vehicle_id, created_by, assigned_to, status, created_at, catalogue_version)
SELECT md5('inspection' || n || '/' || i)::uuid, shop, md5('vehicle' || n || '/' || i % customers + 1)::uuid,
       md5('user' || n || '/1')::uuid, md5('user' || n || '/' || i % 5 + 1)::uuid,
       CASE WHEN i % 100 = 0 THEN 'in_progress' WHEN i % 50 = 0 THEN 'completed' ELSE 'sent' END,
       now() - i * interval '1 hour', '1'
  FROM past, generate_series(1, inspections) i;

INSERT INTO inspection_items (shop_id, inspection_id, category, component, severity, version)
SELECT i.shop_id, i.id, 'brakes', 'component ' || k, 'green', 1 FROM inspections i, generate_series(1, 5) k;

INSERT INTO inspection_photos (shop_id, inspection_id, kind, position, width, height, size, digest, deleted_at)
SELECT i.shop_id, i.id, 'other', k, 4, 3, 12, sha256('x'), CASE WHEN i.status = 'completed' THEN now() END
  FROM inspections i, generate_series(1, 4) k;

INSERT INTO inspection_events (shop_id, inspection_id, user_id, kind)
SELECT i.shop_id, i.id, i.created_by, 'created' FROM inspections i;

INSERT INTO report_links (shop_id, inspection_id, token_hash, expires_at)
SELECT i.shop_id, i.id, sha256(convert_to(i.id::text, 'UTF8')), now() + interval '90 days' FROM inspections i;

INSERT INTO conversations (id, shop_id, customer_id, last_message_at)
SELECT md5('conversation' || c.id)::uuid, c.shop_id, c.id, c.created_at FROM customers c;

INSERT INTO messages (shop_id, conversation_id, customer_id, direction, phone_number, content, provider,
                      provider_message_id, status, created_at)
SELECT c.shop_id, c.id, c.customer_id, CASE k % 2 WHEN 0 THEN 'outbound' ELSE 'inbound' END, u.phone, 'Hello', 'sandbox',
       c.id::text || k, 'delivered', c.last_message_at + k * interval '1 minute'
  FROM conversations c JOIN customers u ON u.id = c.customer_id, generate_series(1, 6) k;

-- Twenty in each shop wait for tomorrow.
INSERT INTO messages (shop_id, conversation_id, customer_id, direction, phone_number, content, next_attempt_at)
SELECT c.shop_id, c.id, c.customer_id, 'outbound', u.phone, 'Hello', now() + interval '1 day'
  FROM conversations c JOIN customers u ON u.id = c.customer_id WHERE c.last_message_at > now() - interval '20 hours';

INSERT INTO message_media (shop_id, message_id, place, source_url, state, width, height, size, digest)
SELECT m.shop_id, m.id, 0, 'https://provider.example/1', 'kept', 4, 3, 12, sha256('x')
  FROM messages m WHERE m.direction = 'inbound';

-- Two in each shop are to be fetched tomorrow.
INSERT INTO message_media (shop_id, message_id, place, source_url, next_attempt_at)
SELECT m.shop_id, m.id, 1, 'https://provider.example/2', now() + interval '1 day'
  FROM (SELECT shop_id, id, row_number() OVER (PARTITION BY shop_id ORDER BY created_at DESC) AS n FROM messages
         WHERE direction = 'inbound') m
 WHERE m.n <= 2;

INSERT INTO imports (id, shop_id, kind, file_name, created_at)
SELECT md5('import' || n || '/' || k)::uuid, shop, 'customers', 'a.csv', now() - k * interval '1 hour'
  FROM past, generate_series(1, 10) k;

INSERT INTO import_rows (shop_id, import_id, line, verdict)
SELECT i.shop_id, i.id, k, 'new' FROM imports i, generate_series(1, 50) k;

INSERT INTO sandbox_texts (id, shop_id, content)
SELECT m.id, m.shop_id, m.content FROM messages m WHERE m.direction = 'outbound' AND m.status = 'delivered';

INSERT INTO consent_events (shop_id, phone, kind, source)
SELECT c.shop_id, c.phone, 'opt_in', 'staff' FROM customers c;

RESET session_replication_role;
ANALYZE;
