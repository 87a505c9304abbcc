//! From an upload to two small pictures that say nothing but what they show: always written anew, without where and with
//! what they were taken.

use std::time::Duration;

use bytes::Bytes;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::decoding::{self, Sketch};
use super::format::Format;
use super::turning;

/// What is kept of an upload.
#[derive(Debug, Clone)]
pub struct Print {
    /// Of the large picture.
    pub width: u16,
    /// Of the large picture.
    pub height: u16,
    /// 2,048 pixels at most on its longer side, as JPEG.
    pub large: Bytes,
    /// 400 pixels at most on its longer side, as JPEG.
    pub thumb: Bytes,
}

/// Why an upload can't be made a print of.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// No camera in a shop makes that many.
    #[error("has more than {} million pixels", MOST_PIXELS / 1_000_000)]
    TooManyPixels,
    /// It takes far longer than any camera's picture.
    #[error("takes too long to read")]
    TooSlow,
    /// It is not what it says it is, or is cut off. What a decoder says of it is for the log.
    #[error("is damaged or cut off")]
    Damaged(String),
}

/// The most pixels that are decoded.
const MOST_PIXELS: u64 = 50_000_000;
/// The longer side of a large picture.
const LARGE: u32 = 2048;
/// The least of it, where the upload has as much. Shrinking by a half, a quarter or an eighth while decoding costs next to
/// nothing, so what falls between these two is taken as it is.
const LARGE_ENOUGH: u32 = 1600;
/// The longer side of a small one.
const THUMB: u32 = 400;
/// How well they are kept, of 100.
const QUALITY: u8 = 80;
/// How long decoding may take of a core. A phone's picture takes a tenth of a second.
const TIME_LIMIT: Duration = Duration::from_secs(15);

/// Pixels in memory: three bytes each, red, green and blue.
#[derive(Debug, Clone)]
pub(super) struct Pixels {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bytes: Vec<u8>,
}

/// Makes a print of a JPEG, a PNG or a WebP. Takes a core for a while: not for the async threads.
pub fn develop(upload: &[u8]) -> Result<Print, Unreadable> {
    let format = Format::of(upload).map_err(|error| Unreadable::Damaged(error.to_string()))?;
    let sketch = sketch(format, upload)?;
    develop_as(&sketch, upload)
}

/// What its header says; refused here, before anything is decoded, if that is too much.
pub(super) fn sketch(format: Format, upload: &[u8]) -> Result<Sketch, Unreadable> {
    let sketch = decoding::sketch(format, upload)?;
    if u64::from(sketch.width) * u64::from(sketch.height) > MOST_PIXELS {
        return Err(Unreadable::TooManyPixels);
    }
    Ok(sketch)
}

pub(super) fn develop_as(sketch: &Sketch, upload: &[u8]) -> Result<Print, Unreadable> {
    let pixels = decoding::decode(sketch, upload, LARGE_ENOUGH, TIME_LIMIT)?;
    // Turned when it is small: a quarter of the pixels to move, or fewer.
    let large = turning::upright(shrunk(pixels, LARGE)?, sketch.orientation);
    let encoded = encoded(&large)?;
    let (width, height) = sides(&large)?;
    let thumb = self::encoded(&shrunk(large, THUMB)?)?;
    Ok(Print { width, height, large: encoded, thumb })
}

fn shrunk(pixels: Pixels, longer_side: u32) -> Result<Pixels, Unreadable> {
    let longest = pixels.width.max(pixels.height);
    if longest <= longer_side {
        return Ok(pixels);
    }
    let scaled = |side: u32| {
        let scaled = (u64::from(side) * u64::from(longer_side)).div_ceil(u64::from(longest));
        u32::try_from(scaled).unwrap_or(longer_side).clamp(1, longer_side)
    };
    let from = ImageRef::new(pixels.width, pixels.height, &pixels.bytes, PixelType::U8x3).map_err(damaged)?;
    let mut to = Image::new(scaled(pixels.width), scaled(pixels.height), PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
    Resizer::new().resize(&from, &mut to, &options).map_err(damaged)?;
    Ok(Pixels { width: to.width(), height: to.height(), bytes: to.into_vec() })
}

fn encoded(pixels: &Pixels) -> Result<Bytes, Unreadable> {
    let (width, height) = sides(pixels)?;
    let mut written = Vec::with_capacity(pixels.bytes.len() / 8);
    let mut encoder = Encoder::new(&mut written, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.encode(&pixels.bytes, width, height, ColorType::Rgb).map_err(damaged)?;
    Ok(written.into())
}

fn sides(pixels: &Pixels) -> Result<(u16, u16), Unreadable> {
    let side = |side: u32| u16::try_from(side).map_err(damaged);
    Ok((side(pixels.width)?, side(pixels.height)?))
}

pub(super) fn damaged(reason: impl std::fmt::Display) -> Unreadable {
    Unreadable::Damaged(reason.to_string())
}
