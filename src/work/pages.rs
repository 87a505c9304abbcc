//! `/work`: where a mechanic's day begins.

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::{Jobs, queries};
use crate::auth::Staff;
use crate::desk::{Desk, Here};
use crate::error::Result;
use crate::web::{Page, Params};

#[derive(Template)]
#[template(path = "work/work.html")]
struct WorkPage {
    desk: Desk,
    jobs: Jobs,
    /// That somebody else was faster.
    is_taken: bool,
}

/// What has just happened.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Happened {
    taken: Option<String>,
}

/// `GET /work`.
pub async fn show(staff: Staff, params: Params<Happened>) -> Result<Response> {
    let (Happened { taken }, _) = params.or_default();
    let (around, jobs) = staff.read((Desk::read(), queries::jobs())).await?;
    let desk = Desk::new(&staff, around, Here::Work);
    Ok(Page(WorkPage { desk, jobs: Jobs::of(jobs), is_taken: taken.is_some() }).into_response())
}
