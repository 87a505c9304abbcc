//! Forms as they are sent: what somebody typed, and what is wrong with it.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use super::body::{Body, FORM, field_error, receive};
use super::filled::{Filled, complaints};
use super::typed::Field;
use crate::error::{Error, FieldError, Result};

/// The fields of a form that was sent, or why it can't be read as a form at all.
pub struct Form(Result<BTreeMap<String, String>, NoForm>);

/// What is no form that could be filled in here.
#[derive(Debug, Clone)]
enum NoForm {
    TooLarge,
    OfAnotherKind,
    Malformed(String),
    /// There is no room to receive it now, but after so long.
    Busy(Duration),
}

/// More than any form here holds, however its letters are written.
pub(super) const MOST_BYTES: usize = 256 * 1024;
/// More fields than any form here has, and longer and deeper names: reading goes by the dots in them.
const MOST_FIELDS: usize = 200;
const LONGEST_NAME: usize = 100;
const MOST_DOTS: usize = 4;
/// What the names of fields begin with that keep what another field said when the page was made.
pub(super) const WAS: &str = "was.";
/// So many mistakes are enough to be said at once.
const MOST_COMPLAINTS: usize = 30;

impl Form {
    /// Reads the fields into what a program would have sent as JSON, or says of each field what is wrong with it.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        let typed = self.0.as_ref().map_err(|reason| Error::from(reason.clone()))?;
        let mut fields = Field::group(typed.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        let mut complaints = Vec::new();
        loop {
            // Reading ends at the first field that is wrong, so that one is taken away and the next has its turn.
            match serde_path_to_error::deserialize(fields.clone()) {
                Ok(value) if complaints.is_empty() => return Ok(value),
                Err(error)
                    if complaints.len() < MOST_COMPLAINTS
                        && fields.remove(&complain(&field_error(&error), &mut complaints)) => {}
                _ => return Err(Error::Invalid(complaints)),
            }
        }
    }

    /// The same as the body of the operation that the form is a face of, which then judges it like any other.
    #[must_use]
    pub fn body<T: DeserializeOwned, const KIB: usize>(&self) -> Body<T, KIB> {
        let said = self.0.as_ref().map(|typed| serde_json::json!(typed).to_string()).unwrap_or_default();
        Body::read(self.read(), said)
    }

    /// A form that was put together here.
    #[must_use]
    pub fn of(fields: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(Ok(fields.into_iter().collect()))
    }

    /// The form without these fields, which are not about its subject.
    #[must_use]
    pub fn without(&self, names: &[&str]) -> Self {
        let rest = |typed: &BTreeMap<String, String>| {
            let kept = typed.iter().filter(|(name, _)| !names.contains(&name.as_str()));
            kept.map(|(name, text)| (name.clone(), text.clone())).collect()
        };
        Self(self.0.as_ref().map(rest).map_err(NoForm::clone))
    }

    /// The form with something else in a field, or with one more: what the page itself says beside what was typed.
    #[must_use]
    pub fn with(&self, name: &str, text: &str) -> Self {
        let more = |typed: &BTreeMap<String, String>| {
            let mut typed = typed.clone();
            typed.insert(name.to_owned(), text.to_owned());
            typed
        };
        Self(self.0.as_ref().map(more).map_err(NoForm::clone))
    }

    /// The form without the fields that nobody touched, which say what they said when the page was made ([`Filled::known`]):
    /// what somebody else changed meanwhile is not set back by whoever looked at something else.
    #[must_use]
    pub fn touched(&self) -> Self {
        let touched = |typed: &BTreeMap<String, String>| {
            let is_as_it_was = |name: &str, text: &String| typed.get(&format!("{WAS}{name}")) == Some(text);
            let kept = typed.iter().filter(|(name, text)| !name.starts_with(WAS) && !is_as_it_was(name, text));
            kept.map(|(name, text)| (name.clone(), text.clone())).collect()
        };
        Self(self.0.as_ref().map(touched).map_err(NoForm::clone))
    }

    /// Whether the form has a field of this name, also where nothing was typed into it.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.as_ref().is_ok_and(|typed| typed.contains_key(name))
    }

    /// What was typed into a field; nothing where the form has none of that name.
    #[must_use]
    pub fn typed(&self, name: &str) -> &str {
        self.0.as_ref().ok().and_then(|typed| typed.get(name)).map_or("", String::as_str)
    }

    /// The address of this server that stands in a field: where to go on afterwards. A browser reads `//host` and `/\\host` as
    /// another one.
    #[must_use]
    pub fn own_address(&self, name: &str) -> Option<&str> {
        let address = self.typed(name);
        let is_ours = address.starts_with('/') && !address.starts_with("//");
        let is_plain = address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        (is_ours && is_plain).then_some(address)
    }

    /// The form again with what is wrong with it, where that can be mended there; any other error remains one.
    pub fn again(self, error: Error) -> Result<Filled> {
        let complaints = complaints(error)?;
        Ok(Filled::again(self.0?, complaints))
    }
}

