//! From an uploaded file to judged rows.

use super::customer_rows::{KnownCustomers, Wanted, judge as judge_customer};
use super::seen::Seen;
use super::sheet::{Row, Sheet, unreadable};
use super::vehicle_rows::{Ground, KnownVehicles, OWNER, judge as judge_vehicle};
use super::{Judged, Kind, queries};
use crate::auth::Manager;
use crate::error::Result;
use crate::ids::ImportId;
use crate::shops;
use crate::text::Country;

/// A file that was uploaded.
pub(super) struct Upload {
    pub(super) id: ImportId,
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// How many rows are judged at once. Between them other requests have their turn.
const AT_ONCE: usize = 500;
/// More than any shop has customers.
const MOST_ROWS: usize = 100_000;

/// Reads a whole file, and keeps its rows with what would become of them. A file that is sent twice is read once.
pub(super) async fn read(manager: &Manager, upload: Upload) -> Result<()> {
    let Upload { id, kind, name, bytes } = upload;
    let mut sheet = Sheet::open(bytes, kind)?;
    let unused = serde_json::json!(sheet.unused);
    let (shop, latest_year, is_new) =
        manager.write((shops::find(), queries::latest_year(), queries::insert(id, kind, name, unused))).await?;
    if is_new.is_none() {
        return Ok(());
    }
    let judge = Judge { manager, kind, country: shop.settings.country, latest_year };
    let (mut seen, mut count) = (Seen::new(kind), 0);
    loop {
        let rows = sheet.next_rows(AT_ONCE);
        if rows.is_empty() {
            break;
        }
        count += rows.len();
        if count > MOST_ROWS {
            return Err(unreadable("has more than 100,000 rows: divide it into several"));
        }
        let judged = judge.rows(rows, &mut seen).await?;
        let so_far = queries::note_read(id, i32::try_from(count).unwrap_or(i32::MAX), false);
        manager.write((queries::keep(id, judged), so_far)).await?;
    }
    manager.write(queries::note_read(id, i32::try_from(count).unwrap_or(i32::MAX), true)).await
}

/// What rows are judged with.
struct Judge<'a> {
    manager: &'a Manager,
    kind: Kind,
    country: Country,
    latest_year: i32,
}

impl Judge<'_> {
    async fn rows(&self, mut rows: Vec<Row>, seen: &mut Seen) -> Result<Vec<Judged>> {
        let [id, phone, email] = match self.kind {
            Kind::Customers => ["id", "phone", "email"],
            Kind::Vehicles => OWNER,
        };
        let mut wanted = Wanted::default();
        for row in &mut rows {
            row.read_phone(phone, self.country);
            wanted.add(row, [id, email]);
        }
        let (by_id, by_phone, by_email) = self
            .manager
            .read((
                queries::customers_by_id(wanted.ids),
                queries::customers_by_phone(wanted.phones),
                queries::customers_by_email(wanted.emails),
            ))
            .await?;
        let customers = [by_id, by_phone, by_email].concat();
        if self.kind == Kind::Customers {
            let known = KnownCustomers::new(customers);
            return Ok(rows.into_iter().map(|row| judge_customer(row, &known, seen, self.country)).collect());
        }
        let ids = rows.iter().filter_map(|row| row.cell("id")?.parse().ok()).collect();
        let owners = customers.iter().map(|customer| customer.id.uuid()).collect();
        let (by_id, of_owners) =
            self.manager.read((queries::vehicles_by_id(ids), queries::vehicles_of(owners))).await?;
        let ground = Ground {
            customers: &KnownCustomers::new(customers),
            vehicles: &KnownVehicles::new([by_id, of_owners].concat()),
            latest_year: self.latest_year,
        };
        Ok(rows.into_iter().map(|row| judge_vehicle(row, &ground, seen)).collect())
    }
}
