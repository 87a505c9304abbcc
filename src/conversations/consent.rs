//! Who may be texted.

use crate::customers::Customer;
use crate::error::{Conflict, Result};
use crate::text::Phone;

/// The number by which a customer may be texted: they have one, want texts, and the last word from that number, where
/// there is any, is no STOP. [`Conflict::NoPhone`] and [`Conflict::OptedOut`] otherwise.
pub fn may_text(customer: &Customer, has_opted_out: bool) -> Result<Phone> {
    number_to_text(customer.phone.as_ref(), customer.sms_opt_in, has_opted_out)
}

pub(super) fn number_to_text(phone: Option<&Phone>, wants_texts: bool, has_opted_out: bool) -> Result<Phone> {
    let phone = phone.ok_or(Conflict::NoPhone)?;
    if has_opted_out || !wants_texts {
        return Err(Conflict::OptedOut.into());
    }
    Ok(phone.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::text::Country;

    #[test]
    fn it_takes_a_phone_the_wish_and_no_stop() {
        let phone = Phone::parse("+14155550142", Country::US).expect("a phone");
        assert_eq!(number_to_text(Some(&phone), true, false).expect("may be texted"), phone);
        for (wants_texts, has_opted_out) in [(false, false), (true, true), (false, true)] {
            let refusal = number_to_text(Some(&phone), wants_texts, has_opted_out);
            assert!(matches!(refusal, Err(Error::Conflict(Conflict::OptedOut))));
        }
        assert!(matches!(number_to_text(None, true, false), Err(Error::Conflict(Conflict::NoPhone))));
    }
}
