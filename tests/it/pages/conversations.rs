//! The conversations: who wrote last, what was said, and what the desk does there.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::CONTENT_TYPE;
use courtesy::app::App;
use courtesy::conversations::Texting;
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::matrix::scene::{Ready, Scene};
use crate::support::world::Shop;
use crate::support::{Answer, TestApp, World};

/// A shop whose texts are read and written.
struct Desk {
    app: TestApp,
    owner: Client,
    world: World,
}

impl Desk {
    async fn open() -> Self {
        let (app, world) = TestApp::start().await;
        let owner = app.owner().await;
        Self { app, owner, world }
    }

    fn ours(&self) -> &Shop {
        &self.world.ours
    }

    /// A page as a manager sees it.
    async fn page(&self, path: &str) -> Answer {
        let page = self.app.open(path, &self.ours().manager).await;
        assert_eq!(page.status, 200, "{path}");
        page
    }

    async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.app.submit(path, &self.ours().manager, fields).await
    }

    async fn ask(&self, path: &str, body: Value) -> Value {
        let answer = self.app.post(path, &self.ours().manager, &body).await;
        assert!(answer.status.is_success(), "{path}: {}", String::from_utf8_lossy(&answer.bytes));
        answer.json()
    }

    /// The address of the conversation with a customer.
    async fn with(&self, customer: &str) -> String {
        self.submit("/conversations", &[("customer_id", customer)]).await.leads_to().to_owned()
    }

    /// The address of the conversation with Ruth, who has a car.
    async fn with_ruth(&self) -> String {
        self.with(&self.ours().customer).await
    }

    /// Somebody texts the shop.
    async fn hear(&self, from: &str, content: &str) {
        self.ask("/sandbox/messages", json!({ "from": from, "content": content })).await;
    }

    async fn hear_ruth(&self, content: &str) {
        self.hear("+14155550142", content).await;
    }

    /// The desk texts.
    async fn say(&self, thread: &str, content: &str) -> String {
        let text = self.ask(&format!("{thread}/messages"), json!({ "content": content })).await;
        text["id"].as_str().unwrap().to_owned()
    }

    /// Changes rows behind the program's back.
    async fn sql(&self, sql: &str) {
        self.owner.batch_execute(sql).await.unwrap();
    }

    /// How many texts of the desk say this.
    async fn count(&self, content: &str) -> i64 {
        let sql = "SELECT count(*) FROM messages WHERE content LIKE '%' || $1 || '%' AND direction = 'outbound'";
        self.owner.query_one(sql, &[&content]).await.unwrap().get(0)
    }
}

#[tokio::test]
async fn who_wrote_last_stands_first_with_what_nobody_has_read() {
    let desk = Desk::open().await;
    let thread = desk.with_ruth().await;
    desk.say(&thread, "It is ready").await;
    desk.hear("+14155550119", "Do you do\ntires?").await;
    desk.hear("+14155550119", "For trailers").await;
    let page = desk.page("/conversations").await;
    assert_eq!(page.texts("h1"), ["2 texts to answer"]);
    assert_eq!(page.texts("title"), ["(2) Conversations - Delgado & Sons"]);
    assert_eq!(page.texts("#talks b"), ["(415) 555-0119", "Ruth Abel"]);
    assert_eq!(page.texts("#talks .cut.quiet")[0], "For trailers");
    assert!(page.texts("#talks .cut.quiet")[1].starts_with("You: Delgado & Sons: It is ready"));
    assert_eq!(page.texts("#talks .new .count"), ["2 unread"]);
    assert_eq!(page.attributes("#talks .new", "data-news"), ["(415) 555-0119 texted: For trailers"]);
}

#[tokio::test]
async fn every_page_of_a_manager_counts_what_waits_and_no_mechanic_s_does() {
    let desk = Desk::open().await;
    desk.hear_ruth("Hello?").await;
    assert_eq!(desk.page("/board").await.texts("#unread"), ["1 unread"]);
    let thread = desk.with_ruth().await;
    desk.submit(&thread, &[("read", "true")]).await.leads_to();
    assert_eq!(desk.page("/board").await.texts("#unread"), [""]);
    let board = desk.app.open("/board", &desk.ours().mechanic).await;
    assert_eq!(board.attributes("[href='/conversations'], #unread", "id"), [""; 0]);
    let refused = desk.app.open(&thread, &desk.ours().mechanic).await;
    assert_eq!((refused.status.as_u16(), refused.texts("h1")), (403, vec!["Not for you".to_owned()]));
}

