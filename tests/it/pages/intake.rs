//! A car arrives: found, chosen or new, and taken in once, whole or not at all.

use serde_json::{Value, json};

use crate::matrix::fingerprint::fingerprint;
use crate::matrix::scene::{Ready, Scene};
use crate::support::{Answer, Person, TestApp, World};

const NEW: &str = "/inspections/new";
const VIN: &str = "1HGCM82633A004352";

/// A form as it stands on a page, for filling in.
#[derive(Clone)]
struct Paper(Vec<(String, String)>);

impl Paper {
    /// What the page's form holds by itself.
    fn of(page: &Answer) -> Self {
        let fields = "form[data-intake] input[type=hidden]";
        let (names, values) = (page.attributes(fields, "name"), page.attributes(fields, "value"));
        Self(names.into_iter().zip(values).collect())
    }

    async fn take(app: &TestApp, path: &str, who: &Person) -> Self {
        let page = app.open(path, who).await;
        assert_eq!(page.status, 200, "{path}");
        Self::of(&page)
    }

    fn with(mut self, fields: &[(&str, &str)]) -> Self {
        for (name, text) in fields {
            self.0.retain(|(known, _)| known != name);
            self.0.push(((*name).to_owned(), (*text).to_owned()));
        }
        self
    }

    fn value(&self, name: &str) -> &str {
        &self.0.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{name} is not there")).1
    }

    async fn hand_in(&self, app: &TestApp, who: &Person) -> Answer {
        let fields: Vec<(&str, &str)> = self.0.iter().map(|(name, text)| (&**name, &**text)).collect();
        app.submit(NEW, who, &fields).await
    }

    /// Hands it in, which leads to the car's card on the board.
    async fn comes_in(&self, app: &TestApp, who: &Person) {
        assert_eq!(self.hand_in(app, who).await.leads_to(), self.card());
    }

    fn card(&self) -> String {
        format!("/board#car-{}", self.value("inspection.id"))
    }
}

const STRANGER: [(&str, &str); 9] = [
    ("customer.first_name", "Ludmila"),
    ("customer.phone", "415 555 0199"),
    ("customer.sms_opt_in", "false"),
    ("vehicle.license_plate", "8XYZ 900"),
    ("vehicle.make", "Mazda"),
    ("vehicle.powertrain", "hybrid"),
    ("inspection.customer_concerns", "Squeals when braking\r\n\r\nPulls left"),
    ("inspection.odometer_reading", "48,210"),
    ("inspection.internal_notes", ""),
];

async fn stranger(app: &TestApp, world: &World) -> Paper {
    Paper::take(app, "/inspections/new?customer=new", &world.ours.manager).await.with(&STRANGER)
}

fn again(world: &World) -> String {
    format!("{NEW}?vehicle={}", world.ours.vehicle)
}

/// How many customers, cars and inspections our shop has.
async fn counts(app: &TestApp, world: &World) -> [i64; 3] {
    let mut counts = [0; 3];
    for (table, count) in ["customers", "vehicles", "inspections"].iter().zip(&mut counts) {
        let sql = format!("SELECT count(*) FROM {table} WHERE shop_id::text = $1");
        *count = app.owner().await.query_one(&sql, &[&world.ours.id]).await.unwrap().get(0);
    }
    counts
}

async fn inspection(app: &TestApp, paper: &Paper, who: &Person) -> Value {
    app.get(&format!("/inspections/{}", paper.value("inspection.id")), who).await.ok()
}

#[tokio::test]
async fn one_hit_is_chosen_several_are_listed_and_none_is_somebody_new() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let car = format!("/vehicles/{}", world.ours.vehicle);
    app.patch(&car, boss, &json!({ "vin": VIN })).await.ok();
    for q in ["7abc123", "ruth+abel", "%28415%29+555-0142", "004352", "2018+civic"] {
        let found = app.open(&format!("{NEW}?q={q}"), boss).await;
        assert_eq!(found.leads_to(), again(&world), "{q}");
    }
    app.post("/customers", boss, &json!({ "first_name": "Ruth", "last_name": "Zimmer" })).await.created();
    let both = app.open(&format!("{NEW}?q=ruth"), boss).await;
    assert_eq!(both.texts(".whose b"), ["Ruth Abel", "Ruth Zimmer"]);
    assert_eq!(both.texts(".choose b"), ["2018 Honda Civic"]);
    assert_eq!(both.attributes("[data-counted]", "data-counted"), ["1 car, 1 customer"]);
    assert!(app.open(&format!("{NEW}?q=zimmer"), boss).await.leads_to().contains("?customer="));
    for (q, field, value) in [
        ("9QQQ+001", "vehicle.license_plate", "9QQQ 001"),
        ("5550177", "customer.phone", "5550177"),
        ("Bluewater", "customer.first_name", "Bluewater"),
    ] {
        let new = app.open(&format!("{NEW}?q={q}"), boss).await;
        assert_eq!(new.attributes(&format!("[name='{field}']"), "value"), [value]);
        assert!(new.texts("h1")[0].ends_with("is new here"));
    }
}

