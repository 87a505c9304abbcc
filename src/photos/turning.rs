//! Which way up a picture is. Cameras write it beside the pixels, where it would be lost.

use super::print::Pixels;

/// The eight ways to hold a camera, numbered as Exif does: 1 is upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Orientation(u8);

impl Orientation {
    pub(super) const UPRIGHT: Self = Self(1);

    /// Out of Exif data, which begins like a TIFF file; upright where it doesn't say, or says nonsense.
    pub(super) fn of_exif(exif: &[u8]) -> Self {
        tag(exif).filter(|value| (1..=8).contains(value)).map_or(Self::UPRIGHT, Self)
    }

    fn lies_on_its_side(self) -> bool {
        self.0 >= 5
    }
}

/// The tag of the orientation, in the first directory.
const ORIENTATION: u16 = 0x0112;
/// The type of a number of two bytes.
const SHORT: u16 = 3;
/// How long an entry of a directory is.
const ENTRY: usize = 12;

fn tag(exif: &[u8]) -> Option<u8> {
    let is_little = match exif.get(..4)? {
        [b'I', b'I', 42, 0] => true,
        [b'M', b'M', 0, 42] => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes: [u8; 2] = exif.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if is_little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let offset: [u8; 4] = exif.get(4..8)?.try_into().ok()?;
    let offset = if is_little { u32::from_le_bytes(offset) } else { u32::from_be_bytes(offset) };
    let first = usize::try_from(offset).ok()?;
    let mut entries = (0..usize::from(short(first)?)).map(|place| first + 2 + place * ENTRY);
    let entry = entries.find(|at| short(*at) == Some(ORIENTATION) && short(at + 2) == Some(SHORT))?;
    short(entry + 8)?.try_into().ok()
}

/// Puts a picture upright.
pub(super) fn upright(pixels: Pixels, orientation: Orientation) -> Pixels {
    if orientation == Orientation::UPRIGHT {
        return pixels;
    }
    let Pixels { width, height, bytes } = pixels;
    let (columns, rows) = (index(width), index(height));
    let (new_columns, new_rows) = if orientation.lies_on_its_side() { (rows, columns) } else { (columns, rows) };
    let mut turned = vec![0; bytes.len()];
    for (row, line) in turned.chunks_exact_mut(new_columns * 3).enumerate() {
        for (column, pixel) in line.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let (last_column, last_row) = (new_columns - 1 - column, new_rows - 1 - row);
            // Where this pixel was: column and row before.
            let (x, y) = match orientation.0 {
                2 => (last_column, row),
                3 => (last_column, last_row),
                4 => (column, last_row),
                5 => (row, column),
                6 => (row, last_column),
                7 => (last_row, last_column),
                _ => (last_row, column),
            };
            let from = (y * columns + x) * 3;
            pixel.copy_from_slice(&bytes[from..from + 3]);
        }
    }
    let (width, height) = if orientation.lies_on_its_side() { (height, width) } else { (width, height) };
    Pixels { width, height, bytes: turned }
}

fn index(side: u32) -> usize {
    usize::try_from(side).expect("a picture fits into memory")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three pixels wide and two high, each with its number: 1 2 3 above 4 5 6.
    fn numbered() -> Pixels {
        Pixels { width: 3, height: 2, bytes: (1..=6).flat_map(|number| [number; 3]).collect() }
    }

    fn numbers(pixels: &Pixels) -> Vec<Vec<u8>> {
        let row = pixels.bytes.chunks(index(pixels.width) * 3);
        row.map(|row| row.iter().step_by(3).copied().collect()).collect()
    }

    #[test]
    fn all_eight_ways_are_put_upright() {
        let expected: [&[&[u8]]; 8] = [
            &[&[1, 2, 3], &[4, 5, 6]],
            &[&[3, 2, 1], &[6, 5, 4]],
            &[&[6, 5, 4], &[3, 2, 1]],
            &[&[4, 5, 6], &[1, 2, 3]],
            &[&[1, 4], &[2, 5], &[3, 6]],
            &[&[4, 1], &[5, 2], &[6, 3]],
            &[&[6, 3], &[5, 2], &[4, 1]],
            &[&[3, 6], &[2, 5], &[1, 4]],
        ];
        for (way, expected) in (1..).zip(expected) {
            assert_eq!(numbers(&upright(numbered(), Orientation(way))), expected, "{way}");
        }
    }

    #[test]
    fn the_orientation_is_found_in_either_byte_order() {
        let little = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let big = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0";
        assert_eq!((Orientation::of_exif(little), Orientation::of_exif(big)), (Orientation(6), Orientation(8)));
    }

    #[test]
    fn nonsense_is_upright() {
        let far = b"II*\0\xFF\xFF\xFF\xFF";
        let nine = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x09\0\0\0";
        let cut = b"II*\0\x08\0\0\0\xFF\xFF\x12\x01\x03\0";
        for nonsense in [&b""[..], b"II", b"XX*\0\x08\0\0\0", far, nine, cut] {
            assert_eq!(Orientation::of_exif(nonsense), Orientation::UPRIGHT, "{nonsense:?}");
        }
    }
}
