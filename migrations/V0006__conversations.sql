-- Texting: one conversation a customer, its messages (which are the outbox too), and who may be texted at all.

CREATE TABLE conversations (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    customer_id UUID NOT NULL,
    shop_id UUID NOT NULL REFERENCES shops(id) ON DELETE CASCADE,
    subject VARCHAR(500),
    status VARCHAR(20) NOT NULL DEFAULT 'active',
    last_message_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    -- Texts from the customer that nobody in the shop has read yet.
    unread INTEGER NOT NULL DEFAULT 0,
    -- What the list is sorted by: the last message, or the beginning where there is none yet.
    active_at TIMESTAMP WITH TIME ZONE NOT NULL GENERATED ALWAYS AS (coalesce(last_message_at, created_at)) STORED,
    CONSTRAINT valid_conversation_status CHECK (
        status IN ('active', 'closed')
    ),
    CONSTRAINT conversations_shop_id_id_customer_id_key UNIQUE (shop_id, id, customer_id),
    CONSTRAINT conversations_customer_id_fkey FOREIGN KEY (shop_id, customer_id)
        REFERENCES customers (shop_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX conversations_one_active ON conversations (shop_id, customer_id) WHERE status = 'active';
CREATE INDEX idx_conversations_customer_id ON conversations(customer_id);
CREATE INDEX idx_conversations_shop_id ON conversations(shop_id);
CREATE INDEX conversations_by_activity ON conversations (shop_id, active_at DESC, id DESC);
CREATE INDEX conversations_by_customer ON conversations (shop_id, customer_id);
CREATE INDEX conversations_by_change ON conversations (shop_id, updated_at);
CREATE TRIGGER touch BEFORE UPDATE ON conversations FOR EACH ROW EXECUTE FUNCTION courtesy.touch();
CALL courtesy.guard('conversations');
GRANT SELECT, INSERT, UPDATE ON conversations TO courtesy_app;
GRANT SELECT ON conversations TO courtesy_worker;

CREATE TABLE messages (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    conversation_id UUID NOT NULL,
    customer_id UUID NOT NULL,
    shop_id UUID NOT NULL REFERENCES shops(id) ON DELETE CASCADE,
    user_id UUID,
    direction VARCHAR(20) NOT NULL,
    type VARCHAR(20) NOT NULL DEFAULT 'sms',
    phone_number VARCHAR(20),
    content TEXT NOT NULL,
    provider VARCHAR(50),
    provider_message_id VARCHAR(255),
    status VARCHAR(20) NOT NULL DEFAULT 'pending',
    sent_at TIMESTAMP WITH TIME ZONE,
    delivered_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    -- The shop's number on the other end: what a text in doubt is looked up by.
    shop_number VARCHAR(20),
    -- The report whose link this text carries, and the part of its content that is masked once delivery is final.
    inspection_id UUID,
    link_token VARCHAR(64),
    retry_of UUID,
    -- In how many segments it went out: what it says is shorter once its link is masked.
    segments INTEGER NOT NULL DEFAULT 0,
    client_digest BYTEA,
    -- The outbox: pending without a provider's id. Sending is with a live lease; in doubt is started, with an outcome
    -- that is not known to be 'not_sent'. What the provider has taken but not sent yet is pending with its id.
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    expires_at TIMESTAMP WITH TIME ZONE,
    lease_token UUID,
    lease_until TIMESTAMP WITH TIME ZONE,
    attempt_started_at TIMESTAMP WITH TIME ZONE,
    attempt_outcome VARCHAR(20),
    error_code VARCHAR(40),
    -- When what staff sees of it last changed.
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    CONSTRAINT valid_direction CHECK (
        direction IN ('inbound', 'outbound')
    ),
    CONSTRAINT valid_type CHECK (
        type IN ('sms')
    ),
    CONSTRAINT valid_status CHECK (
        status IN ('pending', 'sent', 'delivered', 'failed')
    ),
    -- The column's default would queue a customer's text to be sent back.
    CONSTRAINT messages_inbound_is_delivered CHECK (direction = 'outbound' OR status = 'delivered'),
    CONSTRAINT messages_outbound_has_phone CHECK (direction = 'inbound' OR phone_number IS NOT NULL),
    CONSTRAINT messages_outcome_is_known CHECK (attempt_outcome IN ('not_sent', 'in_doubt')),
    CONSTRAINT messages_shop_id_id_key UNIQUE (shop_id, id),
    CONSTRAINT messages_provider_message_id_key UNIQUE (shop_id, provider, provider_message_id),
    CONSTRAINT messages_retry_of_key UNIQUE (shop_id, retry_of),
    CONSTRAINT messages_conversation_id_fkey FOREIGN KEY (shop_id, conversation_id, customer_id)
        REFERENCES conversations (shop_id, id, customer_id) ON DELETE CASCADE,
    CONSTRAINT messages_customer_id_fkey FOREIGN KEY (shop_id, customer_id)
        REFERENCES customers (shop_id, id) ON DELETE CASCADE,
    CONSTRAINT messages_user_id_fkey FOREIGN KEY (shop_id, user_id)
        REFERENCES users (shop_id, id) ON DELETE SET NULL (user_id),
    CONSTRAINT messages_inspection_id_fkey FOREIGN KEY (shop_id, inspection_id)
        REFERENCES inspections (shop_id, id) ON DELETE SET NULL (inspection_id),
    CONSTRAINT messages_retry_of_fkey FOREIGN KEY (shop_id, retry_of)
        REFERENCES messages (shop_id, id) ON DELETE SET NULL (retry_of)
);
CREATE INDEX idx_messages_conversation_id ON messages(conversation_id, created_at);
CREATE INDEX idx_messages_customer_id ON messages(customer_id);
CREATE INDEX messages_by_conversation ON messages (shop_id, conversation_id, created_at DESC, id DESC);
CREATE INDEX messages_by_customer ON messages (shop_id, customer_id);
CREATE INDEX messages_by_user ON messages (shop_id, user_id);
CREATE INDEX messages_by_inspection ON messages (shop_id, inspection_id);
CREATE INDEX messages_by_phone ON messages (shop_id, phone_number, created_at DESC, id DESC);
CREATE INDEX messages_by_change ON messages (shop_id, updated_at);
CREATE INDEX messages_due ON messages (next_attempt_at) WHERE status = 'pending' AND provider_message_id IS NULL;
CREATE INDEX messages_due_by_shop ON messages (shop_id, phone_number, created_at, id)
    WHERE status = 'pending' AND provider_message_id IS NULL;
-- A worker's lease on a text is nothing that anybody sees.
CREATE TRIGGER touch BEFORE UPDATE ON messages FOR EACH ROW
    WHEN ((OLD.status, OLD.content, OLD.error_code) IS DISTINCT FROM (NEW.status, NEW.content, NEW.error_code))
    EXECUTE FUNCTION courtesy.touch();
CALL courtesy.guard('messages');
CALL courtesy.open_to_doors('messages');
GRANT SELECT, INSERT ON messages TO courtesy_app;
GRANT UPDATE (status, sent_at, delivered_at, error_code, content, link_token, provider_message_id) ON messages
    TO courtesy_app;
GRANT SELECT, UPDATE ON messages TO courtesy_worker;
GRANT SELECT (id, shop_id, phone_number, status, provider_message_id, created_at, next_attempt_at, lease_until)
    ON messages TO courtesy_door;

-- Delivery only ever becomes more final: pending, sent, failed, delivered. Statements leave a late or repeated word of
-- the provider, or of a worker that was thought dead, aside; one that forgets to is refused here.
CREATE FUNCTION courtesy.hold_delivery() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ranks text[] := ARRAY['pending', 'sent', 'failed', 'delivered'];
BEGIN
    IF array_position(ranks, NEW.status::text) < array_position(ranks, OLD.status::text) THEN
        RAISE EXCEPTION 'a text can''t go from % back to %', OLD.status, NEW.status USING ERRCODE = 'CIWAY';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_delivery BEFORE UPDATE OF status ON messages
    FOR EACH ROW EXECUTE FUNCTION courtesy.hold_delivery();

-- The shops that have a text due, those that wait longest first. A text waits for the one before it to the same number,
-- so that texts arrive in order; a shop with nothing else must not take the turn of one with something to send.
CREATE FUNCTION courtesy.shops_with_due_texts(most INTEGER) RETURNS SETOF uuid
    LANGUAGE sql STABLE AS $$
    SELECT m.shop_id FROM messages m
     WHERE m.status = 'pending' AND m.provider_message_id IS NULL
       AND m.next_attempt_at <= now() AND (m.lease_until IS NULL OR m.lease_until < now())
       AND NOT EXISTS (SELECT FROM messages o
                        WHERE o.shop_id = m.shop_id AND o.phone_number = m.phone_number
                          AND o.status = 'pending' AND o.provider_message_id IS NULL
                          AND (o.created_at, o.id) < (m.created_at, m.id))
     GROUP BY m.shop_id ORDER BY min(m.next_attempt_at) LIMIT most
$$;
CALL courtesy.make_door('courtesy.shops_with_due_texts(integer)', 'courtesy_worker');

-- What waits in the outbox, of all shops together, and for how many seconds the oldest: for whoever watches over it.
CREATE FUNCTION courtesy.waiting_texts(OUT texts BIGINT, OUT oldest DOUBLE PRECISION)
    LANGUAGE sql STABLE AS $$
    SELECT count(*), coalesce(extract(epoch FROM now() - min(m.created_at)), 0)::double precision
      FROM messages m WHERE m.status = 'pending' AND m.provider_message_id IS NULL
$$;
CALL courtesy.make_door('courtesy.waiting_texts()', 'courtesy_worker');

-- What the customers' phones show in the sandbox, where nothing leaves this server: the texts as they were handed over,
-- whole, because the queue masks a report's link once it has arrived. The id is the message's: handed over twice, a text
-- is there once.
CREATE TABLE sandbox_texts (
    id UUID PRIMARY KEY,
    shop_id UUID NOT NULL REFERENCES shops(id) ON DELETE CASCADE,
    content TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    CONSTRAINT sandbox_texts_message_fkey FOREIGN KEY (shop_id, id) REFERENCES messages (shop_id, id) ON DELETE CASCADE
);
CREATE INDEX sandbox_texts_by_message ON sandbox_texts (shop_id, id);
CALL courtesy.guard('sandbox_texts');
GRANT SELECT ON sandbox_texts TO courtesy_app;
GRANT SELECT, INSERT ON sandbox_texts TO courtesy_worker;

-- Whose number was texted. Invented numbers go first: a manager could enter the one of another shop as their own.
CREATE FUNCTION courtesy.find_shop_by_number(texted TEXT) RETURNS SETOF uuid
    LANGUAGE sql STABLE AS $$
    SELECT s.id FROM shops s
     WHERE (s.sms_number = texted OR s.sandbox_number = texted) AND s.deleted_at IS NULL
     ORDER BY s.sandbox_number = texted DESC LIMIT 1
$$;
CALL courtesy.make_door('courtesy.find_shop_by_number(text)', 'courtesy_app');

-- Every yes and no to being texted, per shop and phone, for good.
CREATE TABLE consent_events (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    shop_id UUID NOT NULL REFERENCES shops(id) ON DELETE CASCADE,
    phone VARCHAR(20) NOT NULL,
    kind VARCHAR(10) NOT NULL,
    -- How: the customer's own word, somebody of the shop, or the provider's refusal.
    source VARCHAR(10) NOT NULL,
    user_id UUID,
    message_id UUID,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT consent_events_kind_is_known CHECK (kind IN ('opt_in', 'opt_out')),
    CONSTRAINT consent_events_source_is_known CHECK (source IN ('keyword', 'staff', 'provider')),
    CONSTRAINT consent_events_user_id_fkey FOREIGN KEY (shop_id, user_id)
        REFERENCES users (shop_id, id) ON DELETE SET NULL (user_id),
    CONSTRAINT consent_events_message_id_fkey FOREIGN KEY (shop_id, message_id)
        REFERENCES messages (shop_id, id) ON DELETE SET NULL (message_id)
);
CREATE INDEX consent_events_by_phone ON consent_events (shop_id, phone, created_at DESC);
CREATE INDEX consent_events_by_user ON consent_events (shop_id, user_id);
CREATE INDEX consent_events_by_message ON consent_events (shop_id, message_id);
CALL courtesy.guard('consent_events');
GRANT SELECT, INSERT ON consent_events TO courtesy_app, courtesy_worker;

-- Whether the last word for this phone is a no. Without any word the customer's own preference decides.
CREATE FUNCTION courtesy.has_opted_out(of_shop UUID, of_phone TEXT) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce((SELECT c.kind = 'opt_out' FROM consent_events c
                      WHERE c.shop_id = of_shop AND c.phone = of_phone
                      ORDER BY c.created_at DESC, c.id DESC LIMIT 1), false)
$$;
GRANT EXECUTE ON FUNCTION courtesy.has_opted_out(uuid, text) TO courtesy_app, courtesy_worker;

-- Whether the shop has texted this phone before, to whomever it belonged: the first text to a number says who writes and
-- how to stop. One that failed was not read.
CREATE FUNCTION courtesy.was_texted(of_shop UUID, of_phone TEXT) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM messages m
                    WHERE m.shop_id = of_shop AND m.phone_number = of_phone
                      AND m.direction = 'outbound' AND m.status <> 'failed')
$$;
GRANT EXECUTE ON FUNCTION courtesy.was_texted(uuid, text) TO courtesy_app;
