//! How each value is read, and what is said about one that can't be.

use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use axum::http::Uri;
use ipnet::IpNet;
use tracing_subscriber::EnvFilter;

use super::mistakes::Mistake;
use super::{DatabaseChoice, Logins};
use crate::certificate::Pair;
use crate::db::OpenError;
use crate::db::private::Places;
use crate::photos::{Bucket, Place};
use crate::web::{PublicUrl, TrustedProxies};

pub(super) type Read<T> = Result<T, Mistake>;

/// What the defaults depend on.
pub struct Surroundings {
    /// Whether root runs the program.
    pub is_root: bool,
    /// `HOME`.
    pub home: Option<OsString>,
    /// `XDG_DATA_HOME`.
    pub xdg_data_home: Option<OsString>,
    /// `PATH`.
    pub search_path: OsString,
    /// Whatever begins with `AWS_`: how to get at a store that speaks S3. One of them is a secret.
    pub aws: Vec<(String, String)>,
}

impl Surroundings {
    /// Those of this process.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
    pub fn of_process() -> Self {
        Self {
            is_root: rustix::process::geteuid().is_root(),
            home: std::env::var_os("HOME"),
            xdg_data_home: std::env::var_os("XDG_DATA_HOME"),
            search_path: std::env::var_os("PATH").unwrap_or_default(),
            aws: std::env::vars_os().filter_map(aws).collect(),
        }
    }
}

/// What other programs that speak S3 read as well, as far as it is text.
fn aws((name, value): (OsString, OsString)) -> Option<(String, String)> {
    let name = name.into_string().ok().filter(|name| name.starts_with("AWS_"))?;
    Some((name, value.into_string().ok()?))
}

