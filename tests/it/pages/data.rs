//! Lists in, and everything out: what is written can be read again, nothing happens before a press, and nothing half.

mod lines;

use std::collections::BTreeSet;
use std::io::{Cursor, Read as _};

use axum::body::{Body, Bytes};
use axum::http::{Request, header};
use futures_util::stream;
use serde_json::json;
use uuid::Uuid;

use crate::isolation::fill;
use crate::matrix::fingerprint::fingerprint;
use crate::matrix::scene::{Ready, Scene};
use crate::support::browser::as_browser;
use crate::support::{Answer, Person, TestApp, pictures};

const BOUNDARY: &str = "----a-boundary";

fn form(kind: &str, file: &[u8]) -> Vec<u8> {
    let mut form = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n{kind}\r\n--{BOUNDARY}\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"list.csv\"\r\nContent-Type: text/csv\r\n\r\n"
    )
    .into_bytes();
    form.extend_from_slice(file);
    form.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    form
}

async fn send(app: &TestApp, who: &Person, body: Body) -> Answer {
    let request = as_browser(Request::post("/settings/data"), Some(who));
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    app.send(request.header(header::CONTENT_TYPE, kind).body(body).unwrap()).await
}

async fn upload(app: &TestApp, who: &Person, kind: &str, file: impl AsRef<[u8]>) -> Answer {
    send(app, who, Body::from(form(kind, file.as_ref()))).await
}

/// The preview of a list: its address, and the page.
async fn preview(app: &TestApp, who: &Person, kind: &str, file: impl AsRef<[u8]>) -> (String, Answer) {
    let address = upload(app, who, kind, file).await.leads_to().to_owned();
    let page = app.open(&address, who).await;
    (address, page)
}

/// New, changed, unchanged, wrong.
fn counts(page: &Answer) -> [String; 4] {
    page.texts(".counts dd").try_into().expect("four counts")
}

/// Imports a list, and tells the headline of what came of it.
async fn import(app: &TestApp, who: &Person, kind: &str, file: impl AsRef<[u8]>) -> String {
    let (address, _) = preview(app, who, kind, file).await;
    let done = app.submit(&address, who, &[]).await;
    app.open(done.leads_to(), who).await.texts("h1").remove(0)
}

