//! What becomes of each operation, by who asks, and how often the database was waited for: held against the row, and
//! written into docs/operations.md.

use std::fmt::Write as _;
use std::path::Path;

use axum::body::Body;
use axum::http::{Request, header};
use tokio_postgres::Client;

use super::rules::{BY_LINK, RULES, Rule, Who};
use super::scene::Scene;
use super::{ask, demand_none};
use crate::support::wire::Wire;
use crate::support::{Answer, Person, TestApp, World};

/// One row of the document.
#[derive(PartialEq, Debug)]
struct Observed {
    anonymous: String,
    mechanic: String,
    manager: String,
    round_trips: usize,
}

impl Observed {
    /// What the row promises.
    fn promised(rule: &Rule) -> Self {
        let anonymous = if rule.who == Who::Anyone { "yes" } else { "401" };
        let mechanic = match rule.who {
            Who::Anyone | Who::Staff => "yes",
            Who::Hands => "own",
            Who::Manager => "403",
        };
        let (anonymous, mechanic) = (anonymous.to_owned(), mechanic.to_owned());
        Self { anonymous, mechanic, manager: "yes".to_owned(), round_trips: rule.round_trips }
    }
}

/// The program over a connection whose round trips are counted.
struct Trial {
    app: TestApp,
    world: World,
    wire: Wire,
    owner: Client,
}

impl Trial {
    async fn start() -> Self {
        let (app, world, wire) = TestApp::start_over_wire().await;
        let owner = app.owner().await;
        Self { app, world, wire, owner }
    }

    async fn scene(&self, rule: &Rule) -> Scene {
        Scene::set(&self.app, &self.owner, &self.world.ours, rule.ready).await
    }

    /// What becomes of a request, in a word, and its round trips.
    async fn counted(&self, rule: &Rule, request: impl Future<Output = Answer>) -> (String, usize) {
        let before = self.wire.round_trips();
        let status = request.await.status.as_u16();
        let word = if status == rule.success { "yes".to_owned() } else { status.to_string() };
        (word, self.wire.round_trips() - before)
    }

    /// One request for something new.
    async fn ask(&self, rule: &Rule, who: fn(&Scene) -> Option<&Person>) -> (String, usize) {
        let scene = self.scene(rule).await;
        self.counted(rule, ask(&self.app, rule, &scene, who(&scene))).await
    }

    /// One request for a report's page.
    async fn open(&self, rule: &Rule) -> (String, usize) {
        let scene = self.scene(rule).await;
        let body = rule.body.map_or_else(Body::empty, |body| Body::from(body(&scene).to_string()));
        let request = Request::builder()
            .method(rule.method_and_template().0)
            .uri(rule.path(|behind, _| scene[behind].clone()))
            .header(header::CONTENT_TYPE, "application/json");
        self.counted(rule, self.app.send(request.body(body).unwrap())).await
    }

    async fn observe(&self, rule: &Rule) -> Observed {
        let (anonymous, _) = self.ask(rule, |_| None).await;
        let (whose_it_is, _) = self.ask(rule, |scene| Some(&scene.mechanic)).await;
        let (another, _) = self.ask(rule, |scene| Some(&scene.other_mechanic)).await;
        let mechanic = match (whose_it_is.as_str(), another.as_str()) {
            ("yes", "403") => "own".to_owned(),
            (one, other) if one == other => whose_it_is,
            (one, other) => format!("own {one}, others {other}"),
        };
        // The first time, the connection has yet to meet the statements.
        self.ask(rule, |scene| Some(&scene.manager)).await;
        let (manager, round_trips) = self.ask(rule, |scene| Some(&scene.manager)).await;
        Observed { anonymous, mechanic, manager, round_trips }
    }

    /// The same of a report's page; who asks is not asked there.
    async fn observe_by_link(&self, rule: &Rule) -> Observed {
        self.open(rule).await;
        let (word, round_trips) = self.open(rule).await;
        Observed { anonymous: word.clone(), mechanic: word.clone(), manager: word, round_trips }
    }
}

/// What stands above the table.
const INTRODUCTION: &str = "\
# Operations

Every operation of the API below `/api/v1`, and the report's pages for whoever has the link: how it answers whom, and how
many round trips to the database it makes on a connection that has met its statements. The table is written from what the
test in `tests/it/matrix/observed.rs` observed, and compared with it ever after. *own* is said of a mechanic: only what they
inspect themselves, 403 else.

| operation | anonymous | mechanic | manager | round trips |
| --- | --- | --- | --- | --- |
";

fn document(rows: &[(&Rule, Observed)]) -> String {
    let mut document = INTRODUCTION.to_owned();
    for (Rule { operation, .. }, Observed { anonymous, mechanic, manager, round_trips }) in rows {
        writeln!(document, "| `{operation}` | {anonymous} | {mechanic} | {manager} | {round_trips} |").unwrap();
    }
    document.push_str("\nReading takes one round trip and writing two at most, except for these:\n\n");
    for (Rule { operation, because, .. }, _) in rows {
        if let Some(reason) = because {
            writeln!(document, "- `{operation}`: {reason}.").unwrap();
        }
    }
    document
}

#[tokio::test]
async fn every_operation_is_answered_and_waits_as_its_row_and_the_document_say() {
    let trial = Trial::start().await;
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for rule in RULES {
        rows.push((rule, trial.observe(rule).await));
    }
    for rule in BY_LINK {
        rows.push((rule, trial.observe_by_link(rule).await));
    }
    for (rule, observed) in &rows {
        let promised = Observed::promised(rule);
        if *observed != promised {
            faults.push(format!("{}: {observed:?}, but its row says {promised:?}", rule.operation));
        }
    }
    demand_none(&faults);
    compare(&document(&rows));
}

/// Holds the document against the one that is kept; where they differ, the new one is put beside the build.
fn compare(document: &str) {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operations.md");
    let old = std::fs::read_to_string(&kept).unwrap_or_default();
    if old == document {
        return;
    }
    let new = Path::new(env!("CARGO_TARGET_TMPDIR")).join("operations.md");
    std::fs::write(&new, document).unwrap();
    let gone =
        old.lines().filter(|line| !document.lines().any(|other| other == *line)).map(|line| format!("- {line}"));
    let come =
        document.lines().filter(|line| !old.lines().any(|other| other == *line)).map(|line| format!("+ {line}"));
    let difference = gone.chain(come).collect::<Vec<_>>().join("\n");
    panic!("docs/operations.md differs:\n{difference}\nIf that is meant: cp {} {}", new.display(), kept.display());
}
