//! The edges of the API: whatever arrives is answered with the right refusal, in the right order.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod cursors;
mod hostile;
mod largest;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode, header};
use futures_util::stream;
use serde_json::json;

use crate::support::app::Answer;
use crate::support::{Person, TestApp};

const KIB: usize = 1024;

/// A request below the API's base with any body and content type.
async fn send(app: &TestApp, method: &Method, path: &str, who: Option<&Person>, body: Body, kind: &str) -> Answer {
    let mut request =
        Request::builder().method(method).uri(format!("/api/v1{path}")).header(header::CONTENT_TYPE, kind);
    if let Some(person) = who {
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", person.token));
    }
    app.send(request.body(body).unwrap()).await
}

async fn post(app: &TestApp, path: &str, who: &Person, body: impl Into<Body>) -> Answer {
    send(app, &Method::POST, path, Some(who), body.into(), "application/json").await
}

#[tokio::test]
async fn what_is_not_there_is_told_in_the_same_shape() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    for path in ["/nothing", "", "/", "/customers/", "/customers/1/2/3", "/%00", "/customers/%ff%fe/vehicles/x"] {
        app.get(path, boss).await.problem(404, "about:blank");
        app.get(path, None).await.problem(404, "about:blank");
    }
    let outside = Request::builder().uri("/nothing").body(Body::empty()).unwrap();
    let page = app.send(outside).await;
    assert_eq!(
        (page.status.as_u16(), &page.headers[header::CONTENT_TYPE]),
        (404, &"text/html; charset=utf-8".parse().unwrap())
    );
    for id in ["x", "%ff", "%00", "0190f0c0-0000-7000-8000-00000000000a", "00000000-0000-0000-0000-000000000000"] {
        for base in ["/customers", "/vehicles", "/users"] {
            app.get(&format!("{base}/{id}"), boss).await.problem(404, "about:blank");
            app.patch(&format!("{base}/{id}"), boss, &json!({})).await.problem(404, "about:blank");
        }
    }
    let wrong = app.put("/customers", boss, &json!({})).await;
    wrong.problem(405, "about:blank");
    let mut allowed: Vec<&str> = wrong.headers[header::ALLOW].to_str().unwrap().split(',').collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["GET", "HEAD", "POST"]);
}

#[tokio::test]
async fn a_body_that_can_t_be_read_is_refused_by_what_is_wrong_with_it() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    for malformed in ["", "{", "{}}", "nul", "{\"first_name\": \"\\ud800\"}", "{\"year\": 1e999}", "\u{feff}{}"] {
        post(&app, "/customers", boss, malformed).await.problem(400, "about:blank");
    }
    post(&app, "/customers", boss, vec![b'"', 0xff, b'"']).await.problem(400, "about:blank");
    post(&app, "/customers", boss, "[".repeat(60_000)).await.problem(400, "about:blank");
    for kind in [
        "text/plain",
        "application/jsonp",
        "multipart/form-data; boundary=x",
        "",
        "application/x-www-form-urlencoded",
    ] {
        let answer = send(&app, &Method::POST, "/customers", Some(boss), "{}".into(), kind).await;
        answer.problem(415, "about:blank");
    }
    let kind = "Application/JSON; charset=utf-8";
    send(&app, &Method::POST, "/customers", Some(boss), "{}".into(), kind).await.created();
}

