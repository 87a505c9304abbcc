//! The pages of customers and cars: who is found, what stands there for whom, and that a delete can be undone.

use serde_json::{Value, json};

use crate::matrix::scene::{Ready, Scene};
use crate::support::{Answer, TestApp, World};

async fn scene(ready: Ready) -> (TestApp, World, Scene) {
    let (app, world) = TestApp::start().await;
    let scene = Scene::set(&app, &app.owner().await, &world.ours, ready).await;
    (app, world, scene)
}

async fn opened(app: &TestApp, path: &str, who: &crate::support::Person) -> Answer {
    let page = app.open(path, who).await;
    assert_eq!(page.status, 200, "{path}: {}", String::from_utf8_lossy(&page.bytes));
    page
}

async fn names(app: &TestApp, path: &str, who: &crate::support::Person) -> Vec<String> {
    opened(app, path, who).await.texts(".everybody h2")
}

/// The id in the address that a form leads to.
fn id_behind(answer: &Answer) -> String {
    answer.leads_to().rsplit('/').next().unwrap().to_owned()
}

async fn add(app: &TestApp, world: &World, new: &Value) -> String {
    app.post("/customers", &world.ours.manager, new).await.created()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_customer_is_found_by_all_that_they_and_their_cars_are_known_by() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let ludmila = json!({ "first_name": "Ludmila", "email": "l@x.example", "phone": "(415) 555-0199" });
    let ludmila = add(&app, &world, &ludmila).await;
    let saab = json!({ "make": "Saab", "model": "900", "vin": "1HGCM82633A004352", "license_plate": "8-XYZ 900" });
    app.post(&format!("/customers/{ludmila}/vehicles"), boss, &saab).await.created();
    for q in ["ludm", "L%40X.EXAMPLE", "5550199", "8xyz900", "1hgcm826", "saab%20900"] {
        assert_eq!(names(&app, &format!("/customers?q={q}"), boss).await, ["Ludmila"], "{q}");
    }
    assert_eq!(names(&app, "/customers", &world.ours.mechanic).await, ["Ludmila", "Ruth Abel"], "newest first");
    let nobody = opened(&app, "/customers?q=%3Cb%3Eno", boss).await;
    assert_eq!(nobody.texts("[data-found] > p")[0], "Nobody found for “<b>no”.");
    assert_eq!(app.open("/customers?cursor=nonsense", boss).await.status, 422);
}

#[tokio::test]
async fn what_was_searched_for_is_among_the_cars_that_are_shown() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let fleet = format!("/customers/{}/vehicles", world.ours.customer);
    for number in 0..5 {
        let van = json!({ "make": "Ford", "model": "Transit", "license_plate": format!("VAN {number}") });
        app.post(&fleet, boss, &van).await.created();
    }
    let page = opened(&app, "/customers?q=7abc123", boss).await;
    assert_eq!(page.texts(".theirs .plate"), ["7ABC-123", "VAN 4", "VAN 3"]);
    assert_eq!(page.texts(".theirs > li:last-child > a"), ["3 more cars of Ruth Abel"]);
}

#[tokio::test]
async fn two_hundred_customers_are_gone_through_page_by_page() {
    let (app, world) = TestApp::start().await;
    let add = format!(
        "INSERT INTO customers (shop_id, first_name, last_name, created_at)
         SELECT '{}', 'Customer', n::text, now() - n * interval '1 minute' FROM generate_series(1, 200) n",
        world.ours.id
    );
    app.owner().await.batch_execute(&add).await.unwrap();
    let (mut seen, mut path, mut pages) = (Vec::new(), "/customers?q=customer".to_owned(), 0);
    loop {
        let page = opened(&app, &path, &world.ours.mechanic).await;
        seen.extend(page.texts(".everybody h2"));
        pages += 1;
        match page.attributes("[data-further]", "href").pop() {
            Some(next) => path = next,
            None => break,
        }
    }
    let expected: Vec<String> = (1..=200).map(|n| format!("Customer {n}")).collect();
    assert_eq!((seen, pages), (expected, 5));
}

#[tokio::test]
async fn a_shop_without_customers_is_told_how_to_get_one() {
    let (app, world) = TestApp::start().await;
    app.delete(&format!("/customers/{}", world.ours.customer), &world.ours.manager).await.no_content();
    let page = opened(&app, "/customers", &world.ours.manager).await;
    assert_eq!(
        page.attributes(".nobody a", "href"),
        ["/inspections/new?customer=new", "/customers/new", "/settings/data"]
    );
    let page = opened(&app, "/customers", &world.ours.mechanic).await;
    assert_eq!((page.texts(".nobody h2").len(), page.texts("main a").len()), (1, 0));
}

