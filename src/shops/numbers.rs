//! Whether texts can be sent from a number.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::Serialize;
use utoipa::ToSchema;

use super::{NUMBER, Shop};
use crate::error::{Error, Result};
use crate::text::{Phone, Warning};

/// Whoever knows the numbers that texts can be sent from.
pub trait NumberBook: Send + Sync {
    /// Whether this is one of them; `None` where that can't be found out at the moment.
    fn has<'a>(&'a self, number: &'a Phone) -> BoxFuture<'a, Option<bool>>;
}

/// The numbers that a shop may choose from: any, where there is no book of them.
#[derive(Clone, Default)]
pub struct Numbers(pub Option<Arc<dyn NumberBook>>);

/// What is known of a number that a shop wants to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing stands in its way.
    Fine,
    /// Nobody could be asked.
    Unknown,
    /// Texts can't be sent from it.
    Foreign,
}

/// The shop after a change.
#[derive(Serialize, ToSchema)]
pub struct ChangedShop {
    #[serde(flatten)]
    shop: Shop,
    /// What may be wrong with it.
    pub warnings: Vec<Warning>,
}

impl Numbers {
    /// Looks a number up.
    pub(super) async fn judge(&self, wanted: &Phone) -> Verdict {
        let Some(book) = &self.0 else { return Verdict::Fine };
        match book.has(wanted).await {
            Some(true) => Verdict::Fine,
            Some(false) => Verdict::Foreign,
            None => Verdict::Unknown,
        }
    }
}

impl Verdict {
    /// Refuses a number that texts can't be sent from.
    pub(super) fn demand(self) -> Result<()> {
        match self {
            Self::Foreign => Err(Error::invalid(NUMBER, "is none of your texting account's numbers")),
            Self::Fine | Self::Unknown => Ok(()),
        }
    }

    /// The changed shop, with the number doubted where nobody could be asked about it.
    pub(super) fn about(self, shop: Shop) -> ChangedShop {
        let doubt = Warning {
            field: NUMBER,
            code: "not_checked",
            detail: "could not be checked: the texting provider did not answer",
        };
        ChangedShop { shop, warnings: (self == Self::Unknown).then_some(doubt).into_iter().collect() }
    }
}
