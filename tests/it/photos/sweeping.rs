//! Tidying the store, a folder and a bucket: what belongs to nothing goes, what belongs to something stays, and what is gone is
//! told.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use courtesy::app::App;
use courtesy::photos::sweep::{Swept, sweep};
use courtesy::photos::{Lab, Place, Store};
use tempfile::TempDir;

use super::{Car, address, begun};
use crate::support::bucket::BucketServer;
use crate::support::{TestApp, pictures};

struct Tidied {
    car: Car,
    shelf: Shelf,
    store: Store,
}

/// What the store is made of.
enum Shelf {
    Folder(TempDir),
    Bucket(BucketServer),
}

impl Tidied {
    /// In a folder, and in a bucket.
    async fn each() -> [Self; 2] {
        let folder = tempfile::tempdir().unwrap();
        let in_folder = Store::at(&Place::Folder(folder.path().into())).unwrap();
        let bucket = BucketServer::start().await;
        let in_bucket = bucket.store();
        [Self::with(Shelf::Folder(folder), in_folder).await, Self::with(Shelf::Bucket(bucket), in_bucket).await]
    }

    async fn with(shelf: Shelf, store: Store) -> Self {
        let lab = Lab::new(store.clone());
        let (app, world) = TestApp::start_with(|app| App { lab, ..app }).await;
        let path = begun(&app, &world).await;
        Self { car: Car { app, world, path }, shelf, store }
    }

    async fn sweep(&self) -> Swept {
        sweep(self.car.app.database(), &self.store).await.unwrap()
    }

    async fn execute(&self, sql: &str) {
        self.car.app.owner().await.batch_execute(sql).await.unwrap();
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        match &self.shelf {
            Shelf::Folder(folder) => gather(folder.path(), &mut files),
            Shelf::Bucket(bucket) => gather(&bucket.folder(), &mut files),
        }
        files
    }

    /// Makes every picture older than the time that an upload may take to get its row.
    fn age(&self) {
        for file in self.files() {
            let file = File::options().append(true).open(file).unwrap();
            let modified = file.metadata().unwrap().modified().unwrap();
            file.set_modified(modified - Duration::from_hours(25)).unwrap();
        }
    }
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { gather(&path, files) } else { files.push(path) }
    }
}

#[tokio::test]
async fn a_picture_without_a_row_goes_after_a_day() {
    for tidied in Tidied::each().await {
        let kept = tidied.car.take("kind=front").await;
        let (id, refused) = tidied.car.send("kind=rear", pictures::jpeg(64, 48, 1)).await;
        refused.created();
        // As if the program had died between the picture and its row.
        tidied.execute(&format!("DELETE FROM inspection_photos WHERE id = '{id}'")).await;
        assert_eq!(tidied.files().len(), 4);
        assert_eq!(tidied.sweep().await, Swept::default());
        tidied.age();
        assert_eq!(tidied.sweep().await, Swept { orphans: 2, ..Swept::default() });
        assert_eq!(tidied.files().len(), 2);
        let picture = tidied.car.app.get(address(&kept, "large"), tidied.car.manager()).await;
        assert_eq!(picture.status, 200);
    }
}

#[tokio::test]
async fn a_picture_that_was_texted_stays_as_long_as_its_text() {
    for tidied in Tidied::each().await {
        let id = uuid::Uuid::now_v7();
        let texted = format!("/sandbox/messages/{id}?from=%2B14155550142");
        tidied.car.app.put_photo(&texted, tidied.car.manager(), pictures::small()).await.created();
        tidied.execute("UPDATE message_media SET created_at = now() - interval '25 hours'").await;
        tidied.age();
        assert_eq!(tidied.sweep().await, Swept::default());
        let large = tidied.files().into_iter().find(|file| file.to_str().unwrap().contains("large")).unwrap();
        let kept = fs::read(&large).unwrap();
        fs::remove_file(&large).unwrap();
        assert_eq!(tidied.sweep().await.lost, [id.into()], "that it is gone is told");
        fs::write(&large, kept).unwrap();
        tidied.age();
        tidied.execute("DELETE FROM messages").await;
        assert_eq!(tidied.sweep().await, Swept { orphans: 2, ..Swept::default() });
        assert_eq!(tidied.files().len(), 0);
    }
}

#[tokio::test]
async fn what_was_taken_away_goes_after_a_month() {
    for tidied in Tidied::each().await {
        let (id, answer) = tidied.car.send("kind=front", pictures::small()).await;
        answer.created();
        let path = format!("{}/photos/{id}", tidied.car.path);
        tidied.car.app.delete(&path, tidied.car.mechanic()).await.no_content();
        tidied.age();
        assert_eq!(tidied.sweep().await, Swept::default());
        // Whatever became of the inspection meanwhile.
        tidied.car.do_it("complete").await;
        tidied
            .execute(
                "ALTER TABLE inspection_photos DISABLE TRIGGER USER;
                 UPDATE inspection_photos SET deleted_at = now() - interval '31 days';
                 ALTER TABLE inspection_photos ENABLE TRIGGER USER",
            )
            .await;
        assert_eq!(tidied.sweep().await, Swept { let_go: 1, orphans: 2, ..Swept::default() });
        assert_eq!(tidied.files().len(), 0);
    }
}

#[tokio::test]
async fn a_row_whose_picture_is_gone_is_told_of_and_left() {
    for tidied in Tidied::each().await {
        let (id, answer) = tidied.car.send("kind=front", pictures::small()).await;
        let photo = answer.created();
        tidied.car.take("kind=rear").await;
        tidied.execute("UPDATE inspection_photos SET created_at = now() - interval '25 hours'").await;
        assert_eq!(tidied.sweep().await, Swept::default());
        let of_it = tidied.files().into_iter().find(|file| file.to_str().unwrap().contains(&id));
        fs::remove_file(of_it.unwrap()).unwrap();
        let lost: Vec<String> = tidied.sweep().await.lost.iter().map(ToString::to_string).collect();
        assert_eq!(lost, [id]);
        let shown = ["large", "thumb"].map(|size| address(&photo, size));
        let mut statuses = Vec::new();
        for address in shown {
            statuses.push(tidied.car.app.get(address, tidied.car.manager()).await.status.as_u16());
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 404]);
        assert_eq!(tidied.car.show().await["photos"].as_array().unwrap().len(), 2);
    }
}