#[tokio::test]
async fn a_mechanic_reads_but_neither_changes_nor_sees_texts() {
    let (app, _, scene) = scene(Ready::Completed).await;
    app.post(&format!("/inspections/{}/send", scene["inspections"]), &scene.manager, &json!({})).await.ok();
    for path in [format!("/customers/{}", scene["customers"]), format!("/vehicles/{}", scene["vehicles"])] {
        let page = opened(&app, &path, &scene.manager).await;
        let forms = page.attributes("main form, aside form", "action");
        assert_eq!(forms.last(), Some(&format!("{path}/delete")));
        assert!(page.attributes("a", "href").contains(&format!("{path}/edit")), "{path}");
        let page = opened(&app, &path, &scene.mechanic).await;
        assert_eq!(page.attributes("main form, aside form", "action"), [""; 0]);
        assert!(
            !page.attributes("a", "href").iter().any(|address| address.contains("/new") || address.contains("/edit"))
        );
        assert_eq!(page.texts(".bubble"), [""; 0]);
        assert_eq!(page.texts(".timeline .on").len(), 1, "{path}");
        assert_eq!(page.texts(".consent").len(), 1, "{path}");
    }
    let page = opened(&app, &format!("/customers/{}", scene["customers"]), &scene.manager).await;
    assert_eq!(page.texts(".bubble").len(), 1);
    assert_eq!(page.texts(".text-of .delivery").len(), 1);
}

#[tokio::test]
async fn a_visit_says_what_became_of_its_report_and_the_last_texts_are_read_downwards() {
    let (app, _, scene) = scene(Ready::Completed).await;
    let owner = app.owner().await;
    let inspection = &scene["inspections"];
    app.post(&format!("/inspections/{inspection}/send"), &scene.manager, &json!({ "via": "sms" })).await.ok();
    let customer = format!("/customers/{}", scene["customers"]);
    let phone = app.get(&customer, &scene.manager).await.ok()["phone"].clone();
    for content in ["STOP", "START"] {
        let heard = json!({ "from": phone, "content": content });
        app.post("/sandbox/messages", &scene.manager, &heard).await.created();
    }
    for (status, words) in [("sent", "Report sent, not yet delivered"), ("failed", "Report not delivered")] {
        let change = format!("UPDATE messages SET status = '{status}' WHERE inspection_id = '{inspection}'");
        owner.batch_execute(&change).await.unwrap();
        for path in [customer.clone(), format!("/vehicles/{}", scene["vehicles"])] {
            for who in [&scene.manager, &scene.mechanic] {
                let visit = opened(&app, &path, who).await.texts(".timeline .what-for").remove(0);
                assert!(visit.ends_with(words), "{path}: {visit}");
            }
        }
    }
    let bubbles = opened(&app, &customer, &scene.manager).await.texts(".text-of .bubble");
    assert_eq!(bubbles[bubbles.len() - 2..], ["From Ruth: STOP", "From Ruth: START"]);
}

