//! Random histories, each played to the program and to a small model of it that was written from the rules alone. Where
//! the two disagree the history is cut down to the shortest that still shows it, and the seed that made it is printed.
//!
//! `PROPTEST_CASES` asks for more histories, `PROPTEST_RNG_SEED` for the same ones again.

mod consent;
mod findings;
mod states;
mod workflow;

use std::fmt::Debug;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestRunner, contextualize_config};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio_postgres::Client;

use crate::support::{TestApp, World};

/// One database for all histories of a property; each takes in a car, or customers, of its own.
struct Ground {
    app: TestApp,
    world: World,
    owner: Client,
}

/// A member of a JSON object: absent, null or a value.
type Member<T> = Option<Option<T>>;

/// Plays so many histories, unless the environment asks for another number. Each must end without a panic.
fn hold<S: Strategy<Value: Debug>>(histories: u32, any: S, play: &impl AsyncFn(&Ground, S::Value)) {
    // What is found belongs into a test of its own, not into a file beside the source.
    let quiet = Config { cases: histories, failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
    let mut config = contextualize_config(quiet);
    let seed = match config.rng_seed {
        RngSeed::Fixed(seed) => seed,
        RngSeed::Random => rand::random(),
    };
    config.rng_seed = RngSeed::Fixed(seed);
    let runtime = Runtime::new().expect("a runtime");
    let ground = runtime.block_on(Ground::new());
    let played = TestRunner::new(config).run(&any, |history| {
        runtime.block_on(play(&ground, history));
        Ok(())
    });
    let _inside = runtime.enter();
    drop(ground);
    if let Err(found) = played {
        panic!("{found}\nPROPTEST_RNG_SEED={seed} plays it again");
    }
}

impl Ground {
    async fn new() -> Self {
        let (app, world) = TestApp::start().await;
        let owner = app.owner().await;
        Self { app, world, owner }
    }

    /// Takes our car in once more; the inspection's id.
    async fn take_in(&self, assigned_to: Option<&str>) -> String {
        let body = json!({ "vehicle_id": self.world.ours.vehicle, "assigned_to": assigned_to });
        let inspection = self.app.post("/inspections", &self.world.ours.manager, &body).await.created();
        text(&inspection["id"])
    }

    /// What happened to an inspection so far, in order: kind, before, after.
    async fn events(&self, inspection: &str) -> Vec<(String, Value, Value)> {
        let sql = "SELECT kind, coalesce(before, 'null'), coalesce(after, 'null') FROM inspection_events
                    WHERE inspection_id::text = $1 ORDER BY created_at, id";
        let rows = self.owner.query(sql, &[&inspection]).await.expect("the events");
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
    }
}

/// The text in a JSON string.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}")).to_owned()
}
