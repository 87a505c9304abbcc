//! The cookie in which a browser keeps its session's token: out of the reach of scripts, and sent to this server alone.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};

use super::token::SessionToken;
use crate::ids::ShopId;

/// Which cookie a browser has, by how it reaches this server. Over https its name begins with `__Host-`, which browsers
/// take from this very host alone; on plain http they refuse that name, and the cookie is an ordinary one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionCookie {
    /// Over https.
    Secure,
    /// On plain http, as in a shop's own network.
    Plain,
}

/// Seconds after which no session lives any longer, so that none is kept: 7 days.
const LONGEST: u32 = 7 * 24 * 60 * 60;

impl SessionCookie {
    /// The token that the browser sends along, if it has one.
    #[must_use]
    pub fn token(self, headers: &HeaderMap) -> Option<SessionToken> {
        let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut cookies = lines.flat_map(|line| line.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
        cookies.find_map(|(name, value)| (name == self.name()).then(|| SessionToken::parse(value)).flatten())
    }

    /// Asks the browser to keep a token.
    ///
    /// # Panics
    ///
    /// Where it is none: a token is letters, digits, dashes and a dot.
    #[must_use]
    pub fn keep(self, token: &str) -> HeaderValue {
        let mut line = HeaderValue::try_from(self.line(token, LONGEST)).expect("a token is plain text");
        line.set_sensitive(true);
        line
    }

    /// Asks the browser to keep none any longer.
    ///
    /// # Panics
    ///
    /// Never: there is nothing in it but its name.
    #[must_use]
    pub fn forget(self) -> HeaderValue {
        HeaderValue::try_from(self.line("", 0)).expect("plain text")
    }

    fn name(self) -> &'static str {
        match self {
            Self::Secure => "__Host-courtesy",
            Self::Plain => "courtesy",
        }
    }

    fn line(self, value: &str, seconds: u32) -> String {
        let secure = if self == Self::Secure { "; Secure" } else { "" };
        format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}", self.name())
    }
}

/// A browser that need not be logged in.
pub struct Browser(Option<SessionToken>);

impl Browser {
    /// The shop that its cookie names. It only says so: whether there is such a session, nobody has asked.
    #[must_use]
    pub fn shop(&self) -> Option<ShopId> {
        self.0.as_ref().map(SessionToken::shop)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let cookie: Option<&SessionCookie> = parts.extensions.get();
        Ok(Self(cookie.and_then(|cookie| cookie.token(&parts.headers))))
    }
}

/// Whether a browser came over a network on plain http: not over https, and not from this very machine.
pub(super) fn is_exposed(parts: &Parts) -> bool {
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    parts.extensions.get() == Some(&SessionCookie::Plain) && !is_this_machine(host)
}

/// Browsers trust their own machine like a server behind https.
fn is_this_machine(host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let name = name.map_or(host, |(name, _)| name).trim_matches(['[', ']']);
    name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(cookies: &str) -> HeaderMap {
        [(COOKIE, HeaderValue::from_str(cookies).expect("a line"))].into_iter().collect()
    }

    #[test]
    fn a_token_comes_back_as_it_was_kept() {
        let token = SessionToken::new(ShopId::new());
        for cookie in [SessionCookie::Secure, SessionCookie::Plain] {
            let line = cookie.keep(&token.reveal());
            let kept = line.to_str().expect("text").split(';').next().expect("a pair").to_owned();
            let read = cookie.token(&sent(&format!("theme=dark; {kept}"))).expect("our token");
            assert!(read.hash() == token.hash());
        }
    }

    #[test]
    fn over_https_a_plain_cookie_lets_nobody_in() {
        let token = SessionToken::new(ShopId::new()).reveal();
        assert!(SessionCookie::Secure.token(&sent(&format!("courtesy={token}"))).is_none());
        assert!(SessionCookie::Plain.token(&sent(&format!("__Host-courtesy={token}"))).is_none());
        assert!(SessionCookie::Plain.token(&sent("courtesy=nonsense")).is_none());
    }

    #[test]
    fn only_over_https_the_cookie_is_secure() {
        assert!(SessionCookie::Secure.forget().to_str().expect("text").ends_with("; Secure"));
        assert!(!SessionCookie::Plain.forget().to_str().expect("text").contains("Secure"));
    }

    #[test]
    fn a_browser_trusts_its_own_machine() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "[::1]", "127.9.9.9"] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in ["", "192.168.1.5:8080", "shop.example", "localhost.shop.example", "[2001:db8::1]:80"] {
            assert!(!is_this_machine(host), "{host}");
        }
    }
}
