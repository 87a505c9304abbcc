//! What a customer's answer asks for: to be left alone, to be texted again, or help.

use super::segments::straighten;

/// A request that carriers and US law give a fixed word to (47 CFR 64.1200(a)(10); Twilio's default keywords).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyword {
    /// No more texts from this shop to this number.
    OptOut,
    /// Texts are welcome again.
    OptIn,
    /// Who is this, and how does it stop?
    Help,
}

impl Keyword {
    const OPT_OUT: [&str; 8] = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"];
    const OPT_IN: [&str; 2] = ["START", "UNSTOP"];
    const HELP: [&str; 2] = ["HELP", "INFO"];

    /// The keyword that is the whole message, in any case, with white space around it and full stops or exclamation marks
    /// after it. Nothing else is tolerated: "Stop by at 5" is about the car.
    ///
    /// YES opts in only somebody who is opted out; from everybody else it answers a question.
    #[must_use]
    pub fn of(text: &str, opted_out: bool) -> Option<Self> {
        let word = text.trim().trim_end_matches(['.', '!']).trim_end().to_uppercase();
        match word.as_str() {
            word if Self::OPT_OUT.contains(&word) => Some(Self::OptOut),
            word if Self::OPT_IN.contains(&word) => Some(Self::OptIn),
            "YES" if opted_out => Some(Self::OptIn),
            word if Self::HELP.contains(&word) => Some(Self::Help),
            _ => None,
        }
    }
}

/// Whether a text seems to ask, in its own words, not to be texted: for staff to look at, since a person may revoke consent in
/// any reasonable words but "don't text me before 9" is not that. Ask [`Keyword::of`] first.
#[must_use]
pub fn wants_no_texts(text: &str) -> bool {
    const WHOLE: [&str; 8] =
        ["please stop", "stop please", "stop it", "stop now", "stop all", "stop this", "no more", "leave me alone"];
    const ANYWHERE: [&str; 32] = [
        "stop texting",
        "stop messaging",
        "stop sending",
        "stop contacting",
        "stop bothering",
        "stop spamming",
        "stop the texts",
        "stop the messages",
        "stop these texts",
        "stop these messages",
        "stop all texts",
        "stop all messages",
        "quit texting",
        "quit messaging",
        "no more texts",
        "no more messages",
        "dont text",
        "do not text",
        "dont message",
        "do not message",
        "dont contact",
        "do not contact",
        "never text",
        "never contact",
        "remove me",
        "remove my number",
        "take me off",
        "delete my number",
        "lose my number",
        "unsubscribe",
        "opt out",
        "opt me out",
    ];
    let said = plain_words(text);
    WHOLE.contains(&said.trim()) || ANYWHERE.iter().any(|phrase| said.contains(&format!(" {phrase} ")))
}

/// The words in lower case with one space before and after each; an apostrophe joins ("don't" is "dont"), any other sign
/// separates.
fn plain_words(text: &str) -> String {
    let text = straighten(text).replace('\'', "").to_lowercase();
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(String::from(" "), |said, word| said + word + " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_in_any_case_with_space_around_it() {
        for (words, keyword) in [
            (&Keyword::OPT_OUT[..], Keyword::OptOut),
            (&Keyword::OPT_IN[..], Keyword::OptIn),
            (&Keyword::HELP[..], Keyword::Help),
        ] {
            for word in words {
                for text in [(*word).to_owned(), word.to_lowercase(), format!(" \n{word}.\t"), format!("{word} !!")] {
                    assert_eq!(Keyword::of(&text, false), Some(keyword), "{text:?}");
                    assert_eq!(Keyword::of(&text, true), Some(keyword), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn the_words_are_those_of_the_carriers() {
        for text in ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"] {
            assert_eq!(Keyword::of(text, false), Some(Keyword::OptOut), "{text}");
        }
        for text in ["START", "UNSTOP"] {
            assert_eq!(Keyword::of(text, false), Some(Keyword::OptIn), "{text}");
        }
        for text in ["HELP", "INFO"] {
            assert_eq!(Keyword::of(text, false), Some(Keyword::Help), "{text}");
        }
    }

    #[test]
    fn a_keyword_is_the_whole_message() {
        for text in
            ["", ".", "Stop by at 5", "please stop", "stop?", "\"STOP\"", "STOP STOP", "st op", "ends", "Yes please"]
        {
            assert_eq!(Keyword::of(text, true), None, "{text}");
        }
    }

    #[test]
    fn yes_opts_in_only_who_is_out() {
        assert_eq!(Keyword::of("Yes!", true), Some(Keyword::OptIn));
        assert_eq!(Keyword::of("Yes!", false), None);
    }

    #[test]
    fn free_wording_is_noticed() {
        for text in [
            "stop texting me",
            "Please STOP texting me!!",
            "remove me",
            "Remove me from your list.",
            "don't text me",
            "Don\u{2019}t text me again",
            "dont  text",
            "do not contact me",
            "opt-out",
            "I want to opt out",
            "please stop",
            "Stop, please.",
            "take me off this list",
            "no more texts pls",
            "unsubscribe me",
            "leave me alone",
        ] {
            assert!(wants_no_texts(text), "{text}");
        }
    }

    #[test]
    fn talk_about_the_car_is_not() {
        for text in [
            "",
            "It won't stop squeaking",
            "Can I stop by at 5?",
            "please stop by the front desk",
            "Remove the roof rack please",
            "The brakes don't stop the car",
            "cancel my appointment",
            "Text me when it's ready",
            "I don't texture paint",
            "yes",
        ] {
            assert!(!wants_no_texts(text), "{text}");
        }
    }
}
