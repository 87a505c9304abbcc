//! Room for uploads: so much of it for all, and no more than a share for each shop, so that whoever sends slowly is in nobody's
//! way but their own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

use crate::ids::ShopId;

/// Room that is handed out in KiB, and comes back when what took it is dropped.
#[derive(Clone)]
pub struct Room {
    all: Arc<Semaphore>,
    share: usize,
    /// The shares of the shops that have something in here, or wait.
    shares: Arc<Mutex<HashMap<ShopId, Weak<Semaphore>>>>,
}

/// What an upload takes of it: of its shop's share, and of all.
pub(super) struct Taken {
    _of_share: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Room {
    /// So many KiB, of which no shop has more than its share.
    #[must_use]
    pub fn new(kib: usize, share: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(kib)), share, shares: Arc::default() }
    }

    /// Waits for so many KiB; first for those of one's own, because whoever waits with something in hand takes it from others.
    pub(super) async fn take(&self, shop: ShopId, kib: u32) -> Result<Taken, AcquireError> {
        let of_share = self.share_of(shop).acquire_many_owned(kib).await?;
        let of_all = self.all.clone().acquire_many_owned(kib).await?;
        Ok(Taken { _of_share: of_share, _of_all: of_all })
    }

    fn share_of(&self, shop: ShopId) -> Arc<Semaphore> {
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = shares.get(&shop).and_then(Weak::upgrade) {
            return share;
        }
        shares.retain(|_, share| share.strong_count() > 0);
        let share = Arc::new(Semaphore::new(self.share));
        shares.insert(shop, Arc::downgrade(&share));
        share
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_shop_takes_its_share_and_all_of_them_what_there_is() {
        let room = Room::new(5, 2);
        let [ours, theirs, others] = [(); 3].map(|()| ShopId::new());
        let taken = room.take(ours, 2).await.expect("room");
        assert!(room.take(ours, 1).now_or_never().is_none(), "more than its share");
        let _two = room.take(theirs, 2).await.expect("room");
        assert!(room.take(others, 2).now_or_never().is_none(), "more than there is");
        drop(taken);
        room.take(ours, 2).await.expect("it came back");
        room.take(others, 2).await.expect("it came back");
        assert_eq!(room.shares.lock().expect("not poisoned").len(), 2, "who has nothing in here is forgotten");
    }
}
