//! What was found about one component, and how a tap changes it: rules alone.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::Photo;
use super::catalogue::{Component, catalogue};
use super::progress::Rating;
use super::severity::Severity;
use super::tap::Tap;
use crate::error::{Error, Result};
use crate::ids::{InspectionId, ItemId, UserId};
use crate::text::{Change, Prose};

/// What was found about one component. There is none until a mechanic has rated it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Finding {
    /// Its id.
    pub id: ItemId,
    /// The category's key in the catalogue.
    pub category: String,
    /// The component's key.
    pub component: String,
    /// What the mechanic says.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Pictures of it.
    pub photos: Vec<Photo>,
    /// What the customer wants done about it.
    pub customer_answer: Option<Answer>,
    /// Who rated it last.
    pub rated_by: Option<UserId>,
    /// When.
    pub rated_at: Timestamp,
    /// Grows with every change; a tap that knows an older one is late.
    pub version: i32,
}

crate::text::text_enum! {
    /// What the customer wants done about a finding.
    #[schema(as = CustomerAnswer)]
    pub enum Answer {
        /// Please do it.
        DoIt = "do_it",
        /// Not now.
        Later = "later",
        /// Let us talk first.
        CallMe = "call_me",
    }
}

impl Answer {
    /// The same as the customer would say it, and the desk reads it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::DoIt => "Please do it",
            Self::Later => "Later",
            Self::CallMe => "Call me",
        }
    }

    /// The same as the desk tells it, to be read behind a name: "asked us to do it".
    #[must_use]
    pub fn told(self) -> &'static str {
        match self {
            Self::DoIt => "asked us to do it",
            Self::Later => "wanted it later",
            Self::CallMe => "wanted a call",
        }
    }

    /// The icon that stands beside it on the shop's pages.
    #[must_use]
    pub fn icon(self) -> &'static str {
        match self {
            Self::DoIt => "done",
            Self::Later => "waiting",
            Self::CallMe => "handset",
        }
    }
}

/// What a mechanic says about a component.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Verdict {
    /// The colour; none where the component does not apply.
    pub severity: Option<Severity>,
    /// Said not to apply to this car; never counted as green.
    pub not_applicable: bool,
    /// In the catalogue's unit.
    pub measurement: Option<f64>,
    /// What the measurement proposed; the mechanic may have decided otherwise.
    pub proposed_severity: Option<Severity>,
    /// Why, in the mechanic's words.
    pub notes: Option<Prose<2000>>,
}

/// What was found about a component on an earlier visit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Previous {
    /// The category's key.
    pub category: String,
    /// The component's key.
    pub component: String,
    /// The verdict then.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The inspection in which.
    pub inspection_id: InspectionId,
    /// When it was rated.
    pub rated_at: Timestamp,
}

impl Finding {
    /// As far as it matters to the progress.
    #[must_use]
    pub fn rating(&self) -> Rating {
        Rating {
            place: catalogue().position(&self.category, &self.component),
            severity: self.verdict.severity,
            has_reason: self.verdict.notes.is_some() || !self.photos.is_empty(),
        }
    }

    /// Whether a tap was made without knowing the finding as it is now.
    #[must_use]
    pub fn is_newer_than(&self, tap: &Tap) -> bool {
        tap.version.is_some_and(|known| known < self.version)
    }
}

impl Verdict {
    /// The verdict after the tap. A number takes the colour it proposes, unless the mechanic names one; naming a colour
    /// or a number says that the component does apply.
    pub fn changed(&self, tap: &Tap, component: &Component) -> Result<Self> {
        let notes = tap.notes.clone().apply(self.notes.clone());
        let names_verdict = matches!(tap.severity, Change::Set(_)) || matches!(tap.measurement, Change::Set(_));
        let not_applicable = match tap.not_applicable {
            Change::Set(true) if names_verdict => {
                return Err(Error::invalid("not_applicable", "excludes a severity and a measurement"));
            }
            Change::Set(said) => said,
            Change::Clear => false,
            Change::Keep => self.not_applicable && !names_verdict,
        };
        if not_applicable {
            return Ok(Self { not_applicable, notes, ..Self::default() });
        }
        let (measurement, proposed_severity) = self.measured(tap.measurement, component)?;
        let severity = match tap.severity {
            Change::Set(named) => Some(named),
            Change::Clear => proposed_severity,
            Change::Keep if matches!(tap.measurement, Change::Set(_)) => proposed_severity,
            Change::Keep => self.severity,
        };
        if severity.is_none() {
            return Err(Error::invalid("severity", "is needed, or a measurement or not_applicable"));
        }
        Ok(Self { severity, not_applicable, measurement, proposed_severity, notes })
    }

