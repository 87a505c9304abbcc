//! What a customer's answer asks for: to be left alone, to be texted again, or help.

/// A request that carriers and US law give a fixed word to (47 CFR 64.1200(a)(10); Twilio's default keywords).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyword {
    /// No more texts from this shop to this number.
    OptOut,
    /// Texts are welcome again.
    OptIn,
    /// Who is this, and how does it stop? The text is stored like any other, and the carrier answers it, not we (Twilio's
    /// default for this keyword).
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
}
