//! What an odometer shows is doubted and never refused; and whoever has not agreed to texts is not said to have refused them.

use serde_json::json;

use crate::matrix::scene::{Ready, Scene};
use crate::support::{Answer, TestApp};

const NEW: &str = "/inspections/new";
const NEW_ID: &str = "0190f0c0-0000-7000-8000-00000000000b";

fn doubt(page: &Answer) -> String {
    page.texts("[data-lower]").concat()
}

#[tokio::test]
async fn an_odometer_that_shows_too_little_or_too_much_is_doubted() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let car = json!({ "mileage": 48_210 });
    app.patch(&format!("/vehicles/{}", world.ours.vehicle), boss, &car).await.ok();
    let known = [("inspection.vehicle_id", &*world.ours.vehicle)];
    let new = [
        ("vehicle.id", NEW_ID),
        ("inspection.vehicle_id", NEW_ID),
        ("vehicle.make", "Mazda"),
        ("customer.email", "a@b.example"),
    ];
    // Something else is wrong, so the form comes back.
    let too_long = "x".repeat(501);
    for (whose, shown, words) in [
        (&known[..], "40,000", "Lower than last time. Mistyped?"),
        (&known, "48,210", ""),
        (&known, "98,000", ""),
        (&known, "482,100", "Unusually high. Mistyped?"),
        (&new, "7", ""),
        (&new, "999,999", ""),
        (&new, "4,821,000", "Unusually high. Mistyped?"),
        (&new, "", ""),
    ] {
        let typed =
            [whose, &[("inspection.odometer_reading", shown), ("inspection.customer_concerns", &too_long)]].concat();
        let page = app.submit(NEW, boss, &typed).await;
        assert_eq!((page.status.as_u16(), doubt(&page).as_str()), (422, words), "{shown}");
    }
    let typed = [&known[..], &[("inspection.odometer_reading", "482,100")]].concat();
    app.submit(NEW, boss, &typed).await.leads_to();
}

#[tokio::test]
async fn who_has_not_agreed_is_not_texted_and_the_desk_is_told_how_to_note_a_yes() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let scene = Scene::set(&app, &app.owner().await, &world.ours, Ready::Completed).await;
    let never = format!("UPDATE customers SET sms_opt_in = false WHERE id = '{}'", scene["customers"]);
    app.owner().await.batch_execute(&never).await.unwrap();
    let inspection = format!("/inspections/{}", scene["inspections"]);
    let review = app.open(&inspection, boss).await;
    assert!(
        review.texts(".note")[0].starts_with("They have not agreed to texts yet."),
        "{:?}",
        review.texts(".note")
    );
    let edit = format!("/customers/{}/edit", scene["customers"]);
    assert_eq!(review.attributes(".note a", "href"), [edit.as_str()]);
    let board = app.open("/board", boss).await;
    assert!(board.texts(".obstacle")[0].starts_with("Has not agreed to texts"), "{:?}", board.texts(".obstacle"));
    let thread = app.post("/conversations", boss, &json!({ "customer_id": scene["customers"] })).await.created();
    let talk = app.open(&format!("/conversations/{}", thread["id"].as_str().unwrap()), boss).await;
    assert!(
        talk.texts("#standing .note")[0].contains("has not agreed to texts"),
        "{:?}",
        talk.texts("#standing .note")
    );
    // Whoever notes the yes there may send the report from here.
    let name = app.open(&edit, boss).await.attributes("[name=first_name]", "value").concat();
    app.submit(&edit, boss, &[("first_name", &name), ("sms_opt_in", "true")]).await.leads_to();
    assert_eq!(app.open(&inspection, boss).await.texts("#send .send"), ["Send to customer"]);
}
