//! What is wrong with the configuration, all of it at once.

use std::fmt;

/// A value that was not accepted: the variable's name, and a sentence behind it.
#[derive(Debug)]
pub(super) struct Mistake(pub(super) String);

/// Every value that was not accepted.
#[derive(Debug, Default)]
pub struct Mistakes(Vec<Mistake>);

impl Mistakes {
    /// Keeps the mistake and goes on.
    pub(super) fn sort_out<T>(&mut self, read: Result<T, Mistake>) -> Option<T> {
        read.map_err(|mistake| self.0.push(mistake)).ok()
    }

    /// The configuration, if nothing was wrong.
    pub(super) fn none_or<T>(self, config: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(config) } else { Err(self) }
    }
}

impl std::error::Error for Mistakes {}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [Mistake(only)] = &*self.0 {
            return f.write_str(only);
        }
        write!(f, "the configuration has {} mistakes:", self.0.len())?;
        self.0.iter().try_for_each(|Mistake(sentence)| write!(f, "\n  {sentence}"))
    }
}
