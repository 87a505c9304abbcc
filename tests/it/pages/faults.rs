//! Sending a form once tells all that is wrong with it, also what takes more than its field to be judged, and mending begins
//! at the first fault.

use serde_json::json;

use crate::matrix::fingerprint::fingerprint;
use crate::support::{Answer, TestApp};

const NEW_ID: &str = "0190f0c0-0000-7000-8000-00000000000b";

/// The fields that have a complaint, from top to bottom.
fn faults(page: &Answer) -> Vec<String> {
    let marks = page.attributes(".wrong", "id");
    marks.iter().map(|mark| mark.trim_end_matches("-wrong").to_owned()).collect()
}

/// A form, what is typed into it, and what is wrong with that, from top to bottom.
type Case<'a> = (&'a str, Vec<(&'a str, &'a str)>, &'a [&'a str]);

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once_and_mending_begins_at_the_top() {
    let (app, world) = TestApp::start().await;
    let (owner, boss) = (app.owner().await, &world.ours.manager);
    let gone = &*world.ours.other_mechanic.id;
    app.patch(&format!("/users/{gone}"), boss, &json!({ "status": "inactive" })).await.ok();
    app.submit("/settings", &world.theirs.manager, &[("sms_number", "415 555 2672")]).await.leads_to();
    let before = fingerprint(&owner, &world.ours.id).await;
    let stranger =
        [("vehicle.id", NEW_ID), ("inspection.vehicle_id", NEW_ID), ("inspection.odometer_reading", "far")];
    let another = [stranger.as_slice(), &[("customer_id", &*world.ours.customer)]].concat();
    let too_long = "x".repeat(101);
    let (cars, car) = (
        format!("/customers/{}/vehicles/new", world.ours.customer),
        format!("/vehicles/{}/edit", world.ours.vehicle),
    );
    let (customer, tomasz) =
        (format!("/customers/{}/edit", world.ours.customer), format!("/team/{}", world.ours.mechanic.id));
    let cases: [Case; 12] = [
        (
            "/inspections/new",
            [&stranger[..], &[("customer.phone", "12"), ("vehicle.make", "Mazda"), ("vehicle.year", "2190")]]
                .concat(),
            &["customer.phone", "vehicle.year", "inspection.odometer_reading"],
        ),
        (
            "/inspections/new",
            [&stranger[..], &[("vehicle.year", "1899"), ("inspection.assigned_to", gone), ("customer.phone", "")]]
                .concat(),
            &[
                "customer.first_name",
                "vehicle.license_plate",
                "vehicle.year",
                "inspection.odometer_reading",
                "inspection.assigned_to",
            ],
        ),
        ("/inspections/new", another, &["vehicle.license_plate", "inspection.odometer_reading"]),
        (
            "/team",
            vec![
                ("first_name", &too_long),
                ("email", "tomasz@theirs.example"),
                ("phone", "12"),
                ("role", "mechanic"),
            ],
            &["first_name", "email", "phone"],
        ),
        (
            "/team",
            vec![("email", "tomasz@theirs.example"), ("phone", "12"), ("role", "mechanic")],
            &["email", "phone"],
        ),
        (&tomasz, vec![("email", &boss.email), ("phone", "12")], &["email", "phone"]),
        (&tomasz, vec![("email", &world.ours.mechanic.email), ("phone", "12")], &["phone"]),
        (
            "/settings",
            vec![("phone", "12"), ("email", "nobody"), ("sms_number", "415 555 2672")],
            &["phone", "email", "sms_number"],
        ),
        // Numbers are read with the country that is chosen beside them.
        (
            "/settings",
            vec![("phone", "020 7946 0018"), ("settings.country", "GB"), ("sms_number", "+1 555 010 0000")],
            &["sms_number"],
        ),
        ("/customers/new", vec![("address.city", &too_long)], &["first_name", "address.city"]),
        (&customer, vec![("phone", "12"), ("address.city", &too_long)], &["phone", "address.city"]),
        (&cars, vec![("year", "1899"), ("mileage", "far")], &["license_plate", "year", "mileage"]),
    ];
    for (path, typed, wrong) in cases {
        let refused = app.submit(path, boss, &typed).await;
        assert_eq!(
            (refused.status.as_u16(), faults(&refused)),
            (422, wrong.iter().map(|w| (*w).to_owned()).collect()),
            "{path}"
        );
        assert_eq!(refused.attributes("[autofocus]", "name"), [wrong[0]], "{path}");
        for (name, words) in
            typed.iter().filter(|(name, _)| !["id", "to", "country"].iter().any(|end| name.ends_with(end)))
        {
            let kept = [
                refused.attributes(&format!("input[name='{name}']:not([type=radio], [type=hidden])"), "value"),
                refused.attributes(&format!("[name='{name}'] [selected], [name='{name}'][checked]"), "value"),
            ];
            assert_eq!(kept.concat(), [*words], "{path}: {name}");
        }
    }
    let refused = app.submit(&car, boss, &[("year", "1899"), ("mileage", "far")]).await;
    assert_eq!(faults(&refused), ["year", "mileage"]);
    assert_eq!(before, fingerprint(&owner, &world.ours.id).await);
}

#[tokio::test]
async fn who_is_shown_what_is_here_already_is_told_what_is_wrong_as_well() {
    let (app, world) = TestApp::start().await;
    let typed = [
        ("vehicle.id", NEW_ID),
        ("inspection.vehicle_id", NEW_ID),
        ("customer.phone", "(415) 555-0142"),
        ("vehicle.make", "Mazda"),
        ("vehicle.year", "2190"),
    ];
    let known = app.submit("/inspections/new", &world.ours.manager, &typed).await;
    assert_eq!((known.status.as_u16(), faults(&known)), (409, vec!["vehicle.year".to_owned()]));
}
