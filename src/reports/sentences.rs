//! The sentences of the report that have something in them, in each language.

use jiff::Zoned;
use jiff::civil::Weekday;

use super::Number;
use super::words::Words;
use crate::inspections::catalogue::canned_in_spanish;
use crate::language::Language;
use crate::role::Role;
use crate::shops::Units;
use crate::text::Line;
use crate::vehicles::{self, Vehicle};

/// How much was found, which decides what the page says first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counts {
    pub(super) reds: usize,
    pub(super) yellows: usize,
    pub(super) greens: usize,
    pub(super) not_inspected: usize,
}

impl Words {
    /// What the page says first: "Your 2018 Honda Civic needs 2 things now".
    pub(super) fn headline(&self, vehicle: &str, counts: Counts) -> String {
        let Counts { reds, yellows, greens, not_inspected } = counts;
        match self.language {
            Language::English => match (reds, yellows, greens) {
                (1, ..) => format!("Your {vehicle} needs 1 thing now"),
                (2.., ..) => format!("Your {vehicle} needs {reds} things now"),
                (0, 1, _) => format!("Your {vehicle} has 1 thing to watch"),
                (0, 2.., _) => format!("Your {vehicle} has {yellows} things to watch"),
                (0, 0, 1..) if not_inspected == 0 => format!("Your {vehicle} is in good shape"),
                (0, 0, 1..) => format!("Your {vehicle}: nothing found where we looked"),
                (0, 0, 0) => format!("Your {vehicle} was not inspected"),
            },
            Language::Spanish => match (reds, yellows, greens) {
                (1, ..) => format!("Su {vehicle} tiene 1 punto que atender ya"),
                (2.., ..) => format!("Su {vehicle} tiene {reds} puntos que atender ya"),
                (0, 1, _) => format!("Su {vehicle} tiene 1 punto por vigilar"),
                (0, 2.., _) => format!("Su {vehicle} tiene {yellows} puntos por vigilar"),
                (0, 0, 1..) if not_inspected == 0 => format!("Su {vehicle} está en buen estado"),
                (0, 0, 1..) => format!("Su {vehicle}: no encontramos nada en lo que revisamos"),
                (0, 0, 0) => format!("Su {vehicle} no fue revisado"),
            },
        }
    }

    /// What people call a vehicle: "2018 Honda Civic", "Honda Civic 2018".
    pub(super) fn vehicle(&self, vehicle: &Vehicle) -> String {
        let (make, model) = (vehicle.make.as_ref().map(Line::as_str), vehicle.model.as_ref().map(Line::as_str));
        match self.language {
            Language::English => vehicle.name(),
            Language::Spanish => {
                let is_named = make.or(model).is_some();
                let named = if is_named { vehicles::name(None, make, model) } else { "vehículo".to_owned() };
                vehicle.year.map_or_else(|| named.clone(), |year| format!("{named} {year}"))
            }
        }
    }

    /// "Checked by Tomasz on Sunday, November 22, 2026, at 112,480 miles."
    pub(super) fn checked(&self, inspector: Option<&str>, day: &str, mileage: Option<&str>) -> String {
        let (checked, by, on, at) = match self.language {
            Language::English => ("Checked", "by", "on", "at"),
            Language::Spanish => ("Revisado", "por", "el", "con"),
        };
        let by = inspector.map(|name| format!(" {by} {name}")).unwrap_or_default();
        let at = mileage.map(|mileage| format!(", {at} {mileage}")).unwrap_or_default();
        format!("{checked}{by} {on} {day}{at}.")
    }

    /// Who wrote a note: "Tomasz, mechanic". Spanish has no word for it that fits everybody.
    pub(super) fn signature(&self, name: &str, role: Role) -> String {
        let what = match (self.language, role) {
            (Language::English, Role::Mechanic) => "mechanic",
            (Language::English, Role::ShopManager) => "shop manager",
            (Language::Spanish, Role::Mechanic) => "del equipo mecánico",
            (Language::Spanish, Role::ShopManager) => "de la gerencia",
        };
        format!("{name}, {what}")
    }

