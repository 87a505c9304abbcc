//! The three decoders, each behind its limits: what the header says is judged before anything is decoded.

use std::io::{self, Cursor, Read};
use std::time::Duration;

use image_webp::WebPDecoder;
use jpeg_decoder::PixelFormat;
use png::{ColorType, Transformations};
use rustix::time::{ClockId, clock_gettime};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::format::Format;
use super::print::{Pixels, Unreadable, damaged};
use super::turning::Orientation;

/// What a header says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sketch {
    format: Format,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) orientation: Orientation,
    /// What decoding it takes of memory, in bytes, and somewhat more.
    pub(super) memory: u64,
}

/// Reads the header.
pub(super) fn sketch(format: Format, upload: &[u8]) -> Result<Sketch, Unreadable> {
    match format {
        Format::Jpeg => sketch_jpeg(upload),
        Format::Png => sketch_png(upload),
        Format::WebP => sketch_webp(upload),
    }
}

/// Decodes what was sketched. A JPEG may come out smaller than it is, but not below `enough` on its longer side.
pub(super) fn decode(
    sketch: &Sketch,
    upload: &[u8],
    enough: u32,
    time_limit: Duration,
) -> Result<Pixels, Unreadable> {
    match sketch.format {
        Format::Jpeg => match decode_jpeg(sketch, upload, enough, time_limit) {
            Ok(pixels) => Ok(pixels),
            Err(Refused::TooSlow) => Err(Unreadable::TooSlow),
            // What one decoder does not know, another one may.
            Err(Refused::Unknown(reason)) => decode_jpeg_otherwise(upload).map_err(|_| damaged(reason)),
            Err(Refused::Damaged(reason)) => Err(damaged(reason)),
        },
        Format::Png => decode_png(upload),
        Format::WebP => decode_webp(upload),
    }
}

/// What a picture of so many pixels takes where each takes so many bytes, with a large print and its thumb beside it.
fn memory(width: u32, height: u32, bytes_per_pixel: u64) -> u64 {
    const BESIDE: u64 = 24 << 20;
    u64::from(width) * u64::from(height) * bytes_per_pixel + BESIDE
}

fn sketch_jpeg(upload: &[u8]) -> Result<Sketch, Unreadable> {
    let mut decoder = jpeg_decoder::Decoder::new(Cursor::new(upload));
    let (width, height, is_progressive) = match decoder.read_info() {
        Ok(()) => {
            let info = decoder.info().ok_or_else(|| damaged("it has no header"))?;
            let is_progressive = info.coding_process != jpeg_decoder::CodingProcess::DctSequential;
            (info.width, info.height, is_progressive)
        }
        Err(jpeg_decoder::Error::Unsupported(_)) => return sketch_jpeg_otherwise(upload),
        Err(error) => return Err(damaged(error)),
    };
    let orientation = decoder.exif_data().map_or(Orientation::UPRIGHT, Orientation::of_exif);
    let (width, height) = (u32::from(width), u32::from(height));
    // A progressive one is held whole, as coefficients of two bytes, until its last scan.
    let memory = memory(width, height, if is_progressive { 8 } else { 3 });
    Ok(Sketch { format: Format::Jpeg, width, height, orientation, memory })
}

fn sketch_jpeg_otherwise(upload: &[u8]) -> Result<Sketch, Unreadable> {
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(upload), jpeg_options());
    decoder.decode_headers().map_err(damaged)?;
    let info = decoder.info().ok_or_else(|| damaged("it has no header"))?;
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    let orientation = decoder.exif().map_or(Orientation::UPRIGHT, |exif| Orientation::of_exif(exif));
    Ok(Sketch { format: Format::Jpeg, width, height, orientation, memory: memory(width, height, 9) })
}

fn jpeg_options() -> DecoderOptions {
    DecoderOptions::new_fast().set_max_width(65_535).set_max_height(65_535).jpeg_set_out_colorspace(ColorSpace::RGB)
}

