//! Why a text was not accepted.

/// Why a text was not accepted; `Display` is the sentence that a person reads beside the field, without the field's
/// name ("must be at most 100 characters").
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing was left after trimming.
    #[error("must not be empty")]
    Empty,
    /// More characters than this many.
    #[error("must be at most {0} characters")]
    TooLong(usize),
    /// Fewer characters than this many.
    #[error("must be at least {0} characters")]
    TooShort(usize),
    /// A line break, a tab or another control character where one line belongs.
    #[error("must be one line of text, without tabs or control characters")]
    NotOneLine,
    /// A control character other than line break and tab, such as NUL, which the database can't store.
    #[error("must not contain control characters")]
    ControlCharacter,
    /// Not shaped like an e-mail address.
    #[error("must be an e-mail address, such as name@example.com")]
    NotEmail,
    /// Not a number that somebody could have in that country or, with a plus, in the world.
    #[error("must be a phone number with area code, or with + and country code")]
    NotPhone,
    /// Not a country known to the numbering plans.
    #[error("must be a country's two-letter code, such as US")]
    NotCountry,
    /// A character that no VIN has.
    #[error("must be letters and digits only")]
    NotVin,
    /// A plate of punctuation alone would compare equal to every other such plate.
    #[error("must contain a letter or a digit")]
    NotPlate,
    /// Not one of the words that are stored.
    #[error("must be one of {}", .0.join(", "))]
    NotOneOf(&'static [&'static str]),
}
