//! Pictures made for the tests, so that each is known to the pixel.

use jpeg_encoder::{ColorType, Encoder};

/// A picture as any phone's, but small.
pub(crate) fn small() -> Vec<u8> {
    jpeg(64, 48, 0)
}

/// A JPEG of this size; another number gives another one.
pub(crate) fn jpeg(width: u16, height: u16, number: u8) -> Vec<u8> {
    let mut written = Vec::new();
    Encoder::new(&mut written, 85).encode(&slope(width, height, number), width, height, ColorType::Rgb).expect("one");
    written
}

/// Red grows to the right and green downwards, over so much blue.
pub(crate) fn slope(width: u16, height: u16, blue: u8) -> Vec<u8> {
    let shade = |at: u16, of: u16| u8::try_from(u32::from(at) * 255 / u32::from(of)).expect("less than 256");
    let pixel = |x, y| [shade(x, width), shade(y, height), blue];
    (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect()
}

/// Width and height of a JPEG.
pub(crate) fn sides(picture: &[u8]) -> (u16, u16) {
    let mut decoder = jpeg_decoder::Decoder::new(picture);
    decoder.read_info().expect("a JPEG");
    let info = decoder.info().expect("it has been read");
    (info.width, info.height)
}

/// The colour at a place of a JPEG.
pub(crate) fn pixel(picture: &[u8], x: usize, y: usize) -> [u8; 3] {
    let mut decoder = jpeg_decoder::Decoder::new(picture);
    let pixels = decoder.decode().expect("a JPEG");
    let at = (y * usize::from(decoder.info().expect("it has been read").width) + x) * 3;
    [pixels[at], pixels[at + 1], pixels[at + 2]]
}
