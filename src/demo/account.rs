//! A visit told as rows: the inspection, its findings, its events, the link and the texts about its report.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Value, json};

use super::ago::Ago;
use super::cars::Car;
use super::findings::Rated;
use super::people::SHOP_NAME;
use super::story::Cast;
use super::thread::Text;
use super::timeline::Timeline;
use super::visits::{Reached, Visit};
use crate::auth::token::LinkToken;
use crate::conversations::wording;
use crate::ids::{InspectionId, ItemId, LinkId, UserId, VehicleId};
use crate::inspections::catalogue::{VERSION, catalogue};
use crate::inspections::{Answer, Event, SentVia, Stage, Status};
use crate::reports;
use crate::vehicles;

/// A visit with everybody in it.
pub(super) struct Account {
    id: InspectionId,
    visit: &'static Visit,
    vehicle: VehicleId,
    car: &'static Car,
    mechanic: Option<UserId>,
    manager: UserId,
    times: Timeline,
    rated: Vec<Rated>,
    token: LinkToken,
}

impl Account {
    pub(super) fn of(visit: &'static Visit, cast: &Cast) -> Self {
        let (vehicle, car) = cast.car(visit.plate);
        Self {
            id: InspectionId::new(),
            visit,
            vehicle,
            car,
            mechanic: visit.mechanic.map(|name| cast.colleague(name)),
            manager: cast.manager(),
            times: Timeline::of(visit),
            rated: visit.findings(car.powertrain),
            token: LinkToken::new(),
        }
    }

    pub(super) fn inspection(&self) -> Value {
        let times = &self.times;
        json!({
            "id": self.id, "vehicle_id": self.vehicle, "created_by": self.manager, "assigned_to": self.mechanic,
            "customer_concerns": Vec::from_iter(self.visit.concern), "internal_notes": self.visit.internal_notes,
            "odometer_reading": times.started.map(|started| self.car.mileage_before(started.in_days())),
            "catalogue_version": VERSION, "findings_version": self.rated.len(), "created": times.created,
            "started": times.started, "completed": times.completed, "sent_back": times.sent_back,
            "sent": times.sent, "sent_via": self.via(), "viewed": times.viewed, "since": self.visit.since,
        })
    }

    pub(super) fn findings(&self) -> impl Iterator<Item = Value> {
        self.numbered().map(|(version, rated)| {
            let (category, component) = (rated.entry.category.key, rated.entry.component.key);
            json!({
                "id": ItemId::new(), "inspection_id": self.id, "category": category, "component": component,
                "severity": rated.severity, "measurement": rated.measurement, "proposed_severity": rated.proposed,
                "notes": rated.notes, "sort_order": catalogue().position(category, component), "version": version,
                "rated_by": self.mechanic, "rated": self.rated_at(version),
                "customer_answer": rated.answer, "answered": rated.answer.and(self.times.answered()),
            })
        })
    }

    /// Every step, every tap and every answer.
    pub(super) fn events(&self) -> impl Iterator<Item = Value> {
        let taps = self.numbered().filter_map(|(version, rated)| {
            let mut after = key(rated);
            after["severity"] = json!(rated.severity);
            after["not_applicable"] = json!(rated.severity.is_none());
            after["measurement"] = json!(rated.measurement);
            after["proposed_severity"] = json!(rated.proposed);
            after["notes"] = json!(rated.notes);
            self.event(Event::Rated, self.rated_at(version), self.mechanic, after)
        });
        let answers: Vec<Value> =
            self.answers().map(|(label, answer)| json!({ "component": label, "answer": answer })).collect();
        let answered = self.times.answered().filter(|_| !answers.is_empty());
        let answered = self.event(Event::Answered, answered, None, json!(answers));
        self.steps().into_iter().flatten().chain(taps).chain(answered).map(|happening| json!(happening))
    }