async fn csv(app: &TestApp, who: &Person, file: &str) -> String {
    let answer = app.open(&format!("/settings/data/{file}"), who).await;
    assert_eq!(answer.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    let text = String::from_utf8(answer.bytes).unwrap();
    text.strip_prefix('\u{feff}').expect("the mark that Excel needs").to_owned()
}

#[tokio::test]
async fn a_list_is_looked_at_before_anything_happens_and_imported_once() {
    let (app, world) = TestApp::start().await;
    let (owner, boss) = (app.owner().await, &world.ours.manager);
    let watched = async || {
        let mut all = fingerprint(&owner, &world.ours.id).await;
        all.retain(|table, _| !table.starts_with("import"));
        all
    };
    let before = watched().await;
    let list = "First name;Last name;Phone;Shoe size\n\
                Ruth;Abel;(415) 555-0142;38\n\
                Ruth;;415 555 0142;39\n\
                Ludmila;Ito;415 555 2671;40\n\
                Ben;;12;41\n\
                Ana\n";
    let (address, page) = preview(&app, boss, "customers", list).await;
    assert_eq!(counts(&page), ["1", "0", "1", "3"]);
    let told = page.texts("[aria-labelledby=wrong] td");
    assert_eq!(told[..3], ["3", "Ruth", "It is the same customer as in line 2, which is taken instead."]);
    assert!(told[5].starts_with("phone "), "{told:?}");
    assert_eq!(told[6..], ["6", "Ana", "It has 1 cells where the first line names 4."]);
    assert!(page.texts("p").contains(&"Not used: Shoe size.".to_owned()));
    assert_eq!(before, watched().await, "nothing is in the shop yet");
    for _ in 0..2 {
        let done = app.submit(&address, boss, &[]).await;
        assert_eq!(app.open(done.leads_to(), boss).await.texts("h1"), ["1 customer added, 0 changed"]);
        let found = app.get("/customers?q=ludmila", boss).await.ok();
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
        assert_eq!(found["items"][0]["phone"], "+14155552671");
    }
    let (_, again) = preview(&app, boss, "customers", list).await;
    assert_eq!(counts(&again), ["0", "0", "2", "3"]);
    let left: i64 = owner.query_one("SELECT count(*) FROM import_rows", &[]).await.unwrap().get(0);
    assert_eq!(left, 5, "the rows of what was imported are gone");
}

#[tokio::test]
async fn what_is_exported_comes_back_as_it_is() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let odd =
        ["=1+1", "+Plus", "-Minus", "@SUM(A1)", "'=Quoted", "O'Neil", "Semi;colon", "Quo\"te", "Zoë, née Ström"];
    for (count, name) in odd.iter().enumerate() {
        let phone = format!("+1415555{}", 3000 + count);
        let address = json!({ "line1": name, "city": "Oakland" });
        let new = json!({ "first_name": name, "last_name": name, "phone": phone, "address": address });
        let made = app.post("/customers", boss, &new).await.created();
        let car = json!({ "make": name, "license_plate": "7ABC-123", "year": 2018, "mileage": 98_000 });
        app.post(&format!("/customers/{}/vehicles", made["id"].as_str().unwrap()), boss, &car).await.created();
    }
    for (kind, count) in [("customers", "10"), ("vehicles", "10")] {
        let file = csv(&app, boss, &format!("{kind}.csv")).await;
        let cells = csv_cells(&file);
        assert!(cells.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{kind}");
        let (_, page) = preview(&app, boss, kind, &file).await;
        assert_eq!(counts(&page), ["0", "0", count, "0"], "{kind}: {:?}", page.texts("tbody tr"));
    }
    // Into another shop, where nobody of them is known, with the ids left out.
    let file = csv(&app, boss, "customers.csv").await;
    let elsewhere = file.lines().map(|line| line.split_once(',').unwrap().1).collect::<Vec<_>>().join("\n");
    let theirs = &world.theirs.manager;
    assert_eq!(import(&app, theirs, "customers", elsewhere).await, "10 customers added, 0 changed");
    let names: BTreeSet<String> = app.get("/customers?limit=200", theirs).await.ok()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|customer| customer["first_name"].as_str().unwrap().to_owned())
        .collect();
    assert!(odd.iter().all(|name| names.contains(*name)), "{names:?}");
}

fn csv_cells(file: &str) -> Vec<String> {
    let rows = csv::ReaderBuilder::new().has_headers(false).from_reader(file.as_bytes()).into_records();
    rows.flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[tokio::test]
async fn a_list_changes_what_it_says_and_clears_nothing() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let (ruth, car) = (&world.ours.customer, &world.ours.vehicle);
    let list = format!("ID,Email,City,Last name\n{ruth},Ruth@Abel.example,Oakland,\n");
    let (_, page) = preview(&app, boss, "customers", &list).await;
    assert_eq!(counts(&page), ["0", "1", "0", "0"]);
    assert!(page.texts("tbody td:last-child")[0].contains("email ruth@abel.example instead of nothing"));
    assert_eq!(import(&app, boss, "customers", &list).await, "0 customers added, 1 changed");
    let after = app.get(&format!("/customers/{ruth}"), boss).await.ok();
    assert_eq!((&after["email"], &after["last_name"]), (&json!("ruth@abel.example"), &json!("Abel")));
    assert_eq!(after["address"], json!({ "city": "Oakland" }));
    // By the plate with the same customer, and a second car of hers.
    let list = "Customer e-mail\tPlate\tMake\tMileage\tYear\nruth@abel.example\t7abc 123\t\t112,480\t\n\
                ruth@abel.example\tNEW 1\tMazda\t\t2016\n";
    assert_eq!(import(&app, boss, "vehicles", list).await, "1 vehicle added, 1 changed");
    let after = app.get(&format!("/vehicles/{car}"), boss).await.ok();
    assert_eq!((&after["mileage"], &after["license_plate"]), (&json!(112_480), &json!("7abc 123")));
    let found = app.get("/vehicles?q=new1", boss).await.ok();
    assert_eq!(found["items"][0]["make"], "Mazda");
}

