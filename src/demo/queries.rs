//! Statements that write the demo shop, in the name of the schema's owner: once, all or nothing. Rows come as JSON,
//! and moments in them as intervals before now.

use serde_json::Value;
use tokio_postgres::types::Json;
use tokio_postgres::{Error, Transaction};

use super::people::{SHOP_NAME, SHOP_PHONE, shop_address, shop_settings};
use super::story::Story;
use crate::auth::token::LinkToken;
use crate::ids::{LinkId, ShopId};

/// Which shops there are.
pub(super) struct Presence {
    pub(super) is_empty: bool,
    pub(super) has_demo: bool,
}

/// Looks which shops there are, and lets nobody sign up until the transaction ends.
pub(super) async fn look(transaction: &Transaction<'_>, demo: ShopId) -> Result<Presence, Error> {
    transaction.batch_execute("LOCK TABLE shops IN SHARE ROW EXCLUSIVE MODE").await?;
    let row = transaction
        .query_one(
            "SELECT NOT EXISTS (SELECT FROM shops) AS is_empty,
                    EXISTS (SELECT FROM shops WHERE id = $1 AND deleted_at IS NULL) AS has_demo",
            &[&demo],
        )
        .await?;
    Ok(Presence { is_empty: row.try_get("is_empty")?, has_demo: row.try_get("has_demo")? })
}

/// Makes another link to the report that was sent last; none where none is out. It opens as long as any: 90 days.
pub(super) async fn link_last_report(
    transaction: &Transaction<'_>,
    shop: ShopId,
    token: &LinkToken,
) -> Result<bool, Error> {
    let made = transaction
        .execute(
            "WITH last AS (
                 SELECT id FROM inspections WHERE shop_id = $1 AND status = 'sent' AND deleted_at IS NULL
                  ORDER BY sent_at DESC LIMIT 1),
             link AS (
                 INSERT INTO report_links (shop_id, id, inspection_id, token_hash, expires_at)
                 SELECT $1, $2, last.id, $3, now() + interval '90 days' FROM last
                 RETURNING inspection_id, expires_at)
             UPDATE inspections i SET report_expires_at = link.expires_at
               FROM link WHERE i.shop_id = $1 AND i.id = link.inspection_id",
            &[&shop, &LinkId::new(), &token.hash().0.as_slice()],
        )
        .await?;
    Ok(made > 0)
}

/// Writes the whole shop. Everybody has the password with this hash.
pub(super) async fn write(
    transaction: &Transaction<'_>,
    shop: ShopId,
    (story, photos): (&Story, &[Value]),
    password_hash: &str,
) -> Result<(), Error> {
    transaction
        .execute(
            "INSERT INTO shops (id, name, address, phone, sms_number, settings, subscription_tier, created_at)
             VALUES ($1, $2, $3, $4, $4, $5, 'professional', now() - interval '1825 days')",
            &[&shop, &SHOP_NAME, &Json(shop_address()), &SHOP_PHONE, &Json(shop_settings())],
        )
        .await?;
    transaction.execute(INSERT_USERS, &[&shop, &Json(&story.users), &password_hash]).await?;
    let steps: [(&str, &[Value]); 16] = [
        (INSERT_CUSTOMERS, &story.customers),
        (INSERT_VEHICLES, &story.vehicles),
        (INSERT_INSPECTIONS, &story.inspections),
        (START_INSPECTIONS, &story.inspections),
        (INSERT_FINDINGS, &story.findings),
        (INSERT_PHOTOS, photos),
        (COMPLETE_INSPECTIONS, &story.inspections),
        (SEND_INSPECTIONS, &story.inspections),
        (SEND_BACK_INSPECTIONS, &story.inspections),
        (SETTLE_INSPECTIONS, &story.inspections),
        (INSERT_EVENTS, &story.events),
        (INSERT_LINKS, &story.links),
        (INSERT_CONVERSATIONS, &story.conversations),
        (INSERT_MESSAGES, &story.messages),
        (PUT_ON_PHONES, &story.messages),
        (INSERT_CONSENTS, &story.consents),
    ];
    for (statement, rows) in steps {
        transaction.execute(statement, &[&shop, &Json(rows)]).await?;
    }
    transaction.execute(NOTE_STOPS, &[&shop]).await?;
    // PostgreSQL would do it within some minutes; until then it takes a table of a thousand rows for an empty one.
    transaction.batch_execute(ANALYZE).await
}

