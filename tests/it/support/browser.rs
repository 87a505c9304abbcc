//! The pages as a browser asks for them, and what stands on them.

use axum::body::Body;
use axum::http::request::Builder;
use axum::http::{Request, header};
use scraper::{ElementRef, Html, Selector};

use super::app::{Answer, PUBLIC_URL, TestApp};
use super::world::Person;

/// What a browser says of a form.
const FORM: &str = "application/x-www-form-urlencoded";

impl TestApp {
    /// Opens a page.
    pub(crate) async fn open(&self, path: &str, who: impl Into<Option<&Person>>) -> Answer {
        let request = as_browser(Request::get(path), who.into());
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    /// Sends a form.
    pub(crate) async fn submit(
        &self,
        path: &str,
        who: impl Into<Option<&Person>>,
        fields: &[(&str, &str)],
    ) -> Answer {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = as_browser(Request::post(path), who.into()).header(header::CONTENT_TYPE, FORM);
        let request = request.header(header::CONTENT_LENGTH, form.len());
        self.send(request.body(Body::from(form)).expect("a request")).await
    }
}

/// A browser that came by the public address, with the cookie of whoever is logged in.
pub(crate) fn as_browser(request: Builder, who: Option<&Person>) -> Builder {
    let host = PUBLIC_URL.strip_prefix("https://").expect("https");
    let request = request.header(header::HOST, host).header("sec-fetch-site", "same-origin");
    match who {
        Some(person) => request.header(header::COOKIE, format!("__Host-courtesy={}", person.token)),
        None => request,
    }
}

impl Answer {
    /// The text of each element that the selector finds, with single spaces.
    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        self.each(selector, |element| {
            let text: String = element.text().collect();
            Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
        })
    }

    /// An attribute of each element that the selector finds and that has it.
    pub(crate) fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        self.each(selector, |element| element.attr(name).map(str::to_owned))
    }

    /// Where the answer sends the browser.
    #[track_caller]
    pub(crate) fn leads_to(&self) -> &str {
        assert_eq!(self.status, 303, "{}", String::from_utf8_lossy(&self.bytes));
        self.headers[header::LOCATION].to_str().expect("an address")
    }

    fn each(&self, selector: &str, read: impl Fn(ElementRef) -> Option<String>) -> Vec<String> {
        let html = Html::parse_document(&String::from_utf8_lossy(&self.bytes));
        let selector = Selector::parse(selector).expect("a selector");
        html.select(&selector).filter_map(read).collect()
    }
}
