//! A text in a conversation, as the desk reads it.

use jiff::{SignedDuration, Timestamp};

use crate::conversations::{Direction, Message, MessageStatus};
use crate::desk::Desk;
use crate::ids::InspectionId;
use crate::text::{Line, Phone};
use crate::web::Cursor;

/// A text, and what has become of it.
pub(super) struct Said {
    pub(super) message: Message,
    /// Who of the shop wrote it.
    pub(super) by: Option<Line<100>>,
    /// When the report that it carries was first looked at, where no later text can have led there.
    pub(super) viewed_at: Option<Timestamp>,
    /// Whether it was sent once more.
    pub(super) is_repeated: bool,
    /// Whether the link in it still opens.
    pub(super) has_live_link: bool,
}

/// A text in its place among the others.
pub(super) struct Entry {
    pub(super) said: Said,
    /// The day, where this is its first text: as a word that sorts, and as people say it.
    pub(super) day: Option<(String, String)>,
    /// Whether the customer went on at once, so that the time stands under what came next.
    pub(super) goes_on: bool,
}

/// What follows so soon was said in one breath.
const ONE_BREATH: SignedDuration = SignedDuration::from_mins(5);

/// Puts texts in their places, the first one first. They come with the latest first, as they are read.
pub(super) fn entries(desk: &Desk, latest_first: Vec<Said>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for said in latest_first.into_iter().rev() {
        let at = &said.message.created_at;
        let date = desk.date(at);
        let is_new_day = entries.last().is_none_or(|before| desk.date(&before.said.message.created_at) != date);
        if let Some(before) = entries.last_mut().filter(|_| !is_new_day) {
            before.goes_on = is_one_breath(&before.said.message, &said.message);
        }
        let day = is_new_day.then(|| (date, desk.day_in_words(at)));
        entries.push(Entry { said, day, goes_on: false });
    }
    entries
}

fn is_one_breath(first: &Message, next: &Message) -> bool {
    let are_theirs = [first, next].iter().all(|text| text.direction == Direction::Inbound);
    are_theirs && first.provider == next.provider && next.created_at.duration_since(first.created_at) < ONE_BREATH
}

impl Said {
    pub(super) fn is_ours(&self) -> bool {
        self.message.direction == Direction::Outbound
    }

    pub(super) fn is_lost(&self) -> bool {
        self.message.status == MessageStatus::Failed
    }

    /// Whether the customer pressed it on their report, and did not type it.
    pub(super) fn is_answer(&self) -> bool {
        self.message.provider.as_deref() == Some("report")
    }

    /// Whether there is anything to read, beside what came along.
    pub(super) fn has_words(&self) -> bool {
        !self.message.content.trim().is_empty() || self.message.pictures.is_empty()
    }

    /// An answer from the report: what they want, each with what it is about.
    pub(super) fn wishes(&self) -> Vec<(&str, &str)> {
        wishes(&self.message.content)
    }

    /// Whether sending it once more, to the number that the customer has now, can help.
    pub(super) fn may_be_repeated(&self, to: Option<&Phone>) -> bool {
        let is_worth_it = self.message.is_worth_repeating(self.has_live_link) && !self.is_repeated;
        is_worth_it && to.is_some_and(|phone| self.message.may_reach(phone))
    }

    /// The inspection whose report can be texted again, where its link is gone and with it the sense of sending this text
    /// once more.
    pub(super) fn report_to_text_again(&self, to: Option<&Phone>) -> Option<InspectionId> {
        let is_open = self.is_lost() && !self.is_repeated && !self.may_be_repeated(to);
        self.message.inspection_id.filter(|_| is_open && to.is_some_and(|phone| self.message.may_reach(phone)))
    }

    /// Whether it was said there, or later.
    pub(super) fn is_since(&self, place: Cursor) -> bool {
        (self.message.created_at, self.message.id.uuid()) >= (place.at, place.id)
    }

    /// Its place in the conversation.
    pub(super) fn place(&self) -> Cursor {
        Cursor { at: self.message.created_at, id: self.message.id.uuid() }
    }
}

/// "Please do it: Spare; Coolant. Later: Horn." by its sentences.
fn wishes(words: &str) -> Vec<(&str, &str)> {
    let sentences = words.split_inclusive(". ").map(|sentence| sentence.trim_end().trim_end_matches('.'));
    sentences.map(|sentence| sentence.split_once(": ").unwrap_or(("", sentence))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_told_by_what_is_wanted() {
        assert_eq!(
            wishes("Please do it: Spare; Coolant. Later: Horn."),
            [("Please do it", "Spare; Coolant"), ("Later", "Horn")]
        );
        assert_eq!(wishes("Call me"), [("", "Call me")]);
    }
}
