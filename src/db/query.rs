//! Queries as values: a statement, what goes in, and what comes out. A flight sends several of them together.

use postgres_types::ToSql;

use super::connect::Connection;
use super::fault::is_stale;
use super::row::{Places, Row};
use crate::error::{Error, Result};
use crate::ids::ShopId;

/// One bound value.
pub type Param = Box<dyn ToSql + Send + Sync>;

/// Binds the values behind the shop: `params![name, phone]` are `$2` and `$3`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        vec![$(Box::new($value) as $crate::db::Param),*]
    };
}

type Reader<T> = Box<dyn FnOnce(Vec<tokio_postgres::Row>) -> Result<T> + Send>;

/// A statement about the rows of one shop, which yields a `T`.
///
/// `$1` is always the shop, bound by the flight: a statement that forgets it has one parameter too few and fails in
/// the test that prepares them all.
pub struct Query<T> {
    sql: &'static str,
    params: Vec<Param>,
    read: Reader<T>,
}

impl<T: Send + 'static> Query<T> {
    /// Yields the one row, or fails with [`Error::NotFound`].
    pub fn one<F>(sql: &'static str, params: Vec<Param>, from: F) -> Self
    where
        F: FnOnce(&Row) -> Result<T, tokio_postgres::Error> + Send + 'static,
    {
        Query::optional(sql, params, from).and_then(|row| row.ok_or(Error::NotFound))
    }

    /// Yields nothing instead of failing where there is no row.
    #[must_use]
    pub fn or_none(self) -> Query<Option<T>> {
        let Self { sql, params, read } = self;
        let read = |rows: Vec<_>| if rows.is_empty() { Ok(None) } else { read(rows).map(Some) };
        Query { sql, params, read: Box::new(read) }
    }

    /// Makes what was read into something else.
    pub fn map<U: Send + 'static>(self, then: impl FnOnce(T) -> U + Send + 'static) -> Query<U> {
        self.and_then(|read| Ok(then(read)))
    }

    fn and_then<U: Send + 'static>(self, then: impl FnOnce(T) -> Result<U> + Send + 'static) -> Query<U> {
        let Self { sql, params, read } = self;
        Query { sql, params, read: Box::new(move |rows| read(rows).and_then(then)) }
    }
}

impl<T: Send + 'static> Query<Option<T>> {
    /// Yields the row if there is one.
    pub fn optional<F>(sql: &'static str, params: Vec<Param>, from: F) -> Self
    where
        F: FnOnce(&Row) -> Result<T, tokio_postgres::Error> + Send + 'static,
    {
        let read = |rows: Vec<_>| {
            let places = Places::default();
            Ok(rows.first().map(|row| from(&Row::new(row, &places))).transpose()?)
        };
        Self { sql, params, read: Box::new(read) }
    }
}

impl<T: Send + 'static> Query<Vec<T>> {
    /// Yields every row.
    pub fn list<F>(sql: &'static str, params: Vec<Param>, mut from: F) -> Self
    where
        F: FnMut(&Row) -> Result<T, tokio_postgres::Error> + Send + 'static,
    {
        let read = move |rows: Vec<_>| {
            let places = Places::default();
            // In one piece of memory from the beginning: how many there will be, a `collect` that may fail doesn't know.
            let mut list = Vec::with_capacity(rows.len());
            for row in &rows {
                list.push(from(&Row::new(row, &places))?);
            }
            Ok(list)
        };
        Self { sql, params, read: Box::new(read) }
    }
}

impl<T: Default + Send + 'static> Query<T> {
    /// Gathers every row into one value.
    pub fn fold<F>(sql: &'static str, params: Vec<Param>, mut add: F) -> Self
    where
        F: FnMut(&mut T, &Row) -> Result<(), tokio_postgres::Error> + Send + 'static,
    {
        let read = move |rows: Vec<_>| {
            let (places, mut gathered) = (Places::default(), T::default());
            for row in &rows {
                add(&mut gathered, &Row::new(row, &places))?;
            }
            Ok(gathered)
        };
        Self { sql, params, read: Box::new(read) }
    }
}

