//! What customers send along with their texts: fetched from the provider, and from nobody else.

use std::path::Path;
use std::time::Duration;

use axum::http::header;
use courtesy::conversations::fetching::turn;
use courtesy::conversations::twilio::Twilio;
use courtesy::photos::{Lab, Place, Store};
use courtesy::web::metrics::Metrics;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::program::Setting;
use super::webhooks::{Fields, text, with};
use super::{Desk, LINE, RUTH};
use crate::support::pictures::{jpeg, small};
use crate::support::program::{PATIENCE, Program};
use crate::support::twilio::{Media, StandIn};

/// A text with what is to be had at these addresses.
pub(super) fn pictured(its_id: &str, addresses: &[String]) -> Fields {
    let form = with(text(its_id, RUTH, ""), "NumMedia", &addresses.len().to_string());
    addresses.iter().enumerate().fold(form, |form, (place, address)| {
        let form = with(form, &format!("MediaUrl{place}"), address);
        with(form, &format!("MediaContentType{place}"), "image/jpeg")
    })
}

impl Desk {
    /// Ruth texts a picture that the provider shows so.
    async fn hear_picture(&self, answers: impl IntoIterator<Item = Media>) {
        self.stand_in.shows("ME1", answers);
        self.hear(&pictured("MM1", &[self.stand_in.media("ME1")])).await;
    }

    /// Fetches what is due; how much was taken up.
    async fn fetch(&self) -> usize {
        turn(self.app.database(), &self.lab, &self.twilio).await.unwrap()
    }

    /// Lets the times come that pictures wait for.
    async fn wait_for_pictures(&self) {
        self.move_rows("UPDATE message_media SET next_attempt_at = now() - interval '1 second'").await;
    }

    /// What came along with the last text.
    async fn pictures(&self) -> Vec<Value> {
        let listed = self.app.get(&self.messages, &self.world.ours.manager).await.ok();
        listed["items"][0]["pictures"].as_array().unwrap().clone()
    }

    /// How far the picture has come, and what is said of it.
    async fn became(&self) -> (Value, String) {
        let picture = self.pictures().await.remove(0);
        (picture["state"].clone(), picture["error"].as_str().unwrap_or_default().to_owned())
    }
}

#[tokio::test]
async fn a_picture_is_fetched_and_shown_to_the_shop_s_managers() {
    let desk = Desk::start().await;
    let boss = &desk.world.ours.manager;
    let page = desk.messages.trim_end_matches("/messages");
    desk.hear_picture([Media::Is(jpeg(640, 480, 7))]).await;
    assert_eq!(desk.became().await, (json!("waiting"), String::new()));
    assert_eq!(desk.app.open(page, boss).await.texts("#texts .came-along"), ["A picture is on its way."]);
    assert_eq!(desk.fetch().await, 1);
    assert_eq!(desk.fetch().await, 0, "it is here");
    // By this, pages that are open hear of it.
    let is_news = "SELECT updated_at > created_at FROM messages";
    assert!(desk.app.owner().await.query_one(is_news, &[]).await.unwrap().get::<_, bool>(0));
    let picture = desk.pictures().await.remove(0);
    assert_eq!(
        (&picture["state"], &picture["width"], &picture["height"]),
        (&json!("kept"), &json!(640), &json!(480))
    );
    let list = desk.app.open("/conversations", boss).await;
    assert_eq!(list.texts("#talks .cut.quiet"), ["Sent a picture"]);
    let shown = desk.app.open(page, boss).await;
    assert_eq!(shown.attributes("#texts .came-along img", "src"), [picture["urls"]["thumb"].as_str().unwrap()]);
    assert_eq!(shown.texts("#texts .bubble"), [""; 0], "there are no words");
    let customer = format!("/customers/{}", desk.world.ours.customer);
    assert!(desk.app.open(&customer, boss).await.texts(".bubble")[0].ends_with("Sent a picture"));
    for size in ["large", "thumb"] {
        let address = picture["urls"][size].as_str().unwrap();
        let here = address.strip_prefix("/api/v1").unwrap();
        let answer = desk.app.get(here, boss).await;
        assert_eq!((answer.status.as_u16(), &answer.bytes[..3]), (200, &[0xFF, 0xD8, 0xFF][..]), "{size}");
        assert_eq!(answer.headers[header::CONTENT_SECURITY_POLICY], "default-src 'none'; sandbox");
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        desk.app.get(here, &desk.world.theirs.manager).await.problem(404, "about:blank");
        desk.app.get(here, &desk.world.ours.mechanic).await.problem(403, "about:blank");
        desk.app.get(here, None).await.problem(401, "about:blank");
    }
}

