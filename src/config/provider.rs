//! Where texts go, and how the provider knows us.

use axum::http::Uri;

use super::mistakes::{Mistake, Mistakes};
use super::values::{Read, bare_url, given, mistake};
use super::{Options, PublicUrl};
use crate::conversations::Texting;
use crate::conversations::twilio::Account;
use crate::text::Secret;

/// What was given about it.
#[derive(Default)]
pub(super) struct Given {
    sms: Option<String>,
    account_sid: Option<String>,
    auth_token: Option<String>,
    second_token: Option<String>,
    api_url: Option<String>,
    messaging_service: Option<String>,
}

impl Given {
    /// Takes it out of the options.
    pub(super) fn take(options: &mut Options) -> Self {
        Self {
            sms: given(options.sms.take()),
            account_sid: given(options.twilio_account_sid.take()),
            auth_token: given(options.twilio_auth_token.take()),
            second_token: given(options.twilio_auth_token_2.take()),
            api_url: given(options.twilio_api_url.take()),
            messaging_service: given(options.twilio_messaging_service_sid.take()),
        }
    }

    /// Where texts go, with the account where they leave this server. Nothing where something was wrong. An account that
    /// is set while texts stay in the sandbox waits for the day when they don't.
    pub(super) fn read(
        self,
        public_url: Option<&Option<PublicUrl>>,
        mistakes: &mut Mistakes,
    ) -> Option<(Texting, Option<Account>)> {
        match self.sms.as_deref() {
            None | Some("sandbox") => Some((Texting::Sandbox, None)),
            Some("twilio") => {
                let public_url = mistakes.sort_out(public_address(public_url));
                let account = self.account(mistakes);
                public_url.and(account).map(|account| (Texting::Provider, Some(account)))
            }
            Some(other) => {
                let wrong = mistake(format!("COURTESY_SMS is \"{other}\", but must be sandbox or twilio"));
                mistakes.sort_out(wrong)
            }
        }
    }

    fn account(self, mistakes: &mut Mistakes) -> Option<Account> {
        let account_sid = sid("TWILIO_ACCOUNT_SID", "AC", self.account_sid).and_then(demanded);
        let account_sid = mistakes.sort_out(account_sid);
        let token = mistakes.sort_out(token(self.auth_token));
        let api_url = mistakes.sort_out(api_url(self.api_url));
        let service = mistakes.sort_out(sid("TWILIO_MESSAGING_SERVICE_SID", "MG", self.messaging_service));
        Some(Account {
            sid: account_sid?,
            token: token?,
            second_token: self.second_token.map(Secret::from),
            api_url: api_url?,
            messaging_service: service?,
        })
    }
}

/// Where the listener or the address itself is wrong, that was said already.
fn public_address(public_url: Option<&Option<PublicUrl>>) -> Read<()> {
    match public_url {
        Some(None) => mistake(
            "COURTESY_PUBLIC_URL must be set where COURTESY_SMS is twilio, because texts come in, and their delivery is \
             reported, at that address",
        ),
        _ => Ok(()),
    }
}

/// It becomes a part of addresses, so it holds nothing that would mean something there.
fn sid(name: &str, prefix: &str, value: Option<String>) -> Read<Option<String>> {
    let is_one = |value: &String| {
        value.starts_with(prefix) && value.len() <= 64 && value.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    match value {
        Some(value) if !is_one(&value) => {
            mistake(format!("{name} must be {prefix} and 32 letters and digits, as the provider's console shows it"))
        }
        value => Ok(value),
    }
}

fn demanded(sid: Option<String>) -> Read<String> {
    sid.ok_or_else(|| Mistake("TWILIO_ACCOUNT_SID must be set where COURTESY_SMS is twilio".into()))
}

fn token(value: Option<String>) -> Read<Secret> {
    match value {
        Some(token) => Ok(token.into()),
        None => mistake("TWILIO_AUTH_TOKEN must be set where COURTESY_SMS is twilio"),
    }
}

fn api_url(value: Option<String>) -> Read<String> {
    let Some(value) = value else { return Ok(Account::API_URL.into()) };
    match bare_url(&value).filter(|url| url.parse::<Uri>().is_ok()) {
        Some(url) => Ok(url),
        None => mistake(
            "TWILIO_API_URL must be an http or https address without user, path and query, such as \
             https://api.twilio.com",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "every option may be left out")]
    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn read(given: Given, public_url: Option<&str>) -> Result<(Texting, Option<Account>), String> {
        let public_url = public_url.map(|url| PublicUrl(url.into()));
        let mut mistakes = Mistakes::default();
        let read = given.read(Some(&public_url), &mut mistakes);
        mistakes.none_or(()).map_err(|mistakes| mistakes.to_string())?;
        Ok(read.expect("nothing was wrong"))
    }

    fn twilio() -> Given {
        Given {
            sms: some("twilio"),
            account_sid: some("AC0123456789abcdef0123456789abcdef"),
            auth_token: some("geheim"),
            ..Given::default()
        }
    }

    const HERE: Option<&str> = Some("https://inspect.example");

    #[test]
    fn texts_stay_here_unless_the_operator_says_otherwise() {
        for sms in [None, some("sandbox")] {
            let read = read(Given { sms, ..twilio() }, None).expect("right");
            assert!(matches!(read, (Texting::Sandbox, None)), "an account alone sends nothing");
        }
        let told = read(Given { sms: some("pigeon"), ..Given::default() }, None).expect_err("wrong");
        assert_eq!(told, "COURTESY_SMS is \"pigeon\", but must be sandbox or twilio");
    }

    #[test]
    fn the_provider_takes_an_account_a_token_and_a_public_address() {
        let told = read(Given { sms: some("twilio"), ..Given::default() }, None).expect_err("nothing is set");
        for name in ["COURTESY_PUBLIC_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"] {
            assert!(told.lines().any(|line| line.contains(name)), "{name}: {told}");
        }
        let (texting, account) = read(twilio(), HERE).expect("right");
        let account = account.expect("an account");
        assert_eq!((texting, &*account.api_url), (Texting::Provider, "https://api.twilio.com"));
        assert!(!format!("{account:?}").contains("geheim"));
    }

    #[test]
    fn what_becomes_a_part_of_addresses_is_looked_at() {
        for wrong in [
            Given { account_sid: some("AC12/../34"), ..twilio() },
            Given { account_sid: some("SK0123456789abcdef0123456789abcdef"), ..twilio() },
            Given { messaging_service: some("AC0123"), ..twilio() },
            Given { api_url: some("https://ana:geheim@mock.example"), ..twilio() },
            Given { api_url: some("mock.example"), ..twilio() },
        ] {
            let told = read(wrong, HERE).expect_err("wrong");
            assert!(told.starts_with("TWILIO_") && !told.contains("geheim"), "{told}");
        }
        let stand_in = Given { api_url: some("http://127.0.0.1:4010/"), ..twilio() };
        let account = read(stand_in, HERE).expect("right").1.expect("an account");
        assert_eq!(account.api_url, "http://127.0.0.1:4010");
    }
}
