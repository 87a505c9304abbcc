//! The board: which car stands where, what its card says to whom, and assigning from there.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::matrix::scene::{Ready, Scene};
use crate::support::world::Shop;
use crate::support::{Answer, Person, TestApp, World};

/// A shop whose board is looked at.
struct Yard {
    app: TestApp,
    owner: Client,
    world: World,
}

impl Yard {
    async fn open() -> Self {
        let (app, world) = TestApp::start().await;
        let owner = app.owner().await;
        Self { app, owner, world }
    }

    fn ours(&self) -> &Shop {
        &self.world.ours
    }

    /// The board as a manager sees it.
    async fn board(&self) -> Answer {
        self.app.open("/board", &self.ours().manager).await
    }

    /// A car that has come so far.
    async fn car(&self, ready: Ready) -> Scene {
        Scene::set(&self.app, &self.owner, self.ours(), ready).await
    }

    /// A car of a customer of one's own that nobody was told to look at, whose id is yielded.
    async fn new_car(&self, customer: &Value, car: &Value, inspection: Value) -> String {
        let manager = &self.ours().manager;
        let customer = made(&self.app.post("/customers", manager, customer).await);
        let vehicle = made(&self.app.post(&format!("/customers/{customer}/vehicles"), manager, car).await);
        let mut new = inspection;
        new["vehicle_id"] = json!(vehicle);
        made(&self.app.post("/inspections", manager, &new).await)
    }

    /// Changes rows behind the program's back.
    async fn sql(&self, sql: &str) {
        self.owner.batch_execute(sql).await.unwrap();
    }

