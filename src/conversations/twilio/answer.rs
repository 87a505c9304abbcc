//! What Twilio's answers mean (twilio.com/docs/api/errors).

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{Response, StatusCode};
use serde::Deserialize;

use super::super::Failure;
use super::super::provider::Attempt;
use super::listing::Listed;

/// The longest patience that is granted to whoever asks for some: a day later a text is no news.
const LONGEST: u64 = 3600;

/// An answer that was read to its end.
pub(super) struct Answer {
    status: StatusCode,
    retry_after: Option<Duration>,
    body: Vec<u8>,
}

/// There was no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Lost {
    /// Nobody was there: what was to be said was not heard.
    #[error("it can't be reached: {0}")]
    NotReached(String),
    /// Something may have been heard.
    #[error("it does not answer: {0}")]
    OnTheWay(String),
}

/// What an answer says that is no success.
#[derive(Deserialize, Default)]
struct Problem {
    code: Option<u32>,
    message: Option<String>,
}

/// What is asked about the account.
#[derive(Deserialize)]
struct State {
    status: String,
}

impl From<reqwest::Error> for Lost {
    fn from(error: reqwest::Error) -> Self {
        let is_not_reached = error.is_connect() || error.is_builder();
        let words = crate::error::chain(&error.without_url());
        if is_not_reached { Self::NotReached(words) } else { Self::OnTheWay(words) }
    }
}

impl Answer {
    pub(super) async fn read(response: Response) -> Result<Self, Lost> {
        let status = response.status();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(seconds);
        let body = response.bytes().await?.to_vec();
        Ok(Self { status, retry_after, body })
    }

    /// The body of a success, if it is what was asked for.
    pub(super) fn content<'a, T: Deserialize<'a>>(&'a self) -> Option<T> {
        self.status.is_success().then(|| serde_json::from_slice(&self.body).ok()).flatten()
    }

    /// What became of a text; what is wrong with the account where it is refused, whatever the text.
    pub(super) fn attempt(&self) -> Result<Attempt, String> {
        let in_doubt = || Ok(Attempt::InDoubt);
        if self.status.is_success() {
            return self.content::<Listed>().map_or_else(in_doubt, |listed| Ok(Attempt::Accepted(listed.taken())));
        }
        let code = self.problem().code;
        match (self.status.as_u16(), code) {
            (429, _) | (_, Some(FULL | TOO_FAST)) => Ok(Attempt::NotSent { retry_after: self.retry_after }),
            (408 | 500.., _) => in_doubt(),
            (_, Some(code)) if is_about_the_text(code) => Ok(Attempt::Refused(Failure::new(&code.to_string()))),
            (400, None) => Ok(Attempt::Refused(Failure::new("400"))),
            (400, Some(code)) if !is_about_the_account(code) => Ok(Attempt::Refused(Failure::new(&code.to_string()))),
            _ => Err(self.told()),
        }
    }

    /// What is wrong with the account that was asked about, if anything.
    pub(super) fn account_fault(&self) -> Result<(), String> {
        match self.content::<State>() {
            Some(state) if state.status == "active" => Ok(()),
            Some(state) => Err(format!("the account is {}", state.status)),
            None => Err(self.told()),
        }
    }

    fn problem(&self) -> Problem {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    fn told(&self) -> String {
        let Problem { code, message } = self.problem();
        let code = code.map(|code| format!(", error {code}")).unwrap_or_default();
        let message = message.map(|message| format!(": {message}")).unwrap_or_default();
        format!("it answers {}{code}{message}", self.status.as_u16())
    }
}

/// The number's queue is full, and it is asked for more than a text a second: both pass.
const FULL: u32 = 21611;
const TOO_FAST: u32 = 14107;

/// 21xxx are about the request, its numbers and its words; 30xxx about delivery.
fn is_about_the_text(code: u32) -> bool {
    matches!(code, 21_100..=21_999 | 30_003..=30_999)
}

/// 20xxx are about who asks, and 30002 about an account that was suspended.
fn is_about_the_account(code: u32) -> bool {
    matches!(code, 20_000..=20_999 | 30_002)
}

fn seconds(value: &str) -> Option<Duration> {
    value.trim().parse().ok().map(|seconds: u64| Duration::from_secs(seconds.min(LONGEST)))
}

#[cfg(test)]
mod tests {
    use super::super::super::MessageStatus;
    use super::super::super::provider::Taken;
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        let status = StatusCode::from_u16(status).expect("a status");
        Answer { status, retry_after: Some(Duration::from_secs(7)), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn a_success_tells_its_id_or_is_in_doubt() {
        let taken = Taken { provider_message_id: "SM1".into(), status: MessageStatus::Pending, failure: None };
        let accepted = answer(201, r#"{"sid":"SM1","status":"queued","error_code":null,"more":[1]}"#).attempt();
        assert_eq!(accepted, Ok(Attempt::Accepted(taken)));
        for garbled in ["", "ok", "{}", r#"{"sid":"SM1""#] {
            assert_eq!(answer(201, garbled).attempt(), Ok(Attempt::InDoubt), "{garbled}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_text_is_told_from_what_is_wrong_with_the_account() {
        for (status, code) in [(400, 21610), (400, 21211), (400, 21408), (403, 21408), (404, 21704), (400, 30_034)] {
            let refused = Ok(Attempt::Refused(Failure::new(&code.to_string())));
            assert_eq!(answer(status, &format!(r#"{{"code":{code}}}"#)).attempt(), refused, "{status} {code}");
        }
        for (status, body) in [
            (401, r#"{"code":20003,"message":"Authenticate"}"#),
            (400, r#"{"code":20005}"#),
            (403, ""),
            (402, "{}"),
            (404, "<html>"),
            (302, ""),
        ] {
            assert!(answer(status, body).attempt().is_err(), "{status} {body}");
        }
        let told = answer(401, r#"{"code":20003,"message":"Authenticate"}"#).attempt().expect_err("refused");
        assert_eq!(told, "it answers 401, error 20003: Authenticate");
    }

    #[test]
    fn patience_is_no_refusal_and_a_fault_of_theirs_is_in_doubt() {
        let patience = Ok(Attempt::NotSent { retry_after: Some(Duration::from_secs(7)) });
        assert_eq!(answer(429, r#"{"code":20429}"#).attempt(), patience);
        assert_eq!(answer(400, r#"{"code":21611}"#).attempt(), patience);
        for status in [408, 500, 502, 503, 504] {
            assert_eq!(answer(status, r#"{"code":20500}"#).attempt(), Ok(Attempt::InDoubt), "{status}");
        }
    }

    #[test]
    fn an_account_is_active_or_what_it_says() {
        assert_eq!(answer(200, r#"{"status":"active"}"#).account_fault(), Ok(()));
        let suspended = answer(200, r#"{"status":"suspended"}"#).account_fault();
        assert_eq!(suspended, Err("the account is suspended".to_owned()));
        assert_eq!(answer(404, "").account_fault(), Err("it answers 404".to_owned()));
    }

    #[test]
    fn nobody_waits_longer_than_an_hour() {
        assert_eq!(seconds(" 30 "), Some(Duration::from_secs(30)));
        assert_eq!(seconds("999999"), Some(Duration::from_hours(1)));
        assert_eq!(seconds("Wed, 21 Oct 2026 07:28:00 GMT"), None);
    }
}
