//! Where prints are kept: a folder, or a store that speaks S3. What is kept is on disk when that is said, and never changes: its
//! name says of which upload it is.

use std::fmt;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::try_join;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path as Name;
use object_store::prefix::PrefixStore;
use object_store::{ClientOptions, ObjectStore, ObjectStoreExt as _, RetryConfig};
use tokio::time::timeout;

use super::Size;
use super::print::Print;
use crate::error::{Error, Result};
use crate::ids::{PhotoId, ShopId};
use crate::outward;

/// The prints' store.
#[derive(Clone)]
pub struct Store {
    pub(super) objects: Arc<dyn ObjectStore>,
}

/// Where the operator wants prints to be kept.
#[derive(Debug, Clone)]
pub enum Place {
    /// A folder, made with the first start.
    Folder(PathBuf),
    /// A bucket of a store that speaks S3.
    Bucket(Bucket),
}

/// A bucket, and how to get at it. Its `Debug` shows no secret.
#[derive(Clone)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// What names in it begin with; may be empty.
    pub prefix: String,
    /// What the environment says about credentials, region and endpoint.
    pub settings: Vec<(AmazonS3ConfigKey, String)>,
}

/// Why a store can't be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder can't be made or entered.
    #[error("photos can't be kept in {}: {reason}; choose another COURTESY_DATA_DIR", .folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the operating system says.
        reason: String,
    },
    /// What is said about the bucket does not do.
    #[error("photos can't be kept in {0}: {1}; check COURTESY_STORAGE_URL and the AWS_ variables")]
    Bucket(String, String),
}

/// Of which upload a print is.
#[derive(Debug, Clone)]
pub struct Key {
    /// Whose.
    pub shop: ShopId,
    /// Which photo.
    pub photo: PhotoId,
    /// SHA-256 of the upload: two uploads that fight for one id don't write over each other.
    pub digest: Vec<u8>,
}

/// How long the store may take for one print.
const PATIENCE: Duration = Duration::from_secs(12);
/// The same for one attempt of those that are made within that.
const ATTEMPT: Duration = Duration::from_secs(5);

impl Store {
    /// In memory: prints are gone when the program ends.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { objects: Arc::new(InMemory::new()) }
    }

    /// Where the operator wants it.
    pub fn at(place: &Place) -> Result<Self, StoreError> {
        match place {
            Place::Folder(folder) => Self::in_folder(folder),
            Place::Bucket(bucket) => Self::in_bucket(bucket),
        }
    }

    fn in_folder(folder: &Path) -> Result<Self, StoreError> {
        let failed =
            |reason: &dyn fmt::Display| StoreError::Folder { folder: folder.into(), reason: reason.to_string() };
        // Nobody else on this machine looks at customers' cars.
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|reason| failed(&reason))?;
        let files = LocalFileSystem::new_with_prefix(folder).map_err(|reason| failed(&reason))?;
        Ok(Self { objects: Arc::new(files.with_fsync(true)) })
    }

    fn in_bucket(bucket: &Bucket) -> Result<Self, StoreError> {
        outward::encrypt_with_ring();
        let in_the_clear = bucket.settings.iter().any(|(_, value)| value.starts_with("http://"));
        let retry = RetryConfig { max_retries: 2, retry_timeout: ATTEMPT, ..RetryConfig::default() };
        let client = ClientOptions::new().with_connect_timeout(ATTEMPT / 2).with_timeout(ATTEMPT);
        let client = client.with_allow_http(in_the_clear);
        let builder = AmazonS3Builder::new().with_bucket_name(&bucket.name).with_client_options(client);
        let set =
            |builder: AmazonS3Builder, (key, value): &(AmazonS3ConfigKey, String)| builder.with_config(*key, value);
        let store = bucket.settings.iter().fold(builder.with_retry(retry), set).build();
        let store = store.map_err(|reason| StoreError::Bucket(bucket.to_string(), reason.to_string()))?;
        Ok(Self { objects: Arc::new(PrefixStore::new(store, bucket.prefix.as_str())) })
    }

    /// Keeps a print. When this returns, it is there to stay.
    pub async fn keep(&self, key: &Key, print: &Print) -> Result<()> {
        let put = async |size, bytes: &Bytes| {
            in_time(self.objects.put(&key.name(size), bytes.clone().into())).await.map(drop)
        };
        try_join(put(Size::Large, &print.large), put(Size::Thumb, &print.thumb)).await.map(drop)
    }

    /// A print that was kept, or [`Error::NotFound`].
    pub async fn fetch(&self, key: &Key, size: Size) -> Result<Bytes> {
        let name = key.name(size);
        in_time(async { self.objects.get(&name).await?.bytes().await }).await
    }

    /// Writes something, reads it back and removes it, to see whether that works.
    pub async fn try_out(&self) -> Result<()> {
        let name = Name::from(".doctor");
        in_time(async {
            self.objects.put(&name, Bytes::from_static(b"ok").into()).await?;
            self.objects.get(&name).await?.bytes().await?;
            self.objects.delete(&name).await
        })
        .await
    }
}

impl Key {
    /// In folders of a shop's own, 256 at most.
    fn name(&self, size: Size) -> Name {
        let Self { shop, photo, digest } = self;
        let digest = format!("{:016x}", digest.first_chunk().map_or(0, |first| u64::from_be_bytes(*first)));
        Name::from_iter([shop.to_string(), digest[..2].to_owned(), format!("{photo}.{digest}.{size}.jpg")])
    }

    /// What the last part of a name says: which photo, of which upload, in which size.
    pub(super) fn read(name: &Name) -> Option<(PhotoId, String, Size)> {
        let mut parts = name.filename()?.strip_suffix(".jpg")?.split('.');
        let photo = uuid::Uuid::try_parse(parts.next()?).ok()?;
        let digest = parts.next()?.to_owned();
        let size = parts.next()?.parse().ok()?;
        parts.next().is_none().then_some((photo.into(), digest, size))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => folder.display().fmt(f),
            Self::Bucket(bucket) => bucket.fmt(f),
        }
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.name, self.prefix)
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

async fn in_time<T>(work: impl Future<Output = object_store::Result<T>>) -> Result<T> {
    match timeout(PATIENCE, work).await {
        Ok(done) => done.map_err(Error::from),
        Err(_) => Err(Error::StoreAway(format!("no answer for {} s", PATIENCE.as_secs()).into())),
    }
}

impl From<object_store::Error> for Error {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::NotFound,
            other => Self::StoreAway(other.into()),
        }
    }
}
