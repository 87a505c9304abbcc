//! What was texted beside the reports. The texts that carry reports, and the answers to them, follow from the visits.

use super::ago::{Ago, days, hours, minutes};

/// The thread of texts with a customer.
pub(super) struct Talk {
    /// What the customer goes by.
    pub(super) with: &'static str,
    /// How many of the customer's last texts nobody has read yet.
    pub(super) unread: i32,
    pub(super) is_closed: bool,
    pub(super) texts: &'static [Text],
}

/// One text.
pub(super) struct Text {
    pub(super) at: Ago,
    pub(super) is_ours: bool,
    pub(super) words: &'static str,
    /// Why it did not arrive.
    pub(super) failure: Option<&'static str>,
}

const fn us(at: Ago, words: &'static str) -> Text {
    Text { at, is_ours: true, words, failure: None }
}

const fn them(at: Ago, words: &'static str) -> Text {
    Text { at, is_ours: false, words, failure: None }
}

impl Text {
    const fn failed(mut self, failure: &'static str) -> Self {
        self.failure = Some(failure);
        self
    }
}

impl Talk {
    const fn new(with: &'static str, texts: &'static [Text]) -> Self {
        Self { with, unread: 0, is_closed: false, texts }
    }

    const fn unread(mut self, unread: i32) -> Self {
        self.unread = unread;
        self
    }

    const fn closed(mut self) -> Self {
        self.is_closed = true;
        self
    }
}

pub(super) const TALKS: &[Talk] = &[
    Talk::new(
        "Kowalczyk",
        &[
            us(minutes(34), "We have the parts here and can start right away."),
            us(minutes(22), "Is it fine to keep the car overnight?").failed("30003"),
            them(minutes(7), "Yes go ahead with all three please"),
            them(minutes(5), "How long will you need the car?"),
        ],
    )
    .unread(2),
    Talk::new("Beauchamp", &[]).unread(1),
    Talk::new("+14155550119", &[them(minutes(51), "Do you do tires for trailers?")]).unread(1),
    Talk::new("Pell", &[them(hours(4, 31), "Thank you dear, see you Thursday")]),
    Talk::new(
        "Bluewater",
        &[
            them(days(2, 6), "Lariat needs its 50k service, when can you take it"),
            us(days(2, 5), "We have room the day after tomorrow, any time from 8."),
            them(days(2, 4), "Great, our foreman drops it off"),
        ],
    ),
    Talk::new(
        "Castellano",
        &[
            us(days(3, 2), "The seal for the hard top is in, come by whenever it suits you."),
            them(days(3, 1), "STOP"),
        ],
    ),
    Talk::new(
        "Sørensen",
        &[
            us(days(3, 6), "Can you bring the CX-5 in between 8 and 10? Then it is done by noon."),
            them(days(3, 5), "Perfect"),
        ],
    ),
    Talk::new(
        "Vandenberghe",
        &[
            them(days(4, 4), "Brakes feel soft lately. Can somebody look this week?"),
            us(days(4, 3), "Sure, we keep a place for you. Anything else we should look at?"),
        ],
    ),
    Talk::new("McAllister", &[them(days(4, 1), "All green, love it 👍 See you in spring")]),
    Talk::new(
        "Tanabe",
        &[
            us(days(5, 1), "Done: the CR-V is straight again and ready. We are in until 6."),
            them(days(5, 0), "Thanks! I will think about the tires"),
        ],
    )
    .closed(),
    Talk::new(
        "Hernandez",
        &[
            us(days(92, 3), "Your oil change is due, shall we make a time?"),
            them(days(92, 2), "Stop"),
            them(days(6, 4), "START"),
            us(days(6, 3), "Welcome back! When does the Rogue have time for its oil change?"),
            them(days(6, 2), "Sunday, I drop it off and walk"),
        ],
    ),
    Talk::new("Jackson", &[us(days(244, 8), "They are on. The clutch still has some months, no hurry.")]).closed(),
];