/// A value that is there. Many tools can't leave a variable out, only empty.
pub(super) fn given(value: Option<String>) -> Option<String> {
    value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

pub(super) fn mistake<T>(sentence: impl Into<String>) -> Read<T> {
    Err(Mistake(sentence.into()))
}

pub(super) fn path(value: Option<String>) -> Option<PathBuf> {
    given(value).map(PathBuf::from)
}

pub(super) fn listen(value: Option<String>) -> Read<SocketAddr> {
    address("COURTESY_LISTEN", given(value).as_deref().unwrap_or("127.0.0.1:8080"))
}

pub(super) fn metrics_listen(value: Option<String>) -> Read<Option<SocketAddr>> {
    given(value).filter(|value| value != "off").map(|value| address("COURTESY_METRICS_LISTEN", &value)).transpose()
}

fn address(name: &str, value: &str) -> Read<SocketAddr> {
    value.parse().or_else(|_| {
        mistake(format!(
            "{name} is \"{value}\", but must be an address and a port, such as 127.0.0.1:8080 or [::]:80"
        ))
    })
}

/// Where customers reach the server. By default that is where it listens, but nobody can visit `0.0.0.0`.
pub(super) fn public_url(value: Option<String>, listen: Option<&SocketAddr>) -> Read<Option<PublicUrl>> {
    let Some(value) = given(value) else {
        return match listen {
            Some(listen) if listen.ip().is_unspecified() => mistake(format!(
                "COURTESY_PUBLIC_URL must be set while listening on {listen}, because links in texts begin with it"
            )),
            _ => Ok(None),
        };
    };
    match bare_url(&value) {
        Some(url) => Ok(Some(PublicUrl(url.into()))),
        // What was given is not repeated: there may be a password in it.
        None => mistake(
            "COURTESY_PUBLIC_URL must be an http or https address without user, path and query, such as \
             https://inspect.example.com",
        ),
    }
}

/// Scheme and authority, if there is nothing else.
pub(super) fn bare_url(value: &str) -> Option<String> {
    let url: Uri = value.parse().ok()?;
    let scheme = url.scheme_str().filter(|scheme| ["http", "https"].contains(scheme))?;
    let authority = url.authority()?;
    let has_more = url.path() != "/" || url.query().is_some() || value.contains(['#', '@']);
    let is_port_wrong = authority.port_u16().is_none() && authority.as_str() != authority.host();
    (!has_more && !is_port_wrong && !authority.host().is_empty()).then(|| format!("{scheme}://{authority}"))
}

/// A certificate and its key. What is in the files is seen by whoever shows them: other commands may run without the right
/// to read a key.
pub(super) fn tls(
    certificate: Option<String>,
    key: Option<String>,
    public_url: Option<&PublicUrl>,
) -> Read<Option<Pair>> {
    match (path(certificate), path(key)) {
        (None, None) => Ok(None),
        (Some(_), None) => mistake("COURTESY_TLS_CERT is set, but COURTESY_TLS_KEY, which belongs to it, is not"),
        (None, Some(_)) => mistake("COURTESY_TLS_KEY is set, but COURTESY_TLS_CERT, to which it belongs, is not"),
        (Some(certificate), Some(key)) => match public_url {
            Some(PublicUrl(url)) if url.starts_with("http://") => mistake(format!(
                "COURTESY_PUBLIC_URL is {url}, but must begin with https:// where COURTESY_TLS_CERT is set"
            )),
            _ => Ok(Some(Pair { certificate, key })),
        },
    }
}

pub(super) fn trusted_proxies(value: Option<String>) -> Read<TrustedProxies> {
    let list = given(value).unwrap_or_default();
    let networks = list.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(network);
    networks.collect::<Read<Vec<_>>>().map(TrustedProxies::new)
}

fn network(entry: &str) -> Read<IpNet> {
    let network = entry.parse().or_else(|_| entry.parse::<IpAddr>().map(IpNet::from));
    network.or_else(|_| {
        mistake(format!(
            "COURTESY_TRUSTED_PROXIES names \"{entry}\", but must list addresses or networks, such as 10.0.0.0/8, ::1"
        ))
    })
}

/// Whether the throttles on signing up and logging in hold.
pub(super) fn limits(value: Option<String>, listen: Option<&SocketAddr>) -> Read<bool> {
    match given(value).as_deref() {
        None | Some("on") => Ok(true),
        Some("off") => match listen {
            Some(listen) if !listen.ip().is_loopback() => {
                mistake(format!("COURTESY_LIMITS=off is allowed only while listening on loopback, not on {listen}"))
            }
            _ => Ok(false),
        },
        Some(other) => mistake(format!("COURTESY_LIMITS is \"{other}\", but must be on or off")),
    }
}

/// Where photos are kept: below the data directory, unless a bucket is named.
pub(super) fn photos(url: Option<String>, data_dir: Option<&Path>, aws: Vec<(String, String)>) -> Read<Place> {
    let Some(url) = given(url) else {
        return Ok(Place::Folder(data_dir.unwrap_or(Path::new("")).join("photos")));
    };
    let (name, prefix) =
        url.strip_prefix("s3://").map_or(("", ""), |rest| rest.split_once('/').unwrap_or((rest, "")));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if name.is_empty() || !name.chars().chain(prefix.chars()).all(is_plain) {
        return mistake(format!(
            "COURTESY_STORAGE_URL is \"{url}\", but must name a bucket, such as s3://bucket/prefix, or nothing for the \
             data directory"
        ));
    }
    let known = |(name, value): (String, String)| Some((name.to_ascii_lowercase().parse().ok()?, value));
    let settings = aws.into_iter().filter_map(known).collect();
    Ok(Place::Bucket(Bucket { name: name.to_owned(), prefix: prefix.trim_matches('/').to_owned(), settings }))
}

pub(super) fn log(value: Option<String>) -> Read<String> {
    let filter = given(value).unwrap_or_else(|| "info".into());
    match EnvFilter::try_new(&filter) {
        Ok(_) => Ok(filter),
        Err(reason) => mistake(format!(
            "COURTESY_LOG is \"{filter}\", which is no filter ({reason}): use error, warn, info, debug, or lists such \
             as info,courtesy::web=debug"
        )),
    }
}

pub(super) fn data_dir(value: Option<String>, surroundings: &Surroundings) -> Read<PathBuf> {
    if let Some(folder) = path(value) {
        return Ok(folder);
    }
    if surroundings.is_root {
        return Ok("/var/lib/courtesy".into());
    }
    // A relative one is to be ignored, says the XDG Base Directory Specification.
    let data = surroundings.xdg_data_home.as_ref().map(PathBuf::from).filter(|folder| folder.is_absolute());
    let home =
        || Some(PathBuf::from(surroundings.home.as_ref().filter(|home| !home.is_empty())?).join(".local/share"));
    match data.or_else(home) {
        Some(data) => Ok(data.join("courtesy")),
        None => mistake("COURTESY_DATA_DIR must be set, because neither XDG_DATA_HOME nor HOME is"),
    }
}

pub(super) fn database(url: Option<String>, app_url: Option<String>, places: Places) -> Read<DatabaseChoice> {
    match (given(url), given(app_url)) {
        (None, None) => Ok(DatabaseChoice::Private(places)),
        (None, Some(_)) => mistake("COURTESY_APP_URL is set, but DATABASE_URL, to which it belongs, is not"),
        (Some(owner), serving) => Ok(DatabaseChoice::Given(Box::new(Logins {
            owner: postgres("DATABASE_URL", &owner)?,
            serving: serving.map(|url| postgres("COURTESY_APP_URL", &url)).transpose()?,
        }))),
    }
}

fn postgres(name: &'static str, url: &str) -> Read<tokio_postgres::Config> {
    url.parse().or_else(|reason| mistake(OpenError::Address(name, reason).to_string()))
}
