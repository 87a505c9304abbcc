-- Customers and their cars. Both are deleted softly: inspections and reports stay readable.

CREATE TABLE customers (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    shop_id UUID NOT NULL REFERENCES shops(id) ON DELETE CASCADE,
    first_name VARCHAR(100),
    last_name VARCHAR(100),
    email VARCHAR(255),
    phone VARCHAR(20),
    address JSONB NOT NULL DEFAULT '{}',
    sms_opt_in BOOLEAN NOT NULL DEFAULT TRUE,
    email_opt_in BOOLEAN NOT NULL DEFAULT TRUE,
    status VARCHAR(20) NOT NULL DEFAULT 'active',
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    deleted_at TIMESTAMP WITH TIME ZONE,
    client_digest BYTEA,
    -- What the search box looks through: stored, because no index on an expression is used under row level security.
    search_key TEXT NOT NULL GENERATED ALWAYS AS (
        lower(coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' ' || coalesce(email, '') || ' '
              || coalesce(phone, ''))
    ) STORED,
    CONSTRAINT valid_customer_status CHECK (
        status IN ('active', 'inactive')
    ),
    CONSTRAINT customers_shop_id_id_key UNIQUE (shop_id, id)
);
CREATE INDEX idx_customers_shop_id ON customers(shop_id) WHERE deleted_at IS NULL;
CREATE INDEX idx_customers_phone ON customers(phone) WHERE deleted_at IS NULL;
-- Of those who were deleted too: a STOP holds for everybody who has the phone.
CREATE INDEX customers_by_phone ON customers (shop_id, phone);
CREATE INDEX customers_by_age ON customers (shop_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE TRIGGER touch BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION courtesy.touch();
CALL courtesy.guard('customers');
GRANT SELECT, INSERT, UPDATE ON customers TO courtesy_app;
-- A worker notes a no that the provider reports.
GRANT SELECT, UPDATE (sms_opt_in) ON customers TO courtesy_worker;

CREATE TABLE vehicles (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    customer_id UUID NOT NULL,
    vin VARCHAR(17),
    make VARCHAR(50),
    model VARCHAR(50),
    year INTEGER,
    mileage INTEGER,
    license_plate VARCHAR(20),
    color VARCHAR(50),
    status VARCHAR(20) NOT NULL DEFAULT 'active',
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    deleted_at TIMESTAMP WITH TIME ZONE,
    shop_id UUID NOT NULL REFERENCES shops(id) ON DELETE CASCADE,
    powertrain VARCHAR(20) NOT NULL DEFAULT 'combustion',
    client_digest BYTEA,
    -- The plate as it is compared: upper-case, without spaces, dashes and dots. Written by the program, whose search box
    -- has to make the same of what is typed.
    plate_key TEXT,
    search_key TEXT NOT NULL GENERATED ALWAYS AS (
        lower(coalesce(year::text, '') || ' ' || coalesce(make, '') || ' ' || coalesce(model, '') || ' '
              || coalesce(vin, ''))
    ) STORED,
    CONSTRAINT valid_year CHECK (year >= 1900 AND year <= EXTRACT(YEAR FROM NOW()) + 2),
    CONSTRAINT valid_vehicle_status CHECK (
        status IN ('active', 'inactive')
    ),
    CONSTRAINT vehicles_powertrain_is_known CHECK (powertrain IN ('combustion', 'hybrid', 'electric')),
    CONSTRAINT vehicles_mileage_is_positive CHECK (mileage >= 0),
    CONSTRAINT vehicles_shop_id_id_key UNIQUE (shop_id, id),
    CONSTRAINT vehicles_customer_id_fkey FOREIGN KEY (shop_id, customer_id)
        REFERENCES customers (shop_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_vehicles_customer_id ON vehicles(customer_id) WHERE deleted_at IS NULL;
CREATE INDEX vehicles_by_customer ON vehicles (shop_id, customer_id, created_at DESC, id DESC);
CREATE INDEX vehicles_by_age ON vehicles (shop_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX vehicles_by_vin ON vehicles (shop_id, vin) WHERE deleted_at IS NULL;
CREATE INDEX vehicles_by_plate ON vehicles (shop_id, plate_key) WHERE deleted_at IS NULL;
CREATE TRIGGER touch BEFORE UPDATE ON vehicles FOR EACH ROW EXECUTE FUNCTION courtesy.touch();
CALL courtesy.guard('vehicles');
GRANT SELECT, INSERT, UPDATE ON vehicles TO courtesy_app;
GRANT SELECT ON vehicles TO courtesy_worker;