#[tokio::test]
async fn a_shop_without_texts_is_told_how_they_begin() {
    let desk = Desk::open().await;
    let page = desk.page("/conversations").await;
    assert_eq!(page.texts("h1"), ["All texts are read"]);
    assert!(page.texts("#talks-rest b").contains(&"No conversation yet.".to_owned()));
    let thread = desk.with_ruth().await;
    let page = desk.page(&thread).await;
    assert!(page.texts(".silence")[0].contains("who writes and how to stop"));
    assert_eq!(page.attributes("#words", "data-shop"), ["Delgado & Sons"]);
    assert_eq!(page.texts("#talks .cut.quiet"), ["Nothing was said yet"]);
}

#[tokio::test]
async fn a_conversation_is_read_from_top_to_bottom_with_what_became_of_each_text() {
    let desk = Desk::open().await;
    let thread = desk.with_ruth().await;
    let [first, second, third] = [
        desk.say(&thread, "Your car is here").await,
        desk.say(&thread, "We have the parts").await,
        desk.say(&thread, "May we keep it overnight?").await,
    ];
    desk.hear_ruth("Yes go ahead").await;
    desk.hear_ruth("How long?").await;
    desk.sql(&format!(
        "UPDATE messages SET created_at = created_at - interval '50 hours', status = 'delivered' WHERE id = '{first}';
         UPDATE messages SET status = 'sent' WHERE id = '{second}';
         UPDATE messages SET status = 'failed', error_code = '30003' WHERE id = '{third}'"
    ))
    .await;
    let page = desk.page(&thread).await;
    let said = page.texts("#texts .bubble");
    assert!(said[0].contains("Your car is here"));
    assert_eq!(said[1..], ["We have the parts", "May we keep it overnight?", "Yes go ahead", "How long?"]);
    let days = page.texts("#texts .day");
    assert_eq!((days.len(), days[1].as_str()), (2, "Today"), "{days:?}");
    let delivery = page.texts("#texts .delivery");
    assert!(delivery[0].ends_with("Delivered"), "{delivery:?}");
    assert!(delivery[1].ends_with("Sent, not yet delivered"), "{delivery:?}");
    // What was said in one breath has its time once.
    assert_eq!(delivery.len(), 3, "{delivery:?}");
    assert_eq!(page.texts(".bubble.lost"), ["May we keep it overnight?"]);
    assert!(page.texts(".why p")[0].ends_with("The phone is off or out of reach."));
    assert_eq!(page.texts(".why button"), ["Retry"]);
}

#[tokio::test]
async fn a_look_at_the_report_stands_under_the_text_that_led_to_it() {
    let desk = Desk::open().await;
    let scene = Scene::set(&desk.app, &desk.owner, desk.ours(), Ready::Completed).await;
    let inspection = &scene["inspections"];
    for _ in 0..3 {
        desk.ask(&format!("/inspections/{inspection}/send"), json!({ "via": "sms", "id": uuid::Uuid::now_v7() }))
            .await;
    }
    desk.sql(&format!(
        "WITH texts AS (SELECT id, row_number() OVER (ORDER BY created_at, id) AS place FROM messages
                         WHERE inspection_id = '{inspection}')
         UPDATE messages m SET created_at = now() - interval '1 hour' * (9 - 2 * t.place), status = 'delivered'
           FROM texts t WHERE t.id = m.id;
         UPDATE inspections SET viewed_at = now() - interval '4 hours' WHERE id = '{inspection}'"
    ))
    .await;
    let page = desk.page(&desk.with(&scene["customers"]).await).await;
    let delivery = page.texts("#texts .delivery");
    let viewed: Vec<bool> = delivery.iter().map(|words| words.contains("Report viewed")).collect();
    assert_eq!(viewed, [false, true, false], "{delivery:?}");
}