    /// Whether only the words differ: what may still be mended under review.
    #[must_use]
    pub fn differs_in_notes_only(&self, other: &Self) -> bool {
        let unworded = |verdict: &Self| Self { notes: None, ..verdict.clone() };
        unworded(self) == unworded(other)
    }

    fn measured(&self, change: Change<f64>, component: &Component) -> Result<(Option<f64>, Option<Severity>)> {
        match change {
            Change::Keep => Ok((self.measurement, self.proposed_severity)),
            Change::Clear => Ok((None, None)),
            Change::Set(entered) => {
                let scale = component.measurement.as_ref();
                let scale = scale.ok_or_else(|| Error::invalid("measurement", "is not taken of this component"))?;
                let reading =
                    scale.read(entered).map_err(|refusal| Error::invalid("measurement", refusal.to_string()))?;
                Ok((Some(reading.value), Some(reading.proposed)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tap(body: &serde_json::Value) -> Tap {
        let mut whole = json!({ "category": "brakes", "component": "front_pads_left" });
        whole.as_object_mut().expect("an object").extend(body.as_object().expect("an object").clone());
        serde_json::from_value(whole).expect("a finding")
    }

    fn changed(from: &Verdict, body: &serde_json::Value) -> Result<Verdict> {
        let tap = tap(body);
        let entry = tap.entry()?;
        from.changed(&tap, entry.component)
    }

    fn field(result: Result<Verdict>) -> String {
        match result {
            Err(Error::Invalid(fields)) => fields[0].field.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_number_takes_the_colour_it_proposes() {
        for (millimetres, colour) in [(3.0, Severity::Red), (3.5, Severity::Yellow), (5.5, Severity::Green)] {
            let verdict = changed(&Verdict::default(), &json!({ "measurement": millimetres })).expect("accepted");
            assert_eq!((verdict.severity, verdict.proposed_severity), (Some(colour), Some(colour)));
        }
    }

    #[test]
    fn an_override_stays_visible_until_the_next_number() {
        let over = changed(&Verdict::default(), &json!({ "measurement": 3.5, "severity": "red" })).expect("accepted");
        assert_eq!((over.severity, over.proposed_severity), (Some(Severity::Red), Some(Severity::Yellow)));
        let noted = changed(&over, &json!({ "notes": "scored" })).expect("accepted");
        assert_eq!(noted.severity, Some(Severity::Red));
        let back = changed(&noted, &json!({ "severity": null })).expect("accepted");
        assert_eq!(back.severity, Some(Severity::Yellow));
        let again = changed(&noted, &json!({ "measurement": 8 })).expect("accepted");
        assert_eq!(again.severity, Some(Severity::Green));
    }

    #[test]
    fn not_applicable_is_bare_and_ends_with_a_verdict() {
        let bare =
            changed(&Verdict::default(), &json!({ "not_applicable": true, "notes": "drum" })).expect("accepted");
        assert_eq!((bare.severity, bare.not_applicable), (None, true));
        let rated = changed(&bare, &json!({ "severity": "green" })).expect("accepted");
        assert_eq!((rated.severity, rated.not_applicable), (Some(Severity::Green), false));
        assert_eq!(field(changed(&bare, &json!({ "not_applicable": true, "severity": "red" }))), "not_applicable");
        assert_eq!(field(changed(&bare, &json!({ "not_applicable": false }))), "severity");
    }

    #[test]
    fn a_finding_says_something() {
        assert_eq!(field(changed(&Verdict::default(), &json!({ "notes": "looks odd" }))), "severity");
        assert_eq!(field(changed(&Verdict::default(), &json!({ "measurement": 3.3 }))), "measurement");
        assert_eq!(field(changed(&Verdict::default(), &json!({ "measurement": 21 }))), "measurement");
        let rated = changed(&Verdict::default(), &json!({ "severity": "green" })).expect("accepted");
        assert_eq!(field(changed(&rated, &json!({ "severity": null }))), "severity");
    }
}
