//! How Twilio knows us.

use crate::text::Secret;

/// An account, as the operator has it. Its `Debug` shows no token.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its id, `AC` and 32 digits.
    pub sid: String,
    /// What requests are made, and webhooks signed, with.
    pub token: Secret,
    /// The other one, while tokens are being changed: webhooks may be signed with either.
    pub second_token: Option<Secret>,
    /// Where it is asked, without a slash at the end.
    pub api_url: String,
    /// The service whose sender pool holds the shops' numbers, where there is one.
    pub messaging_service: Option<String>,
}

impl Account {
    /// Twilio's own address.
    pub const API_URL: &'static str = "https://api.twilio.com";

    /// The address of what stands below the account.
    pub(super) fn address(&self, below: &str) -> String {
        format!("{}/2010-04-01/Accounts/{}{below}", self.api_url, self.sid)
    }

    /// An address that an answer names relative to the provider's own, for example that of a list's next page.
    pub(super) fn elsewhere(&self, path: &str) -> String {
        format!("{}{path}", self.api_url)
    }
}
