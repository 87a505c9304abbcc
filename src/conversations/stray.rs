//! Texts that belong to no shop: to a number that is nobody's, or from a sender who is no phone.

use crate::db::Database;
use crate::error::Result;
use crate::web::metrics::Metrics;

pub use crate::db::StrayText as Text;

/// Keeps one for the operator, once, and says so without saying what is in it.
pub async fn keep(database: &Database, metrics: &Metrics, text: Text<'_>) -> Result<()> {
    if database.keep_stray_text(text).await? {
        metrics.a_text_strayed();
        tracing::warn!("a text came for a number that is no shop's; it is kept in courtesy.stray_texts");
    }
    Ok(())
}