#[tokio::test]
async fn a_vehicle_that_can_not_be_taken_says_why() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    for _ in 0..2 {
        let twin = json!({ "first_name": "Kim", "email": "kim@twins.example" });
        app.post("/customers", boss, &twin).await.created();
    }
    let theirs = &world.theirs.vehicle;
    let list = format!(
        "ID,Customer phone,Customer e-mail,Year,Make,VIN\n\
         ,(415) 555-0142,,2018,Honda,NO SUCH VIN HAS SO MANY LETTERS\n\
         ,(415) 555-0142,,1850,Honda,\n\
         ,(415) 555-0142,,,,\n\
         ,,nobody@here.example,2018,Honda,\n\
         ,,kim@twins.example,2018,Honda,\n\
         ,,,2018,Honda,\n\
         {theirs},,,2018,Honda,\n"
    );
    let (_, page) = preview(&app, boss, "vehicles", &list).await;
    assert_eq!(counts(&page), ["0", "0", "0", "7"]);
    let why = page.texts("tbody td:last-child");
    for (told, part) in why.iter().zip([
        "vin ",
        "year must be from 1900",
        "neither a VIN nor a plate",
        "import customers first",
        "Several customers",
        "does not say whose",
        "no vehicle with this ID",
    ]) {
        assert!(told.contains(part), "{told}");
    }
}

#[tokio::test]
async fn a_file_is_no_word_of_the_customer_s() {
    let (app, world) = TestApp::start().await;
    let (boss, ruth) = (&world.ours.manager, format!("/customers/{}", world.ours.customer));
    assert_eq!(
        import(&app, boss, "customers", "First name,Phone,Texts\nRuth,4155550142,no\n").await,
        "0 customers added, 1 changed"
    );
    assert_eq!(app.get(&ruth, boss).await.ok()["sms_opt_in"], false);
    let events = "SELECT kind, source FROM consent_events WHERE phone = '+14155550142'";
    let kept = app.owner().await.query(events, &[]).await.unwrap();
    assert_eq!((kept.len(), kept[0].get::<_, &str>(0)), (1, "opt_out"));
    let (_, page) = preview(&app, boss, "customers", "First name,Phone,Texts\nRuth,4155550142,yes\n").await;
    assert_eq!(counts(&page), ["0", "0", "1", "0"], "a no is not undone by a file");
}

#[tokio::test]
async fn an_import_waits_for_whoever_takes_several_of_its_customers() {
    let (app, world) = TestApp::start().await;
    let (owner, boss, ruth) = (app.owner().await, &world.ours.manager, &world.ours.customer);
    // The id comes before hers, and the row behind it.
    let sam = "00000000-0000-7000-8000-000000000001";
    app.post("/customers", boss, &json!({ "id": sam, "first_name": "Sam" })).await.created();
    let (address, _) = preview(&app, boss, "customers", format!("ID,City\n{ruth},Oakland\n{sam},Oakland\n")).await;
    let take = |who: &str| format!("SELECT FROM customers WHERE id = '{who}' FOR NO KEY UPDATE");
    owner.batch_execute(&format!("BEGIN; {}", take(sam))).await.unwrap();
    app.amid(&owner, &take(ruth), app.submit(&address, boss, &[])).await.leads_to();
    for who in [ruth, sam] {
        assert_eq!(app.get(&format!("/customers/{who}"), boss).await.ok()["address"]["city"], "Oakland");
    }
}