#[tokio::test]
async fn what_is_found_while_typing_is_what_the_page_finds() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    Scene::set(&app, &app.owner().await, &world.ours, Ready::InProgress).await;
    let found = app.open(&format!("{NEW}/found?q=civic"), boss).await;
    assert_eq!(found.attributes("[data-counted]", "data-counted"), ["2 cars"]);
    assert_eq!(found.texts(".here"), ["In the shop: in progress. Open the inspection"]);
    assert!(found.attributes(".here", "href")[0].starts_with("/inspections/"));
    assert_eq!(found.texts("h1"), [""; 0], "nothing stands around it");
    let theirs = app.open(&format!("{NEW}/found?q=civic"), &world.theirs.manager).await;
    assert_eq!(theirs.attributes("[data-counted]", "data-counted"), ["1 car"]);
    assert_eq!(app.open(&format!("{NEW}/found?q="), boss).await.attributes("[data-counted]", "data-counted"), [""]);
    for n in 0..15 {
        app.post("/customers", boss, &json!({ "first_name": "Bo", "last_name": format!("Number {n}") }))
            .await
            .created();
    }
    let many = app.open(&format!("{NEW}/found?q=bo"), boss).await;
    assert_eq!(many.attributes("[data-counted]", "data-counted"), ["12 customers and more"]);
}

#[tokio::test]
async fn a_car_that_was_here_comes_with_what_was_found() {
    let (app, world) = TestApp::start().await;
    let (owner, boss) = (app.owner().await, &world.ours.manager);
    let scene = Scene::set(&app, &owner, &world.ours, Ready::Sent).await;
    let noted = json!({ "odometer_reading": 48_210 });
    app.patch(&format!("/inspections/{}", scene["inspections"]), boss, &noted).await.ok();
    let card = app.open(&format!("{NEW}?vehicle={}", scene["vehicles"]), boss).await;
    assert_eq!(card.texts(".found li"), ["Front brake pads, left"]);
    assert_eq!(card.texts(".last .tally li"), ["1 red", "0 yellow"]);
    assert_eq!(card.attributes("[data-least]", "data-least"), ["48210"]);
    assert!(card.texts("#odometer-hint")[0].starts_with("48,210 miles on "));
    assert_eq!(card.texts(".note"), [""; 0]);
    let never = app.open(&again(&world), boss).await;
    assert_eq!(never.texts(".last h2"), ["First inspection here"]);
    assert_eq!(never.attributes("[data-least]", "data-least"), ["0"]);
}

#[tokio::test]
async fn the_team_is_offered_with_what_it_has_to_do() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    for _ in 0..2 {
        let new = json!({ "vehicle_id": world.ours.vehicle, "assigned_to": world.ours.mechanic.id });
        let made = app.post("/inspections", boss, &new).await.created();
        let start = format!("/inspections/{}/start", made["id"].as_str().unwrap());
        app.post(&start, &world.ours.mechanic, &json!({})).await.ok();
    }
    let offered = "[name='inspection.assigned_to'] option";
    let page = app.open(&again(&world), boss).await;
    assert_eq!(page.texts(offered), ["Nobody yet", "aiko: free", "tomasz: 2 in progress"]);
    let gone = format!("/users/{}", world.ours.other_mechanic.id);
    app.patch(&gone, boss, &json!({ "status": "inactive" })).await.ok();
    assert_eq!(app.open(&again(&world), boss).await.texts(offered), ["Nobody yet", "tomasz: 2 in progress"]);
    app.patch("/shop", boss, &json!({ "settings": { "units": "metric" } })).await.ok();
    let page = app.open(&again(&world), boss).await;
    assert_eq!(page.texts("[for='inspection.odometer_reading']"), ["Odometer, km"]);
}

