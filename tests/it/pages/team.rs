//! The team's page: adding, changing and logging out people, the last manager, and the code that logs a phone in.

use axum::http::header;
use serde_json::json;
use tokio_postgres::Client;

use crate::support::{Answer, PASSWORD, Person, TestApp};

const DEE: [(&str, &str); 4] = [
    ("id", "0190f0c0-0000-7000-8000-0000000000de"),
    ("email", "dee@ours.example"),
    ("first_name", "Dee"),
    ("role", "mechanic"),
];

/// What the page says of a password, the one time that it does.
fn password(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
    answer.attributes("#password", "value").remove(0)
}

async fn log_in(app: &TestApp, email: &str, password: &str) -> Answer {
    app.post("/sessions", None, &json!({ "email": email, "password": password })).await
}

/// The path of the code on the page that shows it.
fn code(answer: &Answer) -> String {
    let address = answer.attributes("#address", "value").remove(0);
    address.strip_prefix(crate::support::app::PUBLIC_URL).expect("the public address").to_owned()
}

/// Whoever the browser is after this answer.
fn let_in(answer: &Answer) -> Person {
    assert_eq!(answer.leads_to(), "/board");
    let line = answer.headers[header::SET_COOKIE].to_str().unwrap();
    let token = line.split(['=', ';']).nth(1).unwrap().to_owned();
    Person { id: String::new(), email: String::new(), token }
}

async fn sessions_of(owner: &Client, person: &Person) -> i64 {
    let open = "SELECT count(*) FROM sessions WHERE user_id::text = $1";
    owner.query_one(open, &[&person.id]).await.unwrap().get(0)
}

#[tokio::test]
async fn whoever_is_added_logs_in_with_the_password_that_is_shown_once() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let shown = app.submit("/team", boss, &DEE).await;
    log_in(&app, "dee@ours.example", &password(&shown)).await.created();
    let listed = app.open("/team", boss).await;
    assert!(listed.texts(".people h2").contains(&"Dee".to_owned()));
    assert_eq!(listed.texts(".people li:first-child h2"), ["Maria Delgado (you)"]);
    assert!(!String::from_utf8_lossy(&listed.bytes).contains(&password(&shown)));
    // The answer was lost and the form is sent again: nobody is added twice, and the way out is said.
    let again = app.submit("/team", boss, &DEE).await;
    let told = app.open(again.leads_to(), boss).await;
    assert_eq!(
        told.texts("[role=status]"),
        ["They were added before. If you missed the password, make a new one here."]
    );
}

#[tokio::test]
async fn what_is_wrong_with_somebody_new_stands_beside_its_field() {
    let (app, world) = TestApp::start().await;
    let typed = [("id", DEE[0].1), ("email", "tomasz@theirs.example"), ("first_name", "Dee"), ("role", "mechanic")];
    let refused = app.submit("/team", &world.ours.manager, &typed).await;
    assert_eq!(refused.status, 422);
    assert_eq!(
        refused.texts(".wrong"),
        ["E-mail, to log in with already belongs to somebody's login; take another one."]
    );
    assert_eq!(refused.attributes("[name=first_name]", "value"), ["Dee"]);
    let typed = [("email", "nobody"), ("first_name", "Dee"), ("role", "owner")];
    assert_eq!(app.submit("/team", &world.ours.manager, &typed).await.texts(".wrong").len(), 2);
}

#[tokio::test]
async fn a_new_password_ends_what_was_open() {
    let (app, world) = TestApp::start().await;
    let (boss, tomasz) = (&world.ours.manager, &world.ours.mechanic);
    let page = format!("/team/{}", tomasz.id);
    let code = code(&app.submit(&format!("{page}/code"), boss, &[]).await);
    let shown = password(&app.submit(&format!("{page}/password"), boss, &[]).await);
    app.get("/me", tomasz).await.problem(401, "about:blank");
    assert_eq!(app.submit(&code, None, &[]).await.status, 404);
    log_in(&app, &tomasz.email, PASSWORD).await.problem(401, "about:blank");
    log_in(&app, &tomasz.email, &shown).await.created();
}

#[tokio::test]
async fn somebody_is_logged_out_everywhere_and_may_come_again() {
    let (app, world) = TestApp::start().await;
    let (boss, tomasz) = (&world.ours.manager, &world.ours.mechanic);
    let page = format!("/team/{}", tomasz.id);
    let code = code(&app.submit(&format!("{page}/code"), boss, &[]).await);
    let done = app.submit(&format!("{page}/sessions"), boss, &[]).await;
    assert_eq!(app.open(done.leads_to(), boss).await.texts("[role=status]"), ["They are logged out everywhere."]);
    app.get("/me", tomasz).await.problem(401, "about:blank");
    assert_eq!(app.submit(&code, None, &[]).await.status, 404, "the code would have let them in again");
    app.get("/me", boss).await.ok();
    log_in(&app, &tomasz.email, PASSWORD).await.created();
}

#[tokio::test]
async fn a_code_lets_nobody_in_while_a_new_password_is_made() {
    let (app, world) = TestApp::start().await;
    let (owner, tomasz) = (app.owner().await, &world.ours.mechanic);
    let code = code(&app.submit(&format!("/team/{}/code", tomasz.id), &world.ours.manager, &[]).await);
    let change = format!("BEGIN; UPDATE users SET password_hash = 'another' WHERE id = '{}'", tomasz.id);
    owner.batch_execute(&change).await.unwrap();
    let end = format!("DELETE FROM sessions WHERE user_id = '{}'", tomasz.id);
    assert_eq!(app.amid(&owner, &end, app.submit(&code, None, &[])).await.status, 404);
    assert_eq!(sessions_of(&owner, tomasz).await, 0);
}

