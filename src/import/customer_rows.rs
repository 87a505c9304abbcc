//! What becomes of a row of a list of customers: rules alone.

use std::collections::HashMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::seen::{Marks, Seen};
use super::sheet::Row;
use super::{Judged, Verdict, difference};
use crate::customers::{Customer, CustomerChange, NewCustomer};
use crate::error::{Error, Result};
use crate::ids::CustomerId;
use crate::text::{Country, Email, Line, Phone};
use crate::web::Form;

/// Customers who are here already, by what a row may know them by.
#[derive(Debug, Default)]
pub(super) struct KnownCustomers {
    customers: Vec<Customer>,
    by_id: HashMap<Uuid, usize>,
    by_contact: HashMap<String, Vec<usize>>,
}

/// What a customer who is reached as a row says is to be looked up by.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) ids: Vec<Uuid>,
    pub(super) phones: Vec<String>,
    pub(super) emails: Vec<String>,
}

impl Wanted {
    /// Adds what a row says in these columns, and by its phone.
    pub(super) fn add(&mut self, row: &Row, [id, email]: [&str; 2]) {
        self.ids.extend(row.cell(id).and_then(|id| Uuid::try_parse(id).ok()));
        self.phones.extend(row.phone.as_ref().map(|phone| phone.as_str().to_owned()));
        self.emails.extend(row.cell(email).map(str::to_lowercase));
    }
}

impl KnownCustomers {
    pub(super) fn new(found: Vec<Customer>) -> Self {
        let mut known = Self::default();
        for customer in found {
            let place = known.customers.len();
            if known.by_id.contains_key(&customer.id.uuid()) {
                continue;
            }
            known.by_id.insert(customer.id.uuid(), place);
            let phone = customer.phone.as_ref().map(|phone| phone.as_str().to_owned());
            let email = customer.email.as_ref().map(|email| email.as_str().to_lowercase());
            for contact in [phone, email].into_iter().flatten() {
                known.by_contact.entry(contact).or_default().push(place);
            }
            known.customers.push(customer);
        }
        known
    }

    pub(super) fn with_id(&self, id: &str) -> Option<&Customer> {
        self.by_id.get(&Uuid::try_parse(id).ok()?).map(|place| &self.customers[*place])
    }

    pub(super) fn with_phone(&self, phone: &Phone) -> Vec<&Customer> {
        self.reached_by(phone.as_str())
    }

    pub(super) fn with_email(&self, email: &str) -> Vec<&Customer> {
        self.reached_by(&email.to_lowercase())
    }

    fn reached_by(&self, contact: &str) -> Vec<&Customer> {
        let places = self.by_contact.get(contact).into_iter().flatten();
        places.map(|place| &self.customers[*place]).collect()
    }

    /// The customer that a row is of, where it is somebody who is here: by id or, where it has none, by phone or e-mail and
    /// a name that does not say otherwise, because families share a phone.
    fn of(&self, row: &Row, seen: &Seen) -> Result<Option<&Customer>, String> {
        let same = match row.cell("id") {
            Some(id) => vec![self.with_id(id).ok_or("There is no customer with this ID.")?.id.uuid()],
            None => [self.like(row), seen.like(&marks_of_row(row))].concat(),
        };
        let only = seen.only(same)?;
        Ok(only.and_then(|id| self.by_id.get(&id)).map(|place| &self.customers[*place]))
    }

    fn like(&self, row: &Row) -> Vec<Uuid> {
        let by_phone = row.phone.as_ref().map(|phone| self.with_phone(phone)).unwrap_or_default();
        let by_email = row.cell("email").map(|email| self.with_email(email)).unwrap_or_default();
        let same = by_phone.into_iter().chain(by_email).filter(|known| may_be(known, row));
        same.map(|known| known.id.uuid()).collect()
    }
}

