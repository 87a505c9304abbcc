//! The report in the language of the browser; what people wrote stays as they wrote it.

use std::collections::BTreeSet;

use axum::http::header;
use serde_json::json;

use super::answers::post_form;
use super::{attributes, below, completed_and_sent, open_in, parsed, send, texts, visit};
use crate::support::TestApp;
use crate::support::app::Answer;

/// Every piece of text on a page that has a letter in it.
fn words(page: &Answer) -> BTreeSet<String> {
    let html = parsed(page);
    let pieces = html.root_element().text().map(|piece| piece.trim().to_owned());
    pieces.filter(|piece| piece.contains(char::is_alphabetic)).collect()
}

#[tokio::test]
async fn a_browser_that_wants_spanish_gets_every_word_of_it() {
    let (app, world) = TestApp::start().await;
    let (_, report) = completed_and_sent(&app, &world).await;
    let page = open_in(&app, &report, "es-MX,es;q=0.9,en;q=0.8").await;
    assert_eq!(page.headers[header::CONTENT_LANGUAGE], "es");
    assert_eq!(page.headers[header::VARY], "accept-language");
    assert_eq!(attributes(&page, "html", "lang"), ["es"]);
    assert_eq!(texts(&page, "h1"), ["Su Honda Civic 2018 tiene 1 punto que atender ya"]);
    assert_eq!(texts(&page, "#now h3"), ["Pastillas de freno delanteras, izquierda"]);
    assert_eq!(texts(&page, "#now .reading p")[0], "2.5 mm Reemplazar a los 3 mm.");
    assert_eq!(texts(&page, "#soon .value"), ["4/32 pulg"]);
    assert!(texts(&page, ".overview p")[0].ends_with(", con 112,480 millas."));

    let english = open_in(&app, &report, "en-US").await;
    assert_eq!(attributes(&english, "html", "lang"), ["en"]);
    let same: Vec<_> = words(&page).intersection(&words(&english)).cloned().collect();
    assert_eq!(same, ["2.5 mm", "Delgado & Sons", "Squeals when braking", "Wearing", "Worn <out>"]);
    assert!(words(&english).len() > 40, "there is something to judge");
}

#[tokio::test]
async fn notices_are_in_that_language_too() {
    let (app, world) = TestApp::start().await;
    let (path, report) = completed_and_sent(&app, &world).await;
    app.post(&format!("{path}/reopen"), &world.ours.manager, &json!({})).await.ok();
    let updated = open_in(&app, &report, "es").await;
    assert_eq!(texts(&updated, "h1"), ["Estamos actualizando su reporte"]);
    app.delete(&format!("{path}/links"), &world.ours.manager).await.no_content();
    let ended = open_in(&app, &report, "es").await;
    assert_eq!(texts(&ended, "h1"), ["Este enlace ya venció"]);
    for notice in [&updated, &ended] {
        assert_eq!(attributes(notice, "html", "lang"), ["es"]);
        assert_eq!(notice.headers[header::CONTENT_LANGUAGE], "es");
    }
    let english = open_in(&app, &report, "en").await;
    let same: Vec<_> = words(&ended).intersection(&words(&english)).cloned().collect();
    assert_eq!(same, ["Delgado & Sons"]);
}

#[tokio::test]
async fn who_wants_another_language_or_says_nothing_gets_english() {
    let (app, world) = TestApp::start().await;
    let (_, report) = completed_and_sent(&app, &world).await;
    for page in [open_in(&app, &report, "de-DE,fr;q=0.8").await, visit(&app, "GET", &report).await] {
        assert_eq!(page.headers[header::CONTENT_LANGUAGE], "en");
        assert_eq!(page.headers[header::VARY], "accept-language");
        assert_eq!(texts(&page, "h1"), ["Your 2018 Honda Civic needs 1 thing now"]);
    }
}

#[tokio::test]
async fn a_mechanic_s_canned_words_are_translated_and_own_words_are_not() {
    let (app, world) = TestApp::start().await;
    let (path, _) = completed_and_sent(&app, &world).await;
    app.post(&format!("{path}/reopen"), &world.ours.manager, &json!({})).await.ok();
    app.post(&format!("{path}/start"), &world.ours.mechanic, &json!({})).await.ok();
    let findings = json!([
        { "category": "brakes", "component": "front_pads_left", "notes": "Worn to the metal\nWorn to the metal, I think\n Pads and rotors" },
        { "category": "tires", "component": "tread_depth_lf", "notes": "Getting low, plan for new tires" },
    ]);
    app.put(&format!("{path}/items"), &world.ours.mechanic, &findings).await.ok();
    app.post(&format!("{path}/complete"), &world.ours.manager, &json!({ "allow_incomplete": true })).await.ok();
    let report = below(&send(&app, &world, &path, json!({ "via": "link" })).await["report_url"]);
    let spanish = open_in(&app, &report, "es").await;
    assert_eq!(
        texts(&spanish, "#now .words"),
        ["Desgaste hasta el metal\nWorn to the metal, I think\nPastillas y discos"]
    );
    assert_eq!(texts(&spanish, "#soon .words"), ["Ya tiene poco dibujo, conviene planear llantas nuevas"]);
    let english = open_in(&app, &report, "en").await;
    assert_eq!(texts(&english, "#soon .words"), ["Getting low, plan for new tires"]);
}

#[tokio::test]
async fn whoever_looks_may_choose_the_other_language_and_stays_in_it() {
    let (app, world) = TestApp::start().await;
    let (path, report) = completed_and_sent(&app, &world).await;
    let english = open_in(&app, &report, "en-US").await;
    assert_eq!(
        (texts(&english, ".masthead [hreflang]"), attributes(&english, "[hreflang=es]", "href")),
        (vec!["Español".to_owned()], vec!["?lang=es".to_owned()])
    );
    let chosen = open_in(&app, &format!("{report}?lang=es"), "en-US").await;
    assert_eq!(
        (chosen.headers[header::CONTENT_LANGUAGE].to_str().unwrap(), attributes(&chosen, "html", "lang")),
        ("es", vec!["es".to_owned()])
    );
    assert_eq!(attributes(&chosen, "[hreflang=en]", "href"), ["?lang=en"]);
    assert_eq!(chosen.headers[header::VARY], "accept-language");
    let there = &attributes(&chosen, "#now form", "action")[0];
    let answered = post_form(&app, there, "category=brakes&component=front_pads_left&answer=later".into()).await;
    assert_eq!(
        answered.headers[header::LOCATION].to_str().unwrap(),
        format!("{report}?lang=es#brakes-front_pads_left")
    );
    app.post(&format!("{path}/reopen"), &world.ours.manager, &json!({})).await.ok();
    let refused = post_form(&app, there, "category=brakes&component=front_pads_left&answer=do_it".into()).await;
    assert_eq!((refused.status.as_u16(), attributes(&refused, "html", "lang")), (409, vec!["es".to_owned()]));
    assert_eq!(attributes(&refused, ".notice a.button", "href")[0], format!("{report}?lang=es"));
    let updated = open_in(&app, &format!("{report}?lang=en"), "es").await;
    assert_eq!(texts(&updated, "h1"), ["Your report is being updated"]);
    assert_eq!(attributes(&updated, "[hreflang=es]", "href"), [format!("{report}?lang=es")]);
    // Nobody made such a link.
    assert_eq!(
        attributes(&open_in(&app, &format!("{report}?lang=klingon&lang"), "es").await, "html", "lang"),
        ["es"]
    );
}
