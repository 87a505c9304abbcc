//! A conversation in the list.

use jiff::Timestamp;

use crate::conversations::{ConversationStatus, Direction, MessageStatus};
use crate::desk::Desk;
use crate::ids::ConversationId;
use crate::text::{Line, Phone};
use crate::web::Cursor;

/// A conversation, as far as the list tells of it.
#[derive(Debug)]
pub(super) struct Talk {
    pub(super) id: ConversationId,
    pub(super) status: ConversationStatus,
    /// How many of the customer's texts nobody has read yet.
    pub(super) unread: i32,
    /// When something was said last.
    pub(super) active_at: Timestamp,
    pub(super) first_name: Option<Line<100>>,
    pub(super) last_name: Option<Line<100>>,
    pub(super) phone: Option<Phone>,
    /// Whether they want no texts.
    pub(super) has_opted_out: bool,
    pub(super) last: Option<LastText>,
}

/// What was said last.
#[derive(Debug)]
pub(super) struct LastText {
    pub(super) words: String,
    pub(super) direction: Direction,
    pub(super) status: MessageStatus,
}

impl Talk {
    /// Whom it is with; of somebody without a name, what they text from.
    pub(super) fn name(&self, desk: &Desk) -> String {
        name(desk, [&self.first_name, &self.last_name], self.phone.as_ref())
    }

    /// What was said last, in a line.
    pub(super) fn preview(&self) -> String {
        let Some(last) = &self.last else { return "Nothing was said yet".to_owned() };
        match (last.direction, last.status) {
            (Direction::Inbound, _) if self.has_opted_out => "Opted out of texts".to_owned(),
            (Direction::Inbound, _) => last.words.clone(),
            (Direction::Outbound, MessageStatus::Failed) => format!("Not delivered: {}", last.words),
            (Direction::Outbound, _) => format!("You: {}", last.words),
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.status == ConversationStatus::Closed
    }

    /// What is read aloud when it comes to say so.
    pub(super) fn news(&self, desk: &Desk) -> Option<String> {
        (self.unread > 0).then(|| format!("{} texted: {}", self.name(desk), self.preview()))
    }

    /// Its place in the list.
    pub(super) fn place(&self) -> Cursor {
        Cursor { at: self.active_at, id: self.id.uuid() }
    }
}

/// What somebody is called here; where nobody knows their name, by their number.
pub(super) fn name(desk: &Desk, names: [&Option<Line<100>>; 2], phone: Option<&Phone>) -> String {
    let known: Vec<&str> = names.into_iter().flatten().map(Line::as_str).collect();
    match (known.is_empty(), phone) {
        (false, _) => known.join(" "),
        (true, Some(phone)) => desk.number(phone),
        (true, None) => "Customer without a name".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talk(has_opted_out: bool, last: Option<(Direction, MessageStatus)>) -> Talk {
        Talk {
            id: ConversationId::new(),
            status: ConversationStatus::Active,
            unread: 0,
            active_at: Timestamp::UNIX_EPOCH,
            first_name: None,
            last_name: None,
            phone: None,
            has_opted_out,
            last: last.map(|(direction, status)| LastText { words: "Stop".into(), direction, status }),
        }
    }

    #[test]
    fn a_line_tells_who_spoke_last_and_whether_it_arrived() {
        let (inbound, outbound) = (Direction::Inbound, Direction::Outbound);
        for (has_opted_out, last, words) in [
            (false, None, "Nothing was said yet"),
            (false, Some((inbound, MessageStatus::Delivered)), "Stop"),
            (true, Some((inbound, MessageStatus::Delivered)), "Opted out of texts"),
            (false, Some((outbound, MessageStatus::Pending)), "You: Stop"),
            (true, Some((outbound, MessageStatus::Failed)), "Not delivered: Stop"),
        ] {
            assert_eq!(talk(has_opted_out, last).preview(), words);
        }
    }
}
