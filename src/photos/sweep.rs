//! Tidies the store: prints that belong to no row go, and a row whose print is gone is told of.

use std::collections::{BTreeSet, HashMap};

use futures_util::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use object_store::path::Path as Name;
use object_store::{ObjectMeta, ObjectStore as _, ObjectStoreExt as _};
use uuid::Uuid;

use super::queries;
use super::store::{Key, Store};
use crate::db::{Database, Tenant};
use crate::error::Result;
use crate::ids::{PhotoId, ShopId};

/// What a sweep did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Rows let go for good, of photos taken away long ago.
    pub let_go: usize,
    /// Pictures removed that belonged to no row.
    pub orphans: usize,
    /// Photos whose pictures are gone. Nothing is done about them: the store may come back with them, from a backup.
    pub lost: Vec<PhotoId>,
}

/// How many are asked about at once.
const AT_ONCE: usize = 500;
/// The same for shops.
const SHOPS_AT_ONCE: i32 = 200;

/// Goes through the whole store, shop by shop.
pub async fn sweep(database: &Database, store: &Store) -> Result<Swept> {
    let mut swept = Swept::default();
    for shop in shops(database, store).await? {
        let tenant = database.worker_in(shop);
        swept.let_go += tenant.write(queries::let_go()).await?.len();
        let present = sweep_shop(&tenant, store, &mut swept).await?;
        find_lost(&tenant, &present, &mut swept).await?;
    }
    for photo in &swept.lost {
        tracing::error!(%photo, "the picture of a photo is gone from the store");
    }
    Ok(swept)
}

/// Whoever has something in the store, known or not, and whoever should have.
async fn shops(database: &Database, store: &Store) -> Result<BTreeSet<ShopId>> {
    let folders = store.objects.list_with_delimiter(None).await?.common_prefixes;
    let ids = folders.iter().filter_map(|folder| Uuid::try_parse(folder.filename()?).ok());
    let mut shops: BTreeSet<ShopId> = ids.map(ShopId::from).collect();
    let mut behind = ShopId::from(Uuid::nil());
    loop {
        let next = database.shops_with_photos(behind, SHOPS_AT_ONCE).await?;
        let Some(last) = next.last() else { return Ok(shops) };
        behind = *last;
        shops.extend(next);
    }
}

/// Removes the shop's orphans; how many pictures of each photo are there.
async fn sweep_shop(tenant: &Tenant, store: &Store, swept: &mut Swept) -> Result<HashMap<PhotoId, u8>> {
    let mut present = HashMap::new();
    let folder = Name::from(tenant.shop().to_string());
    let mut found = store.objects.list(Some(&folder)).try_chunks(AT_ONCE);
    while let Some(chunk) = found.next().await {
        let chunk = chunk.map_err(|error| error.1)?;
        let known: Vec<_> = chunk.iter().filter_map(|object| Some((object, Key::read(&object.location)?))).collect();
        for (_, (photo, ..)) in &known {
            *present.entry(*photo).or_default() += 1;
        }
        let photos = known.iter().map(|(_, (photo, ..))| *photo).collect();
        let digests = known.iter().map(|(_, (_, digest, _))| digest.clone()).collect();
        let kept = known.iter().map(|(object, _)| moment(object)).collect();
        for place in tenant.read(queries::list_orphans(photos, digests, kept)).await? {
            let place = usize::try_from(place - 1).unwrap_or(usize::MAX);
            if let Some((object, _)) = known.get(place) {
                store.objects.delete(&object.location).await?;
                swept.orphans += 1;
            }
        }
    }
    Ok(present)
}

async fn find_lost(tenant: &Tenant, present: &HashMap<PhotoId, u8>, swept: &mut Swept) -> Result<()> {
    let most = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
    let mut behind = PhotoId::from(Uuid::nil());
    loop {
        let photos = tenant.read(queries::list_older(behind, most)).await?;
        let Some(last) = photos.last() else { return Ok(()) };
        behind = *last;
        swept.lost.extend(photos.iter().filter(|photo| present.get(photo).is_none_or(|sizes| *sizes < 2)));
    }
}

fn moment(object: &ObjectMeta) -> Timestamp {
    Timestamp::from_microsecond(object.last_modified.timestamp_micros()).unwrap_or(Timestamp::MAX)
}