/// Judges a row by who is known.
pub(super) fn judge(mut row: Row, known: &KnownCustomers, seen: &mut Seen, country: Country) -> Judged {
    split_name(&mut row);
    row.yes_or_no("sms_opt_in");
    row.yes_or_no("email_opt_in");
    let (line, called) = (row.line, called(&row));
    if let Some(fault) = row.fault.take() {
        return Judged::wrong(line, called, fault);
    }
    match judged(&row, known, seen, country) {
        Ok(judged) => Judged { called, ..judged },
        Err(why) => Judged::wrong(line, called, why),
    }
}

fn judged(row: &Row, known: &KnownCustomers, seen: &mut Seen, country: Country) -> Result<Judged, String> {
    let form = form(row, &["id"]);
    let told = |error: Error| format!("{}.", error.public_detail());
    let line = row.line;
    let Some(before) = known.of(row, seen)? else {
        let new: NewCustomer = form.read().map_err(told)?;
        if new.is_nobody() {
            return Err("It has neither a name nor a phone nor an e-mail.".to_owned());
        }
        let phone = row.phone.clone().map_or_else(|| new.phone(country), |phone| Ok(Some(phone))).map_err(told)?;
        let phone = phone.as_ref().map(Phone::as_str);
        let target = CustomerId::new().uuid();
        seen.take(line, target, marks_of_row(row));
        let (target, fields) = (Some(target), all_fields(new, phone));
        let (called, note) = (String::new(), String::new());
        return Ok(Judged { line, verdict: Verdict::New, target, owner: None, fields, called, note });
    };
    let change: CustomerChange = form.read().map_err(told)?;
    let mut after = before.clone().changed(change, country).map_err(told)?;
    // A file is nobody's word: who said no stays left alone.
    after.sms_opt_in &= before.sms_opt_in;
    after.email_opt_in &= before.email_opt_in;
    let (fields, note) = difference(&json!(before), &json!(after));
    let verdict = if note.is_empty() { Verdict::Unchanged } else { Verdict::Changed };
    seen.take(line, before.id.uuid(), marks_of(&after));
    Ok(Judged { line, verdict, target: Some(before.id.uuid()), owner: None, fields, called: String::new(), note })
}

/// The filled in cells as a form, so that they are judged like one.
pub(super) fn form(row: &Row, without: &[&str]) -> Form {
    let cells = row.cells.iter().filter(|(field, _)| !without.contains(field));
    Form::of(cells.map(|(field, cell)| ((*field).to_owned(), cell.clone())))
}

fn all_fields(new: NewCustomer, phone: Option<&str>) -> Value {
    let mut fields = json!(new.into_fields());
    fields["phone"] = json!(phone);
    fields
}

/// Whether somebody who is reached as the row says may be who it is of.
fn may_be(known: &Customer, row: &Row) -> bool {
    let same = |known: Option<&str>, typed: Option<&str>| match (known, typed) {
        (Some(known), Some(typed)) => known.to_lowercase() == typed.to_lowercase(),
        _ => true,
    };
    same(known.first_name.as_ref().map(Line::as_str), row.cell("first_name"))
        && same(known.last_name.as_ref().map(Line::as_str), row.cell("last_name"))
}

/// By what somebody is known in other lines.
fn marks_of_row(row: &Row) -> Marks {
    marks(row.phone.as_ref(), row.cell("email"), [row.cell("first_name"), row.cell("last_name")])
}

fn marks_of(customer: &Customer) -> Marks {
    let names = [&customer.first_name, &customer.last_name].map(|name| name.as_ref().map(Line::as_str));
    marks(customer.phone.as_ref(), customer.email.as_ref().map(Email::as_str), names)
}

/// Phone and e-mail; for somebody who can't be reached the whole name.
fn marks(phone: Option<&Phone>, email: Option<&str>, names: [Option<&str>; 2]) -> Marks {
    let names = names.map(|name| name.map(str::to_lowercase));
    let contacts = [phone.map(|phone| phone.as_str().to_owned()), email.map(str::to_lowercase)];
    let mut known_by: Vec<String> = contacts.into_iter().flatten().collect();
    if known_by.is_empty() {
        known_by.push(names.iter().flat_map(|name| ["\n", name.as_deref().unwrap_or_default()]).collect());
    }
    Marks { known_by, told_apart_by: names }
}

