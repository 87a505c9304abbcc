//! Customers and their vehicles.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use tokio_postgres::Client;

use crate::support::TestApp;

#[tokio::test]
async fn a_customer_is_added_once_changed_and_found() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let new = json!({
        "id": "0190f0c0-0000-7000-8000-00000000000a",
        "first_name": "Ludmila", "last_name": "Oyelaran-Fitzgerald", "phone": "415 555 0199", "email": "L@X.example",
    });
    let customer = app.post("/customers", boss, &new).await.created();
    assert_eq!(customer["phone"], "+14155550199");
    assert_eq!(customer["email"], "l@x.example");
    assert_eq!(customer["sms_opt_in"], true);
    assert_eq!(app.post("/customers", boss, &new).await.ok(), customer);
    let mut other = new.clone();
    other["first_name"] = json!("Ludmilla");
    app.post("/customers", boss, &other).await.problem(409, "id-taken");

    let path = "/customers/0190f0c0-0000-7000-8000-00000000000a";
    let change = json!({ "email": null, "address": { "city": "Oakland" } });
    let changed = app.patch(path, boss, &change).await.ok();
    assert_eq!(changed["email"], json!(null));
    assert_eq!(changed["address"], json!({ "city": "Oakland" }));
    assert_eq!(changed["last_name"], new["last_name"], "what is absent is kept");

    for q in ["ludm", "fitzgerald%20LUDMILA", "(415)%20555-0199", "5550199"] {
        let found = app.get(&format!("/customers?q={q}"), boss).await.ok();
        assert_eq!(found["items"][0]["id"], new["id"], "{q}");
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{q}");
    }
    let none = app.get("/customers?q=%25", boss).await.ok();
    assert_eq!(none["items"], json!([]), "a wildcard is a letter like any other");
}

#[tokio::test]
async fn a_name_is_found_in_capitals_and_in_small_letters_of_any_alphabet() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    for (name, typed) in [
        ("İpek", ["İpek", "ipek", "İPEK"]),
        ("ΟΔΟΣ", ["ΟΔΟΣ", "οδος", "οδοσ"]),
        ("Γιώργος", ["Γιώργος", "ΓΙΏΡΓΟΣ", "γιώργοσ"]),
        ("ŁUCJA", ["ŁUCJA", "łucja", "Łucja"]),
    ] {
        let new = app.post("/customers", boss, &json!({ "first_name": name })).await.created();
        let cars = format!("/customers/{}/vehicles", new["id"].as_str().unwrap());
        let car = app.post(&cars, boss, &json!({ "make": name })).await.created();
        for q in typed.map(|q| utf8_percent_encode(q, NON_ALPHANUMERIC).to_string()) {
            for (list, expected) in [("/customers", &new), ("/vehicles", &car)] {
                let found = app.get(&format!("{list}?q={q}"), boss).await.ok();
                assert_eq!(found["items"][0]["id"], expected["id"], "{name} by {list}?q={q}");
            }
            let page = app.open(&format!("/customers?q={q}"), boss).await;
            assert!(page.texts("main").concat().contains(name), "{name} by {q} on the page");
            let desk = app.open(&format!("/inspections/new?q={q}"), boss).await;
            assert!(desk.leads_to().ends_with(car["id"].as_str().unwrap()), "{name} by {q} at the desk");
        }
    }
}

#[tokio::test]
async fn a_plate_or_vin_finds_its_owner() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let car = format!("/vehicles/{}", world.ours.vehicle);
    app.patch(&car, boss, &json!({ "vin": "1hgcm82633a004352" })).await.ok();
    for q in ["7abc123", "7ABC%20123", "1HGCM826"] {
        let found = app.get(&format!("/customers?q={q}"), boss).await.ok();
        assert_eq!(found["items"][0]["id"], world.ours.customer.as_str(), "{q}");
        let found = app.get(&format!("/vehicles?q={q}"), boss).await.ok();
        assert_eq!(found["items"][0]["id"], world.ours.vehicle.as_str(), "{q}");
    }
    let dashed = json!({ "license_plate": "8abc\u{2013}123" });
    app.patch(&car, boss, &dashed).await.ok();
    let found = app.get("/vehicles?q=8ABC123", boss).await.ok();
    assert_eq!(found["items"].as_array().unwrap().len(), 1, "whatever dash was typed");
    let found = app.get("/vehicles?q=2018%20civic", boss).await.ok();
    assert_eq!(found["items"].as_array().unwrap().len(), 1, "only in one's own shop");
}

