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

/// Whether somebody asks in words of their own not to be texted: since 2025 any reasonable words revoke consent (47 CFR
/// 64.1200(a)(10)). Which words are reasonable is for a person to judge, so this only points at them. Reports are read in
/// Spanish too, and answered in it.
#[must_use]
pub fn sounds_like_stop(text: &str) -> bool {
    const WHOLE: [&str; 10] =
        ["stop", "stop please", "stop all", "s t o p", "alto", "parar", "pare", "paren", "basta", "cancelar"];
    const PHRASES: [&str; 31] = [
        "stop text",
        "stop sending",
        "stop messag",
        "stop contact",
        "please stop",
        "remove me",
        "remove my number",
        "take me off",
        "opt out",
        "opt me out",
        "unsubscribe",
        "no more text",
        "no more messages",
        "leave me alone",
        "wrong number",
        "no más mensajes",
        "no mas mensajes",
        "no más textos",
        "no mas textos",
        "no me mande",
        "no me envíe",
        "no me envie",
        "no me escrib",
        "deje de mandar",
        "deje de enviar",
        "deje de escrib",
        "dejen de mandar",
        "dejen de enviar",
        "dejen de escrib",
        "número equivocado",
        "numero equivocado",
    ];
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric() && !is_apostrophe(c))
        .filter(|word| !word.is_empty())
        .map(|word| word.replace(is_apostrophe, "").to_lowercase())
        .collect();
    let said = format!(" {} ", words.join(" "));
    let is_told_not_to = ["dont", "do not", "quit", "never"]
        .iter()
        .any(|no| TO_TEXT.iter().any(|text| said.contains(&format!(" {no} {text}"))));
    is_told_not_to
        || PHRASES.iter().any(|phrase| said.contains(&format!(" {phrase}")))
        || WHOLE.contains(&said.trim())
}

/// What a shop is told not to do.
const TO_TEXT: [&str; 4] = ["text", "message me", "messaging", "contact"];

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_words_for_stop_are_pointed_at_and_talk_about_cars_is_not() {
        for text in [
            "Stop texting me",
            "please STOP",
            "\"stop\"",
            "Take me off your list!",
            "don\u{2019}t text me again",
            "Do not contact me.",
            "remove me",
            "I want to opt-out",
            "quit texting this number",
            "Wrong number",
            "stop please",
            "STOP ALL",
            "S.T.O.P.",
            "ALTO",
            "¡Parar!",
            "No más mensajes, por favor",
            "Dejen de escribirme",
            "No me manden textos",
            "NÚMERO EQUIVOCADO",
        ] {
            assert!(sounds_like_stop(text), "{text}");
        }
        for text in [
            "",
            "I'll stop by at 5",
            "The brakes don't stop the car",
            "Could you remove the old pads?",
            "Text me when it is done",
            "I did not get your text",
            "It does stop eventually",
            "Hace un ruido al parar",
            "El precio es muy alto",
            "Para que deje de sonar",
            "¿Me dejan el carro hoy?",
        ] {
            assert!(!sounds_like_stop(text), "{text}");
        }
    }

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
