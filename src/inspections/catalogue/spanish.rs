//! The canned notes in Spanish, for customers.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A note a line, as in `Cracked = Con grietas`; a line that begins with # is for whoever reads the table.
const TABLE: &str = include_str!("spanish.txt");

static NOTES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| rows().collect());

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = "))
}

/// A canned note in Spanish; nothing where these are words of somebody's own.
#[must_use]
pub fn canned_in_spanish(words: &str) -> Option<&'static str> {
    NOTES.get(words).copied()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::inspections::catalogue::catalogue;

    #[test]
    fn every_canned_note_is_in_the_table_once_and_nothing_else() {
        let canned = catalogue().entries().map(|entry| &entry.component.canned);
        let canned: HashSet<&str> = canned.flat_map(|canned| [canned.yellow, canned.red].concat()).collect();
        let missing: Vec<_> = canned.iter().filter(|note| canned_in_spanish(note).is_none()).collect();
        assert_eq!(missing, [&""; 0], "without Spanish words");
        let mut seen = HashSet::new();
        for (note, spanish) in rows() {
            assert!(canned.contains(note), "{note} is no canned note");
            assert!(seen.insert(note), "{note} twice");
            assert!(spanish != note && (4..=64).contains(&spanish.chars().count()), "{note}: {spanish}");
            assert!(spanish.starts_with(char::is_uppercase) && !spanish.ends_with('.'), "{note}: {spanish}");
        }
        let is_read = |line: &str| line.is_empty() || line.starts_with('#') || line.contains(" = ");
        assert!(TABLE.lines().all(is_read), "a line is not read");
    }

    #[test]
    fn own_words_are_not_in_the_table() {
        assert_eq!(canned_in_spanish("Cracked"), Some("Con grietas"));
        for own in ["Cracked, I think", "cracked", "", "#", "# Tires"] {
            assert_eq!(canned_in_spanish(own), None, "{own}");
        }
    }
}
