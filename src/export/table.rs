//! A table that is written out as CSV while it is read.

use super::{CUSTOMER, FINDING, VEHICLE, customer, finding, queries, vehicle};
use crate::customers;
use crate::db::Tenant;
use crate::error::{Error, Result};
use crate::shops::Shop;
use crate::web::cell::harmless;
use crate::web::{Cursor, Limit, Search};

/// Which table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Customers,
    Vehicles,
    /// Inspections with their findings.
    Inspections,
}

/// How far a table has been written.
#[derive(Debug)]
pub(super) struct Pages {
    table: Table,
    behind: Option<Cursor>,
    is_begun: bool,
}

/// How many rows are read at once, and how many inspections, which have many findings each.
const ROWS: Limit = Limit::of(500);
const INSPECTIONS: Limit = Limit::of(50);
/// Without it Excel takes UTF-8 for an older encoding.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

impl Table {
    pub(super) fn file(self) -> &'static str {
        match self {
            Self::Customers => "customers.csv",
            Self::Vehicles => "vehicles.csv",
            Self::Inspections => "inspections.csv",
        }
    }

    fn header(self) -> &'static [&'static str] {
        match self {
            Self::Customers => CUSTOMER,
            Self::Vehicles => VEHICLE,
            Self::Inspections => FINDING,
        }
    }
}

impl Pages {
    pub(super) fn of(table: Table) -> Self {
        Self { table, behind: Some(Cursor::default()), is_begun: false }
    }

    /// The next lines of the file; nothing where it is whole.
    pub(super) async fn next(&mut self, tenant: &Tenant, shop: &Shop) -> Result<Option<Vec<u8>>> {
        let Some(behind) = self.behind else { return Ok(None) };
        let (rows, last) = self.read(tenant, shop, behind).await?;
        self.behind = last;
        let mut file = if self.is_begun { Vec::new() } else { BYTE_ORDER_MARK.to_vec() };
        if !self.is_begun {
            write(&mut file, [self.table.header().iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()])?;
        }
        self.is_begun = true;
        write(&mut file, rows)?;
        Ok((!file.is_empty()).then_some(file))
    }

    /// A page of rows, and where it ended; nowhere where it was the last.
    async fn read(&self, tenant: &Tenant, shop: &Shop, behind: Cursor) -> Result<(Vec<Vec<String>>, Option<Cursor>)> {
        Ok(match self.table {
            Table::Customers => {
                let page = tenant.read(customers::queries::list(&Search::default(), ROWS, behind)).await?;
                let last = page.last().map(|last| Cursor { at: last.created_at, id: last.id.uuid() });
                (page.iter().map(|row| customer(row, shop)).collect(), last)
            }
            Table::Vehicles => {
                let page = tenant.read(queries::vehicles(ROWS, behind)).await?;
                let last = page.last().map(|last| Cursor { at: last.vehicle.created_at, id: last.vehicle.id.uuid() });
                (page.iter().map(|row| vehicle(row, shop)).collect(), last)
            }
            Table::Inspections => {
                let page = tenant.read(queries::findings(INSPECTIONS, behind)).await?;
                let last = page.last().map(|last| Cursor { at: last.created_at, id: last.inspection });
                (page.iter().map(|row| finding(row, shop)).collect(), last)
            }
        })
    }
}

fn write(file: &mut Vec<u8>, rows: impl IntoIterator<Item = Vec<String>>) -> Result<()> {
    let mut lines = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file);
    let full = |error: String| Error::Internal(format!("writing a file: {error}"));
    for row in rows {
        let cells = row.iter().map(|cell| harmless(cell).into_owned());
        lines.write_record(cells).map_err(|error| full(error.to_string()))?;
    }
    lines.flush().map_err(|error| full(error.to_string()))
}
