//! What happened to an inspection: every step and every tap leaves a row that is never changed.

use serde_json::Value;

use crate::db::Query;
use crate::ids::InspectionId;
use crate::params;

crate::text::text_enum! {
    /// What happened.
    pub enum Event {
        /// The car was taken in.
        Created = "created",
        /// Somebody was told to look at it, or nobody.
        Assigned = "assigned",
        /// A mechanic began.
        Started = "started",
        /// The mechanic was done.
        Completed = "completed",
        /// It was sent back; `after` has the reason.
        Reopened = "reopened",
        /// The customer was given the report.
        Sent = "sent",
        /// The report links were revoked.
        Revoked = "revoked",
        /// The customer looked at the report.
        Viewed = "viewed",
        /// Concerns, odometer or notes changed.
        Changed = "changed",
        /// A component was rated or its rating changed.
        Rated = "rated",
        /// A rating was taken back.
        Cleared = "cleared",
        /// The customer said what to do about a finding.
        Answered = "answered",
        /// The inspection was deleted.
        Deleted = "deleted",
    }
}

impl Event {
    /// Writes it down, by whoever acts.
    #[must_use]
    pub fn of(self, inspection: InspectionId, before: Value, after: Value) -> Query<()> {
        Query::run(
            "INSERT INTO inspection_events (shop_id, inspection_id, user_id, kind, before, after)
             VALUES ($1, $2, courtesy.current_person(), $3, $4, $5)",
            params![inspection, self, before, after],
        )
    }
}
