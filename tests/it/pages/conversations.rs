//! The conversations: who wrote last, and which are found and closed.

mod consent;
mod reading;
mod writing;

use serde_json::{Value, json};
use tokio_postgres::Client;

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