#[tokio::test]
async fn a_known_car_is_taken_in_once_however_often_its_form_is_sent() {
    let (app, world) = TestApp::start().await;
    let (owner, boss) = (app.owner().await, &world.ours.manager);
    let fields = [
        ("inspection.customer_concerns", "Squeals"),
        ("inspection.assigned_to", &*world.ours.mechanic.id),
        ("inspection.internal_notes", "Waits for it"),
    ];
    let paper = Paper::take(&app, &again(&world), boss).await.with(&fields);
    paper.comes_in(&app, boss).await;
    let made = inspection(&app, &paper, boss).await;
    assert_eq!((&made["status"], &made["customer_concerns"]), (&json!("assigned"), &json!(["Squeals"])));
    let before = fingerprint(&owner, &world.ours.id).await;
    paper.comes_in(&app, boss).await;
    let changed = paper.clone().with(&[("inspection.customer_concerns", "Squeaks")]);
    let told = changed.hand_in(&app, boss).await;
    assert_eq!((told.status.as_u16(), told.texts("h1")), (409, vec!["This car is taken in already".to_owned()]));
    assert_eq!(before, fingerprint(&owner, &world.ours.id).await);
}

#[tokio::test]
async fn somebody_new_comes_with_everything_in_one_form() {
    let (app, world) = TestApp::start().await;
    let (owner, boss) = (app.owner().await, &world.ours.manager);
    let paper = stranger(&app, &world).await;
    paper.comes_in(&app, boss).await;
    let made = inspection(&app, &paper, boss).await;
    assert_eq!(made["customer_concerns"], json!(["Squeals when braking", "Pulls left"]));
    assert_eq!((&made["odometer_reading"], &made["internal_notes"]), (&json!(48_210), &json!(null)));
    let (customer, vehicle) = (&made["customer"], &made["vehicle"]);
    assert_eq!((&customer["phone"], &customer["sms_opt_in"]), (&json!("+14155550199"), &json!(false)));
    assert_eq!((&vehicle["license_plate"], &vehicle["powertrain"]), (&json!("8XYZ 900"), &json!("hybrid")));
    let before = fingerprint(&owner, &world.ours.id).await;
    paper.comes_in(&app, boss).await;
    assert_eq!(before, fingerprint(&owner, &world.ours.id).await);
    // Who is here now has another car.
    let path = format!("{NEW}?customer={}", customer["id"].as_str().unwrap());
    let second = Paper::take(&app, &path, boss).await.with(&[("vehicle.vin", VIN)]);
    second.comes_in(&app, boss).await;
    assert_eq!(inspection(&app, &second, boss).await["customer"]["id"], customer["id"]);
    assert_eq!(counts(&app, &world).await, [2, 3, 2]);
}

#[tokio::test]
async fn two_presses_at_once_take_one_car_in() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let another = Paper::take(&app, &format!("{NEW}?customer={}", world.ours.customer), boss).await;
    for (paper, there) in
        [(stranger(&app, &world).await, [2, 2, 1]), (another.with(&[("vehicle.vin", VIN)]), [2, 3, 2])]
    {
        let presses = (0..8).map(|_| paper.hand_in(&app, boss));
        for answer in futures_util::future::join_all(presses).await {
            assert_eq!(answer.leads_to(), paper.card());
        }
        assert_eq!(counts(&app, &world).await, there);
    }
}

#[tokio::test]
async fn who_take_the_same_car_in_at_once_are_told_that_it_is_here_but_for_one() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let mut papers = Vec::new();
    for _ in 0..8 {
        papers.push(Paper::take(&app, &again(&world), boss).await);
    }
    let answers = futures_util::future::join_all(papers.iter().map(|paper| paper.hand_in(&app, boss))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 409).count(), 7);
    assert_eq!(counts(&app, &world).await, [1, 1, 1]);
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_nothing_is_half_done() {
    let (app, world) = TestApp::start().await;
    let (owner, boss) = (app.owner().await, &world.ours.manager);
    let before = fingerprint(&owner, &world.ours.id).await;
    let long = format!("Squeals\n{}", "o".repeat(501));
    let wrong = stranger(&app, &world).await.with(&[
        ("customer.phone", "12"),
        ("customer.email", "nobody"),
        ("vehicle.year", "last"),
        ("vehicle.vin", "1HGCM82643A004352"),
        ("inspection.odometer_reading", "-1"),
        ("inspection.customer_concerns", &long),
    ]);
    let refused = wrong.hand_in(&app, boss).await;
    assert_eq!(refused.status, 422);
    let marked = ["customer\\.phone", "customer\\.email", "vehicle\\.year", "inspection\\.odometer_reading"];
    for name in marked.iter().chain(&["inspection\\.customer_concerns"]) {
        assert_eq!(refused.texts(&format!("#{name}-wrong")).len(), 1, "{name}");
        assert_eq!(refused.attributes(&format!("#{name}"), "aria-invalid"), ["true"], "{name}");
    }
    assert_eq!(
        refused.texts("#inspection\\.customer_concerns-wrong"),
        ["Concerns: line 2 must be at most 500 characters."]
    );
    assert_eq!(refused.attributes("[name='vehicle.license_plate']", "value"), ["8XYZ 900"]);
    assert_eq!(refused.attributes("[name='customer.sms_opt_in'][checked]", "value"), [""; 0]);
    assert_eq!(refused.texts("[name='vehicle.powertrain'] [selected]"), ["Hybrid"]);
    assert_eq!(refused.texts(".doubt:not(:empty)"), ["VIN looks mistyped? The check digit does not match."]);
    // Which years there are is known to the database, when customer and car are written already.
    let future = stranger(&app, &world).await.with(&[("vehicle.year", "2190")]).hand_in(&app, boss).await;
    assert_eq!(future.texts("#vehicle\\.year-wrong"), ["Year must be from 1900 to two years from now."]);
    let blank = Paper::take(&app, "/inspections/new?customer=new", boss).await.hand_in(&app, boss).await;
    assert_eq!(blank.texts(".wrong").len(), 2, "nobody and nothing");
    assert_eq!(before, fingerprint(&owner, &world.ours.id).await);
}

