//! What the customer wants done about what was found: rules alone.

use serde::Deserialize;
use utoipa::ToSchema;

use super::verdict::anchor;
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

/// The answer to one finding.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerTo {
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
    /// Whether another answer was given before.
    is_changed: bool,
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
                let is_changed = finding.customer_answer.is_some();
                news.push(Answered { finding: finding.id, label, answer: to.answer, is_changed });
            }
        }
        Ok(news)
    }
}

impl AnswerTo {
    /// Where on the page the finding stands.
    pub(super) fn anchor(&self) -> String {
        anchor(&self.category, &self.component)
    }
}

impl From<AnswerTo> for Answers {
    fn from(answer: AnswerTo) -> Self {
        Self { answers: vec![answer] }
    }
}

/// The answers, each with what it is about, as the customer would have texted them.
#[must_use]
pub fn in_words(answers: &[(&'static str, Answer)]) -> String {
    sentences(answers, |answer| match answer {
        Answer::DoIt => "Please do it",
        Answer::Later => "Later",
        Answer::CallMe => "Call me about this",
    })
}

/// The same of what is new, with what was answered otherwise before said as such.
pub(super) fn news_in_words(news: &[Answered]) -> String {
    let (changed, first): (Vec<&Answered>, Vec<&Answered>) = news.iter().partition(|answered| answered.is_changed);
    let pairs = |answered: Vec<&Answered>| answered.iter().map(|a| (a.label, a.answer)).collect::<Vec<_>>();
    let changed = sentences(&pairs(changed), |answer| match answer {
        Answer::DoIt => "Please do it after all",
        Answer::Later => "Rather later",
        Answer::CallMe => "Rather call me about this",
    });
    format!("{} {changed}", in_words(&pairs(first))).trim().to_owned()
}

/// A sentence for each answer that was given, about everything that it was given to.
fn sentences(answers: &[(&'static str, Answer)], beginning: fn(Answer) -> &'static str) -> String {
    let sentences = Answer::ALL.iter().filter_map(|answer| {
        let labels: Vec<_> = answers.iter().filter(|(_, said)| said == answer).map(|(label, _)| *label).collect();
        (!labels.is_empty()).then(|| format!("{}: {}.", beginning(*answer), labels.join("; ")))
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

    #[test]
    fn an_answer_that_was_changed_says_so() {
        let said = |label, answer, is_changed| Answered { finding: ItemId::new(), label, answer, is_changed };
        let news = [said("Horn", Answer::DoIt, true), said("Spare", Answer::Later, false)];
        assert_eq!(news_in_words(&news), "Later: Spare. Please do it after all: Horn.");
        assert_eq!(news_in_words(&news[..1]), "Please do it after all: Horn.");
        assert_eq!(news_in_words(&news[1..]), "Later: Spare.");
    }
}
