//! How many segments a text is sent, and paid, in (GSM 03.38 and 03.40).

use serde::Serialize;

use crate::text::text_enum;

text_enum! {
    /// The alphabet a text is sent in.
    pub enum Encoding {
        /// Seven bits a character, for texts of the GSM alphabet only.
        Gsm7 = "gsm7",
        /// Sixteen bits a character, for the whole text as soon as one character needs it.
        Ucs2 = "ucs2",
    }
}

/// The size of a text on the air.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Segments {
    /// The alphabet.
    pub encoding: Encoding,
    /// Units used: septets in GSM-7, UTF-16 code units in UCS-2.
    pub units: usize,
    /// Segments charged; an empty text has none.
    pub segments: usize,
}

/// Sent for one price when a text fits into one segment; several lose six octets each to the header that joins them.
struct Capacity {
    alone: usize,
    joined: usize,
}

impl Encoding {
    fn of(text: &str) -> Self {
        if text.chars().all(|c| septets(c).is_some()) { Self::Gsm7 } else { Self::Ucs2 }
    }

    const fn capacity(self) -> Capacity {
        match self {
            Self::Gsm7 => Capacity { alone: 160, joined: 153 },
            Self::Ucs2 => Capacity { alone: 70, joined: 67 },
        }
    }

    fn units(self, c: char) -> usize {
        match self {
            Self::Gsm7 => septets(c).unwrap_or(1),
            Self::Ucs2 => c.len_utf16(),
        }
    }
}

impl Segments {
    /// Measures a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let encoding = Encoding::of(text);
        let capacity = encoding.capacity();
        let sizes = || text.chars().map(|c| encoding.units(c));
        let units = sizes().sum();
        let segments = match units {
            0 => 0,
            _ if units <= capacity.alone => 1,
            _ => joined_segments(sizes(), capacity.joined),
        };
        Self { encoding, units, segments }
    }
}

/// Fills segment after segment. A character of two units that does not fit into the rest of one moves to the next whole.
fn joined_segments(sizes: impl Iterator<Item = usize>, capacity: usize) -> usize {
    let mut segments = 1;
    let mut used = 0;
    for size in sizes {
        if used + size > capacity {
            segments += 1;
            used = 0;
        }
        used += size;
    }
    segments
}

/// How many septets a character takes in the GSM alphabet: two if it is in the extension table; None if it is in neither.
fn septets(c: char) -> Option<usize> {
    const LETTERS: &str = "ÄÖÑÜäöñüàÅåÆæØøßÉéèùìòÇΔΦΓΛΩΠΨΣΘΞ";
    const SIGNS: &str = "@£$¥_ !\"#¤%&'()*+,-./:;<=>?¡§¿\n\r";
    const EXTENSION: &str = "^{}\\[~]|€\u{c}";
    match c {
        _ if c.is_ascii_alphanumeric() || SIGNS.contains(c) || LETTERS.contains(c) => Some(1),
        _ if EXTENSION.contains(c) => Some(2),
        _ => None,
    }
}

/// The size of a text in words: "1 text, 109 of 160 characters".
#[must_use]
pub fn size(text: &str) -> String {
    let Segments { encoding, units, segments } = Segments::of(text);
    let alone = encoding.capacity().alone;
    match segments {
        0 | 1 => format!("1 text, {units} of {alone} characters"),
        more => format!("{more} texts, {units} characters"),
    }
}

/// Replaces what word processors and phones put in for plain quotes, dashes, dots and spaces, since one of them turns the
/// whole text to UCS-2 and more than doubles its price.
#[must_use]
pub fn straighten(text: &str) -> String {
    let mut straight = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{2018}'..='\u{201b}' => straight.push('\''),
            '\u{201c}'..='\u{201f}' => straight.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => straight.push('-'),
            '\u{2026}' => straight.push_str("..."),
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' => straight.push(' '),
            _ => straight.push(c),
        }
    }
    straight
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gsm7(units: usize, segments: usize) -> Segments {
        Segments { encoding: Encoding::Gsm7, units, segments }
    }

    fn ucs2(units: usize, segments: usize) -> Segments {
        Segments { encoding: Encoding::Ucs2, units, segments }
    }

    #[test]
    fn gsm7_holds_160_alone_and_153_joined() {
        for (length, segments) in
            [(0, 0), (1, 1), (160, 1), (161, 2), (306, 2), (307, 3), (459, 3), (460, 4), (1600, 11)]
        {
            assert_eq!(Segments::of(&"a".repeat(length)), gsm7(length, segments), "{length}");
        }
    }

    #[test]
    fn ucs2_holds_70_alone_and_67_joined() {
        for (length, segments) in [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (1600, 24)] {
            assert_eq!(Segments::of(&"я".repeat(length)), ucs2(length, segments), "{length}");
        }
    }

    #[test]
    fn the_extension_table_counts_twice() {
        for c in "^{}\\[~]|€".chars() {
            assert_eq!(Segments::of(&c.to_string()), gsm7(2, 1), "{c}");
        }
        assert_eq!(Segments::of(&"€".repeat(80)), gsm7(160, 1));
        assert_eq!(Segments::of(&format!("{}a", "€".repeat(80))), gsm7(161, 2));
    }

    #[test]
    fn the_gsm_alphabet_has_128_places_of_which_one_is_the_escape() {
        let counted = (0..=0x2fff).filter_map(char::from_u32).filter(|c| septets(*c) == Some(1)).count();
        assert_eq!(counted, 127);
    }

    #[test]
    fn one_foreign_character_turns_the_whole_text() {
        for c in ["’", "“", "ç", "`", "–", "…", "\u{a0}", "\t"] {
            assert_eq!(Segments::of(&format!("{}{c}", "a".repeat(69))), ucs2(70, 1), "{c}");
            assert_eq!(Segments::of(&format!("{}{c}", "a".repeat(70))), ucs2(71, 2), "{c}");
        }
        assert_eq!(Segments::of("🚗"), ucs2(2, 1));
        assert_eq!(Segments::of(&"🚗".repeat(35)), ucs2(70, 1));
    }

    #[test]
    fn an_escape_pair_is_never_split() {
        let straddling = format!("{}€{}", "a".repeat(152), "a".repeat(152));
        assert_eq!(Segments::of(&straddling), gsm7(306, 3));
        let fitting = format!("{}€{}", "a".repeat(151), "a".repeat(153));
        assert_eq!(Segments::of(&fitting), gsm7(306, 2));
    }

    #[test]
    fn a_surrogate_pair_is_never_split() {
        let straddling = format!("{}🚗{}", "a".repeat(66), "a".repeat(66));
        assert_eq!(Segments::of(&straddling), ucs2(134, 3));
        let fitting = format!("{}🚗{}", "a".repeat(65), "a".repeat(67));
        assert_eq!(Segments::of(&fitting), ucs2(134, 2));
    }

    #[test]
    fn straightened_text_is_plain() {
        let curly = "‘Dana’s’ “brakes” – 3\u{a0}mm — soon…";
        assert_eq!(Segments::of(curly).encoding, Encoding::Ucs2);
        assert_eq!(straighten(curly), "'Dana's' \"brakes\" - 3 mm - soon...");
        assert_eq!(Segments::of(&straighten(curly)).encoding, Encoding::Gsm7);
    }

    #[test]
    fn what_is_plain_or_meant_stays() {
        assert_eq!(straighten("It's \"ok\" - 🚗 ñ\n"), "It's \"ok\" - 🚗 ñ\n");
    }
}
