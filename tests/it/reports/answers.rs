//! What the customer wants done: from the page's forms and from programs.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

use super::{attributes, below, completed, completed_and_sent, count, send, texts, visit};
use crate::support::app::Answer;
use crate::support::{Person, TestApp};

async fn answer(app: &TestApp, report: &str, body: &Value) -> Answer {
    let request = Request::builder()
        .method("POST")
        .uri(format!("{report}/answers"))
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .expect("a request");
    app.send(request).await
}

#[tokio::test]
async fn the_customer_s_answers_mark_the_findings_and_stand_in_the_conversation() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let path = completed(&app, &world).await;
    let report = below(&send(&app, &world, &path, json!({})).await["report_url"]);
    let body = json!({ "answers": [
        { "category": "brakes", "component": "front_pads_left", "answer": "do_it" },
        { "category": "tires", "component": "tread_depth_lf", "answer": "later" },
    ] });
    answer(&app, &report, &body).await.no_content();
    answer(&app, &report, &body).await.no_content();
    let items = app.get(&path, boss).await.ok()["items"].clone();
    let given: Vec<_> = items.as_array().unwrap().iter().map(|item| item["customer_answer"].clone()).collect();
    assert_eq!(given.iter().filter(|answer| **answer == json!("do_it")).count(), 1);
    let said = "messages WHERE direction = 'inbound' AND content = 'Please do it: Front brake pads, left. \
                Later: Tire tread, left front.'";
    assert_eq!(count(&app, said).await, 1, "a repeated answer is no news");
    assert_eq!(app.get("/conversations", boss).await.ok()["items"][0]["unread"], 1);

    let green = json!({ "answers": [{ "category": "tires", "component": "tread_depth_rf", "answer": "later" }] });
    assert_eq!(answer(&app, &report, &green).await.invalid_fields(), ["answers.0.component"]);
    app.post(&format!("{path}/reopen"), boss, &json!({})).await.ok();
    answer(&app, &report, &body).await.problem(409, "state");
}

/// Presses a button of the page's form.
async fn press(app: &TestApp, report: &str, component: &str, answer: &str) -> Answer {
    let (category, component) = component.split_once('.').expect("category.component");
    let form = format!("category={category}&component={component}&answer={answer}");
    post_form(app, &format!("{report}/answer"), form).await
}

pub(super) async fn post_form(app: &TestApp, address: &str, form: String) -> Answer {
    let request = Request::post(address).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    app.send(request.body(Body::from(form)).expect("a request")).await
}

#[track_caller]
fn leads_back(answer: &Answer, to: &str) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", String::from_utf8_lossy(&answer.bytes));
    assert_eq!(answer.headers[header::LOCATION], to);
}

/// What was answered, by component.
async fn answered(app: &TestApp, path: &str, who: &Person) -> Vec<(String, String)> {
    let items = app.get(path, who).await.ok()["items"].clone();
    let items = items.as_array().expect("findings").iter();
    let given = items.filter_map(|item| Some((item["component"].as_str()?, item["customer_answer"].as_str()?)));
    given.map(|(component, answer)| (component.to_owned(), answer.to_owned())).collect()
}

