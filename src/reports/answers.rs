//! What the customer wants done about what was found: rules alone.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::{Error, Result};
use crate::ids::ItemId;
use crate::inspections::catalogue::catalogue;
use crate::inspections::severity::Severity;
use crate::inspections::{Answer, Finding};

/// The customer's answers, a finding each.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    answers: Vec<AnswerTo>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AnswerTo {
    category: String,
    component: String,
    answer: Answer,
}

/// An answer that says something new.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answered {
    pub(super) finding: ItemId,
    pub(super) label: &'static str,
    pub(super) answer: Answer,
}

impl Answers {
    /// The answers that say something new about what needs attention. One that was given before is no news.
    pub(super) fn news(&self, findings: &[Finding]) -> Result<Vec<Answered>> {
        let mut news: Vec<Answered> = Vec::new();
        for (position, to) in self.answers.iter().enumerate() {
            let refuse = |detail: &str| Error::invalid(format!("answers.{position}.component"), detail);
            let finding = findings.iter().find(|f| f.category == to.category && f.component == to.component);
            let open = finding.filter(|f| matches!(f.verdict.severity, Some(Severity::Yellow | Severity::Red)));
            let finding = open.ok_or_else(|| refuse("is nothing that needs attention on this report"))?;
            if self.answers[..position].iter().any(|o| o.category == to.category && o.component == to.component) {
                return Err(refuse("stands twice in the list"));
            }
            if finding.customer_answer != Some(to.answer) {
                let label = catalogue().find(&to.category, &to.component).map_or("", |component| component.label);
                news.push(Answered { finding: finding.id, label, answer: to.answer });
            }
        }
        Ok(news)
    }
}

/// The answers, each with what it is about, as the customer would have texted them.
#[must_use]
pub fn in_words(answers: &[(&'static str, Answer)]) -> String {
    let sentences = Answer::ALL.iter().filter_map(|answer| {
        let labels: Vec<_> = answers.iter().filter(|(_, said)| said == answer).map(|(label, _)| *label).collect();
        let beginning = match answer {
            Answer::DoIt => "Please do it",
            Answer::Later => "Later",
            Answer::CallMe => "Call me about this",
        };
        (!labels.is_empty()).then(|| format!("{beginning}: {}.", labels.join("; ")))
    });
    sentences.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_read_like_a_text() {
        let answers = [("Horn", Answer::Later), ("Spare", Answer::DoIt), ("Coolant", Answer::DoIt)];
        assert_eq!(in_words(&answers), "Please do it: Spare; Coolant. Later: Horn.");
    }
}
