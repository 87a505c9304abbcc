//! Live events of real programs: several on one database, a connection that breaks, and the end.

use reqwest::Method;
use rustix::process::Signal;
use serde_json::json;
use tokio_postgres::Config;

use super::{event, id};
use crate::support::Person;
use crate::support::cluster::cluster;
use crate::support::program::{Program, courtesy, data_dir, url};
use crate::support::stream::Stream;

/// A database of two shops, dropped at the end.
struct Shared(Config);

impl Shared {
    async fn new() -> Self {
        Self(cluster().new_database().await)
    }

    async fn program(&self) -> Program {
        let mut command = courtesy(&[]);
        command.env("DATABASE_URL", url(&self.0, "courtesy")).env("COURTESY_DATA_DIR", data_dir().path());
        Program::serve(command).await
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        cluster().drop_database(&self.0);
    }
}

async fn listen(program: &Program, who: &Person) -> Stream {
    Stream::over(program.get("/api/v1/events", &who.token).await).await
}

/// Takes our shop's car in.
async fn take_in(program: &Program) -> String {
    let ours = &cluster().world.ours;
    let new = json!({ "vehicle_id": ours.vehicle });
    let answer = program.ask(Method::POST, "/api/v1/inspections", &ours.manager.token, Some(&new)).await;
    assert_eq!(answer.status(), 201);
    id(&answer.json().await.unwrap())
}

#[tokio::test]
async fn what_one_program_writes_another_one_tells() {
    let shared = Shared::new().await;
    let (one, other) = (shared.program().await, shared.program().await);
    let ours = &cluster().world.ours;
    let (mut here, mut there) = (listen(&one, &ours.manager).await, listen(&other, &ours.manager).await);
    let car = take_in(&one).await;
    for stream in [&mut here, &mut there] {
        assert_eq!(stream.next().await, Some(event("inspection", &car, "created")));
    }
    let log_out = one.ask(Method::DELETE, "/api/v1/sessions/current", &ours.manager.token, None).await;
    assert_eq!(log_out.status(), 204);
    here.end().await;
    there.end().await;
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn a_program_that_hears_again_has_missed_nothing() {
    let shared = Shared::new().await;
    let program = shared.program().await;
    let mut desk = listen(&program, &cluster().world.ours.manager).await;
    let owner = courtesy::db::migrate::connect(&shared.0).await.unwrap();
    let deafen = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                   WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    let deafened: i64 = owner.query_one(deafen, &[]).await.unwrap().get(0);
    assert_eq!(deafened, 1);
    let car = take_in(&program).await;
    assert_eq!(desk.next().await, Some(event("inspection", &car, "created")));
    program.stop().await;
}

#[tokio::test]
async fn open_streams_do_not_keep_a_program_from_ending() {
    let shared = Shared::new().await;
    let mut program = shared.program().await;
    let world = &cluster().world;
    let (ours, theirs) =
        (listen(&program, &world.ours.manager).await, listen(&program, &world.theirs.mechanic).await);
    program.signal(Signal::TERM);
    ours.end().await;
    theirs.end().await;
    assert_eq!(program.ended().await.code(), Some(0), "{}", program.log());
    assert!(!program.log().contains("cut off"), "{}", program.log());
}