impl Query<()> {
    /// Yields nothing: for a change, whose success is all there is to know.
    #[must_use]
    pub fn run(sql: &'static str, params: Vec<Param>) -> Self {
        Self { sql, params, read: Box::new(|_| Ok(())) }
    }
}

/// Queries that travel together: one, a tuple of them, perhaps one (`Option`), or none at all (`()`).
pub trait Batch: Send {
    /// What they yield, in the same shape.
    type Output: Send;

    /// Names the statements, so that the connection can prepare those that it has not met yet.
    fn statements(&self, into: &mut Vec<&'static str>);

    /// Sends everything, in order, when first polled, and waits for what comes back.
    fn fly(self, on: &Connection, shop: ShopId) -> impl Future<Output = Result<Self::Output>> + Send;
}

impl<T: Send + 'static> Batch for Query<T> {
    type Output = T;

    fn statements(&self, into: &mut Vec<&'static str>) {
        into.push(self.sql);
    }

    async fn fly(self, on: &Connection, shop: ShopId) -> Result<T> {
        // Met before, so this does not wait: the query leaves in the same poll.
        let statement = on.prepare_cached(self.sql).await?;
        let mut bound: Vec<&(dyn ToSql + Sync)> = vec![&shop];
        bound.extend(self.params.iter().map(|param| &**param as &(dyn ToSql + Sync)));
        let rows = on.query(&statement, &bound).await.inspect_err(|error| {
            if is_stale(error) {
                on.statement_cache.clear();
            }
        })?;
        (self.read)(rows)
    }
}

impl<B: Batch> Batch for Option<B> {
    type Output = Option<B::Output>;

    fn statements(&self, into: &mut Vec<&'static str>) {
        if let Some(batch) = self {
            batch.statements(into);
        }
    }

    async fn fly(self, on: &Connection, shop: ShopId) -> Result<Self::Output> {
        match self {
            Some(batch) => batch.fly(on, shop).await.map(Some),
            None => Ok(None),
        }
    }
}

/// Makes what a batch yields into something else.
pub fn then<B: Batch, T: Send>(batch: B, make: impl FnOnce(B::Output) -> T + Send) -> impl Batch<Output = T> {
    Then { batch, make }
}

struct Then<B, F> {
    batch: B,
    make: F,
}

impl<B: Batch, T: Send, F: FnOnce(B::Output) -> T + Send> Batch for Then<B, F> {
    type Output = T;

    fn statements(&self, into: &mut Vec<&'static str>) {
        self.batch.statements(into);
    }

    async fn fly(self, on: &Connection, shop: ShopId) -> Result<T> {
        self.batch.fly(on, shop).await.map(self.make)
    }
}

impl Batch for () {
    type Output = ();

    fn statements(&self, _into: &mut Vec<&'static str>) {}

    async fn fly(self, _on: &Connection, _shop: ShopId) -> Result<()> {
        Ok(())
    }
}

macro_rules! tuples {
    ($($($member:ident)+;)+) => {$(
        impl<$($member: Batch),+> Batch for ($($member,)+) {
            type Output = ($($member::Output,)+);

            fn statements(&self, into: &mut Vec<&'static str>) {
                #[expect(non_snake_case, reason = "a tuple's members are named after their types")]
                let ($($member,)+) = self;
                $($member.statements(into);)+
            }

            async fn fly(self, on: &Connection, shop: ShopId) -> Result<Self::Output> {
                #[expect(non_snake_case, reason = "a tuple's members are named after their types")]
                let ($($member,)+) = self;
                // All are sent before any is awaited; the first failure, in order, is the cause of the others.
                #[expect(non_snake_case, reason = "a tuple's members are named after their types")]
                let ($($member,)+) = futures_util::join!($($member.fly(on, shop)),+);
                Ok(($($member?,)+))
            }
        }
    )+};
}

tuples! {
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
}
