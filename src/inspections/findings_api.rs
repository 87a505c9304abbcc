//! `/inspections/{id}/items`: one tap, or many that waited on a phone.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use utoipa::openapi::schema::AnyOfBuilder;
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::catalogue::Entry;
use super::findings_queries::{self, Change, list_bare_findings};
use super::photo::beside;
use super::tap::Tap;
use super::{Finding, Inspection, Progress, Status, Taps, Verdict, list_findings, list_photos, queries};
use crate::auth::Staff;
use crate::error::{Error, Result};
use crate::ids::{InspectionId, ItemId};
use crate::role::Role;
use crate::web::{At, Body, Gone, Json};

/// A finding for each component that there is, with the longest notes.
const MOST_KIB: usize = 2560;

/// What became of the taps.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rated {
    /// The findings that were sent, as they are now, in the order of the catalogue; without those that were taken back.
    items: Vec<Finding>,
    /// How far the inspection is.
    progress: Progress,
    /// What was left alone, because the tap did not know it as it is.
    conflicts: Vec<Newer>,
}

impl Rated {
    /// Whether something was left alone, because it is newer than what was known of it.
    #[must_use]
    pub fn was_late(&self) -> bool {
        !self.conflicts.is_empty()
    }
}

/// The taps, sorted into what to write and what to leave.
#[derive(Default)]
struct Plan {
    changes: Vec<Change>,
    cleared: Vec<Finding>,
    unchanged: Vec<ItemId>,
    conflicts: Vec<Newer>,
}

/// What is newer than a late tap.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Newer {
    /// Another rating.
    Rated(Finding),
    /// The rating was taken back.
    Cleared(Cleared),
}

/// A rating that was taken back.
#[derive(Debug, Serialize, ToSchema)]
struct Cleared {
    /// The category's key.
    category: &'static str,
    /// The component's key.
    component: &'static str,
    /// Nothing any more.
    #[serde(flatten)]
    verdict: Verdict,
    /// What a tap has to know to rate the component again.
    version: i32,
}

impl PartialSchema for Newer {
    fn schema() -> RefOr<Schema> {
        let [rated, cleared] = [Finding::name(), Cleared::name()].map(Ref::from_schema_name);
        AnyOfBuilder::new().item(rated).item(cleared).into()
    }
}

impl ToSchema for Newer {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Cleared::schemas(schemas);
        schemas.push((Cleared::name().into_owned(), Cleared::schema()));
    }
}

/// Rates components, or takes ratings back, all or none.
#[utoipa::path(
    put, path = "/inspections/{id}/items", operation_id = "rateComponents", tag = "Findings",
    responses((status = 409, description = "state"))
)]
pub async fn rate(staff: Staff, At(id): At<InspectionId>, body: Body<Taps, MOST_KIB>) -> Result<Json<Rated>> {
    let reads = (queries::lock_with_powertrain(id), list_bare_findings(id), list_photos(id));
    let (write, ((inspection, powertrain), findings, photos)) = staff.begin(reads).await?;
    let findings = beside(findings, &photos);
    let actor = write.actor();
    inspection.stage.demand_hands(actor)?;
    let plan = plan(body.get()?, &findings, inspection.findings_version)?;
    demand_open(&inspection, actor.role, &plan)?;
    let Plan { changes, cleared, unchanged, conflicts } = plan;
    let version = inspection.findings_version + 1;
    let save = (!changes.is_empty()).then(|| findings_queries::save(id, changes, version));
    let clear = (!cleared.is_empty()).then(|| findings_queries::clear(id, &cleared, version));
    let (saved, _) = write.commit((save, clear)).await?;
    let saved = beside(saved.unwrap_or_default(), &photos);
    let sent: HashSet<ItemId> = saved.iter().map(|finding| finding.id).chain(unchanged).collect();
    // The inspection was held meanwhile, so what is there now is what was there, with what was written.
    let findings = written(findings, saved, &cleared);
    let progress = Progress::of(powertrain, findings.iter().map(Finding::rating));
    let items = findings.into_iter().filter(|finding| sent.contains(&finding.id)).collect();
    Ok(Json(Rated { items, progress, conflicts }))
}

