//! What somebody looked for and did not find is what they would type next, so it stands in its field already.

use crate::text::{Plate, Vin};

/// The longest plate there is, without what stands between its letters.
const LONGEST_PLATE: usize = 8;
/// Fewer digits are no phone number of anybody.
const SHORTEST_PHONE: usize = 7;
const VIN: usize = 17;

/// The fields of a new customer and car that this is, by its looks: a phone, an e-mail address, a VIN, a plate, or else a name,
/// with a phone behind it or not.
#[must_use]
pub fn guess(typed: &str) -> Vec<(&'static str, String)> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Vec::new();
    }
    if is_phone(typed) {
        return vec![("customer.phone", typed.to_owned())];
    }
    if typed.contains('@') {
        return vec![("customer.email", typed.to_owned())];
    }
    match typed.parse::<Vin>() {
        Ok(vin) if vin.as_str().len() == VIN => return vec![("vehicle.vin", vin.to_string())],
        _ => {}
    }
    if is_plate(typed) {
        return vec![("vehicle.license_plate", typed.to_uppercase())];
    }
    let (name, phone) = split_phone(typed);
    let (first, last) = name.split_once(char::is_whitespace).unwrap_or((name, ""));
    [("customer.first_name", first), ("customer.last_name", last.trim()), ("customer.phone", phone)]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(field, text)| (field, text.to_owned()))
        .collect()
}

/// A name, and the phone that was typed behind it.
fn split_phone(typed: &str) -> (&str, &str) {
    let starts = typed.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at);
    let mut splits = starts.map(|at| typed.split_at(at));
    let split = splits.find(|(_, behind)| is_phone(behind)).unwrap_or((typed, ""));
    (split.0.trim(), split.1.trim())
}

fn is_phone(typed: &str) -> bool {
    let digits = typed.chars().filter(char::is_ascii_digit).count();
    digits >= SHORTEST_PHONE && typed.chars().all(|c| c.is_ascii_digit() || " +-.()/".contains(c))
}

fn is_plate(typed: &str) -> bool {
    let key = Plate::key_of(typed);
    key.chars().count() <= LONGEST_PLATE
        && key.contains(|c: char| c.is_ascii_digit())
        && key.chars().all(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_for_goes_where_it_belongs() {
        let cases: [(&str, &[(&str, &str)]); 10] = [
            ("(415) 555-0142", &[("customer.phone", "(415) 555-0142")]),
            ("+44 7700 900123", &[("customer.phone", "+44 7700 900123")]),
            ("1hgcm-82633a004352", &[("vehicle.vin", "1HGCM82633A004352")]),
            ("8fkd 312", &[("vehicle.license_plate", "8FKD 312")]),
            ("M-XY 123", &[("vehicle.license_plate", "M-XY 123")]),
            ("ruth@abel.example", &[("customer.email", "ruth@abel.example")]),
            ("Ruth van Abel ", &[("customer.first_name", "Ruth"), ("customer.last_name", "van Abel")]),
            ("Ruth (415) 555-0142", &[("customer.first_name", "Ruth"), ("customer.phone", "(415) 555-0142")]),
            ("Bluewater", &[("customer.first_name", "Bluewater")]),
            ("  ", &[]),
        ];
        for (typed, fields) in cases {
            let expected: Vec<_> = fields.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
            assert_eq!(guess(typed), expected, "{typed}");
        }
    }
}
