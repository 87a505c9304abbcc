//! Which page is for whom, and what its form is filled in with.

use crate::matrix::scene::Ready;

/// A page, or a form that is sent.
pub(super) struct Row {
    /// As in `POST /inspections/{id}/assign`; `{id}` is that of the scene.
    pub page: &'static str,
    pub who: Who,
    /// What it is opened on.
    pub ready: Ready,
    /// A value such as `{customers}` is the id of the scene's.
    pub fields: &'static [(&'static str, &'static str)],
    /// How it is answered to a manager.
    pub success: u16,
}

/// For whom a page is.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Who {
    Anybody,
    Staff,
    Manager,
}

impl Row {
    pub(super) fn template(&self) -> &'static str {
        self.page.split_once(' ').expect("a method and an address").1
    }

    pub(super) fn is_form(&self) -> bool {
        self.page.starts_with("POST ")
    }

    /// What the form is filled in with, for the ids behind `{...}`.
    pub(super) fn filled(&self, id: impl Fn(&str) -> String) -> Vec<(&'static str, String)> {
        let value = |value: &str| match value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(part) => id(part),
            None => value.to_owned(),
        };
        self.fields.iter().map(|(name, typed)| (*name, value(typed))).collect()
    }

    /// The address for what stands behind each part of it.
    pub(super) fn path(&self, id: impl Fn(&str) -> String) -> String {
        let mut path = String::new();
        for part in self.template().split('/').skip(1) {
            let behind = path.rsplit('/').next().unwrap_or_default().to_owned();
            path.push('/');
            path.push_str(&if part.starts_with('{') { id(&behind) } else { part.to_owned() });
        }
        path
    }
}

const fn page(page: &'static str, who: Who, ready: Ready) -> Row {
    Row { page, who, ready, fields: &[], success: 200 }
}

const fn form(page: &'static str, who: Who, ready: Ready, fields: &'static [(&'static str, &'static str)]) -> Row {
    Row { page, who, ready, fields, success: 303 }
}

use Ready::{Assigned, Completed, Desk, Gone, InProgress, Sent, Sold, Talk};
use Who::{Anybody, Manager, Staff};