/// Why the first decoder gives up.
enum Refused {
    /// It does not know this kind.
    Unknown(String),
    TooSlow,
    Damaged(String),
}

impl From<jpeg_decoder::Error> for Refused {
    fn from(error: jpeg_decoder::Error) -> Self {
        match error {
            jpeg_decoder::Error::Unsupported(feature) => Self::Unknown(format!("{feature:?}")),
            jpeg_decoder::Error::Io(error) if error.kind() == io::ErrorKind::TimedOut => Self::TooSlow,
            other => Self::Damaged(other.to_string()),
        }
    }
}

fn decode_jpeg(sketch: &Sketch, upload: &[u8], enough: u32, time_limit: Duration) -> Result<Pixels, Refused> {
    let mut decoder = jpeg_decoder::Decoder::new(Watched::new(upload, time_limit));
    decoder.read_info()?;
    let longer = sketch.width.max(sketch.height);
    let shrink = [8, 4, 2].into_iter().find(|by| longer.div_ceil(*by) >= enough).unwrap_or(1);
    // The decoder is content once one side is long enough; here the longer one has to be.
    let side =
        |side: u32| if side == longer { u16::try_from(side.div_ceil(shrink)).unwrap_or(u16::MAX) } else { u16::MAX };
    let (width, height) = decoder.scale(side(sketch.width), side(sketch.height))?;
    let bytes = decoder.decode()?;
    let format = decoder.info().map_or(PixelFormat::RGB24, |info| info.pixel_format);
    let bytes = match format {
        PixelFormat::RGB24 => bytes,
        PixelFormat::L8 => grey_to_rgb(&bytes),
        // The lossless kind of some scanners: the upper byte of two.
        PixelFormat::L16 => grey_to_rgb(&bytes.chunks_exact(2).map(upper_byte).collect::<Vec<_>>()),
        PixelFormat::CMYK32 => cmyk_to_rgb(bytes),
    };
    Ok(Pixels { width: width.into(), height: height.into(), bytes })
}

fn upper_byte(pair: &[u8]) -> u8 {
    u16::from_ne_bytes([pair[0], pair[1]]).to_be_bytes()[0]
}

fn decode_jpeg_otherwise(upload: &[u8]) -> Result<Pixels, Unreadable> {
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(upload), jpeg_options());
    let bytes = decoder.decode().map_err(damaged)?;
    let info = decoder.info().ok_or_else(|| damaged("it has no header"))?;
    Ok(Pixels { width: info.width.into(), height: info.height.into(), bytes })
}

/// Hands an upload to a decoder until its time is up. A few bytes can make a decoder go over all pixels once more, so the
/// number of bytes bounds nothing. Counted is the time of this thread, so that a busy machine refuses nobody.
struct Watched<'a> {
    rest: &'a [u8],
    reads: u32,
    until: Duration,
}

impl<'a> Watched<'a> {
    fn new(upload: &'a [u8], time_limit: Duration) -> Self {
        Self { rest: upload, reads: 0, until: time_of_thread() + time_limit }
    }
}

fn time_of_thread() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
}

impl Read for Watched<'_> {
    #[inline]
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.reads = self.reads.wrapping_add(1);
        if self.reads.is_multiple_of(256) && time_of_thread() > self.until {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.rest.read(into)
    }
}

fn open_png(upload: &[u8]) -> png::Decoder<Cursor<&[u8]>> {
    let mut decoder = png::Decoder::new(Cursor::new(upload));
    decoder.set_transformations(Transformations::normalize_to_color8());
    // Not needed, and a way to hide much in little.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder
}

fn sketch_png(upload: &[u8]) -> Result<Sketch, Unreadable> {
    let mut decoder = open_png(upload);
    let info = decoder.read_header_info().map_err(damaged)?;
    let (width, height) = (info.width, info.height);
    let reader = decoder.read_info().map_err(damaged)?;
    let exif = reader.info().exif_metadata.as_deref();
    let orientation = exif.map_or(Orientation::UPRIGHT, Orientation::of_exif);
    Ok(Sketch { format: Format::Png, width, height, orientation, memory: memory(width, height, 4) })
}

