//! The certificate that this server shows and the key that belongs to it: two files, what may be wrong with them, and how
//! long they are good for.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error, RootCertStore, ServerConfig};
use tokio_rustls::rustls;

/// Which files they are in.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The certificate, and those that lead from it to one that browsers know.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// What the files hold, ready to be shown.
pub struct Identity {
    /// How connections are encrypted with it.
    pub settings: Arc<ServerConfig>,
    /// When browsers begin to refuse it, if the certificate says so in a way that can be read.
    pub good_until: Option<Timestamp>,
}

/// Why the files can't be used. Displayed it is a sentence with what to do.
#[derive(Debug, thiserror::Error)]
pub enum PairError {
    /// One is not there, or not for this user.
    #[error("{variable} names {}, which can't be read: {reason}", path.display())]
    Unreadable {
        /// The variable that names it.
        variable: &'static str,
        /// The file.
        path: PathBuf,
        /// The operating system's answer.
        reason: io::Error,
    },
    /// The first holds something else.
    #[error(
        "COURTESY_TLS_CERT names {}, which holds no certificate: it must be a PEM file with the server's own first",
        .0.display()
    )]
    NoCertificate(PathBuf),
    /// The second holds something else.
    #[error(
        "COURTESY_TLS_KEY names {}, which holds no private key: it must be a PEM file whose key has no password",
        .0.display()
    )]
    NoKey(PathBuf),
    /// Both are right, but not for each other.
    #[error("the key in {} is not the one of the certificate in {}", .0.key.display(), .0.certificate.display())]
    Strangers(Pair),
    /// The library wants nothing to do with them.
    #[error("the certificate in {} can't be used with its key: {reason}", pair.certificate.display())]
    Unusable {
        /// The files.
        pair: Pair,
        /// The library's answer.
        reason: Error,
    },
}

impl Pair {
    /// Reads both files, and sees that they fit each other.
    pub fn read(&self) -> Result<Identity, PairError> {
        let chain = self.chain()?;
        let key = self.private_key()?;
        let good_until = chain.first().and_then(good_until);
        let settings = settings(chain, key).map_err(|reason| self.refused(reason))?;
        Ok(Identity { settings: Arc::new(settings), good_until })
    }

    fn chain(&self) -> Result<Vec<CertificateDer<'static>>, PairError> {
        let text = contents("COURTESY_TLS_CERT", &self.certificate)?;
        match CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>() {
            Ok(chain) if !chain.is_empty() => Ok(chain),
            _ => Err(PairError::NoCertificate(self.certificate.clone())),
        }
    }

    fn private_key(&self) -> Result<PrivateKeyDer<'static>, PairError> {
        let text = contents("COURTESY_TLS_KEY", &self.key)?;
        PrivateKeyDer::from_pem_slice(&text).map_err(|_| PairError::NoKey(self.key.clone()))
    }

    fn refused(&self, reason: Error) -> PairError {
        match reason {
            Error::InconsistentKeys(_) => PairError::Strangers(self.clone()),
            reason => PairError::Unusable { pair: self.clone(), reason },
        }
    }
}

impl Identity {
    /// Whether browsers refuse it already.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "no row is dated: browsers compare with the clock of their machine"
    )]
    pub fn has_expired(&self) -> bool {
        self.good_until.is_some_and(|end| end < Timestamp::now())
    }
}

fn contents(variable: &'static str, path: &Path) -> Result<Vec<u8>, PairError> {
    fs::read(path).map_err(|reason| PairError::Unreadable { variable, path: path.to_owned(), reason })
}

/// HTTP/1.1 alone is offered, because that is what is spoken here.
fn settings(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<ServerConfig, Error> {
    let versions = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    let mut settings = versions.with_no_client_auth().with_single_cert(chain, key)?;
    settings.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(settings)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// The end of a certificate's time. The library has no way to ask for it, but checks it first and tells it of one that has
/// expired; at the end of all times each has.
fn good_until(certificate: &CertificateDer<'_>) -> Option<Timestamp> {
    let certificate = ParsedCertificate::try_from(certificate).ok()?;
    let end_of_times = UnixTime::since_unix_epoch(Duration::from_secs(u64::MAX));
    let algorithms = provider().signature_verification_algorithms.all;
    let nobody = RootCertStore::empty();
    match verify_server_cert_signed_by_trust_anchor(&certificate, &nobody, &[], end_of_times, algorithms) {
        Err(Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => {
            Timestamp::from_second(not_after.as_secs().try_into().ok()?).ok()
        }
        _ => None,
    }
}
