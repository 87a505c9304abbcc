//! What an odometer shows is doubted and never refused.

use serde_json::json;

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
