//! Everything that a shop has, in one archive: the files for a spreadsheet, and each table whole, a row a line.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Zoned;
use uuid::Uuid;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::table::{Pages, Table};
use super::{Kept, queries};
use crate::db::{Query, Tenant};
use crate::error::{Error, Result};
use crate::ids::PhotoId;
use crate::photos::{Key, Size, Store};
use crate::shops::Shop;
use crate::web::Limit;

/// An archive that is being written.
pub(super) struct Archive {
    shop: Shop,
    photos: Store,
    /// Nothing once it is whole.
    zip: Option<ZipWriter<StreamWriter<Written>>>,
    written: Written,
    options: SimpleFileOptions,
    parts: VecDeque<(String, Part)>,
}

/// What has been written and not been sent yet.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

/// What a file of it is made of.
enum Part {
    /// These words.
    Words(&'static str),
    /// A file for a spreadsheet.
    Sheet(Pages),
    /// All rows of a table, those with the highest ids first.
    Rows { read: ReadRows, behind: Uuid },
    /// No file: all photos of an album, each of which is one.
    Photos { album: Album, behind: PhotoId },
    /// A photo.
    Photo(Key),
}

type ReadRows = fn(Limit, Uuid) -> Query<Vec<Kept>>;

/// Photos that belong together: the folder that they stand in, and how they are read.
type Album = (&'static str, fn(Limit, PhotoId) -> Query<Vec<(PhotoId, Vec<u8>)>>);

const ALBUMS: [Album; 2] = [("photos", queries::photos), ("pictures", queries::pictures)];

/// How many rows are read at once: inspections bring a hundred findings and events along.
const ROWS: Limit = Limit::of(100);

const README: &str = "Everything that this shop keeps with Courtesy Inspection.\r\n\r\n\
    customers.csv, vehicles.csv and inspections.csv open in a spreadsheet. The first two can be imported again.\r\n\
    A cell that would be a formula begins with an apostrophe.\r\n\r\n\
    The folder \"photos\" has the photos of inspections, and \"pictures\" what customers texted, by the ids that stand there.\r\n\
    The folder \"complete\" has all rows of every table, one a line, as JSON: also what was deleted.\r\n\
    Passwords, sessions and the secrets in links are left out.\r\n";

/// Each table whole, by the name of its file.
const TABLES: [(&str, ReadRows); 8] = [
    ("shop", queries::shop),
    ("users", queries::people),
    ("customers", queries::customers),
    ("vehicles", queries::all_vehicles),
    ("inspections", queries::inspections),
    ("conversations", queries::conversations),
    ("messages", queries::messages),
    ("consent_events", queries::consents),
];

impl Archive {
    /// An archive of this shop, with all its files of this moment.
    pub(super) fn of(shop: Shop, photos: Store, now: &Zoned) -> Self {
        let written = Written::default();
        let at = |number: i8| u8::try_from(number).unwrap_or_default();
        let year = u16::try_from(now.year()).unwrap_or_default();
        let (month, day) = (at(now.month()), at(now.day()));
        let made = DateTime::from_date_and_time(year, month, day, at(now.hour()), at(now.minute()), at(now.second()));
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(made.unwrap_or_default());
        let words = [("README.txt".to_owned(), Part::Words(README))];
        let sheets = [Table::Customers, Table::Vehicles, Table::Inspections]
            .map(|table| (table.file().to_owned(), Part::Sheet(Pages::of(table))));
        let tables =
            TABLES.map(|(name, read)| (format!("complete/{name}.jsonl"), Part::Rows { read, behind: Uuid::max() }));
        Self {
            shop,
            photos,
            zip: Some(ZipWriter::new_stream(written.clone())),
            written,
            options,
            parts: words
                .into_iter()
                .chain(sheets)
                .chain(tables)
                .chain(ALBUMS.map(|album| all_photos(album, PhotoId::from(Uuid::max()))))
                .collect(),
        }
        .opened()
    }

    /// The next piece of it; nothing where it is whole.
    pub(super) async fn next(&mut self, tenant: &Tenant) -> Result<Option<Vec<u8>>> {
        while self.zip.is_some() {
            match self.parts.front_mut() {
                Some((_, Part::Photos { album, behind })) => {
                    let album = *album;
                    let photos = tenant.read(album.1(ROWS, *behind)).await?;
                    self.parts.pop_front();
                    self.line_up(album, photos);
                }
                Some((name, Part::Photo(key))) => {
                    let (name, key) = (name.clone(), key.clone());
                    self.parts.pop_front();
                    self.add_photo(name, &key).await?;
                }
                Some((_, part)) => {
                    if let Some(bytes) = part.next(tenant, &self.shop).await? {
                        self.zip()?.write_all(&bytes).map_err(broken)?;
                    } else {
                        self.parts.pop_front();
                        self.open()?;
                    }
                }
                None => self.close()?,
            }
            let piece = self.written.take();
            if !piece.is_empty() {
                return Ok(Some(piece));
            }
        }
        Ok(None)
    }

    /// Photos are files of their own, with those behind them to follow.
    fn line_up(&mut self, album: Album, photos: Vec<(PhotoId, Vec<u8>)>) {
        let Some((last, _)) = photos.last() else { return };
        let (rest, folder, shop) = (all_photos(album, *last), album.0, self.shop.id);
        let files = photos
            .into_iter()
            .map(|(photo, digest)| (format!("{folder}/{photo}.jpg"), Part::Photo(Key { shop, photo, digest })));
        self.parts.extend(files.chain([rest]));
    }

    fn opened(mut self) -> Self {
        // The first file can't fail: nothing has been written that could be too much.
        let _begun = self.open();
        self
    }

    /// A photo whose picture is gone is left out, so that the rest arrives.
    async fn add_photo(&mut self, name: String, key: &Key) -> Result<()> {
        match self.photos.fetch(key, Size::Large).await {
            Ok(picture) => {
                let options = self.options;
                self.zip()?.start_file(name, options).map_err(broken)?;
                self.zip()?.write_all(&picture).map_err(broken)
            }
            Err(Error::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Begins the next file, unless that is a photo, which has to be there first.
    fn open(&mut self) -> Result<()> {
        let Some((name, part)) = self.parts.front() else { return Ok(()) };
        if matches!(part, Part::Photos { .. } | Part::Photo(_)) {
            return Ok(());
        }
        let (name, options) = (name.clone(), self.options);
        self.zip()?.start_file(name, options).map_err(broken)
    }

    fn close(&mut self) -> Result<()> {
        let zip = self.zip.take().ok_or_else(|| broken("it was whole"))?;
        zip.finish().map(drop).map_err(broken)
    }

    fn zip(&mut self) -> Result<&mut ZipWriter<StreamWriter<Written>>> {
        self.zip.as_mut().ok_or_else(|| broken("it is whole"))
    }
}

fn all_photos(album: Album, behind: PhotoId) -> (String, Part) {
    (String::new(), Part::Photos { album, behind })
}

impl Part {
    /// The next bytes of the file; nothing where it is whole.
    async fn next(&mut self, tenant: &Tenant, shop: &Shop) -> Result<Option<Vec<u8>>> {
        match self {
            Self::Words("") | Self::Photos { .. } | Self::Photo(_) => Ok(None),
            Self::Words(words) => Ok(Some(std::mem::take(words).into())),
            Self::Sheet(pages) => pages.next(tenant, shop).await,
            Self::Rows { read, behind } => {
                let rows = tenant.read(read(ROWS, *behind)).await?;
                let Some(last) = rows.last() else { return Ok(None) };
                *behind = last.id;
                let mut lines = Vec::new();
                for kept in rows {
                    writeln!(lines, "{}", kept.row).map_err(broken)?;
                }
                Ok(Some(lines))
            }
        }
    }
}

impl Written {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn broken(why: impl std::fmt::Display) -> Error {
    Error::Internal(format!("writing an archive: {why}"))
}