#[tokio::test]
async fn who_is_here_already_is_shown_first_and_never_blocks() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    app.patch(&format!("/vehicles/{}", world.ours.vehicle), boss, &json!({ "vin": VIN })).await.ok();
    for (field, value, choices) in [
        ("customer.phone", "(415) 555-0142", 2),
        ("vehicle.vin", "1hgcm8-2633a004352", 1),
        ("vehicle.license_plate", "7abc 123", 1),
    ] {
        let known = stranger(&app, &world).await.with(&[(field, value)]).hand_in(&app, boss).await;
        assert_eq!((known.status.as_u16(), known.texts(".known button").len()), (409, choices), "{field}");
        assert_eq!(known.attributes(".known [name=use]", "value"), [&*world.ours.vehicle], "{field}");
        assert_eq!(known.attributes("[name='vehicle.make']", "value"), ["Mazda"], "{field}");
        let (of, typed) = (field.rsplit('.').next().unwrap().replace("license_", ""), value.replace(' ', "+"));
        let typing = app.open(&format!("{NEW}/known?{of}={typed}"), boss).await;
        assert_eq!(typing.attributes(".known [name=use]", "value"), [&*world.ours.vehicle], "{field}");
        let neighbour = app.open(&format!("{NEW}/known?{of}={typed}"), &world.theirs.manager).await;
        assert!(!String::from_utf8_lossy(&neighbour.bytes).contains(&world.ours.vehicle), "{field}");
    }
    assert_eq!(counts(&app, &world).await, [1, 1, 0]);
    let paper = stranger(&app, &world).await.with(&[("customer.phone", "(415) 555-0142")]);
    let shown = paper.hand_in(&app, boss).await.attributes("[name=anyway]", "value").remove(0);
    let unseen = paper.clone().with(&[("anyway", &world.ours.manager.id)]);
    assert_eq!(unseen.hand_in(&app, boss).await.status, 409, "something else was shown");
    paper.with(&[("anyway", &shown)]).comes_in(&app, boss).await;
    assert_eq!(counts(&app, &world).await, [2, 2, 1]);
}

#[tokio::test]
async fn whoever_is_here_already_can_be_taken_instead_with_what_was_typed() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let paper = stranger(&app, &world).await;
    let same = paper.clone().with(&[("use", &world.ours.vehicle)]).hand_in(&app, boss).await;
    assert_eq!((same.status.as_u16(), same.texts("h1")), (200, vec!["2018 Honda Civic".to_owned()]));
    assert_eq!(same.attributes("[name='inspection.odometer_reading']", "value"), ["48,210"]);
    let other = paper.with(&[("owner", &world.ours.customer)]).hand_in(&app, boss).await;
    assert_eq!((other.status.as_u16(), other.texts("h1")), (200, vec!["Another car of Ruth Abel".to_owned()]));
    assert_eq!(counts(&app, &world).await, [1, 1, 0], "nothing is written by choosing");
    let mazda = Paper::of(&other).with(&[("vehicle.make", "Mazda")]);
    mazda.comes_in(&app, boss).await;
    assert_eq!(counts(&app, &world).await, [1, 2, 1]);
}

