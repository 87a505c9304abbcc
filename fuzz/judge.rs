//! What holds of any bytes that somebody uploads as a photo. The fuzzer's target and the ordinary tests both ask it.

use courtesy::photos::{Print, develop};

/// Whether a print was made of it. Panics where that print is not what a print is to be; a decoder that panics is a finding
/// as well, although the program would live on.
pub(crate) fn judge(upload: &[u8]) -> bool {
    let Ok(print) = develop(upload) else { return false };
    let (large, thumb) = (sides(&print.large), sides(&print.thumb));
    assert_eq!(large, (print.width, print.height));
    assert!(longer(large) <= 2048 && longer(thumb) <= 400, "{large:?}, {thumb:?}");
    let is_one_for_both = longer(large) <= 400;
    assert!(!is_one_for_both || thumb == large, "{large:?}, {thumb:?}");
    // A print is a picture that can be taken in like any other.
    let Print { width, height, .. } = develop(&print.large).expect("a print can be read");
    assert_eq!((width, height), large);
    true
}

fn longer((width, height): (u16, u16)) -> u16 {
    width.max(height)
}

/// Width and height of a JPEG that has a beginning, an end, and no segment but those that a picture needs: nowhere for
/// anything to hide.
fn sides(picture: &[u8]) -> (u16, u16) {
    assert!(picture.starts_with(&[0xFF, 0xD8]) && picture.ends_with(&[0xFF, 0xD9]));
    let (mut rest, mut sides) = (&picture[2..], None);
    loop {
        let [0xFF, marker, high, low, behind @ ..] = rest else { panic!("not a segment: {:?}", rest.first()) };
        let length = usize::from(u16::from_be_bytes([*high, *low])) - 2;
        let (segment, next) = behind.split_at(length);
        match marker {
            // The file's kind; tables.
            0xE0 => assert!(segment.starts_with(b"JFIF\0"), "{segment:?}"),
            0xC4 | 0xDB => {}
            0xC0 => {
                let [_precision, high, height, wide, width, ..] = *segment else { panic!("{segment:?}") };
                sides = Some((u16::from_be_bytes([wide, width]), u16::from_be_bytes([high, height])));
            }
            // What follows are the pixels, to the end.
            0xDA => return sides.expect("it has sides"),
            other => panic!("a segment {other:02X} of {length} bytes"),
        }
        rest = next;
    }
}
