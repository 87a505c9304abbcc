//! `/settings/data`: lists in, and everything out; and `/settings/data/imports/{id}`, what would become of a list.

use askama::Template;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use tokio::sync::Semaphore;

use super::importing;
use super::reading::{self, Upload};
use super::{Counts, Import, Judged, Kind, Verdict, grouped, queries};
use crate::auth::Manager;
use crate::desk::{Desk, Here};
use crate::error::{Error, Result};
use crate::ids::ImportId;
use crate::web::{At, Filled, Page};

#[derive(Template)]
#[template(path = "import/data.html")]
struct DataPage {
    desk: Desk,
    form: Filled,
    recent: Vec<Import>,
}

#[derive(Template)]
#[template(path = "import/import.html")]
struct ImportPage {
    desk: Desk,
    import: Import,
    counts: Counts,
    samples: [Sample; 3],
}

/// The first rows of a kind.
struct Sample {
    id: &'static str,
    title: &'static str,
    /// What is told of each, beside what it is called.
    note: Option<&'static str>,
    rows: Vec<Judged>,
    count: i64,
}

/// The largest file that is taken: 100,000 rows with everything filled in.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// The same with what else the form has: more is not received.
pub const MOST_SENT: usize = MOST_BYTES + 64 * 1024;
/// The same for what stands in the form's other fields.
const MOST_OF_A_WORD: usize = 100;
/// How many files are held in memory at once. Whoever finds them all at work is asked to come back.
static READING: Semaphore = Semaphore::const_new(4);
const COME_BACK: std::time::Duration = std::time::Duration::from_secs(10);

/// `GET /settings/data`.
pub async fn show(manager: Manager) -> Result<Response> {
    Ok(data(&manager, fresh()).await?.into_response())
}

/// `POST /settings/data`: reads a list. Nothing of it is in the shop before it is looked at.
pub async fn upload(manager: Manager, request: Request) -> Result<Response> {
    manager.enter(true).await?;
    let _place = READING.try_acquire().map_err(|_| Error::Busy(COME_BACK))?;
    let outcome = match receive(request).await {
        Ok(upload) => {
            let id = upload.id;
            reading::read(&manager, upload).await.map(|()| id)
        }
        Err(error) => Err(error),
    };
    match outcome {
        Ok(id) => Ok(Redirect::to(&format!("/settings/data/imports/{id}")).into_response()),
        Err(Error::Invalid(fields)) => {
            let form = fields.iter().fold(fresh(), |form, wrong| form.complain(&wrong.field, &wrong.detail));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, data(&manager, form).await?).into_response())
        }
        Err(Error::TooLarge(_)) => {
            let form = fresh().complain("file", "is larger than 16 MB: divide it into several");
            Ok((StatusCode::PAYLOAD_TOO_LARGE, data(&manager, form).await?).into_response())
        }
        Err(error) => Err(error),
    }
}

/// `GET /settings/data/imports/{id}`.
pub async fn preview(manager: Manager, At(id): At<ImportId>) -> Result<Response> {
    let rows =
        (queries::rows(id, Verdict::Wrong), queries::rows(id, Verdict::Changed), queries::rows(id, Verdict::New));
    let (around, import, counts, (wrong, changed, new)) =
        manager.read((Desk::read(), queries::find(id), queries::counts(id), rows)).await?;
    let desk = Desk::new(&manager, around, Here::Settings);
    let sample = |id, title, note, rows, count| Sample { id, title, note, rows, count };
    let samples = [
        sample("wrong", "Wrong", Some("Why"), wrong, counts.wrong),
        sample("changed", "Changed", Some("What"), changed, counts.changed),
        sample("new", "New", None, new, counts.new),
    ];
    Ok(Page(ImportPage { desk, import, counts, samples }).into_response())
}

/// `POST /settings/data/imports/{id}`: imports what the preview shows. It goes on where the browser does not wait for it.
pub async fn import(manager: Manager, At(id): At<ImportId>) -> Result<Response> {
    let import = manager.read(queries::find(id)).await?;
    let work = tokio::spawn(async move { importing::import(&manager, id, import.kind).await });
    work.await.map_err(|error| Error::Internal(format!("an import did not end: {error}")))??;
    Ok(Redirect::to(&format!("/settings/data/imports/{id}")).into_response())
}

async fn data(manager: &Manager, form: Filled) -> Result<Page<DataPage>> {
    let (around, recent) = manager.read((Desk::read(), queries::recent())).await?;
    let desk = Desk::new(manager, around, Here::Settings);
    Ok(Page(DataPage { desk, form, recent }))
}

/// The id is chosen here, so that a file that is sent twice is one list.
fn fresh() -> Filled {
    Filled::with([("id", ImportId::new().to_string())])
}