#[tokio::test]
async fn who_we_are_is_told_to_the_provider_and_not_where_it_sends_us() {
    let (desk, store) = (Desk::start().await, StandIn::start().await);
    store.shows("ME1", [Media::Is(small())]);
    desk.hear_picture([Media::IsAt(store.store("ME1"))]).await;
    let twilio = desk.stand_in.provider_with_store(&store);
    assert_eq!(turn(desk.app.database(), &desk.lab, &twilio).await.unwrap(), 1);
    assert_eq!(desk.became().await.0, "kept");
    assert_eq!(desk.stand_in.media_asked(), [("ME1".to_owned(), true)]);
    assert_eq!(store.media_asked(), [("ME1".to_owned(), false)]);
    // Not even where that is the same host.
    desk.stand_in.shows("ME2", [Media::IsAt(desk.stand_in.store("ME3"))]);
    desk.stand_in.shows("ME3", [Media::Is(small())]);
    desk.hear(&pictured("MM2", &[desk.stand_in.media("ME2")])).await;
    assert_eq!(desk.fetch().await, 1);
    assert_eq!(desk.became().await.0, "kept");
    assert_eq!(desk.stand_in.media_asked()[1..], [("ME2".to_owned(), true), ("ME3".to_owned(), false)]);
}

#[tokio::test]
async fn nobody_else_is_asked() {
    let (desk, stranger) = (Desk::start().await, StandIn::start().await);
    stranger.shows("ME1", [Media::Is(small())]);
    let (here, elsewhere) = (desk.stand_in.media("ME1"), stranger.store("ME1"));
    // The provider would be known by its host alone, if that was enough.
    let with_a_name = here.replace("http://", "http://me:secret@");
    for (n, (address, answer)) in [
        (here.clone(), Media::IsAt(elsewhere.clone())),
        (here.clone(), Media::IsAt("//localhost/x".into())),
        (here.clone(), Media::IsAt("http://169.254.169.254/latest/meta-data".into())),
        (here.clone(), Media::IsAt("file:///etc/passwd".into())),
        (here.clone(), Media::IsAt(desk.stand_in.store("ME1"))),
        (elsewhere, Media::Is(small())),
        ("no address".into(), Media::Is(small())),
        (with_a_name, Media::Is(small())),
    ]
    .into_iter()
    .enumerate()
    {
        desk.stand_in.shows("ME1", [answer]);
        desk.hear(&pictured(&format!("MM{n}"), &[address])).await;
        assert_eq!(desk.fetch().await, 1, "{n}");
        let (state, error) = desk.became().await;
        assert_eq!(state, "given_up", "{n}");
        assert!(error.contains("did not hand it over"), "{error}");
    }
    assert_eq!(stranger.media_asked(), []);
}

#[tokio::test]
async fn a_picture_that_is_not_there_yet_is_asked_for_again_and_one_that_is_gone_is_not() {
    let desk = Desk::start().await;
    desk.hear_picture([Media::Says(404), Media::Is(small())]).await;
    assert_eq!(desk.fetch().await, 1);
    assert_eq!((desk.became().await.0, desk.fetch().await), (json!("waiting"), 0), "not at once");
    desk.wait_for_pictures().await;
    assert_eq!(desk.fetch().await, 1);
    assert_eq!(desk.became().await.0, "kept");
    desk.stand_in.shows("ME2", [Media::Says(404)]);
    desk.hear(&pictured("MM2", &[desk.stand_in.media("ME2")])).await;
    desk.move_rows("UPDATE message_media SET created_at = now() - interval '11 minutes' WHERE state = 'waiting'")
        .await;
    assert_eq!(desk.fetch().await, 1);
    let (state, error) = desk.became().await;
    assert!(state == "given_up" && error.contains("does not have it"), "{error}");
}

