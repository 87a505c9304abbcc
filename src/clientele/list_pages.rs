//! `/customers`: everybody who ever came, found while somebody types by what they or their cars are known by.

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::{Listed, queries, some};
use crate::auth::Staff;
use crate::desk::{Desk, Here};
use crate::error::Result;
use crate::web::{Bookmark, Cursor, Limit, List, Page, Paged, Params, Search};

/// Tells the cursors of this list from those of others.
const LIST: u8 = b'C';

/// As many as one looks through before one rather types some more.
const SHOWN: Limit = Limit::of(40);

/// Which part of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    q: Search,
    cursor: Option<Bookmark>,
}

impl Paged for Wish {
    fn bookmark(&self) -> Bookmark {
        self.cursor.unwrap_or_default()
    }
}

#[derive(Template)]
#[template(path = "clientele/list.html")]
struct ListPage {
    desk: Desk,
    q: Search,
    /// Whether this is what stands behind the first page.
    goes_on: bool,
    customers: Vec<Listed>,
    /// Where the next page begins.
    next: Option<String>,
}

/// `GET /customers`.
pub async fn show(staff: Staff, params: Params<Wish>) -> Result<Response> {
    let (Wish { q, cursor }, behind) = params.in_list(LIST).accept(&staff).await?;
    let rows = queries::list(&q, SHOWN, behind);
    let (around, customers) = staff.read((Desk::read(), rows)).await?;
    let desk = Desk::new(&staff, around, Here::Customers);
    let place = |listed: &Listed| Cursor { at: listed.customer.created_at, id: listed.customer.id.uuid() };
    let (customers, next) = List::page(LIST, customers, SHOWN, place).into_parts();
    Ok(Page(ListPage { desk, q, goes_on: cursor.is_some(), customers, next }).into_response())
}

impl ListPage {
    fn is_search(&self) -> bool {
        !self.q.typed().is_empty()
    }

    /// How many there are, for whoever does not see the list.
    fn counted(&self) -> String {
        match (self.customers.len(), &self.next) {
            (0, _) => "Nobody found".to_owned(),
            (many, Some(_)) => format!("{} and more", some(many, "customer")),
            (many, None) => some(many, "customer"),
        }
    }

    /// The address of the first page.
    fn beginning(&self) -> String {
        if self.is_search() { format!("/customers?q={}", self.encoded()) } else { "/customers".to_owned() }
    }

    /// The address of the next page.
    fn more(&self) -> Option<String> {
        let next = self.next.as_ref()?;
        Some(format!("/customers?q={}&cursor={next}", self.encoded()))
    }

    fn encoded(&self) -> String {
        utf8_percent_encode(self.q.typed(), NON_ALPHANUMERIC).to_string()
    }
}
