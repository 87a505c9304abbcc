-- The inspection, its findings and what happened to it. The database holds the workflow as well: a status moves only
-- along the allowed pairs, and findings change only while a mechanic is at the car.

CREATE TABLE inspections (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    vehicle_id UUID NOT NULL,
    shop_id UUID NOT NULL REFERENCES shops(id) ON DELETE CASCADE,
    created_by UUID NOT NULL,
    assigned_to UUID,
    status VARCHAR(50) NOT NULL DEFAULT 'created',
    customer_concerns JSONB NOT NULL DEFAULT '[]',
    started_at TIMESTAMP WITH TIME ZONE,
    completed_at TIMESTAMP WITH TIME ZONE,
    odometer_reading INTEGER,
    internal_notes TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    deleted_at TIMESTAMP WITH TIME ZONE,
    sent_at TIMESTAMP WITH TIME ZONE,
    sent_via VARCHAR(10),
    viewed_at TIMESTAMP WITH TIME ZONE,
    status_changed_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    report_expires_at TIMESTAMP WITH TIME ZONE,
    -- A report read in two years says what it said: the checklist it was made with.
    catalogue_version VARCHAR(20) NOT NULL,
    -- Counts the writes to this inspection's findings; each finding keeps the count of its last change as its version,
    -- so that a version is never given twice, even when a finding was removed and made again.
    findings_version INTEGER NOT NULL DEFAULT 0,
    client_digest BYTEA,
    CONSTRAINT valid_inspection_status CHECK (
        status IN ('created', 'assigned', 'in_progress', 'completed', 'sent')
    ),
    CONSTRAINT inspections_sent_via_is_known CHECK (sent_via IN ('sms', 'link')),
    CONSTRAINT inspections_odometer_is_positive CHECK (odometer_reading >= 0),
    CONSTRAINT inspections_assigned_has_assignee CHECK (status <> 'assigned' OR assigned_to IS NOT NULL),
    CONSTRAINT inspections_shop_id_id_key UNIQUE (shop_id, id),
    CONSTRAINT inspections_vehicle_id_fkey FOREIGN KEY (shop_id, vehicle_id)
        REFERENCES vehicles (shop_id, id) ON DELETE CASCADE,
    CONSTRAINT inspections_created_by_fkey FOREIGN KEY (shop_id, created_by)
        REFERENCES users (shop_id, id) ON DELETE RESTRICT,
    CONSTRAINT inspections_assigned_to_fkey FOREIGN KEY (shop_id, assigned_to)
        REFERENCES users (shop_id, id) ON DELETE SET NULL (assigned_to)
);
CREATE INDEX idx_inspections_vehicle_id ON inspections(vehicle_id) WHERE deleted_at IS NULL;
CREATE INDEX idx_inspections_shop_id ON inspections(shop_id) WHERE deleted_at IS NULL;
CREATE INDEX idx_inspections_assigned_to ON inspections(assigned_to) WHERE deleted_at IS NULL;
CREATE INDEX idx_inspections_status ON inspections(status, shop_id) WHERE deleted_at IS NULL;
CREATE INDEX inspections_by_age ON inspections (shop_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX inspections_by_status ON inspections (shop_id, status, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX inspections_by_vehicle ON inspections (shop_id, vehicle_id, created_at DESC, id DESC);
CREATE INDEX inspections_by_assignee ON inspections (shop_id, assigned_to, created_at DESC, id DESC);
CREATE INDEX inspections_by_creator ON inspections (shop_id, created_by);
CREATE TRIGGER touch BEFORE UPDATE ON inspections FOR EACH ROW EXECUTE FUNCTION courtesy.touch();
CALL courtesy.guard('inspections');
GRANT SELECT, INSERT, UPDATE ON inspections TO courtesy_app;
GRANT SELECT ON inspections TO courtesy_worker;

-- A new inspection waits or is assigned; after that the status moves along these pairs only. CIWAY says so, here and
-- wherever else a row can't go that way. The program asks first, so whoever meets it has found a fault of ours.
CREATE FUNCTION courtesy.hold_workflow() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status NOT IN ('created', 'assigned') THEN
            RAISE EXCEPTION 'an inspection can''t begin as %', NEW.status USING ERRCODE = 'CIWAY';
        END IF;
    ELSIF NEW.status <> OLD.status THEN
        IF (OLD.status, NEW.status) NOT IN (
            ('created', 'assigned'), ('assigned', 'created'), ('created', 'in_progress'), ('assigned', 'in_progress'),
            ('in_progress', 'completed'), ('completed', 'in_progress'), ('completed', 'sent'), ('sent', 'in_progress')
        ) THEN
            RAISE EXCEPTION 'an inspection can''t go from % to %', OLD.status, NEW.status USING ERRCODE = 'CIWAY';
        END IF;
        NEW.status_changed_at := now();
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_workflow BEFORE INSERT OR UPDATE ON inspections
    FOR EACH ROW EXECUTE FUNCTION courtesy.hold_workflow();

CREATE TABLE inspection_items (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    inspection_id UUID NOT NULL,
    category VARCHAR(100) NOT NULL,
    component VARCHAR(200) NOT NULL,
    severity VARCHAR(10) NOT NULL DEFAULT 'green',
    notes TEXT,
    sort_order INTEGER DEFAULT 0,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    shop_id UUID NOT NULL REFERENCES shops(id) ON DELETE CASCADE,
    -- The specified severity can't be NULL and falls back to green, so this flag decides in every query.
    not_applicable BOOLEAN NOT NULL DEFAULT FALSE,
    measurement NUMERIC(8, 2),
    -- What the measurement proposed when it was taken; the mechanic's severity may differ, and that stays visible.
    proposed_severity VARCHAR(10),
    customer_answer VARCHAR(10),
    customer_answered_at TIMESTAMP WITH TIME ZONE,
    rated_by UUID,
    rated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    version INTEGER NOT NULL,
    CONSTRAINT valid_severity CHECK (
        severity IN ('green', 'yellow', 'red')
    ),
    CONSTRAINT inspection_items_proposed_severity_is_known CHECK (proposed_severity IN ('green', 'yellow', 'red')),
    CONSTRAINT inspection_items_answer_is_known CHECK (customer_answer IN ('do_it', 'later', 'call_me')),
    CONSTRAINT inspection_items_not_applicable_is_bare CHECK (
        NOT not_applicable OR (severity = 'green' AND measurement IS NULL AND proposed_severity IS NULL)
    ),
    CONSTRAINT inspection_items_component_key UNIQUE (shop_id, inspection_id, category, component),
    CONSTRAINT inspection_items_inspection_id_fkey FOREIGN KEY (shop_id, inspection_id)
        REFERENCES inspections (shop_id, id) ON DELETE CASCADE,
    CONSTRAINT inspection_items_rated_by_fkey FOREIGN KEY (shop_id, rated_by)
        REFERENCES users (shop_id, id) ON DELETE SET NULL (rated_by)
);
CREATE INDEX idx_inspection_items_inspection_id ON inspection_items(inspection_id);
CREATE INDEX inspection_items_by_rater ON inspection_items (shop_id, rated_by);
CREATE TRIGGER touch BEFORE UPDATE ON inspection_items FOR EACH ROW EXECUTE FUNCTION courtesy.touch();
CALL courtesy.guard('inspection_items');
GRANT SELECT, INSERT, UPDATE, DELETE ON inspection_items TO courtesy_app;
GRANT SELECT ON inspection_items TO courtesy_worker;

-- Findings are made, rated and removed while the inspection is in progress. Under review (completed) the words may
-- still be mended, and a report that is out takes the customer's answers; neither changes a verdict.
CREATE FUNCTION courtesy.hold_findings() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    finding inspection_items := coalesce(NEW, OLD);
    inspection_status text := (SELECT i.status FROM inspections i
                                WHERE i.shop_id = finding.shop_id AND i.id = finding.inspection_id);
BEGIN
    IF inspection_status = 'in_progress' THEN
        RETURN NULL;
    ELSIF TG_OP = 'UPDATE' AND (NEW.severity, NEW.not_applicable, NEW.measurement, NEW.proposed_severity, NEW.category,
                                NEW.component, NEW.inspection_id)
          IS NOT DISTINCT FROM (OLD.severity, OLD.not_applicable, OLD.measurement, OLD.proposed_severity, OLD.category,
                                OLD.component, OLD.inspection_id)
          AND (inspection_status = 'completed' OR NEW.notes IS NOT DISTINCT FROM OLD.notes) THEN
        RETURN NULL;
    -- The inspection itself is gone when its findings are removed along with it.
    ELSIF TG_OP = 'DELETE' AND inspection_status IS NULL THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'findings can''t change while the inspection is %', inspection_status USING ERRCODE = 'CIWAY';
END $$;
-- After, not before: an insert that turns into an update on conflict is judged as the update it is.
CREATE TRIGGER hold_findings AFTER INSERT OR UPDATE OR DELETE ON inspection_items
    FOR EACH ROW EXECUTE FUNCTION courtesy.hold_findings();

-- Who did what when, before and after: never changed, never removed.
CREATE TABLE inspection_events (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    shop_id UUID NOT NULL REFERENCES shops(id) ON DELETE CASCADE,
    inspection_id UUID NOT NULL,
    -- NULL when the customer did it.
    user_id UUID,
    kind VARCHAR(30) NOT NULL,
    before JSONB,
    after JSONB,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT NOW(),
    CONSTRAINT inspection_events_inspection_id_fkey FOREIGN KEY (shop_id, inspection_id)
        REFERENCES inspections (shop_id, id) ON DELETE CASCADE,
    CONSTRAINT inspection_events_user_id_fkey FOREIGN KEY (shop_id, user_id)
        REFERENCES users (shop_id, id) ON DELETE SET NULL (user_id)
);
CREATE INDEX inspection_events_by_inspection ON inspection_events (shop_id, inspection_id, created_at);
-- What is new: by this, not by inspections.updated_at, whose index every tap would drag all the others along with.
CREATE INDEX inspection_events_by_age ON inspection_events (shop_id, created_at);
CREATE INDEX inspection_events_by_user ON inspection_events (shop_id, user_id);
CALL courtesy.guard('inspection_events');
GRANT SELECT, INSERT ON inspection_events TO courtesy_app;
