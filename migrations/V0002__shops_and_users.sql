-- Shops and the people who work there.

-- In the sandbox a shop without a number of its own texts from an invented one; it has to be a shop's alone, so that
-- answers find their way back.
CREATE SEQUENCE courtesy.sandbox_lines MINVALUE 1 MAXVALUE 9999999;

CREATE TABLE shops (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    name VARCHAR(255) NOT NULL,
    address JSONB NOT NULL DEFAULT '{}',
    phone VARCHAR(20),
    email VARCHAR(255),
    subscription_tier VARCHAR(50) NOT NULL DEFAULT 'starter',
    subscription_status VARCHAR(20) NOT NULL DEFAULT 'active',
    settings JSONB NOT NULL DEFAULT '{}',
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    deleted_at TIMESTAMP WITH TIME ZONE,
    -- The number that customers text, E.164; one shop each, because inbound texts find the shop by it.
    sms_number VARCHAR(20),
    sandbox_number VARCHAR(20) NOT NULL
        DEFAULT '+1555' || lpad(nextval('courtesy.sandbox_lines')::text, 7, '0'),
    -- What the client sent when it made this row: tells a repeated create from another one with the same id.
    client_digest BYTEA,
    CONSTRAINT valid_subscription_tier CHECK (
        subscription_tier IN ('starter', 'professional', 'business')
    ),
    CONSTRAINT valid_subscription_status CHECK (
        subscription_status IN ('active', 'inactive')
    ),
    CONSTRAINT shops_sms_number_key UNIQUE (sms_number),
    CONSTRAINT shops_sandbox_number_key UNIQUE (sandbox_number)
);
CREATE TRIGGER touch BEFORE UPDATE ON shops FOR EACH ROW EXECUTE FUNCTION courtesy.touch();
CALL courtesy.guard('shops', 'id');
CALL courtesy.open_to_doors('shops');
GRANT SELECT, UPDATE (name, address, phone, email, settings, sms_number) ON shops TO courtesy_app;
GRANT SELECT ON shops TO courtesy_worker;
GRANT SELECT, INSERT, UPDATE ON shops TO courtesy_door;
GRANT USAGE ON SEQUENCE courtesy.sandbox_lines TO courtesy_door;
GRANT SELECT ON SEQUENCE courtesy.sandbox_lines TO courtesy_backup;

CREATE TABLE users (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    shop_id UUID NOT NULL REFERENCES shops(id) ON DELETE CASCADE,
    email VARCHAR(255) NOT NULL,
    password_hash VARCHAR(255) NOT NULL,
    role VARCHAR(50) NOT NULL DEFAULT 'mechanic',
    first_name VARCHAR(100),
    last_name VARCHAR(100),
    phone VARCHAR(20),
    status VARCHAR(20) NOT NULL DEFAULT 'active',
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    deleted_at TIMESTAMP WITH TIME ZONE,
    client_digest BYTEA,
    CONSTRAINT valid_role CHECK (
        role IN ('shop_manager', 'mechanic')
    ),
    CONSTRAINT valid_status CHECK (
        status IN ('active', 'inactive')
    ),
    CONSTRAINT users_email_is_lower_case CHECK (email = lower(email)),
    CONSTRAINT users_shop_id_id_key UNIQUE (shop_id, id)
);
-- Only among those who are still there, so that somebody who left can be hired again.
CREATE UNIQUE INDEX users_email_key ON users (email) WHERE deleted_at IS NULL;
CREATE INDEX idx_users_shop_id ON users(shop_id) WHERE deleted_at IS NULL;
CREATE INDEX idx_users_email ON users(email) WHERE deleted_at IS NULL;
CREATE INDEX users_by_age ON users (shop_id, created_at DESC, id DESC);
CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION courtesy.touch();
CALL courtesy.guard('users');
CALL courtesy.open_to_doors('users');
-- Password hashes are read, and roles, states and addresses changed, through doors only.
GRANT SELECT (id, shop_id, email, role, first_name, last_name, phone, status, created_at, updated_at, deleted_at,
              client_digest),
      UPDATE (first_name, last_name, phone) ON users TO courtesy_app;
GRANT SELECT (id, shop_id, role, status, deleted_at) ON users TO courtesy_worker;
GRANT SELECT, INSERT, UPDATE ON users TO courtesy_door;
