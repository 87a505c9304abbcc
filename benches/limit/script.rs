//! Scripts for pgbench, made of what the program sent. Each client sits down on its seat at its first transaction and stays
//! there, as each HTTP connection does; values that the seat names are the seat's, all others are those that were sent.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::capture::{Captured, Statement};
use crate::seats::Seat;

/// How far a transaction is. What reads, decides and writes takes two flights: the second begins with what is written.
#[derive(PartialEq, Eq)]
enum Flight {
    First,
    FirstThatReads,
    Second,
}

/// What goes on from transaction to transaction: a new id is made of a beginning of the client's own and a number.
pub(crate) const FIRST_NUMBER: u64 = 100_000_000_000;
pub(crate) const NEW_ID: &str = "(:beginning::text || :number::text)::uuid";

/// A script under way.
struct Script<'a> {
    seat: &'a Seat,
    /// What is bound, by value.
    names: BTreeMap<String, String>,
    text: String,
}

/// The script for what was sent from this seat.
pub(crate) fn script(captured: &[Captured], seat: &Seat, kind: &str) -> String {
    let names = seat.members().map(|(name, value)| (value.to_owned(), name.to_owned())).collect();
    let mut script = Script { seat, names, text: String::new() };
    for captured in captured {
        script.transaction(captured);
    }
    script.sit_down(kind) + &script.text
}

impl Script<'_> {
    fn transaction(&mut self, captured: &Captured) {
        self.line("\\set number :number + 1");
        let mut flight = Flight::First;
        for Statement { words, values } in &captured.statements {
            if let Some((begin, _)) = words.split_once("; SET LOCAL app.current_shop_id") {
                self.line(&format!("\\startpipeline\n{begin};"));
                // SET takes no bound value.
                self.line("SELECT set_config('app.current_shop_id', :shop_id, true);");
                continue;
            }
            if flight == Flight::First && words.starts_with("SELECT") && !words.contains("courtesy.enter(") {
                flight = Flight::FirstThatReads;
            } else if flight == Flight::FirstThatReads && !words.starts_with("SELECT") && words != "COMMIT" {
                flight = Flight::Second;
                self.line("\\endpipeline\n\\startpipeline");
            }
            let words = self.bind(words, values, &captured.new);
            self.line(&format!("{words};"));
        }
        self.line("\\endpipeline");
    }

    /// Puts pgbench's variables where `$1`, `$2` and so on stand. Only NULL is written out: pgbench can't bind it.
    fn bind(&mut self, words: &str, values: &[Option<String>], new: &[(String, &str)]) -> String {
        let mut bound = String::new();
        let mut parts = words.split('$');
        bound.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            let number: usize = part[..digits].parse().expect("a dollar sign stands before a number only");
            match &values[number - 1] {
                None => bound.push_str("NULL"),
                Some(value) => match new.iter().find(|(known, _)| known == value) {
                    Some((_, made)) => bound.push_str(made),
                    None => write!(bound, ":{}", self.name(value)).expect("text takes everything"),
                },
            }
            bound.push_str(&part[digits..]);
        }
        bound
    }

    fn name(&mut self, value: &str) -> String {
        let next = format!("value_{}", self.names.len());
        self.names.entry(value.to_owned()).or_insert(next).clone()
    }

    /// What each client begins with.
    fn sit_down(&self, kind: &str) -> String {
        let of_seat = |name: &str| self.seat.members().any(|(member, _)| member == name);
        let values = self.names.iter().map(|(value, name)| {
            if of_seat(name) {
                format!("       subject ->> '{name}' AS {name},\n")
            } else {
                format!("       {} AS {name},\n", quoted(value))
            }
        });
        let values: String = values.collect();
        format!(
            "\\if :is_seated = 0\nSELECT\n{values}       left(gen_random_uuid()::text, 24) AS beginning\n\
             \x20 FROM bench.seats WHERE kind = '{kind}'\n\
             \x20  AND n = (:offset::int + :client_id::int) % (SELECT count(*) FROM bench.seats WHERE kind = '{kind}')\n\
             \\gset\n\\set is_seated 1\n\\endif\n"
        )
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// A value as SQL writes it, without a colon, which pgbench would take for the beginning of a variable.
fn quoted(value: &str) -> String {
    format!("E'{}'", value.replace('\\', "\\\\").replace('\'', "''").replace(':', "\\x3a"))
}
