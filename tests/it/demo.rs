//! The demo shop: what stands in it holds to the rules of every other shop.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use courtesy::auth::password::Hasher;
use courtesy::db::{Database, migrate};
use courtesy::demo::{self, PASSWORD, Welcome};
use courtesy::photos::Store;
use serde_json::{Value, json};
use tokio_postgres::{Client, Config};

use crate::support::app::{PUBLIC_URL, router};
use crate::support::cluster::cluster;
use crate::support::{Person, TestApp};

/// A database of one's own with the demo shop in it.
struct Demo {
    app: TestApp,
    owner: Config,
    welcome: Welcome,
}

impl Demo {
    async fn start() -> Self {
        let owner = cluster().empty_database().await;
        migrate::migrate(&owner).await.expect("the migrations apply");
        let welcome = fill(&owner).await;
        let database = Database::open(&owner, None).await.expect("the database opens");
        Self { app: TestApp::over(router(database)), owner, welcome }
    }

    async fn client(&self) -> Client {
        migrate::connect(&self.owner).await.expect("the owner connects")
    }

    /// The lines that are printed about who may log in: address, role, name.
    fn logins(&self) -> Vec<String> {
        let printed = self.welcome.to_string();
        assert!(printed.contains(PASSWORD), "{printed}");
        printed.lines().filter(|line| line.contains('@')).map(str::to_owned).collect()
    }

    async fn log_in(&self, printed: &str) -> Person {
        let email = printed.split_whitespace().next().expect("an address");
        let login = json!({ "email": email, "password": PASSWORD });
        Person::from(&self.app.post("/sessions", None, &login).await.created())
    }

    /// The first manager who is printed.
    async fn manager(&self) -> Person {
        self.log_in(self.logins().iter().find(|line| line.contains("manager")).expect("a manager")).await
    }

    /// Every inspection, as the API lists it.
    async fn inspections(&self, manager: &Person) -> Vec<Value> {
        let list = self.app.get("/inspections?limit=200", manager).await.ok();
        assert_eq!(list["next"], json!(null));
        list["items"].as_array().expect("a list").clone()
    }

    async fn visit(&self, report: &str) -> StatusCode {
        let address = report.strip_prefix(PUBLIC_URL).expect("our own address");
        self.app.send(Request::get(address).body(Body::empty()).expect("a request")).await.status
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        cluster().drop_database(&self.owner);
    }
}

async fn fill(owner: &Config) -> Welcome {
    demo::fill(owner, &Hasher::default(), &Store::in_memory(), PUBLIC_URL).await.expect("filled")
}

fn report_of(welcome: &Welcome) -> &str {
    match welcome {
        Welcome::Demo { report: Some(report), .. } => report,
        other => panic!("{other:?}"),
    }
}

async fn number(client: &Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).await.expect(sql).get(0)
}

/// How many rows each table has.
async fn sizes(client: &Client) -> Vec<(String, i64)> {
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
    let mut sizes = Vec::new();
    for row in client.query(tables, &[]).await.expect("the tables") {
        let table: String = row.get(0);
        let rows = number(client, &format!("SELECT count(*) FROM {table}")).await;
        sizes.push((table, rows));
    }
    sizes
}

#[tokio::test]
async fn an_empty_database_gets_the_whole_shop() {
    let demo = Demo::start().await;
    let client = demo.client().await;
    for (what, expected) in [
        ("users WHERE role = 'shop_manager'", 2),
        ("users WHERE role = 'mechanic'", 4),
        ("customers", 30),
        ("vehicles", 40),
        ("conversations WHERE unread > 0", 3),
        ("messages WHERE status = 'failed' AND error_code = '30006'", 1),
        ("messages WHERE status = 'pending'", 0),
        ("messages WHERE content LIKE '%/r/%' AND inspection_id IS NULL", 0),
        ("messages WHERE segments = 0", 0),
        ("inspection_events WHERE kind = 'reopened' AND after ->> 'reason' <> ''", 1),
    ] {
        assert_eq!(number(&client, &format!("SELECT count(*) FROM {what}")).await, expected, "{what}");
    }
    let still_out = "SELECT count(*) FROM customers WHERE courtesy.has_opted_out(shop_id, phone)";
    assert_eq!(number(&client, still_out).await, 1, "one said STOP, and another one START after it");
    let vehicles_with_history =
        "SELECT count(*) FROM (SELECT FROM inspections GROUP BY vehicle_id HAVING count(*) > 1) AS v";
    assert!(number(&client, vehicles_with_history).await >= 8);
}

