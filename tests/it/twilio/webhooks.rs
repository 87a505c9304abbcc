//! What Twilio tells by itself, as it signs it.

use axum::body::Body;
use axum::http::{Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};
use serde_json::{Value, json};

use super::{Desk, LINE, RUTH};
use crate::matrix::fingerprint::fingerprint;
use crate::support::Answer;
use crate::support::app::PUBLIC_URL;
use crate::support::twilio::{Mood, OTHER_TOKEN, SID, TOKEN};

pub(super) const SMS: &str = "/webhooks/twilio/sms";

pub(super) type Fields = Vec<(String, String)>;

/// A form, given by name and value.
fn fields(given: &[(&str, &str)]) -> Fields {
    given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A text as Twilio tells of it.
pub(super) fn text(its_id: &str, from: &str, body: &str) -> Fields {
    fields(&[
        ("MessageSid", its_id),
        ("SmsSid", its_id),
        ("AccountSid", SID),
        ("From", from),
        ("To", LINE),
        ("Body", body),
        ("NumMedia", "0"),
        ("ApiVersion", "2010-04-01"),
    ])
}

pub(super) fn with(mut form: Fields, name: &str, value: &str) -> Fields {
    form.retain(|(known, _)| known != name);
    form.push((name.to_owned(), value.to_owned()));
    form
}

/// What Twilio signs it with.
pub(super) fn signature(token: &str, address: &str, form: &Fields) -> String {
    let mut sorted = form.clone();
    sorted.sort();
    let fields: String = sorted.into_iter().flat_map(|(name, value)| [name, value]).collect();
    let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
    STANDARD.encode(sign(&key, format!("{address}{fields}").as_bytes()))
}

impl Desk {
    /// Twilio posts a form with this signature.
    async fn post_signed(&self, path: &str, form: &Fields, signature: &str) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8")
            .header("x-twilio-signature", signature);
        self.app.send(request.body(Body::from(body)).unwrap()).await
    }

    pub(super) async fn tell(&self, path: &str, form: &Fields) -> Answer {
        self.post_signed(path, form, &signature(TOKEN, &format!("{PUBLIC_URL}{path}"), form)).await
    }

    /// Somebody texts, and Twilio tells.
    pub(super) async fn hear(&self, form: &Fields) {
        let answer = self.tell(SMS, form).await;
        assert_eq!((answer.status.as_u16(), &*answer.bytes), (200, &b"<Response></Response>"[..]));
        assert_eq!(answer.headers[header::CONTENT_TYPE], "text/xml; charset=utf-8");
    }

    /// Twilio reports how far a text of ours has come.
    async fn report(&self, text: &Value, its_id: &str, status: &str, code: &str) {
        let form = fields(&[
            ("MessageSid", its_id),
            ("MessageStatus", status),
            ("AccountSid", SID),
            ("From", LINE),
            ("To", RUTH),
            ("ErrorCode", code),
        ]);
        let path = format!("/webhooks/twilio/status/{}", text["id"].as_str().unwrap());
        assert_eq!(self.tell(&path, &form).await.status, 200);
    }

    pub(super) async fn talks(&self) -> Vec<Value> {
        let talks = self.app.get("/conversations", &self.world.ours.manager).await.ok();
        talks["items"].as_array().unwrap().clone()
    }

    pub(super) async fn strays(&self) -> Vec<(String, String, String)> {
        let sql = "SELECT texted, sender, content FROM courtesy.stray_texts ORDER BY created_at";
        let rows = self.app.owner().await.query(sql, &[]).await.unwrap();
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
    }

    /// Everything of the shop, and what is nobody's.
    async fn state(&self) -> String {
        let owner = self.app.owner().await;
        format!("{:?} {:?}", fingerprint(&owner, &self.world.ours.id).await, self.strays().await)
    }
}

#[tokio::test]
async fn a_text_comes_in_as_it_was_said() {
    let desk = Desk::start().await;
    desk.hear(&text("SM1", RUTH, "Is it\0 done? 🚗 ÄÖ+&=")).await;
    let talk = desk.talks().await.remove(0);
    assert_eq!((&talk["unread"], &talk["last_message"]["content"]), (&json!(1), &json!("Is it done? 🚗 ÄÖ+&=")));
    let came = &talk["last_message"];
    assert_eq!((&came["provider"], &came["provider_message_id"]), (&json!("twilio"), &json!("SM1")));
    desk.hear(&text("SM2", "+14155550123", "")).await;
    let stranger = desk.talks().await.remove(0);
    assert_eq!(stranger["customer"]["phone"], "+14155550123", "an unknown sender is somebody new");
}