#[tokio::test]
async fn a_deleted_customer_takes_the_cars_out_of_sight() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let path = format!("/customers/{}", world.ours.customer);
    app.delete(&path, boss).await.no_content();
    app.delete(&path, boss).await.no_content();
    app.get(&path, boss).await.problem(404, "about:blank");
    app.get(&format!("/vehicles/{}", world.ours.vehicle), boss).await.problem(404, "about:blank");
    app.get(&format!("{path}/vehicles"), boss).await.problem(404, "about:blank");
    assert_eq!(app.get("/vehicles", boss).await.ok()["items"], json!([]));
    assert_eq!(app.get("/customers", boss).await.ok()["items"], json!([]));
}

#[tokio::test]
async fn a_customer_comes_back_with_exactly_the_cars_that_went_with_them() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let path = format!("/customers/{}", world.ours.customer);
    let cars = format!("{path}/vehicles");
    let sold = app.post(&cars, boss, &json!({ "make": "Saab" })).await.created();
    app.delete(&format!("/vehicles/{}", sold["id"].as_str().unwrap()), boss).await.no_content();
    app.delete(&path, boss).await.no_content();
    let gone = app.get(&format!("/vehicles/{}", world.ours.vehicle), boss).await;
    gone.problem(404, "about:blank");
    for _ in 0..2 {
        let back = app.post(&format!("{path}/restore"), boss, &json!({})).await.ok();
        assert_eq!((&back["first_name"], &back["deleted_at"]), (&json!("Ruth"), &json!(null)));
        let cars = app.get(&cars, boss).await.ok();
        assert_eq!(cars["items"].as_array().unwrap().len(), 1, "the one that was sold before stays away");
        assert_eq!(cars["items"][0]["id"], world.ours.vehicle.as_str());
    }
    let refused = app.post(&format!("{path}/restore"), &world.ours.mechanic, &json!({})).await;
    refused.problem(403, "about:blank");
}

#[tokio::test]
async fn a_car_comes_back_while_its_owner_is_here() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let car = format!("/vehicles/{}", world.ours.vehicle);
    let back = format!("{car}/restore");
    app.delete(&car, boss).await.no_content();
    assert_eq!(app.post(&back, boss, &json!({})).await.ok()["deleted_at"], json!(null));
    app.delete(&format!("/customers/{}", world.ours.customer), boss).await.no_content();
    app.post(&back, boss, &json!({})).await.problem(404, "about:blank");
}

/// How many cars the shop has that are here.
async fn cars_of(owner: &Client, shop: &str) -> i64 {
    let here = "SELECT count(*) FROM vehicles WHERE shop_id::text = $1 AND deleted_at IS NULL";
    owner.query_one(here, &[&shop]).await.expect("a count").get(0)
}

#[tokio::test]
async fn a_car_that_is_added_while_its_owner_is_deleted_goes_with_them() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    let (shop, customer, boss) = (&world.ours.id, &world.ours.customer, &world.ours.manager);
    let add = format!("INSERT INTO vehicles (shop_id, customer_id, make) VALUES ('{shop}', '{customer}', 'Saab')");
    owner
        .batch_execute(&format!("BEGIN; SELECT FROM customers WHERE id = '{customer}' FOR NO KEY UPDATE"))
        .await
        .unwrap();
    let path = format!("/customers/{customer}");
    app.amid(&owner, &add, app.delete(&path, boss)).await.no_content();
    assert_eq!(cars_of(&owner, shop).await, 0);
    app.post(&format!("{path}/restore"), boss, &json!({})).await.ok();
    assert_eq!(cars_of(&owner, shop).await, 2, "both were hidden in the same moment");
}

#[tokio::test]
async fn a_car_does_not_come_back_while_its_owner_is_deleted() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    let (shop, customer, boss) = (&world.ours.id, &world.ours.customer, &world.ours.manager);
    let car = format!("/vehicles/{}", world.ours.vehicle);
    app.delete(&car, boss).await.no_content();
    let delete = format!("BEGIN; UPDATE customers SET deleted_at = now() WHERE id = '{customer}'");
    owner.batch_execute(&delete).await.unwrap();
    let (back, nothing) = (format!("{car}/restore"), json!({}));
    app.amid(&owner, "", app.post(&back, boss, &nothing)).await.problem(404, "about:blank");
    assert_eq!(cars_of(&owner, shop).await, 0);
}

