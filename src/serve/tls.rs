//! HTTPS: how a connection begins, and how the certificate is renewed while the program serves.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::server::TlsStream;

use crate::certificate::{Identity, Pair, PairError};

/// The certificate in use. When its files are replaced, connections that begin after that are shown the new one.
pub struct Tls {
    pair: Pair,
    current: Mutex<Current>,
}

struct Current {
    settings: Arc<ServerConfig>,
    /// What the files looked like when they were last read, whatever was in them.
    look: Look,
}

/// What changes whenever a file is written to or another takes its place, also if its date was copied along.
type Look = [Option<[i64; 5]>; 2];

/// How a client has begun.
pub(super) enum Beginning {
    /// With a handshake.
    Encrypted(Box<TlsStream<TcpStream>>),
    /// With a request in the clear.
    Plain(TcpStream),
}

impl Tls {
    /// Reads the files for the first time.
    pub fn open(pair: &Pair) -> Result<Self, PairError> {
        let look = look(pair);
        let identity = pair.read()?;
        warn_of_its_end(&identity);
        let current = Mutex::new(Current { settings: identity.settings, look });
        Ok(Self { pair: pair.clone(), current })
    }

    /// Waits for the client to speak first, as all do, and shakes hands with those who begin that.
    pub(super) async fn begin(&self, stream: TcpStream) -> io::Result<Beginning> {
        let mut first = [0];
        let length = stream.peek(&mut first).await?;
        if length == 1 && first != HANDSHAKE {
            return Ok(Beginning::Plain(stream));
        }
        let encrypted = TlsAcceptor::from(self.settings()).accept(stream).await?;
        Ok(Beginning::Encrypted(Box::new(encrypted)))
    }

    /// Asks about the files each time: two calls of the system, beside a key exchange and a signature.
    fn settings(&self) -> Arc<ServerConfig> {
        let mut current = self.current.lock().expect("reading files does not panic");
        let look = look(&self.pair);
        if look != current.look {
            // Once for each look, whether it can be read or not: a broken pair is told of once, not by every client.
            current.look = look;
            if let Some(settings) = self.renewed() {
                current.settings = settings;
            }
        }
        current.settings.clone()
    }

    fn renewed(&self) -> Option<Arc<ServerConfig>> {
        match self.pair.read() {
            Ok(identity) => {
                tracing::info!("the certificate was replaced; the new one is in use");
                warn_of_its_end(&identity);
                Some(identity.settings)
            }
            Err(reason) => {
                tracing::error!(%reason, "the certificate was replaced, but the old one stays in use");
                None
            }
        }
    }
}

/// The first byte of whoever wants to be encrypted; no request begins with it.
const HANDSHAKE: [u8; 1] = [0x16];

fn look(pair: &Pair) -> Look {
    let look = |path: &Path| {
        let file = fs::metadata(path).ok()?;
        let [device, inode, size] = [file.dev(), file.ino(), file.size()].map(u64::cast_signed);
        Some([device, inode, size, file.ctime(), file.ctime_nsec()])
    };
    [look(&pair.certificate), look(&pair.key)]
}

fn warn_of_its_end(identity: &Identity) {
    if let Some(end) = identity.good_until.filter(|_| identity.has_expired()) {
        tracing::warn!("the certificate was good until {end}; browsers refuse it");
    }
}

/// For those who speak in the clear where encryption is expected: a browser is led there, since people leave the scheme out.
/// A program is told, because following would hide that it sends its token in the clear each time.
pub(super) fn led_to_https() -> Router {
    Router::new().fallback(async |method: Method, headers: HeaderMap, uri: Uri| encrypted(&method, &headers, &uri))
}

fn encrypted(method: &Method, headers: &HeaderMap, uri: &Uri) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).filter(|host| !host.is_empty());
    let may_be_browser = method == Method::GET && !headers.contains_key(header::AUTHORIZATION);
    match host.filter(|_| may_be_browser) {
        Some(host) => {
            let path = uri.path_and_query().map_or("/", |path| path.as_str());
            Redirect::temporary(&format!("https://{host}{path}")).into_response()
        }
        None => (StatusCode::BAD_REQUEST, "Only https is spoken at this address.\n").into_response(),
    }
}