const ANALYZE: &str = "ANALYZE customers, vehicles, inspections, inspection_items, inspection_photos, inspection_events, conversations, messages";

const INSERT_USERS: &str = "
    INSERT INTO users (shop_id, id, email, password_hash, role, first_name, last_name, phone, created_at)
    SELECT $1, t.id, t.email, $3, t.role, t.first_name, t.last_name, t.phone, now() - t.created
      FROM jsonb_to_recordset($2) AS t (id uuid, email text, role text, first_name text, last_name text, phone text,
                                        created interval)";

const INSERT_CUSTOMERS: &str = "
    INSERT INTO customers (shop_id, id, first_name, last_name, phone, email, created_at)
    SELECT $1, t.id, t.first_name, t.last_name, t.phone, t.email, now() - t.created
      FROM jsonb_to_recordset($2) AS t (id uuid, first_name text, last_name text, phone text, email text,
                                        created interval)";

const INSERT_VEHICLES: &str = "
    INSERT INTO vehicles (shop_id, id, customer_id, vin, make, model, year, mileage, license_plate, plate_key, color,
                          powertrain, created_at)
    SELECT $1, t.id, t.customer_id, t.vin, t.make, t.model, t.year, t.mileage, t.license_plate, t.plate_key, t.color,
           t.powertrain, now() - t.created
      FROM jsonb_to_recordset($2) AS t (id uuid, customer_id uuid, vin text, make text, model text, year int,
                                        mileage int, license_plate text, plate_key text, color text,
                                        powertrain text, created interval)";

/// They begin waiting or assigned and are moved along, because the database refuses anything else.
const INSERT_INSPECTIONS: &str = "
    INSERT INTO inspections (shop_id, id, vehicle_id, created_by, assigned_to, status, customer_concerns,
                             internal_notes, odometer_reading, catalogue_version, findings_version, created_at)
    SELECT $1, t.id, t.vehicle_id, t.created_by, t.assigned_to,
           CASE WHEN t.assigned_to IS NULL THEN 'created' ELSE 'assigned' END, t.customer_concerns, t.internal_notes,
           t.odometer_reading, t.catalogue_version, t.findings_version, now() - t.created
      FROM jsonb_to_recordset($2) AS t (id uuid, vehicle_id uuid, created_by uuid, assigned_to uuid,
                                        customer_concerns jsonb, internal_notes text, odometer_reading int,
                                        catalogue_version text, findings_version int, created interval)";

const START_INSPECTIONS: &str = "
    UPDATE inspections i SET status = 'in_progress', started_at = now() - t.started
      FROM jsonb_to_recordset($2) AS t (id uuid, started interval)
     WHERE i.shop_id = $1 AND i.id = t.id AND t.started IS NOT NULL";

const COMPLETE_INSPECTIONS: &str = "
    UPDATE inspections i SET status = 'completed', completed_at = now() - t.completed
      FROM jsonb_to_recordset($2) AS t (id uuid, completed interval)
     WHERE i.shop_id = $1 AND i.id = t.id AND t.completed IS NOT NULL";

const SEND_INSPECTIONS: &str = "
    UPDATE inspections i
       SET status = 'sent', sent_at = now() - t.sent, sent_via = t.sent_via, viewed_at = now() - t.viewed,
           report_expires_at = now() - t.sent + interval '90 days'
      FROM jsonb_to_recordset($2) AS t (id uuid, sent interval, sent_via text, viewed interval)
     WHERE i.shop_id = $1 AND i.id = t.id AND t.sent IS NOT NULL";

const SEND_BACK_INSPECTIONS: &str = "
    UPDATE inspections i SET status = 'in_progress'
      FROM jsonb_to_recordset($2) AS t (id uuid, sent_back interval)
     WHERE i.shop_id = $1 AND i.id = t.id AND t.sent_back IS NOT NULL";

/// The steps above were all taken just now; this says since when each has really been where it is.
const SETTLE_INSPECTIONS: &str = "
    UPDATE inspections i SET status_changed_at = now() - t.since
      FROM jsonb_to_recordset($2) AS t (id uuid, since interval)
     WHERE i.shop_id = $1 AND i.id = t.id";

