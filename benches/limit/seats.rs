//! Where a connection sits down: a shop and the rows in it that it works with, the same ones for pgbench and for HTTP.

use std::collections::BTreeMap;

use tokio_postgres::Client;

/// A shop's seat: its members by name.
#[derive(Clone)]
pub(crate) struct Seat(BTreeMap<String, String>);

impl Seat {
    pub(crate) fn get(&self, name: &str) -> &str {
        &self.0[name]
    }

    pub(crate) fn set(&mut self, name: &str, value: String) {
        self.0.insert(name.to_owned(), value);
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// All seats of a kind, in the order of their numbers.
pub(crate) async fn read(client: &Client, kind: &str) -> Vec<Seat> {
    let rows = client.query("SELECT subject FROM bench.seats WHERE kind = $1 ORDER BY n", &[&kind]).await;
    let subjects = rows.expect("the bench made them").into_iter().map(|row| row.get::<_, serde_json::Value>(0));
    subjects.map(|subject| Seat(serde_json::from_value(subject).expect("names and texts"))).collect()
}