#[tokio::test]
async fn who_has_not_signed_changes_nothing() {
    let desk = Desk::start().await;
    let before = desk.state().await;
    let form = text("SM1", RUTH, "STOP");
    let here = format!("{PUBLIC_URL}{SMS}");
    let right = signature(TOKEN, &here, &form);
    for (what, form, signature) in [
        ("nothing", form.clone(), String::new()),
        ("garbage", form.clone(), "%%%".to_owned()),
        ("another token", form.clone(), signature("geheim", &here, &form)),
        ("another address", form.clone(), signature(TOKEN, "https://evil.example/webhooks/twilio/sms", &form)),
        ("another text", text("SM1", RUTH, "START"), right.clone()),
        ("one field more", with(form.clone(), "OptOutType", "STOP"), right.clone()),
    ] {
        let answer = desk.post_signed(SMS, &form, &signature).await;
        answer.problem(403, "about:blank");
        assert_eq!(desk.state().await, before, "{what}");
    }
    let other = with(form.clone(), "AccountSid", "AC99999999999999999999999999999999");
    desk.tell(SMS, &other).await.problem(403, "about:blank");
    for missing in ["MessageSid", "From", "To"] {
        let form: Fields = form.iter().filter(|(name, _)| name != missing).cloned().collect();
        assert_eq!(desk.tell(SMS, &form).await.invalid_fields(), [missing]);
        assert_eq!(desk.tell(SMS, &with(form, missing, &"x".repeat(256))).await.invalid_fields(), [missing]);
    }
    let long = with(form.clone(), "Body", &"x".repeat(70_000));
    desk.tell(SMS, &long).await.problem(413, "about:blank");
    let json =
        Request::post(SMS).header("x-twilio-signature", &right).header(header::CONTENT_TYPE, "application/json");
    desk.app.send(json.body(Body::from("{}")).unwrap()).await.problem(415, "about:blank");
    assert_eq!(desk.state().await, before);
}

#[tokio::test]
async fn both_tokens_and_both_ways_to_write_the_address_are_good() {
    let desk = Desk::start().await;
    for (n, token) in [TOKEN, OTHER_TOKEN].into_iter().enumerate() {
        for (m, address) in [PUBLIC_URL.to_owned(), format!("{PUBLIC_URL}:443")].into_iter().enumerate() {
            let form = text(&format!("SM{n}{m}"), RUTH, "Hello");
            let signature = signature(token, &format!("{address}{SMS}"), &form);
            assert_eq!(desk.post_signed(SMS, &form, &signature).await.status, 200, "{token} {address}");
        }
    }
    assert_eq!(desk.talks().await[0]["unread"], 4);
}

#[tokio::test]
async fn without_a_provider_nobody_is_listened_to() {
    let (app, _) = crate::support::TestApp::start().await;
    for path in [SMS, "/webhooks/twilio/status/0190f0c0-0000-7000-8000-0000000000cc"] {
        let request = Request::post(path).header("x-twilio-signature", "x").body(Body::empty()).unwrap();
        app.send(request).await.problem(404, "about:blank");
    }
}

#[tokio::test]
async fn a_webhook_that_comes_a_hundred_times_leaves_what_it_left_once() {
    let desk = Desk::start().await;
    let sent = desk.text("Your car is done").await;
    desk.turn().await;
    let its_id = format!("SM{:032x}", 1);
    let pictures = with(with(text("MM1", RUTH, "STOP"), "NumMedia", "1"), "MediaUrl0", "https://api.twilio.com/M/1");
    let stray = with(text("SM3", RUTH, "Hello?"), "To", "+14155550000");
    desk.hear(&pictures).await;
    desk.hear(&stray).await;
    desk.report(&sent, &its_id, "sent", "").await;
    desk.report(&sent, &its_id, "undelivered", "30003").await;
    let before = desk.state().await;
    for _ in 0..100 {
        desk.hear(&pictures).await;
        desk.hear(&stray).await;
        desk.report(&sent, &its_id, "sent", "").await;
        desk.report(&sent, &its_id, "undelivered", "30003").await;
    }
    assert_eq!(desk.state().await, before);
}

#[tokio::test]
async fn what_came_for_nobody_is_kept_and_is_no_shops() {
    let desk = Desk::start().await;
    let before = desk.talks().await;
    desk.hear(&with(text("SM1", RUTH, "Hello\0?"), "To", "+14155550000")).await;
    desk.hear(&text("SM2", "262966", "Your code is 1234")).await;
    let wanted = [("+14155550000", RUTH, "Hello?"), (LINE, "262966", "Your code is 1234")];
    let wanted = wanted.map(|(to, from, said)| (to.to_owned(), from.to_owned(), said.to_owned()));
    assert_eq!(desk.strays().await, wanted);
    assert_eq!(desk.talks().await, before);
    let boss = &desk.world.theirs.manager;
    desk.app.patch("/shop", boss, &json!({ "sms_number": "+14155550001" })).await.ok();
    desk.hear(&with(text("SM3", RUTH, "Hi neighbour"), "To", "+14155550001")).await;
    assert_eq!(desk.talks().await, before, "the number of another shop leads there");
    assert_eq!(desk.app.get("/conversations", boss).await.ok()["items"][0]["unread"], 1);
}