    /// Sends the report and yields the last part of its link.
    async fn send(&self, inspection: &str, via: &str) -> String {
        let path = format!("/inspections/{inspection}/send");
        let sent = self.app.post(&path, &self.ours().manager, &json!({ "via": via })).await.ok();
        sent["report_url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
    }

    /// What the customer's browser tells.
    async fn on_report(&self, link: &str, what: &str, body: &Value) {
        let request = Request::post(format!("/r/{link}/{what}")).header(CONTENT_TYPE, "application/json");
        self.app.send(request.body(Body::from(body.to_string())).unwrap()).await.no_content();
    }

    async fn assign(&self, inspection: &str, to: &str, back: &str) -> Answer {
        let path = format!("/inspections/{inspection}/assign");
        self.app.submit(&path, &self.ours().manager, &[("user_id", to), ("back", back)]).await
    }
}

fn made(answer: &Answer) -> String {
    answer.created()["id"].as_str().unwrap().to_owned()
}

/// The ids of the cars in a column, from top to bottom.
fn cars(board: &Answer, column: &str) -> Vec<String> {
    let ids = board.attributes(&format!("#cars-{column} > .car"), "id");
    ids.into_iter().map(|id| id.strip_prefix("car-").unwrap().to_owned()).collect()
}

/// What stands in one part of a car's card.
fn on_card(board: &Answer, id: &str, part: &str) -> Vec<String> {
    board.texts(&format!("#car-{id} {part}"))
}

#[tokio::test]
async fn every_car_stands_in_the_column_of_its_state() {
    let yard = Yard::open().await;
    let free = yard.new_car(&json!({}), &json!({}), json!({})).await;
    let mut expected = vec![("created", free)];
    for (column, ready) in [
        ("assigned", Ready::Assigned),
        ("in_progress", Ready::InProgress),
        ("completed", Ready::Completed),
        ("sent", Ready::Sent),
    ] {
        expected.push((column, yard.car(ready).await["inspections"].clone()));
    }
    let board = yard.board().await;
    for (column, id) in expected {
        assert_eq!(cars(&board, column), [id.as_str()], "{column}");
        assert_eq!(board.texts(&format!("#many-{column}")), ["1"], "{column}");
        assert_eq!(board.attributes(&format!("#open-{id}"), "href"), [format!("/inspections/{id}")]);
    }
    assert_eq!(board.texts("h1"), ["Send 1 finished report"]);
    assert_eq!(board.texts("title"), ["(1) Board - Delgado & Sons"]);
}

#[tokio::test]
async fn what_people_typed_stands_there_as_they_typed_it() {
    let yard = Yard::open().await;
    let id = yard
        .new_car(
            &json!({ "first_name": "<i>Ruth</i>", "last_name": "O'Neil & \"Sons\"" }),
            &json!({ "make": "<b>Honda", "model": "Civic", "year": 2018, "license_plate": "7A&C-123" }),
            json!({ "customer_concerns": ["Squeals <when> braking", "Smells"] }),
        )
        .await;
    let board = yard.board().await;
    assert_eq!(on_card(&board, &id, "h3"), ["2018 <b>Honda Civic"]);
    assert_eq!(on_card(&board, &id, ".plate"), ["7A&C-123"]);
    assert_eq!(on_card(&board, &id, "h3 + p"), ["<i>Ruth</i> O'Neil & \"Sons\""]);
    assert_eq!(on_card(&board, &id, ".concern"), ["“Squeals <when> braking”"]);
    assert_eq!(board.texts("#content i, #content script"), [""; 0]);
    let news = board.attributes(&format!("#car-{id}"), "data-news");
    assert_eq!(news, ["A car is here: 2018 <b>Honda Civic"]);
}

#[tokio::test]
async fn a_car_of_which_little_is_known_is_shown_by_what_there_is() {
    let yard = Yard::open().await;
    let id = yard.new_car(&json!({ "phone": "+14155550155" }), &json!({}), json!({})).await;
    let board = yard.board().await;
    assert_eq!(on_card(&board, &id, "h3"), ["vehicle"]);
    assert_eq!(on_card(&board, &id, ".line .quiet"), ["No plate"]);
    assert_eq!(on_card(&board, &id, "h3 + p"), ["(415) 555-0155"]);
}

#[tokio::test]
async fn progress_is_told_and_drawn_and_what_went_back_says_why() {
    let yard = Yard::open().await;
    let begun = yard.car(Ready::InProgress).await["inspections"].clone();
    let back = yard.car(Ready::Completed).await["inspections"].clone();
    let reopen = format!("/inspections/{back}/reopen");
    yard.app.post(&reopen, &yard.ours().manager, &json!({ "reason": "Which <side>?" })).await.ok();
    let board = yard.board().await;
    assert_eq!(on_card(&board, &begun, ".progress"), ["1 of 31 rated"]);
    assert_eq!(on_card(&board, &begun, ".tally li"), ["1 red", "0 yellow", "0 green"]);
    assert_eq!(board.attributes(&format!("#car-{begun} .done"), "d"), ["M26 0h6v6h-6z"], "the second category");
    assert_eq!(on_card(&board, &begun, ".back"), [""; 0]);
    assert_eq!(on_card(&board, &back, ".back"), ["Sent back: Which <side>?"]);
    // Done again, it is ready like any other.
    yard.app.post(&format!("/inspections/{back}/complete"), &yard.ours().manager, &json!({})).await.ok();
    assert_eq!(on_card(&yard.board().await, &back, ".back"), [""; 0]);
}

#[tokio::test]
async fn whoever_can_t_be_texted_is_said_beside_what_to_do_instead() {
    let yard = Yard::open().await;
    let mut scenes = Vec::new();
    for _ in 0..3 {
        scenes.push(yard.car(Ready::Completed).await);
    }
    let [may, silent, stopped] = &scenes[..] else { panic!("three") };
    yard.sql(&format!("UPDATE customers SET phone = NULL WHERE id = '{}'", silent["customers"])).await;
    yard.sql(&format!(
        "INSERT INTO consent_events (shop_id, phone, kind, source)
         SELECT shop_id, phone, 'opt_out', 'staff' FROM customers WHERE id = '{}'",
        stopped["customers"]
    ))
    .await;
    let board = yard.board().await;
    let way = |scene: &Scene| {
        let id = &scene["inspections"];
        (on_card(&board, id, ".obstacle").join(""), on_card(&board, id, ".button").join(""))
    };
    let print = "Preview and print: 2018 Honda Civic".to_owned();
    let instead = "print the report or hand over its link.";
    assert_eq!(way(may), (String::new(), "Preview and send: 2018 Honda Civic".to_owned()));
    assert_eq!(way(silent), (format!("No phone number: {instead}"), print.clone()));
    assert_eq!(way(stopped), (format!("Does not want texts: {instead}"), print));
}

#[tokio::test]
async fn a_shop_without_a_number_prints() {
    let (app, world) = TestApp::start_with_provider().await;
    let owner = app.owner().await;
    let id = Scene::set(&app, &owner, &world.ours, Ready::Completed).await["inspections"].clone();
    let board = app.open("/board", &world.ours.manager).await;
    let words = "The shop has no number to text from: print the report or hand over its link.";
    assert_eq!(on_card(&board, &id, ".obstacle"), [words]);
}

#[tokio::test]
async fn what_becomes_of_a_report_that_is_out() {
    let yard = Yard::open().await;
    let handed_over = yard.car(Ready::Sent).await["inspections"].clone();
    let texted = yard.car(Ready::Completed).await["inspections"].clone();
    let link = yard.send(&texted, "sms").await;
    let delivery = async |id: &str| on_card(&yard.board().await, id, ".delivery");
    let becomes = async |status: &str| {
        yard.sql(&format!("UPDATE messages SET {status} WHERE inspection_id = '{texted}'")).await;
        delivery(&texted).await
    };
    assert_eq!(delivery(&handed_over).await, ["Link handed over"]);
    assert_eq!(delivery(&texted).await, ["Waiting to be sent"]);
    assert_eq!(becomes("status = 'sent'").await, ["Sent, not yet delivered"]);
    assert_eq!(becomes("status = 'failed', error_code = '30006'").await, ["Not delivered"]);
    let board = yard.board().await;
    assert_eq!(
        on_card(&board, &texted, ".delivery + p, .foot + p"),
        ["The number is unknown or a landline: call instead."]
    );
    assert_eq!(on_card(&board, &texted, ".ways a")[0], "Hand the link over");
    assert!(board.attributes(&format!("#call-{texted}"), "href")[0].starts_with("tel:+1415"));
    let as_mechanic = yard.app.open("/board", &yard.ours().mechanic).await;
    assert_eq!(on_card(&as_mechanic, &texted, ".delivery, .delivery + p, .foot + p, .ways"), ["Not delivered"]);
    assert_eq!(becomes("error_code = '30003'").await, ["Not delivered"]);
    assert_eq!(on_card(&yard.board().await, &texted, ".ways a")[0], "Text again");
    assert_eq!(becomes("status = 'delivered'").await, ["Delivered"]);
    yard.app
        .send(axum::http::Request::post(format!("/r/{link}/seen")).body(axum::body::Body::empty()).unwrap())
        .await;
    assert_eq!(delivery(&texted).await, ["Viewed"]);
}

#[tokio::test]
async fn an_old_text_says_nothing_about_a_report_that_was_handed_over_since() {
    let yard = Yard::open().await;
    let id = yard.car(Ready::Completed).await["inspections"].clone();
    yard.send(&id, "sms").await;
    yard.app.post(&format!("/inspections/{id}/reopen"), &yard.ours().manager, &json!({})).await.ok();
    yard.app.post(&format!("/inspections/{id}/complete"), &yard.ours().manager, &json!({})).await.ok();
    yard.send(&id, "link").await;
    assert_eq!(on_card(&yard.board().await, &id, ".delivery"), ["Link handed over"]);
}

#[tokio::test]
async fn the_customer_s_answers_stand_on_the_card() {
    let yard = Yard::open().await;
    let scene = yard.car(Ready::Rated).await;
    let id = scene["inspections"].clone();
    let answers = [
        ("brakes", "front_pads_left", "red", "call_me"),
        ("brakes", "front_pads_right", "red", "do_it"),
        ("lights", "turn_signals", "red", "do_it"),
        ("glass", "front_wipers", "yellow", "do_it"),
        ("lights", "horn", "yellow", "later"),
    ];
    let taps = answers.map(|(category, component, severity, _)| {
        json!({ "category": category, "component": component, "severity": severity, "notes": "Worn" })
    });
    yard.app.put(&format!("/inspections/{id}/items"), &scene.mechanic, &json!(taps)).await.ok();
    yard.app.post(&format!("/inspections/{id}/complete"), &scene.mechanic, &json!({})).await.ok();
    let link = yard.send(&id, "link").await;
    let said = answers.map(
        |(category, component, _, answer)| json!({ "category": category, "component": component, "answer": answer }),
    );
    yard.on_report(&link, "answers", &json!({ "answers": said })).await;
    let board = yard.board().await;
    let lines = ["Call me: Front brake pads, left", "Please do it: 2 red, 1 yellow", "Later: 1 yellow"];
    assert_eq!(on_card(&board, &id, ".answer"), lines);
    let news = board.attributes(&format!("#car-{id}"), "data-news");
    assert_eq!(news, ["Ruth answered. Call me: Front brake pads, left"]);
}

#[tokio::test]
async fn only_what_was_sent_today_is_shown_of_what_is_out() {
    let yard = Yard::open().await;
    let id = yard.car(Ready::Sent).await["inspections"].clone();
    // Of a shop where it is noon, so that no midnight comes in between.
    let hour: i32 =
        yard.owner.query_one("SELECT extract(hour FROM now() AT TIME ZONE 'UTC')::int", &[]).await.unwrap().get(0);
    let east = 12 - hour;
    let sent = async |hours_east: i32, minutes_after_midnight: i32| {
        // The database's names of these zones count to the west.
        let zone = format!("Etc/GMT{:+}", -hours_east);
        yard.sql(&format!(
            "UPDATE shops SET settings = settings || jsonb_build_object('timezone', '{zone}');
             UPDATE inspections SET sent_at = date_trunc('hour', now()) - interval '12 hours'
                                              + {minutes_after_midnight} * interval '1 minute' WHERE id = '{id}'"
        ))
        .await;
        cars(&yard.board().await, "sent").len()
    };
    assert_eq!(sent(east, 1).await, 1, "just after midnight");
    assert_eq!(sent(east, -1).await, 0, "just before");
    assert_eq!(sent(east + 2, -1).await, 1, "just before midnight here is today where it is two hours later");
}

#[tokio::test]
async fn a_mechanic_sees_the_board_without_what_is_the_desk_s() {
    let yard = Yard::open().await;
    let assigned = yard.car(Ready::Assigned).await;
    let completed = yard.car(Ready::Completed).await["inspections"].clone();
    let board = yard.app.open("/board", &assigned.mechanic).await;
    assert_eq!(board.texts("h1"), ["Inspect 1 car"]);
    assert_eq!(cars(&board, "completed"), [completed.as_str()]);
    assert_eq!(board.texts(".assign, .car .button, .top a[href='/inspections/new']"), [""; 0]);
    let news = format!("#car-{}", assigned["inspections"]);
    assert_eq!(board.attributes(&news, "data-news"), ["Assigned to you: 2018 Honda Civic"]);
    assert_eq!(board.attributes(&format!("#car-{completed}"), "data-news"), [""; 0]);
}

#[tokio::test]
async fn another_shop_s_cars_stand_nowhere() {
    let yard = Yard::open().await;
    let scene = yard.car(Ready::Sent).await;
    yard.car(Ready::Assigned).await;
    let theirs = yard.app.open("/board", &yard.world.theirs.manager).await;
    assert_eq!(theirs.texts(".car"), [""; 0]);
    assert_eq!(theirs.texts("h1"), ["One step to your first inspection"]);
    let ours = yard.ours().mechanic.id.clone();
    assert_eq!(yard.app.open(&format!("/board?who={ours}"), &yard.world.theirs.manager).await.leads_to(), "/board");
    assert!(scene.all_ids().all(|id| !String::from_utf8_lossy(&theirs.bytes).contains(id)));
}

#[tokio::test]
async fn one_mechanic_s_cars_are_shown_with_those_that_are_anybody_s() {
    let yard = Yard::open().await;
    let mechanic = yard.ours().mechanic.clone();
    let mine = yard.new_car(&json!({}), &json!({}), json!({ "assigned_to": mechanic.id })).await;
    let other = json!({ "assigned_to": yard.ours().other_mechanic.id });
    let others = yard.new_car(&json!({}), &json!({}), other).await;
    let free = yard.new_car(&json!({}), &json!({}), json!({})).await;
    let path = format!("/board?who={}", mechanic.id);
    let board = yard.app.open(&path, &yard.ours().manager).await;
    assert_eq!((cars(&board, "assigned"), cars(&board, "created")), (vec![mine.clone()], vec![free]));
    assert_eq!(board.texts(".who [aria-current]"), ["tomasz"]);
    assert_eq!(board.attributes(&format!("#car-{mine} [name=back]"), "value"), [path]);
    assert_eq!(cars(&yard.board().await, "assigned"), [mine, others]);
    let manager = &yard.ours().manager;
    assert_eq!(yard.app.open("/board?who=nobody", manager).await.texts(".who [aria-current]"), ["Everybody"]);
    let stranger = "/board?who=01890000-0000-7000-8000-000000000000";
    assert_eq!(yard.app.open(stranger, manager).await.leads_to(), "/board");
}

#[tokio::test]
async fn a_card_assigns_and_goes_back_to_where_it_came_from() {
    let yard = Yard::open().await;
    let (tomasz, aiko) = (yard.ours().mechanic.clone(), yard.ours().other_mechanic.clone());
    let id = yard.new_car(&json!({}), &json!({}), json!({})).await;
    let chosen = |board: &Answer| board.attributes(&format!("#assign-{id} [selected]"), "value");
    assert_eq!(chosen(&yard.board().await), [""; 0]);
    let filtered = format!("/board?who={}", tomasz.id);
    assert_eq!(yard.assign(&id, &tomasz.id, &filtered).await.leads_to(), filtered);
    assert_eq!(chosen(&yard.board().await), [tomasz.id.as_str()]);
    for elsewhere in ["//evil.example", "https://evil.example", "/\\evil.example", "/board\u{1}", "", "board"] {
        assert_eq!(yard.assign(&id, &aiko.id, elsewhere).await.leads_to(), "/board", "{elsewhere}");
    }
    assert_eq!(chosen(&yard.board().await), [aiko.id.as_str()]);
    assert_eq!(yard.assign(&id, "", "/board").await.leads_to(), "/board");
    assert_eq!(cars(&yard.board().await, "created"), [id.as_str()]);
    let foreign = yard.world.theirs.mechanic.id.clone();
    assert_eq!(yard.assign(&id, &foreign, "/board").await.status, 422);
    let begun = yard.car(Ready::Completed).await["inspections"].clone();
    let late = yard.assign(&begun, &aiko.id, "/board").await;
    assert_eq!(
        (late.status.as_u16(), late.texts("[role=alert]")),
        (409, vec!["Sorry: not possible while it is completed.".to_owned()])
    );
}

#[tokio::test]
async fn whoever_left_stays_chosen_on_the_card_that_is_still_theirs() {
    let yard = Yard::open().await;
    let leaver = yard.ours().other_mechanic.clone();
    let id = yard.new_car(&json!({}), &json!({}), json!({ "assigned_to": leaver.id })).await;
    yard.app.delete(&format!("/users/{}", leaver.id), &yard.ours().manager).await.no_content();
    let board = yard.board().await;
    assert_eq!(board.attributes(&format!("#assign-{id} [selected]"), "value"), [leaver.id.as_str()]);
    assert_eq!(board.texts(&format!("#assign-{id} option[selected]")), ["aiko"]);
    assert_eq!(board.texts(".who a"), ["Everybody", "tomasz"]);
}

#[tokio::test]
async fn a_column_shows_a_hundred_and_says_how_many_more_there_are() {
    let yard = Yard::open().await;
    let more = |count: i32, age: &str| {
        format!(
            "INSERT INTO inspections (shop_id, vehicle_id, created_by, status, catalogue_version, created_at)
             SELECT '{}', '{}', '{}', 'created', '1', now() - interval '{age}' - n * interval '1 minute'
               FROM generate_series(1, {count}) n",
            yard.ours().id,
            yard.ours().vehicle,
            yard.ours().manager.id
        )
    };
    yard.sql(&more(100, "1 hour")).await;
    let newest = yard.new_car(&json!({}), &json!({}), json!({})).await;
    let board = yard.board().await;
    assert_eq!((cars(&board, "created").len(), board.texts("#many-created")), (100, vec!["101".to_owned()]));
    assert!(cars(&board, "created").contains(&newest), "what came last is shown");
    assert_eq!(board.texts("#rest-created"), ["1 older one is not shown. Search finds it."]);
    yard.sql(&more(1000, "1 year")).await;
    let board = yard.board().await;
    assert_eq!((cars(&board, "created").len(), board.texts("#many-created")), (100, vec!["1000+".to_owned()]));
    assert_eq!(board.texts("#rest-created"), ["Many older ones are not shown. Search finds them."]);
    assert_eq!(board.texts("h1"), ["Assign 1000+ cars"]);
}

#[tokio::test]
async fn the_headline_is_what_has_to_be_done_next() {
    let yard = Yard::open().await;
    let job = async |who: &Person| {
        let board = yard.app.open("/board", who).await;
        (board.texts("h1").join(""), board.texts("#job p").join(""), board.texts("title").join(""))
    };
    let manager = yard.ours().manager.clone();
    let is = |words: &str, more: &str, title: &str| (words.to_owned(), more.to_owned(), title.to_owned());
    let idle = "Board - Delgado & Sons";
    assert_eq!(job(&manager).await, is("One step to your first inspection", "", idle));
    let nothing = "A car appears here as soon as the desk takes it in.";
    assert_eq!(job(&yard.ours().mechanic).await, is("Nothing waits for you", nothing, idle));
    yard.car(Ready::Sent).await;
    assert_eq!(job(&manager).await, is("Nothing waits for you", "Every report is out.", idle));
    yard.sql("UPDATE inspections SET sent_at = sent_at - interval '3 days'").await;
    assert_eq!(job(&manager).await, is("The board is empty", "A car appears here as soon as you take it in.", idle));
    yard.sql("UPDATE inspections SET sent_at = sent_at + interval '3 days'").await;
    let begun = yard.car(Ready::InProgress).await;
    assert_eq!(job(&manager).await, is("Nothing waits for you", "1 car is with its mechanic.", idle));
    assert_eq!(job(&begun.mechanic).await.0, "Finish the 2018 Honda Civic");
    let free = yard.new_car(&json!({}), &json!({}), json!({})).await;
    yard.sql(&format!(
        "UPDATE inspections SET status_changed_at = now() - interval '75 minutes' WHERE id = '{free}'"
    ))
    .await;
    let waited = "The oldest has waited 1 h 15";
    assert_eq!(job(&manager).await, is("Assign 1 car", waited, &format!("(1) {idle}")));
    assert_eq!(yard.board().await.texts(".late"), ["1 h 15"]);
    assert_eq!(job(&yard.ours().mechanic).await, is("1 car free to take", waited, &format!("(1) {idle}")));
    yard.car(Ready::Completed).await;
    yard.car(Ready::Completed).await;
    let (words, more, title) = job(&manager).await;
    assert_eq!((words.as_str(), title), ("Send 2 finished reports", format!("(2) {idle}")));
    assert!(more.ends_with("1 car to assign"), "{more}");
}

#[tokio::test]
async fn what_is_deleted_is_gone() {
    let yard = Yard::open().await;
    let id = yard.new_car(&json!({}), &json!({}), json!({})).await;
    yard.app.delete(&format!("/inspections/{id}"), &yard.ours().manager).await.no_content();
    assert_eq!(yard.board().await.texts(".car"), [""; 0]);
}

#[tokio::test]
async fn the_page_loads_what_it_names_and_scripts_find_each_other() {
    let yard = Yard::open().await;
    let board = yard.board().await;
    let mut addresses = board.attributes("script", "src");
    assert_eq!(addresses.len(), 3);
    let mut loaded = 0;
    while let Some(address) = addresses.pop() {
        let script = yard.app.open(&address, None).await;
        assert_eq!(script.status, 200, "{address}");
        let text = String::from_utf8(script.bytes).unwrap();
        let imported = text.split("from \"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        addresses.extend(imported.inspect(|address| assert!(address.starts_with("/assets/"), "{address}")));
        loaded += 1;
    }
    assert!(loaded > 6, "{loaded}");
}
