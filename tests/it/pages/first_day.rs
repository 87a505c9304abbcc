//! The first day of a shop: what the board asks for until the first car is here.

use serde_json::json;

use crate::support::{Answer, PASSWORD, Person, TestApp};

async fn board(app: &TestApp, who: &Person) -> Answer {
    let page = app.open("/board", who).await;
    assert_eq!(page.status, 200);
    page
}

#[tokio::test]
async fn a_new_shop_is_told_what_it_lacks_until_its_first_car_is_here() {
    let (app, _) = TestApp::start().await;
    let sign_up = json!({
        "shop": { "name": "Hill Street Motors" },
        "user": {
            "email": "ana@motors.example", "password": PASSWORD, "first_name": "Ana", "last_name": "Hill",
        },
    });
    let ana = Person::from(&app.post("/shops", None, &sign_up).await.created());
    let steps = async || board(&app, &ana).await.attributes("ol.first-day a", "href");
    assert_eq!(board(&app, &ana).await.texts("h1"), ["3 steps to your first inspection"]);
    assert_eq!(steps().await, ["/team", "/customers/new", "/inspections/new"]);
    let mechanic = json!({ "email": "bo@motors.example", "password": PASSWORD, "role": "mechanic" });
    app.post("/users", &ana, &mechanic).await.created();
    assert_eq!(steps().await, ["/customers/new", "/inspections/new"]);
    let customer = app.post("/customers", &ana, &json!({ "first_name": "Ruth" })).await.created();
    assert_eq!(steps().await, ["/inspections/new"]);
    assert_eq!(board(&app, &ana).await.texts("h1"), ["One step to your first inspection"]);
    let cars = format!("/customers/{}/vehicles", customer["id"].as_str().unwrap());
    let car = app.post(&cars, &ana, &json!({ "make": "Saab" })).await.created();
    app.post("/inspections", &ana, &json!({ "vehicle_id": car["id"] })).await.created();
    assert_eq!(steps().await, [""; 0]);
    assert_eq!(board(&app, &ana).await.texts("h1"), ["Assign 1 car"]);
}

#[tokio::test]
async fn a_shop_without_a_number_is_told_to_choose_one_first() {
    let (app, world) = TestApp::start_with_provider().await;
    let page = board(&app, &world.ours.manager).await;
    assert_eq!(page.attributes("ol.first-day a", "href"), ["/settings", "/inspections/new"]);
    let page = board(&app, &world.ours.mechanic).await;
    assert_eq!(page.texts("ol.first-day a"), [""; 0], "it is the manager's to do");
}
