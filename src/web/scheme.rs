//! Whether a request came encrypted, and what browsers are told then.

use std::convert::Infallible;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRef, FromRequestParts, Request, State};
use axum::http::header::{HOST, STRICT_TRANSPORT_SECURITY};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use super::{PublicUrl, TrustedProxies};

/// How the client speaks to us. The listener puts it into each request's extensions, and knows only about its own
/// connections; as an argument of a handler it also heeds what a trusted proxy says of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// In the clear: browsers drop cookies that are marked as secure, unless they talk to their own machine.
    Http,
    /// Encrypted on the client's side: cookies can be secure.
    Https,
}

const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-proto");

impl Scheme {
    /// Whether nobody between the client and us, or the proxy that we trust, could listen.
    #[must_use]
    pub fn is_https(self) -> bool {
        self == Self::Https
    }

    /// What a proxy says. With several entries it is not clear whose word is whose, so nothing is believed.
    fn forwarded(headers: &HeaderMap) -> Self {
        let mut said = headers.get_all(FORWARDED).iter();
        match (said.next(), said.next()) {
            (Some(word), None) if word.as_bytes().eq_ignore_ascii_case(b"https") => Self::Https,
            _ => Self::Http,
        }
    }
}

impl<S> FromRequestParts<S> for Scheme
where
    TrustedProxies: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        if parts.extensions.get() == Some(&Self::Https) {
            return Ok(Self::Https);
        }
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        let is_proxy = peer.is_some_and(|peer| TrustedProxies::from_ref(state).trust(peer));
        Ok(if is_proxy { Self::forwarded(&parts.headers) } else { Self::Http })
    }
}

/// Two years, what lists of such hosts ask for. Nothing is said of the hosts below, which may be somebody else's.
const INSIST: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// Tells browsers never to come in the clear again. Only over an encrypted connection of our own, for a proxy speaks for
/// itself, and only under the public address: a browser keeps to it on every port of the host, and under another name there may be
/// something else that knows no encryption.
pub async fn insist(State(public_url): State<PublicUrl>, request: Request, next: Next) -> Response {
    let is_encrypted = request.extensions().get() == Some(&Scheme::Https);
    let insists = is_encrypted && is_public(&public_url, request.headers());
    let mut response = next.run(request).await;
    if insists {
        response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, INSIST);
    }
    response
}

fn is_public(public_url: &PublicUrl, headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).map_or(b"".as_slice(), HeaderValue::as_bytes);
    public_url.0.strip_prefix("https://").is_some_and(|public| host.eq_ignore_ascii_case(public.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn scheme(over: Option<Scheme>, peer: &str, forwarded: &[&str]) -> Scheme {
        let mut request = Request::new(());
        let peer: SocketAddr = peer.parse().expect("an address");
        request.extensions_mut().insert(ConnectInfo(peer));
        over.map(|over| request.extensions_mut().insert(over));
        for word in forwarded {
            request.headers_mut().append(FORWARDED, word.parse().expect("a value"));
        }
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().expect("a network")]);
        let Ok(scheme) = Scheme::from_request_parts(&mut request.into_parts().0, &proxies).await;
        scheme
    }

    #[tokio::test]
    async fn a_trusted_proxy_may_say_that_its_client_is_encrypted() {
        let (http, https) = (Some(Scheme::Http), Some(Scheme::Https));
        assert_eq!(scheme(http, "10.0.0.1:1", &["https"]).await, Scheme::Https);
        assert_eq!(scheme(http, "10.0.0.1:1", &["HTTPS"]).await, Scheme::Https);
        assert_eq!(scheme(http, "[::ffff:10.0.0.1]:1", &["https"]).await, Scheme::Https);
        assert_eq!(scheme(https, "192.0.2.1:1", &["http"]).await, Scheme::Https);
        for said in [&[][..], &["http"], &["https", "https"], &["https, http"]] {
            assert_eq!(scheme(http, "10.0.0.1:1", said).await, Scheme::Http, "{said:?}");
        }
        assert_eq!(scheme(http, "192.0.2.1:1", &["https"]).await, Scheme::Http, "a stranger is not believed");
        assert_eq!(scheme(None, "192.0.2.1:1", &[]).await, Scheme::Http);
    }

    #[test]
    fn only_the_public_address_is_insisted_on() {
        let is_public = |url: &str, host: &str| {
            let headers = [(HOST, host.parse().expect("a value"))].into_iter().collect();
            is_public(&PublicUrl(url.into()), &headers)
        };
        assert!(is_public("https://shop.example", "Shop.example"));
        assert!(is_public("https://shop.example:8443", "shop.example:8443"));
        for host in ["server.lan", "shop.example:8443", ""] {
            assert!(!is_public("https://shop.example", host), "{host}");
        }
        assert!(!is_public("http://shop.example", "shop.example"));
    }
}