/// Keeps a complaint, and names what is to be taken away: the field or, where that is missing because it was taken away
/// before, the group that can't be read without it.
fn complain(error: &Error, complaints: &mut Vec<FieldError>) -> String {
    let Error::Invalid(fields) = error else { return String::new() };
    let Some(complaint) = fields.first().map(of_its_field) else { return String::new() };
    let is_within = |known: &str| {
        known.strip_prefix(&*complaint.field).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    if complaints.iter().any(|known| is_within(&known.field)) {
        return complaint.field.rsplit_once('.').map_or(String::new(), |(group, _)| group.to_owned());
    }
    complaints.push(complaint.clone());
    complaint.field
}

/// A line of a list is mended in the field that holds them all.
fn of_its_field(complaint: &FieldError) -> FieldError {
    let FieldError { field, detail } = complaint;
    let line = field.rsplit_once('.').and_then(|(list, place)| Some((list, place.parse::<usize>().ok()?)));
    match line {
        Some((list, place)) => FieldError { field: list.to_owned(), detail: format!("line {} {detail}", place + 1) },
        None => complaint.clone(),
    }
}

/// The fields by their names; of two with the same name the last one counts.
fn fields(form: &[u8]) -> Result<BTreeMap<String, String>, NoForm> {
    let pairs: Vec<(String, String)> = form_urlencoded::parse(form).into_owned().take(MOST_FIELDS + 1).collect();
    let is_plain =
        |(name, _): &(String, String)| name.len() <= LONGEST_NAME && name.matches('.').count() <= MOST_DOTS;
    if pairs.len() > MOST_FIELDS || !pairs.iter().all(is_plain) {
        return Err(NoForm::Malformed("this is no form of ours".into()));
    }
    Ok(pairs.into_iter().collect())
}

impl From<Error> for NoForm {
    fn from(error: Error) -> Self {
        match error {
            Error::TooLarge(_) => Self::TooLarge,
            Error::Busy(wait) => Self::Busy(wait),
            error => Self::Malformed(error.public_detail()),
        }
    }
}

impl From<NoForm> for Error {
    fn from(reason: NoForm) -> Self {
        match reason {
            NoForm::TooLarge => Self::TooLarge(MOST_BYTES),
            NoForm::OfAnotherKind => Self::UnsupportedMediaType(FORM),
            NoForm::Malformed(why) => Self::Malformed(why),
            NoForm::Busy(wait) => Self::Busy(wait),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Infallible;

    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        let read = async {
            let (is_form, bytes) = receive(request, FORM, MOST_BYTES).await.map_err(NoForm::from)?;
            if is_form { fields(&bytes) } else { Err(NoForm::OfAnotherKind) }
        };
        Ok(Self(read.await))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::text::{Email, Line};

    #[derive(Debug, Deserialize)]
    struct SignUp {
        #[serde(rename = "id")]
        _id: Option<i32>,
        #[serde(rename = "shop")]
        _shop: Named,
        #[serde(rename = "user")]
        _user: Person,
        #[serde(rename = "services", default)]
        _services: Vec<Line<10>>,
    }

    #[derive(Debug, Deserialize)]
    struct Named {
        #[serde(rename = "name")]
        _name: Line<20>,
    }

    #[derive(Debug, Deserialize)]
    struct Person {
        #[serde(rename = "email")]
        _email: Email,
        #[serde(rename = "age")]
        _age: Option<i32>,
    }

    fn form(fields: &[(&str, &str)]) -> Form {
        Form(Ok(fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()))
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let services = ("services", "Brakes\nTires and wheels");
        let typed = [("id", "x"), ("shop.name", ""), ("user.email", "nobody"), ("user.age", "old"), services];
        let error = form(&typed).read::<SignUp>().expect_err("five mistakes");
        let filled = form(&typed).again(error).expect("they can be mended");
        for (name, _) in typed {
            assert!(filled.wrong(name).is_some(), "{name}");
        }
        assert_eq!(filled.value("user.email"), "nobody");
        assert_eq!(filled.wrong("services"), Some("line 2 must be at most 10 characters"));
    }

    #[test]
    fn a_form_is_no_deeper_and_no_longer_than_any_of_ours() {
        let deep = format!("{}a=1", "a.".repeat(MOST_DOTS + 1));
        let many = "f=1&".repeat(MOST_FIELDS + 1);
        let long = format!("{}=1", "a".repeat(LONGEST_NAME + 1));
        for form in [deep, many, long, format!("{}=1", "a.".repeat(100_000))] {
            assert!(matches!(fields(form.as_bytes()), Err(NoForm::Malformed(_))));
        }
        assert_eq!(fields(b"a.b.c=1&a.b.c=2").expect("a form")["a.b.c"], "2");
    }

    #[test]
    fn what_is_missing_is_said_once() {
        let error = form(&[("shop.name", "Delgado")]).read::<SignUp>().expect_err("nobody signs up");
        assert!(matches!(error, Error::Invalid(fields) if fields.len() == 1 && fields[0].field == "user"));
        let right = [("shop.name", "Delgado"), ("user.email", "rosa@delgado.example"), ("user.age", "")];
        assert!(form(&right).read::<SignUp>().is_ok());
    }

    #[test]
    fn what_nobody_touched_is_not_sent_back() {
        let shown = Filled::known([("a", "1".to_owned()), ("b.c", "2".to_owned()), ("d", String::new())]);
        let kept: Vec<_> = shown.as_it_was().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(kept, [("was.a", "1"), ("was.b.c", "2"), ("was.d", "")]);
        let typed = [kept.as_slice(), &[("a", "1"), ("b.c", "3"), ("d", ""), ("e", "4")]].concat();
        let Form(touched) = form(&typed).touched();
        assert_eq!(
            touched.expect("a form").into_iter().collect::<Vec<_>>(),
            [("b.c".to_owned(), "3".to_owned()), ("e".to_owned(), "4".to_owned())]
        );
    }

    #[test]
    fn what_can_t_be_mended_in_the_form_remains_an_error() {
        assert!(form(&[]).again(Error::NotFound).is_err());
    }
}