fn decode_png(upload: &[u8]) -> Result<Pixels, Unreadable> {
    let mut reader = open_png(upload).read_info().map_err(damaged)?;
    let (width, height) = (reader.info().width, reader.info().height);
    let size = reader.output_buffer_size().ok_or(Unreadable::TooManyPixels)?;
    let mut bytes = vec![0; size];
    let frame = reader.next_frame(&mut bytes).map_err(damaged)?;
    bytes.truncate(frame.buffer_size());
    let bytes = match frame.color_type {
        ColorType::Rgb => bytes,
        ColorType::Rgba => on_white(bytes),
        ColorType::Grayscale => grey_to_rgb(&bytes),
        ColorType::GrayscaleAlpha => grey_to_rgb(&grey_on_white(&bytes)),
        ColorType::Indexed => return Err(damaged("its palette is missing")),
    };
    Ok(Pixels { width, height, bytes })
}

fn sketch_webp(upload: &[u8]) -> Result<Sketch, Unreadable> {
    let mut decoder = WebPDecoder::new(Cursor::new(upload)).map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    let exif = decoder.exif_metadata().ok().flatten();
    let orientation = exif.map_or(Orientation::UPRIGHT, |exif| Orientation::of_exif(&exif));
    Ok(Sketch { format: Format::WebP, width, height, orientation, memory: memory(width, height, 8) })
}

/// Of an animated one, the first frame.
fn decode_webp(upload: &[u8]) -> Result<Pixels, Unreadable> {
    let mut decoder = WebPDecoder::new(Cursor::new(upload)).map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    let size = decoder.output_buffer_size().ok_or(Unreadable::TooManyPixels)?;
    let mut bytes = vec![0; size];
    decoder.read_image(&mut bytes).map_err(damaged)?;
    let bytes = if decoder.has_alpha() { on_white(bytes) } else { bytes };
    Ok(Pixels { width, height, bytes })
}

fn grey_to_rgb(grey: &[u8]) -> Vec<u8> {
    grey.iter().flat_map(|grey| [*grey; 3]).collect()
}

fn grey_on_white(pairs: &[u8]) -> Vec<u8> {
    pairs.as_chunks::<2>().0.iter().map(|[grey, alpha]| over_white(*grey, *alpha)).collect()
}

/// What is transparent shows the paper. In place, because the picture may take most of the memory there is for it.
fn on_white(rgba: Vec<u8>) -> Vec<u8> {
    four_to_three(rgba, |[red, green, blue, alpha]| [red, green, blue].map(|colour| over_white(colour, alpha)))
}

/// As inks on paper, without the profile that would say which inks.
fn cmyk_to_rgb(cmyk: Vec<u8>) -> Vec<u8> {
    four_to_three(cmyk, |[cyan, magenta, yellow, black]| {
        [cyan, magenta, yellow].map(|ink| share(255 - ink, 255 - black))
    })
}

fn four_to_three(mut pixels: Vec<u8>, convert: impl Fn([u8; 4]) -> [u8; 3]) -> Vec<u8> {
    let count = pixels.len() / 4;
    for place in 0..count {
        let from = place * 4;
        let converted = convert([pixels[from], pixels[from + 1], pixels[from + 2], pixels[from + 3]]);
        pixels[place * 3..place * 3 + 3].copy_from_slice(&converted);
    }
    pixels.truncate(count * 3);
    pixels
}

fn over_white(colour: u8, alpha: u8) -> u8 {
    share(colour, alpha) + (255 - alpha)
}

/// `of` taken `part` of 255 times.
fn share(of: u8, part: u8) -> u8 {
    u8::try_from(u16::from(of) * u16::from(part) / 255).unwrap_or(u8::MAX)
}
