//! Pictures for the demo shop, painted pixel by pixel: no photo of anybody's car has to come along with the program.

use jpeg_encoder::{ColorType, Encoder};

/// What is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scene {
    /// A brake disc with its caliper, the wheel off.
    Brake,
    /// A tire's tread with a coin in a groove.
    Tread,
    /// A filter full of dust.
    Filter,
    /// Oil on the underside of an engine.
    Leak,
}

/// The canvas is as wide as this and as high, in units of the scenes.
const CANVAS: (f32, f32) = (320.0, 200.0);
/// Pixels in a unit.
const FINE: u16 = 3;

type Colour = [f32; 3];

impl Scene {
    /// What shows such a finding best, if anything that can be painted does.
    pub(super) fn of(category: &str, component: &str) -> Option<Self> {
        match (category, component) {
            ("brakes", component) if component.contains("pads") || component.contains("rotors") => Some(Self::Brake),
            ("tires", component) if component.starts_with("tread") => Some(Self::Tread),
            ("filters_ignition", component) if component.ends_with("filter") => Some(Self::Filter),
            ("leaks", _) => Some(Self::Leak),
            _ => None,
        }
    }

    pub(super) const ALL: [Self; 4] = [Self::Brake, Self::Tread, Self::Filter, Self::Leak];

    /// As a phone would send it.
    pub(super) fn paint(self) -> Vec<u8> {
        let (width, height) = (320 * FINE, 200 * FINE);
        let pixel = |x: u16, y: u16| {
            let at = (f32::from(x) / f32::from(FINE), f32::from(y) / f32::from(FINE));
            let grain = 1.0 + 0.16 * (speckle(x, y) - 0.5);
            self.colour(at).map(|part| byte(part * grain))
        };
        let pixels: Vec<u8> = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect();
        let mut written = Vec::new();
        let encoded = Encoder::new(&mut written, 88).encode(&pixels, width, height, ColorType::Rgb);
        encoded.expect("as many pixels as it is said to have");
        written
    }

    fn colour(self, at: (f32, f32)) -> Colour {
        match self {
            Self::Brake => brake(at),
            Self::Tread => tread(at),
            Self::Filter => filter(at),
            Self::Leak => leak(at),
        }
    }
}

fn brake((x, y): (f32, f32)) -> Colour {
    let (dx, dy) = (x - 118.0, y - 150.0);
    let (away, angle) = (dx.hypot(dy), dy.atan2(dx));
    let is_caliper = in_ellipse((x, y), (268.0, 92.0), (66.0, 84.0)) && x > 204.0;
    if is_caliper {
        let is_bolt = [(266.0, 56.0), (272.0, 132.0)].iter().any(|bolt| (x - bolt.0).hypot(y - bolt.1) < 10.0);
        let light = 1.0 - (x - 204.0) / 190.0 - (y - 40.0).abs() / 500.0;
        return if is_bolt { [94.0, 98.0, 102.0] } else { shade([96.0, 101.0, 105.0], light) };
    }
    // The pad is the thin strip between the disc and the backing plate.
    if x > 150.0 && y < 150.0 && (138.0..142.0).contains(&away) {
        return [150.0, 131.0, 104.0];
    }
    if x > 150.0 && y < 150.0 && (142.0..154.0).contains(&away) {
        return [30.0, 28.0, 26.0];
    }
    match away {
        away if away < 24.0 => [38.0, 34.0, 31.0],
        away if away < 66.0 => {
            let bolts = (0_u8..5).map(|number| f32::from(number) * 1.2566 - 0.3);
            let is_bolt = bolts.into_iter().any(|turn| (dx - 42.0 * turn.cos()).hypot(dy - 42.0 * turn.sin()) < 8.0);
            if is_bolt { [33.0, 29.0, 27.0] } else { shade([98.0, 78.0, 62.0], 1.2 - away / 130.0) }
        }
        away if away < 133.0 => {
            let groove = 0.07 * (away * 1.9).sin() + 0.05 * (away * 0.7).cos();
            shade([186.0, 188.0, 188.0], 0.78 + groove + 0.22 * (2.0 * (angle + 2.1)).cos())
        }
        away if away < 138.0 => [116.0, 84.0, 58.0],
        _ => shade([34.0, 35.0, 38.0], 1.2 - y / 260.0),
    }
}