#[tokio::test]
async fn what_came_back_yellow_or_red_stands_with_what_was_answered() {
    let (app, world, scene) = scene(Ready::Completed).await;
    let inspection = format!("/inspections/{}", scene["inspections"]);
    let sent = app.post(&format!("{inspection}/send"), &scene.manager, &json!({ "via": "link" })).await.ok();
    let link = sent["report_url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let fields = [("category", "brakes"), ("component", "front_pads_left"), ("answer", "call_me")];
    app.submit(&format!("/r/{link}/answer"), None, &fields).await.leads_to();
    // A car that is here again is not done yet, so last time is still the time before.
    let again = json!({ "vehicle_id": scene["vehicles"] });
    let again = app.post("/inspections", &scene.manager, &again).await.created();
    for path in [format!("/customers/{}", scene["customers"]), format!("/vehicles/{}", scene["vehicles"])] {
        let page = opened(&app, &path, &world.ours.mechanic).await;
        assert_eq!(page.texts(".findings b"), ["Front brake pads, left"]);
        assert_eq!(page.texts(".findings .number"), ["2.5 mm"]);
        assert_eq!(page.texts(".findings .words"), ["Worn out"]);
        assert_eq!(page.texts(".said-so"), ["Ruth wanted a call"]);
        assert_eq!(page.texts(".timeline .tally li")[..3], ["0 red", "0 yellow", "0 green"]);
        assert_eq!(page.texts(".timeline .tally li")[3], "1 red");
        let inside = format!("/inspections/{}", again["id"].as_str().unwrap());
        assert!(page.attributes("main > .note a, .inside", "href").contains(&inside), "{path}");
    }
}

#[tokio::test]
async fn numbers_are_drawn_visit_by_visit_and_told_in_a_table() {
    let (app, _, scene) = scene(Ready::Completed).await;
    let new = json!({ "vehicle_id": scene["vehicles"] });
    let id = app.post("/inspections", &scene.manager, &new).await.created()["id"].clone();
    let inspection = format!("/inspections/{}", id.as_str().unwrap());
    app.post(&format!("{inspection}/start"), &scene.mechanic, &json!({})).await.ok();
    let taps = json!([
        { "category": "brakes", "component": "front_pads_left", "measurement": 8 },
        { "category": "battery", "component": "resting_voltage", "measurement": 12.1, "notes": "Weak" },
    ]);
    app.put(&format!("{inspection}/items"), Some(&scene.mechanic), &taps).await.ok();
    let vehicle = format!("/vehicles/{}", scene["vehicles"]);
    let page = opened(&app, &vehicle, &scene.mechanic).await;
    assert_eq!(page.texts(".of-what b"), ["2.5 mm"], "what is still under way does not count yet");
    let complete = json!({ "allow_incomplete": true });
    app.post(&format!("{inspection}/complete"), &scene.manager, &complete).await.ok();
    let page = opened(&app, &vehicle, &scene.mechanic).await;
    assert_eq!(page.texts(".sheet h3"), ["Brakes", "Battery"]);
    assert_eq!(page.texts(".of-what b"), ["8 mm", "12.1 V"]);
    assert_eq!(page.texts(".of-what .quiet"), ["was 2.5 mm"]);
    let said = page.attributes("svg.chart", "aria-label");
    assert_eq!(
        said[0],
        "Front brake pads, left: 8 mm. Red up to 3 mm, yellow up to 5 mm, green above. Last time 2.5 mm."
    );
    assert_eq!(page.texts(".numbers td"), ["8 mm", "2.5 mm", "12.1 V"]);
    assert_eq!(page.attributes(".numbers td svg", "aria-label"), ["green", "red", "yellow"]);
    assert_eq!(page.attributes("svg.chart use", "href"), ["#red", "#green", "#yellow"]);
}

#[tokio::test]
async fn what_is_deleted_is_gone_from_sight_until_it_is_undone() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let customer = format!("/customers/{}", world.ours.customer);
    let vehicle = format!("/vehicles/{}", world.ours.vehicle);
    let deleted = app.submit(&format!("{customer}/delete"), boss, &[]).await;
    assert_eq!(deleted.leads_to(), customer);
    let gone = opened(&app, &customer, boss).await;
    assert_eq!(gone.texts("h1"), ["Ruth Abel and 1 car deleted"]);
    assert_eq!(gone.attributes("main form", "action"), [format!("{customer}/restore")]);
    assert_eq!(names(&app, "/customers", boss).await, [""; 0]);
    assert_eq!(app.open(&vehicle, boss).await.status, 404);
    assert_eq!(opened(&app, &customer, &world.ours.mechanic).await.texts("main button").len(), 0);
    assert_eq!(app.submit(&format!("{customer}/restore"), boss, &[]).await.leads_to(), customer);
    assert_eq!(opened(&app, &customer, boss).await.texts(".its-car .plate"), ["7ABC-123"]);

    assert_eq!(app.submit(&format!("{vehicle}/delete"), boss, &[]).await.leads_to(), vehicle);
    assert_eq!(opened(&app, &vehicle, boss).await.texts("h1"), ["2018 Honda Civic, 7ABC-123 deleted"]);
    assert_eq!(opened(&app, &customer, boss).await.texts(".its-car .plate"), [""; 0]);
    assert_eq!(app.submit(&format!("{vehicle}/restore"), boss, &[]).await.leads_to(), vehicle);
    assert_eq!(opened(&app, &vehicle, boss).await.texts("h1"), ["2018 Honda Civic"]);
}

