//! What an upload is, by its bytes: what its sender calls it is not asked.

use crate::error::{Error, Result};

/// A kind of picture that is taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Jpeg,
    Png,
    WebP,
}

/// Told to whoever sends anything else.
const TAKEN: &str = "image/jpeg, image/png or image/webp";
/// What an iPhone sends where it is not told otherwise. No decoder of it is free of patents, and none is in Rust.
pub const NOT_HEIC: &str = "image/jpeg, image/png or image/webp; this is HEIC or AVIF, so choose \"Most Compatible\" in the \
                        camera's settings";

impl Format {
    /// Tells it by how it begins.
    pub(super) fn of(bytes: &[u8]) -> Result<Self> {
        match bytes {
            [] => Err(Error::invalid("body", "is empty")),
            [0xFF, 0xD8, 0xFF, ..] => Ok(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Ok(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Self::WebP),
            [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] if is_heif(brand) => {
                Err(Error::UnsupportedMediaType(NOT_HEIC))
            }
            _ => Err(Error::UnsupportedMediaType(TAKEN)),
        }
    }
}

fn is_heif(brand: &[u8]) -> bool {
    [b"hei", b"hev", b"mif", b"msf", b"avi"].iter().any(|family| brand.starts_with(*family))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(bytes: &[u8]) -> (u16, String) {
        let error = Format::of(bytes).expect_err("refused");
        (error.status().as_u16(), error.to_string())
    }

    #[test]
    fn a_picture_is_told_by_how_it_begins() {
        assert_eq!(Format::of(b"\xFF\xD8\xFF\xE0").expect("one"), Format::Jpeg);
        assert_eq!(Format::of(b"\x89PNG\r\n\x1A\n\0").expect("one"), Format::Png);
        assert_eq!(Format::of(b"RIFF\x24\0\0\0WEBPVP8 ").expect("one"), Format::WebP);
    }

    #[test]
    fn anything_else_is_refused_in_words() {
        for other in [&b"GIF89a"[..], b"<svg xmlns=", b"%PDF-1.7", b"RIFF\0\0\0\0WAVE", b"\xFF\xD8", b"{}", b"\0"] {
            assert_eq!(refusal(other).0, 415, "{other:?}");
        }
        for iphone in [&b"\0\0\0\x18ftypheic\0\0"[..], b"\0\0\0\x18ftypmif1", b"\0\0\0\x1Cftypavif"] {
            let (status, words) = refusal(iphone);
            assert!(status == 415 && words.contains("HEIC"), "{words}");
        }
        assert_eq!(refusal(b""), (422, "body is empty".into()));
    }
}