#[tokio::test]
async fn what_is_no_list_is_refused_and_a_gigabyte_is_not_even_received() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    for (file, why) in [
        (&b""[..], "is empty"),
        (b"Shoe size\n42\n", "has no column that we know"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is no text"),
    ] {
        let refused = upload(&app, boss, "customers", file).await;
        assert_eq!(refused.status, 422);
        assert!(refused.texts("[role=alert]")[0].contains(why), "{:?}", refused.texts("[role=alert]"));
    }
    let head = form("customers", b"Phone\n");
    let head = head[..head.len() - BOUNDARY.len() - 8].to_vec();
    let sent = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = sent.clone();
    let lines = std::iter::repeat_with(move || {
        counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Bytes::from(vec![b'1'; 64 * 1024])
    });
    let gigabyte = std::iter::once(Bytes::from(head)).chain(lines.take(16 * 1024)).map(Ok::<_, std::io::Error>);
    let refused = send(&app, boss, Body::from_stream(stream::iter(gigabyte))).await;
    assert_eq!(refused.status, 413, "{:?}", refused.texts("main"));
    assert!(refused.texts("[role=alert]")[0].contains("larger than 16 MB"));
    assert!(sent.load(std::sync::atomic::Ordering::Relaxed) < 300, "{sent:?} of 16,384 pieces");
}

#[tokio::test]
async fn an_import_is_whole_or_not_at_all() {
    let (app, world) = TestApp::start().await;
    let (owner, boss) = (app.owner().await, &world.ours.manager);
    let names: Vec<String> = (0..12_000).map(|n| format!("Nobody {n}")).collect();
    let (address, page) = preview(&app, boss, "customers", format!("First name\n{}", names.join("\n"))).await;
    assert_eq!(counts(&page)[0], "12,000");
    // The last row can't be written, whatever the preview said.
    let spoil = "UPDATE import_rows SET fields = jsonb_set(fields, '{email_opt_in}', 'null')
                  WHERE line = (SELECT max(line) FROM import_rows)";
    owner.batch_execute(spoil).await.unwrap();
    assert_eq!(app.submit(&address, boss, &[]).await.status, 500);
    let count = async || -> i64 {
        let sql = "SELECT count(*) FROM customers WHERE shop_id::text = $1";
        owner.query_one(sql, &[&world.ours.id]).await.unwrap().get(0)
    };
    assert_eq!(count().await, 1);
    assert!(app.open(&address, boss).await.texts("[role=status]")[0].contains("It is being imported"));
    // Whoever was at it has given it up.
    owner.batch_execute("UPDATE imports SET moved_at = now() - interval '1 minute'").await.unwrap();
    owner.batch_execute(&spoil.replace("'null'", "'true'")).await.unwrap();
    app.submit(&address, boss, &[]).await.leads_to();
    assert_eq!(count().await, 12_001);
}

#[tokio::test]
async fn lists_do_not_lie_about() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    preview(&app, &world.ours.manager, "customers", "First name\nRuth\n").await;
    app.database().sweep_imports().await.unwrap();
    let left = async || -> i64 { owner.query_one("SELECT count(*) FROM import_rows", &[]).await.unwrap().get(0) };
    assert_eq!(left().await, 1);
    owner.batch_execute("UPDATE imports SET created_at = now() - interval '25 hours'").await.unwrap();
    app.database().sweep_imports().await.unwrap();
    assert_eq!(left().await, 0);
}

#[tokio::test]
async fn findings_are_a_row_each_in_the_shop_s_words() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    let scene = Scene::set(&app, &owner, &world.ours, Ready::Sent).await;
    let file = csv(&app, &scene.manager, "inspections.csv").await;
    let rows: Vec<&str> = file.lines().collect();
    let pads = rows.iter().find(|row| row.contains("Front brake pads, left")).expect("a finding");
    assert!(pads.contains(",sent,") && pads.contains(",red,2.5 mm,Worn out,"), "{pads}");
    assert!(rows[1..].iter().all(|row| row.starts_with(&scene["inspections"])), "the neighbour has none here");
}

/// What is left out of the archive on purpose.
const LEFT_OUT: [(&str, &str); 5] = [
    ("sessions", "a session is nobody's data, and a way in"),
    ("login_codes", "the same"),
    ("sandbox_texts", "what a phone in the sandbox shows: the messages say the same"),
    ("imports", "lists on their way in"),
    ("import_rows", "the same"),
];
/// Tables that stand inside another one's rows.
const INSIDE: [(&str, &str, &str); 5] = [
    ("inspection_items", "inspections", "findings"),
    ("inspection_events", "inspections", "events"),
    ("report_links", "inspections", "links"),
    ("inspection_photos", "inspections", "photos"),
    ("message_media", "messages", "pictures"),
];

