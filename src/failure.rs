//! Why a command did not succeed: one sentence, written on standard error before the program ends.

use std::io;
use std::net::SocketAddr;

use crate::certificate::PairError;
use crate::config::Mistakes;
use crate::db::OpenError;
use crate::db::private::StartError;
use crate::demo::FillError;
use crate::photos::StoreError;

/// Why a command did not succeed. Displayed it is the whole sentence; there is no chain of causes to print after it.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] Mistakes),
    /// The certificate can't be shown.
    #[error(transparent)]
    Certificate(#[from] PairError),
    /// The private PostgreSQL does not start.
    #[error(transparent)]
    Postgres(#[from] StartError),
    /// The database can't be used.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// Photos can't be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The demo shop can't be filled in.
    #[error(transparent)]
    Demo(#[from] FillError),
    /// The address can't be listened on.
    #[error("can't listen on {address}: {reason}; choose another {variable}, or port 0 for a free one")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The variable that names it.
        variable: &'static str,
        /// The operating system's answer.
        reason: io::Error,
    },
    /// Nobody else can be asked anything over an encrypted connection.
    #[error("can't begin encrypted connections: {}; install the package ca-certificates", crate::error::chain(.0))]
    Encryption(reqwest::Error),
    /// Without signals the program could not be stopped in order.
    #[error("can't wait for signals: {0}")]
    Signals(io::Error),
    /// What the operator asked for can't be done; says why.
    #[error("{0}")]
    Refused(String),
}

impl From<crate::error::Error> for Failure {
    fn from(error: crate::error::Error) -> Self {
        Self::Refused(crate::error::chain(&error))
    }
}
