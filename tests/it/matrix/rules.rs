//! The table: who may ask for what, and how often the program waits for the database then.

use serde_json::{Value, json};
use uuid::Uuid;

use super::scene::{Ready, Scene};
use crate::support::PASSWORD;

/// Who may ask for an operation.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Who {
    /// Whoever comes by.
    Anyone,
    /// Whoever works in the shop.
    Staff,
    /// A manager, and the mechanic who inspects this car.
    Hands,
    /// A manager.
    Manager,
}

/// What is promised of one operation.
pub(super) struct Rule {
    /// As in `PATCH /customers/{id}`.
    pub operation: &'static str,
    pub who: Who,
    /// What has to be there.
    pub ready: Ready,
    /// How whoever may is answered.
    pub success: u16,
    /// On a connection that has met the statements.
    pub round_trips: usize,
    /// Why they are more than one to read or two to write.
    pub because: Option<&'static str>,
    /// A sound body, with every id in it that it can have, except for the one that a client chooses.
    pub body: Option<fn(&Scene) -> Value>,
    /// What is sent where it is no JSON: a photo, with what stands behind the question mark.
    pub photo: Option<&'static str>,
    /// Whether the last part of the path is something else than an id of what is there: one that whoever asks has chosen, or a
    /// word.
    pub ends_otherwise: bool,
    /// Parameters that take an id of what stands behind this part of an address.
    pub filters: &'static [(&'static str, &'static str)],
}

impl Rule {
    const fn new(operation: &'static str, who: Who, ready: Ready, success: u16, round_trips: usize) -> Self {
        Self {
            operation,
            who,
            ready,
            success,
            round_trips,
            because: None,
            body: None,
            photo: None,
            ends_otherwise: false,
            filters: &[],
        }
    }

    /// Reads in one round trip.
    const fn read(operation: &'static str, who: Who, ready: Ready) -> Self {
        Self::new(operation, who, ready, 200, 1)
    }

    const fn says(self, body: fn(&Scene) -> Value) -> Self {
        Self { body: Some(body), ..self }
    }

    const fn sends_photo(self, query: &'static str) -> Self {
        Self { photo: Some(query), ends_otherwise: true, ..self }
    }

    const fn ends_otherwise(self) -> Self {
        Self { ends_otherwise: true, ..self }
    }

    const fn filtered(self, filters: &'static [(&'static str, &'static str)]) -> Self {
        Self { filters, ..self }
    }

    const fn because(self, reason: &'static str) -> Self {
        Self { because: Some(reason), ..self }
    }

    /// `PATCH`, and `/customers/{id}`.
    pub(super) fn method_and_template(&self) -> (&'static str, &'static str) {
        self.operation.split_once(' ').expect("a method and a path")
    }

    /// The path with an id in each place of one; what it stands behind and its place are given.
    pub(super) fn path(&self, id: impl Fn(&str, usize) -> String) -> String {
        let mut path = String::new();
        let (mut behind, mut place) = ("", 0);
        for part in self.method_and_template().1.split('/').skip(1) {
            let filled = if part.starts_with('{') {
                place += 1;
                id(behind, place - 1)
            } else {
                part.to_owned()
            };
            path = format!("{path}/{filled}");
            behind = part;
        }
        path
    }

    /// How many ids of what is there the path has.
    pub(super) fn places(&self) -> usize {
        self.operation.matches('{').count() - usize::from(self.ends_otherwise)
    }
}

use Ready::{Assigned, Completed, Desk, Gone, InProgress, Rated, Sent, Sold, Talk};
use Who::{Anyone, Hands, Manager, Staff};

