//! What was said, and what became of it.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::CONTENT_TYPE;
use serde_json::json;

use super::Desk;
use crate::matrix::scene::{Ready, Scene};
use crate::support::Answer;

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