    /// A mechanic's notes, in which each line that is a canned one is translated and any other stays as it was typed.
    pub(super) fn notes(&self, written: &str) -> String {
        match self.language {
            Language::English => written.to_owned(),
            Language::Spanish => {
                let lines = written.lines().map(|line| canned_in_spanish(line.trim()).unwrap_or(line));
                lines.collect::<Vec<_>>().join("\n")
            }
        }
    }

    /// Whom a report on paper is for: "For Ruth Abel".
    pub(super) fn for_whom(&self, name: &str) -> String {
        match self.language {
            Language::English => format!("For {name}"),
            Language::Spanish => format!("Para {name}"),
        }
    }

    /// Which car it is about: "License plate 7ABC-123".
    pub(super) fn plate(&self, plate: &str) -> String {
        match self.language {
            Language::English => format!("License plate {plate}"),
            Language::Spanish => format!("Placa {plate}"),
        }
    }

    /// "Open mark: 4.5 mm, March 2026."
    pub(super) fn last_time(&self, value: &str, at: &Zoned) -> String {
        let (month, year) = (self.month(at), at.year());
        match self.language {
            Language::English => format!("Open mark: {value}, {month} {year}."),
            Language::Spanish => format!("Marca abierta: {value}, {month} de {year}."),
        }
    }

    /// "Sunday, November 22, 2026".
    pub(super) fn day(&self, at: &Zoned) -> String {
        let (weekday, month, day, year) = (self.weekday(at.weekday()), self.month(at), at.day(), at.year());
        match self.language {
            Language::English => format!("{weekday}, {month} {day}, {year}"),
            Language::Spanish => format!("{weekday} {day} de {month} de {year}"),
        }
    }

    /// "112,480 miles".
    pub(super) fn mileage(&self, shown: i32, units: Units) -> String {
        units.distance(self.language, shown)
    }

    /// "Brakes, 7 points".
    pub(super) fn points(&self, category: &str, count: usize) -> String {
        let points = match (self.language, count) {
            (Language::English, 1) => "point",
            (Language::English, _) => "points",
            (Language::Spanish, 1) => "punto",
            (Language::Spanish, _) => "puntos",
        };
        format!("{category}, {count} {points}")
    }

    /// What a photo shows, the first one or another: "Photo of Front brake pads, left", "Photo 2 of ...".
    pub(super) fn photo_of(&self, label: &str, number: usize) -> String {
        let (photo, of) = match self.language {
            Language::English => ("Photo", "of"),
            Language::Spanish => ("Foto", "de"),
        };
        match number {
            1 => format!("{photo} {of} {label}"),
            _ => format!("{photo} {number} {of} {label}"),
        }
    }

    /// Why what was not inspected stands there.
    pub(super) fn not_reached(&self, count: usize) -> &'static str {
        match (self.language, count) {
            (Language::English, 1) => "We did not get to this, so we can't say how it is.",
            (Language::English, _) => "We did not get to these, so we can't say how they are.",
            (Language::Spanish, 1) => "No llegamos a revisar este punto, así que no podemos decir cómo está.",
            (Language::Spanish, _) => "No llegamos a revisar estos puntos, así que no podemos decir cómo están.",
        }
    }

    /// How to answer: "Answer the text that brought you here, or call (415) 555-0142."
    pub(super) fn how_to_reach_us(&self, call: Option<&Number>) -> String {
        match (self.language, call.map(|number| &number.shown)) {
            (Language::English, None) => "Answer the text that brought you here.".to_owned(),
            (Language::English, Some(number)) => format!("Answer the text that brought you here, or call {number}."),
            (Language::Spanish, None) => "Responda el mensaje con el que le llegó este reporte.".to_owned(),
            (Language::Spanish, Some(number)) => {
                format!("Responda el mensaje con el que le llegó este reporte, o llame al {number}.")
            }
        }
    }

    fn weekday(&self, weekday: Weekday) -> &'static str {
        let names = match self.language {
            Language::English => &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
            Language::Spanish => &["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
        };
        name(names, weekday.to_monday_zero_offset())
    }

    fn month(&self, at: &Zoned) -> &'static str {
        let names = match self.language {
            Language::English => &[
                "January",
                "February",
                "March",
                "April",
                "May",
                "June",
                "July",
                "August",
                "September",
                "October",
                "November",
                "December",
            ],
            Language::Spanish => &[
                "enero",
                "febrero",
                "marzo",
                "abril",
                "mayo",
                "junio",
                "julio",
                "agosto",
                "septiembre",
                "octubre",
                "noviembre",
                "diciembre",
            ],
        };
        name(names, at.month() - 1)
    }
}

