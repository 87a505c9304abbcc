//! Times as a shop reads them: how long ago at a glance, and exactly, on the shop's own clock.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Desk;

impl Desk {
    /// How long ago that was, as short as it can be said: "now", "12 min", "1 h 42", "3 days".
    #[must_use]
    pub fn age(&self, since: &Timestamp) -> String {
        age(self.minutes_since(since))
    }

    /// The same in a sentence: "just now", "12 min ago", and the day where nobody counts any more, "March 9".
    #[must_use]
    pub fn ago(&self, since: &Timestamp) -> String {
        const COUNTED: i64 = 14 * 24 * 60;
        match self.minutes_since(since) {
            0 => "just now".to_owned(),
            COUNTED.. => self.day(since),
            minutes => format!("{} ago", age(minutes)),
        }
    }

    /// How many whole minutes ago that was.
    #[must_use]
    pub fn minutes_since(&self, since: &Timestamp) -> i64 {
        (self.now.as_second() - since.as_second()).max(0) / 60
    }

    /// How long something took: "24 min", "1 h 05".
    #[must_use]
    pub fn between(&self, from: &Timestamp, to: &Timestamp) -> String {
        match (to.as_second() - from.as_second()).max(0) / 60 {
            0 => "1 min".to_owned(),
            minutes => age(minutes),
        }
    }

    /// When that was, on the shop's clock: "Wednesday, November 25, 1:29 pm".
    #[must_use]
    pub fn exactly(&self, at: &Timestamp) -> String {
        self.format(at, "%A, %B %-d, %-I:%M %P")
    }

    /// The time of that day: "1:29 pm".
    #[must_use]
    pub fn time_of_day(&self, at: &Timestamp) -> String {
        self.format(at, "%-I:%M %P")
    }

    /// The day of that: "March 9" this year, "March 9, 2025" before.
    #[must_use]
    pub fn day(&self, at: &Timestamp) -> String {
        let this_year = self.zoned(self.now).year();
        let format = if self.zoned(*at).year() == this_year { "%B %-d" } else { "%B %-d, %Y" };
        self.format(at, format)
    }

    /// The time of day of that: "1:29 pm".
    #[must_use]
    pub fn clock(&self, at: &Timestamp) -> String {
        self.format(at, "%-I:%M %P")
    }

    /// The day of that among others that may be today's: "Today", "Yesterday", "Monday, March 9".
    #[must_use]
    pub fn day_in_words(&self, at: &Timestamp) -> String {
        let (day, today) = (self.zoned(*at).date(), self.zoned(self.now).date());
        match day.until(today).map(|span| span.get_days()) {
            Ok(0) => "Today".to_owned(),
            Ok(1) => "Yesterday".to_owned(),
            _ => self.format(at, if day.year() == today.year() { "%A, %B %-d" } else { "%A, %B %-d, %Y" }),
        }
    }

    /// The day of that as a word that sorts: "2026-03-09".
    #[must_use]
    pub fn date(&self, at: &Timestamp) -> String {
        self.zoned(*at).date().to_string()
    }

    /// The year of that.
    #[must_use]
    pub fn year(&self, at: &Timestamp) -> i16 {
        self.zoned(*at).year()
    }

    /// The month of that, short enough for the ends of a drawing: "Mar 2025".
    #[must_use]
    pub fn month(&self, at: &Timestamp) -> String {
        self.format(at, "%b %Y")
    }

    /// Whether that was today, on the shop's clock.
    #[must_use]
    pub fn is_today(&self, at: &Timestamp) -> bool {
        self.zoned(*at).date() == self.zoned(self.now).date()
    }

    fn format(&self, at: &Timestamp, format: &str) -> String {
        self.zoned(*at).strftime(format).to_string()
    }

    fn zoned(&self, at: Timestamp) -> jiff::Zoned {
        at.to_zoned(self.zone())
    }

    fn zone(&self) -> TimeZone {
        self.shop.settings.timezone.rules()
    }
}

/// A number of minutes in words that fit on a card.
fn age(minutes: i64) -> String {
    match (minutes / (24 * 60), minutes / 60, minutes % 60) {
        (0, 0, 0) => "now".to_owned(),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes:02}"),
        (1, ..) => "1 day".to_owned(),
        (days, ..) => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_said_as_short_as_it_can_be() {
        for (minutes, words) in [
            (0, "now"),
            (1, "1 min"),
            (59, "59 min"),
            (60, "1 h 00"),
            (102, "1 h 42"),
            (1440, "1 day"),
            (4000, "2 days"),
        ] {
            assert_eq!(age(minutes), words);
        }
    }
}
