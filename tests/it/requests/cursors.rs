//! A cursor belongs to the list that told it.

use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::contract::operations;

#[tokio::test]
async fn a_cursor_leads_on_in_its_own_list_and_in_no_other() {
    let (app, world) = TestApp::start().await;
    let (boss, ruth, car) = (&world.ours.manager, &world.ours.customer, &world.ours.vehicle);
    let sam = app.post("/customers", boss, &json!({ "first_name": "Sam" })).await.created();
    let cars = format!("/customers/{ruth}/vehicles");
    app.post(&cars, boss, &json!({ "make": "Saab" })).await.created();
    for _ in 0..2 {
        app.post("/inspections", boss, &json!({ "vehicle_id": car })).await.created();
    }
    app.post("/conversations", boss, &json!({ "customer_id": sam["id"] })).await.created();
    let talk = app.post("/conversations", boss, &json!({ "customer_id": ruth })).await.created();
    let texts = format!("/conversations/{}/messages", talk["id"].as_str().unwrap());
    for words in ["Is it ready?", "On my way."] {
        let text = json!({ "from": "+14155550142", "content": words });
        app.post("/sandbox/messages", boss, &text).await.created();
    }
    let history = format!("/vehicles/{car}/inspections");
    let lists = [
        "/customers",
        "/vehicles",
        "/users",
        "/inspections",
        "/conversations",
        "/sandbox/messages",
        cars.as_str(),
        history.as_str(),
        texts.as_str(),
    ];
    let has_cursor = |described: &Value| {
        let parameters = described["parameters"].as_array().into_iter().flatten();
        parameters.map(|parameter| &parameter["name"]).any(|name| name == "cursor")
    };
    let paged = operations(&app).await.into_iter().filter(|operation| has_cursor(&operation.described));
    assert_eq!(paged.count(), lists.len(), "every list stands here");
    for list in lists {
        let page = app.get(&format!("{list}?limit=1"), boss).await.ok();
        let cursor = page["next"].as_str().unwrap_or_else(|| panic!("{list} goes on"));
        for other in lists {
            let answer = app.get(&format!("{other}?limit=1&cursor={cursor}"), boss).await;
            if other == list {
                assert_ne!(answer.ok()["items"], page["items"], "{list}");
            } else {
                assert_eq!(answer.invalid_fields(), ["cursor"], "of {list} in {other}");
            }
        }
        // A page is no list of the API's either.
        let page = app.open(&format!("/customers?cursor={cursor}"), boss).await;
        assert_eq!(page.status, 422, "of {list} on a page");
    }
}
