//! What the database says when it refuses, in our words. Named constraints are the referee: two people who do the same
//! thing at once are told apart there, not by a look beforehand.

use deadpool_postgres::PoolError;
use tokio_postgres::error::SqlState;

use crate::error::{Conflict, Error, Result};

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(refusal) = error.as_db_error() else {
            // The connection ended, or never came about: the database is away for the moment.
            return if error.is_closed() || std::error::Error::source(&error).is_some_and(is_io) {
                Self::Unavailable(error.into())
            } else {
                Self::Database(error)
            };
        };
        if is_stale(&error) {
            return Self::Unavailable(error.into());
        }
        match refusal.code().code() {
            "CI401" => Self::Unauthorized,
            "CI402" => Self::SubscriptionInactive,
            "CI403" => Self::Forbidden("only a shop manager may do this"),
            "CIIDT" => Conflict::IdTaken.into(),
            "CILAS" => Conflict::LastManager.into(),
            _ => match *refusal.code() {
                // Shutting down, starting up, out of connections, a lock or a statement that took too long.
                SqlState::ADMIN_SHUTDOWN
                | SqlState::CRASH_SHUTDOWN
                | SqlState::CANNOT_CONNECT_NOW
                | SqlState::TOO_MANY_CONNECTIONS
                | SqlState::QUERY_CANCELED
                | SqlState::LOCK_NOT_AVAILABLE
                | SqlState::T_R_DEADLOCK_DETECTED
                | SqlState::T_R_SERIALIZATION_FAILURE
                | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
                | SqlState::DISK_FULL => Self::Unavailable(error.into()),
                _ => Self::Database(error),
            },
        }
    }
}

/// Whether a statement was prepared before a migration changed the columns that it reads: another program on the same
/// database may be newer. Prepared anew, it works again.
pub(super) fn is_stale(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|refusal| refusal.routine() == Some("RevalidateCachedQuery"))
}

impl From<PoolError> for Error {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(cause) => cause.into(),
            other => Self::Unavailable(other.into()),
        }
    }
}

/// Whether somebody else holds what a statement wanted at once.
#[must_use]
pub fn is_held(error: &Error) -> bool {
    let Error::Unavailable(cause) = error else { return false };
    let refusal = cause.downcast_ref::<tokio_postgres::Error>().and_then(tokio_postgres::Error::code);
    refusal == Some(&SqlState::LOCK_NOT_AVAILABLE)
}

/// Turns the violation of a constraint, known by its name, into what it means to the client.
pub trait NamedConstraint {
    /// `meaning` replaces the error if, and only if, `constraint` was violated.
    #[must_use]
    fn on_constraint(self, constraint: &str, meaning: impl FnOnce() -> Error) -> Self;
}

impl<T> NamedConstraint for Result<T> {
    fn on_constraint(self, constraint: &str, meaning: impl FnOnce() -> Error) -> Self {
        match self {
            Err(Error::Database(error))
                if error.as_db_error().and_then(|refusal| refusal.constraint()) == Some(constraint) =>
            {
                Err(meaning())
            }
            other => other,
        }
    }
}

fn is_io(source: &(dyn std::error::Error + 'static)) -> bool {
    source.is::<std::io::Error>()
}
