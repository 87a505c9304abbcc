//! Statements about conversations, their messages, and consent to being texted.

mod consent;
mod conversations;
mod delivery;
mod messages;
mod outbox;
mod people;
mod pictures;
mod sandbox;

pub use conversations::open;
pub use delivery::fared;
pub use messages::{Said, enqueue, find_message_with_digest, insert_inbound};

pub(super) use consent::{hold_sharers, note_wish, record_in_person, record_keyword, was_texted_in, wish_was_heard};
pub(super) use conversations::{
    begin_with, find, find_active, find_any, hold, hold_customer, list, open_held, reopen, save,
};
pub(super) use delivery::note_report;
pub(super) use messages::{find_by_provider, find_in, find_message, find_retry_of, list_of, mask_link};
pub(super) use outbox::{
    Claim, Ending, claim, finish, give_back, hold_recipients, known_to_us, postpone, record_refusal,
};
pub(super) use people::{Sender, find_sender, hold_all_with, hold_phone, insert_stranger};
pub(super) use pictures::{
    Waiting, add_pictures, claim_picture, find_picture, give_picture_up, note_kept, put_picture_off,
};
pub(super) use sandbox::{Owner, has_sandbox_text, keep_sandbox_text, line, list_on_phone, owners};
