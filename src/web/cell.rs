//! Cells of CSV files, which spreadsheets take for formulas where they begin like one.

use std::borrow::Cow;

/// What a formula begins with, or what some programs skip before one.
const BEGINNINGS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
/// What tells every spreadsheet that text follows.
const MARK: char = '\'';

/// The cell as it is written: what would be a formula is marked as text. What is marked by itself gets one mark more, so
/// that reading gives back exactly what was written.
#[must_use]
pub fn harmless(text: &str) -> Cow<'_, str> {
    if is_formula(text) { format!("{MARK}{text}").into() } else { text.into() }
}

/// What was written into a cell.
#[must_use]
pub fn as_written(cell: &str) -> &str {
    cell.strip_prefix(MARK).filter(|text| is_formula(text)).unwrap_or(cell)
}

fn is_formula(text: &str) -> bool {
    text.trim_start_matches(MARK).starts_with(BEGINNINGS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_begins_like_a_formula_and_everything_comes_back() {
        for text in [
            "",
            "Ruth",
            "O'Neil",
            "'",
            "''",
            "=1+1",
            "+14155550142",
            "-5",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "'=1",
            "''=1",
            "'Ruth",
            "' =1",
            "=HYPERLINK(\"http://evil.example\")",
        ] {
            let cell = harmless(text);
            assert!(!cell.starts_with(BEGINNINGS), "{cell}");
            assert_eq!(as_written(&cell), text);
        }
        assert_eq!(harmless("=1+1"), "'=1+1");
        assert_eq!(as_written("'Ruth"), "'Ruth", "what we would not have marked stays");
    }
}
