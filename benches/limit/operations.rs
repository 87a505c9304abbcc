//! What is measured, as requests. The statements that pgbench runs are not written anywhere: see capture.rs.

use courtesy::inspections::catalogue;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::seats::Seat;

/// One kind of request.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    /// The least part of pgbench's rate that is demanded, and the part that is aimed at.
    pub(crate) demand: f64,
    pub(crate) aim: f64,
    /// After how many requests they are the same again. Each is a change where it writes.
    pub(crate) turns: usize,
    /// Whether texts come of it, and what the outbox does about them meanwhile.
    pub(crate) texts: Texts,
    /// Whether it is about a single row, however many a shop has.
    pub(crate) is_single: bool,
    method: &'static str,
    path: fn(&Seat) -> String,
    body: Option<fn(&Seat, usize, Uuid) -> Value>,
}

/// What becomes of the texts that an operation queues.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Texts {
    None,
    /// The outbox hands them over at the same time, as in operation.
    HandedOver,
    /// They stay where they are: what is measured is the request alone.
    Left,
}

/// All of them, those that only read first.
pub(crate) const ALL: [Operation; 7] = [
    Operation {
        name: "open",
        what: "one inspection with vehicle, customer and 30 findings",
        demand: 0.55,
        aim: 0.65,
        turns: 1,
        texts: Texts::None,
        is_single: true,
        method: "GET",
        path: |seat| format!("/inspections/{}", seat.get("inspection_id")),
        body: None,
    },
    Operation {
        name: "newest",
        what: "the newest 50 inspections",
        demand: 0.65,
        aim: 0.8,
        turns: 1,
        texts: Texts::None,
        is_single: false,
        method: "GET",
        path: |_| "/inspections".to_owned(),
        body: None,
    },
    Operation {
        name: "conversations",
        what: "the latest 50 conversations",
        demand: 0.65,
        aim: 0.8,
        turns: 1,
        texts: Texts::None,
        is_single: false,
        method: "GET",
        path: |_| "/conversations".to_owned(),
        body: None,
    },
    Operation {
        name: "finding",
        what: "change a finding's colour and note",
        demand: 0.7,
        aim: 0.8,
        turns: 2,
        texts: Texts::None,
        is_single: true,
        method: "PUT",
        path: |seat| format!("/inspections/{}/items", seat.get("inspection_id")),
        body: Some(finding),
    },
    Operation {
        name: "message",
        what: "append a message, while the outbox hands over those before",
        demand: 0.7,
        aim: 0.8,
        turns: 1,
        texts: Texts::HandedOver,
        is_single: false,
        method: "POST",
        path: |seat| format!("/conversations/{}/messages", seat.get("conversation_id")),
        body: Some(message),
    },
    Operation {
        name: "message-alone",
        what: "append a message, while the outbox rests",
        demand: 0.7,
        aim: 0.8,
        turns: 1,
        texts: Texts::Left,
        is_single: true,
        method: "POST",
        path: |seat| format!("/conversations/{}/messages", seat.get("conversation_id")),
        body: Some(message),
    },
    Operation {
        name: "create",
        what: "take a car in",
        demand: 0.7,
        aim: 0.8,
        turns: 8,
        texts: Texts::None,
        is_single: true,
        method: "POST",
        path: |_| "/inspections".to_owned(),
        body: Some(inspection),
    },
];

impl Operation {
    /// A request of this kind, byte for byte. `id` is for what it makes.
    pub(crate) fn request(&self, seat: &Seat, turn: usize, id: Uuid) -> Vec<u8> {
        let body = self.body.map(|body| body(seat, turn % self.turns, id).to_string()).unwrap_or_default();
        let Self { method, path, .. } = self;
        let (path, token, length) = (path(seat), seat.get("token"), body.len());
        format!(
            "{method} /api/v1{path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }

    pub(crate) fn writes(&self) -> bool {
        self.body.is_some()
    }
}

fn finding(_: &Seat, turn: usize, _: Uuid) -> Value {
    let entry = catalogue::catalogue().entries().next().expect("the catalogue has entries");
    let (severity, notes) = [("yellow", "Wears thin"), ("red", "Worn out")][turn];
    json!({ "category": entry.category.key, "component": entry.component.key, "severity": severity, "notes": notes })
}

fn message(_: &Seat, _: usize, id: Uuid) -> Value {
    json!({ "id": id, "content": "Your car is ready, we are open until six." })
}

/// One vehicle after the other, so that none comes in thousands of times.
fn inspection(seat: &Seat, turn: usize, id: Uuid) -> Value {
    let vehicle = seat.get(&format!("vehicle_{turn}"));
    json!({ "id": id, "vehicle_id": vehicle, "odometer_reading": 48210, "customer_concerns": ["Squeals when braking"] })
}
