//! Pictures as Twilio has them (twilio.com/docs/messaging/api/media-resource). Where one is to be had is told by whoever sends
//! the text's webhook, and then by whoever answers there; so every address is looked at before it is asked.

use axum::body::Body;
use axum::http;
use reqwest::header::LOCATION;
use reqwest::{Response, StatusCode, Url};

use super::super::provider::Missing;
use super::{Account, Twilio};
use crate::error::chain;
use crate::web::Upload;

/// The API answers with where the picture really is; nothing there leads further.
const MOST_REDIRECTS: usize = 3;

/// Where the API sends whoever asks for a picture.
const STORES: [&str; 2] = [".twilio.com", ".twiliocdn.com"];
/// Where pictures are that came before the account wanted to know who asks for them, below a path of Twilio's own.
const OLD_STORE: (&str, &str) = ("s3-external-1.amazonaws.com", "/media.twiliocdn.com/");

impl Twilio {
    /// Begins to fetch a picture. Who we are is told to the API alone, and not to where it sends us.
    pub(super) async fn fetch(&self, address: &str) -> Result<Upload, Missing> {
        let mut url = Url::parse(address).map_err(|_| Missing::Elsewhere)?;
        for redirects in 0..=MOST_REDIRECTS {
            if !self.is_theirs(&url) {
                return Err(Missing::Elsewhere);
            }
            let mut request = self.inner.pictures.get(url.clone());
            if redirects == 0 && is_api(self.account(), &url) {
                request = request.basic_auth(&self.account().sid, Some(self.account().token.as_str()));
            }
            let response = request.send().await.map_err(|error| Missing::NotNow(chain(&error.without_url())))?;
            match response.status() {
                StatusCode::OK => return Ok(upload(response)),
                StatusCode::NOT_FOUND | StatusCode::GONE => return Err(Missing::NotThere),
                status if status.is_redirection() => url = elsewhere(&url, &response)?,
                status => return Err(Missing::NotNow(format!("it answers {}", status.as_u16()))),
            }
        }
        Err(Missing::Elsewhere)
    }

    /// Whether an address is one of Twilio's.
    fn is_theirs(&self, url: &Url) -> bool {
        is_api(self.account(), url) || self.inner.stores.iter().any(|store| is_below(url, store)) || is_store(url)
    }
}

/// An address that was told names nobody who asks.
fn is_anonymous(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none()
}

fn is_below(url: &Url, store: &Url) -> bool {
    is_anonymous(url) && url.origin() == store.origin()
}

/// The host of an address that is encrypted, on the usual port.
fn host(url: &Url) -> Option<&str> {
    let is_plain = url.scheme() == "https" && url.port().is_none() && is_anonymous(url);
    url.host_str().filter(|_| is_plain)
}

/// Whether it is the API's: the one that is configured, or Twilio's own anywhere.
fn is_api(account: &Account, url: &Url) -> bool {
    let is_configured = Url::parse(&account.api_url).is_ok_and(|api| is_below(url, &api));
    is_configured
        || host(url)
            .is_some_and(|host| host == "api.twilio.com" || host.starts_with("api.") && host.ends_with(".twilio.com"))
}

fn is_store(url: &Url) -> bool {
    let (old, path) = OLD_STORE;
    host(url).is_some_and(|host| {
        STORES.iter().any(|store| host.ends_with(store)) || host == old && url.path().starts_with(path)
    })
}

fn elsewhere(from: &Url, response: &Response) -> Result<Url, Missing> {
    let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
    location.and_then(|location| from.join(location).ok()).ok_or(Missing::Elsewhere)
}

fn upload(response: Response) -> Upload {
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
    Upload::fetched(announced, Body::new(http::Response::<reqwest::Body>::from(response).into_body()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(api_url: &str) -> Account {
        Account {
            sid: "AC1".into(),
            token: "x".to_owned().into(),
            second_token: None,
            api_url: api_url.into(),
            messaging_service: None,
        }
    }

    fn url(address: &str) -> Url {
        Url::parse(address).expect("an address")
    }

    #[test]
    fn who_we_are_is_told_to_the_api() {
        let account = account("http://127.0.0.1:4010");
        for api in
            ["http://127.0.0.1:4010/M/1", "https://api.twilio.com/M/1", "https://api.dublin.ie1.twilio.com/M/1"]
        {
            assert!(is_api(&account, &url(api)), "{api}");
        }
        for other in [
            "http://127.0.0.1:4011/M/1",
            "https://127.0.0.1:4010/M/1",
            "http://api.twilio.com/M/1",
            "https://api.twilio.com:8443/M/1",
            "https://api.twilio.com.evil.example/M/1",
            "https://apitwilio.com/M/1",
            "https://me@api.twilio.com/M/1",
            "https://mms.twiliocdn.com/M/1",
            "ftp://api.twilio.com/M/1",
        ] {
            assert!(!is_api(&account, &url(other)), "{other}");
        }
    }

    #[test]
    fn pictures_are_where_twilio_keeps_them() {
        for theirs in [
            "https://mms.twiliocdn.com/AC1/1?Signature=x",
            "https://media.twiliocdn.com/1",
            "https://s3-external-1.amazonaws.com/media.twiliocdn.com/AC1/1",
        ] {
            assert!(is_store(&url(theirs)), "{theirs}");
        }
        for other in [
            "http://mms.twiliocdn.com/1",
            "https://twiliocdn.com.evil.example/1",
            "https://eviltwiliocdn.com/1",
            "https://s3-external-1.amazonaws.com/evil/media.twiliocdn.com/1",
            "https://169.254.169.254/latest/meta-data",
            "https://localhost/1",
        ] {
            assert!(!is_store(&url(other)), "{other}");
        }
    }
}
