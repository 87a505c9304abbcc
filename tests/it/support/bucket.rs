//! A store that speaks S3, on this machine: somebody else's implementation, which checks every signature and keeps what it gets
//! in a folder.

use std::path::PathBuf;

use courtesy::photos::{Bucket, Place, Store};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// A server with one bucket in it.
pub(crate) struct BucketServer {
    pub url: String,
    folder: TempDir,
    is_away: watch::Sender<bool>,
}

/// The bucket's name.
pub(crate) const NAME: &str = "shop-photos";
/// What the program's names in it begin with.
pub(crate) const PREFIX: &str = "courtesy/photos";
/// Who may get in.
const KEY: &str = "AKIDEXAMPLE";
/// How they show it.
pub(crate) const SECRET: &str = "geheim";

impl BucketServer {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join(NAME)).expect("a folder in it");
        let mut service = S3ServiceBuilder::new(FileSystem::new(folder.path()).expect("a folder"));
        service.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (is_away, told) = watch::channel(false);
        tokio::spawn(serve(listener, service.build(), told));
        Self { url, folder, is_away }
    }

    /// Hangs up on everybody, until it is said to be back.
    pub(crate) fn goes_away(&self) {
        self.is_away.send_replace(true);
    }

    pub(crate) fn comes_back(&self) {
        self.is_away.send_replace(false);
    }

    /// The environment of a program that keeps its photos here.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let mut environment = vec![("COURTESY_STORAGE_URL", format!("s3://{NAME}/{PREFIX}"))];
        environment.extend(self.access());
        environment
    }

    pub(crate) fn store(&self) -> Store {
        let known = |(name, value): (&str, String)| (name.to_ascii_lowercase().parse().expect("a setting"), value);
        let settings = self.access().map(known).into();
        Store::at(&Place::Bucket(Bucket { name: NAME.into(), prefix: PREFIX.into(), settings })).expect("a store")
    }

    /// Where the files are whose names begin with the prefix.
    pub(crate) fn folder(&self) -> PathBuf {
        self.bucket().join(PREFIX)
    }

    /// Where those of everybody are.
    pub(crate) fn bucket(&self) -> PathBuf {
        self.folder.path().join(NAME)
    }

    fn access(&self) -> [(&'static str, String); 4] {
        [
            ("AWS_ENDPOINT_URL", self.url.clone()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
        ]
    }
}

async fn serve(listener: TcpListener, service: S3Service, is_away: watch::Receiver<bool>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (service, mut is_away) = (service.clone(), is_away.clone());
        tokio::spawn(async move {
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            tokio::select! {
                biased;
                // Also where nobody needs the server any more.
                _ = is_away.wait_for(|is_away| *is_away) => {}
                _ = connection => {}
            }
        });
    }
}
