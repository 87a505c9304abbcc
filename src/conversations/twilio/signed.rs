//! Requests that Twilio has made: nothing in them is looked at before their signature is.

use std::time::Duration;

use axum::RequestExt as _;
use axum::extract::{FromRef, FromRequest, OriginalUri, Request};
use axum::http::{HeaderMap, HeaderName, Uri};
use tokio::time::timeout;

use super::Twilio;
use super::signature::is_signed;
use crate::error::{Error, Result};
use crate::web::receive_form;

const SIGNATURE: HeaderName = HeaderName::from_static("x-twilio-signature");

/// More than the longest text with ten pictures takes.
const MOST_BYTES: usize = 64 * 1024;
/// How long the whole of it may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A form that Twilio has signed, about our account. It is the permission to take it in.
pub struct Signed {
    form: Vec<(String, String)>,
}

impl<S> FromRequest<S> for Signed
where
    Option<Twilio>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Error;

    async fn from_request(mut request: Request, state: &S) -> Result<Self> {
        let twilio = Option::<Twilio>::from_ref(state).ok_or(Error::NotFound)?;
        let OriginalUri(uri) = request.extract_parts().await.map_err(|_| Error::NotFound)?;
        let signature = signature(request.headers()).ok_or_else(forged)?.to_owned();
        let form = receive(request).await?;
        let address = [&*twilio.public_url().0, path(&uri)];
        if !is_signed(twilio.account(), address, &form, &signature) {
            return Err(forged());
        }
        let signed = Self { form };
        let is_ours = signed.field("AccountSid").is_none_or(|sid| sid == twilio.account().sid);
        if is_ours { Ok(signed) } else { Err(Error::Forbidden("this is about another account")) }
    }
}

impl Signed {
    /// What stands in a field, if it is there.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What has to stand there, and fits where it is kept.
    pub fn demand(&self, name: &'static str) -> Result<&str> {
        let value = self.field(name).filter(|value| !value.is_empty() && value.len() <= 255);
        value.filter(|value| !value.contains('\0')).ok_or_else(|| Error::invalid(name, "must be there"))
    }
}

fn signature(headers: &HeaderMap) -> Option<&str> {
    headers.get(SIGNATURE)?.to_str().ok()
}

fn path(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", |path| path.as_str())
}

fn forged() -> Error {
    Error::Forbidden("the provider has not signed this")
}

async fn receive(request: Request) -> Result<Vec<(String, String)>> {
    let body = timeout(PATIENCE, receive_form(request, MOST_BYTES)).await;
    let body = body.map_err(|_| Error::Malformed("the body did not come in time".into()))??;
    Ok(form_urlencoded::parse(&body).into_owned().collect())
}