/// In the order of `src/app/pages.rs`.
pub(super) const ROWS: &[Row] = &[
    // Whoever is logged in goes on to the board.
    Row { success: 303, ..page("GET /", Anybody, Desk) },
    page("GET /signup", Anybody, Desk),
    form(
        "POST /signup",
        Anybody,
        Desk,
        &[
            ("shop.name", "Hill Street Garage"),
            ("user.first_name", "Ana"),
            ("user.last_name", "Hill"),
            ("user.email", "ana@hill.example"),
            ("user.password", "correct horse battery"),
        ],
    ),
    page("GET /login", Anybody, Desk),
    form("POST /login", Anybody, Desk, &[("email", "manager@ours.example"), ("password", "correct horse battery")]),
    form("POST /logout", Staff, Desk, &[]),
    page("GET /account", Staff, Desk),
    form(
        "POST /account/password",
        Staff,
        Desk,
        &[("current", "correct horse battery"), ("new", "another horse battery")],
    ),
    page("GET /inspections/new", Manager, Desk),
    form(
        "POST /inspections/new",
        Manager,
        Desk,
        &[
            ("customer.first_name", "Ludmila"),
            ("vehicle.id", "0190f0c0-0000-7000-8000-00000000000b"),
            ("vehicle.make", "Mazda"),
            ("inspection.vehicle_id", "0190f0c0-0000-7000-8000-00000000000b"),
        ],
    ),
    page("GET /inspections/new/found", Manager, Desk),
    page("GET /inspections/new/known", Manager, Desk),
    page("GET /inspections/new/vin", Manager, Desk),
    page("GET /work", Staff, Desk),
    page("GET /board", Staff, Desk),
    page("GET /inspections/{id}", Staff, Completed),
    page("GET /inspections/{id}/report", Staff, Completed),
    // Without any file, which a form of this kind has.
    Row { success: 415, ..form("POST /inspections/{id}/photos", Staff, InProgress, &[]) },
    page("GET /inspections/{id}/photos/{photo}", Staff, InProgress),
    form("POST /inspections/{id}/photos/{photo}/caption", Staff, Completed, &[("caption", "Worn out")]),
    form("POST /inspections/{id}/photos/{photo}/remove", Staff, InProgress, &[]),
    form("POST /inspections/{id}/start", Staff, Assigned, &[]),
    form("POST /inspections/{id}/complete", Staff, InProgress, &[("allow_incomplete", "true")]),
    form("POST /inspections/{id}/reopen", Manager, Completed, &[("reason", "Look at the left ball joint again")]),
    form(
        "POST /inspections/{id}/notes",
        Staff,
        Completed,
        &[("category", "brakes"), ("component", "front_pads_left"), ("notes", "Worn to the metal")],
    ),
    form("POST /inspections/{id}/send", Manager, Completed, &[]),
    form("POST /inspections/{id}/revoke", Manager, Sent, &[]),
    form("POST /inspections/{id}/delete", Manager, Completed, &[]),
    page("GET /inspections/{id}/inspect", Staff, InProgress),
    form("POST /inspections/{id}/inspect", Staff, Assigned, &[]),
    form("POST /inspections/{id}/assign", Manager, Assigned, &[("user_id", ""), ("back", "/board")]),
    page("GET /customers", Staff, Desk),
    page("GET /customers/new", Manager, Desk),
    form("POST /customers/new", Manager, Desk, &[("first_name", "Ludmila")]),
    page("GET /customers/{id}", Staff, Sent),
    page("GET /customers/{id}/edit", Manager, Desk),
    form("POST /customers/{id}/edit", Manager, Desk, &[("last_name", "Abel")]),
    form("POST /customers/{id}/delete", Manager, Desk, &[]),
    form("POST /customers/{id}/restore", Manager, Gone, &[]),
    page("GET /customers/{id}/vehicles/new", Manager, Desk),
    form("POST /customers/{id}/vehicles/new", Manager, Desk, &[("make", "Saab")]),
    page("GET /vehicles/{id}", Staff, Sent),
    page("GET /vehicles/{id}/edit", Manager, Desk),
    form("POST /vehicles/{id}/edit", Manager, Desk, &[("color", "Blue")]),
    form("POST /vehicles/{id}/delete", Manager, Desk, &[]),
    form("POST /vehicles/{id}/restore", Manager, Sold, &[]),
    page("GET /team", Manager, Desk),
    Row {
        success: 200,
        ..form(
            "POST /team",
            Manager,
            Desk,
            &[
                ("id", "0190f0c0-0000-7000-8000-00000000000c"),
                ("email", "dee@ours.example"),
                ("first_name", "Dee"),
                ("role", "mechanic"),
            ],
        )
    },
    page("GET /team/{id}", Manager, Desk),
    form("POST /team/{id}", Manager, Desk, &[("first_name", "Dee"), ("role", "mechanic")]),
    form("POST /team/{id}/status", Manager, Desk, &[("status", "inactive")]),
    Row { success: 200, ..form("POST /team/{id}/password", Manager, Desk, &[]) },
    form("POST /team/{id}/sessions", Manager, Desk, &[]),
    Row { success: 200, ..form("POST /team/{id}/code", Manager, Desk, &[]) },
    page("GET /settings", Manager, Desk),
    form("POST /settings", Manager, Desk, &[("name", "Delgado & Daughters"), ("settings.units", "metric")]),
    form("POST /settings/replies", Manager, Desk, &[("settings.quick_replies.0", "On our way."), ("step", "save")]),
    page("GET /settings/data", Manager, Desk),
    // A file comes as another kind of form than the others; see data.rs.
    Row { success: 415, ..form("POST /settings/data", Manager, Desk, &[]) },
    page("GET /settings/data/imports/{id}", Manager, Desk),
    form("POST /settings/data/imports/{id}", Manager, Desk, &[]),
    page("GET /settings/data/customers.csv", Manager, Desk),
    page("GET /settings/data/vehicles.csv", Manager, Desk),
    page("GET /settings/data/inspections.csv", Manager, Desk),
    page("GET /settings/data/archive.zip", Manager, Desk),
    page("GET /conversations", Manager, Talk),
    form("POST /conversations", Manager, Desk, &[("customer_id", "{customers}")]),
    page("GET /conversations/{id}", Manager, Talk),
    form("POST /conversations/{id}", Manager, Talk, &[("read", "true")]),
    form("POST /conversations/{id}/messages", Manager, Talk, &[("content", "We open at 8")]),
    form("POST /conversations/{id}/messages/{message_id}/retry", Manager, Talk, &[]),
    form(
        "POST /conversations/{id}/consent",
        Manager,
        Talk,
        &[("may_text", "false"), ("reason", "Told us at the desk")],
    ),
    page("GET /sandbox", Manager, Desk),
    form("POST /sandbox", Manager, Desk, &[("from", "+14155550199"), ("content", "Do you open at 8?")]),
    // Without any file, which a form of this kind has.
    Row { success: 415, ..form("POST /sandbox/pictures", Manager, Desk, &[]) },
];
