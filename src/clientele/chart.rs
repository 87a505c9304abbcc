//! What was measured on a car, visit by visit, drawn small: a point a visit in the shape of its verdict, against the bands of
//! the colours, which are thicker the worse they are. Rules and geometry alone; the template `clientele/_chart.html`
//! draws it, and a table says the same.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::ids::InspectionId;
use crate::inspections::Gauge;
use crate::inspections::catalogue::{Category, Component, Measurement, Reader, catalogue};
use crate::inspections::severity::Severity;
use crate::language::Language;
use crate::shops::Units;

/// A number that was measured on a visit.
#[derive(Debug, Clone)]
pub(super) struct Measured {
    pub(super) visit: InspectionId,
    pub(super) at: Timestamp,
    pub(super) category: String,
    pub(super) component: String,
    pub(super) value: f64,
    /// What the mechanic said of it.
    pub(super) severity: Severity,
}

/// What was measured of one category.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) label: &'static str,
    /// In the order of the catalogue.
    pub(super) charts: Vec<Chart>,
    /// The same as numbers, the latest visit first.
    pub(super) lines: Vec<Line>,
}

/// The numbers of a visit.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) visit: InspectionId,
    pub(super) at: Timestamp,
    /// One a chart, where it was measured.
    pub(super) numbers: Vec<Option<(String, Severity)>>,
}

/// One component's numbers over time, in the units of the drawing.
#[derive(Debug)]
pub(super) struct Chart {
    pub(super) label: &'static str,
    /// The latest number with its unit.
    pub(super) now: String,
    pub(super) severity: Severity,
    /// The one before.
    pub(super) was: Option<String>,
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
    pub(super) bands: Vec<Band>,
    /// Where colours meet, with the number there.
    pub(super) limits: Vec<(f64, String)>,
    /// The line through all points.
    pub(super) path: String,
    pub(super) points: Vec<Point>,
    /// The latest number against its thresholds in words.
    pub(super) spoken: String,
}

/// The stretch of the scale that has one colour.
#[derive(Debug, PartialEq)]
pub(super) struct Band {
    pub(super) severity: Severity,
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A visit's number; its middle.
#[derive(Debug, PartialEq)]
pub(super) struct Point {
    pub(super) severity: Severity,
    pub(super) x: f64,
    pub(super) y: f64,
}

/// How wide a gauge is drawn, which is laid upright here.
const GAUGE: f64 = 240.0;
/// The upper end of the scale, and how high it is.
const TOP: f64 = 8.0;
const HEIGHT: f64 = 76.0;
/// Where the bands end on the right.
const STRIP: f64 = 48.0;
/// Where the first and the last visit stand.
const FIRST: f64 = 66.0;
const LAST: f64 = 228.0;

/// Sorts what was measured into sheets, in the order of the catalogue.
pub(super) fn sheets(measured: &[Measured], units: Units) -> Vec<Sheet> {
    let reader = Reader { language: Language::English, units };
    let sheets = catalogue().categories.iter().map(|category| Sheet::of(category, measured, reader));
    sheets.filter(|sheet| !sheet.charts.is_empty()).collect()
}

impl Sheet {
    fn of(category: &Category, measured: &[Measured], reader: Reader) -> Self {
        let mut sheet = Self { label: category.label, charts: Vec::new(), lines: Vec::new() };
        for component in category.components {
            let is_of = |number: &&Measured| number.category == category.key && number.component == component.key;
            let numbers: Vec<&Measured> = measured.iter().filter(is_of).collect();
            if let (Some(scale), false) = (&component.measurement, numbers.is_empty()) {
                sheet.write_down(scale, &numbers, reader);
                sheet.charts.push(Chart::of(component, scale, &numbers, reader));
            }
        }
        let columns = sheet.charts.len();
        for line in &mut sheet.lines {
            line.numbers.resize(columns, None);
        }
        sheet.lines.sort_by_key(|line| std::cmp::Reverse(line.at));
        sheet
    }

