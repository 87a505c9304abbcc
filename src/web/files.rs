//! A form with files, read as it arrives: one piece after the other, and no file is held before somebody wants it.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use futures_util::{StreamExt as _, stream};
use multer::{Constraints, Multipart, SizeLimit};

use super::upload::Upload;
use crate::error::{Error, Result};

/// The pieces of such a form.
pub struct Files(Option<Multipart<'static>>);

/// A piece.
pub enum Piece {
    /// A field: its name, and what was typed or chosen.
    Field(String, String),
    /// A file: what its owner calls it, and itself.
    File(String, Upload),
}

/// What browsers say of such a form.
const KIND: &str = "multipart/form-data";
/// A form holds a few large pictures, or many small ones.
const MOST_BYTES: u64 = 512 * 1024 * 1024;

impl Files {
    /// Reads what is left and forgets it, as [`Upload::turn_away`] does with one file.
    pub async fn turn_away(self) {
        if let Some(pieces) = self.0 {
            let pieces = stream::unfold(pieces, async |mut pieces| {
                let piece = pieces.next_field().await.ok()??;
                Some((piece, pieces))
            });
            Upload::arriving(Body::from_stream(pieces.flatten())).turn_away().await;
        }
    }

    /// The next piece, in the order of the form.
    pub async fn next(&mut self) -> Result<Option<Piece>> {
        let pieces = self.0.as_mut().ok_or(Error::UnsupportedMediaType(KIND))?;
        let malformed = |error: multer::Error| Error::Malformed(error.to_string());
        let Some(piece) = pieces.next_field().await.map_err(malformed)? else { return Ok(None) };
        let name = piece.name().unwrap_or_default().to_owned();
        Ok(Some(match piece.file_name().map(str::to_owned) {
            Some(file) => Piece::File(file, Upload::arriving(Body::from_stream(piece))),
            None => Piece::Field(name, piece.text().await.map_err(malformed)?),
        }))
    }
}

impl<S: Send + Sync> FromRequest<S> for Files {
    type Rejection = Infallible;

    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let limits = Constraints::new().size_limit(SizeLimit::new().whole_stream(MOST_BYTES));
        let boundary = multer::parse_boundary(kind).ok();
        let pieces = request.into_body().into_data_stream();
        Ok(Self(boundary.map(|boundary| Multipart::with_constraints(pieces, boundary, limits))))
    }
}
