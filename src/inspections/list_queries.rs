//! Statements that read a page of a list.

use tokio_postgres::Error;

use super::catalogue::catalogue;
use super::filter::Filter;
use super::queries::{inspection_columns, people_columns, with_people};
use super::severity::Severity;
use super::{ListedInspection, Progress, Rating};
use crate::db::{Query, Row};
use crate::params;
use crate::web::Cursor;

/// A page of a list, those created last first, each with what is read beside it and, in one text, its ratings (see the
/// migration that keeps them); where that text is missing yet, it is gathered now.
///
/// The page is cut before anything is joined: a shop's history never slows it. Of a filter written with OR, PostgreSQL expects
/// so few rows that it reads and sorts all of them; a CASE leaves it at the index.
pub(super) fn page(filter: &Filter, behind: Cursor) -> Query<Vec<ListedInspection>> {
    Query::list(
        concat!(
            "SELECT i.*, ",
            people_columns!(),
            " FROM (SELECT ",
            inspection_columns!(),
            ", coalesce(i.ratings, courtesy.ratings_of($1, i.id)) AS ratings
                FROM inspections i
               WHERE i.shop_id = $1 AND i.deleted_at IS NULL
                 AND (i.created_at, i.id) < ($3, $4)
                 AND CASE WHEN $5::text[] IS NULL THEN true ELSE i.status = ANY ($5) END
                 AND CASE WHEN $6::uuid IS NULL THEN true ELSE i.vehicle_id = $6 END
                 AND CASE WHEN $7::uuid[] IS NULL THEN true
                          ELSE i.assigned_to = ANY ($7) OR $8 AND i.assigned_to = courtesy.current_person()
                               OR $9 AND i.assigned_to IS NULL END
               ORDER BY i.created_at DESC, i.id DESC LIMIT $2) i
               JOIN vehicles v ON v.shop_id = $1 AND v.id = i.vehicle_id
               JOIN customers c ON c.shop_id = $1 AND c.id = v.customer_id
               LEFT JOIN users u ON u.shop_id = $1 AND u.id = i.assigned_to
              ORDER BY i.created_at DESC, i.id DESC"
        ),
        page_params(filter, behind),
        ListedInspection::from_row,
    )
}

fn page_params(filter: &Filter, behind: Cursor) -> Vec<crate::db::Param> {
    let assignees = filter.assigned_to.clone();
    params![
        filter.limit.and_one_more(),
        behind.at,
        behind.id,
        filter.status.clone().map(|statuses| statuses.0),
        filter.vehicle_id,
        assignees.clone().map(|assignees| assignees.ids),
        assignees.as_ref().is_some_and(|assignees| assignees.me),
        assignees.is_some_and(|assignees| assignees.none)
    ]
}

impl ListedInspection {
    /// Reads a row of a list: `inspections.*`, `ratings`, and the parts `vehicle`, `customer` and `assignee`.
    pub fn from_row(row: &Row) -> Result<Self, Error> {
        let gathered: &str = row.try_get("ratings")?;
        let (inspection, vehicle, customer, assignee) = with_people(row)?;
        let progress = Progress::of(vehicle.powertrain, ratings(gathered));
        Ok(Self { inspection, vehicle, customer, assignee, progress })
    }
}

/// Reads `tires spare g pressure r+;brakes pedal_feel -`: a category, and two words a component. Keys are words without
/// spaces.
fn ratings(gathered: &str) -> impl Iterator<Item = Rating> {
    let (mut rest, mut places) = (gathered, None);
    std::iter::from_fn(move || {
        if places.is_none() {
            places = Some(catalogue().places_in(word(&mut rest)?));
        }
        let place = places.as_mut().and_then(|place_of| place_of(word(&mut rest)?));
        let mark = word(&mut rest)?;
        if let Some(next) = rest.strip_prefix(';') {
            (rest, places) = (next, None);
        }
        Some(Rating { place, severity: severity(mark), has_reason: mark.ends_with('+') })
    })
}

/// Takes the next word off, with the space behind it. Short words are found sooner byte by byte than by `str::split`, and
/// a list has thousands.
fn word<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let end = rest.bytes().position(|byte| byte == b' ' || byte == b';').unwrap_or(rest.len());
    let (word, behind) = rest.split_at_checked(end)?;
    *rest = behind.strip_prefix(' ').unwrap_or(behind);
    (!word.is_empty()).then_some(word)
}

fn severity(mark: &str) -> Option<Severity> {
    match mark.as_bytes().first()? {
        b'g' => Some(Severity::Green),
        b'y' => Some(Severity::Yellow),
        b'r' => Some(Severity::Red),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratings_are_read_as_they_are_kept() {
        let read = |gathered| -> Vec<_> {
            ratings(gathered).map(|rating| (rating.place, rating.severity, rating.has_reason)).collect()
        };
        let place = |category, component| Some(catalogue().position(category, component).expect("it is known"));
        let expected = [
            (place("tires", "spare"), Some(Severity::Green), false),
            (None, Some(Severity::Red), true),
            (place("tires", "pressure"), Some(Severity::Yellow), false),
            (place("brakes", "pedal_feel"), None, true),
        ];
        assert_eq!(read("tires spare g forgotten r+ pressure y;brakes pedal_feel -+"), expected);
        assert_eq!(read("forgotten spare g;brakes pedal_feel -+"), [(None, expected[0].1, false), expected[3]]);
        assert_eq!(read("tires pressure y spare g"), [expected[2], expected[0]], "in any order");
        assert_eq!(read(""), []);
    }
}
