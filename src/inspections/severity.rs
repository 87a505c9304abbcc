//! The three colours of a rating.

crate::text::text_enum! {
    /// How urgent a finding is. Later is more urgent, so red is the greatest.
    ///
    /// *Not inspected* (no row) and *not applicable* (a flag) are no severities: neither may ever pass for green.
    pub enum Severity {
        /// Checked and fine.
        Green = "green",
        /// May need attention soon: near the end of its life, or due by schedule.
        Yellow = "yellow",
        /// Needs attention now: worn out, failed or missing.
        Red = "red",
    }
}
