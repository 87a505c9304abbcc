//! What the manager sees before sending is what the customer sees.

use axum::response::IntoResponse as _;
use courtesy::auth::token::SessionToken;
use courtesy::ids::InspectionId;
use courtesy::inspections;
use courtesy::language::Language;
use courtesy::{reports, shops};
use http_body_util::BodyExt as _;
use serde_json::json;

use super::{attributes, below, completed, open_in, parsed, selector, send, texts};
use crate::support::app::Answer;
use crate::support::{Person, TestApp};

async fn preview(app: &TestApp, path: &str, who: &Person, language: Language) -> Answer {
    let token = SessionToken::parse(&who.token).expect("a session");
    let tenant = app.database().by_session(token.shop(), token.hash(), None);
    let id = InspectionId::from_path(path.trim_start_matches("/inspections/"));
    let (shop, whole) = tenant.read((shops::find(), inspections::whole(id))).await.expect("the inspection");
    let page = reports::pages::preview(&shop, &whole, language);
    let (parts, body) = page.into_response().into_parts();
    let bytes = body.collect().await.expect("the whole body").to_bytes().to_vec();
    Answer { status: parts.status, headers: parts.headers, bytes }
}

/// The page without its answers, its script and what stands on paper only.
fn without_answers(page: &Answer) -> String {
    let mut html = parsed(page);
    let gone: Vec<_> = html.select(&selector(".answer, script, .on-paper")).map(|element| element.id()).collect();
    for node in gone {
        html.tree.get_mut(node).expect("it is there").detach();
    }
    html.html()
}

#[tokio::test]
async fn the_preview_is_the_sent_page_but_for_the_answers() {
    let (app, world) = TestApp::start().await;
    let path = completed(&app, &world).await;
    for (language, wanted) in [(Language::English, "en"), (Language::Spanish, "es")] {
        let before = preview(&app, &path, &world.ours.manager, language).await;
        let report = below(&send(&app, &world, &path, json!({ "via": "link" })).await["report_url"]);
        let sent = open_in(&app, &report, wanted).await;
        assert_eq!(without_answers(&before), without_answers(&sent));
        assert_eq!(texts(&before, "button"), texts(&sent, "button"), "the buttons are there to be seen");
        assert!(without_answers(&sent).len() > 5000, "there is something to compare");
    }
}

#[tokio::test]
async fn nothing_on_a_preview_can_be_pressed_and_it_tells_nobody() {
    let (app, world) = TestApp::start().await;
    let path = completed(&app, &world).await;
    let page = preview(&app, &path, &world.ours.manager, Language::English).await;
    assert_eq!(attributes(&page, "fieldset", "disabled").len(), 2);
    assert_eq!(attributes(&page, "form", "action"), [""; 0]);
    assert_eq!(texts(&page, "script"), [""; 0]);
}

#[tokio::test]
async fn what_the_shop_prints_says_whose_car_it_is_and_what_the_link_opens_does_not() {
    let (app, world) = TestApp::start().await;
    let path = completed(&app, &world).await;
    for (language, words) in [
        (Language::English, ["For Ruth Abel", "License plate 7ABC-123"]),
        (Language::Spanish, ["Para Ruth Abel", "Placa 7ABC-123"]),
    ] {
        let page = preview(&app, &path, &world.ours.manager, language).await;
        assert_eq!(texts(&page, ".on-paper span"), words);
    }
    let report = below(&send(&app, &world, &path, json!({ "via": "link" })).await["report_url"]);
    assert_eq!(texts(&open_in(&app, &report, "en").await, ".on-paper"), [""; 0]);
}
