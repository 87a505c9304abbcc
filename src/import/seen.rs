//! What the lines of one list are of: they are matched to each other as each is to what is in the shop.

use std::collections::HashMap;

use uuid::Uuid;

use super::Kind;

/// The lines so far, but for those that are wrong: they come to nothing.
#[derive(Debug)]
pub(super) struct Seen {
    kind: Kind,
    lines: HashMap<Uuid, i32>,
    by_mark: HashMap<String, HashMap<ToldApart, Vec<Uuid>>>,
}

/// What tells from others that are known by the same, where both say it.
type ToldApart = [Option<String>; 2];

/// What is said of a customer or vehicle, as far as it is known again by that.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// Any of these is enough.
    pub(super) known_by: Vec<String>,
    pub(super) told_apart_by: ToldApart,
}

impl Seen {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, lines: HashMap::new(), by_mark: HashMap::new() }
    }

    /// What earlier lines are of that may be the same.
    pub(super) fn like(&self, marks: &Marks) -> Vec<Uuid> {
        let taken = marks.known_by.iter().filter_map(|mark| self.by_mark.get(mark));
        taken.flat_map(|taken| alike(taken, &marks.told_apart_by)).copied().collect()
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
            let taken = self.by_mark.entry(mark).or_default();
            taken.entry(marks.told_apart_by.clone()).or_default().push(target);
        }
    }
}

/// Those that nothing tells apart. A list may give thousands of people one phone, so whoever says everything is looked up.
fn alike<'a>(taken: &'a HashMap<ToldApart, Vec<Uuid>>, said: &ToldApart) -> Vec<&'a Uuid> {
    let [one, other] = said.clone();
    if one.is_none() || other.is_none() {
        let same =
            |(known, said): (&Option<String>, &Option<String>)| known.is_none() || said.is_none() || known == said;
        let may_be = |known: &ToldApart| known.iter().zip(said).all(same);
        return taken.iter().filter(|(known, _)| may_be(known)).flat_map(|(_, targets)| targets).collect();
    }
    let less = [[one.clone(), None], [None, other.clone()], [None, None], [one, other]];
    less.iter().filter_map(|known| taken.get(known)).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_says_less_may_be_anybody_who_does_not_say_otherwise() {
        let names = |first: &str, last: &str| [first, last].map(|name| (!name.is_empty()).then(|| name.to_owned()));
        let marks = |first, last| Marks { known_by: vec!["phone".to_owned()], told_apart_by: names(first, last) };
        let mut seen = Seen::new(Kind::Customers);
        let taken = [("ruth", "abel"), ("ruth", ""), ("", "abel"), ("", ""), ("ben", "abel")];
        let ids = taken.map(|(first, last)| {
            let id = Uuid::now_v7();
            seen.take(2, id, marks(first, last));
            id
        });
        let like = |first, last| {
            let mut found = seen.like(&marks(first, last));
            found.sort_unstable();
            found
        };
        assert_eq!(like("ruth", "abel"), ids[..4]);
        assert_eq!(like("ben", "cole"), [ids[3]]);
        assert_eq!(like("ben", ""), [ids[2], ids[3], ids[4]]);
        assert_eq!(like("", ""), ids);
    }
}
