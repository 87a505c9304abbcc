//! An address as a picture that a phone's camera reads.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

use crate::error::{Error, Result};

/// A picture made of squares.
#[derive(Debug)]
pub(super) struct Picture {
    /// How many squares it is wide and high, with the quiet zone around it that cameras need.
    pub(super) side: usize,
    /// The dark squares, as the path of a drawing.
    pub(super) path: String,
}

/// The standard asks for four squares of light around the code.
const QUIET: usize = 4;

impl Picture {
    /// The picture of an address.
    pub(super) fn of(address: &str) -> Result<Self> {
        let code = QrCode::with_error_correction_level(address, EcLevel::M)
            .map_err(|error| Error::Internal(format!("a picture of an address: {error}")))?;
        let width = code.width();
        let mut path = String::new();
        for (row, squares) in code.to_colors().chunks(width).enumerate() {
            let mut column = 0;
            // Neighbours of one colour are one stroke, which keeps the page light and leaves no seams between them.
            for run in squares.chunk_by(|one, other| one == other) {
                if run[0] == Color::Dark {
                    let (x, y, length) = (column + QUIET, row + QUIET, run.len());
                    write!(path, "M{x} {y}h{length}v1h-{length}z").expect("a string takes everything");
                }
                column += run.len();
            }
        }
        Ok(Self { side: width + 2 * QUIET, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_begins_with_the_upper_edge_of_its_corners() {
        let picture = Picture::of("https://inspect.example/log-in/0123456789abcdefghijkl").expect("a picture");
        assert!(picture.path.starts_with("M4 4h7v1h-7z"), "{}", picture.path);
        assert!(picture.side >= 29 + 2 * QUIET, "{}", picture.side);
        assert!(Picture::of(&"x".repeat(4000)).is_err(), "there is no picture of so much");
    }
}
