//! Signing up, logging in and out, and what becomes of a form whose sender was logged out meanwhile.

use axum::body::{Body, Bytes};
use axum::http::{Request, header};
use futures_util::stream;

use crate::support::browser::as_browser;
use crate::support::{PASSWORD, Person, TestApp};

fn cookie(answer: &crate::support::Answer) -> String {
    let line = answer.headers[header::SET_COOKIE].to_str().unwrap();
    let (name, rest) = line.split_once('=').unwrap();
    assert_eq!(name, "__Host-courtesy", "{line}");
    for part in ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"] {
        assert!(rest.split("; ").any(|told| told == part), "{line}");
    }
    rest.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn signing_up_twice_with_one_form_makes_one_shop() {
    let (app, _) = TestApp::start().await;
    let id = app.open("/signup", None).await.attributes("[name=id]", "value").remove(0);
    let fields = [
        ("id", id.as_str()),
        ("shop.name", "Hill Street Garage"),
        ("shop.settings.timezone", "America/Chicago"),
        ("user.first_name", "Ana"),
        ("user.last_name", "Hill"),
        ("user.email", "ana@hill.example"),
        ("user.password", PASSWORD),
    ];
    let mut shops = Vec::new();
    for _ in 0..2 {
        let answer = app.submit("/signup", None, &fields).await;
        assert_eq!(answer.leads_to(), "/board");
        let ana = Person { id: String::new(), email: String::new(), token: cookie(&answer) };
        let me = app.get("/me", Some(&ana)).await.ok();
        assert_eq!(me["shop"]["settings"]["timezone"], "America/Chicago");
        shops.push(me["shop"]["id"].clone());
    }
    assert_eq!(shops, [id.as_str(), id.as_str()]);
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_the_rest_stays() {
    let (app, _) = TestApp::start().await;
    let fields = [
        ("shop.name", "Hill <Street> Garage"),
        ("user.first_name", "Ana"),
        ("user.last_name", "Hill"),
        ("user.email", "manager@ours.example"),
        ("user.password", "short"),
    ];
    let refused = app.submit("/signup", None, &fields).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.attributes("[name='shop.name']", "value"), ["Hill <Street> Garage"]);
    assert_eq!(refused.texts("#user\\.password-wrong"), ["Password must be at least 8 characters."]);
    assert_eq!(refused.attributes("[name='user.password'][aria-invalid=true]", "value").len(), 0);
    let mended = [&fields[..4], &[("user.password", PASSWORD)]].concat();
    let known = app.submit("/signup", None, &mended).await;
    assert_eq!(known.texts(".wrong"), ["E-mail already belongs to somebody; log in instead."]);
}

#[tokio::test]
async fn a_wrong_password_lets_nobody_in_and_leads_nowhere_else() {
    let (app, world) = TestApp::start().await;
    let email = world.ours.manager.email.as_str();
    let log_in = async |password: &str, to: &str| {
        app.submit("/login", None, &[("email", email), ("password", password), ("to", to)]).await
    };
    let refused = log_in("wrong", "/account").await;
    assert_eq!((refused.status.as_u16(), refused.headers.get(header::SET_COOKIE)), (422, None));
    assert_eq!(refused.attributes("[name=email], [name=to]", "value"), ["/account", email]);
    assert_eq!(log_in(PASSWORD, "/account?done=x").await.leads_to(), "/account?done=x");
    for elsewhere in ["//evil.example", "https://evil.example", "/\\evil.example", "", "account"] {
        assert_eq!(log_in(PASSWORD, elsewhere).await.leads_to(), "/board", "{elsewhere}");
    }
}

#[tokio::test]
async fn logging_out_ends_the_session_itself() {
    let (app, world) = TestApp::start().await;
    let manager = &world.ours.manager;
    let answer = app.submit("/logout", Some(manager), &[]).await;
    assert_eq!((answer.leads_to(), cookie(&answer).as_str()), ("/login", ""));
    app.get("/me", Some(manager)).await.problem(401, "about:blank");
}