/// The findings after some were saved and some taken back, in the catalogue's order, whatever was written now and what
/// stood already: a repeated list is told the same.
fn written(mut findings: Vec<Finding>, saved: Vec<Finding>, cleared: &[Finding]) -> Vec<Finding> {
    let changed: HashSet<ItemId> = saved.iter().chain(cleared).map(|finding| finding.id).collect();
    findings.retain(|finding| !changed.contains(&finding.id));
    findings.extend(saved);
    findings.sort_by_cached_key(|finding| (finding.rating().place.unwrap_or(usize::MAX), finding.id));
    findings
}

/// Takes a rating back: the component is not inspected again.
#[utoipa::path(
    delete, path = "/inspections/{id}/items/{item}", operation_id = "clearRating", tag = "Findings",
    responses((status = 409, description = "state"))
)]
pub async fn clear(staff: Staff, At((id, item)): At<(InspectionId, ItemId)>) -> Result<Gone> {
    let (write, (inspection, findings, was_cleared)) =
        staff.begin((queries::lock(id), list_findings(id), findings_queries::was_cleared(id, item))).await?;
    inspection.stage.demand_hands(write.actor())?;
    let Some(finding) = findings.into_iter().find(|finding| finding.id == item) else {
        return if was_cleared { Ok(Gone) } else { Err(Error::NotFound) };
    };
    if inspection.stage.status != Status::InProgress {
        return Err(inspection.stage.stands_in_the_way().into());
    }
    write.commit(findings_queries::clear(id, &[finding], inspection.findings_version + 1)).await?;
    Ok(Gone)
}

/// `version` counts the writes to the inspection's findings so far.
fn plan(taps: Taps, findings: &[Finding], version: i32) -> Result<Plan> {
    let present: HashMap<_, _> =
        findings.iter().map(|finding| ((finding.category.as_str(), finding.component.as_str()), finding)).collect();
    let mut plan = Plan::default();
    taps.judge(|entry, tap| {
        let before = present.get(&(entry.category.key, entry.component.key)).copied();
        if tap.cleared { plan.take_back(before, &tap) } else { plan.rate(entry, before, &tap, version) }
    })?;
    Ok(plan)
}

impl Plan {
    fn rate(&mut self, entry: Entry, before: Option<&Finding>, tap: &Tap, version: i32) -> Result<()> {
        let verdict = before.map(|finding| finding.verdict.clone()).unwrap_or_default();
        // A late one may say what nothing can be made of any more: it is told what is newer, like every other.
        let after = verdict.changed(tap, entry.component);
        match before {
            // A repeated tap finds its own work done: that is no conflict, whatever version it knew.
            Some(finding) if after.as_ref().is_ok_and(|after| finding.verdict == *after) => {
                self.unchanged.push(finding.id);
            }
            Some(finding) if finding.is_newer_than(tap) => self.conflicts.push(Newer::Rated(finding.clone())),
            // It knew a rating that has been taken back since.
            None if tap.version.is_some_and(|known| (1..version).contains(&known)) => {
                let (category, component) = (entry.category.key, entry.component.key);
                let cleared = Cleared { category, component, verdict: Verdict::default(), version };
                self.conflicts.push(Newer::Cleared(cleared));
            }
            before => {
                let before = before.map(|finding| finding.verdict.clone());
                self.changes.push(Change { entry, before, after: after? });
            }
        }
        Ok(())
    }

    fn take_back(&mut self, before: Option<&Finding>, tap: &Tap) -> Result<()> {
        if !tap.is_silent() {
            return Err(Error::invalid("cleared", "excludes whatever else can be said of a component"));
        }
        match before {
            Some(finding) if finding.is_newer_than(tap) => self.conflicts.push(Newer::Rated(finding.clone())),
            Some(finding) => self.cleared.push(finding.clone()),
            // A repeated one finds its own work done.
            None => {}
        }
        Ok(())
    }
}

/// Findings change while the inspection is in progress; under review, a manager still mends their wording.
fn demand_open(inspection: &Inspection, role: Role, plan: &Plan) -> Result<()> {
    let only_mends_words = || {
        let is_reworded = |change: &Change| {
            change.before.as_ref().is_some_and(|before| before.differs_in_notes_only(&change.after))
        };
        plan.cleared.is_empty() && plan.changes.iter().all(is_reworded)
    };
    match inspection.stage.status {
        Status::InProgress => Ok(()),
        Status::Completed if role == Role::ShopManager && only_mends_words() => Ok(()),
        _ => Err(inspection.stage.stands_in_the_way().into()),
    }
}