    /// Writes another component's numbers into the lines of their visits.
    fn write_down(&mut self, scale: &Measurement, numbers: &[&Measured], reader: Reader) {
        let column = self.charts.len();
        for number in numbers {
            let place = self.lines.iter().position(|line| line.visit == number.visit).unwrap_or_else(|| {
                self.lines.push(Line { visit: number.visit, at: number.at, numbers: Vec::new() });
                self.lines.len() - 1
            });
            let line = &mut self.lines[place];
            line.numbers.resize(column, None);
            line.numbers.push(Some((scale.with_unit_for(reader, number.value), number.severity)));
        }
    }
}

impl Chart {
    /// The chart of numbers that there are, the first of them first.
    fn of(component: &Component, scale: &Measurement, numbers: &[&Measured], reader: Reader) -> Self {
        let (first, last) = (numbers[0], numbers[numbers.len() - 1]);
        let before = numbers.len().checked_sub(2).map(|place| numbers[place].value);
        let gauge = Gauge::new(scale, last.value, before, reader);
        let place = |number: &&Measured| Point {
            severity: number.severity,
            x: across(number.at, first.at, last.at),
            y: upright(Gauge::new(scale, number.value, None, reader).now),
        };
        let points: Vec<Point> = numbers.iter().map(place).collect();
        Self {
            label: component.label,
            now: scale.with_unit_for(reader, last.value),
            severity: last.severity,
            was: before.map(|value| scale.with_unit_for(reader, value)),
            first: first.at,
            last: last.at,
            bands: gauge.bands.iter().map(Band::upright).collect(),
            limits: gauge.numbers.iter().map(|(x, number)| (upright(*x), number.clone())).collect(),
            path: path(&points),
            points,
            spoken: gauge.spoken,
        }
    }
}

impl Band {
    /// A gauge's band, which lies, stood up.
    fn upright(lying: &crate::inspections::Band) -> Self {
        let (top, bottom) = (upright(lying.x + lying.width), upright(lying.x));
        Self {
            severity: lying.severity,
            x: STRIP - lying.height,
            y: top,
            width: lying.height,
            height: rounded(bottom - top),
        }
    }
}

/// How high a place of a gauge is once that is upright; what lies beyond an end of the scale stands there.
fn upright(x: f64) -> f64 {
    rounded(TOP + HEIGHT * (1.0 - x / GAUGE))
}

/// How far to the right a moment stands; the last one at the end, also where it is the only one.
fn across(at: Timestamp, first: Timestamp, last: Timestamp) -> f64 {
    let seconds = |from: Timestamp, to: Timestamp| to.duration_since(from).as_secs_f64();
    let all = seconds(first, last);
    if all > 0.0 { rounded(FIRST + (LAST - FIRST) * seconds(first, at) / all) } else { LAST }
}

fn path(points: &[Point]) -> String {
    let mut path = String::new();
    for Point { x, y, .. } in points {
        let letter = if path.is_empty() { 'M' } else { 'L' };
        write!(path, "{letter}{x} {y}").expect("text can be written to");
    }
    path
}

/// The drawing's finest step: enough for any screen, and short to write.
fn rounded(x: f64) -> f64 {
    (x * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tread(wheel: &str, visit: InspectionId, day: i64, value: f64) -> Measured {
        Measured {
            visit,
            at: Timestamp::from_second(day * 86_400).expect("a day"),
            category: "tires".into(),
            component: format!("tread_depth_{wheel}"),
            value,
            severity: if value > 4.0 { Severity::Green } else { Severity::Yellow },
        }
    }

    #[test]
    fn what_wears_off_goes_down_to_the_right() {
        let [first, second, third] = [1, 2, 3].map(|_| InspectionId::new());
        let measured = [tread("lf", first, 0, 9.0), tread("lf", second, 100, 7.0), tread("lf", third, 400, 4.0)];
        let sheets = sheets(&measured, Units::Us);
        let chart = &sheets[0].charts[0];
        assert_eq!((chart.now.as_str(), chart.was.as_deref()), ("4/32 in", Some("7/32 in")));
        let xs: Vec<f64> = chart.points.iter().map(|point| point.x).collect();
        assert_eq!(xs, [FIRST, FIRST + (LAST - FIRST) / 4.0, LAST]);
        assert!(chart.points.is_sorted_by(|one, next| one.y < next.y), "{:?}", chart.points);
        assert!(chart.path.starts_with("M66 27L106.5 "), "{}", chart.path);
        assert_eq!(chart.limits.iter().map(|(_, number)| number.as_str()).collect::<Vec<_>>(), ["2", "4"]);
    }

    #[test]
    fn a_number_stands_beside_the_band_of_its_colour() {
        for (value, severity) in [(9.0, Severity::Green), (4.0, Severity::Yellow), (1.0, Severity::Red)] {
            let sheets = sheets(&[tread("lf", InspectionId::new(), 0, value)], Units::Us);
            let chart = &sheets[0].charts[0];
            let y = chart.points[0].y;
            let beside = |band: &&Band| (band.y - 0.5..=band.y + band.height + 0.5).contains(&y);
            assert_eq!(chart.bands.iter().find(beside).map(|band| band.severity), Some(severity), "{value}");
            assert_eq!((chart.points[0].x, chart.was.as_deref()), (LAST, None), "one alone stands at the end");
        }
    }

    #[test]
    fn the_worse_a_band_the_thicker_it_is_and_all_end_at_the_same_place() {
        let sheets = sheets(&[tread("lf", InspectionId::new(), 0, 9.0)], Units::Us);
        let bands = &sheets[0].charts[0].bands;
        for band in bands {
            assert!((band.x + band.width - STRIP).abs() < 0.01, "{band:?}");
            assert!(band.y >= TOP && band.y + band.height <= TOP + HEIGHT + 0.01, "{band:?}");
        }
        let width = |severity| bands.iter().find(|band| band.severity == severity).map(|band| band.width);
        assert!(width(Severity::Red) > width(Severity::Yellow) && width(Severity::Yellow) > width(Severity::Green));
    }

    #[test]
    fn the_table_has_a_line_a_visit_and_gaps_where_nothing_was_measured() {
        let (old, new) = (InspectionId::new(), InspectionId::new());
        let measured = [tread("lf", old, 0, 9.0), tread("rf", new, 90, 8.0), tread("lr", old, 0, 7.0)];
        let sheets = sheets(&measured, Units::Us);
        let table: Vec<_> = sheets[0]
            .lines
            .iter()
            .map(|line| {
                let numbers = line.numbers.iter().map(|number| number.as_ref().map(|(words, _)| words.as_str()));
                (line.visit, numbers.collect::<Vec<_>>())
            })
            .collect();
        let expected =
            [(new, vec![None, Some("8/32 in"), None]), (old, vec![Some("9/32 in"), None, Some("7/32 in")])];
        assert_eq!(table, expected);
    }

    #[test]
    fn what_a_newer_program_measured_is_left_out() {
        let unknown = Measured { component: "wobble".into(), ..tread("lf", InspectionId::new(), 0, 9.0) };
        assert!(sheets(&[unknown], Units::Us).is_empty());
    }
}
