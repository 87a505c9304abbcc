//! The account's numbers (twilio.com/docs/phone-numbers/api/incomingphonenumber-resource).

use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use tokio::time::timeout;

use super::Twilio;
use super::answer::Answer;
use crate::shops::NumberBook;
use crate::text::Phone;

/// How long somebody waits who enters a number.
const PATIENCE: Duration = Duration::from_secs(4);

/// The account's numbers that were asked for.
#[derive(Deserialize)]
struct Page {
    incoming_phone_numbers: Vec<Owned>,
}

#[derive(Deserialize)]
struct Owned {
    phone_number: String,
}

impl NumberBook for Twilio {
    fn has<'a>(&'a self, number: &'a Phone) -> BoxFuture<'a, Option<bool>> {
        async {
            let request = self.inner.client.get(self.account().address("/IncomingPhoneNumbers.json"));
            let answer = timeout(PATIENCE, self.ask(request.query(&[("PhoneNumber", number.as_str())]))).await;
            let page: Page = answer.ok()?.ok().as_ref().and_then(Answer::content)?;
            // What is asked for is taken as a part of a number.
            Some(page.incoming_phone_numbers.iter().any(|owned| owned.phone_number == number.as_str()))
        }
        .boxed()
    }
}