#[tokio::test]
async fn a_customer_who_is_deleted_once_more_meanwhile_comes_back_with_their_cars() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    let (shop, customer, boss) = (&world.ours.id, &world.ours.customer, &world.ours.manager);
    let path = format!("/customers/{customer}");
    app.delete(&path, boss).await.no_content();
    let again = format!(
        "UPDATE customers SET deleted_at = now() WHERE id = '{customer}';
         UPDATE vehicles SET deleted_at = now() WHERE customer_id = '{customer}'"
    );
    owner
        .batch_execute(&format!("BEGIN; SELECT FROM customers WHERE id = '{customer}' FOR NO KEY UPDATE"))
        .await
        .unwrap();
    app.amid(&owner, &again, app.post(&format!("{path}/restore"), boss, &json!({}))).await.ok();
    assert_eq!(cars_of(&owner, shop).await, 1);
}

#[tokio::test]
async fn what_was_deleted_long_ago_stays_so() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let (owner, car) = (format!("/customers/{}", world.ours.customer), format!("/vehicles/{}", world.ours.vehicle));
    let long_ago = "SET deleted_at = now() - interval '30 days 1 minute'";
    let database = app.owner().await;
    database.batch_execute(&format!("UPDATE vehicles {long_ago}")).await.unwrap();
    app.post(&format!("{car}/restore"), boss, &json!({})).await.problem(404, "about:blank");
    database.batch_execute(&format!("UPDATE customers {long_ago}")).await.unwrap();
    app.post(&format!("{owner}/restore"), boss, &json!({})).await.problem(404, "about:blank");
    database.batch_execute("UPDATE customers SET deleted_at = now() - interval '29 days'").await.unwrap();
    app.post(&format!("{owner}/restore"), boss, &json!({})).await.ok();
}

#[tokio::test]
async fn a_vin_that_looks_mistyped_is_taken_with_a_warning() {
    let (app, world) = TestApp::start().await;
    let cars = format!("/customers/{}/vehicles", world.ours.customer);
    let doubtful = app.post(&cars, &world.ours.manager, &json!({ "vin": "1HGCM82633A004353" })).await.created();
    assert_eq!(doubtful["warnings"][0]["field"], "vin");
    assert!(doubtful["warnings"][0]["code"].is_string() && doubtful["warnings"][0]["detail"].is_string());
    let sound = app.post(&cars, &world.ours.manager, &json!({ "vin": "1HGCM82633A004352" })).await.created();
    assert_eq!(sound["warnings"], json!([]));
    assert_eq!(sound["powertrain"], "combustion");
}

#[tokio::test]
async fn what_a_car_can_not_be_is_refused_by_field() {
    let (app, world) = TestApp::start().await;
    let cars = format!("/customers/{}/vehicles", world.ours.customer);
    let cases = [
        (json!({ "year": 1899 }), "year"),
        (json!({ "year": 2300 }), "year"),
        (json!({ "year": "2018" }), "year"),
        (json!({ "mileage": -1 }), "mileage"),
        (json!({ "powertrain": "steam" }), "powertrain"),
        (json!({ "make": "x".repeat(51) }), "make"),
        (json!({ "model": "a\u{0}b" }), "model"),
        (json!({ "wheels": 4 }), "wheels"),
        (json!({ "id": "no-id" }), "id"),
        (json!({ "id": "00000000-0000-0000-0000-000000000000" }), "id"),
    ];
    for (body, field) in cases {
        assert_eq!(app.post(&cars, &world.ours.manager, &body).await.invalid_fields(), [field], "{body}");
    }
}

#[tokio::test]
async fn mechanics_read_customers_but_do_not_change_them() {
    let (app, world) = TestApp::start().await;
    let customer = format!("/customers/{}", world.ours.customer);
    let mechanic = &world.ours.mechanic;
    app.get(&customer, mechanic).await.ok();
    app.patch(&customer, mechanic, &json!({ "first_name": "X" })).await.problem(403, "about:blank");
    app.delete(&customer, mechanic).await.problem(403, "about:blank");
    app.post("/customers", mechanic, &json!({})).await.problem(403, "about:blank");
    let car = format!("/vehicles/{}", world.ours.vehicle);
    app.patch(&car, mechanic, &json!({ "mileage": 5 })).await.problem(403, "about:blank");
}

#[tokio::test]
async fn another_shop_s_rows_are_answered_like_none_at_all() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let nobody = "0190f0c0-ffff-7000-8000-00000000000a";
    let cases = [("/customers", &world.theirs.customer), ("/vehicles", &world.theirs.vehicle)];
    for (base, foreign) in cases {
        let foreign = app.get(&format!("{base}/{foreign}"), boss).await;
        let unknown = app.get(&format!("{base}/{nobody}"), boss).await;
        let malformed = app.get(&format!("{base}/not-an-id"), boss).await;
        foreign.problem(404, "about:blank");
        assert_eq!(foreign.bytes, unknown.bytes);
        assert_eq!(foreign.bytes, malformed.bytes);
    }
}