/// Every operation of the API.
pub(super) const RULES: &[Rule] = &[
    Rule::new("POST /shops", Anyone, Desk, 201, 2).says(|_| {
        let email = format!("{}@new.example", Uuid::now_v7());
        let user = json!({ "email": email, "password": PASSWORD, "first_name": "Ida", "last_name": "Brandt" });
        json!({ "shop": { "name": "Brandt Motors" }, "user": user })
    }),
    Rule::new("POST /sessions", Anyone, Desk, 201, 3)
        .says(|scene| json!({ "email": scene.manager.email, "password": PASSWORD }))
        .because("a door finds the login, the password is checked, a door opens the session, and then it is read"),
    Rule::new("DELETE /sessions/current", Staff, Desk, 204, 1),
    Rule::read("GET /me", Staff, Desk),
    Rule::new("POST /me/password", Staff, Desk, 204, 2)
        .says(|_| json!({ "current": PASSWORD, "new": "another long passphrase" })),
    Rule::read("GET /shop", Staff, Desk),
    Rule::new("PATCH /shop", Manager, Desk, 200, 2).says(|_| json!({ "name": "Delgado & Daughters" })),
    Rule::read("GET /users", Staff, Desk),
    Rule::new("POST /users", Manager, Desk, 201, 2).says(|_| {
        let email = format!("{}@new.example", Uuid::now_v7());
        json!({ "email": email, "password": PASSWORD, "role": "mechanic" })
    }),
    Rule::read("GET /users/{id}", Staff, Desk),
    Rule::new("PATCH /users/{id}", Manager, Desk, 200, 3)
        .says(|_| json!({ "first_name": "Aiko", "password": "another long passphrase" }))
        .because("the password is hashed outside of any transaction, and only for who may change this person"),
    Rule::new("DELETE /users/{id}", Manager, Desk, 204, 2),
    Rule::read("GET /customers", Staff, Desk),
    Rule::new("POST /customers", Manager, Desk, 201, 2).says(|_| json!({ "first_name": "Omar" })),
    Rule::read("GET /customers/{id}", Staff, Desk),
    Rule::new("PATCH /customers/{id}", Manager, Desk, 200, 2)
        .says(|_| json!({ "last_name": "Abel", "phone": "(415) 555-0188", "sms_opt_in": false })),
    Rule::new("DELETE /customers/{id}", Manager, Desk, 204, 1),
    Rule::new("POST /customers/{id}/restore", Manager, Gone, 200, 2),
    Rule::read("GET /customers/{id}/vehicles", Staff, Desk),
    Rule::new("POST /customers/{id}/vehicles", Manager, Desk, 201, 2).says(|_| json!({ "make": "Saab" })),
    Rule::read("GET /vehicles", Staff, Desk),
    Rule::read("GET /vehicles/{id}", Staff, Desk),
    Rule::new("PATCH /vehicles/{id}", Hands, InProgress, 200, 2).says(|_| json!({ "mileage": 81_000 })),
    Rule::new("DELETE /vehicles/{id}", Manager, Desk, 204, 1),
    Rule::new("POST /vehicles/{id}/restore", Manager, Sold, 200, 2),
    Rule::read("GET /vehicles/{id}/inspections", Staff, Sent)
        .filtered(&[("vehicle_id", "vehicles"), ("assigned_to", "users")]),
    Rule::read("GET /catalogue", Staff, Desk),
    Rule::new("GET /events", Staff, Desk, 200, 2)
        .because("who asks is known before they join the shop's hub, and asked again behind it"),
    Rule::read("GET /inspections", Staff, Sent).filtered(&[("vehicle_id", "vehicles"), ("assigned_to", "users")]),
    Rule::new("POST /inspections", Manager, Desk, 201, 2)
        .says(|scene| json!({ "vehicle_id": scene["vehicles"], "assigned_to": scene["users"] })),
    Rule::read("GET /inspections/{id}", Staff, Sent),
    Rule::new("PATCH /inspections/{id}", Hands, InProgress, 200, 2).says(|_| json!({ "odometer_reading": 81_000 })),
    Rule::new("DELETE /inspections/{id}", Manager, InProgress, 204, 1),
    Rule::new("POST /inspections/{id}/assign", Manager, Assigned, 200, 2)
        .says(|scene| json!({ "user_id": scene["users"] })),
    Rule::new("POST /inspections/{id}/start", Hands, Assigned, 200, 2),
    Rule::new("POST /inspections/{id}/complete", Hands, Rated, 200, 2),
    Rule::new("POST /inspections/{id}/reopen", Manager, Sent, 200, 2)
        .says(|_| json!({ "reason": "A pad was mixed up" })),
    Rule::new("POST /inspections/{id}/send", Manager, Completed, 200, 2),
    Rule::new("DELETE /inspections/{id}/links", Manager, Sent, 204, 1),
    Rule::new("PUT /inspections/{id}/items", Hands, InProgress, 200, 2)
        .says(|_| json!({ "category": "brakes", "component": "rear_pads_left", "severity": "red" })),
    Rule::new("DELETE /inspections/{id}/items/{item}", Hands, InProgress, 204, 2),
    Rule::new("PUT /inspections/{id}/photos/{photo_id}", Hands, InProgress, 201, 3)
        .sends_photo("?category=brakes&component=front_pads_left")
        .because("whether it may be is known before a picture is received, and decided again once it is kept"),
    Rule::new("PATCH /inspections/{id}/photos/{photo_id}", Hands, InProgress, 200, 2)
        .says(|_| json!({ "caption": "Down to the metal" })),
    Rule::new("DELETE /inspections/{id}/photos/{photo_id}", Hands, InProgress, 204, 2),
    Rule::read("GET /photos/{id}/{size}", Staff, InProgress).ends_otherwise(),
    Rule::read("GET /conversations", Manager, Talk),
    Rule::new("POST /conversations", Manager, Desk, 201, 1)
        .says(|scene| json!({ "customer_id": scene["customers"] })),
    Rule::read("GET /conversations/{id}", Manager, Talk),
    Rule::new("PATCH /conversations/{id}", Manager, Talk, 200, 2).says(|_| json!({ "status": "closed" })),
    Rule::new("POST /conversations/{id}/consent", Manager, Talk, 200, 2)
        .says(|_| json!({ "may_text": false, "reason": "Asked at the desk not to be texted" })),
    Rule::read("GET /conversations/{id}/messages", Manager, Talk),
    Rule::new("POST /conversations/{id}/messages", Manager, Talk, 201, 2).says(|_| json!({ "content": "Come by." })),
    Rule::new("POST /conversations/{id}/messages/{message_id}/retry", Manager, Talk, 201, 2),
    Rule::read("GET /pictures/{id}/{size}", Manager, Talk).ends_otherwise(),
    Rule::new("GET /sandbox/messages", Staff, Talk, 200, 2)
        .because("the shop's country says how the phone is to be read"),
    Rule::new("POST /sandbox/messages", Staff, Desk, 201, 3)
        .says(|_| json!({ "from": "+14155550142", "content": "On my way." }))
        .because("the shop's country and line are looked up before a text can come in"),
    Rule::new("PUT /sandbox/messages/{id}", Staff, Talk, 201, 3)
        .sends_photo("?from=%2B14155550142")
        .because("the shop's country and line are looked up before a picture is received"),
];

/// What is asked for by a report's link, outside of the API's base.
pub(super) const BY_LINK: &[Rule] = &[
    Rule::new("GET /r/{token}", Anyone, Sent, 200, 2).because(BY_DOOR),
    Rule::new("GET /r/{token}/photos/{id}/{size}", Anyone, Sent, 200, 2).because(BY_DOOR).ends_otherwise(),
    Rule::new("POST /r/{token}/seen", Anyone, Sent, 204, 2),
    Rule::new("POST /r/{token}/answers", Anyone, Sent, 204, 3)
        .says(|_| json!({ "answers": [{ "category": "brakes", "component": "front_pads_left", "answer": "do_it" }] }))
        .because(BY_DOOR),
];

const BY_DOOR: &str = "a door finds the shop by the link";
