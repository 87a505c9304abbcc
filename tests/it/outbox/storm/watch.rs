//! What the database saw of a storm, and the judgement over it.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use tokio_postgres::Client;

use super::Silence;
use crate::support::hostile::Books;

/// Logs every change of a text, as the owner of the tables may. Besides, time stands still for texts: leases and waits
/// only end where the storm ends them, however slow the machine is.
pub(super) async fn begin(owner: &Client) {
    owner
        .batch_execute(
            "CREATE TABLE watched (
                 n BIGINT GENERATED ALWAYS AS IDENTITY, message UUID, slot TEXT, began TIMESTAMPTZ, attempts INTEGER,
                 lease UUID, status_before TEXT, status TEXT, its_id_before TEXT, its_id TEXT);
             GRANT INSERT ON watched TO PUBLIC;
             CREATE INDEX ON watched (slot, lease);
             CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                 INSERT INTO watched (message, slot, began, attempts, lease, status_before, status, its_id_before, its_id)
                 VALUES (NEW.id, current_setting('app.slot', true), statement_timestamp(), NEW.attempts,
                         NEW.lease_token, OLD.status, NEW.status, OLD.provider_message_id, NEW.provider_message_id);
                 RETURN NULL;
             END $$;
             CREATE TRIGGER watch AFTER UPDATE ON messages FOR EACH ROW EXECUTE FUNCTION watch();
             CREATE FUNCTION stand_still() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                 IF NEW.lease_until > now() THEN
                     NEW.lease_until := now() + interval '1 hour';
                 END IF;
                 IF NEW.next_attempt_at > OLD.next_attempt_at THEN
                     NEW.next_attempt_at := now() + interval '1 hour';
                 END IF;
                 RETURN NEW;
             END $$;
             CREATE TRIGGER stand_still BEFORE UPDATE ON messages FOR EACH ROW
                 WHEN (NEW.status = 'pending') EXECUTE FUNCTION stand_still();
             GRANT EXECUTE ON FUNCTION watch, stand_still TO PUBLIC",
        )
        .await
        .expect("the owner may watch");
}

/// How many texts were written to customers.
pub(super) async fn written(owner: &Client) -> i64 {
    let sql = "SELECT count(*) FROM messages WHERE direction = 'outbound'";
    owner.query_one(sql, &[]).await.expect("a count").get(0)
}

/// How many texts have no end yet.
pub(super) async fn waiting(owner: &Client) -> i64 {
    owner.query_one("SELECT count(*) FROM messages WHERE status = 'pending'", &[]).await.expect("a count").get(0)
}

/// A text as it ended.
struct Ended {
    id: String,
    number: String,
    status: String,
    its_id: Option<String>,
}

/// Everything that must not have happened and did, a sentence each.
pub(super) async fn faults(owner: &Client, books: &Books, silences: &[Silence]) -> Vec<String> {
    let texts = texts(owner).await;
    let mut faults = went_back(owner).await;
    faults.extend(endings(&texts, books));
    faults.extend(disorder(&texts, books));
    faults.extend(broken_silence(&texts, books, silences, &claims(owner).await));
    faults
}

/// All texts to customers, in the order in which they were written.
async fn texts(owner: &Client) -> Vec<Ended> {
    let sql = "SELECT id::text, phone_number, status, provider_message_id FROM messages
                WHERE direction = 'outbound' ORDER BY created_at, id";
    let rows = owner.query(sql, &[]).await.expect("the texts");
    let text = |row: &tokio_postgres::Row| Ended {
        id: row.get(0),
        number: row.get(1),
        status: row.get(2),
        its_id: row.get(3),
    };
    rows.iter().map(text).collect()
}

/// When each attempt was claimed, at the earliest: the claim saw what was committed before.
async fn claims(owner: &Client) -> HashMap<(String, i32), Timestamp> {
    let sql = "SELECT message::text, attempts, min(began) FROM watched WHERE lease IS NOT NULL GROUP BY 1, 2";
    let rows = owner.query(sql, &[]).await.expect("the claims");
    rows.iter().map(|row| ((row.get(0), row.get(1)), row.get(2))).collect()
}

/// Delivery goes forward only, and an id of the provider's is for good.
async fn went_back(owner: &Client) -> Vec<String> {
    let sql = "
        SELECT format('%s went from %s %s to %s %s', message, status_before, its_id_before, status, its_id)
          FROM watched, (VALUES (ARRAY['pending', 'sent', 'failed', 'delivered'])) AS way (ranks)
         WHERE array_position(ranks, status) < array_position(ranks, status_before)
            OR (its_id_before IS NOT NULL AND its_id IS DISTINCT FROM its_id_before)
            OR (status_before <> 'pending' AND its_id IS DISTINCT FROM its_id_before)
         ORDER BY n";
    owner.query(sql, &[]).await.expect("what was watched").iter().map(|row| row.get(0)).collect()
}

/// Taken once at most, ended in any case, and known by the id under which it was taken.
fn endings(texts: &[Ended], books: &Books) -> Vec<String> {
    let mut faults = Vec::new();
    let mut taken: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for acceptance in &books.taken {
        taken.entry(&acceptance.message).or_default().push(&acceptance.its_id);
    }
    for text in texts {
        let ids = taken.get(text.id.as_str()).map_or(&[][..], Vec::as_slice);
        if ids.len() > 1 {
            faults.push(format!("{} was taken {} times", text.id, ids.len()));
        }
        if !["sent", "delivered", "failed"].contains(&text.status.as_str()) {
            faults.push(format!("{} is {} for ever", text.id, text.status));
        }
        if text.its_id.as_deref() != ids.first().copied() && ids.len() < 2 {
            faults.push(format!("{} is known as {:?} and was taken as {ids:?}", text.id, text.its_id));
        }
    }
    faults
}

/// What was taken for a number came in the order in which it was written.
fn disorder(texts: &[Ended], books: &Books) -> Vec<String> {
    let place: HashMap<&str, usize> = texts.iter().enumerate().map(|(at, text)| (text.id.as_str(), at)).collect();
    let mut last: HashMap<&str, usize> = HashMap::new();
    let mut faults = Vec::new();
    for acceptance in &books.taken {
        let at = place[acceptance.message.as_str()];
        let before = last.insert(&acceptance.to, at);
        if before.is_some_and(|before| before > at) {
            faults.push(format!("{} reached {} after one that was written later", acceptance.message, acceptance.to));
        }
    }
    faults
}

/// Nothing is handed over that was claimed after its phone had said STOP.
fn broken_silence(
    texts: &[Ended],
    books: &Books,
    silences: &[Silence],
    claims: &HashMap<(String, i32), Timestamp>,
) -> Vec<String> {
    let number: HashMap<&str, &str> = texts.iter().map(|text| (text.id.as_str(), text.number.as_str())).collect();
    let mut faults = Vec::new();
    for attempt in &books.handed_over {
        let (claimed, to) = (claims[attempt], number[attempt.0.as_str()]);
        let is_broken = |silence: &Silence| {
            silence.number == to && silence.from < claimed && silence.until.is_none_or(|until| claimed < until)
        };
        if silences.iter().any(is_broken) {
            faults.push(format!("{} was handed over after {to} had said STOP", attempt.0));
        }
    }
    faults
}