    /// The link that the customer got; only its hash is kept.
    pub(super) fn link(&self) -> Option<Value> {
        self.times.sent.map(|sent| {
            json!({
                "id": LinkId::new(), "inspection_id": self.id, "token_hash": STANDARD.encode(self.token.hash().0),
                "created_by": self.manager, "created": sent,
            })
        })
    }

    /// The text that carries the report, and the customer's answers to it.
    pub(super) fn texts(&self, public_url: &str) -> impl Iterator<Item = Text> {
        let texted = (self.visit.reached == Reached::Texted).then_some(self.times.sent).flatten();
        let report = texted.map(|sent| {
            let name = vehicles::name(Some(self.car.year.into()), Some(self.car.make), Some(self.car.model));
            let words = wording::report_text(SHOP_NAME, &name, &reports::address(public_url, &self.token));
            Text::report(sent, words, self.token.reveal(), self.id).failed(self.visit.failure)
        });
        let answered = self.times.answered().filter(|_| self.answers().next().is_some());
        let answer =
            answered.map(|at| Text::answer(at, reports::in_words(&self.answers().collect::<Vec<_>>()), self.id));
        report.into_iter().chain(answer)
    }

    /// What the customer answered to.
    fn answers(&self) -> impl Iterator<Item = (&'static str, Answer)> {
        self.rated.iter().filter_map(|rated| Some((rated.entry.component.label, rated.answer?)))
    }

    fn steps(&self) -> [Option<Happening>; 7] {
        let times = &self.times;
        let stage = |status| json!(Stage { status, assigned_to: self.mechanic });
        let (waiting, assigned) = (json!(Stage::new(None)), stage(Status::Assigned));
        let (started, completed) = (stage(Status::InProgress), stage(Status::Completed));
        let mut sent_back = started.clone();
        if let Reached::SentBack(reason) = self.visit.reached {
            sent_back["reason"] = json!(reason);
        }
        let sent = json!({ "via": self.via(), "texted": self.visit.reached == Reached::Texted });
        let (desk, car) = (Some(self.manager), self.mechanic);
        let step = |kind, at, by, before: &Value, after: &Value| {
            Some(Happening { before: Some(before.clone()), ..self.event(kind, at, by, after.clone())? })
        };
        [
            self.event(Event::Created, Some(times.created), desk, waiting.clone()),
            step(Event::Assigned, times.assigned, desk, &waiting, &assigned),
            step(Event::Started, times.started, car, &assigned, &started),
            step(Event::Completed, times.completed, car, &started, &completed),
            step(Event::Reopened, times.sent_back, desk, &completed, &sent_back),
            step(Event::Sent, times.sent, desk, &completed, &sent),
            self.event(Event::Viewed, times.viewed, None, json!({})),
        ]
    }

    /// What happened at this moment, if it did.
    fn event(&self, kind: Event, at: Option<Ago>, by: Option<UserId>, after: Value) -> Option<Happening> {
        Some(Happening { inspection_id: self.id, kind, at: at?, user_id: by, before: None, after })
    }

    fn via(&self) -> Option<SentVia> {
        match self.visit.reached {
            Reached::Texted => Some(SentVia::Sms),
            Reached::HandedOver => Some(SentVia::Link),
            _ => None,
        }
    }

    /// What was rated, by the count of taps that it is the work of.
    fn numbered(&self) -> impl Iterator<Item = (i32, &Rated)> {
        (1..).zip(&self.rated)
    }

    fn rated_at(&self, version: i32) -> Option<Ago> {
        self.times.rated(version, i32::try_from(self.rated.len()).unwrap_or(i32::MAX))
    }
}

/// Something that happened to the inspection.
#[derive(Serialize)]
struct Happening {
    inspection_id: InspectionId,
    kind: Event,
    at: Ago,
    user_id: Option<UserId>,
    before: Option<Value>,
    after: Value,
}

fn key(rated: &Rated) -> Value {
    json!({ "category": rated.entry.category.key, "component": rated.entry.component.key })
}
