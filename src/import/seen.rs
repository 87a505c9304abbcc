//! What the lines of one list are of: they are matched to each other as each is to what is in the shop.

use std::collections::HashMap;

use uuid::Uuid;

use super::Kind;

/// The lines so far, but for those that are wrong: they come to nothing.
#[derive(Debug)]
pub(super) struct Seen {
    kind: Kind,
    lines: HashMap<Uuid, i32>,
    by_mark: HashMap<String, Vec<Taken>>,
}

/// What is said of a customer or vehicle, as far as it is known again by that.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Any of these is enough.
    pub(super) known_by: Vec<String>,
    /// What tells it from others that are known by the same, where both say it.
    pub(super) told_apart_by: [Option<String>; 2],
}

/// Whom or what an earlier line is of.
#[derive(Debug)]
struct Taken {
    target: Uuid,
    told_apart_by: [Option<String>; 2],
}

impl Seen {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, lines: HashMap::new(), by_mark: HashMap::new() }
    }

    /// What earlier lines are of that may be the same.
    pub(super) fn like(&self, marks: &Marks) -> Vec<Uuid> {
        let taken = marks.known_by.iter().filter_map(|mark| self.by_mark.get(mark)).flatten();
        taken.filter(|taken| taken.may_be(marks)).map(|taken| taken.target).collect()
    }

    /// The only one of those that a line may be of, where there is any. One that an earlier line is of is not taken again.
    pub(super) fn only(&self, mut same: Vec<Uuid>) -> Result<Option<Uuid>, String> {
        same.sort_unstable();
        same.dedup();
        let mut lines: Vec<i32> = same.iter().filter_map(|target| self.lines.get(target).copied()).collect();
        lines.sort_unstable();
        let (what, tells) = match self.kind {
            Kind::Customers => ("customer", "name"),
            Kind::Vehicles => ("vehicle", "VIN"),
        };
        match (same.as_slice(), lines.as_slice()) {
            ([], _) => Ok(None),
            ([one], []) => Ok(Some(*one)),
            ([_], [line, ..]) => Err(format!("It is the same {what} as in line {line}, which is taken instead.")),
            ([_, _, ..], [one, other, ..]) if lines.len() == same.len() => {
                Err(format!("It may be the {what} of line {one} or that of line {other}: say which by the {tells}."))
            }
            _ => Err(self.several().to_owned()),
        }
    }

    fn several(&self) -> &'static str {
        match self.kind {
            Kind::Customers => "Several customers have this phone or e-mail, and this name: say which by ID.",
            Kind::Vehicles => "This customer has several vehicles with this VIN or plate: say which by ID.",
        }
    }

    /// Takes a line, with what will be said of its customer or vehicle then.
    pub(super) fn take(&mut self, line: i32, target: Uuid, marks: Marks) {
        self.lines.insert(target, line);
        for mark in marks.known_by {
            let taken = Taken { target, told_apart_by: marks.told_apart_by.clone() };
            self.by_mark.entry(mark).or_default().push(taken);
        }
    }
}

impl Taken {
    fn may_be(&self, marks: &Marks) -> bool {
        let mut said = self.told_apart_by.iter().zip(&marks.told_apart_by);
        said.all(|(one, other)| one.is_none() || other.is_none() || one == other)
    }
}