const INSERT_FINDINGS: &str = "
    INSERT INTO inspection_items (shop_id, id, inspection_id, category, component, severity, not_applicable,
                                  measurement, proposed_severity, notes, sort_order, version, rated_by, rated_at,
                                  created_at, customer_answer, customer_answered_at)
    SELECT $1, t.id, t.inspection_id, t.category, t.component, coalesce(t.severity, 'green'), t.severity IS NULL,
           t.measurement, t.proposed_severity, t.notes, t.sort_order, t.version, t.rated_by, now() - t.rated,
           now() - t.rated, t.customer_answer, now() - t.answered
      FROM jsonb_to_recordset($2) AS t (id uuid, inspection_id uuid, category text, component text, severity text,
                                        measurement numeric, proposed_severity text, notes text, sort_order int,
                                        version int, rated_by uuid, rated interval, customer_answer text,
                                        answered interval)";

const INSERT_PHOTOS: &str = "
    INSERT INTO inspection_photos (shop_id, id, inspection_id, category, component, position, width, height, size, digest,
                                   uploaded_by, created_at)
    SELECT $1, t.id, t.inspection_id, t.category, t.component, t.place, t.width, t.height, t.size,
           decode(t.digest, 'base64'), t.uploaded_by, now() - t.taken
      FROM ROWS FROM (jsonb_to_recordset($2) AS (id uuid, inspection_id uuid, category text, component text, width int,
                                                 height int, size int, digest text, uploaded_by uuid, taken interval))
           WITH ORDINALITY AS t (id, inspection_id, category, component, width, height, size, digest, uploaded_by, taken,
                                 place)";

const INSERT_EVENTS: &str = "
    INSERT INTO inspection_events (shop_id, inspection_id, user_id, kind, before, after, created_at)
    SELECT $1, t.inspection_id, t.user_id, t.kind, t.before, t.after, now() - t.at
      FROM jsonb_to_recordset($2) AS t (inspection_id uuid, user_id uuid, kind text, before jsonb, after jsonb,
                                        at interval)";

const INSERT_LINKS: &str = "
    INSERT INTO report_links (shop_id, id, inspection_id, token_hash, created_by, created_at, expires_at)
    SELECT $1, t.id, t.inspection_id, decode(t.token_hash, 'base64'), t.created_by, now() - t.created,
           now() - t.created + interval '90 days'
      FROM jsonb_to_recordset($2) AS t (id uuid, inspection_id uuid, token_hash text, created_by uuid,
                                        created interval)";

const INSERT_CONVERSATIONS: &str = "
    INSERT INTO conversations (shop_id, id, customer_id, status, unread, created_at, last_message_at)
    SELECT $1, t.id, t.customer_id, t.status, t.unread, now() - t.created, now() - t.last_message
      FROM jsonb_to_recordset($2) AS t (id uuid, customer_id uuid, status text, unread int, created interval,
                                        last_message interval)";

/// None of them waits for the outbox.
const INSERT_MESSAGES: &str = "
    INSERT INTO messages (shop_id, id, conversation_id, customer_id, user_id, direction, phone_number, shop_number,
                          content, segments, provider, provider_message_id, status, error_code, inspection_id,
                          created_at, sent_at, delivered_at)
    SELECT $1, t.id, t.conversation_id, t.customer_id, t.user_id, t.direction, t.phone_number, t.shop_number,
           t.content, t.segments, t.provider, t.provider_message_id, t.status, t.error_code, t.inspection_id,
           now() - t.created, now() - t.sent, now() - t.delivered
      FROM jsonb_to_recordset($2) AS t (id uuid, conversation_id uuid, customer_id uuid, user_id uuid, direction text,
                                        phone_number text, shop_number text, content text, segments int,
                                        provider text, provider_message_id text, status text, error_code text, inspection_id uuid,
                                        created interval, sent interval, delivered interval)";

/// What the customers' phones show in the sandbox: every text of ours that arrived, whole.
const PUT_ON_PHONES: &str = "
    INSERT INTO sandbox_texts (shop_id, id, content, created_at)
    SELECT $1, t.id, t.on_phone, now() - t.created
      FROM jsonb_to_recordset($2) AS t (id uuid, on_phone text, created interval)
     WHERE t.on_phone IS NOT NULL";

const INSERT_CONSENTS: &str = "
    INSERT INTO consent_events (shop_id, phone, kind, source, message_id, created_at)
    SELECT $1, t.phone, t.kind, 'keyword', t.message_id, now() - t.at
      FROM jsonb_to_recordset($2) AS t (phone text, kind text, message_id uuid, at interval)";

/// The customers' rows follow the last word of their phone.
const NOTE_STOPS: &str = "
    UPDATE customers SET sms_opt_in = false WHERE shop_id = $1 AND courtesy.has_opted_out($1, phone)";