#[tokio::test]
async fn every_login_that_is_printed_opens_the_shop() {
    let demo = Demo::start().await;
    for printed in demo.logins() {
        let person = demo.log_in(&printed).await;
        let me = demo.app.get("/me", &person).await.ok();
        let text = |field: &str| me["user"][field].as_str().expect("a text").to_owned();
        let role = text("role").replace("shop_", "");
        let expected = [text("email"), role, text("first_name"), text("last_name")];
        assert_eq!(printed.split_whitespace().collect::<Vec<_>>(), expected);
        assert_eq!(me["shop"]["name"], "Delgado & Sons");
    }
    assert_eq!(demo.logins().len(), 6);
}

#[tokio::test]
async fn inspections_stand_in_every_state_and_none_shows_green_what_was_not_checked() {
    let demo = Demo::start().await;
    let manager = demo.manager().await;
    let inspections = demo.inspections(&manager).await;
    for status in ["created", "assigned", "in_progress", "completed", "sent"] {
        assert!(inspections.iter().any(|inspection| inspection["status"] == status), "{status}");
    }
    for listed in &inspections {
        let path = format!("/inspections/{}", listed["id"].as_str().expect("an id"));
        let whole = demo.app.get(&path, &manager).await.ok();
        let (progress, items) = (&whole["progress"], whole["items"].as_array().expect("findings"));
        let rated_green = items.iter().filter(|item| item["severity"] == "green").count();
        assert_eq!(progress["green"], rated_green, "{path}");
        let rated =
            ["green", "yellow", "red", "not_applicable"].map(|colour| progress[colour].as_u64().expect("a number"));
        assert_eq!(rated.iter().sum::<u64>(), items.len() as u64, "{path}");
        match whole["status"].as_str().expect("a status") {
            "completed" | "sent" => assert_eq!(progress["missing"], json!([]), "{path}"),
            "created" | "assigned" => assert!(items.is_empty(), "{path}"),
            _ => {}
        }
    }
    let is_half_way = |inspection: &&Value| inspection["progress"]["done"] == 18;
    let half_way = inspections.iter().find(is_half_way).expect("one that is half-way");
    let progress = &half_way["progress"];
    assert_eq!([&progress["required"], &progress["red"], &progress["yellow"], &progress["green"]], [31, 2, 3, 13]);
}

#[tokio::test]
async fn a_finding_holds_to_the_catalogue() {
    let demo = Demo::start().await;
    let manager = demo.manager().await;
    for listed in demo.inspections(&manager).await {
        let path = format!("/inspections/{}", listed["id"].as_str().expect("an id"));
        let mut places = Vec::new();
        for item in demo.app.get(&path, &manager).await.ok()["items"].as_array().expect("findings") {
            let text = |field: &str| item[field].as_str().expect("a key");
            let catalogue = courtesy::inspections::catalogue::catalogue();
            let component = catalogue.find(text("category"), text("component")).expect("in the catalogue");
            places.push(catalogue.position(text("category"), text("component")));
            let reading = item["measurement"].as_f64().map(|value| {
                component.measurement.as_ref().expect("measured").read(value).expect("on the scale").proposed
            });
            assert_eq!(item["proposed_severity"], json!(reading), "{item}");
            assert!(item["version"].as_i64() > Some(0) && item["rated_by"].is_string(), "{item}");
        }
        assert!(places.is_sorted(), "{path}");
    }
}

#[tokio::test]
async fn what_was_measured_before_stands_beside_what_is_measured_now() {
    let demo = Demo::start().await;
    let manager = demo.manager().await;
    let inspections = demo.inspections(&manager).await;
    let is_odyssey = |inspection: &&Value| inspection["vehicle"]["license_plate"] == "6VTR 385";
    let odyssey = inspections.iter().find(is_odyssey).expect("the newest of the Odyssey");
    assert_eq!(odyssey["status"], "completed");
    let path = format!("/inspections/{}", odyssey["id"].as_str().expect("an id"));
    let whole = demo.app.get(&path, &manager).await.ok();
    let pads = |list: &Value| {
        let findings = list.as_array().expect("findings").clone();
        findings.into_iter().find(|finding| finding["component"] == "front_pads_left").expect("the pads")
    };
    assert_eq!(pads(&whole["items"])["measurement"], 2.5);
    assert_eq!(pads(&whole["previous"])["measurement"], 4.5);
}

