//! The lab: where uploads are handed in and prints are made of them. So many at once as there are cores and memory for, because
//! a picture takes both.

use std::sync::Arc;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::format::Format;
use super::print::{self, Print, Unreadable};
use super::store::{Key, Store};
use crate::error::{Error, Result};
use crate::ids::{PhotoId, ShopId};
use crate::web::{Received, Room, Upload};

/// Makes prints, and knows where they are kept.
#[derive(Clone)]
pub struct Lab {
    /// Where prints are kept.
    pub store: Store,
    /// For uploads that arrive or wait.
    room: Room,
    /// For pictures while they are decoded, in MiB.
    memory: Arc<Semaphore>,
    cores: Arc<Semaphore>,
}

/// What uploads may take while they arrive and wait: eight of the largest, or some two hundred from a phone that makes them
/// smaller first.
const ROOM_KIB: usize = 96 * 1024;
/// What one shop may take of that: a photo from each of its phones, also where somebody sends two of the largest and does not go on.
const SHARE_KIB: usize = 32 * 1024;
/// What decoding may take. A picture that needs more has all of it to itself.
const MEMORY_MIB: u32 = 128;

/// An upload that is here, and what it is.
pub(super) struct Negative {
    received: Received,
    format: Format,
    /// SHA-256 of what came.
    pub(super) digest: [u8; 32],
}

/// What is to be known of a picture that was kept.
pub struct Developed {
    /// Of the large print.
    pub width: u16,
    /// Of the large print.
    pub height: u16,
    /// Of what came, in bytes.
    pub size: usize,
    /// SHA-256 of what came, by which the store knows it.
    pub digest: Vec<u8>,
}

impl Negative {
    /// How many bytes came.
    pub(super) fn size(&self) -> usize {
        self.received.bytes.len()
    }
}

impl Lab {
    /// With its prints in this store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            store,
            room: Room::new(ROOM_KIB, SHARE_KIB),
            memory: Arc::new(Semaphore::new(MEMORY_MIB.try_into().unwrap_or(Semaphore::MAX_PERMITS))),
            cores: Arc::new(Semaphore::new(cores)),
        }
    }

    /// Takes a picture in that is no photo of an inspection: the whole way from what comes to two prints that are kept. When
    /// this returns, they are there to stay.
    pub async fn take_in(&self, shop: ShopId, photo: PhotoId, upload: Upload) -> Result<Developed> {
        let negative = self.receive(shop, upload).await?;
        let print = self.print(&negative).await?;
        let digest = negative.digest.to_vec();
        self.store.keep(&Key { shop, photo, digest: digest.clone() }, &print).await?;
        Ok(Developed { width: print.width, height: print.height, size: negative.size(), digest })
    }

    /// Takes an upload in and finds out what it is; anything but a picture is refused.
    pub(super) async fn receive(&self, shop: ShopId, upload: Upload) -> Result<Negative> {
        let received = upload.receive(&self.room, shop).await?;
        let format = Format::of(&received.bytes)?;
        let bytes = received.bytes.clone();
        let digest = spawn_blocking(move || Sha256::digest(&bytes).into()).await;
        Ok(Negative { received, format, digest: digest.map_err(|error| Error::Internal(error.to_string()))? })
    }

    /// Makes a print.
    pub(super) async fn print(&self, negative: &Negative) -> Result<Print> {
        let (format, bytes) = (negative.format, negative.received.bytes.clone());
        self.develop(format, bytes).await?.map_err(|reason| {
            tracing::debug!(?reason, "a picture can't be read");
            Error::invalid("body", reason.to_string())
        })
    }

    async fn develop(&self, format: Format, bytes: Bytes) -> Result<Result<Print, Unreadable>> {
        let closed = |error: tokio::sync::AcquireError| Error::Internal(error.to_string());
        // The permits go along: a client that hangs up does not make room while its picture is still being read.
        let core = self.cores.clone().acquire_owned().await.map_err(closed)?;
        let header = bytes.clone();
        let sketch = match at_work(move || print::sketch(format, &header)).await {
            Ok(sketch) => sketch,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mib = u32::try_from(sketch.memory >> 20).unwrap_or(MEMORY_MIB).clamp(1, MEMORY_MIB);
        let memory = self.memory.clone().acquire_many_owned(mib).await.map_err(closed)?;
        Ok(at_work(move || {
            let _taken = (core, memory);
            print::develop_as(&sketch, &bytes)
        })
        .await)
    }
}

/// Off the async threads. A decoder that panics has met a picture that is damaged in a way it did not foresee.
async fn at_work<T: Send + 'static>(
    job: impl FnOnce() -> Result<T, Unreadable> + Send + 'static,
) -> Result<T, Unreadable> {
    spawn_blocking(job).await.unwrap_or_else(|_panic| Err(print::damaged("it can't be read")))
}