#[tokio::test]
async fn a_car_that_is_in_the_shop_says_so() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let early = Paper::take(&app, &again(&world), boss).await;
    let new = json!({ "vehicle_id": world.ours.vehicle });
    let open = app.post("/inspections", boss, &new).await.created()["id"].as_str().unwrap().to_owned();
    let told = early.hand_in(&app, boss).await;
    assert_eq!((told.status.as_u16(), told.attributes("[name=anyway]", "value")), (409, vec![open.clone()]));
    assert_eq!(told.attributes(".note a", "href"), [format!("/inspections/{open}")]);
    let page = app.open(&again(&world), boss).await;
    assert_eq!(page.texts(".create"), ["Create another inspection"]);
    Paper::of(&page).comes_in(&app, boss).await;
    assert_eq!(counts(&app, &world).await, [1, 1, 2]);
}

#[tokio::test]
async fn the_neighbour_s_ids_lead_nowhere_and_leave_nothing() {
    let (app, world) = TestApp::start().await;
    let (owner, boss) = (app.owner().await, &world.ours.manager);
    let theirs = Scene::set(&app, &owner, &world.theirs, Ready::Assigned).await;
    let before = [fingerprint(&owner, &world.ours.id).await, fingerprint(&owner, &world.theirs.id).await];
    let (customer, vehicle) = (&*theirs["customers"], &*theirs["vehicles"]);
    for path in [format!("{NEW}?vehicle={vehicle}"), format!("{NEW}?customer={customer}"), format!("{NEW}?vehicle=x")]
    {
        assert_eq!(app.open(&path, boss).await.status, 404, "{path}");
    }
    let known = Paper::take(&app, &again(&world), boss).await;
    let another = Paper::take(&app, &format!("{NEW}?customer={}", world.ours.customer), boss).await;
    let another = another.with(&[("vehicle.make", "Mazda")]);
    let new = stranger(&app, &world).await;
    let inspected = ("inspection.vehicle_id", vehicle);
    for (paper, fields, status) in [
        (&known, vec![("inspection.vehicle_id", vehicle)], 404),
        (&known, vec![("inspection.id", &*theirs["inspections"])], 409),
        (&known, vec![("inspection.assigned_to", &*theirs.mechanic.id)], 422),
        (&known, vec![("use", vehicle)], 404),
        (&known, vec![("owner", customer)], 404),
        (&another, vec![("customer_id", customer)], 404),
        (&another, vec![("vehicle.id", vehicle)], 422),
        (&another, vec![("vehicle.id", vehicle), inspected], 409),
        (&another, vec![("inspection.id", &*theirs["inspections"])], 409),
        (&new, vec![("customer.id", customer)], 409),
        (&new, vec![("vehicle.id", vehicle), inspected], 409),
        (&new, vec![("inspection.assigned_to", &*theirs.mechanic.id)], 422),
        // Customer and car are written, and then the inspection can't be.
        (&new, vec![("inspection.id", &*theirs["inspections"])], 409),
        (&new, vec![("customer.id", &*world.ours.customer)], 409),
    ] {
        let answer = paper.clone().with(&fields).hand_in(&app, boss).await;
        assert_eq!(answer.status, status, "{fields:?}: {}", String::from_utf8_lossy(&answer.bytes));
    }
    let after = [fingerprint(&owner, &world.ours.id).await, fingerprint(&owner, &world.theirs.id).await];
    assert_eq!(before, after);
}

#[tokio::test]
async fn a_vin_says_what_looks_mistyped_and_its_year() {
    let (app, world) = TestApp::start().await;
    for (vin, doubts, year) in [
        ("1M8GDM9AXKP042788", 0, Some("1989")),
        ("11111111111111111", 0, Some("2001")),
        ("1G4AH59H45G118341", 0, Some("2005")),
        ("5GZCZ43D13S812715", 0, Some("2003")),
        (VIN, 0, Some("2003")),
        ("SGZCZ43D13S812715", 1, Some("2003")),
        ("1HGCM826", 1, None),
        ("", 0, None),
        ("%3Cb%3E", 0, None),
    ] {
        let hint = app.open(&format!("{NEW}/vin?vin={vin}"), &world.ours.manager).await;
        assert_eq!((hint.status.as_u16(), hint.texts(".doubt").len()), (200, doubts), "{vin}");
        assert_eq!(hint.attributes("[data-year]", "data-year").first().map(String::as_str), year, "{vin}");
    }
}

#[tokio::test]
async fn a_shop_that_may_only_read_takes_nothing_in() {
    let (app, world) = TestApp::start().await;
    let (owner, boss) = (app.owner().await, &world.ours.manager);
    let paper = stranger(&app, &world).await;
    let close = "UPDATE shops SET subscription_status = 'inactive' WHERE id::text = $1";
    owner.execute(close, &[&world.ours.id]).await.unwrap();
    assert_eq!(paper.hand_in(&app, boss).await.status, 403);
    assert_eq!(counts(&app, &world).await, [1, 1, 0]);
}