#[tokio::test]
async fn the_providers_own_word_for_a_keyword_counts() {
    let desk = Desk::start().await;
    for (n, (body, kind, may_text)) in [
        ("ARRET", "STOP", false),
        ("Bonjour", "", false),
        ("ENCORE", "START", true),
        ("STOP", "STOP", false),
        ("YES", "START", true),
        ("HELP", "HELP", true),
    ]
    .into_iter()
    .enumerate()
    {
        desk.hear(&with(text(&format!("SM{n}"), RUTH, body), "OptOutType", kind)).await;
        assert_eq!(desk.talks().await[0]["may_text"], may_text, "{body}");
    }
}

#[tokio::test]
async fn words_that_sound_like_stop_are_pointed_at_until_the_customer_is_clear() {
    let desk = Desk::start().await;
    let flag = async || {
        let talk = desk.talks().await.remove(0);
        (talk["wants_no_texts"].clone(), talk["may_text"].clone())
    };
    desk.hear(&text("SM1", RUTH, "I'll stop by at 5")).await;
    assert_eq!(flag().await, (json!(false), json!(true)));
    desk.hear(&text("SM2", RUTH, "Please stop texting me")).await;
    assert_eq!(flag().await, (json!(true), json!(true)));
    desk.hear(&text("SM3", RUTH, "Hello?")).await;
    assert_eq!(flag().await, (json!(true), json!(true)), "it stays until somebody looks");
    desk.hear(&text("SM4", RUTH, "STOP")).await;
    assert_eq!(flag().await, (json!(false), json!(false)));
}

