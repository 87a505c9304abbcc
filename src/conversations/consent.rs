//! Who may be texted.

use crate::customers::Customer;
use crate::error::{Conflict, Result};
use crate::text::Phone;

/// Somebody to text, as far as it decides whether they may be.
pub(super) struct Recipient<'a> {
    pub(super) phone: Option<&'a Phone>,
    pub(super) wants_texts: bool,
    pub(super) has_opted_out: bool,
    pub(super) is_deleted: bool,
}

/// The number by which a customer may be texted: they have one, want texts, and the last word from that number, where
/// there is any, is no STOP. [`Conflict::NoPhone`] and [`Conflict::OptedOut`] otherwise. A deleted customer is left alone.
pub fn may_text(customer: &Customer, has_opted_out: bool) -> Result<Phone> {
    Recipient {
        phone: customer.phone.as_ref(),
        wants_texts: customer.sms_opt_in,
        has_opted_out,
        is_deleted: customer.deleted_at.is_some(),
    }
    .number_to_text()
}

impl Recipient<'_> {
    pub(super) fn number_to_text(&self) -> Result<Phone> {
        if self.is_deleted {
            return Err(Conflict::State { current: "deleted" }.into());
        }
        let phone = self.phone.ok_or(Conflict::NoPhone)?;
        if self.has_opted_out || !self.wants_texts {
            return Err(Conflict::OptedOut.into());
        }
        Ok(phone.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::text::Country;

    #[test]
    fn it_takes_a_phone_the_wish_and_no_stop() {
        let phone = Phone::parse("+14155550142", Country::US).expect("a phone");
        let willing = Recipient { phone: Some(&phone), wants_texts: true, has_opted_out: false, is_deleted: false };
        assert_eq!(willing.number_to_text().expect("may be texted"), phone);
        for unwilling in [Recipient { wants_texts: false, ..willing }, Recipient { has_opted_out: true, ..willing }] {
            assert!(matches!(unwilling.number_to_text(), Err(Error::Conflict(Conflict::OptedOut))));
        }
        let nowhere = Recipient { phone: None, ..willing };
        assert!(matches!(nowhere.number_to_text(), Err(Error::Conflict(Conflict::NoPhone))));
        let gone = Recipient { is_deleted: true, ..willing };
        assert!(matches!(gone.number_to_text(), Err(Error::Conflict(Conflict::State { current: "deleted" }))));
    }
}
