//! Requests that this program makes itself, to the servers of others.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};
use tokio_rustls::rustls::crypto::ring;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);

/// A client that waits so long for a whole answer at most. It is not sent elsewhere: a redirect would take the credentials
/// along.
#[expect(clippy::disallowed_methods, reason = "this is where clients begin")]
pub fn client(patience: Duration) -> ClientBuilder {
    encrypt_with_ring();
    Client::builder().connect_timeout(CONNECT).timeout(patience).redirect(Policy::none())
}

/// Chooses whose cryptography connections to others use, which clients that are made elsewhere need as well.
pub fn encrypt_with_ring() {
    // Whoever came first has chosen the same.
    let _chosen = ring::default_provider().install_default();
}