#[tokio::test]
async fn a_text_that_failed_is_tried_once_more_where_that_can_help() {
    let desk = Desk::open().await;
    let thread = desk.with_ruth().await;
    let lost = desk.say(&thread, "Your car is here").await;
    let fail =
        |code: &str| format!("UPDATE messages SET status = 'failed', error_code = '{code}' WHERE id = '{lost}'");
    desk.sql(&fail("30006")).await;
    let page = desk.page(&thread).await;
    assert_eq!(page.texts(".why button"), [""; 0]);
    assert!(page.texts(".why p")[0].ends_with("call instead."));
    let retry = format!("{thread}/messages/{lost}/retry");
    let refused = desk.submit(&retry, &[]).await;
    assert_eq!((refused.status.as_u16(), refused.texts("[role=alert]").len()), (409, 1));
    desk.sql(&fail("30003")).await;
    for _ in 0..2 {
        assert_eq!(desk.submit(&retry, &[]).await.leads_to(), thread);
    }
    let page = desk.page(&thread).await;
    assert_eq!(page.texts("#texts .bubble").len(), 2);
    assert_eq!(page.texts(".why button"), [""; 0]);
    assert!(page.texts(".why p")[0].ends_with("Sent once more below."));
}

#[tokio::test]
async fn one_press_sends_one_text_and_reads_what_there_was() {
    let desk = Desk::open().await;
    desk.hear_ruth("How long?").await;
    let thread = desk.with_ruth().await;
    let page = desk.page(&thread).await;
    let id = page.attributes(".write [name=id]", "value").remove(0);
    for _ in 0..2 {
        let sent = desk.submit(&format!("{thread}/messages"), &[("id", &id), ("content", "Two hours")]).await;
        assert_eq!(sent.leads_to(), thread);
    }
    assert_eq!(desk.count("Two hours").await, 1);
    assert_eq!(desk.page(&thread).await.texts("#unread"), [""]);
    // What is typed after a lost answer is another text.
    let other = desk.submit(&format!("{thread}/messages"), &[("id", &id), ("content", "Three hours")]).await;
    assert_eq!(other.status, 409);
    assert!(other.texts("[role=alert]")[0].starts_with("This was sent already, in other words"));
    assert_eq!(other.texts("#words"), ["Three hours"]);
    assert_ne!(other.attributes(".write [name=id]", "value"), [id]);
}

#[tokio::test]
async fn what_can_t_be_sent_stays_in_the_box() {
    let desk = Desk::open().await;
    let thread = desk.with_ruth().await;
    let long = "x".repeat(1601);
    let refused = desk.submit(&format!("{thread}/messages"), &[("content", &long)]).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.texts("#words[data-kept][aria-invalid=true]"), [long]);
    assert_eq!(refused.texts("#words-wrong"), ["The text must be at most 1600 characters."]);
    assert_eq!(refused.attributes("[data-self]", "data-self"), [thread]);
}

#[tokio::test]
async fn answers_that_are_sent_often_are_ready_for_this_customer() {
    let desk = Desk::open().await;
    let replies = json!(["Hi {name}, your {vehicle} is ready", "See {link}", "Please call us"]);
    let settings = json!({ "settings": { "quick_replies": replies } });
    desk.app.patch("/shop", &desk.ours().manager, &settings).await.ok();
    let thread = desk.with_ruth().await;
    let page = desk.page(&thread).await;
    assert_eq!(page.texts(".quick a"), ["Hi {name}, your {vehicle} is ready", "Please call us"]);
    assert_eq!(
        page.attributes(".quick a", "data-fills"),
        ["Hi Ruth, your 2018 Honda Civic is ready", "Please call us"]
    );
    let chosen = desk.page(&format!("{thread}?reply=1")).await;
    assert_eq!(chosen.texts("#words"), ["Please call us"]);
    assert_eq!(chosen.texts("[data-size]"), ["1 text, 53 of 160 characters"]);
    desk.hear("+14155550119", "Hello").await;
    let stranger = desk.page("/conversations").await.attributes("#talks .new a", "href").remove(0);
    let page = desk.page(&stranger).await;
    assert_eq!(page.attributes(".quick a", "data-fills")[0], "Hi, your car is ready");
}