/// One column with the whole name: "Abel, Ruth" or "Ruth Abel".
fn split_name(row: &mut Row) {
    let Some(place) = row.cells.iter().position(|(field, _)| *field == "name") else { return };
    let (_, name) = row.cells.swap_remove(place);
    if row.cell("first_name").is_some() || row.cell("last_name").is_some() {
        return;
    }
    let (first, last) = match (name.split_once(','), name.rsplit_once(' ')) {
        (Some((last, first)), _) | (None, Some((first, last))) => (first.trim(), last.trim()),
        (None, None) => (name.as_str(), ""),
    };
    let parts = [("first_name", first), ("last_name", last)].into_iter().filter(|(_, part)| !part.is_empty());
    row.cells.extend(parts.map(|(field, part)| (field, part.to_owned())));
}

fn called(row: &Row) -> String {
    let names = [row.cell("first_name"), row.cell("last_name")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let contact = row.cell("phone").or_else(|| row.cell("email")).unwrap_or_default();
    let called = if names.is_empty() { contact.to_owned() } else { names };
    called.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::Kind;

    fn row(line: i32, cells: &[(&'static str, &str)]) -> Row {
        let cells = cells.iter().map(|(field, cell)| (*field, (*cell).to_owned())).collect();
        let mut row = Row { line, cells, ..Row::default() };
        row.read_phone("phone", Country::US);
        row
    }

    fn judged_alone(cells: &[(&'static str, &str)]) -> Judged {
        judge(row(2, cells), &KnownCustomers::default(), &mut Seen::new(Kind::Customers), Country::US)
    }

    #[test]
    fn somebody_new_is_taken_as_a_form_would_take_them() {
        let new = judged_alone(&[("name", "Abel, Ruth"), ("phone", "(415) 555-0142"), ("sms_opt_in", "No")]);
        assert_eq!((new.verdict, new.called.as_str()), (Verdict::New, "Ruth Abel"));
        let written = |name: &str| new.fields[name].clone();
        assert_eq!((written("last_name"), written("phone")), (json!("Abel"), json!("+14155550142")));
        assert_eq!((written("sms_opt_in"), written("email_opt_in")), (json!(false), json!(true)));
    }

    #[test]
    fn what_a_form_would_refuse_is_wrong_and_says_why() {
        for (cells, why) in [
            (&[("phone", "12")][..], "phone"),
            (&[("first_name", "Ruth"), ("email", "nobody")], "email"),
            (&[("first_name", "Ru\0th")], "first_name"),
            (&[("first_name", "Ruth"), ("sms_opt_in", "perhaps")], "sms_opt_in"),
            (&[("address.city", "Oakland")], "neither a name"),
            (&[("id", "0190f0c0-0000-7000-8000-000000000001")], "no customer with this ID"),
            (&[("id", "x"), ("first_name", "Ruth")], "no customer with this ID"),
        ] {
            let judged = judged_alone(cells);
            assert_eq!(judged.verdict, Verdict::Wrong, "{cells:?}");
            assert!(judged.note.contains(why), "{cells:?}: {}", judged.note);
        }
    }

    #[test]
    fn the_same_somebody_new_is_taken_once_and_a_family_is_not_one_person() {
        let (known, mut seen) = (KnownCustomers::default(), Seen::new(Kind::Customers));
        let mut verdict = |line, name: &str, phone: &str| {
            let row = row(line, &[("first_name", name), ("phone", phone)]);
            judge(row, &known, &mut seen, Country::US).note
        };
        assert_eq!(verdict(2, "Ruth", "415 555 0142"), "");
        assert_eq!(verdict(3, "Ben", "415 555 0142"), "");
        assert_eq!(
            verdict(4, "ruth", "+1 415 555 0142"),
            "It is the same customer as in line 2, which is taken instead."
        );
    }
}
