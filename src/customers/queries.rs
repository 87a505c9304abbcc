//! Statements about customers.

use tokio_postgres::Error;

use super::{Customer, DAYS_TO_RESTORE, NewCustomer};
use crate::db::{Query, Row};
use crate::ids::CustomerId;
use crate::params;
use crate::text::Phone;
use crate::web::{Cursor, Limit, Search};

impl Customer {
    /// Reads a row of `customers.*`.
    pub fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.try_get("id")?,
            shop_id: row.try_get("shop_id")?,
            first_name: row.try_get("first_name")?,
            last_name: row.try_get("last_name")?,
            email: row.try_get("email")?,
            phone: row.try_get("phone")?,
            address: row.try_get("address")?,
            sms_opt_in: row.try_get("sms_opt_in")?,
            email_opt_in: row.try_get("email_opt_in")?,
            status: row.try_get("status")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
            deleted_at: row.try_get("deleted_at")?,
        })
    }
}

/// A customer who has not been deleted.
#[must_use]
pub fn find(id: CustomerId) -> Query<Customer> {
    Query::one(
        "SELECT * FROM customers WHERE shop_id = $1 AND id = $2 AND deleted_at IS NULL",
        params![id],
        Customer::from_row,
    )
}

/// A customer who is here, or was deleted so lately that they can be brought back.
#[must_use]
pub fn find_lately(id: CustomerId) -> Query<Customer> {
    Query::one(
        "SELECT * FROM customers
          WHERE shop_id = $1 AND id = $2 AND (deleted_at IS NULL OR deleted_at > now() - make_interval(days => $3))",
        params![id, DAYS_TO_RESTORE],
        Customer::from_row,
    )
}

/// A customer, held until the transaction ends; also for whoever adds to them, lest they are deleted meanwhile.
#[must_use]
pub fn lock(id: CustomerId) -> Query<Customer> {
    Query::one(
        "SELECT * FROM customers WHERE shop_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE",
        params![id],
        Customer::from_row,
    )
}

/// Holds a customer and everybody who has their phone, or the one that they are given, deleted or not, until the transaction
/// ends. A word about being texted holds for all of them. Whoever writes one down takes them before anything else and in the order
/// of their ids, whomever it is about: two who began with different ones would wait for each other.
pub(super) fn hold_sharers(id: CustomerId, new_phone: Option<Phone>) -> Query<()> {
    Query::run(
        "SELECT FROM customers
          WHERE shop_id = $1
            AND id = ANY (ARRAY(SELECT $2::uuid UNION ALL
                                SELECT o.id FROM customers c
                                  JOIN customers o ON o.shop_id = $1 AND o.phone = ANY (ARRAY[c.phone::text, $3::text])
                                 WHERE c.shop_id = $1 AND c.id = $2))
          ORDER BY id FOR NO KEY UPDATE",
        params![id, new_phone],
    )
}

/// Holds everybody who has this phone as well, for whoever holds others already. It waits for nobody, lest two wait for each
/// other; where it would have to, it fails ([`is_held`](crate::db::is_held)).
pub(super) fn hold_at_once(phone: Phone) -> Query<()> {
    Query::run(
        "SELECT FROM customers WHERE shop_id = $1 AND phone = $2 ORDER BY id FOR NO KEY UPDATE NOWAIT",
        params![phone],
    )
}

/// The customer with this id and the fingerprint of the request that made them.
pub(super) fn find_with_digest(id: CustomerId) -> Query<Option<(Customer, Option<Vec<u8>>)>> {
    Query::optional(
        "SELECT * FROM customers WHERE shop_id = $1 AND id = $2 AND deleted_at IS NULL",
        params![id],
        |row| Ok((Customer::from_row(row)?, row.try_get("client_digest")?)),
    )
}

/// A page of the customers that are searched for, those added last first. A plate or VIN finds its owner.
#[must_use]
pub fn list(search: &Search, limit: Limit, behind: Cursor) -> Query<Vec<Customer>> {
    Query::list(
        "SELECT * FROM customers c
          WHERE c.shop_id = $1 AND c.deleted_at IS NULL
            AND (c.created_at, c.id) < ($3, $4)
            AND (c.search_key LIKE ALL (ARRAY(SELECT lower(word) FROM unnest($5::text[]) AS word)) OR c.phone LIKE $6
                 OR EXISTS (SELECT FROM vehicles v
                             WHERE v.shop_id = $1 AND v.customer_id = c.id AND v.deleted_at IS NULL
                               AND (v.plate_key LIKE $7 OR v.vin LIKE $7)))
          ORDER BY c.created_at DESC, c.id DESC LIMIT $2",
        params![limit.and_one_more(), behind.at, behind.id, search.words(), search.phone(), search.plate_or_vin()],
        Customer::from_row,
    )
}