#[tokio::test]
async fn a_link_leads_to_the_report_that_went_out_last() {
    let desk = Desk::open().await;
    let scene = Scene::set(&desk.app, &desk.owner, desk.ours(), Ready::Sent).await;
    let ours = desk.with(&scene["customers"]).await;
    let sent = desk.submit(&format!("{ours}/messages"), &[("content", "Once more: {link}")]).await;
    assert_eq!(sent.leads_to(), ours);
    let said = desk.page(&ours).await.texts("#texts .bubble.ours");
    assert!(said[0].contains("Once more: https://inspect.example/r/"), "{said:?}");
    let no_report = desk.with_ruth().await;
    let refused = desk.submit(&format!("{no_report}/messages"), &[("content", "Look: {link}")]).await;
    assert_eq!((refused.status.as_u16(), refused.texts("#words")), (422, vec!["Look: {link}".to_owned()]));
    assert_eq!(refused.texts("#words-wrong"), ["The text asks for a link, but no report is with this customer."]);
    assert_eq!(desk.count("Look").await, 0);
}

#[tokio::test]
async fn what_was_pressed_on_the_report_is_told_as_that() {
    let desk = Desk::open().await;
    let scene = Scene::set(&desk.app, &desk.owner, desk.ours(), Ready::Sent).await;
    let answers = json!({ "answers": [{ "category": "brakes", "component": "front_pads_left", "answer": "do_it" }] });
    let request = Request::post(format!("/r/{}/answers", scene["r"])).header(CONTENT_TYPE, "application/json");
    desk.app.send(request.body(Body::from(answers.to_string())).unwrap()).await.no_content();
    let page = desk.page(&desk.with(&scene["customers"]).await).await;
    assert_eq!(page.texts("#texts .bubble strong"), ["Please do it"]);
    assert_eq!(page.texts("#texts .bubble"), ["Please do itFront brake pads, left"]);
    assert!(page.texts("#texts .delivery")[0].ends_with(", from the report"));
    let inspection = format!("/inspections/{}", scene["inspections"]);
    assert_eq!(page.attributes(".visits a", "href"), [inspection]);
    assert_eq!(page.texts(".about .tally li")[0], "1 red");
}

#[tokio::test]
async fn whoever_said_stop_is_not_texted_until_they_say_otherwise() {
    let desk = Desk::open().await;
    let thread = desk.with_ruth().await;
    desk.hear_ruth("STOP").await;
    let page = desk.page(&thread).await;
    assert!(page.texts("#standing .note")[0].starts_with("Ruth does not want texts"));
    assert_eq!(page.texts("#words"), [""; 0]);
    assert_eq!(page.texts("#talks .cut.quiet"), ["Opted out of texts"]);
    let refused = desk.submit(&format!("{thread}/messages"), &[("content", "But your car")]).await;
    assert_eq!(refused.status, 409);
    assert_eq!(
        refused.texts("#reply [role=alert]"),
        ["They said STOP or have not agreed to texts, so they can't be texted."]
    );
    assert_eq!(refused.texts("#reply .words"), ["But your car"]);
    assert_eq!(desk.count("But your car").await, 0);
    // The row of somebody else with this phone began with a yes; staff who hear one there lift the STOP all the same.
    let twin = json!({ "first_name": "Ann", "phone": "+14155550142" });
    let twin = desk.ask("/customers", twin).await["id"].as_str().unwrap().to_owned();
    let twin = desk.with(&twin).await;
    assert_eq!(desk.page(&twin).await.attributes(".about [name=may_text]", "value"), ["true"]);
    desk.submit(&format!("{twin}/consent"), &[("may_text", "true"), ("reason", "Told us at the desk")])
        .await
        .leads_to();
    let page = desk.page(&thread).await;
    assert_eq!(page.texts("#standing .note"), [""; 0]);
    assert_eq!(page.attributes(".about [name=may_text]", "value"), ["false"]);
    desk.submit(&format!("{thread}/consent"), &[("may_text", "false"), ("reason", "Told us at the desk")])
        .await
        .leads_to();
    assert_eq!(desk.page(&thread).await.texts("#words"), [""; 0]);
}

