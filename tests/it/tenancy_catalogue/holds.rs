//! What the database itself holds a row to: its triggers, its checks, and what may be there only once. As with the rights,
//! what is there and does not stand here is a fault, and so is what stands here and is gone or weaker.

use std::collections::BTreeSet;

use tokio_postgres::Client;

const TRIGGERS: &str = "
CREATE TRIGGER hold_delivery BEFORE UPDATE OF status ON public.messages FOR EACH ROW EXECUTE FUNCTION courtesy.hold_delivery()
CREATE TRIGGER hold_findings AFTER INSERT OR DELETE OR UPDATE ON public.inspection_items FOR EACH ROW EXECUTE FUNCTION courtesy.hold_findings()
CREATE TRIGGER hold_photos AFTER INSERT OR UPDATE OF caption, deleted_at ON public.inspection_photos FOR EACH ROW EXECUTE FUNCTION courtesy.hold_photos()
CREATE TRIGGER hold_workflow BEFORE INSERT OR UPDATE ON public.inspections FOR EACH ROW EXECUTE FUNCTION courtesy.hold_workflow()
CREATE TRIGGER keep_pictures AFTER INSERT OR UPDATE OF state ON public.message_media FOR EACH ROW EXECUTE FUNCTION courtesy.keep_pictures()
CREATE TRIGGER keep_ratings_of_changed AFTER UPDATE ON public.inspection_items REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION courtesy.keep_ratings()
CREATE TRIGGER keep_ratings_of_changed AFTER UPDATE ON public.inspection_photos REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION courtesy.keep_ratings()
CREATE TRIGGER keep_ratings_of_new AFTER INSERT ON public.inspection_photos REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION courtesy.keep_ratings()
CREATE TRIGGER keep_ratings_of_new AFTER INSERT ON public.inspection_items REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION courtesy.keep_ratings()
CREATE TRIGGER keep_ratings_of_removed AFTER DELETE ON public.inspection_items REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION courtesy.keep_ratings()
CREATE TRIGGER touch BEFORE UPDATE ON public.conversations FOR EACH ROW EXECUTE FUNCTION courtesy.touch()
CREATE TRIGGER touch BEFORE UPDATE ON public.customers FOR EACH ROW EXECUTE FUNCTION courtesy.touch()
CREATE TRIGGER touch BEFORE UPDATE ON public.inspection_items FOR EACH ROW EXECUTE FUNCTION courtesy.touch()
CREATE TRIGGER touch BEFORE UPDATE ON public.inspections FOR EACH ROW WHEN NOT new.ratings IS DISTINCT FROM old.ratings EXECUTE FUNCTION courtesy.touch
CREATE TRIGGER touch BEFORE UPDATE ON public.messages FOR EACH ROW WHEN old.status IS DISTINCT FROM new.status OR old.content IS DISTINCT FROM new.content OR old.error_code IS DISTINCT FROM new.error_code OR old.pictures IS DISTINCT FROM new.pictures EXECUTE FUNCTION courtesy.touch
CREATE TRIGGER touch BEFORE UPDATE ON public.shops FOR EACH ROW EXECUTE FUNCTION courtesy.touch()
CREATE TRIGGER touch BEFORE UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION courtesy.touch()
CREATE TRIGGER touch BEFORE UPDATE ON public.vehicles FOR EACH ROW EXECUTE FUNCTION courtesy.touch()
";

const CHECKS: &str = "
consent_events consent_events_kind_is_known CHECK kind = ANY ARRAY['opt_in', 'opt_out']
consent_events consent_events_source_is_known CHECK source = ANY ARRAY['keyword', 'staff', 'provider']
conversations valid_conversation_status CHECK status = ANY ARRAY['active', 'closed']
customers valid_customer_status CHECK status = ANY ARRAY['active', 'inactive']
import_rows import_rows_verdict_is_known CHECK verdict = ANY ARRAY['new', 'changed', 'unchanged', 'wrong']
imports imports_kind_is_known CHECK kind = ANY ARRAY['customers', 'vehicles']
inspection_items inspection_items_answer_is_known CHECK customer_answer = ANY ARRAY['do_it', 'later', 'call_me']
inspection_items inspection_items_not_applicable_is_bare CHECK NOT not_applicable OR severity = 'green' AND measurement IS NULL AND proposed_severity IS NULL
inspection_items inspection_items_proposed_severity_is_known CHECK proposed_severity = ANY ARRAY['green', 'yellow', 'red']
inspection_items valid_severity CHECK severity = ANY ARRAY['green', 'yellow', 'red']
inspection_photos inspection_photos_digest_is_sha256 CHECK octet_lengthdigest = 32
inspection_photos inspection_photos_have_a_size CHECK width > 0 AND height > 0 AND size > 0
inspection_photos inspection_photos_kind_is_known CHECK kind = ANY ARRAY['front', 'rear', 'left', 'right', 'vin', 'odometer', 'damage', 'other']
inspection_photos inspection_photos_show_one_thing CHECK category IS NULL = component IS NULL AND category IS NULL <> kind IS NULL
inspections inspections_assigned_has_assignee CHECK status <> 'assigned' OR assigned_to IS NOT NULL
inspections inspections_odometer_is_positive CHECK odometer_reading >= 0
inspections inspections_sent_via_is_known CHECK sent_via = ANY ARRAY['sms', 'link']
inspections valid_inspection_status CHECK status = ANY ARRAY['created', 'assigned', 'in_progress', 'completed', 'sent']
message_media message_media_digest_is_sha256 CHECK octet_lengthdigest = 32
message_media message_media_given_up_has_a_reason CHECK state = 'given_up' = trouble IS NOT NULL
message_media message_media_have_a_size CHECK width > 0 AND height > 0 AND size > 0
message_media message_media_kept_is_whole CHECK state = 'kept' = digest IS NOT NULL AND num_nonnullswidth, height, size, digest = ANY ARRAY[0, 4]
message_media message_media_state_is_known CHECK state = ANY ARRAY['waiting', 'kept', 'given_up']
message_media message_media_trouble_is_known CHECK trouble = ANY ARRAY['no_picture', 'too_large', 'damaged', 'gone', 'not_reached']
messages messages_inbound_is_delivered CHECK direction = 'outbound' OR status = 'delivered'
messages messages_outbound_has_phone CHECK direction = 'inbound' OR phone_number IS NOT NULL
messages messages_outcome_is_known CHECK attempt_outcome = ANY ARRAY['not_sent', 'in_doubt']
messages valid_direction CHECK direction = ANY ARRAY['inbound', 'outbound']
messages valid_status CHECK status = ANY ARRAY['pending', 'sent', 'delivered', 'failed']
messages valid_type CHECK type = 'sms'
shops valid_subscription_status CHECK subscription_status = ANY ARRAY['active', 'inactive']
shops valid_subscription_tier CHECK subscription_tier = ANY ARRAY['starter', 'professional', 'business']
users users_email_is_lower_case CHECK email = loweremail
users valid_role CHECK role = ANY ARRAY['shop_manager', 'mechanic']
users valid_status CHECK status = ANY ARRAY['active', 'inactive']
vehicles valid_vehicle_status CHECK status = ANY ARRAY['active', 'inactive']
vehicles valid_year CHECK year >= 1900 AND year <= EXTRACTyear FROM now + 2
vehicles vehicles_mileage_is_positive CHECK mileage >= 0
vehicles vehicles_powertrain_is_known CHECK powertrain = ANY ARRAY['combustion', 'hybrid', 'electric']
";