#[tokio::test]
async fn a_form_survives_the_end_of_its_session() {
    let (app, world) = TestApp::start().await;
    let new = "another horse & battery";
    let asked = app.submit("/account/password", None, &[("current", PASSWORD), ("new", new)]).await;
    let hidden = |name: &str| asked.attributes(&format!("[name={name}]"), "value").remove(0);
    let (to, kept) = (hidden("to"), hidden("kept"));
    let fields = [("email", &*world.ours.manager.email), ("password", PASSWORD), ("to", &to), ("kept", &kept)];
    let again = app.submit("/login", None, &fields).await;
    cookie(&again);
    assert_eq!(again.attributes("form", "action"), ["/account/password"]);
    assert_eq!(again.attributes("form [name]", "value"), [PASSWORD, new]);
}

#[tokio::test]
async fn a_new_password_leaves_this_browser_logged_in() {
    let (app, world) = TestApp::start().await;
    let manager = Some(&world.ours.manager);
    let wrong = app.submit("/account/password", manager, &[("current", "wrong"), ("new", "another horse")]).await;
    assert_eq!(wrong.texts(".wrong"), ["Present password is not right."]);
    let changed = app.submit("/account/password", manager, &[("current", PASSWORD), ("new", "another horse")]).await;
    assert_eq!(app.open(changed.leads_to(), manager).await.texts("[role=status]").len(), 1);
}

#[tokio::test]
async fn a_button_is_kept_as_well_and_pressed_again_by_whoever_comes_back() {
    let (app, world) = TestApp::start().await;
    let asked = app.submit("/inspections/0190f0c0-0000-7000-8000-000000000001/start", None, &[]).await;
    let hidden = |name: &str| asked.attributes(&format!("[name={name}]"), "value").remove(0);
    let (to, kept) = (hidden("to"), hidden("kept"));
    let fields = [("email", &*world.ours.manager.email), ("password", PASSWORD), ("to", &to), ("kept", &kept)];
    let again = app.submit("/login", None, &fields).await;
    assert_eq!(again.attributes("form", "action"), [to.as_str()]);
    // Whoever wanted to log out has been logged out, and is let in again.
    let fields = [("email", &*world.ours.manager.email), ("password", PASSWORD), ("to", "/logout"), ("kept", "")];
    assert_eq!(app.submit("/login", None, &fields).await.leads_to(), "/board");
}

#[tokio::test]
async fn half_a_form_is_not_carried_out() {
    let (app, world) = TestApp::start().await;
    let pieces = [Ok(Bytes::from_static(b"current=")), Err(std::io::Error::other("cut off"))];
    let request = as_browser(Request::post("/account/password"), Some(&world.ours.manager));
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = app.send(request.body(Body::from_stream(stream::iter(pieces))).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.texts("h1")), (400, vec!["That did not work".to_owned()]));
}

#[tokio::test]
async fn a_form_that_no_page_of_ours_sends_is_refused_at_once() {
    let (app, _) = TestApp::start().await;
    let deep = "a.".repeat(20_000) + "a";
    let many: Vec<String> = (0..16_000).map(|number| format!("f{number}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "1")).collect();
    assert_eq!(app.submit("/login", None, &[(&deep, "1")]).await.status, 400);
    assert_eq!(app.submit("/login", None, &many).await.status, 400);
    assert_eq!(app.submit("/login", None, &[("email", &"x".repeat(300_000))]).await.status, 413);
    let page = app.open("/logout", None).await;
    assert_eq!((page.status.as_u16(), page.texts("h1").len()), (405, 1));
}

#[tokio::test]
async fn a_sign_up_form_that_was_changed_after_it_made_a_shop_is_not_lost() {
    let (app, _) = TestApp::start().await;
    let id = app.open("/signup", None).await.attributes("[name=id]", "value").remove(0);
    let fields = |name: &'static str| {
        vec![
            ("id", id.clone()),
            ("shop.name", name.to_owned()),
            ("user.first_name", "Ana".to_owned()),
            ("user.last_name", "Hill".to_owned()),
            ("user.email", "ana@hill.example".to_owned()),
            ("user.password", PASSWORD.to_owned()),
        ]
    };
    let send = async |fields: Vec<(&str, String)>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
        app.submit("/signup", None, &fields).await
    };
    send(fields("Hill Street Garage")).await.leads_to();
    let again = send(fields("Hill Street Motors")).await;
    assert_eq!(again.status, 409);
    assert_eq!(again.attributes("[name='shop.name']", "value"), ["Hill Street Motors"]);
    assert_ne!(again.attributes("[name=id]", "value"), [id.as_str()]);
}