#[tokio::test]
async fn logging_somebody_out_waits_for_the_code_that_lets_them_in() {
    let (app, world) = TestApp::start().await;
    let (owner, boss, tomasz) = (app.owner().await, &world.ours.manager, &world.ours.mechanic);
    let page = format!("/team/{}", tomasz.id);
    app.submit(&format!("{page}/code"), boss, &[]).await;
    let redeem = format!("BEGIN; DELETE FROM login_codes WHERE user_id = '{}'", tomasz.id);
    owner.batch_execute(&redeem).await.unwrap();
    let open = format!(
        "INSERT INTO sessions (shop_id, user_id, token_hash) VALUES ('{}', '{}', sha256('x'))",
        world.ours.id, tomasz.id
    );
    app.amid(&owner, &open, app.submit(&format!("{page}/sessions"), boss, &[])).await.leads_to();
    assert_eq!(sessions_of(&owner, tomasz).await, 0);
}

#[tokio::test]
async fn somebody_is_deactivated_and_activated_again() {
    let (app, world) = TestApp::start().await;
    let (boss, tomasz) = (&world.ours.manager, &world.ours.mechanic);
    let status = format!("/team/{}/status", tomasz.id);
    let done = app.submit(&status, boss, &[("status", "inactive")]).await;
    let page = app.open(done.leads_to(), boss).await;
    assert_eq!(page.attributes("[name=status]", "value"), ["active"]);
    assert!(page.texts("h2").iter().all(|heading| heading != "Log a phone in"));
    log_in(&app, &tomasz.email, PASSWORD).await.problem(401, "about:blank");
    let code = app.submit(&format!("/team/{}/code", tomasz.id), boss, &[]).await;
    assert_eq!(code.texts("[role=alert]"), ["They may not log in. Activate them first."]);
    app.submit(&status, boss, &[("status", "active")]).await.leads_to();
    log_in(&app, &tomasz.email, PASSWORD).await.created();
}

#[tokio::test]
async fn the_last_manager_stays_and_is_told_why() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let page = format!("/team/{}", boss.id);
    let refusals = [
        app.submit(&page, boss, &[("role", "mechanic")]).await,
        app.submit(&format!("{page}/status"), boss, &[("status", "inactive")]).await,
    ];
    for refused in refusals {
        assert_eq!(refused.status, 409);
        assert_eq!(refused.texts("[role=alert]").len(), 1);
        assert!(refused.texts("[role=alert]")[0].starts_with("The shop would be left without a manager"));
        assert_eq!(refused.attributes("[name=role][checked]", "value"), ["shop_manager"]);
    }
    app.get("/users", boss).await.ok();
}

#[tokio::test]
async fn a_phone_comes_in_by_a_code_once() {
    let (app, world) = TestApp::start().await;
    let (boss, tomasz) = (&world.ours.manager, &world.ours.mechanic);
    let shown = app.submit(&format!("/team/{}/code", tomasz.id), boss, &[]).await;
    assert_eq!(shown.attributes("svg.code", "role"), ["img"]);
    let code = code(&shown);
    // Cameras and previews look before anybody presses, as often as they like.
    for _ in 0..3 {
        let page = app.open(&code, None).await;
        assert_eq!((page.status.as_u16(), page.texts("button")), (200, vec!["Log in as tomasz".to_owned()]));
    }
    let phone = let_in(&app.submit(&code, None, &[]).await);
    assert_eq!(app.get("/me", &phone).await.ok()["user"]["id"], *tomasz.id);
    let second = app.submit(&code, None, &[]).await;
    assert_eq!((second.status.as_u16(), second.texts("h1")), (404, vec!["This code has ended".to_owned()]));
    assert_eq!(second.headers.get(header::SET_COOKIE), None);
}

#[tokio::test]
async fn a_code_ends_after_five_minutes_and_with_the_next_one() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    let (boss, make) = (&world.ours.manager, format!("/team/{}/code", world.ours.mechanic.id));
    let first = code(&app.submit(&make, boss, &[]).await);
    let second = code(&app.submit(&make, boss, &[]).await);
    let later = "UPDATE login_codes SET created_at = created_at - interval '299 seconds',
                                        expires_at = expires_at - interval '299 seconds'";
    let earlier = "UPDATE users SET updated_at = updated_at - interval '1 hour' WHERE id::text = $1";
    owner.batch_execute("ALTER TABLE users DISABLE TRIGGER touch").await.unwrap();
    owner.execute(earlier, &[&world.ours.mechanic.id]).await.unwrap();
    owner.batch_execute(later).await.unwrap();
    assert_eq!(app.open(&first, None).await.status, 404);
    assert_eq!(app.open(&second, None).await.status, 200);
    owner.batch_execute(&later.replace("299", "2")).await.unwrap();
    assert_eq!(app.open(&second, None).await.status, 404);
    assert_eq!(app.submit(&second, None, &[]).await.status, 404);
    for nonsense in ["/log-in/x", "/log-in/0123456789abcdefghijkl"] {
        assert_eq!(app.open(nonsense, None).await.status, 404);
    }
}

#[tokio::test]
async fn two_phones_with_one_code_are_one_session() {
    let (app, world) = TestApp::start().await;
    let make = format!("/team/{}/code", world.ours.mechanic.id);
    for _ in 0..5 {
        let code = code(&app.submit(&make, &world.ours.manager, &[]).await);
        let (one, other) = tokio::join!(app.submit(&code, None, &[]), app.submit(&code, None, &[]));
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 404]);
    }
}
