//! What happened to an inspection: every step and every tap leaves a row that is never changed.

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
        /// A photo was taken, or brought back.
        Photographed = "photographed",
        /// A photo was taken away.
        PhotoRemoved = "photo_removed",
        /// The words below a photo changed.
        Captioned = "captioned",
        /// The customer said what to do about a finding.
        Answered = "answered",
        /// The inspection was deleted.
        Deleted = "deleted",
    }
}
