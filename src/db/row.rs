//! Rows that come back: columns are asked for by name, and a row that several tables were joined to has parts.

use std::cell::{Cell, OnceCell, RefCell};
use std::fmt::Display;
use std::ops::Range;

use postgres_types::FromSql;
use tokio_postgres::Error;

/// A row, or one part of it.
///
/// `SELECT v.*, '' AS "/owner", c.*` gives a row of vehicles with a part named `owner`. Where a part begins is marked by a column
/// whose name begins with a slash, so that tables with columns of the same name can be read from one row.
pub struct Row<'a> {
    whole: &'a tokio_postgres::Row,
    part: Range<usize>,
    places: &'a Places,
}

/// Where things are in the rows of one answer: looked up once an answer, not once a row.
#[derive(Default)]
pub(super) struct Places {
    markers: OnceCell<Vec<usize>>,
    /// Every row is asked for the same columns in the same order, so this is the place of the first one asked for, of the
    /// second one, and so on.
    asked_for: RefCell<Vec<(&'static str, usize)>>,
    asked: Cell<usize>,
}

/// What a column is asked for by: its name or, where it has none, its place.
pub trait Column: Copy + Display {
    /// Where it stands in the row, if it is there.
    #[doc(hidden)]
    fn place(self, row: &Row) -> Option<usize>;
}

impl<'a> Row<'a> {
    pub(super) fn new(row: &'a tokio_postgres::Row, places: &'a Places) -> Self {
        places.asked.set(0);
        let all = Self { whole: row, part: 0..row.len(), places };
        Self { part: 0..all.end_behind(0), ..all }
    }

    /// Reads a column, or fails where it is not there or its value does not fit.
    pub fn try_get<T: FromSql<'a>>(&self, column: impl Column) -> Result<T, Error> {
        match column.place(self) {
            Some(place) => self.whole.try_get(place),
            None => self.whole.try_get(&*format!("{column}, which is not in this part")),
        }
    }

    /// The part with this name.
    ///
    /// # Panics
    /// Where the statement marks no such part.
    #[must_use]
    pub fn part(&self, name: &str) -> Self {
        let is_named = |marker: &&usize| self.name(**marker).strip_prefix('/') == Some(name);
        let begin = self.markers().iter().find(is_named).expect("the statement marks the part") + 1;
        Self { whole: self.whole, part: begin..self.end_behind(begin), places: self.places }
    }

    fn name(&self, place: usize) -> &'a str {
        self.whole.columns()[place].name()
    }

    fn markers(&self) -> &'a [usize] {
        let find = || (0..self.whole.len()).filter(|place| self.name(*place).starts_with('/')).collect();
        self.places.markers.get_or_init(find)
    }

    /// Where the part ends that has something at this place.
    fn end_behind(&self, place: usize) -> usize {
        self.markers().iter().copied().find(|marker| *marker >= place).unwrap_or(self.whole.len())
    }
}

impl Column for usize {
    fn place(self, _: &Row) -> Option<usize> {
        Some(self)
    }
}

impl Column for &'static str {
    fn place(self, row: &Row) -> Option<usize> {
        let mut asked_for = row.places.asked_for.borrow_mut();
        let asked = row.places.asked.replace(row.places.asked.get() + 1);
        // The same text of the program in the same part, which is cheaper to tell than the same name.
        if let Some((name, place)) = asked_for.get(asked)
            && std::ptr::eq(*name, self)
            && row.part.contains(place)
        {
            return Some(*place);
        }
        let place = row.part.clone().find(|place| row.name(*place) == self)?;
        asked_for.truncate(asked);
        asked_for.push((self, place));
        Some(place)
    }
}
