//! Forms as pages show them: what was typed, and what is wrong with it where it has to be mended.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize as _;

use super::form::WAS;
use super::typed::Field;
use crate::error::{Conflict, Error, FieldError, Result};
use crate::text::{Country, Phone, PhoneInput};

/// A form as the page shows it: with what was typed, and what is wrong beside each field.
#[derive(Debug, Default)]
pub struct Filled {
    typed: BTreeMap<String, String>,
    complaints: Vec<FieldError>,
    /// The first field on the page that is wrong, once the page has asked.
    first: OnceLock<String>,
}

/// What is to be mended in a form; any other error remains one.
pub(super) fn complaints(error: Error) -> Result<Vec<FieldError>> {
    match error {
        Error::Invalid(fields) => Ok(fields),
        Error::Conflict(Conflict::Duplicate { field, detail }) => {
            Ok(vec![FieldError { field: field.to_owned(), detail: detail.to_owned() }])
        }
        error => Err(error),
    }
}

impl Filled {
    /// A form that comes back with what is wrong with it.
    pub(super) fn again(typed: BTreeMap<String, String>, complaints: Vec<FieldError>) -> Self {
        Self { typed, complaints, ..Self::default() }
    }

    /// A form with something in it already.
    #[must_use]
    pub fn with(fields: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let typed = fields.into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
        Self { typed, ..Self::default() }
    }

    /// A form about something that is known, which keeps what that was beside what becomes of it ([`Form::touched`]).
    #[must_use]
    pub fn known(fields: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let both = |(name, text): (&str, String)| [(format!("{WAS}{name}"), text.clone()), (name.to_owned(), text)];
        Self { typed: fields.into_iter().flat_map(both).collect(), ..Self::default() }
    }

    /// The fields that keep what was known; they are hidden on the page.
    pub fn as_it_was(&self) -> impl Iterator<Item = (&String, &String)> {
        self.typed.iter().filter(|(name, _)| name.starts_with(WAS))
    }

    /// The form with something else in a field.
    #[must_use]
    pub fn put(mut self, name: &str, text: String) -> Self {
        self.typed.insert(name.to_owned(), text);
        self
    }

    /// The form with what else is known, where it has no field of that name itself.
    #[must_use]
    pub fn over(mut self, known: Self) -> Self {
        for (name, text) in known.typed {
            self.typed.entry(name).or_insert(text);
        }
        self
    }

    /// The form with a complaint about a field.
    #[must_use]
    pub fn complain(mut self, field: &str, detail: &str) -> Self {
        self.complaints.push(FieldError { field: field.to_owned(), detail: detail.to_owned() });
        self
    }

    /// The form with what else is wrong with it, unless that was said of its field already. What takes more than its field to be
    /// judged is judged by an operation once the rest is right, but is to be mended along with the rest.
    pub fn also(mut self, judged: Result<()>) -> Result<Self> {
        let Err(error) = judged else { return Ok(self) };
        let more = complaints(error)?;
        self.complaints.extend(more.into_iter().filter(|more| self.wrong(&more.field).is_none()).collect::<Vec<_>>());
        Ok(self)
    }

    /// The same of a phone number, which is read with the shop's country.
    pub fn also_phone(self, name: &str, country: Country) -> Result<Self> {
        let judged = self.phone(name, country).map(drop);
        self.also(judged)
    }

    /// The phone number in a field, as people of this country write it; nothing where the field is empty.
    pub fn phone(&self, name: &str, country: Country) -> Result<Option<Phone>> {
        let typed = Some(self.value(name)).filter(|typed| !typed.trim().is_empty());
        typed.map(|typed| PhoneInput::from(typed.to_owned()).read(name, country)).transpose()
    }

    /// The whole number in a field, where there is one.
    #[must_use]
    pub fn whole(&self, name: &str) -> Option<i32> {
        i32::deserialize(Field::Text(self.value(name).to_owned())).ok()
    }

    /// Whether nothing was typed into any of these fields.
    #[must_use]
    pub fn is_blank(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.value(name).trim().is_empty())
    }

    /// Whether the form has a field of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.typed.contains_key(name)
    }

    /// What stands in a field.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }

    /// Whether a field, one of several choices, stands at this one.
    #[must_use]
    pub fn is(&self, name: &str, choice: &str) -> bool {
        self.value(name) == choice
    }

    /// What is wrong with a field, to be read behind its name.
    #[must_use]
    pub fn wrong(&self, name: &str) -> Option<&str> {
        self.complaints.iter().find(|complaint| complaint.field == name).map(|complaint| complaint.detail.as_str())
    }

    /// Whether this is where mending begins: the first field that is wrong, as the page asks for them from top to bottom.
    #[must_use]
    pub fn begins_at(&self, name: &str) -> bool {
        self.wrong(name).is_some() && self.first.get_or_init(|| name.to_owned()) == name
    }

    /// Whether anything has to be mended.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        !self.complaints.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_judged_later_is_said_along_with_the_rest() {
        let typed = [("name", "Ruth"), ("phone", "12"), ("cell", "415 555 0142"), ("year", " 2,190 ")];
        let form = Filled::with(typed.map(|(name, text)| (name, text.to_owned())));
        assert_eq!((form.whole("year"), form.whole("name"), form.whole("nothing")), (Some(2190), None, None));
        let form = form
            .complain("name", "is wrong")
            .also(Err(Error::invalid("name", "is wrong again")))
            .expect("to be mended");
        let taken = Conflict::Duplicate { field: "email", detail: "is taken" };
        let form = form.also(Ok(())).expect("to be mended").also(Err(taken.into())).expect("to be mended");
        let form = ["phone", "cell", "fax"]
            .into_iter()
            .fold(form, |form, name| form.also_phone(name, Country::US).expect("to be mended"));
        assert_eq!(
            (form.wrong("name"), form.wrong("email"), form.complaints.len()),
            (Some("is wrong"), Some("is taken"), 3)
        );
        assert!(
            form.wrong("phone").is_some() && form.is_blank(&["fax", "nothing"]) && !form.is_blank(&["fax", "cell"])
        );
        assert!(form.also(Err(Error::NotFound)).is_err());
    }

    #[test]
    fn mending_begins_at_the_first_field_of_the_page() {
        let form = Filled::default().complain("b", "is wrong").complain("a", "is wrong");
        let begins = ["c", "a", "b", "a"].map(|name| form.begins_at(name));
        assert_eq!(begins, [false, true, false, true]);
    }
}