#[tokio::test]
async fn what_sounds_like_a_stop_is_pointed_at_until_somebody_has_looked() {
    let desk = Desk::open().await;
    let thread = desk.with_ruth().await;
    for (may_text, box_stays) in [("true", true), ("false", false)] {
        desk.hear_ruth("Please stop texting me").await;
        let page = desk.page(&thread).await;
        assert_eq!(page.texts("#standing .note p"), ["It sounds as if they want no more texts."]);
        assert_eq!(page.texts("#words").len(), 1, "nothing is decided yet");
        let reasonless = desk.submit(&format!("{thread}/consent"), &[("may_text", may_text), ("reason", "")]).await;
        assert_eq!((reasonless.status.as_u16(), reasonless.texts("#reason-wrong").len()), (422, 1));
        let reason = page.attributes("#standing [name=reason]", "value").remove(0);
        let heard = [("may_text", may_text), ("reason", reason.as_str())];
        desk.submit(&format!("{thread}/consent"), &heard).await.leads_to();
        let page = desk.page(&thread).await;
        assert_eq!(page.texts("#standing .note p"), [""; 0]);
        assert_eq!(!page.texts("#words").is_empty(), box_stays, "{may_text}");
    }
}

#[tokio::test]
async fn why_nobody_can_be_texted_is_said_plainly() {
    let desk = Desk::open().await;
    let customer = desk.ask("/customers", json!({ "first_name": "Ann" })).await["id"].as_str().unwrap().to_owned();
    let page = desk.page(&desk.with(&customer).await).await;
    assert_eq!(page.texts("#standing .note"), ["Ann has no phone number here, so there is nowhere to text to."]);
    assert_eq!(page.texts(".about [name=may_text], .about button"), [""; 0]);
    let ruth = desk.with_ruth().await;
    desk.app.delete(&format!("/customers/{}", desk.ours().customer), &desk.ours().manager).await.no_content();
    let page = desk.page(&ruth).await;
    assert_eq!(page.texts("#standing .note"), ["This customer was deleted, so nobody can be texted here."]);
}

#[tokio::test]
async fn with_a_provider_it_takes_a_number_and_there_are_no_phones_to_try() {
    let (app, world) = TestApp::start_with(|app| App { texting: Texting::Provider, ..app }).await;
    let manager = &world.ours.manager;
    let begun = app.submit("/conversations", manager, &[("customer_id", &world.ours.customer)]).await;
    let page = app.open(begun.leads_to(), manager).await;
    assert_eq!(page.texts("#standing .note"), ["The shop has no number to text from yet."]);
    assert_eq!(page.attributes("[href='/sandbox']", "href"), [""; 0]);
    assert_eq!(app.open("/sandbox", manager).await.status, 404);
}

#[tokio::test]
async fn what_people_text_stands_there_as_they_texted_it() {
    let desk = Desk::open().await;
    let texts = ["<b>Hi</b> & \"you\" {{ 7 }}", "👍🏽 שלום עולם", &"W".repeat(1600)];
    for text in texts {
        desk.hear_ruth(text).await;
    }
    let page = desk.page(&desk.with_ruth().await).await;
    assert_eq!(page.texts("#texts .bubble"), texts);
    assert_eq!(page.texts("#texts .bubble b"), [""; 0]);
    assert_eq!(page.attributes("#texts .bubble", "dir"), ["auto"; 3]);
}

/// Where more of what was said is shown; it begins where one was.
fn earlier(page: &Answer) -> String {
    let href = page.attributes("#earlier a", "href").remove(0);
    let (path, first) = href.split_once('#').expect("a place on the page");
    assert_eq!(page.attributes("#texts > li:not(.day)", "id")[0], first);
    path.to_owned()
}

#[tokio::test]
async fn what_was_said_long_ago_is_shown_when_asked_for() {
    let desk = Desk::open().await;
    let thread = desk.with_ruth().await;
    let id = thread.rsplit('/').next().unwrap();
    desk.sql(&format!(
        "INSERT INTO messages (shop_id, conversation_id, customer_id, direction, content, status, provider, created_at)
         SELECT x.shop_id, x.id, x.customer_id, 'inbound', 'Text ' || n, 'delivered', 'sandbox',
                now() - interval '1 day' + n * interval '1 minute'
           FROM conversations x, generate_series(1, 500) n WHERE x.id = '{id}'"
    ))
    .await;
    let mut path = thread.clone();
    for shown in [50, 100, 150] {
        let page = desk.page(&path).await;
        let texts = page.texts("#texts .bubble");
        assert_eq!(texts.len(), shown);
        assert_eq!((&*texts[0], &*texts[shown - 1]), (&*format!("Text {}", 501 - shown), "Text 500"));
        assert!(page.attributes("[data-self]", "data-self")[0].starts_with(&path));
        path = earlier(&page);
    }
    // A text that comes in meanwhile is shown beside them.
    desk.hear_ruth("One more").await;
    assert_eq!(desk.page(&path).await.texts("#texts .bubble").len(), 201);
    for _ in 0..6 {
        path = earlier(&desk.page(&path).await);
    }
    let all = desk.page(&path).await;
    assert_eq!((all.texts("#texts .bubble").len(), all.attributes("#earlier a", "href").len()), (501, 0));
}

