//! Statements about what became of an inspection.

use super::step::Step;
use crate::conversations::Message;
use crate::db::Query;
use crate::ids::InspectionId;
use crate::inspections::Event;
use crate::params;

/// More steps than this are not read on a page.
const MOST_STEPS: i64 = 30;

/// What happens dozens of times in an inspection, and is told by the findings themselves.
const SINGLE_TAPS: [Event; 6] =
    [Event::Rated, Event::Cleared, Event::Changed, Event::Photographed, Event::PhotoRemoved, Event::Captioned];

/// The latest steps of an inspection, newest first; the mechanic's single taps are none.
pub(super) fn steps(id: InspectionId) -> Query<Vec<Step>> {
    Query::list(
        "SELECT e.kind, e.created_at, e.after ->> 'reason' AS reason, u.first_name
           FROM (SELECT * FROM inspection_events x
                  WHERE x.shop_id = $1 AND x.inspection_id = $2 AND x.kind <> ALL ($3)
                  ORDER BY x.created_at DESC LIMIT $4) e
           LEFT JOIN users u ON u.shop_id = $1 AND u.id = e.user_id
          ORDER BY e.created_at DESC",
        params![id, SINGLE_TAPS.to_vec(), MOST_STEPS],
        |row| {
            Ok(Step {
                kind: row.try_get("kind")?,
                by: row.try_get("first_name")?,
                at: row.try_get("created_at")?,
                reason: row.try_get("reason")?,
            })
        },
    )
}

/// The texts that carried the report, newest first.
pub(super) fn texts(id: InspectionId) -> Query<Vec<Message>> {
    Query::list(
        "SELECT * FROM messages WHERE shop_id = $1 AND inspection_id = $2 AND direction = 'outbound'
          ORDER BY created_at DESC, id DESC LIMIT 3",
        params![id],
        Message::from_row,
    )
}