#[tokio::test]
async fn what_is_no_picture_or_too_large_is_said_in_words() {
    let desk = Desk::start().await;
    let boss = &desk.world.ours.manager;
    let cut = jpeg(640, 480, 1)[..2000].to_vec();
    for (n, (answer, kind, words)) in [
        (Media::IsEndless, "image/jpeg", "larger than 12 MB"),
        (Media::Is(vec![0xFF; 13 << 20]), "image/jpeg", "larger than 12 MB"),
        (Media::Is(b"<html><script>alert(1)</script>".to_vec()), "image/jpeg", "of a kind that can't be shown"),
        (Media::Is(b"\0\0\0\x18ftyp3gp4".to_vec()), "video/3gpp", "A video"),
        (Media::Is(b"BEGIN:VCARD".to_vec()), "text/vcard", "A contact"),
        (Media::Is(Vec::new()), "image/png", "can't be read"),
        (Media::Is(cut), "image/jpeg", "can't be read"),
    ]
    .into_iter()
    .enumerate()
    {
        desk.stand_in.shows("ME1", [answer]);
        let form = pictured(&format!("MM{n}"), &[desk.stand_in.media("ME1")]);
        desk.hear(&with(form, "MediaContentType0", kind)).await;
        assert_eq!(desk.fetch().await, 1, "{words}");
        let (state, error) = desk.became().await;
        assert!(state == "given_up" && error.contains(words), "{state} {error}, not {words}");
    }
    let page = desk.app.open(desk.messages.trim_end_matches("/messages"), boss).await;
    assert_eq!((page.texts("#texts .came-along p").len(), page.texts("#texts .came-along img").len()), (7, 0));
    assert_eq!(page.texts("#talks .cut.quiet"), ["Sent something that can't be shown"]);
}