#[tokio::test]
async fn a_field_that_is_not_accepted_is_named_with_its_path() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    for (body, field) in [
        (r#"{"first_name": 5}"#, "first_name"),
        (r#"{"first_name": ["x"]}"#, "first_name"),
        (r#"{"first_name": "a\u0000b"}"#, "first_name"),
        (r#"{"email": "nobody"}"#, "email"),
        (r#"{"phone": "call me"}"#, "phone"),
        (r#"{"sms_opt_in": null}"#, "sms_opt_in"),
        (r#"{"sms_opt_in": "yes"}"#, "sms_opt_in"),
        (r#"{"address": "here"}"#, "address"),
        (r#"{"address": {"city": 1}}"#, "address.city"),
        (r#"{"address": {"planet": "Earth"}}"#, "address.planet"),
        (r#"{"address": {"city": "A", "city": "B"}}"#, "address.city"),
        (r#"{"surname": "x"}"#, "surname"),
        (r#"{"shop_id": "0190f0c0-0000-7000-8000-00000000000a"}"#, "shop_id"),
        (r#"{"first_name": "A", "first_name": "B"}"#, "first_name"),
        (r#"{"id": 7}"#, "id"),
    ] {
        assert_eq!(post(&app, "/customers", boss, body).await.invalid_fields(), [field], "{body}");
    }
    let long = json!({ "last_name": "x".repeat(101) });
    assert_eq!(app.post("/customers", boss, &long).await.invalid_fields(), ["last_name"]);
    assert_eq!(app.post("/users", boss, &json!({ "email": "a@b.example" })).await.invalid_fields(), ["password"]);
    let nested = json!({ "shop": {}, "user": {} });
    assert_eq!(app.post("/shops", None, &nested).await.invalid_fields(), ["shop.name"]);
    for body in ["[]", "\"x\"", "null", "1"] {
        post(&app, "/customers", boss, body).await.problem(422, "about:blank");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_announced_or_not() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let padded = |size: usize| format!("{{{}}}", " ".repeat(size - 2));
    post(&app, "/customers", boss, padded(64 * KIB)).await.created();
    post(&app, "/customers", boss, padded(64 * KIB + 1)).await.problem(413, "about:blank");
    // In pieces, as a body arrives whose size nobody announced.
    let pieces = (0..=64).map(|_| Ok::<_, Infallible>(Bytes::from_static(&[b' '; KIB])));
    let chunked = Body::from_stream(stream::iter(pieces));
    post(&app, "/customers", boss, chunked).await.problem(413, "about:blank");
    let announced = Request::builder()
        .method(Method::POST)
        .uri("/api/v1/customers")
        .header(header::AUTHORIZATION, format!("Bearer {}", boss.token))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONTENT_LENGTH, 65 * KIB)
        .body(Body::from("{}"))
        .unwrap();
    app.send(announced).await.problem(413, "about:blank");
    let nobody = send(&app, &Method::POST, "/customers", None, padded(65 * KIB).into(), "text/plain").await;
    nobody.problem(401, "about:blank");
}

#[tokio::test]
async fn how_large_a_body_may_be_is_a_matter_of_who_sends_it_and_what_it_holds() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let new = app.post("/inspections", boss, &json!({ "vehicle_id": world.ours.vehicle })).await.created();
    let id = new["id"].as_str().unwrap();
    app.post(&format!("/inspections/{id}/start"), boss, &json!({})).await.ok();
    for (method, path, who, most) in [
        (Method::POST, "/sessions", None, 16 * KIB),
        (Method::POST, "/shops", None, 192 * KIB),
        (Method::POST, "/me/password", Some(boss), 16 * KIB),
        (Method::POST, &format!("/inspections/{id}/complete"), Some(boss), 32 * KIB),
        (Method::PATCH, &format!("/inspections/{id}"), Some(boss), 384 * KIB),
        (Method::PUT, &format!("/inspections/{id}/items"), Some(boss), 2560 * KIB),
    ] {
        // Complained about, but for what stands in it.
        let fits = send(&app, &method, path, who, "x".repeat(most).into(), "application/json").await;
        fits.problem(400, "about:blank");
        let over = send(&app, &method, path, who, "x".repeat(most + 1).into(), "application/json").await;
        over.problem(413, "about:blank");
    }
}

#[tokio::test]
async fn a_long_list_is_received_only_of_somebody_who_works_here() {
    let (app, world) = TestApp::start().await;
    let path = format!("/api/v1/inspections/{}/items", uuid::Uuid::now_v7());
    let (ours, theirs) = (&world.ours.manager.token, &world.theirs.manager.token);
    // One's own shop, and somebody else's secret.
    let forged = format!("{}.{}", ours.split_once('.').unwrap().0, theirs.split_once('.').unwrap().1);
    let was_received = async |token: &str| {
        let is_read = Arc::new(AtomicBool::new(false));
        let mark = is_read.clone();
        let pieces = stream::once(async move {
            mark.store(true, Ordering::Relaxed);
            Ok::<_, Infallible>(Bytes::from_static(b"[]"))
        });
        let request = Request::put(&path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        let answer = app.send(request.body(Body::from_stream(pieces)).unwrap()).await;
        (answer.status.as_u16(), is_read.load(Ordering::Relaxed))
    };
    assert_eq!(was_received(&forged).await, (401, false));
    assert_eq!(was_received(ours).await, (404, true));
}

#[tokio::test]
async fn parameters_of_a_list_are_judged_by_name() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let car = format!("/customers/{}/vehicles", world.ours.customer);
    for list in ["/customers", "/vehicles", "/users", car.as_str()] {
        for (parameters, field) in [
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("limit=-1", "limit"),
            ("limit=ten", "limit"),
            ("limit=", "limit"),
            ("limit=1&limit=2", "limit"),
            ("limit=99999999999999999999", "limit"),
            ("cursor=x", "cursor"),
            ("cursor=", "cursor"),
            ("cursor=%00", "cursor"),
            ("colour=red", "colour"),
        ] {
            assert_eq!(
                app.get(&format!("{list}?{parameters}"), boss).await.invalid_fields(),
                [field],
                "{list}?{parameters}"
            );
        }
        app.get(&format!("{list}?limit=x"), None).await.problem(401, "about:blank");
        app.get(&format!("{list}?limit=200"), boss).await.ok();
    }
    let other = app.get(&format!("{car}?q=x"), boss).await;
    assert_eq!(other.invalid_fields(), ["q"]);
    app.get("/customers/x/vehicles?limit=x", boss).await.problem(404, "about:blank");
    for q in ["%00", &"x".repeat(201)] {
        assert_eq!(app.get(&format!("/customers?q={q}"), boss).await.invalid_fields(), ["q"]);
    }
    for q in ["%25", "%5C", "_", "'%20OR%201=1--", "%ff%fe", "%F0%9F%9A%97", "("] {
        app.get(&format!("/customers?q={q}"), boss).await.ok();
        app.get(&format!("/vehicles?q={q}"), boss).await.ok();
    }
}

#[tokio::test]
async fn who_asks_is_judged_before_what_is_asked() {
    let (app, world) = TestApp::start().await;
    let (boss, mechanic, theirs) = (&world.ours.manager, &world.ours.mechanic, &world.theirs.customer);
    let ours = format!("/customers/{}", world.ours.customer);
    let foreign = format!("/customers/{theirs}");
    let huge = || Body::from(" ".repeat(64 * KIB + 1));
    let patch = async |path: &str, who: Option<&Person>, body: Body, kind: &str| {
        send(&app, &Method::PATCH, path, who, body, kind).await.status.as_u16()
    };
    // Each request has every fault that comes later, too.
    assert_eq!(patch(&foreign, None, huge(), "text/plain").await, 401);
    assert_eq!(patch(&foreign, Some(mechanic), huge(), "text/plain").await, 403);
    assert_eq!(patch(&foreign, Some(boss), huge(), "text/plain").await, 404);
    assert_eq!(patch(&ours, Some(boss), huge(), "text/plain").await, 413);
    assert_eq!(patch(&ours, Some(boss), "{".into(), "text/plain").await, 415);
    assert_eq!(patch(&ours, Some(boss), "{".into(), "application/json").await, 400);
    assert_eq!(patch(&ours, Some(boss), r#"{"x": 1}"#.into(), "application/json").await, 422);
    assert_eq!(patch(&ours, Some(boss), "{}".into(), "application/json").await, 200);

    let last = format!("/users/{}", boss.id);
    let demote = json!({ "role": "mechanic", "email": "nobody" });
    assert_eq!(app.patch(&last, boss, &demote).await.invalid_fields(), ["email"], "422 before 409");
    app.patch(&last, boss, &json!({ "role": "mechanic" })).await.problem(409, "last-manager");
    for (path, who) in [("/users", mechanic), ("/customers", &world.ours.other_mechanic)] {
        post(&app, path, who, "{").await.problem(403, "about:blank");
    }
    let cars_of_nobody = "/customers/0190f0c0-0000-7000-8000-0000000000ff/vehicles";
    post(&app, cars_of_nobody, boss, "{").await.problem(404, "about:blank");
    let foreign_cars = format!("{foreign}/vehicles");
    post(&app, &foreign_cars, boss, "{").await.problem(404, "about:blank");
    let car = format!("/vehicles/{}", world.ours.vehicle);
    assert_eq!(patch(&car, Some(mechanic), "{".into(), "text/plain").await, 403, "a mechanic who is not at this car");
}

#[tokio::test]
async fn a_token_is_worth_something_only_whole_and_in_its_own_shop() {
    let (app, world) = TestApp::start().await;
    let token = &world.ours.manager.token;
    let (shop, secret) = token.split_once('.').unwrap();
    let ask = async |authorization: &[u8]| {
        let request = Request::builder().uri("/api/v1/me").header(header::AUTHORIZATION, authorization);
        app.send(request.body(Body::empty()).unwrap()).await
    };
    for wrong in [
        String::new(),
        "Bearer".into(),
        "Bearer ".into(),
        format!("Basic {token}"),
        token.clone(),
        format!("Bearer {}.{secret}", world.theirs.id),
        format!("Bearer {}.{secret}", uuid::Uuid::nil()),
        format!("Bearer {shop}."),
        format!("Bearer {secret}"),
        format!("Bearer {shop}.{}", "A".repeat(43)),
        format!("Bearer {token}A"),
        format!("Bearer {token}, Bearer {token}"),
        format!("Bearer {shop}'; RESET ROLE; --.{secret}"),
        format!("Bearer {}", "x".repeat(10_000)),
    ] {
        let refusal = ask(wrong.as_bytes()).await;
        refusal.problem(401, "about:blank");
        assert_eq!(refusal.headers[header::WWW_AUTHENTICATE], "Bearer", "{wrong}");
    }
    ask(b"Bearer \xff\xfe").await.problem(401, "about:blank");
    assert_eq!(ask(format!("bearer {token}").as_bytes()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_object_is_not_written_as_a_list() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    assert_eq!(app.patch("/shop", boss, &json!(["Hacked"])).await.invalid_fields(), ["body"]);
    assert_eq!(app.patch("/shop", boss, &json!({ "address": ["x"] })).await.invalid_fields(), ["address"]);
    let problem = app.post("/customers", boss, &json!({ "first_name": 7 })).await.problem(422, "about:blank");
    assert_eq!(problem["errors"][0]["detail"], "must be a text");
}

#[tokio::test]
async fn only_a_cursor_of_ours_is_a_cursor_and_only_one_spelling_is_an_id() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    for cursor in ["A".repeat(40), "_".repeat(40), "x".into(), String::new()] {
        assert_eq!(app.get(&format!("/customers?cursor={cursor}"), boss).await.invalid_fields(), ["cursor"]);
    }
    let id = &world.ours.customer;
    for spelling in [format!("%7B{id}%7D"), format!("urn:uuid:{id}"), id.replace('-', "")] {
        app.get(&format!("/customers/{spelling}"), boss).await.problem(404, "about:blank");
    }
    let new = json!({ "id": "0190F0C0-0000-7000-8000-0000000000AC", "first_name": "Ana" });
    app.post("/customers", boss, &new).await.created();
    let lower = json!({ "id": "0190f0c0-0000-7000-8000-0000000000ac", "first_name": "Ana" });
    app.post("/customers", boss, &lower).await.ok();
}