#[tokio::test]
async fn conversations_show_who_waits_for_an_answer_and_who_may_not_be_texted() {
    let demo = Demo::start().await;
    let manager = demo.manager().await;
    let list = demo.app.get("/conversations?limit=200", &manager).await.ok();
    let conversations = list["items"].as_array().expect("a list").clone();
    let of = |field: &str, value: &str| {
        let found = conversations.iter().find(|conversation| conversation["customer"][field] == value);
        found.unwrap_or_else(|| panic!("no conversation with {value}")).clone()
    };
    assert_eq!(conversations[0], of("last_name", "Kowalczyk"), "the latest text is on top");
    assert_eq!(of("last_name", "Kowalczyk")["unread"], 2);
    assert_eq!(of("last_name", "Castellano")["may_text"], false, "the last word was STOP");
    assert_eq!(of("last_name", "Hernandez")["may_text"], true, "the last word was START");
    assert_eq!(
        of("last_name", "Tuttle")["last_message"]["error"],
        "The number is unknown or a landline: call instead."
    );
    assert_eq!(of("phone", "+14155550119")["customer"]["last_name"], json!(null), "a stranger");
    assert_eq!(of("last_name", "Tanabe")["status"], "closed");
    assert_eq!(
        of("last_name", "Beauchamp-Delacroix")["last_message"]["content"],
        "Call me about this: Front brake pads, left."
    );
}

#[tokio::test]
async fn the_link_on_a_customer_s_phone_opens_the_report() {
    let demo = Demo::start().await;
    let manager = demo.manager().await;
    let phone = demo.app.get("/sandbox/messages?phone=%2B14155550173", &manager).await.ok();
    let texts = phone["items"].as_array().expect("a list");
    let report = texts.iter().find_map(|text| text["content"].as_str()?.split(PUBLIC_URL).nth(1)).expect("a link");
    let report = report.split(". ").next().expect("the address");
    assert_eq!(demo.visit(&format!("{PUBLIC_URL}{report}")).await, 200);
    let kept = "SELECT count(*) FROM messages WHERE content ~ '/r/[0-9A-Za-z]'";
    assert_eq!(number(&demo.client().await, kept).await, 0, "elsewhere it is masked");
}

#[tokio::test]
async fn steps_follow_each_other_and_end_where_the_inspection_is() {
    let demo = Demo::start().await;
    let client = demo.client().await;
    let broken = "SELECT count(*) FROM inspections
        WHERE NOT (created_at < coalesce(started_at, now()) AND coalesce(started_at < completed_at, true)
                   AND coalesce(completed_at < sent_at, true) AND coalesce(sent_at < viewed_at, true)
                   AND created_at <= status_changed_at AND status_changed_at <= now()
                   AND (status = 'sent') = (sent_at IS NOT NULL))";
    assert_eq!(number(&client, broken).await, 0);
    let untold = "SELECT count(*) FROM inspections i
        WHERE (SELECT kind FROM inspection_events e
                WHERE e.inspection_id = i.id AND e.kind NOT IN ('rated', 'viewed', 'answered')
                ORDER BY created_at DESC LIMIT 1)
              <> CASE WHEN status = 'in_progress' AND completed_at IS NULL THEN 'started'
                      WHEN status = 'in_progress' THEN 'reopened' ELSE status END";
    assert_eq!(number(&client, untold).await, 0);
    let unrated = "SELECT count(*) FROM inspection_items x
        WHERE NOT EXISTS (SELECT FROM inspection_events e
                           WHERE e.inspection_id = x.inspection_id AND e.kind = 'rated'
                             AND e.after ->> 'component' = x.component AND e.created_at = x.rated_at)";
    assert_eq!(number(&client, unrated).await, 0);
}

#[tokio::test]
async fn filling_again_changes_nothing_but_the_link() {
    let demo = Demo::start().await;
    let client = demo.client().await;
    let sizes_but_links = async || {
        let sizes = sizes(&client).await;
        sizes.into_iter().filter(|(table, _)| table != "report_links").collect::<Vec<_>>()
    };
    let before = sizes_but_links().await;
    let again = fill(&demo.owner).await;
    assert_eq!(sizes_but_links().await, before);
    assert_ne!(report_of(&demo.welcome), report_of(&again));
    for welcome in [&demo.welcome, &again] {
        assert!(welcome.to_string().contains(report_of(welcome)));
        assert_eq!(demo.visit(report_of(welcome)).await, 200);
    }
}

#[tokio::test]
async fn without_a_report_that_is_out_none_is_promised() {
    let demo = Demo::start().await;
    let hide = "UPDATE inspections SET deleted_at = now() WHERE status = 'sent'";
    demo.client().await.batch_execute(hide).await.expect("hidden");
    assert!(!fill(&demo.owner).await.to_string().contains("/r/"));
}

#[tokio::test]
async fn a_database_with_other_shops_is_left_alone() {
    let (app, _) = TestApp::start().await;
    let client = app.owner().await;
    let before = sizes(&client).await;
    let welcome = fill(app.owner_config()).await;
    assert!(matches!(welcome, Welcome::OtherShops));
    assert_eq!(welcome.to_string().lines().count(), 1);
    assert_eq!(sizes(&client).await, before);
}
