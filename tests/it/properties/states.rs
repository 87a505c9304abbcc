//! The database's own triggers, tried with every pair of states and every kind of change, past all the program's rules.

use tokio_postgres::Client;

use crate::support::TestApp;
use crate::support::world::Shop;

/// The states in the order of the way.
const STATES: [&str; 5] = ["created", "assigned", "in_progress", "completed", "sent"];

/// Every arrow of the way: assign and unassign, start, complete, send, and back to the car.
const ARROWS: [(&str, &str); 8] = [
    ("created", "assigned"),
    ("assigned", "created"),
    ("created", "in_progress"),
    ("assigned", "in_progress"),
    ("in_progress", "completed"),
    ("completed", "sent"),
    ("completed", "in_progress"),
    ("sent", "in_progress"),
];

/// The arrows that lead from the beginning to a state.
fn way_to(state: &str) -> &'static [&'static str] {
    match state {
        "created" => &[],
        "assigned" => &["assigned"],
        "in_progress" => &["in_progress"],
        "completed" => &["in_progress", "completed"],
        "sent" => &["in_progress", "completed", "sent"],
        other => panic!("{other} is no state"),
    }
}

/// A new inspection of our car, as a statement.
fn birth(shop: &Shop, state: &str) -> String {
    format!(
        "INSERT INTO inspections (id, shop_id, vehicle_id, created_by, assigned_to, status, catalogue_version)
         VALUES ('0190f0c0-0000-7000-8000-0000000000aa', '{}', '{}', '{}', '{}', '{state}', 'x')",
        shop.id, shop.vehicle, shop.manager.id, shop.mechanic.id
    )
}

fn step(to: &str) -> String {
    format!("UPDATE inspections SET status = '{to}' WHERE id = '0190f0c0-0000-7000-8000-0000000000aa'")
}

/// Whether the last statement is let through after the others, all in one transaction that is taken back. A refusal must
/// be the trigger's own.
async fn is_let_through(requests: &Client, shop: &Shop, before: &[String], last: &str) -> bool {
    requests.batch_execute(&format!("BEGIN; SET LOCAL app.current_shop_id = '{}'", shop.id)).await.expect("begun");
    for statement in before {
        requests.batch_execute(statement).await.expect(statement);
    }
    let tried = requests.execute(last, &[]).await;
    requests.batch_execute("ROLLBACK").await.expect("taken back");
    match tried {
        Ok(changed) => {
            assert_eq!(changed, 1, "{last}");
            true
        }
        Err(refusal) => {
            assert_eq!(refusal.code().expect("a refusal").code(), "CIWAY", "{last}: {refusal:?}");
            false
        }
    }
}

#[tokio::test]
async fn the_database_lets_a_status_go_along_the_arrows_only() {
    let (app, world) = TestApp::start().await;
    let (requests, ours) = (app.with_role("courtesy_app").await, &world.ours);
    for state in STATES {
        let may_begin = ["created", "assigned"].contains(&state);
        assert_eq!(is_let_through(&requests, ours, &[], &birth(ours, state)).await, may_begin, "begin as {state}");
    }
    for from in STATES {
        let mut before = vec![birth(ours, "created")];
        before.extend(way_to(from).iter().map(|state| step(state)));
        for to in STATES {
            let is_arrow = from == to || ARROWS.contains(&(from, to));
            assert_eq!(is_let_through(&requests, ours, &before, &step(to)).await, is_arrow, "{from} to {to}");
        }
    }
}

/// Where findings may be made, rated, reworded, answered and removed.
const FINDINGS: [(&str, &str, &[&str]); 5] = [
    (
        "made",
        "INSERT INTO inspection_items (shop_id, inspection_id, category, component, version)
         SELECT shop_id, id, 'tires', 'tpms_lamp', 2 FROM inspections WHERE id = '0190f0c0-0000-7000-8000-0000000000aa'",
        &["in_progress"],
    ),
    (
        "rated",
        "UPDATE inspection_items SET severity = 'red' WHERE inspection_id = '0190f0c0-0000-7000-8000-0000000000aa'",
        &["in_progress"],
    ),
    (
        "reworded",
        "UPDATE inspection_items SET notes = 'flat' WHERE inspection_id = '0190f0c0-0000-7000-8000-0000000000aa'",
        &["in_progress", "completed"],
    ),
    (
        "answered",
        "UPDATE inspection_items SET customer_answer = 'later'
          WHERE inspection_id = '0190f0c0-0000-7000-8000-0000000000aa'",
        &["in_progress", "completed", "sent"],
    ),
    (
        "removed",
        "DELETE FROM inspection_items WHERE inspection_id = '0190f0c0-0000-7000-8000-0000000000aa'",
        &["in_progress"],
    ),
];

#[tokio::test]
async fn the_database_lets_findings_change_only_at_the_car() {
    let (app, world) = TestApp::start().await;
    let (requests, ours) = (app.with_role("courtesy_app").await, &world.ours);
    let spare = FINDINGS[0].1.replace("tpms_lamp", "spare");
    for (kind, change, states) in FINDINGS {
        for state in ["in_progress", "completed", "sent"] {
            let mut before = vec![birth(ours, "created"), step("in_progress"), spare.clone()];
            before.extend(way_to(state).iter().map(|state| step(state)));
            let is_let = is_let_through(&requests, ours, &before, change).await;
            assert_eq!(is_let, states.contains(&state), "{kind} while {state}");
        }
    }
    for state in ["created", "assigned"] {
        let before = [birth(ours, state)];
        assert!(!is_let_through(&requests, ours, &before, FINDINGS[0].1).await, "made while {state}");
    }
}

/// How final each state of a text is.
const DELIVERY: [&str; 4] = ["pending", "sent", "failed", "delivered"];

#[tokio::test]
async fn the_database_lets_delivery_go_forward_only() {
    let (app, world) = TestApp::start().await;
    let ours = &world.ours;
    let id = "0190f0c0-0000-7000-8000-0000000000aa";
    let text = |state: &str| {
        format!(
            "WITH talk AS (
                 INSERT INTO conversations (shop_id, customer_id) VALUES ('{0}', '{1}') RETURNING id)
             INSERT INTO messages (id, shop_id, conversation_id, customer_id, direction, phone_number, content, status)
             SELECT '{id}', '{0}', id, '{1}', 'outbound', '+14155550142', 'Hi', '{state}' FROM talk",
            ours.id, ours.customer
        )
    };
    for role in ["courtesy_app", "courtesy_worker"] {
        let (owner, client) = (app.owner().await, app.with_role(role).await);
        for (rank, from) in DELIVERY.into_iter().enumerate() {
            owner.batch_execute(&text(from)).await.expect("written");
            for (other, to) in DELIVERY.into_iter().enumerate() {
                let step = format!("UPDATE messages SET status = '{to}' WHERE id = '{id}'");
                assert_eq!(is_let_through(&client, ours, &[], &step).await, other >= rank, "{from} to {to}");
            }
            owner.batch_execute("DELETE FROM messages; DELETE FROM conversations").await.expect("removed");
        }
    }
}
