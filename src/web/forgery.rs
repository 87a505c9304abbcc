//! Requests that another site makes a browser send: they come with the browser's cookie, but not from its person.
//!
//! Browsers say where a request comes from, so no secret has to stand in the pages. A program says nothing of the kind
//! and is let through: it holds no cookie that somebody else could use.

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, Method};
use axum::middleware::Next;
use axum::response::Response;

use super::{PublicUrl, Scheme};
use crate::auth::cookie::SessionCookie;
use crate::error::Error;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses what another site has sent, and tells which cookie holds the session of a browser that reaches us this way.
pub async fn refuse_forgeries(
    State(public_url): State<PublicUrl>,
    scheme: Scheme,
    mut request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    if changes_something(request.method()) && is_from_elsewhere(headers, &public_url) {
        let refusal = Error::Forbidden("this was sent by another site");
        return super::page::refuse(request.uri(), refusal);
    }
    let is_https = scheme.is_https() || stands_for_https(headers, &public_url);
    let cookie = if is_https { SessionCookie::Secure } else { SessionCookie::Plain };
    request.extensions_mut().insert(cookie);
    next.run(request).await
}

fn changes_something(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// `Sec-Fetch-Site` where the browser sends it, else `Origin`: on plain http in a shop's network there is only that.
fn is_from_elsewhere(headers: &HeaderMap, public_url: &PublicUrl) -> bool {
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        return site != "same-origin" && site != "none";
    }
    let Some(origin) = headers.get(ORIGIN) else { return false };
    let is_ours = origin.to_str().is_ok_and(|origin| origin == &*public_url.0 || is_of_host(origin, headers));
    !is_ours
}

/// Whether the page was loaded from the host that is asked now. A shop may reach this server by a name of its own network.
fn is_of_host(origin: &str, headers: &HeaderMap) -> bool {
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    authority.is_some() && authority == host(headers)
}

/// The public address tells of a proxy in front of this server that ends https, also where nothing else does.
fn stands_for_https(headers: &HeaderMap, public_url: &PublicUrl) -> bool {
    let authority = public_url.0.strip_prefix("https://");
    authority.is_some() && authority == host(headers)
}

fn host(headers: &HeaderMap) -> Option<&str> {
    headers.get(HOST)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let named =
            pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        named.collect()
    }

    #[test]
    fn who_sent_it_is_told_by_the_browser() {
        let public = PublicUrl("https://inspect.example".into());
        for (sent, is_forged) in [
            (&[][..], false),
            (&[("sec-fetch-site", "same-origin")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://inspect.example")], true),
            (&[("origin", "https://inspect.example")], false),
            (&[("origin", "http://192.168.1.5:8080"), ("host", "192.168.1.5:8080")], false),
            (&[("origin", "https://evil.example"), ("host", "inspect.example")], true),
            (&[("origin", "https://inspect.example.evil.example")], true),
            (&[("origin", "null"), ("host", "null")], true),
        ] {
            assert_eq!(is_from_elsewhere(&headers(sent), &public), is_forged, "{sent:?}");
        }
    }

    #[test]
    fn a_cookie_is_secure_where_the_browser_came_by_https() {
        let https = PublicUrl("https://inspect.example".into());
        assert!(stands_for_https(&headers(&[("host", "inspect.example")]), &https));
        assert!(!stands_for_https(&headers(&[("host", "192.168.1.5:8080")]), &https));
        assert!(!stands_for_https(&headers(&[]), &https));
        assert!(!stands_for_https(&headers(&[("host", "127.0.0.1")]), &PublicUrl("http://127.0.0.1".into())));
    }
}
