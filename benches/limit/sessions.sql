-- Sessions end by themselves after some hours, so every run begins with new ones: the manager's of each shop.
DELETE FROM sessions;
INSERT INTO sessions (shop_id, user_id, token_hash)
SELECT shop_id, id, sha256(bench.secret_of(shop_id)) FROM users WHERE role = 'shop_manager';