#[tokio::test]
async fn ten_pictures_stand_in_their_order_and_each_is_fetched_once() {
    let desk = Desk::start().await;
    let names: Vec<String> = (0..10).map(|n| format!("ME{n}")).collect();
    for (n, name) in (0_u8..).zip(&names) {
        desk.stand_in.shows(name, [Media::Is(jpeg(64 + u16::from(n), 48, n))]);
    }
    let addresses: Vec<String> = names.iter().map(|name| desk.stand_in.media(name)).collect();
    desk.hear(&pictured("MM1", &addresses)).await;
    desk.hear(&pictured("MM1", &addresses)).await;
    let (one, other) = tokio::join!(desk.fetch(), desk.fetch());
    assert_eq!(one + other, 10);
    let mut asked: Vec<String> = desk.stand_in.media_asked().into_iter().map(|(name, _)| name).collect();
    asked.sort_unstable();
    assert_eq!(asked, names);
    let widths: Vec<i64> = desk.pictures().await.iter().map(|picture| picture["width"].as_i64().unwrap()).collect();
    assert_eq!(widths, (64..74).collect::<Vec<_>>());
    let page = desk.app.open(desk.messages.trim_end_matches("/messages"), &desk.world.ours.manager).await;
    assert_eq!(
        page.attributes("#texts .came-along img", "width"),
        (64..74).map(|w| w.to_string()).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_provider_that_fails_is_asked_again_for_hours_and_not_for_ever() {
    let mut desk = Desk::start().await;
    let broken = Media::BreaksOff(small()[..100].to_vec());
    desk.hear_picture([Media::Says(500), Media::Says(401), Media::Says(429), broken, Media::Hangs]).await;
    for _ in 0..4 {
        assert_eq!(desk.fetch().await, 1);
        assert_eq!(desk.became().await.0, "waiting");
        desk.wait_for_pictures().await;
    }
    let (account, public_url) = (desk.stand_in.account(), desk.twilio.public_url().clone());
    desk.twilio = Twilio::with_patience(Duration::from_millis(50), account, public_url, Metrics::default()).unwrap();
    assert_eq!(desk.fetch().await, 1);
    assert_eq!(desk.became().await.0, "waiting", "whoever hangs is left");
    let attempts = "SELECT attempts, next_attempt_at > now() FROM message_media";
    let row = desk.app.owner().await.query_one(attempts, &[]).await.unwrap();
    assert_eq!((row.get::<_, i32>(0), row.get::<_, bool>(1)), (5, true));
    desk.move_rows("UPDATE message_media SET attempts = 15").await;
    desk.wait_for_pictures().await;
    assert_eq!(desk.fetch().await, 1);
    let (state, error) = desk.became().await;
    assert!(state == "given_up" && error.contains("did not hand it over"), "{error}");
}

#[tokio::test]
async fn a_store_that_is_away_uses_up_no_attempt() {
    let mut desk = Desk::start().await;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("photos");
    let lab = Lab::new(Store::at(&Place::Folder(place.clone())).unwrap());
    let kept_in = std::mem::replace(&mut desk.lab, lab);
    std::fs::remove_dir_all(&place).unwrap();
    std::fs::write(&place, "no folder").unwrap();
    desk.hear_picture([Media::Is(small())]).await;
    assert_eq!(desk.fetch().await, 1);
    assert_eq!(desk.became().await.0, "waiting");
    let attempts = "SELECT attempts FROM message_media";
    assert_eq!(desk.app.owner().await.query_one(attempts, &[]).await.unwrap().get::<_, i32>(0), 0);
    desk.lab = kept_in;
    desk.wait_for_pictures().await;
    desk.fetch().await;
    assert_eq!(desk.became().await.0, "kept");
}

#[tokio::test]
async fn a_picture_goes_with_its_text() {
    let desk = Desk::start().await;
    desk.hear_picture([Media::Is(small())]).await;
    desk.fetch().await;
    let address = desk.pictures().await[0]["urls"]["large"].as_str().unwrap().replace("/api/v1", "");
    let boss = &desk.world.ours.manager;
    let customer = format!("/customers/{}", desk.world.ours.customer);
    desk.app.delete(&customer, boss).await.no_content();
    assert_eq!(desk.app.get(&address, boss).await.status, 200, "what was texted stays readable");
    desk.move_rows("DELETE FROM messages").await;
    desk.app.get(&address, boss).await.problem(404, "about:blank");
}

/// The files of a folder, however deep.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("in time: {what}"));
}

#[tokio::test]
async fn a_program_that_dies_before_the_row_says_so_fetches_once_more_and_keeps_it_once() {
    let setting = Setting::new().await;
    setting.stand_in.shows("ME1", [Media::Is(small())]);
    let owner = setting.owner().await;
    let program = Program::serve(setting.command(&[])).await;
    let number = "UPDATE shops SET sms_number = $1 WHERE name = 'Delgado & Sons'";
    assert_eq!(owner.execute(number, &[&LINE]).await.unwrap(), 1);
    // The worker can claim the picture, but does not come to noting what became of it.
    let hold = "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''held''; END';
                CREATE TRIGGER hold BEFORE UPDATE OF state ON message_media FOR EACH ROW EXECUTE FUNCTION hold()";
    owner.batch_execute(hold).await.unwrap();
    let form = pictured("MM1", &[setting.stand_in.media("ME1")]);
    setting.tell(&program, &form).await;
    let photos = setting.data_dir().join("photos");
    let prints = || files(&photos).iter().filter(|file| file.extension().is_some_and(|kind| kind == "jpg")).count();
    until("it is in the store", async || prints() == 2).await;
    program.kill().await;
    let state = "SELECT state FROM message_media";
    assert_eq!(owner.query_one(state, &[]).await.unwrap().get::<_, &str>(0), "waiting");
    let due = "DROP TRIGGER hold ON message_media; UPDATE message_media SET next_attempt_at = now()";
    owner.batch_execute(due).await.unwrap();
    let program = Program::serve(setting.command(&[])).await;
    until("it is kept", async || owner.query_one(state, &[]).await.unwrap().get::<_, &str>(0) == "kept").await;
    assert_eq!(prints(), 2);
    assert_eq!(setting.stand_in.media_asked().len(), 2);
    program.stop().await;
}