#[tokio::test]
async fn a_conversation_is_found_by_whom_it_is_with_and_what_was_said() {
    let desk = Desk::open().await;
    desk.hear_ruth("My wheels wobble 100%").await;
    desk.hear("+14155550119", "İpek asks: do you do tires for trailers?").await;
    for (q, found) in [
        ("ruth", "Ruth Abel"),
        ("555-0142", "Ruth Abel"),
        ("7abc%20123", "Ruth Abel"),
        ("wobble%20wheels", "Ruth Abel"),
        ("100%25", "Ruth Abel"),
        ("TRAILERS", "(415) 555-0119"),
        ("%C4%B0pek", "(415) 555-0119"),
    ] {
        let page = desk.page(&format!("/conversations?q={q}")).await;
        assert_eq!(page.texts("#talks b"), [found], "{q}");
        let open = page.attributes("#talks a", "href").remove(0);
        assert_eq!(desk.page(&open).await.texts("#talks b"), [found], "the search stays: {open}");
    }
    let page = desk.page("/conversations?q=nobody").await;
    assert!(page.texts("#talks-rest p")[0].starts_with("Nothing was said with anybody like that"));
}

#[tokio::test]
async fn a_long_list_goes_on_on_the_next_page() {
    let desk = Desk::open().await;
    desk.sql(&format!(
        "WITH people AS (
             INSERT INTO customers (shop_id, first_name) SELECT '{0}', 'Customer ' || n FROM generate_series(1, 70) n
             RETURNING id, shop_id)
         INSERT INTO conversations (shop_id, customer_id, last_message_at)
         SELECT shop_id, id, now() - row_number() OVER () * interval '1 minute' FROM people",
        desk.ours().id
    ))
    .await;
    let first = desk.page("/conversations").await;
    let next = first.attributes("#talks-rest a", "href");
    let second = desk.page(next.iter().find(|href| href.contains("behind=")).unwrap()).await;
    assert_eq!((first.texts("#talks > li").len(), second.texts("#talks > li").len()), (50, 20));
    assert!(second.texts("#talks-rest a").contains(&"Back to the latest".to_owned()));
}

#[tokio::test]
async fn it_is_closed_and_opened_again_and_goes_on_where_it_was() {
    let desk = Desk::open().await;
    let thread = desk.with_ruth().await;
    desk.submit(&thread, &[("status", "closed")]).await.leads_to();
    let page = desk.page(&thread).await;
    assert_eq!(page.texts("#turn"), ["Open again"]);
    assert_eq!(page.texts("#talks a > .quiet:last-child"), ["Closed"]);
    // Whoever texts the customer from elsewhere comes to the same conversation.
    assert_eq!(desk.with_ruth().await, thread);
    desk.submit(&format!("{thread}/messages"), &[("content", "One thing more")]).await.leads_to();
    assert_eq!(desk.page(&thread).await.texts("#turn"), ["Close"]);
    desk.submit(&thread, &[("status", "closed")]).await.leads_to();
    desk.ask("/conversations", json!({ "customer_id": desk.ours().customer })).await;
    let refused = desk.submit(&thread, &[("status", "active")]).await;
    assert_eq!(refused.status, 409);
    assert_eq!(refused.texts("[role=alert]"), ["Another conversation with this customer goes on: write there."]);
}

#[tokio::test]
async fn nobody_s_customer_is_texted() {
    let desk = Desk::open().await;
    for nobody in [desk.world.theirs.customer.as_str(), "", "nobody"] {
        assert_eq!(desk.submit("/conversations", &[("customer_id", nobody)]).await.status, 422, "{nobody}");
    }
}