fn tread(at: (f32, f32)) -> Colour {
    let from_coin = (at.0 - 203.0).hypot(at.1 - 74.0);
    if from_coin < 46.0 && at.1 < 104.0 {
        let is_rim = from_coin > 41.0;
        let is_head = in_ellipse(at, (200.0, 72.0), (19.0, 26.0));
        let light = 1.1 - (at.0 - 157.0) / 300.0;
        return shade(
            if is_rim {
                [138.0, 82.0, 46.0]
            } else if is_head {
                [150.0, 92.0, 52.0]
            } else {
                [186.0, 120.0, 72.0]
            },
            light,
        );
    }
    let (x, y) = turned(at, 0.14);
    let grooves = [(42.0, 10.0), (112.0, 13.0), (196.0, 13.0), (270.0, 10.0)];
    let in_groove = |x: f32| grooves.iter().any(|(from, wide)| (*from..from + wide).contains(&x));
    if in_groove(x) {
        // The wear bars are level with the tread.
        return if (y % 110.0 - 92.0).abs() < 7.0 { [70.0, 72.0, 74.0] } else { [17.0, 18.0, 19.0] };
    }
    let sipe = (y + 0.28 * x).rem_euclid(48.0);
    let round = 0.45 + 0.75 * (x / CANVAS.0 * std::f32::consts::PI).sin();
    if sipe < 3.2 { [24.0, 25.0, 26.0] } else { shade([82.0, 84.0, 87.0], round) }
}

fn filter(at: (f32, f32)) -> Colour {
    let (x, y) = turned(at, 0.09);
    let is_frame = (28.0..294.0).contains(&x) && (18.0..184.0).contains(&y);
    let is_paper = (40.0..282.0).contains(&x) && (30.0..172.0).contains(&y);
    if !is_frame {
        return shade([66.0, 64.0, 60.0], 1.1 - at.1 / 400.0);
    }
    if !is_paper {
        return [30.0, 29.0, 28.0];
    }
    let pleat = 0.74 + 0.26 * (x * 0.44).sin();
    let (dx, dy) = ((x - 166.0) / 112.0, (y - 112.0) / 58.0);
    let dirt = (1.25 - dx.hypot(dy)).clamp(0.0, 0.72) * (0.75 + 0.25 * (x * 0.21 + y * 0.33).sin());
    let leaves = [(124.0, 96.0), (201.0, 128.0), (150.0, 140.0)];
    if leaves.iter().any(|leaf| in_ellipse((x, y), *leaf, (9.0, 4.5))) {
        return [88.0, 99.0, 44.0];
    }
    let paper = shade([206.0, 199.0, 182.0], pleat);
    [0, 1, 2].map(|part| paper[part] * (1.0 - dirt) + [44.0, 37.0, 28.0][part] * dirt)
}

fn leak(at: (f32, f32)) -> Colour {
    let (x, y) = turned(at, -0.05);
    let run = 150.0 + 9.0 * (y * 0.06).sin();
    let wide = 10.0 + 20.0 * (y / 200.0) + 5.0 * (y * 0.13).sin();
    let is_bolt = |bolt: &f32| (x - bolt).hypot(y - 66.0) < 9.0;
    if y > 62.0 && (x - run).abs() < wide {
        let shine = (1.0 - ((x - run + wide * 0.4) / (wide * 0.25)).abs()).clamp(0.0, 1.0);
        return [62.0 + 120.0 * shine, 40.0 + 96.0 * shine, 18.0 + 60.0 * shine];
    }
    if [40.0, 110.0, 190.0, 262.0].iter().any(is_bolt) {
        return shade([150.0, 152.0, 150.0], 1.2 - ((y - 58.0) / 24.0).abs());
    }
    match y {
        y if y < 56.0 => shade([118.0, 120.0, 120.0], 0.7 + 0.3 * (x * 0.02).cos()),
        y if y < 60.0 => [28.0, 27.0, 26.0],
        y if y < 76.0 => shade([132.0, 133.0, 131.0], 0.9),
        y => shade([92.0, 93.0, 92.0], 1.15 - (y - 76.0) / 190.0),
    }
}

fn in_ellipse((x, y): (f32, f32), centre: (f32, f32), radii: (f32, f32)) -> bool {
    ((x - centre.0) / radii.0).hypot((y - centre.1) / radii.1) < 1.0
}

/// The place seen from a camera that is not held straight.
fn turned((x, y): (f32, f32), by: f32) -> (f32, f32) {
    let (dx, dy) = (x - CANVAS.0 / 2.0, y - CANVAS.1 / 2.0);
    let (sin, cos) = by.sin_cos();
    (dx * cos + dy * sin + CANVAS.0 / 2.0, dy * cos - dx * sin + CANVAS.1 / 2.0)
}

fn shade(colour: Colour, light: f32) -> Colour {
    colour.map(|part| part * light.max(0.0))
}

/// Between 0 and 1, always the same at the same place.
fn speckle(x: u16, y: u16) -> f32 {
    let mixed =
        (u32::from(x).wrapping_mul(0x9E37_79B1) ^ u32::from(y).wrapping_mul(0x85EB_CA77)).wrapping_mul(0xC2B2_AE3D);
    let mixed = (mixed ^ (mixed >> 15)).to_be_bytes();
    f32::from(mixed[0]) / 255.0
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it was brought between 0 and 255 before"
)]
fn byte(part: f32) -> u8 {
    part.clamp(0.0, 255.0) as u8
}
