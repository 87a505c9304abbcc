//! Statements about findings.

use serde_json::{Value, json};
use tokio_postgres::Error;

use super::catalogue::{Entry, catalogue};
use super::finding::Verdict;
use super::photo::beside;
use super::severity::Severity;
use super::{Event, Finding, Previous, list_photos};
use crate::db::{Batch, Query, Row, then};
use crate::ids::{InspectionId, ItemId};
use crate::params;
use crate::text::Prose;

impl Verdict {
    fn from_row(row: &Row) -> Result<Self, Error> {
        let not_applicable: bool = row.try_get("not_applicable")?;
        let severity: Severity = row.try_get("severity")?;
        Ok(Self {
            // The column falls back to green, so the flag decides.
            severity: (!not_applicable).then_some(severity),
            not_applicable,
            measurement: row.try_get("measured")?,
            proposed_severity: row.try_get("proposed_severity")?,
            notes: row.try_get("notes")?,
        })
    }
}

impl Finding {
    /// Reads a row of these columns, without photos.
    pub(super) fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.try_get("id")?,
            category: row.try_get("category")?,
            component: row.try_get("component")?,
            verdict: Verdict::from_row(row)?,
            photos: Vec::new(),
            customer_answer: row.try_get("customer_answer")?,
            rated_by: row.try_get("rated_by")?,
            rated_at: row.try_get("rated_at")?,
            version: row.try_get("version")?,
        })
    }
}

impl Previous {
    /// Reads a row of these columns, with the inspection.
    pub(super) fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            category: row.try_get("category")?,
            component: row.try_get("component")?,
            verdict: Verdict::from_row(row)?,
            inspection_id: row.try_get("inspection_id")?,
            rated_at: row.try_get("rated_at")?,
        })
    }
}

/// The columns of a finding `x`: those that are read, because thirty rows of each answer have them.
macro_rules! finding_columns {
    () => {
        "x.id, x.category, x.component, x.not_applicable, x.severity, x.measurement::float8 AS measured,
         x.proposed_severity, x.notes, x.customer_answer, x.rated_by, x.rated_at, x.version"
    };
}
pub(super) use finding_columns;

/// What was found, in the order of the catalogue, with the photos of it.
#[must_use]
pub fn list_findings(inspection: InspectionId) -> impl Batch<Output = Vec<Finding>> {
    then((list_bare_findings(inspection), list_photos(inspection)), |(findings, photos)| beside(findings, &photos))
}

/// The same without photos.
pub(super) fn list_bare_findings(inspection: InspectionId) -> Query<Vec<Finding>> {
    Query::list(
        concat!(
            "SELECT ",
            finding_columns!(),
            " FROM inspection_items x
              WHERE x.shop_id = $1 AND x.inspection_id = $2 ORDER BY x.sort_order, x.id"
        ),
        params![inspection],
        Finding::from_row,
    )
}

/// One component's new verdict.
pub(super) struct Change {
    pub(super) entry: Entry,
    pub(super) before: Option<Verdict>,
    pub(super) after: Verdict,
}