/// What the customer said in the conversation, in order.
async fn said(app: &TestApp) -> Vec<String> {
    let sql = "SELECT content FROM messages WHERE direction = 'inbound' ORDER BY created_at";
    app.owner().await.query(sql, &[]).await.expect("messages").iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn a_button_notes_the_answer_and_leads_back_to_its_finding() {
    let (app, world) = TestApp::start().await;
    let (path, report) = completed_and_sent(&app, &world).await;
    let back = format!("{report}?lang=en#brakes-front_pads_left");
    for _ in 0..2 {
        leads_back(&press(&app, &report, "brakes.front_pads_left", "do_it").await, &back);
    }
    assert_eq!(answered(&app, &path, &world.ours.manager).await, [("front_pads_left".into(), "do_it".into())]);
    assert_eq!(said(&app).await, ["Please do it: Front brake pads, left."], "pressing twice is no news");
    let page = visit(&app, "GET", &report).await;
    assert_eq!(texts(&page, "#brakes-front_pads_left summary > span"), ["You asked us to do this."]);
    assert_eq!(texts(&page, "#tires-tread_depth_lf summary"), [""; 0], "the other one still asks");
}

#[tokio::test]
async fn who_changes_their_mind_is_heard_once() {
    let (app, world) = TestApp::start().await;
    let (path, report) = completed_and_sent(&app, &world).await;
    for answer in ["do_it", "later", "later", "call_me", "do_it"] {
        press(&app, &report, "brakes.front_pads_left", answer).await;
    }
    let expected = [
        "Please do it: Front brake pads, left.",
        "Rather later: Front brake pads, left.",
        "Rather call me about this: Front brake pads, left.",
        "Please do it after all: Front brake pads, left.",
    ];
    assert_eq!(said(&app).await, expected);
    assert_eq!(answered(&app, &path, &world.ours.manager).await, [("front_pads_left".into(), "do_it".into())]);
    assert_eq!(count(&app, "inspection_events WHERE kind = 'answered'").await, 4);
}

/// As a browser would without script: with what stands in the page's forms.
#[tokio::test]
async fn every_button_of_the_page_gives_its_own_answer() {
    let (app, world) = TestApp::start().await;
    let (path, report) = completed_and_sent(&app, &world).await;
    let page = visit(&app, "GET", &report).await;
    let values = |name: &str| attributes(&page, &format!("form [name={name}]"), "value");
    let (categories, components, answers) = (values("category"), values("component"), values("answer"));
    assert_eq!((categories.len(), answers.len()), (2, 6));
    for (place, answer) in answers.iter().enumerate() {
        let (category, component) = (&categories[place / 3], &components[place / 3]);
        let action = &attributes(&page, "form", "action")[place / 3];
        let form = format!("category={category}&component={component}&answer={answer}");
        leads_back(&post_form(&app, action, form).await, &format!("{report}?lang=en#{category}-{component}"));
        let noted = answered(&app, &path, &world.ours.manager).await;
        assert!(noted.contains(&(component.clone(), answer.clone())), "{noted:?}");
    }
    let after = visit(&app, "GET", &report).await;
    for place in attributes(&page, ".finding", "id") {
        assert_eq!(texts(&after, &format!("[id=\"{place}\"] summary")).len(), 1, "{place} can be led back to");
    }
}

#[tokio::test]
async fn every_button_says_what_it_is_about() {
    let (app, world) = TestApp::start().await;
    let (_, report) = completed_and_sent(&app, &world).await;
    let page = visit(&app, "GET", &report).await;
    let expected = [
        "Please do it: Front brake pads, left",
        "Later: Front brake pads, left",
        "Call me: Front brake pads, left",
        "Please do it: Tire tread, left front",
        "Later: Tire tread, left front",
        "Call me: Tire tread, left front",
    ];
    assert_eq!(texts(&page, "button"), expected);
    assert_eq!(texts(&page, "#now .button.main").len(), 1, "doing it is what is advised of reds");
    assert_eq!(texts(&page, "#soon .button.main").len(), 0);
    let mut ids = attributes(&page, "[id]", "id");
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "no id stands twice");
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_told_on_a_page() {
    let (app, world) = TestApp::start().await;
    let boss = &world.ours.manager;
    let (path, report) = completed_and_sent(&app, &world).await;
    let green = press(&app, &report, "tires.tread_depth_rf", "later").await;
    assert_eq!((green.status.as_u16(), &*texts(&green, "h1")), (422, &["This report has changed".to_owned()][..]));
    assert_eq!(attributes(&green, "main a.button", "href"), [format!("{report}?lang=en")]);

    app.post(&format!("{path}/reopen"), boss, &json!({})).await.ok();
    for component in ["brakes.front_pads_left", "tires.tread_depth_rf"] {
        let updated = press(&app, &report, component, "later").await;
        assert_eq!(updated.status, 409, "{component}");
        assert_eq!(texts(&updated, "h1"), ["Your report is being updated"]);
        assert!(texts(&updated, "main p")[0].contains("your answer was not noted"));
    }

    app.delete(&format!("{path}/links"), boss).await.no_content();
    let ended = press(&app, &report, "brakes.front_pads_left", "later").await;
    assert_eq!((ended.status.as_u16(), &*texts(&ended, "h1")), (410, &["This link has ended".to_owned()][..]));
    assert_eq!((answered(&app, &path, boss).await, said(&app).await), (vec![], vec![]));
}

#[tokio::test]
async fn an_answer_counts_for_the_report_of_its_link_alone() {
    let (app, world) = TestApp::start().await;
    let (path, report) = completed_and_sent(&app, &world).await;
    let other = completed(&app, &world).await;
    let other_report = below(&send(&app, &world, &other, json!({ "via": "link" })).await["report_url"]);
    press(&app, &other_report, "brakes.front_pads_left", "call_me").await;
    assert_eq!(answered(&app, &path, &world.ours.manager).await, []);
    let unknown = press(&app, "/r/0123456789abcdefghijkl", "brakes.front_pads_left", "later").await;
    assert_eq!((unknown.status.as_u16(), &*texts(&unknown, "h1")), (404, &["Nothing here".to_owned()][..]));
    for form in ["", "category=brakes", "category=brakes&component=front_pads_left&answer=maybe", "%FF=%00"] {
        assert_eq!(post_form(&app, &format!("{report}/answer"), form.into()).await.status, 400, "{form}");
    }
    assert_eq!(visit(&app, "POST", &format!("{report}/answer")).await.status, 400, "no form at all");
    assert_eq!(said(&app).await.len(), 1);
}