#[tokio::test]
async fn a_customer_and_a_car_are_added_once_and_changed() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let form = opened(&app, "/customers/new", boss).await;
    let id = form.attributes("[name=id]", "value").remove(0);
    let mut fields =
        vec![("id", id.as_str()), ("first_name", "Ludmila"), ("phone", "415 555 0199"), ("sms_opt_in", "false")];
    for _ in 0..2 {
        assert_eq!(id_behind(&app.submit("/customers/new", boss, &fields).await), id);
    }
    let path = format!("/customers/{id}");
    assert_eq!(opened(&app, &path, boss).await.texts(".consent"), ["No texts: they did not agree to any."]);

    let edit = opened(&app, &format!("{path}/edit"), boss).await;
    assert_eq!(edit.attributes("[name=phone]", "value"), ["(415) 555-0199"]);
    fields =
        vec![("first_name", "Ludmila <b>"), ("last_name", ""), ("phone", "(415) 555-0199"), ("sms_opt_in", "true")];
    let address = [("address.line1", "1 Main St"), ("address.city", "Oakland"), ("email", "")];
    let changed = app.submit(&format!("{path}/edit"), boss, &[fields.as_slice(), &address].concat()).await;
    assert_eq!(changed.leads_to(), path);
    let page = opened(&app, &path, boss).await;
    assert_eq!(page.texts("h1"), ["Ludmila <b>"]);
    assert!(page.texts(".beside dd").contains(&"1 Main StOakland".to_owned()), "{:?}", page.texts(".beside dd"));
    assert!(page.texts(".consent")[0].starts_with("May be texted: "), "{:?}", page.texts(".consent"));

    let cars = format!("{path}/vehicles/new");
    let car = [("license_plate", "8xyz 900"), ("vin", "1HGCM82633A004353"), ("mileage", "48,210"), ("year", "2003")];
    assert_eq!(app.submit(&cars, boss, &car).await.leads_to(), path);
    let page = opened(&app, &path, boss).await;
    let vehicle = page.attributes(".its-car h3 a", "href").remove(0);
    let page = opened(&app, &vehicle, boss).await;
    assert_eq!(page.texts(".doubt"), ["looks mistyped? The check digit does not match"]);
    assert!(page.texts(".beside dd").contains(&"48,210 miles".to_owned()));
    let car = [("license_plate", ""), ("vin", "1HGCM82633A004352"), ("powertrain", "hybrid")];
    assert_eq!(app.submit(&format!("{vehicle}/edit"), boss, &car).await.leads_to(), vehicle);
    let page = opened(&app, &vehicle, boss).await;
    assert_eq!((page.texts(".doubt").len(), page.texts("main .plate").len()), (0, 0));
    assert_eq!(page.texts(".beside dl dd").last().map(String::as_str), Some("Hybrid"));
}

#[tokio::test]
async fn what_is_wrong_with_a_form_stands_beside_its_field() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let blank = app.submit("/customers/new", boss, &[("first_name", " "), ("address.city", "Oakland")]).await;
    assert_eq!(blank.status, 422);
    assert_eq!(blank.texts(".wrong"), ["First name or a phone number is needed, to find them again."]);
    assert_eq!(blank.attributes("[name='address.city']", "value"), ["Oakland"]);
    let path = format!("/customers/{}", world.ours.customer);
    let wrong = [("first_name", "Ruth"), ("phone", "nobody's"), ("email", "nowhere")];
    let refused = app.submit(&format!("{path}/edit"), boss, &wrong).await;
    assert_eq!(
        (refused.status.as_u16(), refused.attributes("[name=email]", "value")),
        (422, vec!["nowhere".to_owned()])
    );
    assert_eq!(refused.texts("h1"), ["Ruth Abel"]);
    let nothing = app.submit(&format!("{path}/vehicles/new"), boss, &[("color", "Blue")]).await;
    assert_eq!(nothing.texts(".wrong").len(), 1);
    let vehicle = format!("/vehicles/{}", world.ours.vehicle);
    let early = app.submit(&format!("{vehicle}/edit"), boss, &[("year", "1800"), ("mileage", "-1")]).await;
    assert_eq!((early.status.as_u16(), early.texts("h1")), (422, vec!["2018 Honda Civic".to_owned()]));
    assert!(!early.texts(".wrong").is_empty());
}

