//! Pictures that weigh what a camera's do: coarse shapes, finer ones on them, and grain.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

/// How fine the shapes of each layer are, in pixels, and how much they show.
const LAYERS: [(u32, f32); 5] = [(512, 90.0), (96, 45.0), (24, 28.0), (6, 24.0), (1, 24.0)];

/// Such a picture as JPEG.
pub(crate) fn painted(sides: (u16, u16), quality: u8) -> Vec<u8> {
    encoded(&pixels(sides), sides, quality)
}

/// The same, kept as well as so many bytes allow.
pub(crate) fn painted_of(sides: (u16, u16), bytes: usize) -> Vec<u8> {
    let pixels = pixels(sides);
    let tries = (1..=100).rev().map(|quality| encoded(&pixels, sides, quality));
    tries.into_iter().find(|picture| picture.len() <= bytes).expect("quality 1 weighs next to nothing")
}

fn encoded(pixels: &[u8], (width, height): (u16, u16), quality: u8) -> Vec<u8> {
    let mut written = Vec::new();
    let mut encoder = Encoder::new(&mut written, quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.encode(pixels, width, height, ColorType::Rgb).expect("as many pixels as are said");
    written
}

fn pixels((width, height): (u16, u16)) -> Vec<u8> {
    let pixel = |x: u32, y: u32| {
        let brightness: f32 = LAYERS.iter().map(|(size, share)| share * (noise(x, y, *size) - 0.5)).sum();
        let tint = 40.0 * (noise(x, y, 200) - 0.5);
        [brightness + tint, brightness, brightness - tint].map(byte)
    };
    let (width, height) = (u32::from(width), u32::from(height));
    (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect()
}

/// Between 0 and 1, the same at the same place, and changing smoothly over so many pixels.
fn noise(x: u32, y: u32, size: u32) -> f32 {
    let (column, row) = (x / size, y / size);
    let [right, down] = [x % size, y % size].map(|rest| small(rest) / small(size));
    let mix = |from: f32, to: f32, share: f32| from + (to - from) * share * share * (3.0 - 2.0 * share);
    let above = mix(chance(column, row, size), chance(column + 1, row, size), right);
    let below = mix(chance(column, row + 1, size), chance(column + 1, row + 1, size), right);
    mix(above, below, down)
}

fn chance(column: u32, row: u32, size: u32) -> f32 {
    let mut mixed = column.wrapping_mul(0x9E37_79B1) ^ row.wrapping_mul(0x85EB_CA77) ^ size.wrapping_mul(0xC2B2_AE3D);
    for _ in 0..2 {
        mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2C1B_3C6D);
    }
    small((mixed >> 8) & 0xFFFF) / 65_535.0
}

fn small(number: u32) -> f32 {
    f32::from(u16::try_from(number).expect("a small number"))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is clamped to a byte")]
fn byte(shade: f32) -> u8 {
    (128.0 + shade).clamp(0.0, 255.0) as u8
}