#[tokio::test]
async fn the_archive_has_every_table_and_no_secret() {
    let (app, world) = TestApp::start().await;
    let owner = app.owner().await;
    fill(&owner, &world).await;
    let link = "UPDATE messages SET link_token = 'SecretSecretSecret22', content = 'See /r/SecretSecretSecret22'";
    owner.batch_execute(link).await.unwrap();
    let photo = Uuid::now_v7();
    let scene = Scene::set(&app, &owner, &world.ours, Ready::InProgress).await;
    let taken = format!("/inspections/{}/photos/{photo}?kind=damage", scene["inspections"]);
    app.put_photo(&taken, &world.ours.manager, pictures::small()).await.created();
    let (texted, foreign) = (Uuid::now_v7(), Uuid::now_v7());
    for (id, shop) in [(texted, &world.ours), (foreign, &world.theirs)] {
        let path = format!("/sandbox/messages/{id}?from=%2B14155550142");
        app.put_photo(&path, &shop.manager, pictures::small()).await.created();
    }
    let answer = app.open("/settings/data/archive.zip", &world.ours.manager).await;
    assert!(answer.headers[header::CONTENT_DISPOSITION].to_str().unwrap().contains(".zip"));
    let mut archive = zip::ZipArchive::new(Cursor::new(&answer.bytes)).expect("a whole archive");
    let (mut texts, mut photos) = (std::collections::BTreeMap::new(), Vec::new());
    for place in 0..archive.len() {
        let mut file = archive.by_index(place).unwrap();
        let (name, mut bytes) = (file.name().unwrap().into_owned(), Vec::new());
        file.read_to_end(&mut bytes).unwrap();
        if name.starts_with("photos/") || name.starts_with("pictures/") {
            // The row of another one, whose picture is gone, keeps nothing from arriving.
            assert_eq!(bytes[..3], [0xff, 0xd8, 0xff], "{name}");
            photos.push(name);
        } else {
            texts.insert(name, String::from_utf8(bytes).expect("text"));
        }
    }
    assert!(photos.contains(&format!("photos/{photo}.jpg")), "{photos:?}");
    let of_texts: Vec<_> = photos.iter().filter(|name| name.starts_with("pictures/")).collect();
    assert_eq!(of_texts, [&format!("pictures/{texted}.jpg")]);
    let tables = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";
    for table in owner.query(tables, &[]).await.unwrap().iter().map(|row| row.get::<_, String>(0)) {
        if LEFT_OUT.iter().any(|(name, _why)| *name == table) {
            continue;
        }
        let (file, member) = match INSIDE.iter().find(|(name, ..)| *name == table) {
            Some((_, within, member)) => (format!("complete/{within}.jsonl"), Some(*member)),
            None => (format!("complete/{}.jsonl", if table == "shops" { "shop" } else { &table }), None),
        };
        let rows = texts.get(&file).unwrap_or_else(|| panic!("{table} is neither in the archive nor left out"));
        let first: serde_json::Value = serde_json::from_str(rows.lines().next().expect("a row")).unwrap();
        assert!(member.is_none_or(|member| first[member].is_array()), "{table}: {first}");
    }
    for (file, text) in &texts {
        assert!(!text.contains("SecretSecret") && !text.contains("$argon2"), "{file}");
        assert!(!text.contains(&world.theirs.id) && !text.contains(&world.theirs.customer), "{file}");
        for row in text.lines().filter(|_| file.starts_with("complete/")) {
            for (secret, key) in
                ["hash", "token", "digest", "secret"].iter().flat_map(|s| keys(row).map(move |k| (s, k)))
            {
                assert!(!key.contains(secret), "{file} has {key}");
            }
        }
    }
    assert!(texts["customers.csv"].contains("Ruth,Abel,(415) 555-0142"));
}

/// Every name in a row, however deep.
fn keys(row: &str) -> impl Iterator<Item = String> {
    let names = row.split('"').collect::<Vec<_>>();
    let followed = names.windows(2).filter(|pair| pair[1].starts_with(": ") || pair[1].starts_with(':'));
    followed.map(|pair| pair[0].to_owned()).collect::<Vec<_>>().into_iter()
}