#[tokio::test]
async fn who_may_be_the_same_is_shown_and_never_in_the_way() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let twin = [("first_name", "R. Abel"), ("phone", "(415) 555-0142")];
    let twin = app.submit("/customers/new", boss, &twin).await.leads_to().to_owned();
    assert_eq!(opened(&app, &twin, boss).await.texts(".note a"), ["Ruth Abel"]);
    let path = format!("/customers/{}", world.ours.customer);
    assert_eq!(opened(&app, &path, boss).await.attributes(".note a", "href"), [twin.as_str()]);
    let car = [("license_plate", "7abc 123"), ("make", "Honda")];
    app.submit(&format!("{twin}/vehicles/new"), boss, &car).await.leads_to();
    let vehicle = format!("/vehicles/{}", world.ours.vehicle);
    assert_eq!(opened(&app, &vehicle, boss).await.texts(".note a"), ["the Honda of R. Abel"]);
    app.submit(&format!("{twin}/delete"), boss, &[]).await.leads_to();
    for path in [path, vehicle] {
        assert_eq!(
            opened(&app, &path, boss).await.texts(".note"),
            [""; 0],
            "{path}: who was deleted is nobody's twin"
        );
    }
}

#[tokio::test]
async fn why_and_since_when_somebody_gets_no_texts_is_said() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let path = format!("/customers/{}", world.ours.customer);
    let said = async || opened(&app, &path, &world.ours.mechanic).await.texts(".consent").remove(0);
    assert!(said().await.starts_with("May be texted: noted here when they were added on "));
    app.post("/sandbox/messages", boss, &json!({ "from": "+14155550142", "content": "Stop" })).await.created();
    assert!(said().await.starts_with("No texts: they answered STOP on "));
    app.patch(&path, boss, &json!({ "sms_opt_in": true })).await.ok();
    assert!(said().await.starts_with("May be texted: they told Maria on "));
    app.patch(&path, boss, &json!({ "phone": null })).await.ok();
    assert_eq!(said().await, "No texts: there is no phone number.");
}

#[tokio::test]
async fn a_customer_s_page_leads_to_the_conversation_with_them() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let path = format!("/customers/{}", world.ours.customer);
    let page = opened(&app, &path, boss).await;
    let fields = page.attributes("form[action='/conversations'] input", "value");
    assert_eq!(fields, [world.ours.customer.as_str()]);
    let begun =
        app.submit("/conversations", boss, &[("customer_id", fields[0].as_str())]).await.leads_to().to_owned();
    app.post("/sandbox/messages", boss, &json!({ "from": "+14155550142", "content": "STOP" })).await.created();
    let page = opened(&app, &path, boss).await;
    assert_eq!(page.attributes("form[action='/conversations']", "action"), [""; 0], "who said STOP is not texted");
    assert!(page.attributes(".beside a", "href").contains(&begun), "{begun}");
    assert_eq!(opened(&app, &path, &world.ours.mechanic).await.texts(".beside .button"), [""; 0]);
}

#[tokio::test]
async fn a_form_sets_nothing_back_that_changed_while_it_was_open() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let path = format!("/customers/{}", world.ours.customer);
    let vehicle = format!("/vehicles/{}", world.ours.vehicle);
    let (owner_form, car_form) = (filled_in(&app, &path, boss).await, filled_in(&app, &vehicle, boss).await);
    app.post("/sandbox/messages", boss, &json!({ "from": "+14155550142", "content": "STOP" })).await.created();
    app.patch(&vehicle, boss, &json!({ "vin": "1HGCM82633A004352" })).await.ok();
    for (path, form, touched) in [(&path, owner_form, "address.city"), (&vehicle, car_form, "color")] {
        let rest = form.iter().filter(|(name, _)| name != touched).map(|(name, text)| (&**name, &**text));
        let sent: Vec<_> = rest.chain([(touched, "Teal")]).collect();
        assert_eq!(app.submit(&format!("{path}/edit"), boss, &sent).await.leads_to(), path);
    }
    let customer = app.get(&path, boss).await.ok();
    assert_eq!((&customer["sms_opt_in"], &customer["address"]["city"]), (&json!(false), &json!("Teal")));
    assert!(opened(&app, &path, boss).await.texts(".consent")[0].starts_with("No texts: they answered STOP on "));
    let car = app.get(&vehicle, boss).await.ok();
    assert_eq!((&car["vin"], &car["color"]), (&json!("1HGCM82633A004352"), &json!("Teal")));
}

/// The fields of a form as a browser sends them that changes nothing.
async fn filled_in(app: &TestApp, path: &str, who: &crate::support::Person) -> Vec<(String, String)> {
    let page = opened(app, &format!("{path}/edit"), who).await;
    let of = |what: &str| {
        let selector = format!(".filled-in {what}");
        page.attributes(&selector, "name").into_iter().zip(page.attributes(&selector, "value"))
    };
    let choice =
        page.attributes(".filled-in option[selected]", "value").pop().map(|it| ("powertrain".to_owned(), it));
    of("input:not([type=checkbox])").chain(of("input[checked]")).chain(choice).collect()
}
