//! The words of the texts that this program writes itself.

use super::segments::straighten;
use crate::text::Refusal;

/// The provider takes no longer body, counted in characters.
pub const MAX_CHARACTERS: usize = 1600;

pub use crate::shops::{LINK, NAME, VEHICLE};

const HOW_TO_STOP: &str = "Reply STOP to opt out";

/// The text that carries a report, in the program's words. Curly quotes in the shop's name are straightened, since they
/// would double the price of every text.
#[must_use]
pub fn report_text(shop: &str, vehicle: &str, link: &str) -> String {
    straighten(&format!("{shop}: your {vehicle} inspection is ready: {link}. {HOW_TO_STOP}"))
}

/// The text that carries a report, in the shop's words: the link stands where [`LINK`] does, or at the end.
pub fn report_text_from(words: &str, link: &str) -> Result<String, Refusal> {
    let words = words.trim();
    if words.contains(LINK) {
        return sendable(words.replace(LINK, link));
    }
    sendable(format!("{words} {link}").trim_start().to_owned())
}

/// An answer that the shop sends often, to this customer about this car: `{name}` and `{vehicle}` are filled in, and where
/// there is nothing to fill in, read as if they were not asked for. [`LINK`] stays until it is sent.
#[must_use]
pub fn quick_reply(words: &str, name: Option<&str>, vehicle: Option<&str>) -> String {
    let named = match name {
        Some(name) => words.replace(NAME, name),
        None => words.replace(&format!(" {NAME}"), "").replace(NAME, ""),
    };
    named.replace(VEHICLE, vehicle.unwrap_or("car"))
}

/// A text that may be the first one to a number: names the shop and how to stop, adding what `text` does not say itself.
pub fn first_text(shop: &str, text: &str) -> Result<String, Refusal> {
    let greeting = if names(text, shop) { String::new() } else { format!("{shop}: ") };
    let farewell = if says_how_to_stop(text) { String::new() } else { format!("{} {HOW_TO_STOP}", full_stop(text)) };
    sendable(format!("{greeting}{text}{farewell}"))
}

fn names(text: &str, shop: &str) -> bool {
    straighten(text).to_lowercase().contains(&straighten(shop).to_lowercase())
}

/// Only the keyword itself, in capitals, says how: "the brakes do not stop" is about brakes.
fn says_how_to_stop(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|word| word == "STOP")
}

/// What ends the text before another sentence begins: nothing if it has an end, or ends with a link that a full stop might
/// become part of.
fn full_stop(text: &str) -> &'static str {
    let ends_with_link = text.split_whitespace().next_back().is_some_and(|word| word.contains("://"));
    if ends_with_link || !text.ends_with(char::is_alphanumeric) { "" } else { "." }
}

fn sendable(text: String) -> Result<String, Refusal> {
    if text.chars().count() > MAX_CHARACTERS { Err(Refusal::TooLong(MAX_CHARACTERS)) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversations::segments::{Encoding, Segments};

    const URL: &str = "https://courtesy.example/r/k3v9";

    #[test]
    fn the_report_text_says_who_what_where_and_how_to_stop() {
        assert_eq!(
            report_text("Miller\u{2019}s Auto", "2018 Honda Civic", URL),
            "Miller's Auto: your 2018 Honda Civic inspection is ready: https://courtesy.example/r/k3v9. Reply STOP to opt out"
        );
    }

    #[test]
    fn the_usual_report_text_is_one_segment() {
        let size = Segments::of(&report_text("Miller\u{2019}s Auto", "2018 Honda Civic", URL));
        assert_eq!((size.encoding, size.segments), (Encoding::Gsm7, 1));
    }

    #[test]
    fn the_longest_names_still_fit() {
        let vehicle = format!("2018 {0} {0}", "m".repeat(50));
        assert!(report_text(&"…".repeat(255), &vehicle, URL).chars().count() <= MAX_CHARACTERS);
    }

    #[test]
    fn the_shops_words_carry_the_link_where_they_say_or_at_the_end() {
        let text = |words| report_text_from(words, "L");
        assert_eq!(text("See {link} today"), Ok("See L today".to_owned()));
        assert_eq!(text("{link} or {link}"), Ok("L or L".to_owned()));
        assert_eq!(text("Your car is done \n"), Ok("Your car is done L".to_owned()));
        assert_eq!(text(" "), Ok("L".to_owned()));
    }

    #[test]
    fn a_quick_reply_names_whom_and_what_it_can() {
        let words = "Hi {name}, your {vehicle} is ready: {link}";
        let filled = quick_reply(words, Some("Ruth"), Some("2018 Honda Civic"));
        assert_eq!(filled, "Hi Ruth, your 2018 Honda Civic is ready: {link}");
        assert_eq!(quick_reply(words, None, None), "Hi, your car is ready: {link}");
        assert_eq!(quick_reply("{name}: come in", None, None), ": come in");
    }

    #[test]
    fn the_limit_counts_the_link() {
        assert!(report_text_from(&"ä".repeat(1598), "L").is_ok());
        assert_eq!(report_text_from(&"ä".repeat(1599), "L"), Err(Refusal::TooLong(1600)));
        assert!(report_text_from(&format!("{}{LINK}", "ä".repeat(1599)), "L").is_ok());
    }

    #[test]
    fn a_first_text_gets_what_it_lacks() {
        let first = |text| first_text("Miller's Auto", text);
        assert_eq!(
            first("Your car is done"),
            Ok("Miller's Auto: Your car is done. Reply STOP to opt out".to_owned())
        );
        assert_eq!(
            first("MILLER\u{2019}S AUTO here! The brakes do not stop."),
            Ok("MILLER\u{2019}S AUTO here! The brakes do not stop. Reply STOP to opt out".to_owned())
        );
        assert_eq!(first("Hi. Text STOP to end"), Ok("Miller's Auto: Hi. Text STOP to end".to_owned()));
        assert_eq!(
            first(&format!("Report: {URL}")),
            Ok(format!("Miller's Auto: Report: {URL} Reply STOP to opt out"))
        );
    }

    #[test]
    fn a_first_text_that_says_it_all_stays_as_it_is() {
        let text = report_text("Miller's Auto", "vehicle", URL);
        assert_eq!(first_text("Miller's Auto", &text), Ok(text));
    }

    #[test]
    fn what_is_added_counts() {
        let room = MAX_CHARACTERS - "Shop: ".len() - ". Reply STOP to opt out".len();
        assert_eq!(first_text("Shop", &"a".repeat(room)).map(|text| text.len()), Ok(1600));
        assert_eq!(first_text("Shop", &"a".repeat(room + 1)), Err(Refusal::TooLong(1600)));
    }
}
