//! Lists of customers and vehicles that come in as CSV. A list is read into rows, each judged by what is known at that
//! moment; the preview shows what would become of them; only a press imports them, all in one transaction.

mod customer_rows;
mod importing;
mod importing_queries;
pub mod pages;
mod queries;
mod reading;
mod seen;
mod sheet;
mod vehicle_rows;

use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::ids::ImportId;

crate::text::text_enum! {
    /// What a list is of.
    pub enum Kind {
        /// A customer a row.
        Customers = "customers",
        /// A vehicle a row, which names its customer.
        Vehicles = "vehicles",
    }
}

crate::text::text_enum! {
    /// What would become of a row.
    pub enum Verdict {
        /// Somebody or something that is not here yet.
        New = "new",
        /// Known, and told something new about.
        Changed = "changed",
        /// Known as it is.
        Unchanged = "unchanged",
        /// Can't be taken.
        Wrong = "wrong",
    }
}

/// A list on its way in.
#[derive(Debug)]
struct Import {
    id: ImportId,
    kind: Kind,
    file_name: String,
    unused: Vec<String>,
    rows_read: i32,
    read_at: Option<Timestamp>,
    rows_done: i32,
    moved_at: Option<Timestamp>,
    imported_at: Option<Timestamp>,
    added: i32,
    changed: i32,
    created_at: Timestamp,
}

/// A row with what would become of it.
#[derive(Debug)]
struct Judged {
    line: i32,
    verdict: Verdict,
    target: Option<Uuid>,
    owner: Option<Uuid>,
    /// What it would write.
    fields: Value,
    /// What people call it.
    called: String,
    /// What is wrong with it, or would change.
    note: String,
}

impl Judged {
    fn wrong(line: i32, called: String, why: impl Into<String>) -> Self {
        let fields = Value::Object(Map::new());
        Self { line, verdict: Verdict::Wrong, target: None, owner: None, fields, called, note: why.into() }
    }
}

/// How many rows there are of each kind.
#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    new: i64,
    changed: i64,
    unchanged: i64,
    wrong: i64,
}

impl Counts {
    /// How many would be written.
    fn to_write(self) -> i64 {
        self.new + self.changed
    }
}

/// What differs between a row of the API before and after, and both in words. What follows from it alone is left out.
fn difference(before: &Value, after: &Value) -> (Value, String) {
    let (Value::Object(before), Value::Object(after)) = (before, after) else { return (Value::Null, String::new()) };
    let mut fields = Map::new();
    let mut words = Vec::new();
    for (name, new) in after {
        let old = before.get(name).unwrap_or(&Value::Null);
        if old != new {
            words.push(format!("{} {} instead of {}", name.replace('_', " "), shown(new), shown(old)));
            fields.insert(name.clone(), new.clone());
        }
    }
    (Value::Object(fields), words.join("; "))
}

/// A value as people write it: of an address its lines.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Object(parts) if parts.is_empty() => "nothing".to_owned(),
        Value::Object(parts) => parts.values().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// A number as people write it: 50,000.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok());
    groups.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_difference_is_told_in_words() {
        let before = json!({ "first_name": "Ruth", "phone": null, "address": {}, "sms_opt_in": true });
        let after = json!({ "first_name": "Ruth", "phone": "+14155550142", "address": { "city": "Oakland" }, "sms_opt_in": false });
        let (fields, words) = difference(&before, &after);
        assert_eq!(fields.as_object().expect("fields").len(), 3);
        assert_eq!(
            words,
            "address Oakland instead of nothing; phone +14155550142 instead of nothing; sms opt in no instead of yes"
        );
        assert_eq!(difference(&after, &after).1, "");
    }

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!([0, 999, 1000, 50_000, 1_234_567].map(grouped), ["0", "999", "1,000", "50,000", "1,234,567"]);
    }
}