#[tokio::test]
async fn every_picture_is_noted_to_be_fetched() {
    let desk = Desk::start().await;
    let mut form = with(text("MM1", RUTH, ""), "NumMedia", "10");
    for n in 0..10 {
        form = with(form, &format!("MediaUrl{n}"), &format!("https://api.twilio.com/2010-04-01/M/{n}"));
        form = with(form, &format!("MediaContentType{n}"), "image/jpeg");
    }
    desk.hear(&form).await;
    desk.hear(&with(text("MM2", RUTH, ""), "NumMedia", "x")).await;
    desk.hear(&with(text("MM3", RUTH, ""), "NumMedia", "3")).await;
    let sql = "SELECT place, source_url, content_type, state FROM message_media ORDER BY place";
    let rows = desk.app.owner().await.query(sql, &[]).await.unwrap();
    let kept: Vec<(i32, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let wanted: Vec<_> = (0..10).map(|n| (n, format!("https://api.twilio.com/2010-04-01/M/{n}"))).collect();
    assert_eq!(kept, wanted);
    assert!(rows.iter().all(|row| row.get::<_, &str>(2) == "image/jpeg" && row.get::<_, &str>(3) == "waiting"));
}

/// Every order of these.
fn orders<T: Clone>(of: &[T]) -> Vec<Vec<T>> {
    if of.is_empty() {
        return vec![Vec::new()];
    }
    let with_first = |first: usize| {
        let mut rest = of.to_vec();
        let first = rest.remove(first);
        orders(&rest).into_iter().map(move |order| [vec![first.clone()], order].concat())
    };
    (0..of.len()).flat_map(with_first).collect()
}

#[tokio::test]
async fn in_whatever_order_reports_come_they_say_the_same() {
    let mut desk = Desk::start().await;
    // More than a phone gets in a day.
    desk.twilio = desk.twilio.clone().without_caps();
    for (reports, end, code) in [
        (&[("queued", ""), ("sent", ""), ("delivered", ""), ("read", "")][..], "delivered", Value::Null),
        (&[("sending", ""), ("sent", ""), ("undelivered", "30005")], "failed", json!("30005")),
        (&[("sent", ""), ("failed", "30003"), ("delivered", "")], "delivered", Value::Null),
        (&[("accepted", ""), ("failed", "")], "failed", json!("failed")),
    ] {
        let mut ends = Vec::new();
        for order in orders(reports) {
            let text = desk.text("Your car is done").await;
            // Half of them come before the answer to the request that has sent the text was written down.
            let is_early = ends.len() % 2 == 1;
            if is_early {
                let begin = "UPDATE messages SET attempt_started_at = now() WHERE status = 'pending'";
                desk.move_rows(begin).await;
            } else {
                desk.turn().await;
            }
            let known = desk.now(&text).await["provider_message_id"].clone();
            let its_id = known.as_str().map_or_else(|| format!("SMearly{}", text["id"]), str::to_owned);
            for (word, code) in order {
                desk.report(&text, &its_id, word, code).await;
            }
            let now = desk.now(&text).await;
            assert_eq!((&now["status"], &now["error_code"]), (&json!(end), &code), "{reports:?}");
            assert_eq!(now["provider_message_id"], its_id);
            ends.push((now["sent_at"].is_string(), now["delivered_at"].is_string()));
        }
        ends.dedup();
        assert_eq!(ends.len(), 1, "{reports:?}: {ends:?}");
    }
}

#[tokio::test]
async fn the_first_report_repairs_a_lost_answer() {
    let desk = Desk::start().await;
    desk.stand_in.moods([Mood::TakesAndFails]);
    let text = desk.text("Your car is done").await;
    desk.turn().await;
    desk.report(&text, &format!("SM{:032x}", 1), "queued", "").await;
    let now = desk.now(&text).await;
    assert_eq!((&now["status"], now["provider_message_id"].is_string()), (&json!("pending"), true));
    desk.wait().await;
    assert_eq!(desk.turn().await, 0, "it is neither looked up nor sent again");
    desk.report(&text, &format!("SM{:032x}", 1), "delivered", "").await;
    desk.report(&text, "SMother", "failed", "30003").await;
    assert_eq!(desk.now(&text).await["status"], "delivered", "another id is about something else");
    assert_eq!((desk.stand_in.listings(), desk.stand_in.taken().len()), (0, 1));
}

#[tokio::test]
async fn reports_on_what_is_not_ours_are_heard_and_change_nothing() {
    let desk = Desk::start().await;
    let text = desk.text("Your car is done").await;
    let before = desk.state().await;
    desk.report(&text, "SM1", "delivered", "").await;
    assert_eq!(desk.state().await, before, "it was not handed over to anybody yet");
    for id in ["0190f0c0-0000-7000-8000-0000000000cc", "x"] {
        desk.report(&json!({ "id": id }), "SM1", "delivered", "").await;
    }
    desk.hear(&self::text("SM9", RUTH, "Hi")).await;
    let came = desk.talks().await[0]["last_message"].clone();
    desk.report(&came, "SM9", "failed", "30003").await;
    assert_eq!(desk.talks().await[0]["last_message"]["status"], "delivered", "what came in is no text of ours");
}

#[tokio::test]
async fn a_report_of_an_opt_out_is_the_customers_word() {
    let desk = Desk::start().await;
    let text = desk.text("Your car is done").await;
    desk.turn().await;
    let its_id = format!("SM{:032x}", 1);
    for _ in 0..2 {
        desk.report(&text, &its_id, "failed", "21610").await;
    }
    assert_eq!(desk.talks().await[0]["may_text"], false);
    let events = "SELECT count(*) FROM consent_events";
    assert_eq!(desk.app.owner().await.query_one(events, &[]).await.unwrap().get::<_, i64>(0), 1);
}

#[tokio::test]
async fn whoever_tells_is_not_kept_waiting_and_nothing_is_half_taken_in() {
    let desk = Desk::start().await;
    let sent = desk.text("Your car is done").await;
    desk.turn().await;
    desk.hear(&text("SM1", RUTH, "Hello")).await;
    let before = desk.state().await;
    let mut blocker = desk.app.owner().await;
    let lock = blocker.transaction().await.unwrap();
    lock.batch_execute("LOCK TABLE conversations, messages IN EXCLUSIVE MODE").await.unwrap();
    let report = fields(&[("MessageSid", &format!("SM{:032x}", 1)), ("MessageStatus", "sent"), ("AccountSid", SID)]);
    let status = format!("/webhooks/twilio/status/{}", sent["id"].as_str().unwrap());
    let began = std::time::Instant::now();
    for (path, form) in [(SMS, &text("SM2", RUTH, "STOP")), (status.as_str(), &report)] {
        let refused = desk.tell(path, form).await;
        refused.problem(503, "about:blank");
        assert!(refused.headers.contains_key(header::RETRY_AFTER), "{path}");
    }
    let took = began.elapsed().as_secs_f64();
    assert!((2.0..6.0).contains(&took), "a second each: {took}");
    lock.rollback().await.unwrap();
    assert_eq!(desk.state().await, before);
    desk.hear(&text("SM2", RUTH, "STOP")).await;
    desk.report(&sent, &format!("SM{:032x}", 1), "sent", "").await;
    let talk = desk.talks().await.remove(0);
    assert_eq!((&talk["unread"], &talk["may_text"]), (&json!(2), &json!(false)));
    assert_eq!(desk.now(&sent).await["status"], "sent");
}
