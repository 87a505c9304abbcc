//! The words below a photo, and who may change them when.

use serde_json::{Value, json};

use super::{Car, begun};
use crate::support::{Answer, Person};

impl Car {
    async fn describe(&self, photo: &Value, who: &Person, change: &Value) -> Answer {
        self.app.patch(&self.at(photo), who, change).await
    }

    fn at(&self, photo: &Value) -> String {
        format!("{}/photos/{}", self.path, photo["id"].as_str().unwrap())
    }

    /// What was noted of changed words: before and after.
    async fn told(&self) -> Vec<(Value, Value)> {
        let sql = "SELECT before -> 'caption', after -> 'caption' FROM inspection_events
                    WHERE kind = 'captioned' AND inspection_id::text = $1 ORDER BY created_at, id";
        let events = self.app.owner().await.query(sql, &[&self.path.rsplit('/').next().unwrap()]).await.unwrap();
        events.iter().map(|event| (event.get(0), event.get(1))).collect()
    }
}

#[tokio::test]
async fn words_are_set_kept_and_cleared() {
    let car = Car::at_hand().await;
    let photo = car.take("kind=front").await;
    let words = json!({ "caption": "Scratched before it came" });
    let described = car.describe(&photo, car.mechanic(), &words).await.ok();
    assert_eq!(described["caption"], words["caption"]);
    // Said nothing of, or the same again: nothing changes, and nothing is told.
    for same in [json!({}), words.clone()] {
        assert_eq!(car.describe(&photo, car.mechanic(), &same).await.ok(), described);
    }
    assert_eq!(car.show().await["photos"], json!([described]));
    assert_eq!(car.describe(&photo, car.mechanic(), &json!({ "caption": null })).await.ok(), photo);
    let scratched = &words["caption"];
    assert_eq!(car.told().await, [(Value::Null, scratched.clone()), (scratched.clone(), Value::Null)]);
}

#[tokio::test]
async fn words_that_can_t_stand_below_a_photo_are_refused() {
    let car = Car::at_hand().await;
    let photo = car.take("kind=front&caption=As%20it%20came").await;
    for wrong in [json!("x".repeat(301)), json!("two\nlines"), json!("\u{0}")] {
        let refused = car.describe(&photo, car.mechanic(), &json!({ "caption": wrong })).await;
        assert_eq!(refused.invalid_fields(), ["caption"], "{wrong}");
    }
    let more = json!({ "caption": "Mine", "kind": "rear" });
    assert_eq!(car.describe(&photo, car.mechanic(), &more).await.invalid_fields(), ["kind"]);
    assert_eq!(car.show().await["photos"], json!([photo]));
    assert_eq!(car.told().await, []);
    let longest = json!({ "caption": "x".repeat(300) });
    assert_eq!(car.describe(&photo, car.mechanic(), &longest).await.ok()["caption"], longest["caption"]);
}

#[tokio::test]
async fn under_review_a_manager_mends_the_words_and_once_sent_nobody_does() {
    let car = Car::at_hand().await;
    let photo = car.take("kind=front").await;
    let words = |words: &str| json!({ "caption": words });
    car.do_it("complete").await;
    let by_mechanic = car.describe(&photo, car.mechanic(), &words("Mine")).await;
    assert_eq!(by_mechanic.problem(409, "state")["current"], "completed");
    // What changes nothing needs no right to.
    assert_eq!(car.describe(&photo, car.mechanic(), &json!({})).await.ok(), photo);
    car.describe(&photo, car.manager(), &words("In plain words")).await.ok();
    car.app.post(&format!("{}/send", car.path), car.manager(), &json!({ "via": "link" })).await.ok();
    let late = car.describe(&photo, car.manager(), &words("Something else")).await;
    assert_eq!(late.problem(409, "state")["current"], "sent");
    assert_eq!(car.show().await["photos"][0]["caption"], "In plain words");
}

#[tokio::test]
async fn only_who_has_to_do_with_the_car_describes_its_photos() {
    let car = Car::at_hand().await;
    let photo = car.take("kind=front").await;
    let words = json!({ "caption": "Theirs" });
    car.app.patch(&car.at(&photo), None, &words).await.problem(401, "about:blank");
    car.describe(&photo, &car.world.ours.other_mechanic, &words).await.problem(403, "about:blank");
    let unknown = car.describe(&json!({ "id": uuid::Uuid::now_v7() }), &car.world.theirs.manager, &words).await;
    let theirs = car.describe(&photo, &car.world.theirs.manager, &words).await;
    theirs.problem(404, "about:blank");
    assert_eq!(theirs.bytes, unknown.bytes);
    // Nor at another inspection than its own, nor once it was taken away.
    let other = begun(&car.app, &car.world).await;
    let elsewhere = format!("{other}/photos/{}", photo["id"].as_str().unwrap());
    car.app.patch(&elsewhere, car.mechanic(), &words).await.problem(404, "about:blank");
    assert_eq!(car.show().await["photos"], json!([photo]));
    car.app.delete(&car.at(&photo), car.mechanic()).await.no_content();
    car.describe(&photo, car.mechanic(), &words).await.problem(404, "about:blank");
}