/// Adds a customer, unless the id is taken.
#[must_use]
pub fn insert(id: CustomerId, new: NewCustomer, phone: Option<Phone>, digest: Vec<u8>) -> Query<Option<Customer>> {
    Query::optional(
        "INSERT INTO customers (shop_id, id, first_name, last_name, email, phone, address, sms_opt_in, email_opt_in,
                                client_digest)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (id) DO NOTHING RETURNING *",
        params![
            id,
            new.first_name,
            new.last_name,
            new.email,
            phone,
            new.address,
            new.sms_opt_in,
            new.email_opt_in,
            digest
        ],
        Customer::from_row,
    )
}

/// Writes what may be changed.
pub(super) fn save(customer: Customer) -> Query<Customer> {
    Query::one(
        "UPDATE customers SET first_name = $3, last_name = $4, email = $5, phone = $6, address = $7, sms_opt_in = $8,
                              email_opt_in = $9, status = $10
          WHERE shop_id = $1 AND id = $2 RETURNING *",
        params![
            customer.id,
            customer.first_name,
            customer.last_name,
            customer.email,
            customer.phone,
            customer.address,
            customer.sms_opt_in,
            customer.email_opt_in,
            customer.status
        ],
        Customer::from_row,
    )
}

/// Keeps the customer's word to the shop about being texted, for the phone they have now and all who share it, where it
/// changes anything.
pub(super) fn record_consent(id: CustomerId, welcome: bool) -> Query<()> {
    Query::run(
        "WITH noted AS (
             UPDATE customers o SET sms_opt_in = $3
               FROM customers c
              WHERE c.shop_id = $1 AND c.id = $2 AND o.shop_id = $1 AND o.phone = c.phone AND o.id <> $2
                AND o.sms_opt_in <> $3)
         INSERT INTO consent_events (shop_id, phone, kind, source, user_id)
         SELECT $1, c.phone, CASE WHEN $3 THEN 'opt_in' ELSE 'opt_out' END, 'staff', courtesy.current_person()
           FROM customers c
          WHERE c.shop_id = $1 AND c.id = $2 AND c.phone IS NOT NULL AND courtesy.has_opted_out($1, c.phone) = $3",
        params![id, welcome],
    )
}

/// Holds a customer, deleted or not, until the transaction ends. What hides or brings back their vehicles as well is another
/// statement, behind this one: a statement that has to wait for a row still sees all others as they were before.
pub(super) fn hold(id: CustomerId) -> Query<()> {
    Query::run("SELECT FROM customers WHERE shop_id = $1 AND id = $2 FOR NO KEY UPDATE", params![id])
}

/// Hides a customer who is held, and their vehicles with them; fails where there never was one.
pub(super) fn delete(id: CustomerId) -> Query<()> {
    Query::one(
        "WITH cars AS (
             UPDATE vehicles SET deleted_at = now()
              WHERE shop_id = $1 AND customer_id = $2 AND deleted_at IS NULL)
         UPDATE customers SET deleted_at = coalesce(deleted_at, now()) WHERE shop_id = $1 AND id = $2 RETURNING id",
        params![id],
        |_| Ok(()),
    )
}

/// Brings back a customer who is held, and with them those of their vehicles that were hidden in the same moment: what had been
/// deleted before that stays so.
pub(super) fn restore(id: CustomerId) -> Query<()> {
    Query::run(
        "WITH back AS (
             SELECT id, deleted_at FROM customers
              WHERE shop_id = $1 AND id = $2 AND deleted_at > now() - make_interval(days => $3)),
         cars AS (
             UPDATE vehicles v SET deleted_at = NULL FROM back
              WHERE v.shop_id = $1 AND v.customer_id = back.id AND v.deleted_at = back.deleted_at)
         UPDATE customers c SET deleted_at = NULL FROM back WHERE c.shop_id = $1 AND c.id = back.id",
        params![id, DAYS_TO_RESTORE],
    )
}
