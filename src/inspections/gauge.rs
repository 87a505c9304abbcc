//! A measured value against its thresholds, as a picture: a band for each colour that is thicker the worse it is, a
//! needle where the value is now, and an open mark where it was last time. Rules and geometry alone; the template
//! `inspections/_gauge.html` draws it.

use super::catalogue::{Dial, Direction, Measurement, Reader};
use super::severity::Severity;
use crate::language::Language;

/// A gauge, in the units of its drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Gauge {
    /// A band a colour, from left to right.
    pub bands: Vec<Band>,
    /// Where the ticks stand.
    pub ticks: Vec<f64>,
    /// The numbers below some of them.
    pub numbers: Vec<(f64, String)>,
    /// Where the needle stands.
    pub now: f64,
    /// Where the mark of last time stands.
    pub before: Option<f64>,
    /// All of it in words, for who hears it.
    pub spoken: String,
}

/// The part of a gauge that has one colour.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// Its colour.
    pub severity: Severity,
    /// Its left end.
    pub x: f64,
    /// Its upper edge.
    pub y: f64,
    /// From its left to its right end.
    pub width: f64,
    /// Its thickness.
    pub height: f64,
}

/// From the left to the right end of the drawing.
const WIDTH: f64 = 240.0;
/// Where all bands stand on.
const GROUND: f64 = 26.0;
/// What is left free where two bands meet.
const GAP: f64 = 2.0;

impl Gauge {
    /// The gauge of a value and, where there was one, of last time's.
    #[must_use]
    pub fn new(scale: &Measurement, now: f64, before: Option<f64>, reader: Reader) -> Self {
        let dial = scale.dial;
        Self {
            bands: bands(scale),
            ticks: ticks(dial),
            numbers: dial
                .numbered
                .iter()
                .map(|&value| (dial.place(value), scale.number(reader.units, value)))
                .collect(),
            now: dial.place(now),
            before: before.map(|value| dial.place(value)),
            spoken: spoken(scale, now, before, reader),
        }
    }
}

impl Dial {
    /// Where a value stands in the drawing; what lies beyond an end stands there.
    fn place(&self, value: f64) -> f64 {
        let share = (value - self.from) / (self.to - self.from);
        rounded(share.clamp(0.0, 1.0) * WIDTH)
    }
}

/// The drawing's finest step: enough for any screen, and short to write.
fn rounded(x: f64) -> f64 {
    (x * 100.0).round() / 100.0
}

fn bands(scale: &Measurement) -> Vec<Band> {
    let worst_first = [Some((Severity::Red, scale.red_from)), scale.yellow_from.map(|from| (Severity::Yellow, from))];
    let limits: Vec<_> = worst_first.into_iter().flatten().collect();
    // A band ends half a step beyond its last value, so that no value stands on a border.
    let half = match scale.direction {
        Direction::LowerIsWorse => scale.step / 2.0,
        Direction::HigherIsWorse => -scale.step / 2.0,
    };
    let (start, end) = match scale.direction {
        Direction::LowerIsWorse => (0.0, WIDTH),
        Direction::HigherIsWorse => (WIDTH, 0.0),
    };
    let borders = limits.iter().map(|(_, limit)| scale.dial.place(limit + half));
    let starts = std::iter::once(start).chain(borders.clone());
    let ends = borders.chain([end]);
    let colours = limits.iter().map(|(severity, _)| *severity).chain([Severity::Green]);
    let mut bands: Vec<_> = colours.zip(starts.zip(ends)).map(|(colour, ends)| Band::between(colour, ends)).collect();
    bands.sort_by(|one, other| one.x.total_cmp(&other.x));
    bands
}

impl Band {
    fn between(severity: Severity, (one, other): (f64, f64)) -> Self {
        // Yellow has a rim half a unit wide on each side.
        let (height, rim) = match severity {
            Severity::Red => (10.0, 0.0),
            Severity::Yellow => (6.0, 0.5),
            Severity::Green => (3.0, 0.0),
        };
        let (left, right) = (one.min(other), one.max(other));
        let x = if left > 0.0 { left + GAP / 2.0 } else { left } + rim;
        let end = if right < WIDTH { right - GAP / 2.0 } else { right } - rim;
        Self { severity, x, y: GROUND - height - rim, width: rounded(end - x), height }
    }
}

fn ticks(dial: &Dial) -> Vec<f64> {
    let values =
        std::iter::successors(Some(0_u32), |count| Some(count + 1)).map(|n| dial.from + f64::from(n) * dial.tick);
    // Half a tick of grace, because a sum of tenths is never exact.
    values.take_while(|value| *value < dial.to + dial.tick / 2.0).map(|value| dial.place(value)).collect()
}

fn spoken(scale: &Measurement, now: f64, before: Option<f64>, reader: Reader) -> String {
    let words = match reader.language {
        Language::English => ENGLISH,
        Language::Spanish => SPANISH,
    };
    let value = |value| scale.with_unit_for(reader, value);
    let (reach, beyond) = match scale.direction {
        Direction::LowerIsWorse => (words.up_to, words.above),
        Direction::HigherIsWorse => (words.from, words.below),
    };
    let yellow = scale.yellow_from.map(|limit| format!(", {} {reach} {}", words.yellow, value(limit)));
    let last_time = before.map(|before| format!(" {} {}.", words.last_time, value(before)));
    format!(
        "{}. {} {reach} {}{}, {} {beyond}.{}",
        value(now),
        words.red,
        value(scale.red_from),
        yellow.unwrap_or_default(),
        words.green,
        last_time.unwrap_or_default()
    )
}

