//! A database with a program that serves it.

use tokio_postgres::Client;

use crate::cluster::Cluster;
use crate::program::Program;
use crate::seats::{self, Seat};

/// What is measured.
pub(crate) struct Stand {
    pub(crate) superuser: Client,
    pub(crate) program: Program,
}

impl Stand {
    /// Serves this database, which has been made for it.
    pub(crate) async fn set_up(cluster: &Cluster, database: &str) -> Self {
        let superuser = cluster.superuser(database).await;
        let program =
            Program::serve(&cluster.program, &cluster.owner(database), &cluster.file(&format!("{database}.log")))
                .await;
        Self { superuser, program }
    }

    pub(crate) async fn seats(&self, kind: &str) -> Vec<Seat> {
        seats::read(&self.superuser, kind).await
    }
}