/// The file with what the form says of it. The file comes last.
async fn receive(request: Request) -> Result<Upload> {
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|_| Error::UnsupportedMediaType("multipart/form-data"))?;
    let (mut id, mut kind) = (ImportId::new(), Kind::Customers);
    while let Some(part) = parts.next_field().await.map_err(|error| refusal(&error))? {
        let name = part.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "file" => {
                let plain = part.file_name().unwrap_or_default().chars().filter(|c| !c.is_control());
                let name = plain.take(200).collect();
                let bytes = content(part, MOST_BYTES).await?;
                let is_empty = bytes.is_empty();
                let upload = Upload { id, kind, name, bytes };
                return if is_empty { Err(Error::invalid("file", "is empty: choose one")) } else { Ok(upload) };
            }
            "id" => {
                let text = String::from_utf8_lossy(&content(part, MOST_OF_A_WORD).await?).into_owned();
                id = serde_json::from_value(text.into()).map_err(|_| Error::invalid("id", "must be a UUID"))?;
            }
            "kind" => {
                let text = String::from_utf8_lossy(&content(part, MOST_OF_A_WORD).await?).into_owned();
                kind = text.parse().map_err(|_| Error::invalid("kind", "must be customers or vehicles"))?;
            }
            _ => return Err(Error::Malformed("this is no form of ours".into())),
        }
    }
    Err(Error::invalid("file", "is missing: choose one"))
}

/// What a part of the form holds, up to so many bytes.
async fn content(mut part: Field<'_>, most: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(|error| refusal(&error))? {
        if bytes.len() + piece.len() > most {
            return Err(Error::TooLarge(most));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// A body that is too large ends as one that can't be read.
fn refusal(error: &MultipartError) -> Error {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge(MOST_BYTES),
        _ => Error::Malformed(format!("the upload can't be read: {error}")),
    }
}

impl DataPage {
    /// What is to be said of a list in the list of lists.
    fn state(&self, import: &Import) -> String {
        match (import.imported_at, import.read_at) {
            (Some(_), _) => {
                format!("Imported: {} new, {} changed", grouped(import.added.into()), grouped(import.changed.into()))
            }
            (None, Some(_)) if import.is_moving(&self.desk) => {
                format!("{} of {} imported", grouped(import.rows_done.into()), grouped(import.rows_read.into()))
            }
            (None, Some(_)) => "Waits for you to look at it".to_owned(),
            (None, None) => format!("{} rows read so far", grouped(import.rows_read.into())),
        }
    }
}

impl Import {
    /// Whether somebody is importing it at this moment.
    fn is_moving(&self, desk: &Desk) -> bool {
        self.imported_at.is_none() && self.moved_at.is_some_and(|at| desk.now.as_second() - at.as_second() < 30)
    }
}

impl Sample {
    /// How many more there are than are shown.
    fn rest(&self) -> Option<String> {
        let shown = i64::try_from(self.rows.len()).unwrap_or(i64::MAX);
        (self.count > shown).then(|| grouped(self.count - shown))
    }
}

impl ImportPage {
    /// How many rows there are of each kind, and whether that is a reason to look.
    fn tally(&self) -> [(&'static str, String, bool); 4] {
        let Counts { new, changed, unchanged, wrong } = self.counts;
        [
            ("New", grouped(new), false),
            ("Changed", grouped(changed), false),
            ("As it is", grouped(unchanged), false),
            ("Wrong", grouped(wrong), wrong > 0),
        ]
    }

    /// What the button does: "50,000 customers".
    fn to_write(&self) -> String {
        let count = self.counts.to_write();
        format!("{} {}", grouped(count), self.what(count))
    }

    fn rows_read(&self) -> String {
        grouped(self.import.rows_read.into())
    }

    fn rows_done(&self) -> String {
        grouped(self.import.rows_done.into())
    }

    fn is_moving(&self) -> bool {
        self.import.is_moving(&self.desk)
    }

    fn what(&self, count: i64) -> &'static str {
        match (self.import.kind, count) {
            (Kind::Customers, 1) => "customer",
            (Kind::Customers, _) => "customers",
            (Kind::Vehicles, 1) => "vehicle",
            (Kind::Vehicles, _) => "vehicles",
        }
    }

    /// What came of it, or would.
    fn headline(&self) -> String {
        let (added, changed) = (i64::from(self.import.added), i64::from(self.import.changed));
        if self.import.imported_at.is_some() {
            return format!("{} {} added, {} changed", grouped(added), self.what(added), grouped(changed));
        }
        if self.import.read_at.is_none() {
            return "This list was not read to its end".to_owned();
        }
        match self.counts.to_write() {
            0 => "Nothing in this list would change anything".to_owned(),
            count => format!("{} {} to import", grouped(count), self.what(count)),
        }
    }
}