/// Writes the new verdicts, each with its event, and gives the findings all the same version. Who rated and when moves
/// with the verdict, not with its wording.
pub(super) fn save(inspection: InspectionId, changes: Vec<Change>, version: i32) -> Query<Vec<Finding>> {
    let mut columns = Columns::default();
    for change in changes {
        columns.push(change);
    }
    Query::list(
        concat!(
            "WITH numbered AS (
             UPDATE inspections SET findings_version = $11 WHERE shop_id = $1 AND id = $2),
         told AS (
             INSERT INTO inspection_events (shop_id, inspection_id, user_id, kind, before, after)
             SELECT $1, $2, courtesy.current_person(), $12, t.before, t.after
               FROM unnest($13::jsonb[], $14::jsonb[]) AS t (before, after))
         INSERT INTO inspection_items AS x
                (shop_id, inspection_id, id, category, component, severity, not_applicable, measurement,
                 proposed_severity, notes, sort_order, version, rated_by)
         SELECT $1, $2, t.id, t.category, t.component, coalesce(t.severity, 'green'), t.severity IS NULL,
                t.measurement::numeric, t.proposed, t.notes, t.sort_order, $11, courtesy.current_person()
           FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::float8[], $8::text[], $9::text[],
                       $10::int[])
                AS t (id, category, component, severity, measurement, proposed, notes, sort_order)
         ON CONFLICT ON CONSTRAINT inspection_items_component_key DO UPDATE
            SET severity = EXCLUDED.severity, not_applicable = EXCLUDED.not_applicable,
                measurement = EXCLUDED.measurement, proposed_severity = EXCLUDED.proposed_severity,
                notes = EXCLUDED.notes, version = EXCLUDED.version,
                (rated_by, rated_at) = (
                    SELECT CASE WHEN v.stands THEN x.rated_by ELSE EXCLUDED.rated_by END,
                           CASE WHEN v.stands THEN x.rated_at ELSE now() END
                      FROM (SELECT (x.severity, x.not_applicable, x.measurement) IS NOT DISTINCT FROM
                                   (EXCLUDED.severity, EXCLUDED.not_applicable, EXCLUDED.measurement) AS stands) v)
         RETURNING ",
            finding_columns!()
        ),
        params![
            inspection,
            columns.ids,
            columns.categories,
            columns.components,
            columns.severities,
            columns.measurements,
            columns.proposals,
            columns.notes,
            columns.places,
            version,
            Event::Rated,
            columns.before,
            columns.after
        ],
        Finding::from_row,
    )
}

/// Takes ratings back, each with the event that says so.
pub(super) fn clear(inspection: InspectionId, findings: &[Finding], version: i32) -> Query<()> {
    let ids: Vec<ItemId> = findings.iter().map(|finding| finding.id).collect();
    let before: Vec<Value> = findings.iter().map(|finding| json!(finding)).collect();
    Query::run(
        "WITH numbered AS (
             UPDATE inspections SET findings_version = $4 WHERE shop_id = $1 AND id = $2),
         told AS (
             INSERT INTO inspection_events (shop_id, inspection_id, user_id, kind, before)
             SELECT $1, $2, courtesy.current_person(), $5, t.before FROM unnest($6::jsonb[]) AS t (before))
         DELETE FROM inspection_items WHERE shop_id = $1 AND inspection_id = $2 AND id = ANY($3::uuid[])",
        params![inspection, ids, version, Event::Cleared, before],
    )
}

/// Whether a finding with this id was taken back: taking it back again is no error.
pub(super) fn was_cleared(inspection: InspectionId, finding: ItemId) -> Query<bool> {
    Query::one(
        "SELECT EXISTS (SELECT FROM inspection_events e
                         WHERE e.shop_id = $1 AND e.inspection_id = $2 AND e.kind = $4 AND e.before ->> 'id' = $3)",
        params![inspection, finding.to_string(), Event::Cleared],
        |row| row.try_get(0),
    )
}

/// The changes turned on their side, for one statement whatever their number.
#[derive(Default)]
struct Columns {
    ids: Vec<ItemId>,
    categories: Vec<&'static str>,
    components: Vec<&'static str>,
    severities: Vec<Option<Severity>>,
    measurements: Vec<Option<f64>>,
    proposals: Vec<Option<Severity>>,
    notes: Vec<Option<Prose<2000>>>,
    places: Vec<i32>,
    before: Vec<Option<Value>>,
    after: Vec<Value>,
}

impl Columns {
    fn push(&mut self, Change { entry, before, after }: Change) {
        let (category, component) = (entry.category.key, entry.component.key);
        let place = catalogue().position(category, component).unwrap_or_default();
        let told = |verdict: &Verdict| {
            let mut told = json!(verdict);
            told["category"] = json!(category);
            told["component"] = json!(component);
            told
        };
        self.before.push(before.as_ref().map(told));
        self.after.push(told(&after));
        self.ids.push(ItemId::new());
        self.categories.push(category);
        self.components.push(component);
        self.severities.push(after.severity);
        self.measurements.push(after.measurement);
        self.proposals.push(after.proposed_severity);
        self.notes.push(after.notes);
        self.places.push(i32::try_from(place).unwrap_or(i32::MAX));
    }
}