const ONCE: &str = "
CREATE UNIQUE INDEX conversations_one_active ON public.conversations USING btree (shop_id, customer_id) WHERE ((status) = 'active')
CREATE UNIQUE INDEX users_email_key ON public.users USING btree (email) WHERE (deleted_at IS NULL)
conversations conversations_shop_id_id_customer_id_key UNIQUE (shop_id, id, customer_id)
customers customers_shop_id_id_key UNIQUE (shop_id, id)
import_rows import_rows_line_key UNIQUE (shop_id, import_id, line)
imports imports_shop_id_id_key UNIQUE (shop_id, id)
inspection_items inspection_items_component_key UNIQUE (shop_id, inspection_id, category, component)
inspections inspections_shop_id_id_key UNIQUE (shop_id, id)
login_codes login_codes_code_hash_key UNIQUE (code_hash)
login_codes login_codes_user_key UNIQUE (shop_id, user_id)
message_media message_media_place_key UNIQUE (shop_id, message_id, place)
messages messages_provider_message_id_key UNIQUE (shop_id, provider, provider_message_id)
messages messages_retry_of_key UNIQUE (shop_id, retry_of)
messages messages_shop_id_id_key UNIQUE (shop_id, id)
report_links report_links_token_hash_key UNIQUE (token_hash)
sessions sessions_token_hash_key UNIQUE (shop_id, token_hash)
shops shops_sandbox_number_key UNIQUE (sandbox_number)
shops shops_sms_number_key UNIQUE (sms_number)
users users_shop_id_id_key UNIQUE (shop_id, id)
vehicles vehicles_shop_id_id_key UNIQUE (shop_id, id)
";

/// Everything there is, in PostgreSQL's own words, but without casts, and conditions without parentheses: a restored backup
/// has them elsewhere.
const PRESENT: &str = "
    SELECT regexp_replace(held, '::(character varying|text|numeric)(\\[\\])?', '', 'g')
      FROM (
        SELECT CASE WHEN t.tgqual IS NULL THEN pg_get_triggerdef(t.oid)
                    ELSE translate(pg_get_triggerdef(t.oid), '()', '') END || CASE t.tgenabled WHEN 'O' THEN '' ELSE ', which is switched off' END
          FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
         WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
         UNION ALL
        SELECT regexp_replace(pg_get_ruledef(r.oid), '\\s+', ' ', 'g')
          FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
         UNION ALL
        SELECT format('%s %s %s', c.relname, o.conname,
                      CASE o.contype WHEN 'c' THEN translate(pg_get_constraintdef(o.oid), '()', '')
                                     ELSE pg_get_constraintdef(o.oid) END)
          FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
         WHERE o.contype IN ('c', 'u') AND o.connamespace = 'public'::regnamespace
         UNION ALL
        SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
         WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace
           AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conindid = i.indexrelid AND o.contype IN ('u', 'p'))
      ) AS present (held)";

/// What is held that nobody expects, and what is expected and not held.
pub(super) async fn faults(database: &Client) -> Vec<String> {
    let rows = database.query(PRESENT, &[]).await.expect("the catalogue is readable");
    let present: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
    let expected = [TRIGGERS, CHECKS, ONCE].into_iter().flat_map(|list| list.lines().skip(1)).map(str::to_owned);
    let expected: BTreeSet<String> = expected.collect();
    let beyond = present.difference(&expected).map(|held| format!("it has, unexpected: {held}"));
    let missing = expected.difference(&present).map(|held| format!("it lacks: {held}"));
    beyond.chain(missing).collect()
}
