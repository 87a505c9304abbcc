//! Pictures of every kind that a camera, a scanner or somebody ill-meaning makes: each becomes a print that says nothing but what it
//! shows, or is refused.

use std::panic::catch_unwind;
use std::process::Stdio;

use courtesy::photos::{Print, Unreadable, develop};
use image_webp::{ColorType as WebPColor, WebPEncoder};
use jpeg_encoder::{ColorType, Encoder};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tokio::io::AsyncWriteExt as _;

use crate::support::pictures::{jpeg, pixel, sides, slope};

/// A picture 64 wide and 32 high with one corner red and the next one, to its right, green.
fn corners() -> Vec<u8> {
    let colour = |x: u16, y: u16| match (x, y) {
        (0..16, 0..16) => [255, 0, 0],
        (48.., 0..16) => [0, 255, 0],
        _ => [40, 40, 40],
    };
    let pixels: Vec<u8> = (0..32).flat_map(|y| (0..64).flat_map(move |x| colour(x, y))).collect();
    encoded(&pixels, (64, 32), ColorType::Rgb, |_| ())
}

fn encoded(
    pixels: &[u8],
    (width, height): (u16, u16),
    kind: ColorType,
    change: impl FnOnce(&mut Encoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let mut written = Vec::new();
    let mut encoder = Encoder::new(&mut written, 90);
    change(&mut encoder);
    encoder.encode(pixels, width, height, kind).unwrap();
    written
}

/// Exif data with an orientation, and where and with what the picture was taken.
fn exif(orientation: u8) -> Vec<u8> {
    let mut data = b"Exif\0\0II*\0\x08\0\0\0\x03\0".to_vec();
    data.extend(*b"\x0F\x01\x02\0\x09\0\0\0\x32\0\0\0");
    data.extend([0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    data.extend(*b"\x25\x88\x04\0\x01\0\0\0\x3B\0\0\0\0\0\0\0");
    data.extend(*b"SpyPhone\0");
    data.extend(*b"\x01\0\x01\0\x02\0\x02\0\0\0N\0\0\0\0\0\0\0");
    data
}

/// The picture with such a segment behind its beginning.
fn with_segment(picture: &[u8], marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&picture[..2], &[0xFF, marker], &length, data, &picture[2..]].concat()
}

fn turned(orientation: u8) -> Vec<u8> {
    with_segment(&corners(), 0xE1, &exif(orientation))
}

fn png(width: u32, height: u32, (kind, depth): (png::ColorType, png::BitDepth), data: &[u8]) -> Vec<u8> {
    let mut written = Vec::new();
    let mut encoder = png::Encoder::new(&mut written, width, height);
    encoder.set_color(kind);
    encoder.set_depth(depth);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(data).unwrap();
    writer.finish().unwrap();
    written
}

fn webp(width: u16, height: u16) -> Vec<u8> {
    let mut written = Vec::new();
    let pixels = slope(width, height, 7);
    WebPEncoder::new(&mut written).encode(&pixels, width.into(), height.into(), WebPColor::Rgb8).unwrap();
    written
}

/// The same picture twice, as an animation.
fn animated_webp(width: u16, height: u16) -> Vec<u8> {
    let three = |number: u16| [number.to_le_bytes()[0], number.to_le_bytes()[1], 0];
    let chunk = |name: &[u8; 4], data: &[u8]| {
        let length = u32::try_from(data.len()).unwrap().to_le_bytes();
        [name.as_slice(), &length, data, if data.len() % 2 == 1 { &[0] } else { &[] }].concat()
    };
    let canvas = [three(width - 1), three(height - 1)].concat();
    let still = webp(width, height);
    let frame = [&[0; 6], canvas.as_slice(), &[100, 0, 0, 0], &still[12..]].concat();
    let whole = [
        b"WEBP".to_vec(),
        chunk(b"VP8X", &[&[2, 0, 0, 0], canvas.as_slice()].concat()),
        chunk(b"ANIM", &[255, 255, 255, 255, 0, 0]),
        chunk(b"ANMF", &frame),
        chunk(b"ANMF", &frame),
    ]
    .concat();
    chunk(b"RIFF", &whole)
}

fn print(picture: &[u8]) -> Print {
    develop(picture).unwrap()
}

#[track_caller]
fn shows(print: &Print, (x, y): (usize, usize), colour: [u8; 3]) {
    let shown = pixel(&print.large, x, y);
    assert!(shown.iter().zip(colour).all(|(is, should)| is.abs_diff(should) < 24), "{shown:?} instead of {colour:?}");
}

#[test]
fn every_way_to_hold_a_camera_comes_out_upright() {
    const RED: [u8; 3] = [255, 0, 0];
    const GREEN: [u8; 3] = [0, 255, 0];
    // Where the standard says that the first row and the first column are.
    let [top_left, top_right, bottom_left, bottom_right] = [(0, 0), (1, 0), (0, 1), (1, 1)];
    for (orientation, red, green) in [
        (1, top_left, top_right),
        (2, top_right, top_left),
        (3, bottom_right, bottom_left),
        (4, bottom_left, bottom_right),
        (5, top_left, bottom_left),
        (6, top_right, bottom_right),
        (7, bottom_right, top_right),
        (8, bottom_left, top_left),
    ] {
        let print = print(&turned(orientation));
        let (width, height) = if orientation < 5 { (64, 32) } else { (32, 64) };
        assert_eq!((print.width, print.height), (width, height), "{orientation}");
        let place = |(x, y): (usize, usize)| (6 + x * (usize::from(width) - 12), 6 + y * (usize::from(height) - 12));
        shows(&print, place(red), RED);
        shows(&print, place(green), GREEN);
    }
}

#[test]
fn a_print_is_as_large_as_it_may_be_and_no_larger() {
    for (width, height, large, thumb) in [
        (4032, 302, (2016, 151), (400, 30)),
        (3000, 225, (2048, 154), (400, 31)),
        (96, 6400, (24, 1600), (6, 400)),
        (1500, 100, (1500, 100), (400, 27)),
        (300, 200, (300, 200), (300, 200)),
        (1, 1, (1, 1), (1, 1)),
        (8000, 1, (2000, 1), (400, 1)),
    ] {
        let print = print(&jpeg(width, height, 3));
        assert_eq!((sides(&print.large), sides(&print.thumb)), (large, thumb), "{width} x {height}");
        assert_eq!((print.width, print.height), large);
    }
}

#[test]
fn every_kind_of_picture_keeps_its_colours() {
    let rgb = slope(64, 48, 90);
    let progressive = encoded(&rgb, (64, 48), ColorType::Rgb, |encoder| encoder.set_progressive(true));
    shows(&print(&progressive), (32, 24), [127, 127, 90]);
    let ink: Vec<u8> = [0, 255, 255, 0].repeat(64 * 48);
    shows(&print(&encoded(&ink, (64, 48), ColorType::Cmyk, |_| ())), (32, 24), [255, 0, 0]);
    shows(&print(&encoded(&[90; 64 * 48], (64, 48), ColorType::Luma, |_| ())), (32, 24), [90, 90, 90]);
    // Sixteen bits a channel; what is transparent shows paper.
    let half: Vec<u8> =
        (0..64 * 48).flat_map(|at| [0x80, 0, 0x40, 0, 0, 0, if at % 64 < 32 { 0xFF } else { 0 }, 0]).collect();
    let alpha = print(&png(64, 48, (png::ColorType::Rgba, png::BitDepth::Sixteen), &half));
    shows(&alpha, (10, 24), [128, 64, 0]);
    shows(&alpha, (54, 24), [255, 255, 255]);
    let grey: Vec<u8> = [60, 255].repeat(64 * 48);
    shows(&print(&png(64, 48, (png::ColorType::GrayscaleAlpha, png::BitDepth::Eight), &grey)), (5, 5), [60, 60, 60]);
    for moving in [webp(64, 48), animated_webp(64, 48)] {
        shows(&print(&moving), (32, 24), [127, 127, 7]);
    }
}

#[test]
fn what_is_cut_off_or_damaged_is_refused() {
    let whole = [
        jpeg(300, 200, 1),
        png(64, 48, (png::ColorType::Rgb, png::BitDepth::Eight), &slope(64, 48, 1)),
        webp(64, 48),
        animated_webp(64, 48),
    ];
    for picture in whole {
        print(&picture);
        for part in [3, 12, picture.len() / 3, picture.len() / 2] {
            assert!(develop(&picture[..part]).is_err(), "{part} of {:?}", &picture[..4]);
        }
    }
}

/// The picture with other sides in its header.
fn lying(mut picture: Vec<u8>, marker: &[u8], sides: [u8; 4]) -> Vec<u8> {
    let at = picture.windows(marker.len()).position(|window| window == marker).unwrap() + marker.len();
    picture[at..at + 4].copy_from_slice(&sides);
    picture
}

#[test]
fn a_header_that_lies_is_not_believed_with_memory() {
    let huge = lying(jpeg(300, 200, 1), &[0xFF, 0xC0, 0, 17, 8], [0xFF, 0xFF, 0xFF, 0xFF]);
    assert!(matches!(develop(&huge), Err(Unreadable::TooManyPixels)));
    let large = lying(jpeg(300, 200, 1), &[0xFF, 0xC0, 0, 17, 8], [0x17, 0x70, 0x1F, 0x40]);
    // It has not got that many; what is not there is grey, and took no more memory than a picture that is.
    assert_eq!((print(&large).width, print(&large).height), (2000, 1500));
    let wide = png(8000, 6300, (png::ColorType::Grayscale, png::BitDepth::One), &vec![0; 1000 * 6300]);
    assert!(wide.len() < 60_000, "a bomb is small");
    assert!(matches!(develop(&wide), Err(Unreadable::TooManyPixels)));
    let allowed = png(8000, 6200, (png::ColorType::Grayscale, png::BitDepth::One), &vec![0; 1000 * 6200]);
    assert_eq!((print(&allowed).width, print(&allowed).height), (2048, 1588));
}

#[test]
fn whatever_comes_along_with_a_picture_stays_behind() {
    let script = b"<script>alert(document.domain)</script>";
    let commented = with_segment(&turned(6), 0xFE, script);
    let profile = with_segment(&commented, 0xE2, &[b"ICC_PROFILE\0\x01\x01".as_slice(), &[7; 300]].concat());
    let polyglot = [profile.as_slice(), b"PK\x03\x04", script, b"\xFF\xD8\xFF\xE0 another picture"].concat();
    let print = print(&polyglot);
    for picture in [&print.large, &print.thumb] {
        for hidden in [&script[..], b"PK\x03\x04", b"Exif", b"SpyPhone", b"ICC_PROFILE"] {
            assert!(
                !picture.windows(hidden.len()).any(|window| window == hidden),
                "{:?}",
                String::from_utf8_lossy(hidden)
            );
        }
    }
}

/// What Debian's exiftool finds in a picture, by group and name.
async fn found_by_exiftool(picture: &[u8]) -> Vec<String> {
    let mut exiftool = tokio::process::Command::new("exiftool");
    exiftool.args(["-a", "-G", "-s", "-ee", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = exiftool.spawn().expect("exiftool is there: bin/test installs it");
    child.stdin.take().unwrap().write_all(picture).await.unwrap();
    let output = child.wait_with_output().await.unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    told.lines()
        .filter_map(|line| line.split(" : ").next())
        .map(|name| name.split_whitespace().collect::<String>())
        .collect()
}

#[tokio::test]
async fn exiftool_finds_nothing_but_the_picture() {
    let upload = with_segment(&turned(6), 0xFE, b"taken at home");
    let before = found_by_exiftool(&upload).await;
    assert!(
        before.iter().any(|name| name.contains("Make")) && before.iter().any(|name| name.contains("GPS")),
        "{before:?}"
    );
    let print = print(&upload);
    for picture in [&print.large, &print.thumb] {
        let left = found_by_exiftool(picture).await;
        let is_harmless = |name: &&String| {
            ["[ExifTool]", "[File]", "[JFIF]", "[Composite]"].iter().any(|group| name.starts_with(group))
        };
        let more: Vec<_> = left.iter().filter(|name| !is_harmless(name) || name.contains("Comment")).collect();
        assert!(more.is_empty() && left.len() > 5, "{more:?} of {left:?}");
    }
}

#[test]
fn damaged_at_random_a_picture_ends_in_a_print_or_a_refusal() {
    let seeds = [
        turned(6),
        encoded(&slope(64, 48, 9), (64, 48), ColorType::Rgb, |encoder| encoder.set_progressive(true)),
        png(64, 48, (png::ColorType::Rgb, png::BitDepth::Eight), &slope(64, 48, 1)),
        webp(64, 48),
        animated_webp(64, 48),
    ];
    let mut chance = StdRng::seed_from_u64(7);
    let (mut prints, mut refusals) = (0, 0);
    for round in 0..600 {
        let mut picture = seeds[round % seeds.len()].clone();
        for _ in 0..chance.random_range(1..6) {
            let at = chance.random_range(0..picture.len());
            picture[at] = chance.random();
        }
        // A decoder may panic; whoever asks it for a print has to live with that, as the lab does.
        match catch_unwind(|| develop(&picture)) {
            Ok(Ok(print)) => {
                assert!(print.large.starts_with(&[0xFF, 0xD8]) && print.width <= 2048);
                prints += 1;
            }
            Ok(Err(_)) | Err(_) => refusals += 1,
        }
    }
    assert!(prints > 50 && refusals > 50, "{prints} prints, {refusals} refusals");
}
