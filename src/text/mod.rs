//! What people type, parsed once at the door: whoever holds an [`Email`] holds a well-formed one.
//!
//! A text that can't be accepted is a [`Refusal`], and its `Display` is the sentence a person reads beside the field.
//! `Debug` never shows the text itself, so that a log line carries nobody's name, number or car by accident; a phone
//! and an e-mail address are masked by `Display` too, and [`Phone::as_str`] says out loud that the real text is meant.
//!
//! Reading a value from the database does not judge it again: it was parsed on its way in, and a row that an older
//! rule accepted must stay readable.

mod change;
mod country;
mod email;
mod line;
mod phone;
mod plate;
mod refusal;
mod schema;
mod secret;
mod text_enum;
mod vin;
mod warning;

pub use change::{Change, not_null};
pub use country::Country;
pub use email::Email;
pub use line::{Line, Prose};
pub use phone::{Phone, PhoneInput};
pub use plate::Plate;
pub use refusal::Refusal;
pub use secret::{Password, Secret};
pub(crate) use text_enum::text_enum;
pub use vin::{Vin, VinDoubt};
pub use warning::Warning;

/// What hides the middle of a text that must not be read in a log.
const MASK: &str = "•••";

/// Gives a type with `parse(&str) -> Result<Self, Refusal>` and `masked(&self) -> String` the same ways in (`FromStr`,
/// `TryFrom<String>`, which serde uses) and out (`as_str`, a masked `Debug`).
macro_rules! parsed_text {
    ($name:ident $(<$max:ident>)?) => {
        impl$(<const $max: usize>)? $name$(<$max>)? {
            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl$(<const $max: usize>)? std::str::FromStr for $name$(<$max>)? {
            type Err = $crate::text::Refusal;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl$(<const $max: usize>)? TryFrom<String> for $name$(<$max>)? {
            type Error = $crate::text::Refusal;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }

        impl$(<const $max: usize>)? std::fmt::Debug for $name$(<$max>)? {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.masked())
            }
        }
    };
}
use parsed_text;

/// Refuses more characters than a column of `VARCHAR(max)` holds; both count Unicode scalar values.
fn at_most(max: usize, text: &str) -> Result<(), Refusal> {
    if text.chars().count() > max { Err(Refusal::TooLong(max)) } else { Ok(()) }
}
