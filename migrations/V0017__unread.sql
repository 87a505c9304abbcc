-- The conversations with texts that nobody has read: every page of the shop says how many texts those are, and must not go
-- through all conversations of the past for it.
CREATE INDEX conversations_unread ON conversations (shop_id) WHERE unread > 0;