/// What a gauge's sentence is made of.
struct Spoken {
    red: &'static str,
    yellow: &'static str,
    green: &'static str,
    up_to: &'static str,
    above: &'static str,
    from: &'static str,
    below: &'static str,
    last_time: &'static str,
}

const ENGLISH: Spoken = Spoken {
    red: "Red",
    yellow: "yellow",
    green: "green",
    up_to: "up to",
    above: "above",
    from: "from",
    below: "below",
    last_time: "Last time",
};

const SPANISH: Spoken = Spoken {
    red: "Rojo",
    yellow: "amarillo",
    green: "verde",
    up_to: "hasta",
    above: "por encima",
    from: "desde",
    below: "por debajo",
    last_time: "La vez anterior",
};

#[cfg(test)]
mod tests {
    use super::super::catalogue::{Entry, catalogue};
    use super::*;
    use crate::shops::Units;

    const READER: Reader = Reader { language: Language::English, units: Units::Us };

    fn scale(category: &str, component: &str) -> Measurement {
        catalogue().find(category, component).and_then(|component| component.measurement).expect("measured")
    }

    fn scales() -> impl Iterator<Item = (&'static str, Measurement)> {
        catalogue().entries().filter_map(|Entry { component, .. }| Some((component.key, component.measurement?)))
    }

    #[test]
    fn the_needle_stands_in_the_band_of_the_colour_that_the_value_proposes() {
        // A band reaches to the middle of the gap beside it.
        let beyond = GAP / 2.0 + 0.5;
        let mut judged = 0;
        for (key, scale) in scales() {
            let mut value = scale.dial.from;
            while value <= scale.dial.to {
                let reading = scale.read(value).expect("on the scale");
                let gauge = Gauge::new(&scale, reading.value, None, READER);
                let band = gauge.bands.iter().find(|band| band.severity == reading.proposed).expect("a band");
                let reach = band.x - beyond..=band.x + band.width + beyond;
                assert!(reach.contains(&gauge.now), "{key} at {value}: {gauge:?}");
                judged += 1;
                value += scale.step;
            }
        }
        assert!(judged > 500, "{judged}");
    }

    #[test]
    fn bands_cover_the_dial_from_end_to_end_without_touching() {
        for (key, scale) in scales() {
            let bands = Gauge::new(&scale, 0.0, None, READER).bands;
            assert_eq!(bands.len(), 2 + usize::from(scale.yellow_from.is_some()), "{key}");
            let last = &bands[bands.len() - 1];
            assert!(bands[0].x < 1.0 && last.x + last.width > WIDTH - 1.0, "{key}: {bands:?}");
            for pair in bands.windows(2) {
                let gap = pair[1].x - (pair[0].x + pair[0].width);
                assert!((GAP..GAP + 1.5).contains(&gap), "{key}: {bands:?}");
            }
            let by_severity = |one: &&Band, other: &&Band| one.severity.cmp(&other.severity);
            let worst = bands.iter().max_by(by_severity).expect("bands");
            assert!(bands.iter().all(|band| band.height <= worst.height), "{key}: the worst is the thickest");
        }
    }

    #[test]
    fn what_lies_beyond_an_end_stands_there() {
        let pads = scale("brakes", "front_pads_left");
        let gauge = Gauge::new(&pads, 20.0, Some(0.0), READER);
        assert_eq!((gauge.now, gauge.before), (WIDTH, Some(0.0)));
    }

    #[test]
    fn ticks_and_numbers_lie_on_the_dial() {
        for (key, scale) in scales() {
            let gauge = Gauge::new(&scale, 0.0, None, READER);
            assert!((8..=22).contains(&gauge.ticks.len()), "{key}: {:?}", gauge.ticks);
            assert_eq!((gauge.ticks[0], gauge.ticks[gauge.ticks.len() - 1]), (0.0, WIDTH), "{key}");
            for (x, number) in &gauge.numbers {
                assert!(gauge.ticks.contains(x), "{key}: {number} has no tick");
            }
        }
    }

    #[test]
    fn where_more_is_worse_red_is_on_the_right() {
        let gauge = Gauge::new(&scale("brakes", "fluid_condition"), 250.0, None, READER);
        let colours: Vec<_> = gauge.bands.iter().map(|band| band.severity).collect();
        assert_eq!(colours, [Severity::Green, Severity::Red]);
        assert_eq!(gauge.spoken, "250 ppm. Red from 200 ppm, green below.");
    }

    #[test]
    fn it_is_said_in_both_languages() {
        let spoken = |language| {
            let reader = Reader { language, ..READER };
            Gauge::new(&scale("tires", "tread_depth_lf"), 2.0, Some(4.0), reader).spoken
        };
        assert_eq!(
            spoken(Language::English),
            "2/32 in. Red up to 2/32 in, yellow up to 4/32 in, green above. Last time 4/32 in."
        );
        assert_eq!(
            spoken(Language::Spanish),
            "2/32 pulg. Rojo hasta 2/32 pulg, amarillo hasta 4/32 pulg, verde por encima. La vez anterior 4/32 pulg."
        );
    }
    #[test]
    fn a_shop_that_counts_in_millimetres_reads_them_on_the_same_dial() {
        let scale = scale("tires", "tread_depth_lf");
        let metric = Gauge::new(&scale, 2.0, None, Reader { units: Units::Metric, ..READER });
        let numbers: Vec<_> = metric.numbers.iter().map(|(_, number)| number.as_str()).collect();
        assert_eq!(numbers, ["1.6", "3.2"]);
        assert_eq!(metric.spoken, "1.6 mm. Red up to 1.6 mm, yellow up to 3.2 mm, green above.");
        assert_eq!(metric.now.to_bits(), Gauge::new(&scale, 2.0, None, READER).now.to_bits());
    }
}
