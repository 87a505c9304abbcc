//! Texting with customers: what a text costs, what an answer means, and the words of our own.

pub mod keywords;
pub mod segments;
pub mod wording;
