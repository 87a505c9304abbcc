//! `/settings/data/customers.csv` and the others: files that are read while they are sent.

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;

use super::archive::Archive;
use super::table::{Pages, Table};
use crate::auth::Manager;
use crate::desk::{Desk, Here};
use crate::error::Result;
use crate::photos::Lab;
use crate::shops;

/// `GET /settings/data/customers.csv`.
pub async fn customers(manager: Manager) -> Result<Response> {
    sheet(manager, Table::Customers).await
}

/// `GET /settings/data/vehicles.csv`.
pub async fn vehicles(manager: Manager) -> Result<Response> {
    sheet(manager, Table::Vehicles).await
}

/// `GET /settings/data/inspections.csv`: a row for each finding.
pub async fn inspections(manager: Manager) -> Result<Response> {
    sheet(manager, Table::Inspections).await
}

/// `GET /settings/data/archive.zip`: everything.
pub async fn archive(manager: Manager, State(lab): State<Lab>) -> Result<Response> {
    let around = manager.read(Desk::read()).await?;
    let desk = Desk::new(&manager, around, Here::Settings);
    let now = desk.now.to_zoned(desk.shop.settings.timezone.rules());
    let name = format!("courtesy-{}.zip", now.strftime("%Y-%m-%d"));
    let pieces =
        stream::try_unfold((Archive::of(desk.shop, lab.store, &now), manager), async |(mut archive, manager)| {
            Ok::<_, crate::error::Error>(archive.next(&manager).await?.map(|piece| (piece, (archive, manager))))
        });
    Ok(file(&name, "application/zip", Body::from_stream(pieces)))
}

/// What goes wrong once it is on its way ends the connection, so that nobody takes half a file for a whole one.
async fn sheet(manager: Manager, table: Table) -> Result<Response> {
    let shop = manager.read(shops::find()).await?;
    let lines = stream::try_unfold((Pages::of(table), manager, shop), async |(mut pages, manager, shop)| {
        Ok::<_, crate::error::Error>(pages.next(&manager, &shop).await?.map(|lines| (lines, (pages, manager, shop))))
    });
    Ok(file(table.file(), "text/csv; charset=utf-8", Body::from_stream(lines)))
}

fn file(name: &str, kind: &'static str, body: Body) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers =
        [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, disposition), (CACHE_CONTROL, "no-store".to_owned())];
    (headers, body).into_response()
}
