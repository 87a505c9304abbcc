//! The outbox while texts are appended. It would hand over pgbench's texts too, and a round would pay for those that the
//! one before left; so it rests except in the rounds that measure it, and begins those with nothing to do.

use std::time::Duration;

use tokio::time::sleep;
use tokio_postgres::Client;

use crate::program::processor_time;

/// The hand on the outbox: what it asks first, which shops have texts due.
pub(crate) struct Outbox<'a> {
    superuser: &'a Client,
    question: String,
}

/// What the outbox has done so far.
pub(crate) struct Work {
    pub(crate) texts: i64,
    /// What PostgreSQL took for it.
    pub(crate) processor_time: Duration,
}

impl<'a> Outbox<'a> {
    pub(crate) async fn of(superuser: &'a Client) -> Self {
        let question = "SELECT pg_get_functiondef('courtesy.shops_with_due_texts(integer)'::regprocedure)";
        let question = superuser.query_one(question, &[]).await.expect("it is there").get(0);
        Self { superuser, question }
    }

    /// It asks, and is told of nothing.
    pub(crate) async fn rest(&self) {
        self.run(
            "CREATE OR REPLACE FUNCTION courtesy.shops_with_due_texts(most INTEGER) RETURNS SETOF uuid
                 LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
                 AS 'SELECT NULL::uuid WHERE false'",
        )
        .await;
        let held = "SELECT count(*) FROM messages WHERE status = 'pending' AND lease_until > now()";
        while self.count(held).await > 0 {
            sleep(Duration::from_millis(10)).await;
        }
        self.run("UPDATE messages SET status = 'delivered' WHERE status = 'pending'").await;
    }

    pub(crate) async fn work(&self) {
        self.run(&self.question).await;
    }

    pub(crate) async fn done(&self) -> Work {
        let workers = "SELECT pid FROM pg_stat_activity WHERE application_name = 'courtesy courtesy_worker'";
        let workers = self.superuser.query(workers, &[]).await.expect("the superuser may");
        let processes = workers.iter().map(|row| row.get::<_, i32>(0).unsigned_abs());
        Work {
            texts: self.count("SELECT count(*) FROM sandbox_texts").await,
            processor_time: processes.map(processor_time).sum(),
        }
    }

    async fn run(&self, statement: &str) {
        self.superuser.batch_execute(statement).await.expect("the superuser may");
    }

    async fn count(&self, question: &str) -> i64 {
        self.superuser.query_one(question, &[]).await.expect("the superuser may").get(0)
    }
}