fn name(names: &'static [&'static str], place: i8) -> &'static str {
    usize::try_from(place).ok().and_then(|place| names.get(place)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(language: Language) -> &'static Words {
        Words::of(language)
    }

    fn counts(reds: usize, yellows: usize, greens: usize, not_inspected: usize) -> Counts {
        Counts { reds, yellows, greens, not_inspected }
    }

    #[test]
    fn the_page_says_first_what_matters_most() {
        for (counts, english, spanish) in [
            (counts(2, 1, 9, 1), "Your car needs 2 things now", "Su car tiene 2 puntos que atender ya"),
            (counts(1, 1, 0, 0), "Your car needs 1 thing now", "Su car tiene 1 punto que atender ya"),
            (counts(0, 3, 9, 0), "Your car has 3 things to watch", "Su car tiene 3 puntos por vigilar"),
            (counts(0, 1, 9, 0), "Your car has 1 thing to watch", "Su car tiene 1 punto por vigilar"),
            (counts(0, 0, 9, 0), "Your car is in good shape", "Su car está en buen estado"),
            (
                counts(0, 0, 9, 1),
                "Your car: nothing found where we looked",
                "Su car: no encontramos nada en lo que revisamos",
            ),
            (counts(0, 0, 0, 31), "Your car was not inspected", "Su car no fue revisado"),
        ] {
            assert_eq!(words(Language::English).headline("car", counts), english);
            assert_eq!(words(Language::Spanish).headline("car", counts), spanish);
        }
    }

    #[test]
    fn days_and_months_have_their_names() {
        let days: Vec<Zoned> = ["2026-11-22", "2026-01-05", "2026-12-31"]
            .iter()
            .map(|day| format!("{day}T08:00[America/Chicago]").parse().expect("a time"))
            .collect();
        let said = |language| days.iter().map(|day| words(language).day(day)).collect::<Vec<_>>();
        assert_eq!(
            said(Language::English),
            ["Sunday, November 22, 2026", "Monday, January 5, 2026", "Thursday, December 31, 2026"]
        );
        assert_eq!(
            said(Language::Spanish),
            ["domingo 22 de noviembre de 2026", "lunes 5 de enero de 2026", "jueves 31 de diciembre de 2026"]
        );
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let day = "domingo 22 de noviembre de 2026";
        assert_eq!(words(Language::Spanish).checked(None, day, None), format!("Revisado el {day}."));
        assert_eq!(
            words(Language::English).checked(Some("Aiko"), "Sunday", Some("9 miles")),
            "Checked by Aiko on Sunday, at 9 miles."
        );
    }

    #[test]
    fn a_mileage_is_written_in_groups() {
        for (shown, written) in [(7, "7 millas"), (1_234, "1,234 millas"), (1_112_480, "1,112,480 millas")] {
            assert_eq!(words(Language::Spanish).mileage(shown, Units::Us), written);
        }
        assert_eq!(words(Language::English).mileage(98_000, Units::Metric), "98,000 km");
    }
}
